/* HTTP requests to the services that are configured: Jira sites and git hosts.
 *
 * One struct http belongs to one thread and keeps its connections alive between requests; it runs one request, or several
 * at once. Bodies are streamed: memory does not grow with an answer. TLS is verified, HTTP/2 and gzip are used where they
 * are offered, a proxy comes from the environment (https_proxy, no_proxy).
 *
 * A request goes to the configured origin (scheme, host and port) and nowhere else: neither a link in an answer nor a
 * redirect can lead it, or its credentials, to another one. Plain http is used only where that origin itself says http.
 *
 * It retries nothing and knows no service's rules: what to do about a status or a fault is the caller's part.
 */
#ifndef JIRASYNC_HTTP_H
#define JIRASYNC_HTTP_H

#include "error.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_REDIRECTS_MAX 5
#define HTTP_EXCERPT_BYTES 1024 /* of a body that came with another status than 2xx */
#define HTTP_HEADERS_BYTES 8192 /* of all headers that are kept */

struct http;

/* Everything is copied but cancelled. */
struct http_options {
    const char *user_agent;
    const char *ca_file;          /* authorities that are trusted; NULL or "": the system's */
    int64_t connect_timeout_ms;   /* for a connection, its TLS included */
    int64_t total_timeout_ms;     /* for a whole request, its answer included */
    size_t at_once;               /* most requests under way; at least 1 */
    const atomic_bool *cancelled; /* once true, what is under way ends within a tenth of a second; NULL: never */
};

/* Headers of an answer that are kept. */
enum http_header {
    HTTP_CONTENT_TYPE,
    HTTP_DATE,
    HTTP_ETAG,
    HTTP_LINK,
    HTTP_LOCATION,
    HTTP_NEXT_PAGE,       /* X-Next-Page */
    HTTP_RETRY_AFTER,     /* seconds or an HTTP date, as it stands */
    HTTP_LIMIT,           /* X-RateLimit-Limit, or RateLimit-Limit */
    HTTP_LIMIT_REMAINING, /* X-RateLimit-Remaining, or RateLimit-Remaining */
    HTTP_LIMIT_RESET,     /* X-RateLimit-Reset, or RateLimit-Reset: in whatever form the service has */
    HTTP_LIMIT_NEAR,      /* X-RateLimit-NearLimit */
    HTTP_LIMIT_INTERVAL,  /* X-RateLimit-Interval-Seconds */
    HTTP_LIMIT_FILL_RATE, /* X-RateLimit-FillRate */
    HTTP_LIMIT_RESOURCE,  /* X-RateLimit-Resource */
    HTTP_LIMIT_REASON,    /* RateLimit-Reason */
    HTTP_POINTS,          /* RateLimit: quotas of points, "NAME";r=LEFT;t=SECONDS */
    HTTP_POINTS_BETA,     /* Beta-RateLimit: the same, informational */
    HTTP_LOGIN_REASON,    /* X-Seraph-LoginReason: what Jira made of the credentials */
    HTTP_HEADERS
};

/* How a request can fail without an answer that is whole. */
enum http_fault {
    HTTP_ANSWERED,  /* no fault: the answer is whole, whatever its status */
    HTTP_CONNECT,   /* no connection: name, route, refusal, proxy, a broken TLS handshake */
    HTTP_TIMEOUT,   /* one of the two limits */
    HTTP_TLS,       /* a certificate that is not trusted */
    HTTP_CUT,       /* the connection ended in mid-answer, or what came was no HTTP */
    HTTP_TOO_LARGE, /* the body passed the limit */
    HTTP_STOPPED,   /* take returned false */
    HTTP_CANCELLED,
    HTTP_REDIRECTED, /* to another origin, or in circles */
    HTTP_OTHER,
    HTTP_FAULTS
};

/* Borrowed until the call returns. */
struct http_request {
    const char *origin;         /* the configured URL, "https://host:8443/base"; its path does not matter here */
    const char *url;            /* whole */
    const char *method;         /* NULL: GET, or POST where there is a body */
    const char *const *headers; /* "Name: value", ended by NULL; may be NULL. Never logged, never in messages */
    const char *body;           /* NULL: none */
    size_t body_length;
    size_t limit; /* most bytes of the answer's body, uncompressed */
    /* Gets the body of a 2xx answer, piece by piece; false ends the request. NULL: the body is dropped. */
    bool (*take)(void *context, const char *bytes, size_t length);
    void *context;
};

struct http_answer {
    enum http_fault fault;
    int status;                       /* 0 when none came; it may have come before a fault */
    char problem[256];                /* what a fault was, in words */
    char excerpt[HTTP_EXCERPT_BYTES]; /* of a body that came with another status: one line, cut where it is longer */
    size_t length;                    /* bytes of the body, uncompressed */
    char headers[HTTP_HEADERS_BYTES]; /* read with http_header */
    uint16_t header_at[HTTP_HEADERS]; /* 0: not there */
    uint16_t headers_length;
};

/* Prepares; connects with the first request. ERROR_IO when libcurl can't be used or ca_file can't be read, or
 * ERROR_NO_MEMORY. Free with http_free. */
enum error_code http_new(const struct http_options *options, struct http **http, struct error *error) MUST_CHECK;
void http_free(struct http *http);
/* Runs count requests, at_once at a time, until all have ended; answers[i] answers requests[i] and is set in any case.
 * The calls of take for one request keep their order; those for several interleave. ERROR_INPUT for a URL outside of its
 * origin or a header that holds a line end, ERROR_NO_MEMORY: then none was sent. */
enum error_code http_run(struct http *http, const struct http_request *requests, struct http_answer *answers, size_t count,
                         struct error *error) MUST_CHECK;
/* Runs one request. A fault is ERROR_IO with its problem, ERROR_BODY_TOO_LARGE past the limit; any status is ERROR_NONE. */
enum error_code http_fetch(struct http *http, const struct http_request *request, struct http_answer *answer,
                           struct error *error) MUST_CHECK;
/* A header of an answer; NULL when it was not there. Of a header that came twice the last one. */
const char *http_header(const struct http_answer *answer, enum http_header header);
/* Milliseconds that Retry-After asks to wait (a date is compared with the answer's own Date, else with now, both epoch
 * microseconds); never negative; -1 when it is not there or makes no sense. */
int64_t http_retry_after_ms(const struct http_answer *answer, int64_t now);
/* The answer's own Date, in epoch microseconds; false when it is not there or makes no sense. */
bool http_date(const struct http_answer *answer, int64_t *at) MUST_CHECK;
/* "answered", "connect", "timeout", "tls", "cut", "too_large", "stopped", "cancelled", "redirected", "other" */
const char *http_fault_name(enum http_fault fault);
/* True when the same request may be answered later: neither trust nor size will change by waiting. */
bool http_fault_is_retryable(enum http_fault fault);
/* True when url is a http or https URL of the origin's scheme, host and port, without a user. */
bool http_is_within(const char *origin, const char *url) MUST_CHECK;

/* A body in memory, for pages of bounded size: take = http_body_take, context = the body. */
struct http_body {
    char *bytes; /* NUL-terminated; NULL while empty and new */
    size_t length, size;
};

bool http_body_take(void *context, const char *bytes, size_t length);
/* Empties it and keeps its memory. */
void http_body_clear(struct http_body *body);
void http_body_free(struct http_body *body);

#endif
