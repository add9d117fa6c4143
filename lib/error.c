/* Names, HTTP statuses and classes of errors, in one table. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct error_row {
    const char *name;
    int http_status;
    bool quarantined;
    bool retryable;
};

static const struct error_row rows[ERROR_CODES] = {
    [ERROR_NONE] = {"ok", 200, false, false},
    [ERROR_INVALID_SIGNATURE] = {"invalid_signature", 401, false, false},
    [ERROR_SECRET_UNAVAILABLE] = {"secret_unavailable", 503, false, true},
    [ERROR_UNKNOWN_SOURCE] = {"unknown_source", 404, false, false},
    [ERROR_METHOD_NOT_ALLOWED] = {"method_not_allowed", 405, false, false},
    [ERROR_LENGTH_REQUIRED] = {"length_required", 411, false, false},
    [ERROR_BODY_TOO_LARGE] = {"body_too_large", 413, false, false},
    [ERROR_UNSUPPORTED_MEDIA] = {"unsupported_media_type", 415, true, false},
    [ERROR_INVALID_JSON] = {"invalid_json", 422, true, false},
    [ERROR_NOT_AN_OBJECT] = {"not_an_object", 422, true, false},
    [ERROR_EMPTY_BODY] = {"empty_body", 422, true, false},
    [ERROR_NO_IDENTITY] = {"no_identity", 422, true, false},
    [ERROR_WRONG_TYPE] = {"wrong_type", 422, true, false},
    [ERROR_TOO_COMPLEX] = {"too_complex", 422, true, false},
    [ERROR_ID_CONFLICT] = {"id_conflict", 422, true, false},
    [ERROR_NOT_STORABLE] = {"not_storable", 422, true, false},
    [ERROR_TOO_SLOW] = {"too_slow", 422, true, false},
    [ERROR_BUSY] = {"busy", 503, false, true},
    [ERROR_DATABASE_AWAY] = {"database_unavailable", 503, false, true},
    [ERROR_DATABASE_CONFLICT] = {"database_conflict", 503, false, true},
    [ERROR_DATABASE_MISUSE] = {"database_misuse", 503, false, true},
    [ERROR_SHORT_READ] = {"short_read", 400, false, false},
    [ERROR_CONFIG] = {"config", 500, false, false},
    [ERROR_IO] = {"io", 503, false, true},
    [ERROR_NO_MEMORY] = {"no_memory", 503, false, true},
    [ERROR_INPUT] = {"input", 400, false, false},
    [ERROR_USAGE] = {"usage", 400, false, false},
};

static const struct error_row *row_of(enum error_code code)
{
    return &rows[(unsigned)code < ERROR_CODES ? code : ERROR_IO];
}

const char *error_name(enum error_code code)
{
    return row_of(code)->name;
}

int error_http_status(enum error_code code)
{
    return row_of(code)->http_status;
}

bool error_is_quarantined(enum error_code code)
{
    return row_of(code)->quarantined;
}

bool error_is_retryable(enum error_code code)
{
    return row_of(code)->retryable;
}

enum error_code error_set(struct error *error, enum error_code code, const char *format, ...)
{
    va_list arguments;

    if (error == NULL)
        return code;
    error->code = code;
    error->sqlstate[0] = error->hint[0] = '\0';
    va_start(arguments, format);
    (void)vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return code;
}

/* Prefixes of SQLSTATEs, the longer ones first. */
static const struct {
    const char *prefix;
    enum error_code code;
} classes[] = {
    {"40001", ERROR_DATABASE_CONFLICT},
    {"40P01", ERROR_DATABASE_CONFLICT},
    {"55P03", ERROR_DATABASE_CONFLICT},
    {"57014", ERROR_DATABASE_AWAY},
    {"25006", ERROR_DATABASE_AWAY},
    {"57P", ERROR_DATABASE_AWAY},
    {"08", ERROR_DATABASE_AWAY},
    {"53", ERROR_DATABASE_AWAY},
    {"22", ERROR_NOT_STORABLE},
    {"23", ERROR_NOT_STORABLE},
    {"54", ERROR_NOT_STORABLE},
};

enum error_code error_code_of_sqlstate(const char *sqlstate)
{
    if (sqlstate == NULL || sqlstate[0] == '\0')
        return ERROR_DATABASE_AWAY;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strncmp(sqlstate, classes[i].prefix, strlen(classes[i].prefix)) == 0)
            return classes[i].code;
    return ERROR_DATABASE_MISUSE;
}
