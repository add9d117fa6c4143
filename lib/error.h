/* Error values: filled by whoever detects the fault, logged once at the boundary.
 *
 * A function that can fail returns enum error_code (ERROR_NONE is 0) or bool, and fills the struct error that its
 * caller owns. Messages are short, lower case, without a full stop, and never hold a body or a secret.
 */
#ifndef JIRASYNC_ERROR_H
#define JIRASYNC_ERROR_H

#include <stdbool.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

enum error_code {
    ERROR_NONE = 0,
    ERROR_INVALID_SIGNATURE,  /* sender: missing, malformed or wrong; one answer for all three */
    ERROR_SECRET_UNAVAILABLE, /* ours: the source's secret can't be had yet */
    ERROR_UNKNOWN_SOURCE,     /* sender: no such path or source */
    ERROR_METHOD_NOT_ALLOWED, /* sender */
    ERROR_LENGTH_REQUIRED,    /* sender */
    ERROR_BODY_TOO_LARGE,     /* sender */
    ERROR_UNSUPPORTED_MEDIA,  /* sender: signed, but form-encoded or multipart; quarantined */
    ERROR_INVALID_JSON,       /* sender: signed, not well-formed JSON; quarantined */
    ERROR_NOT_AN_OBJECT,      /* sender: signed, JSON but no object; quarantined */
    ERROR_EMPTY_BODY,         /* sender: signed, "exclude body" is set; quarantined */
    ERROR_NO_IDENTITY,        /* sender: signed, no usable issue id; quarantined */
    ERROR_WRONG_TYPE,         /* sender: signed, a member has another type than documented; quarantined */
    ERROR_TOO_COMPLEX,        /* sender: signed, more nodes or depth than allowed; quarantined */
    ERROR_ID_CONFLICT,        /* sender: known delivery id with another body; quarantined */
    ERROR_NOT_STORABLE,       /* sender: PostgreSQL refused the row (class 22, 23, 54); quarantined */
    ERROR_TOO_SLOW,           /* ours: not stored in its time; quarantined, and a job stores it */
    ERROR_BUSY,               /* ours: too many bytes in flight */
    ERROR_DATABASE_AWAY,      /* ours: connection lost, shutting down, read only, out of time */
    ERROR_DATABASE_CONFLICT,  /* ours: serialization failure, deadlock, lock timeout: the same again */
    ERROR_DATABASE_MISUSE,    /* ours: a bug or a missing privilege (class 42, 28, 3F) */
    ERROR_SHORT_READ,         /* sender went away in mid-body: no answer */
    ERROR_CONFIG,             /* operator: unusable configuration */
    ERROR_IO,                 /* surroundings: a file or a program could not be used */
    ERROR_NO_MEMORY,          /* surroundings */
    ERROR_INPUT,              /* operator: unusable input of a command */
    ERROR_USAGE,              /* operator: an option that a program has not got, or one without its value */
    ERROR_CODES
};

struct error {
    enum error_code code;
    char sqlstate[6];  /* empty when PostgreSQL was not involved */
    char message[512]; /* what happened, with what to do about it where the operator can */
    char hint[320];    /* PostgreSQL's, cut where it is longer: what may help; empty for none */
};

/* The stable name of a code as it stands in answers and logs ("invalid_signature"). */
const char *error_name(enum error_code code);
/* The HTTP status that a code is answered with. */
int error_http_status(enum error_code code);
/* True when a request that failed so is kept in quarantine. */
bool error_is_quarantined(enum error_code code);
/* True when the same request may succeed later (the answer carries Retry-After). */
bool error_is_retryable(enum error_code code);
/* Fills *error (which may be NULL) and returns code, so that `return error_set(...)` reads well. */
enum error_code error_set(struct error *error, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);
/* Class of an SQLSTATE after DESIGN "Errors": NOT_STORABLE, CONFLICT, AWAY or MISUSE. NULL or "" is AWAY. */
enum error_code error_code_of_sqlstate(const char *sqlstate);

#endif
