/* Requests to the REST of one Jira site or git host: how often, as whom, and what an answer means. A call knows nothing of what
 * it asks for; lib/jira_*.h and lib/git_host_api.h do.
 *
 * A Jira site is Cloud or Data Center, with Basic user:token, a personal access token, or OAuth 2.0. A call takes its turn from
 * the site's budget, waits where the site asks to as long as patience lasts, renews an access token that has ended, and tries
 * again what may go well later, unless a call is to be sent once. One struct belongs to one thread. normalize_init has to have
 * been called in the process.
 *
 * What is never logged or put into a message: headers, tokens, bodies of answers to the token's URL.
 */
#ifndef JIRASYNC_REST_H
#define JIRASYNC_REST_H

#include "config.h"
#include "error.h"
#include "http.h"
#include "instant.h"
#include "rest_page.h"
#include "source.h"

#include <stdatomic.h>
#include <stdint.h>

#define REST_TOKEN_BYTES 8192 /* an access token is a signed document */

enum jira_dialect { JIRA_CLOUD,
                    JIRA_DATA_CENTER };

/* What a failed call means for the caller. */
enum rest_fault {
    REST_FINE,
    REST_WAIT,    /* the site limits or is away: the same again after wait_ms */
    REST_REFUSED, /* 401, 403, or OAuth grants nothing: an operator has to look */
    REST_ABSENT,  /* 404, 410: what was asked for is not there, or not for this user */
    REST_STALE,   /* the place in a list has ended: begin the list anew */
    REST_WRONG,   /* another 4xx: this request will never be answered */
    REST_BROKEN,  /* no trust, too large, or no JSON though it was asked for again */
    REST_CANCELLED,
    REST_FAULTS
};

struct rest_problem {
    enum rest_fault fault;
    int status;      /* of the call's last answer; 0: none */
    int64_t wait_ms; /* of REST_WAIT */
};

struct rest_tokens {
    char access[REST_TOKEN_BYTES], refresh[REST_TOKEN_BYTES]; /* "": none */
    instant access_until;
    int64_t generation; /* counts refreshes */
};

/* How often a site is asked, and its OAuth tokens, shared by all who ask it. Functions may be NULL: then nothing holds calls
 * back but what the site answers, and tokens live as long as the struct rest. */
struct rest_budget {
    void *context;
    /* Takes a turn: *wait_ms 0 is one, else ask again then; *why says what is in the way, in a word. */
    enum error_code (*take)(void *context, const char *endpoint, int64_t *wait_ms, const char **why, struct error *error);
    /* Hears of each answer, with status 0 and no headers where none came. */
    enum error_code (*note)(void *context, const char *endpoint, const struct http_answer *answer, struct error *error);
    /* Locks the site's tokens and gives them; first is the configured refresh token, for a site that has none yet. */
    enum error_code (*hold_tokens)(void *context, const char *first, struct rest_tokens *tokens, struct error *error);
    /* Keeps what a refresh brought (expires_s from now) and unlocks; NULL: only unlocks. */
    enum error_code (*write_tokens)(void *context, const struct rest_tokens *tokens, int64_t expires_s, struct error *error);
};

struct rest;

struct rest_options {
    const struct source *source; /* borrowed for the life of the api, as is budget's context */
    const struct config *config; /* ca_file, http_*; read by rest_new alone */
    const char *root;            /* where the REST of a git host is; NULL: where the source says that Jira's is */
    struct rest_budget budget;
    int64_t patience_ms;          /* all waits of one call together; 0: none, a job is given back instead */
    const atomic_bool *cancelled; /* NULL: never */
};

/* One request. Everything is borrowed for the call. */
struct rest_call {
    const char *endpoint; /* its name in budgets: "search" */
    const char *path;     /* below the site, with its parts escaped: "/rest/api/3/myself" */
    const char *query;    /* "a=b&c=d", escaped; NULL: none */
    const char *method;   /* NULL: GET, or POST where there is a body */
    const char *body;     /* JSON; NULL: none */
    const char *member;   /* where the answer's items stand; NULL: the answer is one object */
    bool is_once;         /* it changes something: not sent again unless the site said that it did nothing */
};

/* Reads the site's credentials. ERROR_CONFIG says what the source lacks, ERROR_SECRET_UNAVAILABLE which secret can't be had.
 * Free with rest_free, which wipes. */
enum error_code rest_new(const struct rest_options *options, struct rest **api, struct error *error) MUST_CHECK;
void rest_free(struct rest *api);
enum jira_dialect rest_dialect(const struct rest *api);
/* 2 or 3 */
int rest_version(const struct rest *api);
/* Requests that were sent so far, those for tokens included. */
int64_t rest_requests(const struct rest *api);
/* Calls, and reads the answer into page. On failure *problem says what it means (and is REST_FINE on ERROR_NONE):
 * ERROR_BUSY for REST_WAIT, ERROR_CONFIG for REST_REFUSED, ERROR_INPUT for REST_ABSENT, _STALE and _WRONG, ERROR_IO for the others, but
 * ERROR_BODY_TOO_LARGE for an answer past the limit;
 * budget's own errors as they are. */
enum error_code rest_call(struct rest *api, const struct rest_call *call, struct rest_page *page,
                          struct rest_problem *problem, struct error *error) MUST_CHECK;
/* A part of a path or a query, escaped; malloc'ed, the caller frees. NULL when memory is short. */
char *rest_escape(const char *text) MUST_CHECK;
/* "fine", "wait", "refused", "absent", "stale", "wrong", "broken", "cancelled" */
const char *rest_fault_name(enum rest_fault fault);

#endif
