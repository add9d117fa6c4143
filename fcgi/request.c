/* FastCGI parameters and body into struct request. */
#include "request.h"

#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The headers that can carry Jira's signature; the first is the documented one. */
static const char *const signature_names[] = {
    "HTTP_X_HUB_SIGNATURE", "HTTP_X_ATLASSIAN_WEBHOOK_SIGNATURE", "HTTP_X_ATLASSIAN_SIGNATURE",
};
static const char *const event_names[] = {"HTTP_X_GITHUB_EVENT", "HTTP_X_EVENT_KEY", "HTTP_X_GITLAB_EVENT"};
static const char *const delivery_names[] = {
    "HTTP_X_ATLASSIAN_WEBHOOK_IDENTIFIER", "HTTP_X_GITHUB_DELIVERY", "HTTP_X_REQUEST_UUID", "HTTP_X_REQUEST_ID",
    "HTTP_IDEMPOTENCY_KEY", "HTTP_WEBHOOK_ID", "HTTP_X_GITLAB_EVENT_UUID",
};
static const char *const attempt_names[] = {"HTTP_X_ATLASSIAN_WEBHOOK_RETRY", "HTTP_X_ATTEMPT_NUMBER"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

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

static const char *first_of(char **parameters, const char *const names[], size_t count, int *times)
{
    const char *first = NULL;

    for (size_t i = 0; i < count; i++) {
        const char *value = parameter(parameters, names[i], times);

        if (first == NULL)
            first = value;
    }
    return first;
}

static bool parse_length(struct request *request, const char *text)
{
    unsigned long long length;
    char *end;

    request->has_length = text != NULL;
    if (text == NULL)
        return true;
    if (!isdigit((unsigned char)*text))
        return false;
    length = strtoull(text, &end, 10);
    if (*end != '\0' || length > SIZE_MAX / 8)
        return false;
    request->length = (size_t)length;
    return true;
}

static int parse_attempt(const char *text)
{
    long attempt = text == NULL ? 0 : strtol(text, NULL, 10);

    return attempt < 0 ? 0 : attempt > 1000 ? 1000 : (int)attempt;
}

bool request_parse(struct request *request, char **parameters)
{
    int signatures = 0;

    memset(request, 0, sizeof *request);
    if (parameters == NULL)
        return false;
    request->method = parameter(parameters, "REQUEST_METHOD", NULL);
    request->path = parameter(parameters, "DOCUMENT_URI", NULL);
    if (request->path == NULL)
        request->path = parameter(parameters, "SCRIPT_NAME", NULL);
    request->content_type = parameter(parameters, "CONTENT_TYPE", NULL);
    request->signature = first_of(parameters, signature_names, COUNT(signature_names), &signatures);
    request->signature_256 = parameter(parameters, "HTTP_X_HUB_SIGNATURE_256", NULL);
    request->gitlab_token = parameter(parameters, "HTTP_X_GITLAB_TOKEN", NULL);
    request->event_header = first_of(parameters, event_names, COUNT(event_names), NULL);
    request->delivery_header = first_of(parameters, delivery_names, COUNT(delivery_names), NULL);
    request->attempt = parse_attempt(first_of(parameters, attempt_names, COUNT(attempt_names), NULL));
    request->two_signatures = signatures > 1 || (request->signature != NULL && strchr(request->signature, ',') != NULL);
    return request->method != NULL && request->path != NULL &&
           parse_length(request, parameter(parameters, "CONTENT_LENGTH", NULL));
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
