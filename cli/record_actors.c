#include "listing.h"
#include "open_record.h"

static enum parley_status run(struct invocation *in)
{
    static const struct listing_column columns[] = { { "code", "代码", .key = "actor" }, { "English", "English", .key = "en" }, { "中文", "中文", .key = "zh" }, { "kind", "类型", .key = "kind" },
                                                     { "other names", "别名", .key = "aliases" } };
    struct listing list;
    struct parley_record *record = NULL;
    struct parley_actor *actor = NULL;
    size_t n = 0;
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status && in->n_operands) {
        actor = PARLEY_NEW(&in->arena, struct parley_actor, (size_t)in->n_operands);
        for (; actor && !status && n < (size_t)in->n_operands; n++)
            status = parley_record_actor(record, in->operand[n], &in->arena, &actor[n], &in->err);
    } else if (!status) {
        status = parley_record_actors(record, &in->arena, &actor, &n, &in->err);
    }
    parley_record_close(record);
    if (status)
        return status;
    begin_listing(in, &list, "", columns, 5);
    for (size_t i = 0; i < n; i++)
        list_row(&list, (const char *const[]){ actor[i].code, actor[i].en, actor[i].zh, list_word(in, actor[i].kind), actor[i].aliases });
    return finish_listing(in, &list);
}

const struct command command_record_actors = {
    .name = "record actors",
    .operands = "[NAME...]",
    .operands_max = -1,
    .summary = "List the actors with their codes, or find the ones named.",
    .summary_zh = "列出行为体及其代码，或查找所列名称。",
    .text = "States are ISO 3166 codes (CN), bodies ORG:UN, firms FIRM:Google, groups GROUP:HACK, nobody known UNK.",
    .examples = "parley record actors China 美国 NATO\nparley record actors\n",
    .run = run,
};
