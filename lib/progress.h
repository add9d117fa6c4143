/* How far a long command is: a line that is rewritten on a terminal, a plain line every few seconds elsewhere. */
#ifndef JIRASYNC_PROGRESS_H
#define JIRASYNC_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    const char *label;    /* borrowed: "commits" */
    uint64_t done, total; /* total 0: not known */
    bool is_quiet, is_terminal;
    int64_t started_us, shown_us;
};

/* Starts at 0, on standard error; says nothing at all when is_quiet. */
void progress_start(struct progress *progress, const char *label, uint64_t total, bool is_quiet);
void progress_add(struct progress *progress, uint64_t more);
/* Shows the end. */
void progress_finish(struct progress *progress);
/* Writes the line ("commits 5,000 of 20,000 (25%), 10,000/s, 2 s left") and returns text. */
char *progress_line(const struct progress *progress, int64_t elapsed_us, char *text, size_t size);

#endif
