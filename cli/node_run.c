#include "channel_desk.h"

#include <parley/channel_node.h>

static enum parley_status run(struct invocation *in)
{
    const char *listen = option_text(in, "listen");
    if (!listen)
        return parley_fail(&in->err, PARLEY_EINVAL, "--listen ADDRESS:PORT is needed, for example 127.0.0.1:7001");
    enum parley_status status = open_desk(in);
    if (status)
        return status;
    parley_desk_set_log(in->channel, &log_to_stderr);
    return parley_node_run(in->channel, listen, stop_on_signals(), &in->err);
}

const struct command command_node_run = {
    .name = "node run",
    .operands = "",
    .summary = "Run the node of a desk: it listens for peers and carries what is said.",
    .summary_zh = "运行本台节点：监听对方并传送声明。",
    .text = "Serves HTTPS, TLS 1.3 only, to peers whose TLS keys are on their cards; polls relays, spool folders and Maildirs; sends what any 'parley channel send' stores, within a tenth of a second. "
            "One logfmt line an event on stderr, without contents or secrets. \n\nPeers that are enrolled, keys that are rotated and carriers that are changed while it runs are followed within a tenth of a second. Each carrier of each peer has its own "
            "thread, so a peer that stalls delays nobody else. When the disk is full the node says so (HTTP 503, and BUSY to every peer), takes nothing more from peers, and gives up its ballast (2 MiB in "
            "the desk's folder) so that its own officers can still speak; when there is room again it goes on by itself.\n\nStops on SIGTERM or Ctrl-C; a killed node loses nothing that was receipted.",
    .examples = "parley --desk cn node run --listen 127.0.0.1:7001\n",
    .options = (const struct option[]){ { "listen", 0, "ADDR:PORT", "Where to listen (IPv4)." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};
