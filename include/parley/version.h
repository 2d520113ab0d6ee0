/* version.h - the version of this library (semantic versioning; see CHANGELOG.md for what is stable). */
#ifndef PARLEY_VERSION_H
#define PARLEY_VERSION_H

#define PARLEY_VERSION "0.1.0"
#define PARLEY_VERSION_DATE "2026-11-21" /* of the manual pages */

#endif
