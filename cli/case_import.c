/* `parley case import` is `parley case add` with many files: see case_add.c. */
#include "command.h"
