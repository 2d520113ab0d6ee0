#include "channel_desk.h"

#include <parley/file.h>

static enum parley_status run(struct invocation *in)
{
    const char *card_file = option_text(in, "card"), *psk_file = option_text(in, "psk"), *carrier[3];
    uint8_t psk[32];
    char *card;
    struct parley_enrolment e = { .name = in->operand[0], .psk = psk, .words = option_text(in, "words"), .carrier = carrier };
    if (!card_file || !psk_file || !e.words)
        return parley_fail(&in->err, PARLEY_EINVAL, "--card FILE, --psk FILE and --words 'TWELVE WORDS' are needed; see 'parley help desk ceremony'");
    if (!option_text(in, "mail-out") != !option_text(in, "mail-in"))
        return parley_fail(&in->err, PARLEY_EINVAL, "--mail-out and --mail-in go together");
    if (option_text(in, "spool"))
        carrier[e.n_carriers++] = parley_arena_printf(&in->arena, "file %s", absolute_path(in, option_text(in, "spool")));
    if (option_text(in, "mail-out"))
        carrier[e.n_carriers++] = parley_arena_printf(&in->arena, "mail %s %s", absolute_path(in, option_text(in, "mail-out")), absolute_path(in, option_text(in, "mail-in")));
    enum parley_status status = open_desk(in);
    if (status)
        return status;
    status = parley_file_read(card_file, 1 << 16, &in->arena, &card, &e.card_len, &in->err);
    if (!status) {
        e.card = card;
        status = parley_psk_read(psk_file, psk, &in->err);
    }
    if (!status)
        status = parley_desk_enrol(in->channel, &e, &in->err);
    if (!status && in->json)
        parley_text_addf(&in->out, "{\"peer\": \"%s\"}\n", e.name);
    else if (!status)
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "%s is enrolled.\n", "%s 已登记。\n"), e.name);
    return status;
}

const struct command command_desk_enrol = {
    .name = "desk enrol",
    .operands = "PEER",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Enrol a peer after the ceremony.",
    .summary_zh = "仪式之后登记对方。",
    .text = "The words are given as they were read by the other side, in English or Chinese; if they do not match, nothing is enrolled. Carriers are tried in order: spool folder, mail, "
            "then those of the peer's card (direct, relay). FLASH goes by all of them.",
    .examples = "parley --desk cn desk enrol us --card us.card --psk cn-us.psk --words 'WORD WORD ...' --spool /media/stick\n",
    .options = (const struct option[]){ { "card", 0, "FILE", "The peer's card." }, { "psk", 0, "FILE", "The pre-shared key." }, { "words", 0, "WORDS", "The twelve words." },
                                        { "spool", 0, "DIR", "File carrier: a spool folder." },
                                        { "mail-out", 0, "DIR", "Mail carrier: Maildir for messages to send (paths without blanks)." }, { "mail-in", 0, "DIR", "Maildir where messages arrive." },
                                        UNLOCK_OPTION, { 0 } },
    .run = run,
};
