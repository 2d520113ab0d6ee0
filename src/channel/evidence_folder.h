/* evidence_folder.h - a bundle as a folder. Internal. */
#ifndef PARLEY_CHANNEL_EVIDENCE_FOLDER_H
#define PARLEY_CHANNEL_EVIDENCE_FOLDER_H

#include "channel/bundle.h"

/* A new folder of mode 0700 with the files in their order; PARLEY_EREFUSED when it is there. */
enum parley_status evidence_folder_write(const char *folder, const struct bundle_file *file, size_t n, struct parley_error *err);

#endif
