/* Sends signed deliveries with libcurl. */
#include "send.h"

#include "instant.h"
#include "signature.h"
#include "store.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define READ_BYTES 65536

struct send {
    CURL *curl;
    const struct secret *secret;
    enum source_kind kind;
    char event[STORE_ID_BYTES + 1]; /* "": none */
    struct send_answer *answer;     /* of the delivery that is under way */
    size_t answered;                /* bytes of its text */
    char problem[CURL_ERROR_SIZE];
};

/* Takes a piece of the answer's body, as one line: an answer from who knows whom goes to a terminal. */
static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
    struct send *send = context;
    size_t length = size * count;
    for (size_t i = 0; i < length && send->answered < SEND_ANSWER_BYTES - 1; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        send->answer->text[send->answered++] = byte < ' ' || byte == 0x7f ? ' ' : bytes[i];
    }
    return length;
}

static bool set_options(struct send *send, const struct send_options *options)
{
    CURL *curl = send->curl;
    return curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, send->problem) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_URL, options->url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, options->user_agent) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip,deflate") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)SEND_CONNECT_TIMEOUT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)SEND_TIMEOUT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, send) == CURLE_OK;
}

/* The one file of authorities, and not the system's besides. */
static bool trust(CURL *curl, const char *ca_file)
{
    return ca_file == NULL || (curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file) == CURLE_OK &&
                               curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK);
}

enum error_code send_new(const struct send_options *options, struct send **send, struct error *error)
{
    struct send *made;
    *send = NULL;
    if (strncasecmp(options->url, "https://", strlen("https://")) != 0)
        return error_set(error, ERROR_INPUT, "a webhook's URL begins with https://");
    if (options->ca_file != NULL && access(options->ca_file, R_OK) != 0)
        return error_set(error, ERROR_IO, "%s: %s", options->ca_file, strerror(errno));
    if (options->event != NULL && !store_is_delivery_id(options->event))
        return error_set(error, ERROR_INPUT, "an event is 1 to %d printable ASCII characters", STORE_ID_BYTES);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(error, ERROR_IO, "libcurl can't be used");
    made = calloc(1, sizeof *made);
    if (made != NULL && (made->curl = curl_easy_init()) != NULL && set_options(made, options) &&
        trust(made->curl, options->ca_file)) {
        made->secret = options->secret;
        made->kind = options->kind;
        (void)snprintf(made->event, sizeof made->event, "%s", options->event == NULL ? "" : options->event);
        *send = made;
        return ERROR_NONE;
    }
    if (made != NULL && made->curl != NULL)
        curl_easy_cleanup(made->curl);
    free(made);
    curl_global_cleanup();
    return error_set(error, ERROR_IO, "libcurl does not take the options");
}

void send_free(struct send *send)
{
    if (send == NULL)
        return;
    curl_easy_cleanup(send->curl);
    curl_global_cleanup();
    free(send);
}

static bool add_header(struct curl_slist **headers, const char *name, const char *value)
{
    char header[STORE_ID_BYTES + 64];
    struct curl_slist *longer;
    if (snprintf(header, sizeof header, "%s: %s", name, value) >= (int)sizeof header)
        return false;
    longer = curl_slist_append(*headers, header);
    if (longer != NULL)
        *headers = longer;
    return longer != NULL;
}

/* Where each kind's senders put what; NULL: nowhere. */
static const struct {
    const char *id, *event, *signature, *other, *other_value;
} names[SOURCE_KINDS] = {
    [SOURCE_JIRA] = {"X-Atlassian-Webhook-Identifier", NULL, "X-Hub-Signature", "X-Atlassian-Webhook-Flow", "Primary"},
    [SOURCE_GITHUB] = {"X-GitHub-Delivery", "X-GitHub-Event", "X-Hub-Signature-256", NULL, NULL},
    [SOURCE_BITBUCKET] = {"X-Request-UUID", "X-Event-Key", "X-Hub-Signature", "X-Attempt-Number", "1"},
    [SOURCE_BITBUCKET_SERVER] = {"X-Request-Id", "X-Event-Key", "X-Hub-Signature", NULL, NULL},
    [SOURCE_GITLAB] = {"Idempotency-Key", "X-Gitlab-Event", NULL, NULL, NULL},
};

/* GitLab's signature bears the id and the time. */
static bool add_claim(const struct send *send, struct curl_slist **headers, const unsigned char *body, size_t length,
                      const char *id)
{
    char timestamp[24], text[SIGNATURE_CLAIM_BYTES];
    const struct signature_claim claim = {.id = id, .timestamp = timestamp};
    (void)snprintf(timestamp, sizeof timestamp, "%" PRId64, instant_now() / 1000000);
    return add_header(headers, "webhook-id", id) && add_header(headers, "webhook-timestamp", timestamp) &&
           add_header(headers, "webhook-signature", signature_make_claim(send->secret, &claim, body, length, text));
}

static bool add_signature(const struct send *send, struct curl_slist **headers, const unsigned char *body, size_t length,
                          const char *id)
{
    char text[SIGNATURE_HEADER_BYTES];
    if (send->kind == SOURCE_GITLAB)
        return add_claim(send, headers, body, length, id);
    return add_header(headers, names[send->kind].signature, signature_make(send->secret, body, length, text));
}

static struct curl_slist *make_headers(const struct send *send, const unsigned char *body, size_t length,
                                       const char *id)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:"); /* no sender asks before it sends a large body */
    const char *event = names[send->kind].event, *other = names[send->kind].other;
    if (headers != NULL && add_header(&headers, "Content-Type", "application/json; charset=UTF-8") &&
        add_header(&headers, names[send->kind].id, id) && add_signature(send, &headers, body, length, id) &&
        (other == NULL || add_header(&headers, other, names[send->kind].other_value)) &&
        (event == NULL || send->event[0] == '\0' || add_header(&headers, event, send->event)))
        return headers;
    curl_slist_free_all(headers);
    return NULL;
}

static enum error_code perform(struct send *send, const unsigned char *body, size_t length, struct error *error)
{
    CURLcode code = CURLE_OUT_OF_MEMORY;
    long status = 0;
    if (curl_easy_setopt(send->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length) == CURLE_OK &&
        curl_easy_setopt(send->curl, CURLOPT_POSTFIELDS, body) == CURLE_OK)
        code = curl_easy_perform(send->curl);
    if (code == CURLE_OK)
        code = curl_easy_getinfo(send->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK)
        return error_set(error, ERROR_IO, "%s", *send->problem ? send->problem : curl_easy_strerror(code));
    send->answer->status = (int)status;
    return ERROR_NONE;
}

enum error_code send_delivery(struct send *send, const unsigned char *body, size_t length, const char *id,
                              struct send_answer *answer, struct error *error)
{
    enum error_code code = ERROR_NO_MEMORY;
    if (!store_is_delivery_id(id))
        return error_set(error, ERROR_INPUT, "a delivery id is 1 to %d printable ASCII characters", STORE_ID_BYTES);
    struct curl_slist *headers = make_headers(send, body, length, id);
    *answer = (struct send_answer){0};
    send->answer = answer;
    send->answered = 0;
    send->problem[0] = '\0';
    if (headers != NULL && curl_easy_setopt(send->curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK)
        code = perform(send, body, length, error);
    else
        error_set(error, code, "no memory for headers");
    (void)curl_easy_setopt(send->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    return code;
}

const char *send_make_id(char text[SEND_ID_BYTES])
{
    uint64_t number;
    randombytes_buf(&number, sizeof number);
    (void)snprintf(text, SEND_ID_BYTES, "%" PRIu64, number);
    return text;
}

char *send_webhook_url(const char *server, enum source_kind kind, const char *source)
{
    size_t length = strlen(server);
    bool is_default = kind == SOURCE_JIRA && strcmp(source, "default") == 0;
    char *url;
    while (length > 0 && server[length - 1] == '/')
        length--;
    return asprintf(&url, "%.*s/webhooks/%s%s%s", (int)length, server, source_kind_name(kind), is_default ? "" : "/",
                    is_default ? "" : source) < 0
               ? NULL
               : url;
}

/* Room for READ_BYTES more. */
static bool grow(unsigned char **body, size_t length, size_t *size)
{
    if (*size - length >= READ_BYTES)
        return true;
    size_t wanted = *size < READ_BYTES ? 2 * READ_BYTES : 2 * *size;
    unsigned char *larger = realloc(*body, wanted);
    if (larger == NULL)
        return false;
    *body = larger;
    *size = wanted;
    return true;
}

enum error_code send_read_body(int file, unsigned char **body, size_t *length, struct error *error)
{
    enum error_code code = ERROR_NONE;
    size_t size = 0;
    *body = NULL;
    *length = 0;
    while (code == ERROR_NONE) {
        if (!grow(body, *length, &size)) {
            code = error_set(error, ERROR_NO_MEMORY, "no memory for a body");
            break;
        }
        ssize_t got = read(file, *body + *length, READ_BYTES);
        if (got == 0)
            return ERROR_NONE;
        if (got < 0 && errno != EINTR)
            code = error_set(error, ERROR_IO, "reading the body: %s", strerror(errno));
        *length += got > 0 ? (size_t)got : 0;
        if (*length > SEND_BODY_MAX_BYTES)
            code = error_set(error, ERROR_INPUT, "the body is larger than %zu bytes", SEND_BODY_MAX_BYTES);
    }
    free(*body);
    *body = NULL;
    return code;
}
