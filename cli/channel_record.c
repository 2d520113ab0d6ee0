/* What was said, as events of the record; what stands between the sides, as its mechanisms. */
#include "channel_desk.h"
#include "channel_words.h"
#include "open_record.h"

#include <parley/channel_register.h>
#include <parley/import.h>
#include <parley/tree.h>
#include <stdio.h>
#include <string.h>

/* Goldstein-like intensity and kind of a statement type in the record; assumed, because no scale covers notes between contact points. */
static const struct {
    int type;
    const char *kind, *intensity;
} as_event[] = {
    { PARLEY_TYPE_INCIDENT_NOTIFICATION, "message", "1" }, { PARLEY_TYPE_REQUEST_CLARIFICATION, "message", "0" }, { PARLEY_TYPE_REQUEST_ASSISTANCE, "appeal", "2" },
    { PARLEY_TYPE_REPLY, "message", "2" }, { PARLEY_TYPE_POLICY_NOTIFICATION, "message", "1" }, { PARLEY_TYPE_CONCERN, "protest", "-2" },
    { PARLEY_TYPE_CONSULTATION_REQUEST, "dialogue", "2" }, { PARLEY_TYPE_DE_ESCALATION_PROPOSAL, "negotiation", "4" }, { PARLEY_TYPE_PAUSE, "negotiation", "4" },
    { PARLEY_TYPE_NORM_PROPOSAL, "negotiation", "3" }, { PARLEY_TYPE_NORM_ACCEPTANCE, "agreement", "6" }, { PARLEY_TYPE_NORM_WITHDRAWAL, "rejection", "-4" },
    { PARLEY_TYPE_NORM_REPORT, "report", "1" }, { PARLEY_TYPE_VULNERABILITY_NOTICE, "cooperation", "3" }, { PARLEY_TYPE_RECUSAL_NOTICE, "message", "2" },
};
enum { AS_EVENT = sizeof as_event / sizeof *as_event };

struct sides {
    struct parley_record *record;
    const char *us, *them; /* codes in the record */
    unsigned added, known, withheld;
};

/* What a report on observance says, from its structured field alone. */
static void observance(struct invocation *in, const struct parley_said *s, struct parley_report_text *r)
{
    struct parley_node *body;
    const struct parley_node *observed = parley_json_parse(s->body, s->body_len, "report", &in->arena, &body, NULL) ? NULL : parley_node_get(body, "observed");
    const char *word = observed ? observed->text : "unknown";
    bool yes = !strcmp(word, "yes"), no = !strcmp(word, "no");
    r->intensity = yes ? "2" : no ? "-3" : "0";
    r->what = yes ? "Report that a norm is observed, over the channel" : no ? "Report that a norm is not observed, over the channel" : "Report that observance of a norm is not known, over the channel";
    r->note = "intensity assumed from the report's answer";
}

static enum parley_status add_event(struct invocation *in, struct sides *w, const struct parley_said *s)
{
    char hash[HASH_TEXT], id[32], day[TIME_TEXT];
    struct parley_event_list reports;
    int row = 0;
    while (row < AS_EVENT && as_event[row].type != s->statement.type)
        row++;
    if (row == AS_EVENT || (s->statement.flags & PARLEY_EXERCISE))
        return PARLEY_OK; /* receipts, checks, keys and exercises are no events of the relation */
    if (s->statement.tlp >= PARLEY_TLP_AMBER && !option_given(in, "include-amber")) {
        w->withheld++;
        return PARLEY_OK;
    }
    hash_text(s->hash, hash);
    snprintf(id, sizeof id, "CH-%.12s", hash);
    if (!parley_record_reports(w->record, id, &in->arena, &reports, NULL)) {
        w->known++;
        return PARLEY_OK;
    }
    utc_time(s->statement.time_us, day);
    day[10] = 0;
    struct parley_report_text r = { .event_id = id, .date_start = day, .actor = s->ours ? w->us : w->them, .target = s->ours ? w->them : w->us, .kind = as_event[row].kind,
                                    .domain = option_text(in, "domain") ? option_text(in, "domain") : "diplomacy", .intensity = as_event[row].intensity, .attribution = "na",
                                    .what = parley_arena_printf(&in->arena, "%s over the channel", parley_type_by_code(s->statement.type)->en),
                                    .source = parley_arena_printf(&in->arena, "channel:%.16s", hash), .note = "intensity assumed from the statement's type" };
    if (s->statement.type == PARLEY_TYPE_NORM_REPORT)
        observance(in, s, &r);
    const char *made;
    enum parley_status status = parley_record_add(w->record, &r, &in->arena, &made, &in->err);
    w->added += !status;
    return status;
}

static enum parley_status add_mechanisms(struct invocation *in, struct sides *w, const struct parley_said *said, size_t n)
{
    const char *parties = parley_arena_printf(&in->arena, "%s;%s", w->us, w->them);
    char start[TIME_TEXT] = "", stop[TIME_TEXT];
    struct parley_norm *norm;
    size_t norms;
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; i < n && !start[0]; i++)
        if (said[i].ours && said[i].receipt_us) {
            utc_time(said[i].receipt_us, start);
            start[10] = 0;
        }
    if (start[0]) {
        struct parley_mechanism_text m = { .code = parley_arena_printf(&in->arena, "channel-%s-%s", w->us, w->them), .en = "Parley channel between points of contact", .zh = "联络点之间的 Parley 信道",
                                           .kind = "hotline", .parties = parties, .start = start, .source = "channel" };
        status = parley_record_put_mechanism(w->record, &m, &in->err);
    }
    if (!status)
        status = parley_channel_norms(in->channel, in->operand[0], option_given(in, "include-amber") ? PARLEY_TLP_RED : PARLEY_TLP_GREEN, &in->arena, &norm, &norms, &in->err);
    for (size_t i = 0; !status && i < norms; i++) {
        if (!norm[i].accepted_us)
            continue;
        utc_time(norm[i].accepted_us, start);
        utc_time(norm[i].withdrawn_us, stop);
        start[10] = stop[10] = 0;
        char hash[HASH_TEXT];
        hash_text(norm[i].proposal, hash);
        struct parley_mechanism_text m = { .code = parley_arena_printf(&in->arena, "norm-%.12s", hash), .en = norm[i].name, .zh = norm[i].name, .kind = norm[i].mechanism, .parties = parties, .start = start,
                                           .note = parley_arena_printf(&in->arena, "reports on observance over the channel: %u yes, %u no, %u unknown", norm[i].observed, norm[i].not_observed, norm[i].unknown),
                                           .stop = norm[i].withdrawn_us ? stop : NULL, .stop_kind = norm[i].withdrawn_us ? "suspended" : NULL, .source = "channel" };
        status = parley_record_put_mechanism(w->record, &m, &in->err);
    }
    return status;
}

/* Our code and theirs in the record: as typed, else by the names on both cards. */
static enum parley_status find_sides(struct invocation *in, struct sides *w)
{
    const struct parley_peer *peer = NULL;
    struct parley_actor actor;
    const char *us = option_text(in, "us"), *them = option_text(in, "them");
    enum parley_status status = find_peer(in, in->operand[0], &peer);
    if (status)
        return status;
    if (!us)
        us = parley_desk_party(in->channel);
    if (!them && peer)
        them = peer->party_name;
    if ((status = parley_record_actor(w->record, us, &in->arena, &actor, &in->err)))
        return status;
    w->us = actor.code;
    if ((status = parley_record_actor(w->record, them, &in->arena, &actor, &in->err)))
        return status;
    w->them = actor.code;
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_said *said = NULL;
    struct sides w = { 0 };
    size_t n = 0;
    enum parley_status status = open_desk(in);
    if (!status)
        status = parley_channel_list(in->channel, in->operand[0], &in->arena, &said, &n, &in->err);
    if (!status)
        status = open_record(in, PARLEY_RECORD_WRITE, &w.record);
    if (!status)
        status = find_sides(in, &w);
    for (size_t i = 0; !status && i < n; i++)
        status = add_event(in, &w, &said[i]);
    if (!status)
        status = add_mechanisms(in, &w, said, n);
    parley_record_close(w.record);
    if (status)
        return status;
    if (in->json)
        parley_text_addf(&in->out, "{\"added\": %u, \"known\": %u, \"withheld\": %u}\n", w.added, w.known, w.withheld);
    else
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "%u events added to the record, %u were there, %u withheld (TLP:AMBER or stricter; --include-amber).\n",
                                              "向记录添加 %u 个事件，%u 个已有，%u 个未入（TLP:AMBER 及以上；--include-amber）。\n"), w.added, w.known, w.withheld);
    return PARLEY_OK;
}

const struct command command_channel_record = {
    .name = "channel record",
    .operands = "PEER",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Put what was said into the desk's record: events, the channel as a hotline, norms in force.",
    .summary_zh = "将往来声明写入本台记录：事件、作为热线的信道、生效的规范。",
    .text = "So that assess and brief see what was said. Can be run again: what is there is not added twice. Statements marked TLP:AMBER or stricter stay out unless --include-amber is given, each time. "
            "Contents never go into the record, only who said what kind of statement when. The intensity of a type is assumed, and says so.",
    .examples = "parley --desk cn channel record us\n",
    .options = (const struct option[]){ { "include-amber", 0, NULL, "Also statements marked TLP:AMBER, AMBER+STRICT or RED." }, { "us", 0, "ACTOR", "Our code in the record. Default: the name on our card." },
                                        { "them", 0, "ACTOR", "Theirs. Default: the name on their card." }, { "domain", 0, "CODE", "Domain of the events. Default: diplomacy." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};
