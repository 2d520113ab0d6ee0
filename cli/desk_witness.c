#include "channel_desk.h"
#include "channel_words.h"

#include <parley/channel_witness.h>

static enum parley_status change(struct invocation *in)
{
    const char *forget = option_text(in, "forget");
    if (forget && in->n_operands)
        return parley_fail(&in->err, PARLEY_EINVAL, "a KEY to write down, or --forget NAME: one at a time");
    if (forget)
        return parley_desk_witness_forget(in->channel, forget, &in->err);
    return in->n_operands ? parley_desk_witness_add(in->channel, in->operand[0], &in->err) : PARLEY_OK;
}

static void put_json(struct invocation *in, const struct parley_witness *w, size_t n)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_array(&json);
    for (size_t i = 0; i < n; i++) {
        parley_json_object(&json);
        parley_json_put_string(&json, "name", w[i].name);
        parley_json_put_string(&json, "key", w[i].vkey);
        put_time(&json, "since", w[i].since_us);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_witness *w;
    size_t n = 0;
    char time[TIME_TEXT];
    enum parley_status status = open_desk(in);
    if (!status)
        status = change(in);
    if (!status)
        status = parley_desk_witnesses(in->channel, &in->arena, &w, &n, &in->err);
    if (status)
        return status;
    if (in->json) {
        put_json(in, w, n);
        return PARLEY_OK;
    }
    for (size_t i = 0; i < n; i++)
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "%s  written down %s\n    %s\n", "%s  登记于 %s\n    %s\n"), w[i].name, utc_time(w[i].since_us, time), w[i].vkey);
    if (!n)
        parley_text_adds(&in->out, PARLEY_SAY(in->lang, "No witness is written down. Write one down: parley desk witness KEY (the witness prints it: parley witness list).\n",
                                              "尚未登记见证人。登记：parley desk witness KEY（由见证人用 parley witness list 给出）。\n"));
    return PARLEY_OK;
}

const struct command command_desk_witness = {
    .name = "desk witness",
    .operands = "[KEY]",
    .operands_max = 1,
    .summary = "Write down, list or forget the neutral witnesses whose cosignatures this desk believes.",
    .summary_zh = "登记、列出或撤除本台所信任的中立见证人。",
    .text = "A witness is a third party, for example a foundation in a third country, that cosigns checkpoints of the channel's records: it sees who signs, how many statements there are and a root, and nothing of what was said. KEY is its verifier key, "
            "NAME+KEYID+BASE64, as 'parley witness keys' printed it there; take it over by a way you trust. Both sides of a channel write it down, each on its own desk. At most 8 are believed.\n\n"
            "After --forget the cosignatures that are kept stay, but count no more and go into no bundle.",
    .examples = "parley --desk cn desk witness witness.example.org+737fa5c6+BHBfusAfVRmJn0N7xC5AJVrpq1S/8A3jQzr31ofZ5xrV\nparley --desk cn desk witness\nparley --desk cn desk witness --forget witness.example.org\n",
    .options = (const struct option[]){ { "forget", 0, "NAME", "Believe this witness no longer." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};
