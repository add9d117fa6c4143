/* Sends signed deliveries as Jira Cloud and git hosts do: over verified HTTPS, with their headers, one after another. */
#ifndef JIRASYNC_SEND_H
#define JIRASYNC_SEND_H

#include "error.h"
#include "secret.h"
#include "source.h"

#include <stddef.h>
#include <stdint.h>

#define SEND_CONNECT_TIMEOUT_MS 5000 /* Jira's own patience: for the connection ... */
#define SEND_TIMEOUT_MS 20000        /* ... and for the whole delivery, its answer included */
#define SEND_BODY_MAX_BYTES ((size_t)1 << 30)
#define SEND_ID_BYTES 24
#define SEND_ANSWER_BYTES 2048

struct send_options {
    const char *url;     /* of the webhook; https alone */
    const char *ca_file; /* authorities that are trusted; NULL: the system's */
    const char *user_agent;
    const struct secret *secret; /* available */
    enum source_kind kind;       /* whose headers are sent */
    const char *event;           /* of a git host's header: 1 to STORE_ID_BYTES printable ASCII characters; NULL: no header */
};

struct send_answer {
    int status;
    char text[SEND_ANSWER_BYTES]; /* the answer's body on one line, cut where it is longer */
};

struct send;

/* Prepares a connection that serves all deliveries; connects with the first. Copies what options name but the secret,
 * which is borrowed. Free with send_free. ERROR_INPUT for a URL that is not https, ERROR_IO, or _NO_MEMORY. */
enum error_code send_new(const struct send_options *options, struct send **send, struct error *error) MUST_CHECK;
void send_free(struct send *send);
/* Sends one delivery, of GitLab signed with the secret as its signing token; *answer is set on ERROR_NONE, whatever its
 * status. ERROR_IO says why there is no answer, ERROR_INPUT that id can't stand in a header. */
enum error_code send_delivery(struct send *send, const unsigned char *body, size_t length, const char *id,
                              struct send_answer *answer, struct error *error) MUST_CHECK;
/* Writes a new delivery id, a number as Jira's are. Returns text. */
const char *send_make_id(char text[SEND_ID_BYTES]);
/* The webhook's URL at a server ("https://host:8443"): that of the Jira site `default` has no slug. malloc'ed, the caller
 * frees; NULL when memory is short. */
char *send_webhook_url(const char *server, enum source_kind kind, const char *source) MUST_CHECK;
/* Reads a file descriptor to its end; *body is malloc'ed, the caller frees. ERROR_IO, _INPUT past
 * SEND_BODY_MAX_BYTES, or _NO_MEMORY. */
enum error_code send_read_body(int file, unsigned char **body, size_t *length, struct error *error) MUST_CHECK;

#endif
