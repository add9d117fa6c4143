/* Jira sites as they are asked for issues: the site's REST, its budget and tokens in PostgreSQL, and the way into the store.
 *
 * One struct site_list belongs to one thread and one connection, and keeps each site's HTTP connections between jobs. It knows
 * nothing of jobs: lib/fetch_issue.h and lib/reconcile.h use it.
 */
#ifndef JIRASYNC_SITE_H
#define JIRASYNC_SITE_H

#include "config.h"
#include "fetched.h"
#include "jira_issue.h"
#include "source.h"

#include <stdatomic.h>

struct site;
struct site_list;

/* Everything is borrowed for the list's life. */
struct site_options {
    struct db *db;
    const struct config *config;
    const struct source_list *sources;
    int64_t patience_ms;          /* all waits of one call together, until it gives ERROR_BUSY */
    const atomic_bool *cancelled; /* once true, a call under way ends; may be NULL */
};

/* What a look for issues found. */
struct site_look {
    int64_t found[JIRA_ISSUE_BULK_MAX], absent[JIRA_ISSUE_BULK_MAX]; /* ids that were asked for */
    size_t found_count, absent_count;
    struct fetched_counts counts; /* what storing them did */
    instant at;                   /* when */
};

/* True when the sources file says how the source's REST is asked. */
bool site_is_askable(const struct source *source) MUST_CHECK;
/* NULL when memory is short. Free with site_list_free. */
struct site_list *site_list_new(const struct site_options *options) MUST_CHECK;
void site_list_free(struct site_list *list);
/* The site of that name, made at its first use; borrowed. ERROR_CONFIG when it is none that can be asked. */
enum error_code site_list_find(struct site_list *list, const char *name, struct site **site, struct error *error) MUST_CHECK;

struct rest *site_api(struct site *site);
struct fetched *site_fetched(struct site *site);
const struct source *site_source(const struct site *site);
/* Requests to the site so far, over all calls. */
int64_t site_requests(const struct site *site);
/* Notes that a request is about to be made ... */
void site_ask(struct site *site);
/* ... and what instant its answer shows: no later than the request was made by our clock, and than the answer's own Date. So a
 * delete that Jira made after it looked is never taken for an earlier one. */
instant site_asked_at(const struct site *site);
/* Stores the issues of a page that was asked for after site_ask, whole with comments and so on: what Jira cut is asked for.
 * counts grow; ids as of fetched_store. */
enum error_code site_store_page(struct site *site, const struct rest_page *page, int64_t *ids, struct fetched_counts *counts,
                                struct rest_problem *problem, struct error *error) MUST_CHECK;
/* Opens the site's circuit where a call failed for a reason that is as good as a 401 and was none (OAuth grants no access), so
 * that it is not tried again at once. Call it with what a call left in *problem. */
enum error_code site_heed(struct site *site, const struct rest_problem *problem, struct error *error) MUST_CHECK;
/* Fetches 1 to JIRA_ISSUE_BULK_MAX issues in one request, whole with comments and so on, and stores them. Those that were not
 * among the answer are asked for one by one; which Jira has not got then are absent, and left as they are. *problem as of
 * rest_call; it is REST_FINE when an error is the database's. */
enum error_code site_fetch_issues(struct site *site, const int64_t *ids, size_t count, struct site_look *look,
                                  struct rest_problem *problem, struct error *error) MUST_CHECK;
/* The same for one issue, by a key; an issue that bears another key now is stored under that. */
enum error_code site_fetch_key(struct site *site, const char *key, struct site_look *look, struct rest_problem *problem,
                               struct error *error) MUST_CHECK;

#endif
