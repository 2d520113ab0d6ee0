#define _POSIX_C_SOURCE 200809L
#include "channel/relay_box.h"
#include "channel/bytes.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORD = 2 * HASH_LEN + 16 }; /* unit, head, bytes, time */

static bool log_path(const char *box, char out[1400]) { return (size_t)snprintf(out, 1400, "%s/log", box) < 1400; }

static uint64_t box_log_count(const char *box)
{
    char path[1400];
    struct stat st;
    return log_path(box, path) && !stat(path, &st) ? (uint64_t)st.st_size / RECORD : 0; /* a torn record at the end was never signed for */
}

static bool read_record(const char *box, uint64_t number, uint8_t record[RECORD])
{
    char path[1400];
    int fd = log_path(box, path) ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    bool ok = fd >= 0 && pread(fd, record, RECORD, (off_t)(number - 1) * RECORD) == RECORD;
    if (fd >= 0)
        close(fd);
    return ok;
}

enum parley_status box_log_next(const char *box, const uint8_t unit[HASH_LEN], uint64_t bytes, int64_t now_us, struct deposit *out, struct parley_error *err)
{
    uint8_t record[RECORD] = { 0 };
    uint64_t n = box_log_count(box);
    if (n >= BOX_DEPOSITS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "a box takes at most %d deposits", BOX_DEPOSITS_MAX);
    if (n && !read_record(box, n, record))
        return parley_fail(err, PARLEY_EIO, "the log of a box cannot be read");
    out->number = n + 1;
    out->bytes = bytes;
    int64_t last = (int64_t)get_u64(record + 2 * HASH_LEN + 8);
    out->at_us = now_us > last ? now_us : last + 1; /* notes of one box never go back in time, whatever the clock does */
    memcpy(out->unit, unit, HASH_LEN);
    box_head(record + HASH_LEN, out->box, out->number, unit, out->head);
    return PARLEY_OK;
}

enum parley_status box_log_append(const char *box, const struct deposit *d, struct parley_error *err)
{
    char path[1400];
    uint8_t record[RECORD];
    memcpy(record, d->unit, HASH_LEN);
    memcpy(record + HASH_LEN, d->head, HASH_LEN);
    put_u64(record + 2 * HASH_LEN, d->bytes);
    put_u64(record + 2 * HASH_LEN + 8, (uint64_t)d->at_us);
    int fd = log_path(box, path) ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    bool ok = fd >= 0 && pwrite(fd, record, RECORD, (off_t)(d->number - 1) * RECORD) == RECORD && !fsync(fd);
    if (fd >= 0)
        close(fd);
    return ok ? PARLEY_OK : parley_fail(err, PARLEY_EIO, "the log of a box cannot be written");
}

static void from_record(const uint8_t record[RECORD], const uint8_t tag[BOX_TAG_LEN], uint64_t number, struct deposit *out)
{
    memcpy(out->box, tag, BOX_TAG_LEN);
    memcpy(out->unit, record, HASH_LEN);
    memcpy(out->head, record + HASH_LEN, HASH_LEN);
    out->number = number;
    out->bytes = get_u64(record + 2 * HASH_LEN);
    out->at_us = (int64_t)get_u64(record + 2 * HASH_LEN + 8);
}

enum parley_status box_log_read(const char *box, const uint8_t tag[BOX_TAG_LEN], uint64_t number, struct deposit *out, struct parley_error *err)
{
    uint8_t record[RECORD];
    if (!number || number > box_log_count(box) || !read_record(box, number, record))
        return parley_fail(err, PARLEY_ENOTFOUND, "no such deposit");
    from_record(record, tag, number, out);
    return PARLEY_OK;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

enum parley_status box_listing(const char *box, const uint8_t tag[BOX_TAG_LEN], int64_t now_us, struct listing_note *out, struct parley_error *err)
{
    enum { THERE_MAX = 1 << 16 };
    uint64_t *there = calloc(THERE_MAX, sizeof *there), n = box_log_count(box);
    size_t count = 0;
    struct deposit d = { .number = 0 };
    if (!there)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    memset(out, 0, sizeof *out);
    memcpy(out->box, tag, BOX_TAG_LEN);
    out->next = n + 1;
    enum parley_status status = n ? box_log_read(box, tag, n, &d, err) : PARLEY_OK;
    memcpy(out->head, d.head, HASH_LEN);
    out->at_us = now_us > d.at_us ? now_us : d.at_us + 1;
    DIR *dir = opendir(box);
    for (struct dirent *e; dir && (e = readdir(dir)) && count < THERE_MAX;) {
        uint64_t number;
        if (strlen(e->d_name) > 85 && e->d_name[20] == '-' && parley_text_to_u64(e->d_name, 20, &number) && number && number <= n)
            there[count++] = number;
    }
    if (dir)
        closedir(dir);
    qsort(there, count, sizeof *there, by_number);
    for (size_t i = 0; !status && i < count && out->n < LISTING_UNITS_MAX; i++) {
        if (i && there[i] == there[i - 1])
            continue;
        if (!(status = box_log_read(box, tag, there[i], &d, err))) {
            out->unit[out->n].number = there[i];
            memcpy(out->unit[out->n++].unit, d.unit, HASH_LEN);
        }
    }
    free(there);
    return status;
}

void relay_signed(const struct relay_signer *signer, const struct parley_text *text, struct parley_text *out)
{
    char hex[2 * KEY_LEN + 1];
    to_hex(signer->pk, KEY_LEN, hex);
    parley_text_addf(out, "%s\n%s\n", hex, parley_text_str(text));
    note_sign(text->data, text->len, signer->name, signer->pk, signer->sk, out);
}
