/* A case as the YAML that parley_case_read reads. */
#include <parley/cases.h>

#include <math.h>

/* Text in double quotes, in which every text can be written. */
static void put_quoted(struct parley_text *out, const char *value)
{
    parley_text_addc(out, '"');
    for (const char *p = value; *p; p++) {
        if (*p == '"' || *p == '\\')
            parley_text_addc(out, '\\');
        if ((unsigned char)*p < 0x20)
            parley_text_addf(out, "\\x%02x", (unsigned char)*p);
        else
            parley_text_addc(out, *p);
    }
    parley_text_adds(out, "\"\n");
}

/* A key with its value at an indentation; nothing when there is no value. */
static void put_at(struct parley_text *out, int indent, const char *key, const char *value)
{
    if (!*value)
        return;
    parley_text_addf(out, "%*s%s: ", indent, "", key);
    put_quoted(out, value);
}

static void put(struct parley_text *out, const char *key, const char *value) { put_at(out, 0, key, value); }

static void put_number(struct parley_text *out, const char *key, double value)
{
    char number[PARLEY_NUMBER_TEXT];
    if (isnan(value))
        return;
    parley_double_to_text(value, number);
    parley_text_addf(out, "    %s: %s\n", key, number);
}

static const char *tri_word(enum parley_tri v) { return v == PARLEY_YES ? "yes" : v == PARLEY_NO ? "no" : "unknown"; }

void parley_case_write(const struct parley_coded_case *c, const struct parley_codebook *book, struct parley_text *out)
{
    put(out, "id", c->id);
    put(out, "name", c->en);
    put(out, "name_zh", c->zh);
    put(out, "instrument", c->instrument);
    put(out, "issue", c->issue);
    put(out, "issue2", c->issue2);
    put(out, "type", c->type);
    if (c->year)
        parley_text_addf(out, "year: %lld\nyear_kind: %s\n", (long long)c->year, c->started ? "started" : "concluded");
    parley_text_adds(out, "parties:\n");
    if (c->sides) {
        parley_text_adds(out, "  - ");
        put_quoted(out, c->members);
    }
    for (size_t i = 0; i < c->n_parties && !c->sides; i++) {
        const struct parley_party *p = &c->party[i];
        parley_text_adds(out, "  -\n");
        put_at(out, 4, "code", p->name);
        parley_text_addf(out, "    role: %s\n", p->follower ? "follower" : "pivotal");
        put_number(out, "gain", p->own.gain);
        put_number(out, "loss", p->own.loss);
        put_number(out, "credibility", p->own.credibility);
        put_number(out, "cost", p->own.cost);
        put_number(out, "payment", p->own.payment);
    }
    if (c->follower_case)
        parley_text_adds(out, "follower_case: true\n");
    parley_text_addf(out, "common_harm: %s\nregime_threat: %s\noutcome: %s\n",
                     parley_codebook_word(parley_codebook_variable(book, "common_harm"), c->stated_harm),
                     parley_codebook_word(parley_codebook_variable(book, "regime_threat"), c->stated_threat),
                     c->outcome == PARLEY_YES  ? "reached"
                     : c->outcome == PARLEY_NO ? "not_reached"
                                               : "open");
    for (size_t i = 0; i < c->n_codings; i++) {
        const struct parley_coding *x = &c->coding[i];
        parley_text_addf(out, "%s  -\n    indicator: %s\n    value: %s\n", i ? "" : "codings:\n", x->indicator,
                         tri_word(x->value));
        put_at(out, 4, "coder", x->coder);
        put_at(out, 4, "evidence", x->evidence);
        put_at(out, 4, "date", x->date);
        put_at(out, 4, "note", x->note);
    }
    for (size_t i = 0; i < c->n_trace; i++) {
        const struct parley_trace_link *x = &c->trace[i];
        parley_text_adds(out, i ? "  -\n" : "trace:\n  -\n");
        put_at(out, 4, "date", x->date);
        put_at(out, 4, "what", x->what);
        put_at(out, 4, "indicator", x->indicator);
        put_at(out, 4, "source", x->source);
    }
    for (size_t i = 0; i < c->n_window; i++) {
        parley_text_addf(out, "%s  -\n    year: %d\n", i ? "" : "window:\n", c->window[i].year);
        put_number(out, "harm", c->window[i].harm);
        put_number(out, "threat", c->window[i].threat);
    }
    bool any = false;
    for (size_t m = 0; m < book->n_measures; m++)
        if (c->strength[m] > 0) {
            parley_text_adds(out, any ? "" : "measures:\n");
            put_number(out, book->measure[m].id, c->strength[m]);
            any = true;
        }
    put(out, "source", c->source);
    put(out, "note", c->note);
}
