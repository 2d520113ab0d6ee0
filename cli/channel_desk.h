/* channel_desk.h - the desk a channel command works at. */
#ifndef PARLEY_CLI_CHANNEL_DESK_H
#define PARLEY_CLI_CHANNEL_DESK_H

#include "command.h"

#include <parley/channel.h>
#include <signal.h>

#define UNLOCK_OPTION { "passphrase-file", 0, "FILE", "First line: the passphrase of the desk. Default: PARLEY_PASSPHRASE_FILE, else the desk's key file." }

/* Unlock the channels of the desk: in->channel, closed after the command. Once is enough. */
PARLEY_MUST_USE enum parley_status open_desk(struct invocation *in);
/* The peer of exactly that name, or NULL. */
PARLEY_MUST_USE enum parley_status find_peer(struct invocation *in, const char *name, const struct parley_peer **out);

/* A path as it is meant here and now: a carrier is used later, from other folders. */
const char *absolute_path(struct invocation *in, const char *path);

/* Events as logfmt lines with the time, on stderr. */
extern const struct parley_channel_log log_to_stderr;
/* For what runs until it is told to stop: non-zero after SIGINT or SIGTERM, as often as they come. */
volatile sig_atomic_t *stop_on_signals(void);

#endif
