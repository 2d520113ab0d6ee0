/* What a step asks its driver to do: a list that grows, with the texts and payloads it names. */
#include "channel/exchange_parts.h"

#include <stdlib.h>
#include <string.h>

struct output *outputs_add(struct outputs *o, enum output_kind kind)
{
    if (o->n == o->cap) {
        size_t cap = o->cap ? 2 * o->cap : 64;
        struct output *more = realloc(o->out, cap * sizeof *more);
        if (!more) {
            o->failed = true;
            return &o->spare;
        }
        o->out = more, o->cap = cap;
    }
    struct output *out = &o->out[o->n++];
    memset(out, 0, sizeof *out);
    out->kind = kind;
    return out;
}

const char *outputs_keep(struct outputs *o, const void *data, size_t len)
{
    char *copy = parley_arena_copy(&o->arena, data, len);
    if (!copy)
        o->failed = true;
    return copy ? copy : "";
}

void outputs_clear(struct outputs *o)
{
    parley_arena_release(&o->arena);
    parley_arena_init(&o->arena, 0);
    o->n = 0;
    o->failed = false;
}

void outputs_release(struct outputs *o)
{
    parley_arena_release(&o->arena);
    free(o->out);
    memset(o, 0, sizeof *o);
}

void outputs_add_item(struct outputs *o, int type, const uint8_t *payload, size_t len)
{
    const char *kept = outputs_keep(o, payload, len);
    struct output *out = outputs_add(o, OUT_SEND_ITEM);
    out->item = type;
    out->body = kept;
    out->body_len = len;
}
