/* What waits in a lane, and by which lanes a packet goes. Everything with the lock held. */
#include "channel/lane_internal.h"

#include <stdlib.h>
#include <string.h>

enum { STALLED_US = 3000000 };

void lane_release(struct lanes *all, struct packet *p)
{
    if (--p->refs)
        return;
    if (all->once && !p->went)
        log_line(all->log, "event=not-sent bytes=%zu", p->len);
    free(p);
}

void lane_insert(struct lane *l, size_t at, struct packet *p)
{
    memmove(l->queue + at + 1, l->queue + at, (l->n - at) * sizeof *l->queue);
    l->queue[at] = p;
    l->n++, l->bytes += p->len;
    p->refs++;
}

struct packet *lane_pop(struct lane *l)
{
    struct packet *p = l->queue[0];
    l->n--, l->bytes -= p->len;
    memmove(l->queue, l->queue + 1, l->n * sizeof *l->queue);
    return p; /* the reference goes along */
}

size_t lane_flash(const struct lane *l)
{
    size_t flash = 0;
    while (flash < l->n && l->queue[flash]->flash)
        flash++;
    return flash;
}

bool lane_stalled(const struct lane *l) { return l->n_under_way && lane_now_us() - l->since_us > STALLED_US; }

bool lane_has_room(const struct lane *l, const struct packet *p)
{
    return p->flash ? l->n < LANE_QUEUE && lane_flash(l) < LANE_FLASH_MAX : l->n < LANE_UNITS_MAX && l->bytes + p->len <= LANE_BYTES_MAX && !lane_stalled(l);
}

bool lane_fits(const struct lane *l, int64_t peer, const struct packet *p)
{
    return l->peer == peer && (!p->only || p->everywhere || (int)carrier_kind(l->line, NULL) == p->only);
}

/* True when the lane will carry it; a lane that is down keeps it at most to try with. */
static bool offer(struct lane *l, struct packet *p)
{
    if (!l->puts || !l->wanted)
        return false;
    size_t flash = lane_flash(l);
    if (l->down && l->all->once)
        return false;
    if (l->down) {
        if (!l->n && !l->n_under_way) {
            lane_insert(l, 0, p);
        } else if (p->flash && l->n && !flash) {
            lane_insert(l, 0, p);
            l->n--, l->bytes -= l->queue[l->n]->len;
            lane_release(l->all, l->queue[l->n]);
        } else {
            return false;
        }
        if (p->flash && l->next_try_us > l->last_try_us + TRY_FLASH_US)
            l->next_try_us = l->last_try_us + TRY_FLASH_US;
        pthread_cond_signal(&l->wake);
        return false;
    }
    if (!lane_has_room(l, p))
        return false;
    lane_insert(l, p->flash ? flash : l->n, p);
    pthread_cond_signal(&l->wake);
    return true;
}

bool lanes_route(struct lanes *all, int64_t peer, struct packet *p, const struct lane *except)
{
    bool took = false;
    for (size_t i = 0; i < all->n; i++) {
        struct lane *l = all->lane[i];
        if (l == except || !lane_fits(l, peer, p) || !offer(l, p))
            continue;
        took = true;
        if (!p->flash && !p->everywhere)
            break;
    }
    return took;
}

void lane_shed(struct lane *l, bool keep)
{
    size_t n = l->n, kept = 0, moved = 0, dropped = 0;
    for (size_t i = 0; i < n; i++) {
        struct packet *p = l->queue[i];
        bool elsewhere = !p->flash && lanes_route(l->all, l->peer, p, l);
        if ((keep && !i) || (!keep && !elsewhere)) {
            l->queue[kept++] = p;
            continue;
        }
        moved += elsewhere;
        dropped += !elsewhere && !p->flash;
        l->bytes -= p->len;
        lane_release(l->all, p);
    }
    l->n = kept;
    if (moved || dropped)
        log_line(l->all->log, "peer=%s event=carrier-left carrier=%.*s units=%zu kept_for_later=%zu", l->peer_name, (int)strcspn(l->line, " "), l->line, moved, dropped);
}
