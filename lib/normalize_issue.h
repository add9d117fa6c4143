/* An issue object of Jira's REST version 2 (webhooks, search pages), to struct normal_issue.
 *
 * Ids must be ids and containers must be what they are documented to be: otherwise ERROR_WRONG_TYPE names the
 * path. A member that is only shown and has an odd type (a status that is a string, labels that are null, a
 * fix version without an id) counts as absent: one odd member must not freeze an issue, and no value is made
 * up for it.
 */
#ifndef JIRASYNC_NORMALIZE_ISSUE_H
#define JIRASYNC_NORMALIZE_ISSUE_H

#include "normalize.h"

#include <cjson/cJSON.h>

struct normalize_context {
    struct arena *arena;
    const struct normalize_options *options;
    struct error *error;
    const char *path; /* of the issue in the body, for messages: "issue." or "" */
};

/* Makes *normal an issue of which nothing is known. */
void normalize_issue_clear(struct normal_issue *normal);
/* Fills *normal, all but is_delete and what the changelog tells. ERROR_NO_IDENTITY when there is no id. */
enum error_code normalize_issue_read(const struct normalize_context *context, const cJSON *issue,
                                     struct normal_issue *normal) MUST_CHECK;

#endif
