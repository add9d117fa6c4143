/* Answers: status line, headers, and a JSON body made from an outcome or an error value. */
#ifndef JIRASYNC_RESPONSE_H
#define JIRASYNC_RESPONSE_H

#include "error.h"
#include "instant.h"
#include "store.h"

#include <fcgiapp.h>

/* 200 with {"status":"ok","outcome":...,"event_id":...,"received_at":...}. */
void response_stored(FCGX_Stream *out, enum store_outcome outcome, const char *event_id, instant received_at);
/* The status of error.code with {"error":...,"detail":...}; "outcome":"quarantined" and the event_id where it was kept;
 * Retry-After where it may succeed later; Allow with 405 (allow names the methods, else NULL). */
void response_error(FCGX_Stream *out, const struct error *error, const char *event_id, int64_t retry_after_s,
                    const char *allow);
/* Any other body, with its status ("200 OK") and type. length in bytes; head_only leaves the body out. */
void response_text(FCGX_Stream *out, const char *status, const char *type, const char *text, bool head_only);

#endif
