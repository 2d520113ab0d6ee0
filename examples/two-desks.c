/* two-desks.c - a conversation through the library: two desks make keys, compare words, enrol each other and speak by way of a folder; the
 * receipt comes back, both records verify, and a third party is shown that the other side has what was said.
 *
 *   cc -std=c17 two-desks.c $(pkg-config --cflags --libs parley) -o two-desks && ./two-desks FOLDER   (empty or not there yet)
 *
 * docs/library.md goes through it. */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include <parley/channel.h>
#include <parley/channel_advice.h>
#include <parley/import.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_MAX_BYTES = 400, CARD_MAX_BYTES = 1 << 16 };

/* An example has nobody to hand a failure to: it says what the library says, and ends with the exit code of the status. */
static void must(enum parley_status status, const struct parley_error *err)
{
    if (status) {
        fprintf(stderr, "two-desks: %s\n", err->text);
        exit(parley_status_exit_code(status));
    }
}

static const char *in_folder(const char *folder, const char *name, char path[PATH_MAX_BYTES])
{
    snprintf(path, PATH_MAX_BYTES, "%s/%s", folder, name);
    return path;
}

/* A folder with a record and keys, open for work. */
static struct parley_desk *make_desk(const char *folder, const char *party)
{
    struct parley_error err = { 0 };
    struct parley_desk *desk;
    const char *contact[] = { "technical duty desk, day and night" };
    const struct parley_key_options options = { .party = party, .contact = contact, .n_contacts = 1 };
    must(parley_record_create(folder, false, &err), &err);
    must(parley_desk_make_keys(folder, &options, &err), &err);
    must(parley_desk_open(folder, NULL, &desk, &err), &err);
    return desk;
}

/* Cards change hands, and the words are read to each other by voice; here one program plays both voices. */
static void introduce(struct parley_desk *ours, struct parley_desk *theirs, const char *their_name, const uint8_t psk[32], const char *carrier)
{
    struct parley_error err = { 0 };
    struct parley_text card, our_card, english, chinese, heard, ignored;
    struct parley_text *const all[] = { &card, &our_card, &english, &chinese, &heard, &ignored };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        parley_text_init(all[i], CARD_MAX_BYTES);
    must(parley_desk_card(theirs, &card, &err), &err);
    must(parley_desk_card(ours, &our_card, &err), &err);
    must(parley_desk_ceremony(ours, card.data, card.len, psk, &english, &chinese, &err), &err);
    must(parley_desk_ceremony(theirs, our_card.data, our_card.len, psk, &heard, &ignored, &err), &err);
    printf("we read: %s\nwe hear: %s\n", parley_text_str(&english), parley_text_str(&heard));
    const struct parley_enrolment enrolment = { .name = their_name, .card = card.data, .card_len = card.len, .psk = psk, .words = parley_text_str(&heard),
                                                .carrier = &carrier, .n_carriers = 1 };
    must(parley_desk_enrol(ours, &enrolment, &err), &err);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        parley_text_release(all[i]);
}

static uint64_t notify(struct parley_desk *desk, const char *peer)
{
    static const char body[] = "{\"what\": \"Ransomware at two hospitals\", \"when\": \"2026-11-21T09:00Z\", \"affected\": [\"health\"], \"malicious\": \"yes\", "
                               "\"cross_border\": \"unknown\", \"request\": \"please look at three addresses\", \"offer\": \"samples and logs\"}";
    struct parley_error err = { 0 };
    struct parley_arena arena = { 0 };
    struct parley_advice *advice;
    uint64_t seq;
    uint8_t hash[32];
    size_t n;
    const struct parley_draft draft = { .type = "incident-notification", .precedence = PARLEY_FLASH, .within_s = 6 * 3600, .within_given = true,
                                        .body = body, .body_len = strlen(body) };
    must(parley_body_fields_check(draft.type, body, draft.body_len, "draft", &err), &err);
    must(parley_draft_advice(draft.type, body, draft.body_len, draft.within_s, &arena, &advice, &n, &err), &err);
    for (size_t i = 0; i < n; i++)
        printf("advice (%s): %s\n", advice[i].rule, advice[i].en);
    must(parley_channel_send(desk, peer, &draft, &seq, hash, &err), &err);
    parley_arena_release(&arena);
    return seq;
}

/* Once each way is enough here; a node (channel_node.h) does it by itself. */
static void exchange(struct parley_desk *a, struct parley_desk *b)
{
    struct parley_error err = { 0 };
    struct parley_desk *const turn[] = { a, b, a };
    uint64_t units_in, units_out;
    for (size_t i = 0; i < sizeof turn / sizeof *turn; i++)
        must(parley_channel_sync(turn[i], NULL, NULL, &units_in, &units_out, &err), &err);
}

static void read_inbox(struct parley_desk *desk)
{
    struct parley_error err = { 0 };
    struct parley_arena arena = { 0 }; /* everything listed lives in it */
    struct parley_said *said;
    size_t n;
    must(parley_channel_list(desk, NULL, &arena, &said, &n, &err), &err);
    for (size_t i = 0; i < n; i++)
        if (!said[i].ours && said[i].statement.kind == PARLEY_KIND_MESSAGE)
            printf("from %s: %s, %s, signature %s\n%s\n", said[i].peer, parley_type_by_code(said[i].statement.type)->en,
                   parley_precedence_name(said[i].statement.precedence, PARLEY_EN), said[i].verified ? "good" : "NOT GOOD", said[i].body);
    parley_arena_release(&arena);
}

/* For somebody who trusts neither side. */
static void prove(struct parley_desk *desk, const char *peer, uint64_t seq, const char *folder)
{
    struct parley_error err = { 0 };
    struct parley_text report;
    const struct parley_evidence evidence = { .peer = peer, .seq = seq, .claim = "got-it", .disclose = true, .folder = folder };
    parley_text_init(&report, 1 << 16);
    must(parley_channel_evidence(desk, &evidence, &err), &err);
    must(parley_evidence_check(folder, &report, &err), &err); /* needs no desk */
    printf("%s", parley_text_str(&report));
    parley_text_release(&report);
}

int main(int argc, char **argv)
{
    struct parley_error err = { 0 };
    struct parley_channel_counts counts;
    struct parley_text bad;
    char path[PATH_MAX_BYTES], carrier[PATH_MAX_BYTES + 8];
    uint8_t psk[32];
    uint64_t statements;
    const char *folder = argc == 2 ? argv[1] : "two-desks.d";
    mkdir(folder, 0700); /* where that cannot be, the next call says what is in the way */

    struct parley_desk *cn = make_desk(in_folder(folder, "cn", path), "CN");
    struct parley_desk *us = make_desk(in_folder(folder, "us", path), "US");

    must(parley_psk_make(in_folder(folder, "psk", path), &err), &err);
    must(parley_psk_read(path, psk, &err), &err);
    snprintf(carrier, sizeof carrier, "file %s", in_folder(folder, "stick", path));
    introduce(cn, us, "us", psk, carrier);
    introduce(us, cn, "cn", psk, carrier);

    uint64_t seq = notify(cn, "us");
    exchange(cn, us);
    read_inbox(us);

    must(parley_channel_counts(cn, "us", &counts, &err), &err);
    printf("said %llu, stored by them %llu\n", (unsigned long long)counts.sent, (unsigned long long)counts.stored_by_peer);
    parley_text_init(&bad, 4096);
    must(parley_channel_verify(us, "cn", &statements, &bad, &err), &err);
    printf("%llu statements verified\n", (unsigned long long)statements);
    parley_text_release(&bad);
    prove(cn, "us", seq, in_folder(folder, "evidence", path));

    explicit_bzero(psk, sizeof psk);
    parley_desk_close(cn);
    parley_desk_close(us);
    return 0;
}
