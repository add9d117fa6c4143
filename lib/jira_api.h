/* Requests to one Jira site's REST: where it is, who asks, how often, and what an answer means. Git hosts are asked the same
 * way (lib/git_host_api.h): a call knows nothing of what it asks for.
 *
 * A site is Jira Cloud or Jira Data Center, with Basic user:token, a personal access token, or OAuth 2.0. A call takes its turn
 * from the site's budget, waits where the site asks to as long as patience lasts, renews an access token that has ended, and
 * tries again what may go well later, unless a call is to be sent once. One struct belongs to one thread. normalize_init has to
 * have been called in the process.
 *
 * What is never logged or put into a message: headers, tokens, bodies of answers to the token's URL.
 */
#ifndef JIRASYNC_JIRA_API_H
#define JIRASYNC_JIRA_API_H

#include "config.h"
#include "error.h"
#include "http.h"
#include "instant.h"
#include "jira_page.h"
#include "source.h"

#include <stdatomic.h>
#include <stdint.h>

#define JIRA_TOKEN_BYTES 8192 /* an access token is a signed document */

enum jira_dialect { JIRA_CLOUD,
                    JIRA_DATA_CENTER };

/* What a failed call means for the caller. */
enum jira_fault {
    JIRA_FINE,
    JIRA_WAIT,    /* the site limits or is away: the same again after wait_ms */
    JIRA_REFUSED, /* 401, 403, or OAuth grants nothing: an operator has to look */
    JIRA_ABSENT,  /* 404, 410: what was asked for is not there, or not for this user */
    JIRA_STALE,   /* the place in a list has ended: begin the list anew */
    JIRA_WRONG,   /* another 4xx: this request will never be answered */
    JIRA_BROKEN,  /* no trust, too large, or no JSON though it was asked for again */
    JIRA_CANCELLED,
    JIRA_FAULTS
};

struct jira_problem {
    enum jira_fault fault;
    int status;      /* of the call's last answer; 0: none */
    int64_t wait_ms; /* of JIRA_WAIT */
};

struct jira_tokens {
    char access[JIRA_TOKEN_BYTES], refresh[JIRA_TOKEN_BYTES]; /* "": none */
    instant access_until;
    int64_t generation; /* counts refreshes */
};

/* How often a site is asked, and its OAuth tokens, shared by all who ask it. Functions may be NULL: then nothing holds calls
 * back but what the site answers, and tokens live as long as the struct jira_api. */
struct jira_budget {
    void *context;
    /* Takes a turn: *wait_ms 0 is one, else ask again then; *why says what is in the way, in a word. */
    enum error_code (*take)(void *context, const char *endpoint, int64_t *wait_ms, const char **why, struct error *error);
    /* Hears of each answer, with status 0 and no headers where none came. */
    enum error_code (*note)(void *context, const char *endpoint, const struct http_answer *answer, struct error *error);
    /* Locks the site's tokens and gives them; first is the configured refresh token, for a site that has none yet. */
    enum error_code (*hold_tokens)(void *context, const char *first, struct jira_tokens *tokens, struct error *error);
    /* Keeps what a refresh brought (expires_s from now) and unlocks; NULL: only unlocks. */
    enum error_code (*write_tokens)(void *context, const struct jira_tokens *tokens, int64_t expires_s, struct error *error);
};

struct jira_api;

struct jira_api_options {
    const struct source *source; /* borrowed for the life of the api, as is budget's context */
    const struct config *config; /* ca_file, http_*; read by jira_api_new alone */
    const char *root;            /* where the REST of a git host is; NULL: where the source says that Jira's is */
    struct jira_budget budget;
    int64_t patience_ms;          /* all waits of one call together; 0: none, a job is given back instead */
    const atomic_bool *cancelled; /* NULL: never */
};

/* One request. Everything is borrowed for the call. */
struct jira_call {
    const char *endpoint; /* its name in budgets: "search" */
    const char *path;     /* below the site, with its parts escaped: "/rest/api/3/myself" */
    const char *query;    /* "a=b&c=d", escaped; NULL: none */
    const char *method;   /* NULL: GET, or POST where there is a body */
    const char *body;     /* JSON; NULL: none */
    const char *member;   /* where the answer's items stand; NULL: the answer is one object */
    bool is_once;         /* it changes something: not sent again unless the site said that it did nothing */
};

/* Reads the site's credentials. ERROR_CONFIG says what the source lacks, ERROR_SECRET_UNAVAILABLE which secret can't be had.
 * Free with jira_api_free, which wipes. */
enum error_code jira_api_new(const struct jira_api_options *options, struct jira_api **api, struct error *error) MUST_CHECK;
void jira_api_free(struct jira_api *api);
enum jira_dialect jira_api_dialect(const struct jira_api *api);
/* 2 or 3 */
int jira_api_version(const struct jira_api *api);
/* Requests that were sent so far, those for tokens included. */
int64_t jira_api_requests(const struct jira_api *api);
/* Calls, and reads the answer into page. On failure *problem says what it means (and is JIRA_FINE on ERROR_NONE):
 * ERROR_BUSY for JIRA_WAIT, ERROR_CONFIG for JIRA_REFUSED, ERROR_INPUT for JIRA_ABSENT, _STALE and _WRONG, ERROR_IO for the others, but
 * ERROR_BODY_TOO_LARGE for an answer past the limit;
 * budget's own errors as they are. */
enum error_code jira_api_call(struct jira_api *api, const struct jira_call *call, struct jira_page *page,
                              struct jira_problem *problem, struct error *error) MUST_CHECK;
/* A part of a path or a query, escaped; malloc'ed, the caller frees. NULL when memory is short. */
char *jira_api_escape(const char *text) MUST_CHECK;
/* "fine", "wait", "refused", "absent", "stale", "wrong", "broken", "cancelled" */
const char *jira_fault_name(enum jira_fault fault);

#endif
