/* lang.h - the two languages a person reads. Both texts stand side by side where they are used:
 * PARLEY_SAY(lang, "3 events", "3个事件"), so that a change of one is seen beside the other. */
#ifndef PARLEY_LANG_H
#define PARLEY_LANG_H

#include <stdbool.h>
#include <string.h>

enum parley_lang { PARLEY_EN, PARLEY_ZH };

#define PARLEY_SAY(lang, english, chinese) ((lang) == PARLEY_ZH ? (chinese) : (english))

static inline bool parley_lang_parse(const char *text, enum parley_lang *out)
{
    if (!strcmp(text, "en") || !strcmp(text, "zh")) {
        *out = text[0] == 'z' ? PARLEY_ZH : PARLEY_EN;
        return true;
    }
    return false;
}

#endif
