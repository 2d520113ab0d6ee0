#include "fields.h"

#include <math.h>
#include <string.h>

#define FIELD_NAME(name, text) text,
const char *const field_names[FIELD_N + 1] = { FIELD_MAP(FIELD_NAME) NULL };
#undef FIELD_NAME

static bool is(struct slice s, const char *word) { return s.n == strlen(word) && !memcmp(s.p, word, s.n); }

/* 2014-05-19 and nothing else, by far the commonest form; anything unusual is left to parley_date_parse. */
static bool plain_day(struct slice s, int64_t *start_us)
{
    static const unsigned char last[13] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
        return false;
    /* eight digits at once: YYYYMMDD; adding 0x46 carries into the high bit above '9', subtracting '0' below '0' */
    uint64_t w = 0, high = 0x8080808080808080u;
    memcpy(&w, s.p, 4);
    memcpy((char *)&w + 4, s.p + 5, 2);
    memcpy((char *)&w + 6, s.p + 8, 2);
    if (w & high || ((w + 0x4646464646464646u) | (w - 0x3030303030303030u)) & high)
        return false;
    const unsigned char *d = (const unsigned char *)s.p;
    unsigned year = d[0] * 1000u + d[1] * 100u + d[2] * 10u + d[3] - 53328, month = d[5] * 10u + d[6] - 528, day = d[8] * 10u + d[9] - 528;
    if ( month - 1 > 11 || day - 1 >= last[month] || !year)
        return false;
    /* days of the civil calendar, counted from March so that the leap day comes last */
    unsigned y = year - (month < 3), era = y / 400, of_era = y - era * 400;
    unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t days = (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    *start_us = days * PARLEY_US_PER_DAY;
    return true;
}

/* -4.5: a sign, one or two digits, at most one after the point. */
static bool plain_number(struct slice s, double *out)
{
    size_t i = s.n && s.p[0] == '-', first = i;
    unsigned v = 0;
    while (i < s.n && i < first + 2 && (unsigned)(s.p[i] - '0') <= 9)
        v = v * 10 + (unsigned)(s.p[i++] - '0');
    if (i == first)
        return false;
    double value = v;
    if (i + 2 == s.n && s.p[i] == '.' && (unsigned)(s.p[i + 1] - '0') <= 9) {
        value = (v * 10 + (unsigned)(s.p[i + 1] - '0')) / 10.0; /* one division: correctly rounded */
        i += 2;
    }
    *out = first ? -value : value;
    return i == s.n;
}

static bool is_day(struct slice s) { return s.n == 3 && s.p[0] == 'd' && s.p[1] == 'a' && s.p[2] == 'y'; }

static enum parley_status date_fields(const struct slice text[FIELD_N], struct report *r, enum field *bad, struct parley_error *err)
{
    struct slice start = slice_trim(text[FIELD_START]), end = slice_trim(text[FIELD_END]), precision = slice_trim(text[FIELD_PRECISION]);
    if (!end.n && (!precision.n || is_day(precision)) && !text[FIELD_PUBLIC].n && plain_day(start, &r->when.start_us)) {
        r->when.end_us = r->when.start_us + PARLEY_US_PER_DAY;
        r->when.precision = PARLEY_DAY;
        r->known = (struct parley_date){ .precision = PARLEY_UNDATED };
        return PARLEY_OK;
    }
    *bad = FIELD_START;
    if (!start.n && end.n)
        return parley_fail(err, PARLEY_EDOM, "a date_end without a date_start");
    enum parley_status status = parley_date_parse_span(start.p, start.n, end.p, end.n, &r->when, err);
    if (status) {
        struct parley_date alone;
        if (!parley_date_parse(start.p, start.n, &alone, NULL))
            *bad = FIELD_END;
        return status;
    }
    enum parley_precision p;
    if (precision.n) {
        *bad = FIELD_PRECISION;
        if (!parley_precision_parse(precision.p, precision.n, &p))
            return parley_fail(err, PARLEY_EDOM, "expected instant, day, week, month, quarter, year, decade or none; found '%.*s'", (int)(precision.n < 40 ? precision.n : 40), precision.p);
        if ((p == PARLEY_UNDATED) != (r->when.precision == PARLEY_UNDATED))
            return parley_fail(err, PARLEY_EDOM, p == PARLEY_UNDATED ? "precision none, but there is a date" : "precision '%s', but there is no date", parley_precision_text(p));
        if (p < r->when.precision)
            return parley_fail(err, PARLEY_EDOM, "precision '%s' is finer than the date '%.*s'", parley_precision_text(p), (int)(start.n < 40 ? start.n : 40), start.p);
        if (p > r->when.precision) { /* known more coarsely than it is written: 2014-05-01, month */
            r->when.start_us = parley_bin_start(parley_bin_of(r->when.start_us, p), p);
            r->when.end_us = parley_bin_start(parley_bin_of(r->when.end_us - 1, p) + 1, p);
            r->when.precision = p;
        }
    }
    *bad = FIELD_PUBLIC;
    struct slice known = slice_trim(text[FIELD_PUBLIC]);
    return parley_date_parse(known.p, known.n, &r->known, err);
}

static enum parley_status actor_field(struct parley_record *record, struct slice text, enum name_space space, int side,
                                      struct report *r, struct parley_error *err)
{
    size_t n = 0;
    const char *p = text.p, *stop = text.p + text.n;
    int64_t two = space == NAME_ANY && text.n == 2 ? names_two_letters(names_two(record->names), text.p) : 0;
    if (two) {
        r->actor[side][0] = two;
        r->n_actors[side] = 1;
        return PARLEY_OK;
    }
    while (p <= stop) {
        const char *end = p < stop ? memchr(p, ';', (size_t)(stop - p)) : NULL;
        struct slice one = slice_trim((struct slice){ p, (size_t)((end ? end : stop) - p) });
        p = end ? end + 1 : stop + 1;
        if (!one.n && (end || n)) /* ";;" and a ';' at the end are harmless */
            continue;
        if (!one.n)
            return parley_fail(err, PARLEY_EDOM, "nobody is named; write UNK for an unknown actor");
        if (n == PARLEY_EVENT_ACTORS_MAX)
            return parley_fail(err, PARLEY_EDOM, "more than %d actors", PARLEY_EVENT_ACTORS_MAX);
        const struct named *found = names_find(record->names, space, one.p, one.n);
        if (!found && space != NAME_ANY)
            found = names_find(record->names, NAME_ANY, one.p, one.n);
        if (!found && names_is_new_code(one.p, one.n)) {
            enum parley_status status = names_add(record, one.p, one.n, &found, err);
            if (status)
                return status;
        }
        if (!found) {
            const char *near = names_nearest(record->names, one.p, one.n);
            int shown = (int)(one.n < 60 ? one.n : 60);
            return near ? parley_fail(err, PARLEY_EDOM, "unknown actor '%.*s'; did you mean %s?", shown, one.p, near)
                        : parley_fail(err, PARLEY_EDOM, "unknown actor '%.*s'; write a code such as CN, ORG:UN, FIRM:Name, or add it with 'parley record add --actor-code'", shown, one.p);
        }
        bool again = false; /* named twice: once is enough */
        for (size_t i = 0; i < n; i++)
            again |= r->actor[side][i] == found->id;
        if (!again)
            r->actor[side][n++] = found->id;
    }
    r->n_actors[side] = n;
    return PARLEY_OK;
}

static enum parley_status domain_field(const struct parley_record *record, struct slice text, struct report *r, struct parley_error *err)
{
    size_t slot = text.n ? domain_slot_of(text.p, text.n) : 0;
    bool found = text.n && record->domain_slot[slot].n == text.n && !memcmp(record->domain_slot[slot].code, text.p, text.n);
    for (size_t i = 0; !found && i < record->n_domains; i++)
        found = is(text, record->domain[i].code);
    if (found) {
        r->domain = text;
        return PARLEY_OK;
    }
    char word[FIELD_WORD_BYTES_MAX + 1] = "";
    const char *near = NULL;
    memcpy(word, text.p, text.n < FIELD_WORD_BYTES_MAX ? text.n : FIELD_WORD_BYTES_MAX);
    size_t best = strlen(word) / 3 + 1; /* a word that shares less is another word, no slip */
    for (size_t i = 0; i < record->n_domains; i++) {
        size_t d = parley_edit_distance(word, record->domain[i].code);
        if (d < best)
            best = d, near = record->domain[i].code;
    }
    return parley_fail(err, PARLEY_EDOM, "unknown domain '%.40s'; %s%s%s", word, near ? "did you mean " : "", near ? near : "'parley record domains' lists them", near ? "?" : "");
}

static enum parley_status intensity_field(struct slice text, struct report *r, struct parley_error *err)
{
    r->intensity = NAN;
    if (!text.n)
        return PARLEY_OK;
    double v;
    if (!plain_number(text, &v) && !parley_text_to_double(text.p, text.n, &v))
        return parley_fail(err, PARLEY_EPARSE, "expected a number from -10 to 10, found '%.*s'", (int)(text.n < 40 ? text.n : 40), text.p);
    if (!(v >= -10 && v <= 10))
        return parley_fail(err, PARLEY_EDOM, "intensity %.*s is outside -10 (most conflictual) to 10 (most cooperative)", (int)(text.n < 40 ? text.n : 40), text.p);
    r->intensity = v == 0 ? 0 : v; /* no -0 */
    return PARLEY_OK;
}

/* One to eight bytes as one word, some of them twice, so that no byte outside is read. */
static inline uint64_t word_at(const char *p, size_t n)
{
    uint64_t w;
    uint32_t a, b;
    uint16_t c, d;
    if (n == 8) {
        memcpy(&w, p, 8);
        return w;
    }
    if (n >= 4) {
        memcpy(&a, p, 4);
        memcpy(&b, p + n - 4, 4);
        return a | (uint64_t)b << 32;
    }
    if (n >= 2) {
        memcpy(&c, p, 2);
        memcpy(&d, p + n - 2, 2);
        return (c | (uint64_t)d << 16) * 0x100000001u;
    }
    return (unsigned char)*p * 0x0101010101010101u;
}

/* Not 0 if a byte is below ' ' or 127: a byte below ' ' borrows, 127 is 0 after exclusive or. */
static inline uint64_t controls(uint64_t w)
{
    const uint64_t ones = 0x0101010101010101u, high = ones << 7;
    uint64_t del = w ^ (ones * 127);
    return ((w - ones * ' ') & ~w & high) | ((del - ones) & ~del & high);
}

/* A code: a short word without control characters. */
static enum parley_status word_field(struct slice s, size_t max, const char *what, struct parley_error *err)
{
    if (s.n > max)
        return parley_fail(err, PARLEY_EDOM, "%s is longer than %zu bytes", what, max);
    uint64_t control = 0;
    for (size_t i = 0; i + 8 <= s.n; i += 8)
        control |= controls(word_at(s.p + i, 8));
    if (s.n % 8)
        control |= controls(s.n > 8 ? word_at(s.p + s.n - 8, 8) : word_at(s.p, s.n));
    return control ? parley_fail(err, PARLEY_EDOM, "%s holds a control character", what) : PARLEY_OK;
}

enum parley_status fields_to_report(struct parley_record *record, const struct slice text[FIELD_N], enum name_space space,
                                    struct report *r, enum field *bad, struct parley_error *err)
{
    static const char *const attributions[] = { "na", "unattributed", "claimed", "confirmed" };
    enum parley_status status;
    r->event = slice_trim(text[FIELD_EVENT]);
    r->kind = slice_trim(text[FIELD_KIND]);
    r->mechanism = slice_trim(text[FIELD_MECHANISM]);
    r->source = slice_trim(text[FIELD_SOURCE]);
    r->what = text[FIELD_WHAT];
    r->note = text[FIELD_NOTE];

    if ((status = date_fields(text, r, bad, err)))
        return status;
    for (int side = 0; side < 2; side++) {
        *bad = side ? FIELD_TARGET : FIELD_ACTOR;
        if ((status = actor_field(record, text[*bad], space, side, r, err)))
            return status;
    }
    *bad = FIELD_DOMAIN;
    if ((status = domain_field(record, slice_trim(text[FIELD_DOMAIN]), r, err)))
        return status;
    *bad = FIELD_INTENSITY;
    if ((status = intensity_field(slice_trim(text[FIELD_INTENSITY]), r, err)))
        return status;
    *bad = FIELD_ATTRIBUTION;
    r->attribution = slice_trim(text[FIELD_ATTRIBUTION]);
    bool known = !r->attribution.n;
    for (size_t i = 0; !known && i < sizeof attributions / sizeof *attributions; i++)
        known |= is(r->attribution, attributions[i]);
    if (!known)
        return parley_fail(err, PARLEY_EDOM, "expected na, unattributed, claimed or confirmed; found '%.*s'", (int)(r->attribution.n < 40 ? r->attribution.n : 40), r->attribution.p);
    if (!r->attribution.n)
        r->attribution = (struct slice){ "na", 2 };
    static const struct { enum field field; size_t max; } words[] = {
        { FIELD_EVENT, FIELD_ID_BYTES_MAX }, { FIELD_KIND, FIELD_WORD_BYTES_MAX }, { FIELD_MECHANISM, FIELD_WORD_BYTES_MAX }, { FIELD_SOURCE, 1000 } };
    const struct slice *const value[] = { &r->event, &r->kind, &r->mechanism, &r->source };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        *bad = words[i].field;
        if ((status = word_field(*value[i], words[i].max, field_names[*bad], err)))
            return status;
    }
    for (int i = 0; i < 2; i++) {
        *bad = i ? FIELD_NOTE : FIELD_WHAT;
        if (text[*bad].n > FIELD_TEXT_BYTES_MAX || (text[*bad].n && memchr(text[*bad].p, 0, text[*bad].n)))
            return parley_fail(err, PARLEY_EDOM, "%s is longer than 1 MiB or holds a zero byte", field_names[*bad]);
    }
    *bad = FIELD_KIND;
    if (!r->kind.n)
        return parley_fail(err, PARLEY_EDOM, "the kind is missing (cyber_op, accusation, dialogue, ...)");
    return PARLEY_OK;
}

/* Multiply-and-fold over 8-byte words: fast, and good enough to tell the few reports of one event apart. */
static uint64_t mix(uint64_t h, uint64_t word)
{
    __extension__ typedef unsigned __int128 u128;
    u128 product = (u128)(h ^ word ^ 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t mix_text(uint64_t h, struct slice s)
{
    h = mix(h, s.n);
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t word;
        memcpy(&word, s.p + i, 8);
        h = mix(h, word);
    }
    uint64_t tail = 0;
    if (i < s.n)
        memcpy(&tail, s.p + i, s.n - i);
    return mix(h, tail);
}

uint64_t text_hash(struct slice s) { return mix_text(0x243F6A8885A308D3u, s); }

static uint64_t mix_content(const struct report *r)
{
    const struct slice *const texts[] = { &r->kind, &r->domain, &r->attribution, &r->mechanism, &r->what, &r->source, &r->note, &r->extra };
    uint64_t h = 0x243F6A8885A308D3u, bits;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        h = mix_text(h, *texts[i]);
    h = mix(h, (uint64_t)r->when.start_us);
    h = mix(h, (uint64_t)r->when.end_us);
    h = mix(h, (uint64_t)r->when.precision);
    h = mix(h, (uint64_t)r->known.start_us);
    h = mix(h, (uint64_t)r->known.end_us);
    h = mix(h, (uint64_t)r->known.precision);
    memcpy(&bits, &r->intensity, 8);
    return mix(h, isnan(r->intensity) ? 1 : bits);
}

int64_t report_print(const struct report *r)
{
    uint64_t h = mix_content(r);
    for (int side = 0; side < 2; side++) {
        h = mix(h, r->n_actors[side]);
        for (size_t i = 0; i < r->n_actors[side]; i++)
            h = mix(h, (uint64_t)r->actor[side][i]);
    }
    return (int64_t)h;
}

uint64_t report_content_hash(const struct parley_record *record, const struct report *r)
{
    uint64_t h = mix_content(r);
    for (int side = 0; side < 2; side++) {
        h = mix(h, r->n_actors[side]);
        for (size_t i = 0; i < r->n_actors[side]; i++)
            h = mix_text(h, slice_of(names_code(record->names, r->actor[side][i])));
    }
    return h;
}
