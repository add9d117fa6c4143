/* Single issues of Jira's REST, by id or key, many by their ids, and how many there are. */
#ifndef JIRASYNC_JIRA_ISSUE_H
#define JIRASYNC_JIRA_ISSUE_H

#include "rest.h"

#define JIRA_ISSUE_BULK_MAX 100 /* Cloud's own limit where all fields are asked for */

/* One issue, whole, in page's only item; with_changelog: also its histories. A key that an issue bore before finds it, so the
 * answer's id is what counts. REST_ABSENT when there is none for this user. Errors as of rest_call. */
enum error_code jira_issue_get(struct rest *api, const char *id_or_key, bool with_changelog, struct rest_page *page,
                               struct rest_problem *problem, struct error *error) MUST_CHECK;
/* 1 to JIRA_ISSUE_BULK_MAX issues in one request, whole, each an item; those that are not there, or not for this user, are no
 * error: they are missing among the items. */
enum error_code jira_issue_bulk(struct rest *api, const int64_t *ids, size_t count, struct rest_page *page,
                                struct rest_problem *problem, struct error *error) MUST_CHECK;

/* About how many issues a search has: Cloud does not count exactly. */
enum error_code jira_issue_count(struct rest *api, const char *jql, int64_t *count, struct rest_problem *problem,
                                 struct error *error) MUST_CHECK;

#endif
