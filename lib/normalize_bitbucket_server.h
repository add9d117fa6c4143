/* Bitbucket Data Center's webhooks to the normal form: repo:refs_changed and pr:*, and the repo:push of the webhooks that a
 * plugin sends; all other events are kept unread. */
#ifndef JIRASYNC_NORMALIZE_BITBUCKET_SERVER_H
#define JIRASYNC_NORMALIZE_BITBUCKET_SERVER_H

#include "normalize.h"
#include "normalize_issue.h"

#include <cjson/cJSON.h>

/* Fills form, whose event a header has set; NULL where none did, then the body names it, from the body's tree. */
enum error_code normalize_bitbucket_server_read(const struct normalize_context *context, const cJSON *tree,
                                                struct normal_form *form) MUST_CHECK;
/* A commit as deliveries and the list of REST have it; a normalize_git_commit_reader. */
enum error_code normalize_bitbucket_server_commit(const struct normalize_context *context, const cJSON *value,
                                                  struct normal_commit *commit) MUST_CHECK;

#endif
