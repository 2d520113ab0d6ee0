/* The lanes against the scalar model, bit by bit; threads and parts against the whole; checkpoints against no interruption. */
#include <parley/simulate.h>
#include "tap.h"

#include <sys/stat.h>
#include <unistd.h>

enum { REPLICATES = 300, MANY = 3000 };

static struct parley_scenario load(const char *name, const char *changes, uint32_t weeks)
{
    struct parley_scenario s;
    struct parley_error err = { 0 };
    if (parley_scenario_load(name, &s, &err) || parley_scenario_change(&s, changes, &err))
        printf("Bail out! %s\n", err.text), exit(1);
    if (weeks)
        s.weeks = weeks;
    return s;
}

static void paths_agree(const char *name, const char *changes, uint32_t weeks)
{
    static float expected[REPLICATES][PARLEY_OUTPUTS], found[REPLICATES][PARLEY_OUTPUTS];
    struct parley_scenario s = load(name, changes, weeks);
    OK(!parley_simulate_each(&s, 7, 1024, REPLICATES, PARLEY_PATH_REFERENCE, expected, NULL), "%s %s: scalar", name, changes);
    for (int path = PARLEY_PATH_PORTABLE; path <= PARLEY_PATH_AVX512; path++) {
        if (!parley_path_usable((enum parley_path)path)) {
            OK(true, "%s: %s # SKIP not on this processor", name, parley_path_name((enum parley_path)path));
            continue;
        }
        memset(found, 'x', sizeof found);
        bool ok = !parley_simulate_each(&s, 7, 1024, REPLICATES, (enum parley_path)path, found, NULL);
        size_t wrong = 0;
        for (int i = 0; i < REPLICATES; i++)
            for (int k = 0; k < PARLEY_OUTPUTS; k++)
                if (memcmp(&found[i][k], &expected[i][k], 4) && wrong++ == 0)
                    printf("# replicate %d, %s: %a, scalar %a\n", i, parley_output_name(k), (double)found[i][k], (double)expected[i][k]);
        OK(ok && wrong == 0, "%s %s: %s gives the same bits", name, changes, parley_path_name((enum parley_path)path));
    }
}

/* A mechanism of every single pair is a mechanism of all. */
static void pairs_make_the_whole(void)
{
    static const char all[] = "base: three-states\nweeks: 200\nmechanisms: { hotline: [{ from: 10, to: 150 }], dialogue: [{ from: 60 }], clear_attribution: true }\n";
    static const char each[] = "base: three-states\nweeks: 200\npairs:\n"
        "  - { between: [A, B], mechanisms: { hotline: [{ from: 10, to: 150 }], dialogue: [{ from: 60 }], clear_attribution: true } }\n"
        "  - { between: [C, A], mechanisms: { hotline: [{ from: 10, to: 150 }], dialogue: [{ from: 60 }], clear_attribution: true } }\n"
        "  - { between: [B, C], mechanisms: { hotline: [{ from: 10, to: 150 }], dialogue: [{ from: 60 }], clear_attribution: true } }\n";
    static float a[REPLICATES][PARLEY_OUTPUTS], b[REPLICATES][PARLEY_OUTPUTS];
    struct parley_scenario s, t = { 0 }, u;
    OK(!parley_scenario_parse(all, sizeof all - 1, "all.yaml", &s, NULL) && !parley_scenario_parse(each, sizeof each - 1, "each.yaml", &t, NULL) && t.n_exceptions == 9, "nine exceptions");
    OK(!parley_simulate_each(&s, 7, 0, REPLICATES, PARLEY_PATH_BEST, a, NULL) && !parley_simulate_each(&t, 7, 0, REPLICATES, PARLEY_PATH_BEST, b, NULL) &&
       !memcmp(a, b, sizeof a), "a mechanism of every pair is one of all, to the bit");
    u = t;
    OK(!parley_scenario_change(&u, "hotline=0 dialogue=1 clear_attribution=0", NULL) && u.n_exceptions == 0, "a change by name holds for every pair");
    t.n_exceptions -= 3; /* the last pair is as the scenario is */
    OK(!parley_simulate_each(&t, 7, 0, REPLICATES, PARLEY_PATH_BEST, b, NULL) && memcmp(a, b, sizeof a), "and one pair less is something else");
}

static struct parley_tally run(const struct parley_scenario *s, uint64_t first, uint64_t n, unsigned threads, const char *checkpoint)
{
    struct parley_tally t;
    struct parley_error err = { 0 };
    const struct parley_run r = { .seed = 3, .first = first, .replicates = n, .threads = threads, .checkpoint = checkpoint };
    if (parley_simulate(s, &r, &t, &err))
        printf("# %s\n", err.text);
    return t;
}

static bool equal(const struct parley_tally *a, const struct parley_tally *b)
{
    return a->digest == b->digest && a->replicates == b->replicates && !memcmp(a->sum, b->sum, sizeof a->sum) && !memcmp(a->square, b->square, sizeof a->square) &&
           !memcmp(a->lives, b->lives, 8 * (size_t)PARLEY_LIVES * (a->weeks + 1));
}

static void order_cannot_matter(void)
{
    struct parley_scenario s = load("baseline", "", 104);
    struct parley_tally one = run(&s, 0, MANY, 1, NULL), two = run(&s, 0, MANY, 2, NULL), seven = run(&s, 0, MANY, 7, NULL);
    struct parley_tally a = run(&s, 0, 1024, 1, NULL), b = run(&s, 1024, MANY - 1024, 2, NULL);
    OK(one.replicates == MANY && equal(&one, &two) && equal(&one, &seven), "1, 2 and 7 threads: digest %016llx", (unsigned long long)one.digest);
    parley_tally_add(&b, &a);
    OK(equal(&one, &b), "two parts added in the other order are the whole");
    s.par[PARLEY_PAR_eps] += 1e-3;
    struct parley_tally other = run(&s, 0, MANY, 2, NULL);
    OK(other.digest != one.digest, "another scenario has another digest");
    parley_tally_release(&one), parley_tally_release(&two), parley_tally_release(&seven);
    parley_tally_release(&a), parley_tally_release(&b), parley_tally_release(&other);
}

static bool stop_at_once(void *ctx, double done, double total, const char *unit)
{
    (void)ctx, (void)total, (void)unit;
    return done < 1;
}

static void checkpoints(void)
{
    char path[] = "/tmp/parley-checkpoint-XXXXXX";
    int fd = mkstemp(path);
    close(fd);
    unlink(path);
    struct parley_scenario s = load("baseline", "", 52);
    struct parley_error err = { 0 };
    struct parley_tally whole = run(&s, 0, 4 * MANY, 2, NULL), part;
    const struct parley_progress stop = { stop_at_once, NULL };
    struct parley_run r = { .seed = 3, .replicates = 4 * MANY, .threads = 1, .checkpoint = path, .progress = &stop };
    enum parley_status status = parley_simulate(&s, &r, &part, &err);
    OK(status == PARLEY_ECANCELLED && part.replicates < whole.replicates, "interrupted after %llu replicates: %s", (unsigned long long)part.replicates, err.text);
    parley_tally_release(&part);
    part = run(&s, 0, 4 * MANY, 2, path);
    OK(equal(&whole, &part), "going on from the checkpoint gives the same bits");
    parley_tally_release(&part);

    r.progress = NULL;
    struct parley_scenario other = load("baseline", "hotline=1", 52);
    memset(&err, 0, sizeof err);
    OK(parley_simulate(&other, &r, &part, &err) == PARLEY_EVERIFY && strstr(err.text, "another scenario"), "%s", err.text);
    parley_tally_release(&part);
    r.seed = 4;
    OK(parley_simulate(&s, &r, &part, &err) == PARLEY_EVERIFY, "%s", err.text);
    parley_tally_release(&part);
    r.seed = 3;
    struct stat st;
    OK(!stat(path, &st) && !truncate(path, st.st_size / 2), "cut short");
    OK(parley_simulate(&s, &r, &part, &err) == PARLEY_ECORRUPT && strstr(err.text, "cut short"), "%s", err.text);
    parley_tally_release(&part);
    struct stat after;
    OK(!stat(path, &after) && after.st_size == st.st_size / 2, "and left as it is");
    unlink(path);
    r.checkpoint = "/proc/no-such-place/checkpoint";
    OK(parley_simulate(&s, &r, &part, &err) != PARLEY_OK && part.replicates > 0, "a checkpoint that cannot be written: %s; the result is there", err.text);
    parley_tally_release(&part);
    parley_tally_release(&whole);
}

int main(void)
{
    struct parley_scenario s = load("baseline", "", 0);
    struct parley_tally t;
    struct parley_error err = { 0 };
    paths_agree("baseline", "", 0);
    paths_agree("baseline", "tauR=0.4 zeta=1 delegation=1 alpha=0.2 p_seeker=0.2", 200);
    paths_agree("baseline", "mode=1 tacit_limits=0 ai=1", 150);
    paths_agree("crisis-2013-2015", "", 0);
    paths_agree("three-states", "", 300);
    paths_agree("three-states-hotline", "p_sus=0.3", 200);
    pairs_make_the_whole();
    order_cannot_matter();
    checkpoints();
    const struct parley_run none = { .seed = 1 };
    OK(parley_simulate(&s, &none, &t, &err) == PARLEY_EINVAL, "%s", err.text);
    parley_tally_release(&t);
    return done();
}
