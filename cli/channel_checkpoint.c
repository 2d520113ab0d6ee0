#include "channel_desk.h"
#include "channel_words.h"
#include "listing.h"

#include <parley/channel_witness.h>
#include <parley/file.h>

static enum parley_status write_request(struct invocation *in)
{
    struct parley_witness_request what = { .peer = in->operand[0], .theirs = option_given(in, "theirs"), .witness = option_text(in, "witness"), .from_given = option_given(in, "from") };
    struct parley_checkpoint c = { .n = 0 };
    struct parley_text request, author;
    const char *file = option_text(in, "output");
    uint64_t from = 0;
    enum parley_status status = option_u64(in, "from", 0, INT64_MAX, &what.from);
    parley_text_init(&request, PARLEY_WITNESS_REQUEST_MAX);
    parley_text_init(&author, 256);
    if (!status)
        status = parley_channel_witness_request(in->channel, &what, &request, &c, &from, &author, &in->err);
    if (!status)
        status = parley_file_write(file, parley_text_str(&request), request.len, &in->err);
    if (!status && in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_bool(&json, "ours", c.ours);
        parley_json_put_integer(&json, "epoch", c.epoch);
        parley_json_put_integer(&json, "from", (int64_t)from);
        parley_json_put_integer(&json, "size", (int64_t)c.size);
        parley_json_put_string(&json, "author", parley_text_str(&author));
        parley_json_put_string(&json, "file", file);
        parley_json_object_end(&json);
    } else if (!status) {
        bool first = from == 0; /* then the witness must be told whose record this is */
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "%s: the checkpoint of %llu statements, with the proof that it extends the first %llu. Hand it to the witness, who sees nothing of\n"
                                                        "what was said and cosigns it with:\n    parley witness cosign %s --folder DIR -o cosigned.note%s%s\n",
                                              "%s：含 %llu 份声明的检查点，并附对前 %llu 份的延续证明。请交给见证人（其看不到任何内容），由其联署：\n"
                                              "    parley witness cosign %s --folder DIR -o cosigned.note%s%s\n"),
                         file, (unsigned long long)c.size, (unsigned long long)from, file, first ? " --author " : "", first ? parley_text_str(&author) : "");
    }
    parley_text_release(&request);
    parley_text_release(&author);
    return status;
}

static enum parley_status take_in(struct invocation *in)
{
    struct parley_checkpoint c = { .n = 0 };
    const char *file = option_text(in, "cosigned");
    char *data;
    size_t len, kept = 0;
    enum parley_status status = parley_file_read(file, PARLEY_WITNESS_REQUEST_MAX, &in->arena, &data, &len, &in->err);
    if (!status && (status = parley_channel_cosigned(in->channel, in->operand[0], data, len, &c, &kept, &in->err)))
        status = parley_fail_in(&in->err, status, "%s", file);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_bool(&json, "ours", c.ours);
        parley_json_put_integer(&json, "epoch", c.epoch);
        parley_json_put_integer(&json, "size", (int64_t)c.size);
        parley_json_put_integer(&json, "cosignatures", (int64_t)kept);
        parley_json_object_end(&json);
    } else {
        parley_text_addf(&in->out, c.ours ? PARLEY_SAY(in->lang, "Kept: our record up to number %llu of epoch %u is witnessed (cosignatures held of it: %zu). It goes to the peer with what we say next.\n",
                                                       "已保存：我方记录截至第 %llu 号（第 %u 期）已获见证（所存联署 %zu 份），将随下次声明送达对方。\n")
                                          : PARLEY_SAY(in->lang, "Kept: their record up to number %llu of epoch %u is witnessed (cosignatures held of it: %zu).\n",
                                                       "已保存：对方记录截至第 %llu 号（第 %u 期）已获见证（所存联署 %zu 份）。\n"),
                         (unsigned long long)c.size, c.epoch, kept);
    }
    return PARLEY_OK;
}

static void put_checkpoint(struct parley_json *json, const struct parley_checkpoint *c)
{
    parley_json_object(json);
    parley_json_put_bool(json, "ours", c->ours);
    parley_json_put_integer(json, "epoch", c->epoch);
    parley_json_put_integer(json, "size", (int64_t)c->size);
    put_hash(json, "root", c->root);
    parley_json_put_bool(json, "cosigned_by_peer", c->by_peer);
    parley_json_key(json, "witnesses");
    parley_json_array(json);
    for (size_t i = 0; i < c->n; i++) {
        parley_json_object(json);
        parley_json_put_string(json, "name", c->cosignature[i].witness);
        put_time(json, "time", c->cosignature[i].time_us);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
    parley_json_object_end(json);
}

/* A row a cosigner; by: NULL for nobody. */
static void put_row(const struct invocation *in, struct parley_table *t, const struct parley_checkpoint *c, const char *by, int64_t time_us)
{
    char time[TIME_TEXT], hex[HASH_TEXT];
    parley_table_cell(t, "%s", c->ours ? PARLEY_SAY(in->lang, "ours", "我方") : PARLEY_SAY(in->lang, "theirs", "对方"));
    parley_table_cell(t, "%u", c->epoch);
    parley_table_cell(t, "%llu", (unsigned long long)c->size);
    parley_table_cell(t, "%.12s", hash_text(c->root, hex));
    parley_table_cell(t, "%s", by ? by : PARLEY_SAY(in->lang, "nobody yet", "尚无"));
    parley_table_cell(t, "%s", utc_time(time_us, time));
}

static enum parley_status list(struct invocation *in)
{
    static const struct listing_column columns[] = { { "record", "记录" }, { "epoch", "期", PARLEY_RIGHT }, { "statements", "声明数", PARLEY_RIGHT }, { "root", "根" }, { "cosigned by", "联署方" }, { "at", "时间" } };
    struct parley_checkpoint *c;
    struct listing list;
    size_t n;
    enum parley_status status = parley_channel_checkpoints(in->channel, in->operand[0], &in->arena, &c, &n, &in->err);
    if (status)
        return status;
    begin_listing(in, &list, PARLEY_SAY(in->lang, "Checkpoints", "检查点"), columns, 6);
    for (size_t i = 0; i < n; i++) {
        if (in->json) {
            put_checkpoint(&list.json, &c[i]);
            continue;
        }
        if (c[i].by_peer || !c[i].ours) /* ours come back cosigned; theirs are kept when they fit, and go back cosigned by us */
            put_row(in, list.table, &c[i], c[i].ours ? PARLEY_SAY(in->lang, "the peer", "对方") : PARLEY_SAY(in->lang, "this desk", "本台"), 0);
        else if (!c[i].n)
            put_row(in, list.table, &c[i], NULL, 0);
        for (size_t k = 0; k < c[i].n; k++)
            put_row(in, list.table, &c[i], c[i].cosignature[k].witness, c[i].cosignature[k].time_us);
    }
    if (!n && !in->json)
        parley_doc_paragraph(&list.doc, "%s", PARLEY_SAY(in->lang, "No checkpoint is kept yet. 'channel checkpoint PEER -o FILE' makes one of our record.", "尚无检查点。“channel checkpoint PEER -o FILE”为我方记录生成一个。"));
    return finish_listing(in, &list);
}

static enum parley_status run(struct invocation *in)
{
    bool ask = option_given(in, "output"), take = option_given(in, "cosigned");
    if (ask && take)
        return parley_fail(&in->err, PARLEY_EINVAL, "-o FILE (ask a witness) and --cosigned FILE (take its answer in): one at a time");
    if (!ask && (option_given(in, "theirs") || option_given(in, "witness") || option_given(in, "from")))
        return parley_fail(&in->err, PARLEY_EINVAL, "--theirs, --witness and --from go with -o FILE");
    enum parley_status status = open_desk(in);
    if (status)
        return status;
    return ask ? write_request(in) : take ? take_in(in) : list(in);
}

const struct command command_channel_checkpoint = {
    .name = "channel checkpoint",
    .operands = "PEER",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Have a neutral witness cosign how far a record has grown; take its cosignature in; list them.",
    .summary_zh = "请中立见证人联署记录的进展，收入其联署，并列出。",
    .text = "A checkpoint commits its author to all it said up to a number; whoever sees it sees who signs, how many statements there are and a root; nothing of what was said. -o FILE writes a request: the newest checkpoint of our record (--theirs: "
            "of the peer's) and the proof that it extends the last one which the witness cosigned. The witness answers with the cosigned checkpoint ('parley witness cosign'), and "
            "--cosigned FILE takes that in. It is shown here and by 'channel status', goes to the peer with our next statements (who keeps it if it wrote the same witness down), and "
            "into evidence bundles.\n\n"
            "What it adds: no other record than the witnessed one will ever carry that witness's line, even if both desks are lost or agree to lie; and what a bundle proves was said before the "
            "witness's time. FILE has the form of c2sp.org/tlog-witness, so a witness on the web takes it, too: "
            "curl --data-binary @FILE https://WITNESS/add-checkpoint >ANSWER. Such an answer, signature lines alone, is taken in likewise.\n\n"
            "A witness that says it stands at N is asked again with --from N.",
    .examples = "parley --desk cn channel checkpoint us -o request\nparley --desk cn channel checkpoint us --cosigned cosigned.note\nparley --desk cn channel checkpoint us\n",
    .options = (const struct option[]){ { "output", 'o', "FILE", "Write the request for a witness to FILE." }, { "theirs", 0, NULL, "With -o: the peer's record, not ours." },
                                        { "witness", 0, "NAME", "With -o: for this witness, when several are written down." },
                                        { "from", 0, "N", "With -o: the witness stands at N. Default: its last cosignature that was taken in." },
                                        { "cosigned", 0, "FILE", "Take in what a witness answered." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};
