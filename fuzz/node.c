/* Any request to a node, and any unit that comes with it, under the peer's TLS key or another: one verdict each, and only what the
 * peer signed is stored. First byte: bit 0 another's key, bit 1 the rest is sealed as the peer would; then METHOD PATH, a line end, the unit. */
#define _POSIX_C_SOURCE 200809L
#include "channel/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];
static struct parley_desk *desk[2];
static struct node *node;

static void clean(void)
{
    char command[100];
    node_close(node);
    for (int i = 0; i < 2; i++)
        parley_desk_close(desk[i]);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command))
        abort();
}

static void enrol(int me, int other)
{
    struct parley_text card, en, zh;
    const uint8_t psk[32] = { 3 };
    parley_text_init(&card, 1 << 16);
    parley_text_init(&en, 4096);
    parley_text_init(&zh, 4096);
    if (parley_desk_card(desk[other], &card, NULL) || parley_desk_ceremony(desk[me], card.data, card.len, psk, &en, &zh, NULL))
        abort();
    struct parley_enrolment e = { .name = "peer", .card = card.data, .card_len = card.len, .psk = psk, .words = en.data };
    if (parley_desk_enrol(desk[me], &e, NULL) || talk_ready(desk[me], desk[me]->talk[0], NULL))
        abort();
    parley_text_release(&card);
    parley_text_release(&en);
    parley_text_release(&zh);
}

static void set_up(void)
{
    struct stat shm;
    snprintf(folder, sizeof folder, "%s/parley-fuzz-node-XXXXXX", stat("/dev/shm", &shm) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(folder))
        abort();
    setenv("PARLEY_STATE", folder, 1);
    for (int i = 0; i < 2; i++) {
        char path[80];
        struct parley_key_options o = { .party = i ? "B" : "A" };
        snprintf(path, sizeof path, "%s/%d", folder, i);
        if (mkdir(path, 0700) || parley_desk_make_keys(path, &o, NULL) || parley_desk_open(path, NULL, &desk[i], NULL))
            abort();
    }
    enrol(0, 1);
    enrol(1, 0);
    if (db_exec(desk[0], "PRAGMA synchronous=OFF", NULL) || node_open(desk[0], NULL, &node, NULL) || atexit(clean))
        abort();
}

static void on_verdict(void *ctx, enum verdict verdict)
{
    int *verdicts = ctx;
    (void)verdict;
    ++*verdicts;
}

/* What a peer with the keys can do: any content, well sealed. */
static bool seal(const uint8_t *content, size_t len, uint8_t **unit, size_t *unit_len)
{
    struct talk *t = desk[1]->talk[0];
    struct unit_keys k = { .epoch = 1 };
    memcpy(k.pair, t->x.pair, HASH_LEN);
    memcpy(k.sender, t->x.self, HASH_LEN);
    memcpy(k.recipient, t->x.peer, HASH_LEN);
    return !direction_load(desk[1], t->id, false, 1, k.psk, NULL) && !unit_seal(&k, t->x.theirs.epoch[0].card.sealing, content, len, unit, unit_len, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t stranger[HASH_LEN] = { 9 };
    char line[200];
    if (!node)
        set_up();
    const uint8_t *end = size > 1 ? memchr(data + 1, '\n', size - 1) : NULL;
    if (!end || (size_t)(end - data) > sizeof line)
        return 0;
    size_t n = (size_t)(end - data) - 1;
    memcpy(line, data + 1, n);
    line[n] = 0;
    char *path = strchr(line, ' ');
    if (!path)
        return 0;
    *path++ = 0;
    const uint8_t *pin = data[0] & 1 ? stranger : desk[1]->own[0].card.tls;
    struct call call = { .method = line, .path = path, .pin = pin, .from = "127.0.0.1" };
    unsigned code = node_head(node, &call);
    if (code != 0 && code != 403 && code != 404 && code != 405 && code != 429)
        abort();
    if (code != 0 && (data[0] & 1) && code != 403)
        abort(); /* a stranger learns nothing but that */
    const uint8_t *unit = end + 1;
    size_t len = size - n - 2;
    uint8_t *sealed = NULL;
    if ((data[0] & 2) && !seal(unit, len, &sealed, &len))
        return 0;
    int verdicts = 0;
    uint64_t before = desk[0]->talk[0]->x.theirs.epoch[0].top;
    if (!arrivals_push(node_arrivals(node), pin, sealed ? sealed : unit, len, on_verdict, &verdicts) || node_round(node, 0, NULL) || verdicts != 1)
        abort();
    if ((data[0] & 1) && desk[0]->talk[0]->x.theirs.epoch[0].top != before)
        abort(); /* under another's TLS key nothing is stored */
    free(sealed);
    return 0;
}
