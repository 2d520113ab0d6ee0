#include "channel/bytes.h"
#include "channel/desk.h"

#include <parley/channel_directory.h>
#include <parley/json.h>
#include <parley/time.h>
#include <parley/tree.h>
#include <stdlib.h>
#include <string.h>

static const char *text_in(const struct parley_node *body, const char *key)
{
    const struct parley_node *v = parley_node_get(body, key);
    return v && v->kind == PARLEY_NODE_SCALAR ? v->text : "";
}

static bool names_card(const struct parley_node *body, const char *key, const uint8_t hash[32])
{
    char hex[65];
    to_hex(hash, 32, hex);
    return !strcmp(text_in(body, key), hex);
}

static bool same_contacts(const struct parley_node *body, const struct parley_contacts *c)
{
    const struct parley_node *list = parley_node_get(body, "contacts");
    if (!list || list->kind != PARLEY_NODE_LIST || list->n != c->n)
        return false;
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(list->child[i].text, c->contact[i]))
            return false;
    return true;
}

static enum parley_status from_card(const struct card *card, struct parley_arena *arena, struct parley_contacts *out, struct parley_error *err)
{
    const char **contact = PARLEY_NEW(arena, const char *, CARD_LINES_MAX);
    *out = (struct parley_contacts){ .party = parley_arena_strdup(arena, card->name), .contact = contact, .epoch = card->epoch };
    memcpy(out->card, card->text_hash, 32);
    for (int i = 0; contact && i < card->n_contacts; i++)
        contact[out->n++] = parley_arena_strdup(arena, card->contact[i]);
    return contact && out->party ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

static void apply(const struct parley_said *s, const struct parley_node *body, struct parley_contacts *of_author, struct parley_contacts *of_other)
{
    int64_t at = s->statement.time_us;
    if (at >= of_author->confirmed_us) {
        of_author->confirmed_us = at;
        of_author->differs = !same_contacts(body, of_author);
    }
    if (names_card(body, "confirms", of_other->card) && at > of_other->cosigned_us)
        of_other->cosigned_us = at;
}

enum parley_status parley_channel_directory(struct parley_desk *d, const char *peer, struct parley_arena *arena, struct parley_contacts *ours, struct parley_contacts *theirs,
                                            struct parley_error *err)
{
    struct parley_said *said;
    struct talk *t = talk_named(d, peer, err);
    size_t n;
    int64_t enrolled = 0;
    if (!t)
        return PARLEY_ENOTFOUND;
    enum parley_status status = said_list(d, peer, arena, &said, &n, err);
    if (!status)
        status = from_card(&d->own[d->n_own - 1].card, arena, ours, err);
    if (!status)
        status = from_card(&t->x.theirs.epoch[t->x.theirs.n - 1].card, arena, theirs, err);
    sqlite3_stmt *q = status ? NULL : db_prepare(d, "SELECT enrolled_us FROM peer WHERE id = ?", err);
    if (!q)
        return status ? status : PARLEY_EIO;
    sqlite3_bind_int64(q, 1, t->id);
    if (sqlite3_step(q) == SQLITE_ROW)
        enrolled = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    for (size_t i = 0; i < n; i++) {
        struct parley_node *body;
        if (said[i].statement.type != PARLEY_TYPE_CONTACT_CONFIRMATION || (said[i].statement.flags & PARLEY_EXERCISE) || !said_verifies(d, &said[i]) ||
            parley_json_parse(said[i].body, said[i].body_len, "confirmation", arena, &body, NULL))
            continue;
        apply(&said[i], body, said[i].ours ? ours : theirs, said[i].ours ? theirs : ours);
    }
    for (int i = 0; i < 2; i++) {
        struct parley_contacts *c = i ? theirs : ours;
        c->due_us = (c->confirmed_us ? c->confirmed_us : enrolled) + PARLEY_CONFIRM_DAYS * PARLEY_US_PER_DAY;
    }
    return PARLEY_OK;
}

enum parley_status parley_confirmation_body(struct parley_desk *d, const char *peer, struct parley_text *out, struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    struct parley_json json;
    char hex[65];
    if (!t)
        return PARLEY_ENOTFOUND;
    enum parley_status status = talk_ready(d, t, err);
    if (status)
        return status;
    const struct card *own = &d->own[d->n_own - 1].card, *other = &t->x.theirs.epoch[t->x.theirs.n - 1].card;
    parley_json_init(&json, out, false);
    parley_json_object(&json);
    parley_json_key(&json, "contacts");
    parley_json_array(&json);
    for (int i = 0; i < own->n_contacts; i++)
        parley_json_string(&json, own->contact[i]);
    parley_json_array_end(&json);
    to_hex(own->text_hash, 32, hex);
    parley_json_put_string(&json, "card", hex);
    to_hex(other->text_hash, 32, hex);
    parley_json_put_string(&json, "confirms", hex);
    parley_json_object_end(&json);
    return out->failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : PARLEY_OK;
}

/* Messages that answer one, by what they answer and then by time: the first answer of the other side counts. */
static int by_answered(const void *a, const void *b)
{
    const struct parley_said *x = *(const struct parley_said *const *)a, *y = *(const struct parley_said *const *)b;
    int order = memcmp(x->statement.reply_to, y->statement.reply_to, 32);
    return order ? order : (x->statement.time_us > y->statement.time_us) - (x->statement.time_us < y->statement.time_us);
}

static size_t first_answer(const struct parley_said *const *answer, size_t n, const uint8_t hash[32])
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(answer[middle]->statement.reply_to, hash, 32) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void read_back(struct parley_comms_check *c, const struct parley_said *const *answer, size_t n, struct parley_arena *arena)
{
    struct parley_node *body;
    for (size_t k = first_answer(answer, n, c->hash); k < n && !memcmp(answer[k]->statement.reply_to, c->hash, 32); k++) {
        if (answer[k]->ours == c->ours || parley_json_parse(answer[k]->body, answer[k]->body_len, "read-back", arena, &body, NULL))
            continue;
        c->answered_us = answer[k]->statement.time_us;
        c->answer = text_in(body, "answer");
        c->by = text_in(body, "by");
        c->matches = *c->text && !strcmp(c->answer, c->text);
        return;
    }
}

enum parley_status parley_channel_checks(struct parley_desk *d, const char *peer, struct parley_arena *arena, struct parley_comms_check **out, size_t *n, struct parley_error *err)
{
    struct parley_said *said;
    size_t all;
    *n = 0;
    enum parley_status status = said_list(d, peer, arena, &said, &all, err);
    if (status)
        return status;
    const struct parley_said **answer = PARLEY_NEW(arena, const struct parley_said *, all + 1);
    if (!answer || !(*out = PARLEY_NEW(arena, struct parley_comms_check, all + 1)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    size_t n_answers = 0;
    for (size_t i = 0; i < all; i++)
        if (said[i].statement.kind == PARLEY_KIND_MESSAGE && !is_zero(said[i].statement.reply_to, 32))
            answer[n_answers++] = &said[i];
    qsort(answer, n_answers, sizeof *answer, by_answered);
    for (size_t i = 0; i < all; i++) {
        struct parley_node *body;
        if (said[i].statement.type != PARLEY_TYPE_COMMS_CHECK || !said_verifies(d, &said[i]) || parley_json_parse(said[i].body, said[i].body_len, "check", arena, &body, NULL))
            continue;
        struct parley_comms_check *c = &(*out)[(*n)++];
        *c = (struct parley_comms_check){ .ours = said[i].ours, .carrier = text_in(body, "carrier"), .text = text_in(body, "text"), .answer = "", .by = "", .said_us = said[i].statement.time_us,
                                          .stored_us = said[i].receipt_us, .within_s = said[i].statement.within_s, .deadline_us = said[i].deadline_us };
        memcpy(c->hash, said[i].hash, 32);
        read_back(c, answer, n_answers, arena);
    }
    return PARLEY_OK;
}

enum parley_status parley_check_body(struct parley_desk *d, const char *peer, const char *carrier, const char *text, struct parley_text *out, struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    struct parley_text words;
    struct parley_json json;
    bool there = !carrier;
    if (!t)
        return PARLEY_ENOTFOUND;
    for (int i = 0; i < t->n_carriers && carrier; i++)
        there |= !strncmp(t->carrier[i], carrier, strlen(carrier)) && t->carrier[i][strlen(carrier)] == ' ';
    if (!there)
        return parley_fail(err, PARLEY_ENOTFOUND, "the channel with %s has no carrier '%.20s'", peer, carrier);
    parley_text_init(&words, 1024);
    enum parley_status status = PARLEY_OK;
    if (!text) { /* the words of the ceremony's lists are chosen to be read aloud */
        uint8_t entropy[16];
        random_fill(entropy, sizeof entropy);
        status = words_of(entropy, PARLEY_EN, &words, err);
        text = parley_text_str(&words);
    }
    parley_json_init(&json, out, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "text", text);
    if (carrier)
        parley_json_put_string(&json, "carrier", carrier);
    parley_json_object_end(&json);
    parley_text_release(&words);
    return status ? status : out->failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : PARLEY_OK;
}
