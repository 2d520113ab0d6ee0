#include "desk_epoch.h"

#include <sys/stat.h>

static enum parley_status run(struct invocation *in)
{
    const char *carrier[2], *contact[3];
    struct parley_key_options o = { .party = option_text(in, "party"), .passphrase_file = option_text(in, "passphrase-file"), .root_out = option_text(in, "root-out"),
                                    .carrier = carrier, .contact = contact };
    uint64_t days = 365;
    if (!in->desk)
        return parley_fail(&in->err, PARLEY_ENOTFOUND, "name a desk: parley --desk DIR desk keys --party NAME; 'parley --desk DIR init' makes one");
    struct stat st;
    const char *record = parley_arena_printf(&in->arena, "%s/desk.db", in->desk);
    if (record && stat(record, &st)) /* the folder is closed to others: it had better be a desk */
        return parley_fail(&in->err, PARLEY_ENOTFOUND, "%s: no such desk; make one with 'parley --desk %s init'", in->desk, in->desk);
    if (!o.party)
        return parley_fail(&in->err, PARLEY_EINVAL, "--party NAME is needed: the name on the card, for example CN or CN-CERT");
    static const char *const roots[] = { "1-of-1", "2-of-2", "2-of-3", NULL };
    int which = 0;
    enum parley_status status = option_u64(in, "days", 1, 1096, &days);
    if (!status)
        status = option_choice(in, "roots", roots, &which);
    if (status)
        return status;
    o.roots = which + 1;
    o.threshold = which ? 2 : 1;
    o.days = (int)days;
    card_line(in, "direct", carrier, &o.n_carriers);
    card_line(in, "relay", carrier, &o.n_carriers);
    card_line(in, "diplomatic", contact, &o.n_contacts);
    card_line(in, "technical", contact, &o.n_contacts);
    card_line(in, "legal", contact, &o.n_contacts);
    if ((status = parley_desk_make_keys(in->desk, &o, &in->err)))
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "party", o.party);
        parley_json_put_integer(&json, "epoch", 1);
        parley_json_object_end(&json);
    } else {
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "Keys of %s are made. The root secret is in %s: carry it away from this machine; it is needed only for\n"
                                                        "rotate, recover and revoke. Hand over your card: parley desk card\n",
                                              "%s 的密钥已生成。根密钥在 %s：请移出本机保存，仅在轮换、恢复、吊销时使用。\n请交换名片：parley desk card\n"),
                         o.party, o.root_out ? o.root_out : which ? "keys/root.key.1 .." : "keys/root.key");
    }
    return PARLEY_OK;
}

const struct command command_desk_keys = {
    .name = "desk keys",
    .operands = "",
    .summary = "Make the keys of a desk: root, operational, sealing, TLS.",
    .summary_zh = "生成本台密钥：根密钥、操作密钥、封装密钥、TLS。",
    .text = "Makes an Ed25519 root key, the first operational and sealing keys, a TLS certificate and the channel's database. The root secret is written to keys/root.key or "
            "--root-out FILE and should be kept offline. With --roots 2-of-3 there are three (FILE.1, FILE.2, FILE.3), kept by three people: any two sign the next card, and the loss of one "
            "does no harm.\n\n"
            "Bodies and secret keys are encrypted row by row, under keys/desk.key or, with --passphrase-file, under a passphrase (Argon2id, 256 MiB). "
            "The desk's folder is closed to other users.",
    .examples = "# Three root secrets, of which any two sign\nparley --desk cn desk keys --party CN --roots 2-of-3\n# A desk that can be reached directly\nparley --desk cn desk keys --party CN --direct https://127.0.0.1:7001\n",
    .options = (const struct option[]){ { "party", 0, "NAME", "The name on the card." },
                                        { "direct", 0, "URL", "Where our node listens: https://HOST:PORT." },
                                        { "relay", 0, "LINE", "Our box at a relay: 'URL PIN TOKEN'." },
                                        { "diplomatic", 0, "TEXT", "Diplomatic point of contact." },
                                        { "technical", 0, "TEXT", "Technical point of contact." },
                                        { "legal", 0, "TEXT", "Legal point of contact." },
                                        { "days", 0, "N", "Validity of the card, 1 to 1096. Default: 365." },
                                        { "root-out", 0, "FILE", "Write the root secret here instead of keys/root.key." },
                                        { "roots", 0, "K-of-N", "1-of-1, 2-of-2 or 2-of-3: so many root secrets sign a card. Default: 1-of-1." },
                                        UNLOCK_OPTION,
                                        { 0 } },
    .run = run,
};
