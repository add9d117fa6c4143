/* The bodies that the budgets are measured with: fixed by their arguments, shaped like Jira's, and like GitHub's. */
#ifndef JIRASYNC_BUDGET_BODY_H
#define JIRASYNC_BUDGET_BODY_H

#include <stddef.h>

/* Writes the whole jira:issue_updated of an issue at a moment (milliseconds after 2026-01-01), filled up with custom
 * fields to about bytes bytes; NUL-terminated, malloc'ed, the caller frees. *length is its length. */
char *body_new(long issue, long moment, size_t bytes, size_t *length);

/* Writes GitHub's push of three commits, of its number alone; NUL-terminated, malloc'ed, the caller frees. */
char *body_push_new(long number, size_t *length);

#endif
