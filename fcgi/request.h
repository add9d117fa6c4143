/* From a FastCGI connection to an owned, bounded request: method, path, the headers we read, the body. */
#ifndef JIRASYNC_REQUEST_H
#define JIRASYNC_REQUEST_H

#include "error.h"

#include <fcgiapp.h>
#include <stdbool.h>
#include <stddef.h>

/* Borrowed from the FastCGI parameters: valid until FCGX_Finish_r. NULL where the sender gave none. */
struct request {
    const char *method, *path, *content_type;
    const char *signature;            /* X-Hub-Signature, or one of Jira's aliases */
    const char *signature_256;        /* X-Hub-Signature-256 */
    const char *gitlab_token;
    const char *event_header;         /* X-GitHub-Event, X-Event-Key, X-Gitlab-Event */
    const char *delivery_header;      /* the first of the id headers that the kinds use */
    int attempt;                      /* X-Atlassian-Webhook-Retry or X-Attempt-Number, else 0 */
    bool two_signatures;              /* several signature headers, or a comma in one */
    bool has_length;
    size_t length;                    /* of the body, in bytes */
};

/* Takes what is needed out of the parameters. False when the peer sent no usable request (it went away). */
bool request_parse(struct request *request, char **parameters) MUST_CHECK;
/* Reads the whole body into *body (malloc'ed, NUL-terminated, the caller frees). ERROR_SHORT_READ gets no answer. */
enum error_code request_read(const struct request *request, FCGX_Stream *in, unsigned char **body,
                             struct error *error) MUST_CHECK;

#endif
