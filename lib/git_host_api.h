/* Asks a git host for the commits between two hashes, or for those that one descends from.
 *
 * GitHub, Bitbucket Cloud, Bitbucket Data Center and GitLab, at the place that the sources file says (api_url; else base_url,
 * for GitHub Enterprise with /api/v3; else the public host of that kind). Requests are lib/rest.h's: their turn in the
 * source's budget, waiting, what an answer means. A page's link to the next one is followed below that place only. One struct
 * belongs to one thread. normalize_init has to have been called in the process.
 */
#ifndef JIRASYNC_GIT_HOST_API_H
#define JIRASYNC_GIT_HOST_API_H

#include "commit_set.h"
#include "rest.h"

struct git_host_api;

/* What is asked for. Everything is borrowed until the last page. */
struct git_host_range {
    const char *repository; /* full name, as the host has it */
    const char *before;     /* what it descends from is left out; NULL: nothing is */
    const char *after;
};

/* Reads the credentials; options->root is set by this. Errors as of rest_new. Free with git_host_api_free, which wipes. */
enum error_code git_host_api_new(const struct rest_options *options, struct git_host_api **api,
                                 struct error *error) MUST_CHECK;
void git_host_api_free(struct git_host_api *api);
/* The place below which the host's REST is, without a slash at its end; malloc'ed, the caller frees. ERROR_CONFIG where the
 * sources file has to say it and does not. */
enum error_code git_host_api_root(const struct source *source, char **root, struct error *error) MUST_CHECK;
/* Begins a list and forgets the one before. ERROR_INPUT for a repository's name that the host can't have. */
enum error_code git_host_api_begin(struct git_host_api *api, const struct git_host_range *range, struct error *error) MUST_CHECK;
/* Asks for the next page and adds it to the commits; *is_last when there is no other. *problem as of rest_call; an answer
 * that is no page of commits, or leads in circles or away from the host, is REST_BROKEN with ERROR_IO. */
enum error_code git_host_api_next(struct git_host_api *api, bool *is_last, struct rest_problem *problem,
                                  struct error *error) MUST_CHECK;
/* The commits so far; borrowed. */
struct commit_set *git_host_api_commits(struct git_host_api *api);

#endif
