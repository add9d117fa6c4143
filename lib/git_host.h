/* Git hosts as they are asked for commits: each one's REST, and its budget in PostgreSQL that all workers share.
 *
 * One struct git_host_list belongs to one thread and one connection, and keeps each host's HTTP connections between jobs. It
 * knows nothing of jobs: lib/fetch_commits.h uses it.
 */
#ifndef JIRASYNC_GIT_HOST_H
#define JIRASYNC_GIT_HOST_H

#include "git_host_api.h"
#include "site.h"

struct git_host;
struct git_host_list;

/* True when the sources file says how the git host's REST is asked. */
bool git_host_is_askable(const struct source *source) MUST_CHECK;
/* NULL when memory is short. Free with git_host_list_free. */
struct git_host_list *git_host_list_new(const struct site_options *options) MUST_CHECK;
void git_host_list_free(struct git_host_list *list);
/* The host of that name, made at its first use; borrowed. ERROR_CONFIG when it is none that can be asked, and as of
 * rest_new. */
enum error_code git_host_list_find(struct git_host_list *list, const char *name, struct git_host **host,
                                   struct error *error) MUST_CHECK;

struct git_host_api *git_host_rest(struct git_host *host);
const struct source *git_host_source(const struct git_host *host);
/* Most commits that one push is completed with. */
size_t git_host_most(const struct git_host *host);

#endif
