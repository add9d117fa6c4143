/* GitLab's webhooks to the normal form: pushes of branches and tags, merge requests; all other events are kept unread. */
#ifndef JIRASYNC_NORMALIZE_GITLAB_H
#define JIRASYNC_NORMALIZE_GITLAB_H

#include "normalize.h"
#include "normalize_issue.h"

#include <cjson/cJSON.h>

/* Fills form, whose event a header has set; NULL where none did, then the body names it, from the body's tree. */
enum error_code normalize_gitlab_read(const struct normalize_context *context, const cJSON *tree,
                                      struct normal_form *form) MUST_CHECK;
/* A commit as REST lists it, which is not as pushes do; a normalize_git_commit_reader. */
enum error_code normalize_gitlab_listed_commit(const struct normalize_context *context, const cJSON *value,
                                               struct normal_commit *commit) MUST_CHECK;

#endif
