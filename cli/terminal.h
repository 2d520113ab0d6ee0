/* terminal.h - what the command knows of the terminal: its width, progress on stderr, Ctrl-C. */
#ifndef PARLEY_CLI_TERMINAL_H
#define PARLEY_CLI_TERMINAL_H

#include <parley/progress.h>

int terminal_width(void); /* COLUMNS, then the terminal's own, then 100 */

/* A progress that draws one line on stderr after the first second (percentage, rate, time left; nothing when stderr
 * is no terminal) and returns false after Ctrl-C. The second Ctrl-C ends the program at once. */
void terminal_progress(struct parley_progress *progress);
void terminal_progress_end(void); /* wipe the line */

#endif
