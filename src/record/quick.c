#include "quick.h"

#include <math.h>
#include <string.h>

_Static_assert((int)PARLEY_CSV_SPARE_BYTES >= QUICK_CODE_BYTES_MAX, "codes are read whole, whatever their length");

/* Eight bytes, the first one lowest. */
static inline uint64_t eight(const char *p)
{
    uint64_t w;
    memcpy(&w, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    return w;
}

/* ---- codes of a small vocabulary ---- */

/* Words of a code, what lies behind it taken out; n <= QUICK_CODE_BYTES_MAX. */
static inline void words_of(const char *p, size_t n, uint64_t word[QUICK_CODE_BYTES_MAX / 8])
{
    static const unsigned char keep[2 * QUICK_CODE_BYTES_MAX] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
                                                                  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
    const unsigned char *mask = keep + QUICK_CODE_BYTES_MAX - n;
    for (size_t i = 0; i < QUICK_CODE_BYTES_MAX / 8; i++) {
        uint64_t m;
        memcpy(&m, mask + 8 * i, 8); /* bytes of all ones or none */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        m = __builtin_bswap64(m);
#endif
        word[i] = eight(p + 8 * i) & m;
    }
}

static inline size_t slot_of(const uint64_t *word, uint64_t multiplier) { return (size_t)(((word[0] ^ word[1] ^ word[2]) * multiplier) >> 58); }

static bool put_domains(struct quick *q, const struct parley_record *record)
{
    for (size_t i = 0; i < QUICK_SLOTS; i++)
        q->domain[i] = (struct quick_code){ .n = UINT64_MAX };
    for (size_t i = 0; i < record->n_domains; i++) {
        char code[QUICK_CODE_BYTES_MAX + PARLEY_CSV_SPARE_BYTES] = "";
        struct quick_code c = { .n = strlen(record->domain[i].code) };
        if (c.n == 0 || c.n > QUICK_CODE_BYTES_MAX)
            continue; /* the slow way finds it */
        memcpy(code, record->domain[i].code, c.n);
        words_of(code, c.n, c.word);
        struct quick_code *slot = &q->domain[slot_of(c.word, q->multiplier)];
        if (slot->n != UINT64_MAX)
            return false;
        *slot = c;
    }
    return true;
}

#define ABSENT SIZE_MAX

static size_t place(const struct columns *c, enum field f) { return c->at[f] < 0 ? ABSENT : (size_t)c->at[f]; }

void quick_init(struct quick *q, const struct parley_record *record, const struct columns *c)
{
    enum { ATTEMPTS = 10000 };
    *q = (struct quick){ .two = names_two(record->names),
                         .at = { place(c, FIELD_EVENT), place(c, FIELD_START), place(c, FIELD_END), place(c, FIELD_PRECISION), place(c, FIELD_PUBLIC),
                                 place(c, FIELD_ACTOR), place(c, FIELD_TARGET), place(c, FIELD_KIND), place(c, FIELD_DOMAIN), place(c, FIELD_INTENSITY),
                                 place(c, FIELD_ATTRIBUTION), place(c, FIELD_MECHANISM), place(c, FIELD_WHAT), place(c, FIELD_SOURCE), place(c, FIELD_NOTE) } };
    for (int i = 0; i < ATTEMPTS && !q->usable && c->n_extra == 0; i++) {
        q->multiplier = (q->multiplier + 0x9E3779B97F4A7C15u) | 1;
        q->usable = put_domains(q, record);
    }
}

/* Each of these returns 0, or something else where it has a doubt. */

static inline uint64_t domain(const struct quick *q, const struct parley_csv_field *f)
{
    uint64_t word[3], differ = f->len > QUICK_CODE_BYTES_MAX;
    words_of(f->text, differ ? 0 : f->len, word);
    const struct quick_code *c = &q->domain[slot_of(word, q->multiplier)];
    return differ | (c->n ^ f->len) | (c->word[0] ^ word[0]) | (c->word[1] ^ word[1]) | (c->word[2] ^ word[2]);
}

static inline uint64_t actor(const struct quick *q, const struct parley_csv_field *f, struct report *r, int side)
{
    int64_t id = names_two_letters(q->two, f->text);
    r->actor[side][0] = id;
    r->n_actors[side] = 1;
    return (f->len ^ 2) | (id == 0);
}

/* ---- texts ---- */

/* What is taken away at the ends of a word: blanks, and the guard against formulas at its beginning. */
static const unsigned char taken_first[256] = { [' '] = 1, ['\''] = 1 }, taken_last[256] = { [' '] = 1 };

static inline uint64_t word_of(const struct parley_csv_field *f, size_t least, size_t most)
{
    unsigned char first = (unsigned char)f->text[0], last = (unsigned char)f->text[f->len - (least || f->len)];
    return (f->len - least > most - least) | taken_first[first] | taken_last[last];
}

static inline uint64_t text_of(const struct parley_csv_field *f) { return (f->len > FIELD_TEXT_BYTES_MAX) | (f->text[0] == '\''); }

static inline struct slice slice_from(const struct parley_csv_field *f) { return (struct slice){ f->text, f->len }; }

/* ---- dates and numbers ---- */

/* 2014-05-19. */
static inline uint64_t day(const struct parley_csv_field *f, int64_t *start_us)
{
    static const unsigned char last[16] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }; /* 29 February: a doubt */
    static const uint16_t before[16] = { 0, 306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275 }; /* days since 1 March */
    const uint64_t high = 0x8080808080808080u;
    uint64_t x = eight(f->text) ^ 0x2D30302D30303030u, z = (eight(f->text + 8) & 0xFFFF) ^ 0x3030; /* "0000-00-" and "00" */
    /* a digit may be 0 to 9, a '-' has become 0; what is more carries into the high bit */
    uint64_t doubt = (((x + 0x7F76767F76767676u) | x) & high) | (((z + 0x7676) | z) & high);
    uint64_t pairs = x * 10 + (x >> 8);
    uint32_t year = (uint32_t)(pairs & 255) * 100 + (uint32_t)(pairs >> 16 & 255), month = (uint32_t)(pairs >> 40 & 255);
    uint32_t of_month = (uint32_t)(z & 255) * 10 + (uint32_t)(z >> 8);
    uint32_t y = year - (month < 3); /* the year that begins in March; Hinnant's civil calendar */
    uint32_t century = y / 100;
    int64_t days = (int64_t)(y * 1461 / 4) - century + century / 4 + before[month & 15] + of_month - 719469; /* of what is no date, any number */
    *start_us = (int64_t)((uint64_t)days * (uint64_t)PARLEY_US_PER_DAY);
    return doubt | (f->len ^ 10) | (year == 0) | (month > 12) | (of_month - 1u >= last[month & 15]);
}

/* -4.5: a sign, one or two digits, at most one after the point, at most 10; or nothing. */
static inline uint64_t intensity(const struct parley_csv_field *f, double *out)
{
    size_t sign = f->text[0] == '-', n = f->len - sign;
    uint64_t w = eight(f->text + sign) << ((64 - 8 * n) & 63); /* the last character highest, 0 before the first */
    bool point = (w >> 48 & 255) == '.';
    uint64_t whole = (uint64_t)point - 1; /* all ones without a point; arithmetic, because a branch would be guessed wrong half the time */
    w = (w & ~whole) | ((w >> 16 | (uint64_t)'.' << 48 | (uint64_t)'0' << 56) & whole);
    uint32_t tenth = (uint32_t)(w >> 56) - '0', one = (uint32_t)(w >> 40 & 255) - '0', ten = (uint32_t)(w >> 32 & 255);
    ten -= '0' & -(uint32_t)(ten != 0);
    int32_t tenths = (int32_t)(ten * 100 + one * 10 + tenth), negative = -(int32_t)sign;
    uint64_t doubt = (n - 1 > 3) | (w & 0xFFFFFFFF) | (tenth > 9) | (one > 9) | (ten > 9) | (tenths > 100);
    double value = ((tenths ^ negative) - negative) / 10.0; /* one division: correctly rounded */
    *out = f->len ? value : (double)NAN;
    return f->len ? doubt : 0;
}

static inline uint64_t precision(const struct parley_csv_field *f)
{
    bool is_day = f->len == 3 && (eight(f->text) & 0xFFFFFF) == ('d' | 'a' << 8 | 'y' << 16);
    return f->len && !is_day;
}

static uint64_t attribution(const struct parley_csv_field *f, struct slice *out)
{
    static const char *const known[] = { "na", "unattributed", "claimed", "confirmed" };
    *out = f->len ? slice_from(f) : (struct slice){ known[0], 2 };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (out->n == strlen(known[i]) && !memcmp(out->p, known[i], out->n))
            return 0;
    return 1;
}

/* Columns that a file may lack; a branch always guessed right. */
static inline uint64_t optional(const struct quick *q, const struct parley_csv_field *field, struct report *restrict r)
{
    uint64_t doubt = q->at.known == ABSENT ? 0 : field[q->at.known].len;
    r->mechanism = r->note = (struct slice){ "", 0 };
    r->attribution = (struct slice){ "na", 2 };
    if (q->at.mechanism != ABSENT) {
        doubt |= word_of(&field[q->at.mechanism], 0, FIELD_WORD_BYTES_MAX);
        r->mechanism = slice_from(&field[q->at.mechanism]);
    }
    if (q->at.note != ABSENT) {
        doubt |= text_of(&field[q->at.note]);
        r->note = slice_from(&field[q->at.note]);
    }
    return q->at.attribution == ABSENT ? doubt : doubt | attribution(&field[q->at.attribution], &r->attribution);
}

bool quick_report(const struct quick *q, const struct parley_csv_row *row, struct report *restrict r)
{
    const struct parley_csv_field *restrict field = row->field;
    const struct parley_csv_field *event = &field[q->at.event], *kind = &field[q->at.kind], *source = &field[q->at.source], *what = &field[q->at.what],
                                  *in = &field[q->at.domain];
    uint64_t doubt = word_of(event, 1, FIELD_ID_BYTES_MAX) | word_of(kind, 1, FIELD_WORD_BYTES_MAX) | word_of(source, 0, 1000) | text_of(what);
    doubt |= day(&field[q->at.start], &r->when.start_us) | field[q->at.end].len | precision(&field[q->at.precision]);
    doubt |= actor(q, &field[q->at.actor], r, 0) | actor(q, &field[q->at.target], r, 1);
    doubt |= domain(q, in) | intensity(&field[q->at.intensity], &r->intensity) | optional(q, field, r);
    r->when.end_us = (int64_t)((uint64_t)r->when.start_us + (uint64_t)PARLEY_US_PER_DAY);
    r->when.precision = PARLEY_DAY;
    r->known = (struct parley_date){ .precision = PARLEY_UNDATED };
    r->event = slice_from(event), r->kind = slice_from(kind), r->source = slice_from(source), r->what = slice_from(what), r->domain = slice_from(in);
    return !doubt;
}
