#include "known.h"

#include "fields.h"

#include <stdlib.h>

enum { KNOWN_BITS_MAX = 25, /* 4 MiB: of 2 million events one question in 70 goes to the store */
       KNOWN_BITS_MIN = 16, KNOWN_SCAN = 16 /* reading so many events costs what one question does */ };

/* Two bits an event. */
static inline uint64_t first_bit(const struct known *known, uint64_t event) { return event >> (64 - known->size); }
static inline uint64_t second_bit(const struct known *known, uint64_t event) { return event & (((uint64_t)1 << known->size) - 1); }

void known_add(struct known *known, uint64_t event)
{
    if (!known->bits)
        return;
    uint64_t a = first_bit(known, event), b = second_bit(known, event);
    known->bits[a / 64] |= (uint64_t)1 << a % 64;
    known->bits[b / 64] |= (uint64_t)1 << b % 64;
}

static enum parley_status fill(struct known *known, struct parley_record *record, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_prepare(record, "SELECT event FROM report", &s, err);
    if (status)
        return status;
    if (!(known->bits = calloc((size_t)1 << (known->size - 6), sizeof *known->bits)))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    int rc = SQLITE_DONE;
    while (!status && (rc = sqlite3_step(s)) == SQLITE_ROW)
        known_add(known, text_hash((struct slice){ (const char *)sqlite3_column_text(s, 0), (size_t)sqlite3_column_bytes(s, 0) }));
    sqlite3_finalize(s);
    if (!status && rc != SQLITE_DONE) {
        known_free(known);
        status = store_fail(record, rc, "reading the events", err);
    }
    return status;
}

enum parley_status known_ask(struct known *known, struct parley_record *record, uint64_t event, bool *maybe, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    *maybe = true;
    if (!known->asked++) {
        int64_t last = 0;
        if ((status = store_integer(record, "SELECT max(id) FROM report", &last, err)))
            return status;
        known->worth = 16 + (uint64_t)last / KNOWN_SCAN;
        known->size = known->grows ? KNOWN_BITS_MAX : KNOWN_BITS_MIN;
        while (known->size < KNOWN_BITS_MAX && (uint64_t)last * 16 >> known->size)
            known->size++;
    }
    if (known->asked == known->worth && (status = fill(known, record, err)))
        return status;
    if (known->bits) {
        uint64_t a = first_bit(known, event), b = second_bit(known, event);
        *maybe = known->bits[a / 64] >> a % 64 & known->bits[b / 64] >> b % 64 & 1;
    }
    return PARLEY_OK;
}

void known_free(struct known *known)
{
    free(known->bits);
    *known = (struct known){ 0 };
}
