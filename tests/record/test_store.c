/* Desks that are old, new, read-only or hurt, and what a failing disk or memory leaves behind. */
#define _GNU_SOURCE
#include "tap.h"

#include <parley/import.h>
#include <sqlite3.h>

#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/parley-store-XXXXXX";
static const char *desk_a, *desk_b, *csv_path;

/* ---- a disk that fails: the usual one, with a count-down ---- */

static long io_left = -1; /* operations until the failure; negative = never */
static int io_code;

static int io_fails(void) { return io_left >= 0 && io_left-- == 0 ? (io_left = 0, 1) : 0; }

struct shim_file {
    sqlite3_file base;
    sqlite3_file *real;
};

#define REAL(f) (((struct shim_file *)(f))->real)
static int shim_close(sqlite3_file *f) { return REAL(f)->pMethods ? REAL(f)->pMethods->xClose(REAL(f)) : SQLITE_OK; }
static int shim_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at) { return io_fails() ? SQLITE_IOERR_READ : REAL(f)->pMethods->xRead(REAL(f), p, n, at); }
static int shim_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at) { return io_fails() ? io_code : REAL(f)->pMethods->xWrite(REAL(f), p, n, at); }
static int shim_truncate(sqlite3_file *f, sqlite3_int64 n) { return io_fails() ? SQLITE_IOERR_TRUNCATE : REAL(f)->pMethods->xTruncate(REAL(f), n); }
static int shim_sync(sqlite3_file *f, int flags) { return io_fails() ? SQLITE_IOERR_FSYNC : REAL(f)->pMethods->xSync(REAL(f), flags); }
static int shim_size(sqlite3_file *f, sqlite3_int64 *n) { return io_fails() ? SQLITE_IOERR_FSTAT : REAL(f)->pMethods->xFileSize(REAL(f), n); }
static int shim_lock(sqlite3_file *f, int l) { return REAL(f)->pMethods->xLock(REAL(f), l); }
static int shim_unlock(sqlite3_file *f, int l) { return REAL(f)->pMethods->xUnlock(REAL(f), l); }
static int shim_reserved(sqlite3_file *f, int *out) { return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out); }
static int shim_control(sqlite3_file *f, int op, void *arg) { return REAL(f)->pMethods->xFileControl(REAL(f), op, arg); }
static int shim_sector(sqlite3_file *f) { return REAL(f)->pMethods->xSectorSize(REAL(f)); }
static int shim_device(sqlite3_file *f) { return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f)); }
static int shim_map(sqlite3_file *f, int page, int n, int extend, void volatile **out) { return io_fails() ? SQLITE_IOERR_SHMMAP : REAL(f)->pMethods->xShmMap(REAL(f), page, n, extend, out); }
static int shim_shm_lock(sqlite3_file *f, int at, int n, int flags) { return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags); }
static void shim_barrier(sqlite3_file *f) { REAL(f)->pMethods->xShmBarrier(REAL(f)); }
static int shim_unmap(sqlite3_file *f, int del) { return REAL(f)->pMethods->xShmUnmap(REAL(f), del); }

static const sqlite3_io_methods shim_methods = {
    2, shim_close, shim_read, shim_write, shim_truncate, shim_sync, shim_size, shim_lock, shim_unlock, shim_reserved, shim_control,
    shim_sector, shim_device, shim_map, shim_shm_lock, shim_barrier, shim_unmap, NULL, NULL };

static sqlite3_vfs *usual, shim;

static int shim_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    (void)v;
    struct shim_file *s = (struct shim_file *)f;
    s->real = (sqlite3_file *)(void *)(s + 1);
    s->base.pMethods = NULL;
    if (io_fails())
        return SQLITE_CANTOPEN;
    int rc = usual->xOpen(usual, name, s->real, flags, out);
    if (s->real->pMethods)
        s->base.pMethods = &shim_methods;
    return rc;
}

static void install_shim(void)
{
    usual = sqlite3_vfs_find(NULL);
    shim = *usual;
    shim.zName = "failing";
    shim.szOsFile = (int)sizeof(struct shim_file) + usual->szOsFile;
    shim.xOpen = shim_open;
    sqlite3_vfs_register(&shim, 1);
}

/* ---- memory that runs out ---- */

static long memory_left = -1;
static sqlite3_mem_methods real_memory;

static int memory_fails(void) { return memory_left >= 0 && memory_left-- == 0 ? (memory_left = 0, 1) : 0; }
static void *failing_malloc(int n) { return memory_fails() ? NULL : real_memory.xMalloc(n); }
static void *failing_realloc(void *p, int n) { return memory_fails() ? NULL : real_memory.xRealloc(p, n); }

static void install_memory(void)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
    sqlite3_mem_methods mine = real_memory;
    mine.xMalloc = failing_malloc;
    mine.xRealloc = failing_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &mine);
}

/* ---- helpers ---- */

static struct parley_arena paths;

static const char *in_folder(const char *name) { return parley_arena_printf(&paths, "%s/%s", folder, name); }

static void copy(const char *from, const char *to)
{
    FILE *a = fopen(from, "rb"), *b = fopen(to, "wb");
    char buffer[65536];
    size_t n;
    while (a && b && (n = fread(buffer, 1, sizeof buffer, a)))
        fwrite(buffer, 1, n, b);
    if (a)
        fclose(a);
    if (b)
        fclose(b);
}

static void sql(const char *desk, const char *text)
{
    sqlite3 *db = NULL;
    char *path = sqlite3_mprintf("%s/desk.db", desk);
    sqlite3_open(path, &db);
    sqlite3_exec(db, text, NULL, NULL, NULL);
    sqlite3_close(db);
    sqlite3_free(path);
}

static enum parley_status import(const char *desk, uint64_t *added, struct parley_error *err)
{
    struct parley_record *r = NULL;
    struct parley_arena arena = { 0 };
    struct parley_import_result result = { 0 };
    enum parley_status status = parley_record_open(desk, PARLEY_RECORD_WRITE, &r, err);
    if (!status)
        status = parley_record_import(r, &(struct parley_import_options){ .path = csv_path, .format = "csv" }, NULL, &arena, &result, err);
    *added = result.added;
    parley_record_close(r);
    parley_arena_release(&arena);
    return status;
}

/* Reports in the desk, or -1 if it is not sound. */
static long sound(const char *desk)
{
    struct parley_record *r = NULL;
    struct parley_arena arena = { 0 };
    struct parley_check c;
    struct parley_record_summary s = { 0 };
    bool good = !parley_record_open(desk, PARLEY_RECORD_READ, &r, NULL) && !parley_record_check(r, &arena, &c, NULL) && !c.damaged_pages &&
                !c.broken_references && !c.places_out_of_order && !c.words_not_indexed && !parley_record_summarise(r, &arena, &s, NULL);
    parley_record_close(r);
    parley_arena_release(&arena);
    return good ? (long)s.reports : -1;
}

static void renew(void) /* desk_b as desk_a is */
{
    char *a, *b;
    if (asprintf(&a, "%s/desk.db", desk_a) < 0 || asprintf(&b, "%s/desk.db", desk_b) < 0)
        return;
    copy(a, b);
    free(a);
    if (asprintf(&a, "%s-wal", b) > 0)
        unlink(a), free(a);
    if (asprintf(&a, "%s-shm", b) > 0)
        unlink(a), free(a);
    free(b);
}

/* Let operation 0, step, 2 step, ... fail until one import comes through whole. */
static void sweep(const char *what, long *left, int code, long step)
{
    long runs = 0, failed = 0, bad = 0;
    io_code = code;
    for (long at = 0; runs < 3000; at += step, runs++) {
        uint64_t added = 0;
        struct parley_error err = { 0 };
        renew();
        *left = at;
        enum parley_status status = import(desk_b, &added, &err);
        bool reached = *left == 0;
        *left = -1;
        long reports = sound(desk_b);
        failed += status != PARLEY_OK;
        /* an import that failed left nothing, one that says it is done is there; a commit whose last sync failed may be either */
        if (reports < 0 || (!status && reports != 40) || (status && reports != 0 && reports != 40) || (status && !err.text[0])) {
            printf("# failure at %ld: %s, %ld reports: %s\n", at, parley_status_name(status), reports, err.text);
            bad++;
        }
        if (!reached && !status)
            break;
    }
    OK(bad == 0 && failed > 5, "%s: %ld runs, %ld failed, none left half an import", what, runs, failed);
}

static void old_and_new(void)
{
    struct parley_record *r = NULL;
    struct parley_error err = { 0 };
    renew();
    sql(desk_b, "DROP TABLE edit; DROP TABLE change; ALTER TABLE source DROP COLUMN coverage_zh; ALTER TABLE source_break DROP COLUMN what_zh; PRAGMA user_version = 1");
    OK(parley_record_open(desk_b, PARLEY_RECORD_READ, &r, &err) == PARLEY_EREADONLY, "an old desk is not read as it is: %s", err.text);
    OK(!parley_record_open(desk_b, PARLEY_RECORD_WRITE, &r, &err), "opened for writing it is brought up to date");
    parley_record_close(r);
    OK(!access(in_folder("b/desk.db.before-4"), R_OK), "after a copy");
    OK(sound(desk_b) == 0, "and is sound");
    sql(desk_b, "PRAGMA user_version = 99");
    OK(parley_record_open(desk_b, PARLEY_RECORD_WRITE, &r, &err) == PARLEY_EREFUSED, "a newer desk is refused: %s", err.text);
    sql(desk_b, "PRAGMA user_version = 0");
    OK(parley_record_open(desk_b, PARLEY_RECORD_WRITE, &r, &err) == PARLEY_ECORRUPT, "a database that is no desk: %s", err.text);
}

static void read_only(void)
{
    struct parley_record *r = NULL;
    struct parley_error err = { 0 };
    uint64_t added;
    renew();
    chmod(in_folder("b/desk.db"), 0400);
    chmod(in_folder("b"), 0500);
    if (geteuid()) {
        OK(!parley_record_open(desk_b, PARLEY_RECORD_READ, &r, &err), "a desk in a read-only folder can be read %s", err.text);
        parley_record_close(r);
        OK(import(desk_b, &added, &err) == PARLEY_EREADONLY, "but not written: %s", err.text);
    } else {
        puts("# root may write everywhere: read-only desks not tested");
    }
    chmod(in_folder("b"), 0700);
    chmod(in_folder("b/desk.db"), 0600);
    OK(!parley_record_open(desk_b, PARLEY_RECORD_READ, &r, &err), "open for reading");
    struct parley_arena arena = { 0 };
    const char *id;
    OK(parley_record_add(r, &(struct parley_report_text){ .actor = "CN", .target = "US", .kind = "statement", .domain = "data" }, &arena, &id, &err) == PARLEY_EREADONLY,
       "is not for writing: %s", err.text);
    parley_arena_release(&arena);
    parley_record_close(r);
    OK(!parley_record_open_shipped(&r, &err), "the shipped record");
    OK(parley_record_import(r, &(struct parley_import_options){ .path = csv_path }, NULL, &arena, &(struct parley_import_result){ 0 }, &err) == PARLEY_EREADONLY, "cannot be changed: %s", err.text);
    parley_record_close(r);
    parley_arena_release(&arena);
}

int main(void)
{
    struct parley_error err = { 0 };
    install_memory();
    install_shim();
    if (!mkdtemp(folder))
        return skip_all("no temporary folder");
    desk_a = in_folder("a");
    desk_b = in_folder("b");
    csv_path = in_folder("events.csv");
    FILE *f = fopen(csv_path, "w");
    fputs("event_id,date_start,date_end,precision,actor,target,kind,domain,intensity,what,source,more\n", f);
    for (int i = 0; i < 40; i++)
        fprintf(f, "E%d,2015-01-%02d,,day,%s,US,statement,crime,%d,\"what %d\",s,x%d\n", i % 30, 1 + i % 28, i % 7 ? "CN" : "FIRM:New", i % 10, i, i);
    fclose(f);
    mkdir(desk_b, 0700);
    OK(!parley_record_create(desk_a, false, &err), "a desk %s", err.text);
    old_and_new();
    read_only();
    sweep("writes fail", &io_left, SQLITE_IOERR_WRITE, 1);
    sweep("the disk is full", &io_left, SQLITE_FULL, 1);
    sweep("memory runs out", &memory_left, 0, 37);
    char *rm = NULL;
    if (asprintf(&rm, "rm -rf %s", folder) > 0 && system(rm))
        puts("# the temporary folder stays");
    free(rm);
    parley_arena_release(&paths);
    return done();
}
