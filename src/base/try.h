/* try.h - a run of calls of which each may fail: TRY(call) returns its status from the function when it is one. */
#ifndef PARLEY_BASE_TRY_H
#define PARLEY_BASE_TRY_H

#include <parley/error.h>

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        enum parley_status try_ = (call);                                                                              \
        if (try_)                                                                                                      \
            return try_;                                                                                               \
    } while (0)

#endif
