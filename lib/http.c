/* HTTP requests with libcurl's multi interface. */
#include "http.h"

#include "instant.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define POLL_MS 100             /* how soon a cancellation is seen */
#define CONNECTIONS_KEPT_MAX 16 /* between requests: a thread talks to few hosts */

struct http {
    CURLM *multi;
    char *user_agent, *ca_file;
    int64_t connect_timeout_ms, total_timeout_ms;
    size_t at_once;
    const atomic_bool *cancelled;
};

/* One request under way. */
struct transfer {
    const struct http_request *request;
    struct http_answer *answer;
    CURL *curl;
    struct curl_slist *headers;
    enum http_fault refusal; /* why a piece of the body was not taken */
    int redirects;
    size_t excerpt_length;
    char problem[CURL_ERROR_SIZE];
};

static const struct {
    const char *name;
    bool is_retryable;
} faults[HTTP_FAULTS] = {
    [HTTP_ANSWERED] = {"answered", false},
    [HTTP_CONNECT] = {"connect", true},
    [HTTP_TIMEOUT] = {"timeout", true},
    [HTTP_TLS] = {"tls", false},
    [HTTP_CUT] = {"cut", true},
    [HTTP_TOO_LARGE] = {"too_large", false},
    [HTTP_STOPPED] = {"stopped", false},
    [HTTP_CANCELLED] = {"cancelled", true},
    [HTTP_REDIRECTED] = {"redirected", false},
    [HTTP_OTHER] = {"other", true},
};

const char *http_fault_name(enum http_fault fault)
{
    return faults[fault].name;
}

bool http_fault_is_retryable(enum http_fault fault)
{
    return faults[fault].is_retryable;
}

static const struct {
    CURLcode code;
    enum http_fault fault;
} curl_faults[] = {
    {CURLE_OK, HTTP_ANSWERED},
    {CURLE_COULDNT_RESOLVE_PROXY, HTTP_CONNECT},
    {CURLE_COULDNT_RESOLVE_HOST, HTTP_CONNECT},
    {CURLE_COULDNT_CONNECT, HTTP_CONNECT},
    {CURLE_INTERFACE_FAILED, HTTP_CONNECT},
    {CURLE_PROXY, HTTP_CONNECT},
    {CURLE_SSL_CONNECT_ERROR, HTTP_CONNECT}, /* also when the peer went away in mid-handshake */
    {CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT},
    {CURLE_PEER_FAILED_VERIFICATION, HTTP_TLS},
    {CURLE_SSL_CERTPROBLEM, HTTP_TLS},
    {CURLE_SSL_CIPHER, HTTP_TLS},
    {CURLE_SSL_CACERT_BADFILE, HTTP_TLS},
    {CURLE_SSL_ISSUER_ERROR, HTTP_TLS},
    {CURLE_SSL_ENGINE_INITFAILED, HTTP_TLS},
    {CURLE_PARTIAL_FILE, HTTP_CUT},
    {CURLE_GOT_NOTHING, HTTP_CUT},
    {CURLE_RECV_ERROR, HTTP_CUT},
    {CURLE_SEND_ERROR, HTTP_CUT},
    {CURLE_SEND_FAIL_REWIND, HTTP_CUT},
    {CURLE_HTTP2, HTTP_CUT},
    {CURLE_HTTP2_STREAM, HTTP_CUT},
    {CURLE_WEIRD_SERVER_REPLY, HTTP_CUT},
    {CURLE_UNSUPPORTED_PROTOCOL, HTTP_CUT}, /* HTTP/0.9: no status line came */
    {CURLE_BAD_CONTENT_ENCODING, HTTP_CUT},
};

static enum http_fault fault_of(CURLcode code)
{
    for (size_t i = 0; i < sizeof curl_faults / sizeof *curl_faults; i++)
        if (curl_faults[i].code == code)
            return curl_faults[i].fault;
    return HTTP_OTHER;
}

/* Origins. */

/* A part of a URL; NULL when it has none. Freed with curl_free. */
static char *url_part(CURLU *url, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    return curl_url_get(url, part, &text, flags) == CURLUE_OK ? text : NULL;
}

static bool same_part(CURLU *one, CURLU *other, CURLUPart part)
{
    char *a = url_part(one, part, CURLU_DEFAULT_PORT), *b = url_part(other, part, CURLU_DEFAULT_PORT);
    bool same = a != NULL && b != NULL && strcasecmp(a, b) == 0;
    curl_free(a);
    curl_free(b);
    return same;
}

static bool has_part(CURLU *url, CURLUPart part)
{
    char *text = url_part(url, part, 0);
    curl_free(text);
    return text != NULL;
}

static bool is_web(CURLU *url)
{
    char *scheme = url_part(url, CURLUPART_SCHEME, 0);
    bool is = scheme != NULL && (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0);
    curl_free(scheme);
    return is;
}

bool http_is_within(const char *origin, const char *url)
{
    CURLU *wanted = curl_url(), *given = curl_url();
    bool is = wanted != NULL && given != NULL && curl_url_set(wanted, CURLUPART_URL, origin, 0) == CURLUE_OK &&
              curl_url_set(given, CURLUPART_URL, url, 0) == CURLUE_OK && is_web(given) &&
              same_part(wanted, given, CURLUPART_SCHEME) && same_part(wanted, given, CURLUPART_HOST) &&
              same_part(wanted, given, CURLUPART_PORT) && !has_part(given, CURLUPART_USER) &&
              !has_part(given, CURLUPART_PASSWORD);
    curl_url_cleanup(wanted);
    curl_url_cleanup(given);
    return is;
}

/* What comes back. */

static const struct {
    const char *name;
    enum http_header header;
} kept_headers[] = {
    {"Content-Type", HTTP_CONTENT_TYPE},
    {"Date", HTTP_DATE},
    {"ETag", HTTP_ETAG},
    {"Link", HTTP_LINK},
    {"Location", HTTP_LOCATION},
    {"X-Next-Page", HTTP_NEXT_PAGE},
    {"Retry-After", HTTP_RETRY_AFTER},
    {"X-RateLimit-Limit", HTTP_LIMIT},
    {"RateLimit-Limit", HTTP_LIMIT},
    {"X-RateLimit-Remaining", HTTP_LIMIT_REMAINING},
    {"RateLimit-Remaining", HTTP_LIMIT_REMAINING},
    {"X-RateLimit-Reset", HTTP_LIMIT_RESET},
    {"RateLimit-Reset", HTTP_LIMIT_RESET},
    {"X-RateLimit-NearLimit", HTTP_LIMIT_NEAR},
    {"X-RateLimit-Interval-Seconds", HTTP_LIMIT_INTERVAL},
    {"X-RateLimit-FillRate", HTTP_LIMIT_FILL_RATE},
    {"X-RateLimit-Resource", HTTP_LIMIT_RESOURCE},
    {"X-Beta-RateLimit-NearLimit", HTTP_LIMIT_NEAR},
    {"RateLimit-Reason", HTTP_LIMIT_REASON},
    {"RateLimit", HTTP_POINTS},
    {"Beta-RateLimit", HTTP_POINTS_BETA},
    {"X-Seraph-LoginReason", HTTP_LOGIN_REASON},
};

/* Byte 0 of the answer's headers stays empty, so that 0 can mean "not there". */
static void forget_headers(struct http_answer *answer)
{
    memset(answer->header_at, 0, sizeof answer->header_at);
    answer->headers[0] = '\0';
    answer->headers_length = 1;
}

/* One that has no room any more counts as not there. */
static void keep_header(struct http_answer *answer, enum http_header header, const char *value, size_t length)
{
    while (length > 0 && (*value == ' ' || *value == '\t')) {
        value++;
        length--;
    }
    while (length > 0 && (unsigned char)value[length - 1] <= ' ')
        length--;
    if (answer->headers_length + length + 1 > sizeof answer->headers)
        return;
    memcpy(answer->headers + answer->headers_length, value, length);
    answer->headers[answer->headers_length + length] = '\0';
    answer->header_at[header] = answer->headers_length;
    answer->headers_length = (uint16_t)(answer->headers_length + length + 1);
}

const char *http_header(const struct http_answer *answer, enum http_header header)
{
    return answer->header_at[header] == 0 ? NULL : answer->headers + answer->header_at[header];
}

/* A status line begins anew: what came before it was an interim answer, a proxy's or a redirect. */
static size_t take_header(char *line, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t length = size * count;
    const char *colon = memchr(line, ':', length);
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0)
        forget_headers(transfer->answer);
    for (size_t i = 0; colon != NULL && i < sizeof kept_headers / sizeof *kept_headers; i++)
        if (strlen(kept_headers[i].name) == (size_t)(colon - line) &&
            strncasecmp(kept_headers[i].name, line, (size_t)(colon - line)) == 0)
            keep_header(transfer->answer, kept_headers[i].header, colon + 1, length - (size_t)(colon - line) - 1);
    return length;
}

/* As one line: what came from who knows whom goes to logs and terminals. */
static void add_excerpt(struct transfer *transfer, const char *bytes, size_t length)
{
    struct http_answer *answer = transfer->answer;
    for (size_t i = 0; i < length && transfer->excerpt_length < sizeof answer->excerpt - 1; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        answer->excerpt[transfer->excerpt_length++] = byte < ' ' || byte == 0x7f ? ' ' : bytes[i];
    }
    answer->excerpt[transfer->excerpt_length] = '\0';
}

static int status_of(const struct transfer *transfer)
{
    long status = 0;
    (void)curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    const struct http_request *request = transfer->request;
    size_t length = size * count;
    int status = status_of(transfer);
    if (length > request->limit || transfer->answer->length > request->limit - length) {
        transfer->refusal = HTTP_TOO_LARGE;
        return CURL_WRITEFUNC_ERROR;
    }
    transfer->answer->length += length;
    if (status < 200 || status > 299)
        add_excerpt(transfer, bytes, length);
    else if (request->take != NULL && !request->take(request->context, bytes, length)) {
        transfer->refusal = HTTP_STOPPED;
        return CURL_WRITEFUNC_ERROR;
    }
    return length;
}

/* What goes out. */

static enum error_code check_request(const struct http_request *request, struct error *error)
{
    if (!http_is_within(request->origin, request->url))
        return error_set(error, ERROR_INPUT, "%.200s is not within the configured %.200s", request->url, request->origin);
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
        if (strpbrk(request->headers[i], "\r\n") != NULL)
            return error_set(error, ERROR_INPUT, "a header would end in mid-line: its value holds a line end");
    return ERROR_NONE;
}

static bool add_headers(struct transfer *transfer)
{
    const char *const *headers = transfer->request->headers;
    bool added = (transfer->headers = curl_slist_append(NULL, "Expect:")) != NULL; /* a body is never asked for first */
    for (size_t i = 0; added && headers != NULL && headers[i] != NULL; i++)
        added = curl_slist_append(transfer->headers, headers[i]) != NULL;
    return added && curl_easy_setopt(transfer->curl, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK;
}

static bool set_manners(CURL *curl, const struct http *http)
{
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http") == CURLE_OK && /* the origin says which */
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip, deflate") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT, http->user_agent) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)http->connect_timeout_ms) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)http->total_timeout_ms) == CURLE_OK;
}

/* The one file of authorities, and not the system's besides. */
static bool set_trust(CURL *curl, const struct http *http)
{
    return http->ca_file == NULL || (curl_easy_setopt(curl, CURLOPT_CAINFO, http->ca_file) == CURLE_OK &&
                                     curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK);
}

static bool set_receivers(struct transfer *transfer)
{
    CURL *curl = transfer->curl;
    return curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->problem) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

static bool is_method(const struct http_request *request, const char *method)
{
    return request->method != NULL && strcmp(request->method, method) == 0;
}

static bool set_method(CURL *curl, const struct http_request *request)
{
    if (request->body != NULL &&
        (curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length) != CURLE_OK ||
         curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body) != CURLE_OK))
        return false;
    if (is_method(request, "HEAD"))
        return curl_easy_setopt(curl, CURLOPT_NOBODY, 1L) == CURLE_OK;
    return request->method == NULL || curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK;
}

static bool prepare(struct http *http, struct transfer *transfer)
{
    const struct http_request *request = transfer->request;
    transfer->curl = curl_easy_init();
    return transfer->curl != NULL && curl_easy_setopt(transfer->curl, CURLOPT_URL, request->url) == CURLE_OK &&
           set_manners(transfer->curl, http) && set_trust(transfer->curl, http) && set_receivers(transfer) &&
           set_method(transfer->curl, request) && add_headers(transfer);
}

static void give_fault(struct http_answer *answer, enum http_fault fault, const char *problem)
{
    answer->fault = fault;
    (void)snprintf(answer->problem, sizeof answer->problem, "%s", problem);
}

/* Redirects: followed for what reads alone, within the origin. */

static bool is_redirect(const struct transfer *transfer)
{
    int status = transfer->answer->status;
    const struct http_request *request = transfer->request;
    bool reads = request->body == NULL && (request->method == NULL || is_method(request, "GET") || is_method(request, "HEAD"));
    return reads && http_header(transfer->answer, HTTP_LOCATION) != NULL &&
           (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

static bool refuse_redirect(struct transfer *transfer, const char *why)
{
    transfer->answer->fault = HTTP_REDIRECTED;
    (void)snprintf(transfer->answer->problem, sizeof transfer->answer->problem, "redirected %s: %.180s", why,
                   http_header(transfer->answer, HTTP_LOCATION));
    return false;
}

/* True when the transfer is under way again. */
static bool follow(struct http *http, struct transfer *transfer)
{
    char *url = NULL;
    if (transfer->redirects++ == HTTP_REDIRECTS_MAX)
        return refuse_redirect(transfer, "too often");
    if (curl_easy_getinfo(transfer->curl, CURLINFO_REDIRECT_URL, &url) != CURLE_OK || url == NULL ||
        !http_is_within(transfer->request->origin, url))
        return refuse_redirect(transfer, "to another origin");
    if (curl_easy_setopt(transfer->curl, CURLOPT_URL, url) != CURLE_OK) /* copied */
        return refuse_redirect(transfer, "to what is no URL");
    transfer->answer->length = transfer->excerpt_length = 0;
    transfer->answer->excerpt[0] = '\0';
    if (curl_multi_add_handle(http->multi, transfer->curl) == CURLM_OK)
        return true;
    give_fault(transfer->answer, HTTP_OTHER, "libcurl does not follow the redirect");
    return false;
}

/* Running. */

/* Takes a transfer that ended out of the multi handle; true when it goes on elsewhere. */
static bool conclude(struct http *http, struct transfer *transfer, CURLcode code)
{
    enum http_fault fault = code == CURLE_WRITE_ERROR && transfer->refusal != HTTP_ANSWERED ? transfer->refusal : fault_of(code);
    curl_multi_remove_handle(http->multi, transfer->curl);
    transfer->answer->status = status_of(transfer);
    if (fault == HTTP_ANSWERED && is_redirect(transfer))
        return follow(http, transfer);
    if (fault == HTTP_TOO_LARGE)
        give_fault(transfer->answer, fault, "the answer is larger than allowed");
    else if (fault == HTTP_STOPPED)
        give_fault(transfer->answer, fault, "what came was not taken");
    else if (fault == HTTP_ANSWERED)
        give_fault(transfer->answer, fault, "");
    else
        give_fault(transfer->answer, fault, *transfer->problem ? transfer->problem : curl_easy_strerror(code));
    return false;
}

/* Ends what has ended; returns how many transfers did. */
static size_t reap(struct http *http)
{
    size_t ended = 0;
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(http->multi, &left)) != NULL;) {
        struct transfer *transfer = NULL;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE ||
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer) != CURLE_OK)
            continue;
        ended += conclude(http, transfer, code) ? 0 : 1;
    }
    return ended;
}

static bool is_cancelled(const struct http *http)
{
    return http->cancelled != NULL && atomic_load(http->cancelled);
}

static void run_transfers(struct http *http, struct transfer *transfers, size_t count)
{
    size_t started = 0, ended = 0;
    while (ended < count && !is_cancelled(http)) {
        int running;
        for (; started < count && started - ended < http->at_once; started++)
            if (curl_multi_add_handle(http->multi, transfers[started].curl) != CURLM_OK)
                return;
        if (curl_multi_perform(http->multi, &running) != CURLM_OK)
            return;
        size_t now = reap(http);
        ended += now;
        if (now == 0 && curl_multi_poll(http->multi, NULL, 0, POLL_MS, NULL) != CURLM_OK)
            return;
    }
}

static void discard(struct http *http, struct transfer *transfers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (transfers[i].curl != NULL) {
            curl_multi_remove_handle(http->multi, transfers[i].curl); /* does nothing where it has ended */
            curl_easy_cleanup(transfers[i].curl);
        }
        curl_slist_free_all(transfers[i].headers);
    }
    free(transfers);
}

enum error_code http_run(struct http *http, const struct http_request *requests, struct http_answer *answers, size_t count,
                         struct error *error)
{
    struct transfer *transfers = calloc(count + 1, sizeof *transfers);
    enum error_code code = transfers == NULL ? error_set(error, ERROR_NO_MEMORY, "no memory for requests") : ERROR_NONE;
    for (size_t i = 0; i < count; i++) {
        answers[i].status = 0;
        answers[i].length = 0;
        answers[i].excerpt[0] = '\0';
        forget_headers(&answers[i]);
        give_fault(&answers[i], HTTP_CANCELLED, "it was cancelled"); /* unless it ends otherwise */
        if (code != ERROR_NONE)
            continue;
        transfers[i].request = &requests[i];
        transfers[i].answer = &answers[i];
        code = check_request(&requests[i], error);
        if (code == ERROR_NONE && !prepare(http, &transfers[i]))
            code = error_set(error, ERROR_NO_MEMORY, "libcurl does not take the request");
    }
    if (code == ERROR_NONE)
        run_transfers(http, transfers, count);
    if (transfers != NULL)
        discard(http, transfers, count);
    return code;
}

enum error_code http_fetch(struct http *http, const struct http_request *request, struct http_answer *answer,
                           struct error *error)
{
    enum error_code code = http_run(http, request, answer, 1, error);
    if (code != ERROR_NONE || answer->fault == HTTP_ANSWERED)
        return code;
    return error_set(error, answer->fault == HTTP_TOO_LARGE ? ERROR_BODY_TOO_LARGE : ERROR_IO, "%s", answer->problem);
}

/* Making and ending. */

enum error_code http_new(const struct http_options *options, struct http **http, struct error *error)
{
    struct http *made;
    bool has_ca_file = options->ca_file != NULL && *options->ca_file != '\0';
    *http = NULL;
    if (has_ca_file && access(options->ca_file, R_OK) != 0)
        return error_set(error, ERROR_IO, "%s: %s", options->ca_file, strerror(errno));
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(error, ERROR_IO, "libcurl can't be used");
    made = calloc(1, sizeof *made);
    if (made != NULL) {
        *made = (struct http){.connect_timeout_ms = options->connect_timeout_ms,
                              .total_timeout_ms = options->total_timeout_ms,
                              .at_once = options->at_once > 0 ? options->at_once : 1,
                              .cancelled = options->cancelled,
                              .multi = curl_multi_init(),
                              .user_agent = strdup(options->user_agent),
                              .ca_file = has_ca_file ? strdup(options->ca_file) : NULL};
        if (made->multi != NULL && made->user_agent != NULL && (made->ca_file != NULL || !has_ca_file) &&
            curl_multi_setopt(made->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT_MAX) == CURLM_OK) {
            *http = made;
            return ERROR_NONE;
        }
        http_free(made);
    } else {
        curl_global_cleanup();
    }
    return error_set(error, ERROR_NO_MEMORY, "no memory for requests");
}

void http_free(struct http *http)
{
    if (http == NULL)
        return;
    curl_multi_cleanup(http->multi);
    free(http->user_agent);
    free(http->ca_file);
    free(http);
    curl_global_cleanup();
}

/* Waiting. */

int64_t http_retry_after_ms(const struct http_answer *answer, int64_t now)
{
    const char *text = http_header(answer, HTTP_RETRY_AFTER), *date = http_header(answer, HTTP_DATE);
    char *end;
    if (text == NULL || *text == '\0')
        return -1;
    errno = 0;
    long long seconds = strtoll(text, &end, 10);
    if (*end == '\0' && *text != '-' && *text != '+')
        return errno != 0 || seconds > INT64_MAX / 1000 ? INT64_MAX : seconds * 1000;
    time_t until = curl_getdate(text, NULL), sent = date == NULL ? -1 : curl_getdate(date, NULL);
    if (until == -1)
        return -1;
    int64_t wait = (int64_t)until * 1000 - (sent == -1 ? now / 1000 : (int64_t)sent * 1000);
    return wait > 0 ? wait : 0;
}

bool http_date(const struct http_answer *answer, int64_t *at)
{
    const char *date = http_header(answer, HTTP_DATE);
    time_t sent = date == NULL ? -1 : curl_getdate(date, NULL);
    *at = (int64_t)sent * 1000000;
    return sent != -1;
}

/* Bodies in memory. */

bool http_body_take(void *context, const char *bytes, size_t length)
{
    struct http_body *body = context;
    if (body->size - body->length <= length) {
        size_t wanted = 2 * (body->length + length) + 1;
        char *larger = realloc(body->bytes, wanted);
        if (larger == NULL)
            return false;
        body->bytes = larger;
        body->size = wanted;
    }
    memcpy(body->bytes + body->length, bytes, length);
    body->length += length;
    body->bytes[body->length] = '\0';
    return true;
}

void http_body_clear(struct http_body *body)
{
    body->length = 0;
    if (body->bytes != NULL)
        body->bytes[0] = '\0';
}

void http_body_free(struct http_body *body)
{
    free(body->bytes);
    *body = (struct http_body){0};
}
