#include "channel_desk.h"

#include <parley/channel_node.h>

static enum parley_status run(struct invocation *in)
{
    struct parley_relay_options o = { .listen = option_text(in, "listen"), .folder = option_text(in, "folder"), .tokens = option_text(in, "tokens") };
    uint64_t mib = 0;
    char pin[65];
    if (!o.folder)
        return parley_fail(&in->err, PARLEY_EINVAL, "--folder DIR is needed: where the relay keeps its key and boxes");
    if (option_given(in, "pin")) {
        enum parley_status status = parley_relay_pin(o.folder, pin, &in->err);
        if (!status)
            parley_text_addf(&in->out, "%s\n", pin);
        return status;
    }
    if (!o.listen || !o.tokens)
        return parley_fail(&in->err, PARLEY_EINVAL, "--listen ADDRESS:PORT and --tokens FILE are needed");
    enum parley_status status = option_u64(in, "box-mib", 1, 1 << 20, &mib);
    if (!status)
        status = option_u64(in, "box-units", 1, 1000000, &o.box_units);
    if (!status)
        status = option_u64(in, "requests", 1, 1000000, &o.requests_per_minute);
    if (status)
        return status;
    o.box_bytes = mib << 20;
    return parley_relay_run(&o, &log_to_stderr, stop_on_signals(), &in->err);
}

const struct command command_relay_run = {
    .name = "relay run",
    .operands = "",
    .summary = "Run a relay: mailboxes for sealed units, with tokens and quotas.",
    .summary_zh = "运行中继：封装单元的信箱，含令牌与配额。",
    .text = "A relay sees tags, sizes and times, and nothing else; it cannot read, change or forge what passes. Whoever has a token may use boxes. --pin prints the pin of its key, "
            "which goes on cards as 'relay URL PIN TOKEN'.",
    .examples = "parley relay run --folder relay --pin\nparley relay run --folder relay --tokens tokens.txt --listen 127.0.0.1:7700\n",
    .options = (const struct option[]){ { "listen", 0, "ADDR:PORT", "Where to listen (IPv4)." }, { "folder", 0, "DIR", "Its key and its boxes." },
                                        { "tokens", 0, "FILE", "One token a line, at least 16 bytes." }, { "pin", 0, NULL, "Print the pin and stop." },
                                        { "box-mib", 0, "N", "Quota of one box in MiB. Default: 64." }, { "box-units", 0, "N", "Units in one box. Default: 4096." },
                                        { "requests", 0, "N", "Requests a minute of one address. Default: 6000." }, { 0 } },
    .run = run,
};
