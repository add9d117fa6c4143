/* From a FastCGI connection to an owned, bounded request: method, path, the headers we read, the body. */
#ifndef JIRASYNC_REQUEST_H
#define JIRASYNC_REQUEST_H

#include "error.h"
#include "signature.h"
#include "source.h"

#include <fcgiapp.h>
#include <stdbool.h>
#include <stddef.h>

/* Borrowed from the FastCGI parameters: valid until FCGX_Finish_r. NULL where the sender gave none. */
struct request {
    char **parameters;
    const char *method, *path, *content_type;
    bool has_length;
    size_t length; /* of the body, in bytes; SIZE_MAX for a number beyond all limits */
};

/* The headers of one kind of source. */
struct request_headers {
    const char *signature;        /* what proves the sender: a signature, or GitLab's token */
    bool several_signatures;      /* in several headers, or joined with a comma: nobody could say which counts */
    struct signature_claim claim; /* GitLab's other proof; all NULL for other kinds, or when one stands there several times */
    const char *delivery_id, *event;
    int attempt; /* the sender's retry count, else 0 */
};

/* Takes what is needed out of the parameters. False when the peer sent no usable request (it went away). */
bool request_parse(struct request *request, char **parameters) MUST_CHECK;
/* The headers that the kind's senders use; others are not looked at. */
void request_headers(const struct request *request, enum source_kind kind, struct request_headers *headers);
/* Reads the whole body into *body (malloc'ed, NUL-terminated, the caller frees). ERROR_SHORT_READ gets no answer. */
enum error_code request_read(const struct request *request, FCGX_Stream *in, unsigned char **body,
                             struct error *error) MUST_CHECK;

#endif
