/* GitHub's webhooks to the normal form: push, pull_request, create and delete; all other events are kept unread. */
#ifndef JIRASYNC_NORMALIZE_GITHUB_H
#define JIRASYNC_NORMALIZE_GITHUB_H

#include "normalize.h"
#include "normalize_issue.h"

#include <cjson/cJSON.h>

/* Fills form, whose event is set, from the body's tree. */
enum error_code normalize_github_read(const struct normalize_context *context, const cJSON *tree,
                                      struct normal_form *form) MUST_CHECK;
/* A commit as REST lists it, which is not as pushes do; a normalize_git_commit_reader. */
enum error_code normalize_github_listed_commit(const struct normalize_context *context, const cJSON *value,
                                               struct normal_commit *commit) MUST_CHECK;

#endif
