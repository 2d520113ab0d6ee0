#include "command.h"

#define COMMAND(name) extern const struct command command_##name;
#include "commands.def"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "commands.def"
#undef COMMAND
    NULL,
};

const struct option common_options[] = {
    { "desk", 0, "DIR", "The desk (a folder made by 'parley init'). Default: PARLEY_DESK, then ~/.local/share/parley." },
    { "json", 0, NULL, "Print the result as JSON." },
    { "lang", 0, "en|zh", "Language of the result. Default: en." },
    { "help", 'h', NULL, "Show this help." },
    { 0 },
};
