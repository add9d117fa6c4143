/* Lists of Jira's REST, a page at a time: memory stays flat whatever their length.
 *
 * Pages shift while they are read. Cloud's searches are read by token and don't; lists that are counted from a start are read
 * again as far back as they shrank, so that nothing falls between two pages. An item may come twice for that.
 */
#ifndef JIRASYNC_JIRA_LIST_H
#define JIRASYNC_JIRA_LIST_H

#include "rest.h"

enum jira_list_kind {
    JIRA_ISSUES,   /* subject: JQL; on Cloud it has to be bounded by a condition */
    JIRA_PROJECTS, /* no subject */
    JIRA_VERSIONS, /* subject: project, key or id */
    JIRA_COMMENTS, /* subject: issue, id or key; as are the next ones */
    JIRA_WORKLOGS,
    JIRA_CHANGELOGS, /* Cloud alone; Data Center has them in the issue (jira_issue_get) */
    JIRA_LIST_KINDS
};

struct jira_list_options {
    enum jira_list_kind kind;
    const char *subject;
    const char *const *fields; /* of issues, ended by NULL: {"*all", NULL}; NULL: ids and keys alone */
    int page_size;             /* 0: what suits */
    const char *cursor;        /* where to go on: what jira_list_cursor said; NULL: at the beginning */
};

struct jira_list;

/* Copies what options hold; api is borrowed. ERROR_INPUT for a list that the site has not, ERROR_NO_MEMORY. Free with
 * jira_list_free. */
enum error_code jira_list_new(struct rest *api, const struct jira_list_options *options, struct jira_list **list,
                              struct error *error) MUST_CHECK;
void jira_list_free(struct jira_list *list);
/* The next page, good until the next call; NULL at the end. Errors as of rest_call, and REST_STALE when the site no longer
 * knows the place. After REST_WAIT the same page may be asked for again. Pages that are too large are asked for in halves. */
enum error_code jira_list_next(struct jira_list *list, const struct rest_page **page, struct rest_problem *problem,
                               struct error *error) MUST_CHECK;
/* Where the page after the last one begins, in the site's words; "" at the beginning and at the end. */
const char *jira_list_cursor(const struct jira_list *list);
/* How many items there are, as far as the site says; -1: it does not. */
int64_t jira_list_total(const struct jira_list *list);

#endif
