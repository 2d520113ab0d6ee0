#include <parley/channel_statement.h>

#include <string.h>
#include <strings.h>

static const struct parley_type_info table[] = {
#define ROW(code, NAME, name, kind, precedence, within, answers, en, zh) { code, kind, precedence, within, name, answers, en, zh },
    PARLEY_TYPE_MAP(ROW)
#undef ROW
};
enum { TYPES = sizeof table / sizeof *table };

const struct parley_type_info *parley_types(size_t *n)
{
    *n = TYPES;
    return table;
}

const struct parley_type_info *parley_type_by_code(int code)
{
    for (size_t i = 0; i < TYPES; i++)
        if (table[i].code == code)
            return &table[i];
    return NULL;
}

const struct parley_type_info *parley_type_by_name(const char *name)
{
    for (size_t i = 0; i < TYPES; i++)
        if (!strcmp(table[i].name, name))
            return &table[i];
    return NULL;
}

static const char *const precedences[][2] = { { "ROUTINE", "平急" }, { "PRIORITY", "加急" }, { "IMMEDIATE", "特急" }, { "FLASH", "特提" } };
static const char *const tlps[] = { "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED" };

const char *parley_precedence_name(int precedence, enum parley_lang lang)
{
    return precedence >= 1 && precedence <= 4 ? precedences[precedence - 1][lang == PARLEY_ZH] : "?";
}

const char *parley_tlp_name(int tlp) { return tlp >= 1 && tlp <= 5 ? tlps[tlp - 1] : "?"; }

bool parley_precedence_parse(const char *text, uint8_t *out)
{
    for (uint8_t i = 0; i < 4; i++)
        if (!strcasecmp(text, precedences[i][0])) {
            *out = (uint8_t)(i + 1);
            return true;
        }
    return false;
}

bool parley_tlp_parse(const char *text, uint8_t *out)
{
    if (!strncasecmp(text, "TLP:", 4))
        text += 4;
    for (uint8_t i = 0; i < 5; i++)
        if (!strcasecmp(text, tlps[i])) {
            *out = (uint8_t)(i + 1);
            return true;
        }
    return false;
}
