/* One JSON object a line, to stderr, a file or syslog. What is logged is listed field by field, so that a body, a
 * secret or a token can't slip in. Client bytes are escaped (control characters, bad UTF-8). Thread-safe; one write(2)
 * a line. The only module besides stop flags with process-wide state: the sink, the level and the run_id.
 */
#ifndef JIRASYNC_LOG_H
#define JIRASYNC_LOG_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG,
                 LOG_LEVEL_INFO,
                 LOG_LEVEL_WARNING,
                 LOG_LEVEL_ERROR };

/* The context of a line: absent members (NULL, -1) are left out. All strings are borrowed for the call. */
struct log_fields {
    const char *event_id, *source, *event, *issue_key, *outcome, *error, *sqlstate, *secret_ref, *kind, *detail;
    int64_t duration_us, bytes, attempt, count; /* duration is printed as duration_ms with three decimals */
    int status;
};
#define LOG_FIELDS(...) \
    (&(struct log_fields){.duration_us = -1, .bytes = -1, .attempt = -1, .count = -1, .status = -1, __VA_ARGS__})

/* Opens the sink: path NULL or "" means stderr, or syslog when stderr is /dev/null or closed; "syslog" means syslog.
 * run_id (a copy is kept; NULL: as before) stands in every line; program names the process ("receiver"). Call again to reopen. */
enum error_code log_open(const char *program, const char *path, enum log_level level, const char *run_id,
                         struct error *error) MUST_CHECK;
void log_line(enum log_level level, const struct log_fields *fields, const char *format, ...) PRINTF_LIKE(3, 4);
/* Logs an error value with its name and SQLSTATE. */
void log_error(const struct log_fields *fields, const struct error *error);
bool log_level_parse(const char *name, enum log_level *level) MUST_CHECK;
/* A fresh id of 32 lower-case hex digits (libsodium randomness). */
void log_new_run_id(char run_id[33]);

#endif
