#include "record_fields.h"

void read_report_options(struct invocation *in, struct parley_report_text *out)
{
    *out = (struct parley_report_text){
        .event_id = option_text(in, "event"), .date_start = option_text(in, "date"), .date_end = option_text(in, "until"),
        .precision = option_text(in, "precision"), .date_public = option_text(in, "public"), .actor = option_text(in, "actor"),
        .target = option_text(in, "target"), .kind = option_text(in, "kind"), .domain = option_text(in, "domain"),
        .intensity = option_text(in, "intensity"), .attribution = option_text(in, "attribution"), .mechanism = option_text(in, "mechanism"),
        .what = option_text(in, "what"), .source = option_text(in, "source"), .note = option_text(in, "note"),
        .what_zh = option_text(in, "what-zh") };
}

enum parley_status say_changed(struct invocation *in, const char *key, const char *id, const char *done)
{
    if (!in->json) {
        parley_text_addf(&in->out, "%s %s\n", done, id);
        return PARLEY_OK;
    }
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, key, id);
    parley_json_object_end(&json);
    return PARLEY_OK;
}
