#include "channel_desk.h"
#include "channel_words.h"

#include <string.h>

static void put_json(struct invocation *in, const struct parley_peer *p, const struct parley_carrier_change *change, size_t n)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, "peer", p->name);
    parley_json_put_strings(&json, "carriers", p->carrier, p->n_carriers);
    parley_json_key(&json, "changes");
    parley_json_array(&json);
    for (size_t i = 0; i < n; i++) {
        parley_json_object(&json);
        put_time(&json, "time", change[i].time_us);
        parley_json_put_string(&json, "what", change[i].added ? "added" : "removed");
        parley_json_put_bool(&json, "undo", change[i].undoes);
        parley_json_put_string(&json, "line", change[i].line);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_object_end(&json);
}

static void put_text(struct invocation *in, const struct parley_peer *p, const struct parley_carrier_change *change, size_t n)
{
    char time[TIME_TEXT];
    for (size_t i = 0; i < p->n_carriers; i++)
        parley_text_addf(&in->out, "%zu  %s\n", i + 1, p->carrier[i]);
    if (!p->n_carriers)
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "%s has no carrier: nothing can be sent. Add one with --add.\n", "%s 没有载体：什么也发不出去。用 --add 添加。\n"), p->name);
    if (!option_given(in, "changes"))
        return;
    parley_text_addf(&in->out, "%s", PARLEY_SAY(in->lang, "\nChanges, oldest first:\n", "\n变更（由早到晚）：\n"));
    for (size_t i = 0; i < n; i++)
        parley_text_addf(&in->out, "%s  %s%s  %s\n", utc_time(change[i].time_us, time), change[i].added ? PARLEY_SAY(in->lang, "added", "添加") : PARLEY_SAY(in->lang, "removed", "移除"),
                         change[i].undoes ? PARLEY_SAY(in->lang, " (undo)", "（撤销）") : "", change[i].line);
}

static const char *line_of(struct invocation *in, const char *option)
{
    const char *line = option_text(in, option);
    return line && !strncmp(line, "file ", 5) && line[5] ? parley_arena_printf(&in->arena, "file %s", absolute_path(in, line + 5)) : line;
}

static enum parley_status change(struct invocation *in, const char *peer)
{
    const char *add = line_of(in, "add"), *remove = line_of(in, "remove");
    if ((add != NULL) + (remove != NULL) + option_given(in, "undo") > 1)
        return parley_fail(&in->err, PARLEY_EINVAL, "one of --add, --remove and --undo at a time");
    if (option_given(in, "first") && !add)
        return parley_fail(&in->err, PARLEY_EINVAL, "--first goes with --add");
    if (add)
        return parley_desk_carrier_add(in->channel, peer, add, option_given(in, "first"), &in->err);
    if (remove)
        return parley_desk_carrier_remove(in->channel, peer, remove, &in->err);
    return option_given(in, "undo") ? parley_desk_carrier_undo(in->channel, peer, &in->err) : PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    const struct parley_peer *peer = NULL;
    struct parley_carrier_change *changes;
    size_t n;
    enum parley_status status = open_desk(in);
    if (status)
        return status;
    parley_desk_set_log(in->channel, &log_to_stderr);
    status = change(in, in->operand[0]);
    if (!status)
        status = parley_desk_carrier_changes(in->channel, in->operand[0], &in->arena, &changes, &n, &in->err);
    if (!status)
        status = find_peer(in, in->operand[0], &peer);
    if (status || !peer) /* an unknown one was named by the calls before */
        return status;
    if (in->json)
        put_json(in, peer, changes, n);
    else
        put_text(in, peer, changes, n);
    return PARLEY_OK;
}

const struct command command_desk_carrier = {
    .name = "desk carrier",
    .operands = "PEER",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "List, add or remove the carriers by which a peer is reached.",
    .summary_zh = "列出、添加或移除通向对方的载体。",
    .text = "A carrier is a line: 'direct https://HOST:PORT', 'relay https://HOST:PORT PIN TOKEN', 'file FOLDER' or 'mail MAILDIR-OUT MAILDIR-IN'. They are tried in the order listed; "
            "FLASH goes by all of them. The direct and relay carriers of a peer's card are taken over at enrolment and follow its later cards; one that was removed by hand stays removed.\n\n"
            "Every change is kept with its time (--changes) and can be taken back (--undo, again and again). A running node follows within a tenth of a second; what waits is not lost.",
    .examples = "parley --desk cn desk carrier us\n"
                "parley --desk cn desk carrier us --add 'file /media/stick'\n"
                "parley --desk cn desk carrier us --remove 'file /media/stick'\n"
                "parley --desk cn desk carrier us --undo\n",
    .options = (const struct option[]){ { "add", 0, "LINE", "Add this carrier after the others." }, { "first", 0, NULL, "With --add: before the others." },
                                        { "remove", 0, "LINE", "Remove this carrier; the line as listed." }, { "undo", 0, NULL, "Take back the last change." },
                                        { "changes", 0, NULL, "Also list what was changed and when." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};
