#include "desk_epoch.h"

#include <parley/file.h>
#include <string.h>

/* "FILE,FILE": our cards of the epochs that this copy lacks, in order. */
static enum parley_status take_back(struct invocation *in, const char *files)
{
    enum parley_status status = open_desk(in);
    for (size_t n; !status && *files; files += n + (files[n] == ',')) {
        char *data;
        size_t len;
        n = strcspn(files, ",");
        const char *path = parley_arena_printf(&in->arena, "%.*s", (int)n, files);
        status = parley_file_read(path, 1 << 16, &in->arena, &data, &len, &in->err);
        if (!status && (status = parley_desk_take_back_card(in->channel, data, len, &in->err)))
            status = parley_fail_in(&in->err, status, "%s", path);
    }
    return status;
}

static enum parley_status run(struct invocation *in)
{
    enum parley_status status = option_given(in, "card") ? take_back(in, option_text(in, "card")) : PARLEY_OK;
    return status ? status : new_epoch(in, PARLEY_RECOVER, NULL, 0);
}

const struct command command_desk_recover = {
    .name = "desk recover",
    .operands = "",
    .summary = "Begin a new epoch after a restored copy, with no peer in reach.",
    .summary_zh = "从副本恢复后开启新一期。",
    .text = "A desk restored from a copy signs nothing until it holds all it ever said. When that cannot be had back, the root signs a recovery statement that names the last one it knows; numbers begin again at 1 in a new epoch.\n\n"
            "When the copy is older than a rotation, its keys are gone, too, and peers seal to keys that nobody has: ask a peer for our cards of the epochs since ('desk card --of' there) and give "
            "them with --card. Without them nothing is begun: a peer never takes two key statements of one epoch.",
    .examples = "parley --desk cn desk recover --root /media/safe/root.key\n# The copy is from before we rotated: the other side prints the card it holds\nparley --desk us desk card --of cn -o cn-2.card\nparley --desk cn desk recover --card cn-2.card --root /media/safe/root.key\n",
    .options = (const struct option[]){ { "card", 0, "FILE", "Our card of an epoch that this copy lacks; of several: FILE,FILE." }, NEW_EPOCH_OPTIONS, { 0 } },
    .run = run,
};
