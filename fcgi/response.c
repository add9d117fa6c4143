/* Answers in JSON. */
#include "response.h"

#include "json_write.h"

#include <string.h>

#define BODY_BYTES 4096

static const char *status_line(int status)
{
    static const struct {
        int status;
        const char *line;
    } lines[] = {
        {200, "200 OK"},
        {400, "400 Bad Request"},
        {401, "401 Unauthorized"},
        {404, "404 Not Found"},
        {405, "405 Method Not Allowed"},
        {411, "411 Length Required"},
        {413, "413 Payload Too Large"},
        {415, "415 Unsupported Media Type"},
        {422, "422 Unprocessable Entity"},
        {500, "500 Internal Server Error"},
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (lines[i].status == status)
            return lines[i].line;
    return "503 Service Unavailable";
}

void response_stored(FCGX_Stream *out, enum store_outcome outcome, const char *event_id, instant received_at)
{
    char text[BODY_BYTES], at[INSTANT_TEXT_BYTES];
    struct json_writer json;

    json_write_init(&json, text, sizeof text);
    json_write_raw(&json, "{\"status\":\"ok\",\"outcome\":\"");
    json_write_raw(&json, store_outcome_name(outcome));
    json_write_raw(&json, "\",\"event_id\":");
    json_write_string(&json, event_id, 255);
    json_write_raw(&json, ",\"received_at\":\"");
    json_write_raw(&json, instant_format(received_at, 0, at));
    json_write_raw(&json, "\"}\n");
    response_text(out, status_line(200), "application/json", text, false);
}

/* What the sender may be told: never which part of a signature was wrong, never what the database said. */
static const char *public_detail(const struct error *error)
{
    switch (error->code) {
    case ERROR_INVALID_SIGNATURE:
        return "invalid signature";
    case ERROR_DATABASE_AWAY:
    case ERROR_DATABASE_CONFLICT:
    case ERROR_DATABASE_MISUSE:
        return "not stored, send again";
    case ERROR_NOT_STORABLE:
        return "the database refused the row; the bytes are kept";
    case ERROR_TOO_SLOW:
        return "not stored in its time; the bytes are kept, and a job stores them";
    default: /* what the database said may quote the body */
        return error->sqlstate[0] == '\0' ? error->message : "the database does not read it as JSON; the bytes are kept";
    }
}

void response_error(FCGX_Stream *out, const struct error *error, const char *event_id, int64_t retry_after_s,
                    const char *allow)
{
    char text[BODY_BYTES];
    struct json_writer json;

    json_write_init(&json, text, sizeof text);
    json_write_raw(&json, "{\"error\":\"");
    json_write_raw(&json, error_name(error->code));
    json_write_raw(&json, "\",\"detail\":");
    json_write_string(&json, public_detail(error), 512);
    if (event_id != NULL && error_is_quarantined(error->code)) {
        json_write_raw(&json, ",\"outcome\":\"quarantined\",\"event_id\":");
        json_write_string(&json, event_id, 255);
    }
    json_write_raw(&json, "}\n");
    if (allow != NULL)
        (void)FCGX_FPrintF(out, "Allow: %s\r\n", allow);
    if (error_is_retryable(error->code))
        (void)FCGX_FPrintF(out, "Retry-After: %d\r\n", (int)retry_after_s);
    response_text(out, status_line(error_http_status(error->code)), "application/json", text, false);
}

void response_text(FCGX_Stream *out, const char *status, const char *type, const char *text, bool head_only)
{
    size_t length = strlen(text);

    (void)FCGX_FPrintF(out, "Status: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nCache-Control: no-store\r\n\r\n",
                       status, type, (int)length);
    if (!head_only)
        (void)FCGX_PutStr(text, (int)length, out);
}
