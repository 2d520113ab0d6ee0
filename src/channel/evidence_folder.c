/* A bundle as a folder: written by who makes it, read and judged by anybody. */
#define _POSIX_C_SOURCE 200809L
#include "channel/evidence_folder.h"

#include <dirent.h>
#include <errno.h>
#include <parley/channel.h>
#include <parley/file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BUNDLE_BYTES_MAX = 64 << 20 };

static const char *const folders[] = { "", "cards", "statements", "disclosed", "proofs", "checkpoints", "relay", "witnesses" };
enum { FOLDERS = sizeof folders / sizeof *folders };

static enum parley_status make_folder(const char *folder, const char *name, struct parley_error *err)
{
    char path[1400];
    snprintf(path, sizeof path, "%.1200s%s%s", folder, *name ? "/" : "", name);
    if (!mkdir(path, 0700))
        return PARLEY_OK;
    return parley_fail(err, errno == EEXIST ? PARLEY_EREFUSED : PARLEY_EIO, "%s: %s", path, errno == EEXIST ? "is there already; a bundle is made in a new folder" : "cannot be made");
}

enum parley_status evidence_folder_write(const char *folder, const struct bundle_file *file, size_t n, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    for (int i = 0; !status && i < FOLDERS; i++) {
        bool used = !*folders[i];
        for (size_t k = 0; k < n && !used; k++)
            used = !strncmp(file[k].name, folders[i], strlen(folders[i])) && file[k].name[strlen(folders[i])] == '/';
        if (used)
            status = make_folder(folder, folders[i], err);
    }
    for (size_t i = 0; !status && i < n; i++) {
        char path[1400];
        if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, file[i].name) >= sizeof path)
            return parley_fail(err, PARLEY_EINVAL, "the path of the bundle is too long");
        status = parley_file_write_private(path, file[i].data, file[i].len, err);
    }
    return status;
}

struct reading {
    struct parley_arena arena;
    struct bundle_file file[BUNDLE_FILES_MAX];
    size_t n, bytes;
};

static enum parley_status read_folder(struct reading *r, const char *folder, const char *below, struct parley_error *err)
{
    char path[1400], name[BUNDLE_NAME_MAX], *data;
    struct stat st;
    snprintf(path, sizeof path, "%.1200s%s%s", folder, *below ? "/" : "", below);
    DIR *dir = opendir(path);
    enum parley_status status = dir || *below ? PARLEY_OK : parley_fail(err, PARLEY_ENOTFOUND, "%s: no such bundle", path);
    for (struct dirent *e; dir && !status && (e = readdir(dir));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        snprintf(path, sizeof path, "%.1000s/%s%s%.255s", folder, below, *below ? "/" : "", e->d_name);
        if ((size_t)snprintf(name, sizeof name, "%s%s%s", below, *below ? "/" : "", e->d_name) >= sizeof name || lstat(path, &st))
            status = parley_fail(err, PARLEY_EVERIFY, "%.300s: no name of a file of a bundle", path);
        else if (S_ISDIR(st.st_mode) && !*below) {
            bool known = false;
            for (int i = 1; i < FOLDERS; i++)
                known |= !strcmp(e->d_name, folders[i]);
            if (!known)
                status = parley_fail(err, PARLEY_EVERIFY, "%.300s: no folder of a bundle", path);
        } else if (!S_ISREG(st.st_mode)) {
            status = parley_fail(err, PARLEY_EVERIFY, "%.300s: not a regular file", path);
        } else if (r->n == BUNDLE_FILES_MAX || r->bytes > BUNDLE_BYTES_MAX) {
            status = parley_fail(err, PARLEY_ELIMIT, "%.300s: a bundle has at most %d files and 64 MiB", folder, BUNDLE_FILES_MAX);
        } else {
            struct bundle_file *f = &r->file[r->n++];
            status = parley_file_read(path, PARLEY_BODY_MAX, &r->arena, &data, &f->len, err);
            f->name = parley_arena_strdup(&r->arena, name);
            f->data = data;
            r->bytes += status ? 0 : f->len;
            if (!status && !f->name)
                status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
        }
    }
    if (dir)
        closedir(dir);
    return status;
}

enum parley_status parley_evidence_check(const char *folder, struct parley_text *report, struct parley_error *err)
{
    struct reading *r = calloc(1, sizeof *r);
    if (!r)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = PARLEY_OK;
    for (int i = 0; !status && i < FOLDERS; i++)
        status = read_folder(r, folder, folders[i], err);
    if (!status)
        status = bundle_judge(r->file, r->n, &r->arena, report, err);
    parley_arena_release(&r->arena);
    free(r);
    return status;
}
