/* Runs git without a shell and reads its output record by record. */
#ifndef JIRASYNC_GIT_PROCESS_H
#define JIRASYNC_GIT_PROCESS_H

#include "error.h"

#include <stddef.h>

struct git_process;

/* Starts `git -C path ARGUMENTS` (ended by NULL) with input on its standard input (NULL: none). Variables that would
 * point git at another repository are taken out of its environment, replaced objects are not followed. */
enum error_code git_process_start(const char *path, const char *const *arguments, const char *input, size_t length,
                                  struct git_process **process, struct error *error) MUST_CHECK;
/* The next NUL-terminated record, borrowed until the next call; false at the end of the output (what follows the last
 * NUL is no record) and on a failure that git_process_finish then reports. */
bool git_process_next(struct git_process *process, const char **record, size_t *length) MUST_CHECK;
/* Waits for git to end and frees. ERROR_INPUT with what git said when it failed; with a hint for the usual cause. */
enum error_code git_process_finish(struct git_process *process, struct error *error) MUST_CHECK;
/* Stops git in mid-work and frees. NULL is fine. */
void git_process_abandon(struct git_process *process);
/* Runs git to its end; *text gets its output without the last newline (malloc'ed, the caller frees). */
enum error_code git_process_line(const char *path, const char *const *arguments, char **text,
                                 struct error *error) MUST_CHECK;

#endif
