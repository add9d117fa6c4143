/* GitLab's webhooks to the normal form: pushes of branches and tags, merge requests; all other events are kept unread. */
#ifndef JIRASYNC_NORMALIZE_GITLAB_H
#define JIRASYNC_NORMALIZE_GITLAB_H

#include "normalize.h"
#include "normalize_issue.h"

#include <cjson/cJSON.h>

/* Fills form, whose event a header has set; NULL where none did, then the body names it, from the body's tree. */
enum error_code normalize_gitlab_read(const struct normalize_context *context, const cJSON *tree,
                                      struct normal_form *form) MUST_CHECK;

#endif
