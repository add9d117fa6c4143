/* Changelogs to the facts of a normal_issue that a snapshot alone does not show. An odd changelog tells
 * nothing and is no error: the snapshot beside it is whole without it.
 */
#ifndef JIRASYNC_NORMALIZE_CHANGELOG_H
#define JIRASYNC_NORMALIZE_CHANGELOG_H

#include "normalize_issue.h"

/* Adds to *normal, whose key is read already, what a webhook's changelog tells: old keys, fix versions added
 * and removed. */
enum error_code normalize_changelog_read(const struct normalize_context *context, const cJSON *changelog,
                                         struct normal_issue *normal) MUST_CHECK;
/* Adds the old keys from the histories of an issue that was read with expand=changelog. Versions are left
 * out: their changes belong to other instants than the snapshot's. */
enum error_code normalize_changelog_read_histories(const struct normalize_context *context,
                                                   const cJSON *changelog,
                                                   struct normal_issue *normal) MUST_CHECK;

#endif
