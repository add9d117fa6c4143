/* One answer of a git host's REST that lists commits: what it lists, and where it goes on. Pure.
 *
 * The hosts: GitHub (a comparison, or a list), Bitbucket Cloud, Bitbucket Data Center, GitLab. Commits are read by the same
 * code as those of webhooks, and have to tell their parents.
 */
#ifndef JIRASYNC_GIT_HOST_PAGE_H
#define JIRASYNC_GIT_HOST_PAGE_H

#include "arena.h"
#include "commit_set.h"
#include "error.h"
#include "rest_page.h"
#include "source.h"

#define GIT_HOST_PAGE_COMMITS 100 /* asked for at once: the most that each of the hosts gives */

/* Where a list goes on. */
struct git_host_next {
    bool is_last;
    int64_t start;   /* Bitbucket Data Center; else 0 */
    const char *url; /* Bitbucket Cloud, within the page; else NULL */
};

/* Where the commits stand, for rest_page_read. */
const char *git_host_page_member(enum source_kind kind) MUST_CHECK;
/* Adds what a page that was read lists; *fresh is how many commits were not in the set. Each is read in arena, which is reset.
 * ERROR_WRONG_TYPE for what is no commit with its hash and parents, or as of normalize_body_read. */
enum error_code git_host_page_take(enum source_kind kind, const struct rest_page *page, struct arena *arena,
                                   struct commit_set *set, size_t *fresh, struct error *error) MUST_CHECK;
/* What a page says of those after it, once it was taken. ERROR_WRONG_TYPE for one that goes back, or that ends a comparison
 * before all that it counts is there. */
enum error_code git_host_page_next(enum source_kind kind, bool is_comparison, const struct rest_page *page, int64_t start,
                                   const struct commit_set *set, struct git_host_next *next, struct error *error) MUST_CHECK;

#endif
