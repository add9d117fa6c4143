/* FastCGI parameters and body into struct request. */
#include "request.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NAMES 4 /* most headers of one meaning, and NULL */

/* Where each kind's senders put what; the first name that has a value wins. */
static const struct {
    const char *signature[NAMES], *delivery_id[NAMES], *event, *attempt;
} names[SOURCE_KINDS] = {
    [SOURCE_JIRA] = {{"HTTP_X_HUB_SIGNATURE", "HTTP_X_ATLASSIAN_WEBHOOK_SIGNATURE", "HTTP_X_ATLASSIAN_SIGNATURE"},
                     {"HTTP_X_ATLASSIAN_WEBHOOK_IDENTIFIER"},
                     NULL,
                     "HTTP_X_ATLASSIAN_WEBHOOK_RETRY"},
    [SOURCE_GITHUB] = {{"HTTP_X_HUB_SIGNATURE_256"}, {"HTTP_X_GITHUB_DELIVERY"}, "HTTP_X_GITHUB_EVENT", NULL},
    [SOURCE_BITBUCKET] = {{"HTTP_X_HUB_SIGNATURE"}, {"HTTP_X_REQUEST_UUID"}, "HTTP_X_EVENT_KEY", "HTTP_X_ATTEMPT_NUMBER"},
    [SOURCE_BITBUCKET_SERVER] = {{"HTTP_X_HUB_SIGNATURE"}, {"HTTP_X_REQUEST_ID"}, "HTTP_X_EVENT_KEY", NULL},
    [SOURCE_GITLAB] = {{"HTTP_X_GITLAB_TOKEN"},
                       {"HTTP_IDEMPOTENCY_KEY", "HTTP_WEBHOOK_ID", "HTTP_X_GITLAB_EVENT_UUID"},
                       "HTTP_X_GITLAB_EVENT",
                       NULL},
};

/* The value of a parameter; *times counts how often it stands there. Empty values are nginx's way to say none. */
static const char *parameter(char **parameters, const char *name, int *times)
{
    size_t length = strlen(name);
    const char *value = NULL;

    for (char **at = parameters; *at != NULL; at++) {
        if (strncmp(*at, name, length) != 0 || (*at)[length] != '=' || (*at)[length + 1] == '\0')
            continue;
        if (value == NULL)
            value = *at + length + 1;
        if (times != NULL)
            (*times)++;
    }
    return value;
}

static const char *first_of(char **parameters, const char *const wanted[NAMES], int *times)
{
    const char *first = NULL;

    for (size_t i = 0; wanted[i] != NULL; i++) {
        const char *value = parameter(parameters, wanted[i], times);

        if (first == NULL)
            first = value;
    }
    return first;
}

/* A length that is no number counts as none: 411; one beyond all numbers is too long: 413. */
static void parse_length(struct request *request, const char *text)
{
    unsigned long long length;

    if (text == NULL || text[strspn(text, "0123456789")] != '\0')
        return;
    errno = 0;
    length = strtoull(text, NULL, 10);
    request->has_length = true;
    request->length = errno != 0 || length > SIZE_MAX ? SIZE_MAX : (size_t)length;
}

static int parse_attempt(const char *text)
{
    long attempt = text == NULL ? 0 : strtol(text, NULL, 10);

    return attempt < 0 ? 0 : attempt > 1000 ? 1000
                                            : (int)attempt;
}

bool request_parse(struct request *request, char **parameters)
{
    memset(request, 0, sizeof *request);
    if (parameters == NULL)
        return false;
    request->parameters = parameters;
    request->method = parameter(parameters, "REQUEST_METHOD", NULL);
    request->path = parameter(parameters, "DOCUMENT_URI", NULL);
    if (request->path == NULL)
        request->path = parameter(parameters, "SCRIPT_NAME", NULL);
    request->content_type = parameter(parameters, "CONTENT_TYPE", NULL);
    parse_length(request, parameter(parameters, "CONTENT_LENGTH", NULL));
    return request->method != NULL && request->path != NULL;
}

/* Two of a kind: nobody could say which one counts. */
static void read_claim(char **parameters, struct signature_claim *claim)
{
    int ids = 0, timestamps = 0, signatures = 0;

    claim->id = parameter(parameters, "HTTP_WEBHOOK_ID", &ids);
    claim->timestamp = parameter(parameters, "HTTP_WEBHOOK_TIMESTAMP", &timestamps);
    claim->signatures = parameter(parameters, "HTTP_WEBHOOK_SIGNATURE", &signatures);
    if (ids > 1 || timestamps > 1 || signatures > 1)
        *claim = (struct signature_claim){0};
}

void request_headers(const struct request *request, enum source_kind kind, struct request_headers *headers)
{
    char **parameters = request->parameters;
    int signatures = 0;

    memset(headers, 0, sizeof *headers);
    headers->signature = first_of(parameters, names[kind].signature, &signatures);
    /* nginx joins repeated headers with a comma; other servers pass each of them. A token may hold a comma itself. */
    headers->several_signatures = signatures > 1 || (kind != SOURCE_GITLAB && headers->signature != NULL &&
                                                     strchr(headers->signature, ',') != NULL);
    if (kind == SOURCE_GITLAB)
        read_claim(parameters, &headers->claim);
    headers->delivery_id = first_of(parameters, names[kind].delivery_id, NULL);
    if (names[kind].event != NULL)
        headers->event = parameter(parameters, names[kind].event, NULL);
    if (names[kind].attempt != NULL)
        headers->attempt = parse_attempt(parameter(parameters, names[kind].attempt, NULL));
}

enum error_code request_read(const struct request *request, FCGX_Stream *in, unsigned char **body,
                             struct error *error)
{
    unsigned char *bytes = malloc(request->length + 1);
    size_t length = 0;

    if (bytes == NULL)
        return error_set(error, ERROR_BUSY, "no memory for a body of %zu bytes", request->length);
    while (length < request->length) {
        size_t left = request->length - length;
        int got = FCGX_GetStr((char *)bytes + length, left > INT_MAX ? INT_MAX : (int)left, in);

        if (got <= 0)
            break;
        length += (size_t)got;
    }
    if (length != request->length || FCGX_GetError(in) != 0) {
        free(bytes);
        return error_set(error, ERROR_SHORT_READ, "peer went away after %zu of %zu bytes", length, request->length);
    }
    bytes[length] = '\0';
    *body = bytes;
    return ERROR_NONE;
}
