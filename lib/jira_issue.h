/* Single issues of Jira's REST, by id or key, and many by their ids. */
#ifndef JIRASYNC_JIRA_ISSUE_H
#define JIRASYNC_JIRA_ISSUE_H

#include "jira_api.h"

#define JIRA_ISSUE_BULK_MAX 100 /* Cloud's own limit where all fields are asked for */

/* One issue, whole, in page's only item; with_changelog: also its histories. A key that an issue bore before finds it, so the
 * answer's id is what counts. JIRA_ABSENT when there is none for this user. Errors as of jira_api_call. */
enum error_code jira_issue_get(struct jira_api *api, const char *id_or_key, bool with_changelog, struct jira_page *page,
                               struct jira_problem *problem, struct error *error) MUST_CHECK;
/* 1 to JIRA_ISSUE_BULK_MAX issues in one request, whole, each an item; those that are not there, or not for this user, are no
 * error: they are missing among the items. */
enum error_code jira_issue_bulk(struct jira_api *api, const int64_t *ids, size_t count, struct jira_page *page,
                                struct jira_problem *problem, struct error *error) MUST_CHECK;

#endif
