/* Two processes on one desk: what one of them wrote, the other takes in without loading the record again. After each step of a random
 * play the state that grew is compared with one that was loaded from the beginning. */
#define _GNU_SOURCE
#include "channel/loading.h"
#include "desks.h"

#include <parley/rng.h>

enum { STEPS = 400, RECORD = 2000, WINDOW = 200, STEPS_MAX = 1000 };

static struct parley_error err;
static struct parley_rng rng;
static int64_t now_us = INT64_C(1800000000000000);

static int64_t test_clock(void) { return now_us += 2000; }

static struct input saying(struct draft *d)
{
    *d = (struct draft){ .type = PARLEY_TYPE_COMMS_CHECK, .precedence = PARLEY_ROUTINE, .tlp = PARLEY_TLP_GREEN, .body = "{\"text\": \"said\"}", .body_len = 16 };
    return (struct input){ .kind = IN_SEND, .draft = d };
}

static void drop(struct parley_desk *d)
{
    for (struct packet *p; (p = talk_take(d->talk[0]));)
        free(p);
}

/* What waits in one desk to one of the processes of the other; one in `lost` units does not arrive. */
static void carry(struct parley_desk *from, struct parley_desk *to, uint32_t lost)
{
    for (struct packet *p; (p = talk_take(from->talk[0])); free(p)) {
        struct talk *t;
        uint8_t *content;
        size_t len;
        if (lost && !parley_rng_below(&rng, lost))
            continue;
        if (talk_open_unit(to, p->unit, p->len, &t, &content, &len, &err)) /* sealed to keys that are gone */
            continue;
        struct input in = { .kind = IN_CONTENT, .content = content, .content_len = len };
        must(talk_steps(to, t, &in, 1, &err), &err);
        free(content);
    }
}

static bool same_log(const struct author_log *a, const struct author_log *b, bool ours)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        const struct epoch_log *x = &a->epoch[i], *y = &b->epoch[i];
        if (x->card.epoch != y->card.epoch || x->top != y->top || x->gapless != y->gapless || x->receipted != y->receipted || x->limit != y->limit ||
            (ours && x->unacked_from != y->unacked_from))
            return false;
        for (uint64_t k = 0; k < x->top; k++) {
            const struct slot *s = &x->slot[k], *z = &y->slot[k];
            if (memcmp(s->hash, z->hash, HASH_LEN) || memcmp(s->previous, z->previous, HASH_LEN) || s->kind != z->kind || s->precedence != z->precedence || s->acked != z->acked ||
                (!s->receipt_seq != !z->receipt_seq))
                return false;
        }
    }
    return true;
}

static bool as_loaded(struct party *p, struct parley_desk *d)
{
    struct parley_desk *fresh = open_path(p->path);
    fresh->now_us = test_clock;
    must(talk_ready(d, d->talk[0], &err), &err);
    must(talk_ready(fresh, fresh->talk[0], &err), &err);
    bool same_both = same_log(&d->talk[0]->x.ours, &fresh->talk[0]->x.ours, true) && same_log(&d->talk[0]->x.theirs, &fresh->talk[0]->x.theirs, false);
    parley_desk_close(fresh);
    return same_both;
}

static void random_play(struct party *a, struct parley_desk *other, struct party *b)
{
    struct parley_desk *of_a[2] = { a->desk, other };
    struct draft d;
    int wrong = 0, rotated = 0;
    for (int step = 0; step < STEPS; step++) {
        struct parley_desk *one = of_a[parley_rng_below(&rng, 2)];
        struct input in = saying(&d);
        uint32_t what = (uint32_t)parley_rng_below(&rng, 40);
        if (what < 12) {
            must(talk_steps(one, one->talk[0], &in, 1, &err), &err);
        } else if (what < 20) {
            must(talk_steps(b->desk, b->desk->talk[0], &in, 1, &err), &err);
        } else if (what < 28) {
            carry(one, b->desk, 5);
        } else if (what < 37) {
            carry(b->desk, one, 5);
        } else if (what < 39) {
            drop(one);
        } else {
            struct parley_key_options o = { .party = NULL };
            uint32_t epoch;
            struct parley_desk *who = parley_rng_below(&rng, 2) ? one : b->desk;
            must(parley_desk_next_epoch(who, PARLEY_ROTATE, NULL, 0, NULL, &o, &epoch, &err), &err);
            rotated++;
        }
        wrong += !as_loaded(a, of_a[0]) || !as_loaded(a, of_a[1]);
    }
    OK(!wrong, "%d steps by two processes, %d of them new keys: each holds what a fresh one loads (%d differ)", STEPS, rotated, wrong);
}

static bool all_receipted(struct parley_desk *d)
{
    struct parley_channel_counts c;
    must(parley_channel_counts(d, d->talk[0]->name, &c, &err), &err);
    return !c.outstanding;
}

static void to_the_end(struct parley_desk *one, struct parley_desk *other, struct party *b)
{
    for (int turn = 0; turn < 200 && !(all_receipted(one) && all_receipted(b->desk)); turn++) {
        drop(other);
        must(talk_again(one, one->talk[0], &err), &err);
        must(talk_again(b->desk, b->desk->talk[0], &err), &err);
        carry(one, b->desk, 0);
        carry(b->desk, one, 0);
        now_us += 1000000;
    }
    OK(all_receipted(one) && all_receipted(b->desk), "and when nothing is lost any more everything is receipted");
}

static int64_t steps_so_far(const struct parley_desk *d)
{
    int64_t n = 0;
    for (int i = 0; i < STATEMENTS_SQL; i++)
        n += d->cached[i] ? sqlite3_stmt_status(d->cached[i], SQLITE_STMTSTATUS_VM_STEP, 0) : 0;
    return n;
}

static void costs(struct parley_desk *node, struct parley_desk *command, struct party *b)
{
    struct draft d[WINDOW];
    struct input in[WINDOW];
    for (int i = 0; i < WINDOW; i++)
        in[i] = saying(&d[i]);
    for (int n = 0; n < RECORD; n += WINDOW) {
        must(talk_steps(node, node->talk[0], in, WINDOW, &err), &err);
        for (int i = 0; i < 4; i++) {
            carry(node, b->desk, 0);
            carry(b->desk, node, 0);
        }
    }
    must(talk_ready(command, command->talk[0], &err), &err);
    drop(command);
    must(talk_steps(command, command->talk[0], in, 1, &err), &err);
    drop(command);
    int64_t before = steps_so_far(node);
    must(talk_ready(node, node->talk[0], &err), &err);
    int64_t took = steps_so_far(node) - before;
    OK(took > 0 && took < STEPS_MAX, "a statement of another process beside %d others costs %lld steps of SQLite", RECORD, (long long)took);
    OK(node->talk[0]->first != NULL, "and is sealed to go at once");
    carry(node, b->desk, 0);
    carry(b->desk, node, 0);
    OK(all_receipted(command), "the process that said it learns of the receipt");
}

int main(void)
{
    snprintf(desks_folder, sizeof desks_folder, "/tmp/parley-foreign-XXXXXX");
    if (!mkdtemp(desks_folder))
        return 1;
    setenv("PARLEY_STATE", desks_folder, 1);
    parley_rng_init(&rng, 6, 0);
    struct party *a = party_new("a", 0), *b = party_new("b", 0);
    enrol(a, b);
    struct parley_desk *other = open_path(a->path);
    a->desk->now_us = b->desk->now_us = other->now_us = test_clock;
    random_play(a, other, b);
    to_the_end(a->desk, other, b);
    costs(a->desk, other, b);
    uint64_t statements;
    struct parley_text bad;
    parley_text_init(&bad, 1000);
    OK(!parley_channel_verify(a->desk, "b", &statements, &bad, &err) && !parley_channel_verify(b->desk, "a", &statements, &bad, &err), "both records verify");
    parley_text_release(&bad);
    parley_desk_close(other);
    party_free(a);
    party_free(b);
    char clean[260];
    snprintf(clean, sizeof clean, "rm -rf %s", desks_folder);
    return system(clean) || done();
}
