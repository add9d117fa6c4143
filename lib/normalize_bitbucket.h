/* Bitbucket Cloud's webhooks to the normal form: repo:push and pullrequest:*; all other events are kept unread. */
#ifndef JIRASYNC_NORMALIZE_BITBUCKET_H
#define JIRASYNC_NORMALIZE_BITBUCKET_H

#include "normalize.h"
#include "normalize_issue.h"

#include <cjson/cJSON.h>

/* Fills form, whose event is set, from the body's tree. */
enum error_code normalize_bitbucket_read(const struct normalize_context *context, const cJSON *tree,
                                         struct normal_form *form) MUST_CHECK;
/* A repo:push, as the webhooks of a plugin for Data Center send it too. */
enum error_code normalize_bitbucket_push(const struct normalize_context *context, const cJSON *tree,
                                         struct normal_form *form) MUST_CHECK;
/* A commit as pushes and the list of REST 2.0 have it; a normalize_git_commit_reader. */
enum error_code normalize_bitbucket_commit(const struct normalize_context *context, const cJSON *value,
                                           struct normal_commit *commit) MUST_CHECK;

#endif
