#include "open_record.h"

enum parley_status open_record(struct invocation *in, enum parley_record_mode mode, struct parley_record **out)
{
    if (in->desk) {
        enum parley_status status = parley_record_open(in->desk, mode, out, &in->err);
        if (status != PARLEY_ENOTFOUND || in->desk_named || mode == PARLEY_RECORD_WRITE)
            return status;
        in->err = (struct parley_error){ 0 };
    }
    if (mode == PARLEY_RECORD_WRITE)
        return parley_fail(&in->err, PARLEY_ENOTFOUND, "there is no desk to write to; make one with 'parley init', or name one with --desk DIR");
    say(in, "%s", PARLEY_SAY(in->lang, "no desk; reading the record that Parley ships", "没有工作台；读取随程序提供的记录"));
    return parley_record_open_shipped(out, &in->err);
}

enum parley_status resolve_actors(struct invocation *in, struct parley_record *record, const char **text, int n, const char ***codes)
{
    const char **list = PARLEY_NEW(&in->arena, const char *, (size_t)n + 1);
    if (!list)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    for (int i = 0; i < n; i++) {
        struct parley_actor actor;
        enum parley_status status = parley_record_actor(record, text[i], &in->arena, &actor, &in->err);
        if (status)
            return status;
        list[i] = actor.code;
    }
    *codes = list;
    return PARLEY_OK;
}
