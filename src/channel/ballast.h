/* ballast.h - a file that holds room on the desk's disk, given up when the disk is full so that what the desk itself must say still
 * has a place. While it is missing nothing of a peer is taken. Internal. */
#ifndef PARLEY_CHANNEL_BALLAST_H
#define PARLEY_CHANNEL_BALLAST_H

#include <stdbool.h>

enum { BALLAST_BYTES = 2 << 20 };

/* Make DESK/ballast if it is missing. False: there is no room for it. */
bool ballast_keep(const char *desk_folder);
void ballast_drop(const char *desk_folder);

#endif
