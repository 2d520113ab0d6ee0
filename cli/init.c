#include "command.h"

#include <parley/import.h>

#include <stdlib.h>

static const struct option options[] = {
    { "shipped", 0, NULL, "Load the record that Parley ships: 158 events, their sources and the mechanisms." },
    { 0 },
};

static enum parley_status run(struct invocation *in)
{
    const char *desk = in->desk;
    if (!desk && getenv("HOME"))
        desk = parley_arena_printf(&in->arena, "%s/.local/share/parley", getenv("HOME"));
    if (!desk)
        return parley_fail(&in->err, PARLEY_EINVAL, "name a folder with --desk DIR: HOME is not set");
    enum parley_status status = parley_record_create(desk, option_given(in, "shipped"), &in->err);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "desk", desk);
        parley_json_object_end(&json);
        return PARLEY_OK;
    }
    parley_text_addf(&in->out, PARLEY_SAY(in->lang, "made a desk in %s\n", "已在 %s 建立工作台\n"), desk);
    return PARLEY_OK;
}

const struct command command_init = {
    .name = "init",
    .operands = "",
    .summary = "Make a desk: a folder with an empty record.",
    .summary_zh = "建立工作台：一个带有空记录的文件夹。",
    .text = "Makes the folder if it is missing and a record in it that knows the actors and sources but holds no event. The desk is the "
            "folder named by --desk, else PARLEY_DESK, else ~/.local/share/parley.\n\n"
            "A folder on a network file system is refused: the locks of a database are not safe there.",
    .examples = "parley --desk /tmp/my-desk init --shipped\n",
    .options = options,
    .run = run,
};
