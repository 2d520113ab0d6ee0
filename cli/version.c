#include "command.h"

#include <parley/version.h>

static enum parley_status run(struct invocation *in)
{
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "version", PARLEY_VERSION);
        parley_json_object_end(&json);
    } else {
        parley_text_addf(&in->out, "parley %s\n", PARLEY_VERSION);
    }
    return PARLEY_OK;
}

const struct command command_version = {
    .name = "version",
    .operands = "",
    .summary = "Print the version.",
    .summary_zh = "显示版本。",
    .text = "Prints the version of the command and of the library it is built with.",
    .examples = "parley version\n",
    .run = run,
};
