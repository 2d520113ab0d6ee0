#include "game_input.h"

#include <parley/file.h>
#include <string.h>

static const struct option options[] = {
    { "to", 0, "FORMAT", "nfg, efg or yaml (default: by the name of the output file, else nfg)" },
    { "output", 'o', "FILE", "write here instead of standard output" },
    { 0 },
};

static enum parley_status run(struct invocation *in)
{
    static const char *const formats[] = { "nfg", "efg", "yaml", NULL };
    const char *output = option_text(in, "output"), *dot = output ? strrchr(output, '.') : NULL;
    struct parley_game *g;
    int format = PARLEY_GAME_NFG;
    for (int i = 0; dot && formats[i]; i++)
        if (!strcmp(dot + 1, formats[i]))
            format = i;
    enum parley_status status = option_choice(in, "to", formats, &format);
    if (!status)
        status = game_of(in, in->operand[0], &g);
    if (!status && format != PARLEY_GAME_EFG)
        status = parley_game_reduce(g, &in->arena, &in->err);
    if (status)
        return status;
    struct parley_text text;
    parley_text_init(&text, (size_t)1 << 30);
    status = parley_game_write(g, (enum parley_game_format)format, &text, &in->err);
    if (!status && output)
        status = parley_file_write(output, parley_text_str(&text), text.len, &in->err);
    else if (!status)
        parley_text_add(&in->out, parley_text_str(&text), text.len);
    parley_text_release(&text);
    return status;
}

const struct command command_game_convert = {
    .name = "game convert",
    .operands = "GAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Write a game in another form: .nfg, .efg, YAML.",
    .summary_zh = "转换博弈文件格式: .nfg, .efg, YAML。",
    .text = "An extensive game becomes its reduced strategic form in .nfg and YAML. Payoffs stay exact.",
    .examples = "parley game convert attribution --to nfg\nparley game convert \"3,0;5,1\" --to yaml\n",
    .options = options,
    .run = run,
};
