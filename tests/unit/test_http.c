/* HTTP requests against a scripted server on a socket: what is kept of answers, limits, faults, origins, redirects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "http.h"

#include "instant.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SHORT_MS 300
#define LONG_MS 20000
#define LARGE_BYTES 100000
#define ASKED_AS_PROXY "http://jira.invalid/" /* a host that no name server knows */

static int listener;
static char origin[64];
static atomic_int connections; /* that the server accepted */
static atomic_int together, most_together;
static struct error error;

/* What the server says to a path; the connection stays open unless it ends. */
static const struct script {
    const char *path, *answer;
    bool ends; /* closes after the answer */
} scripts[] = {
    {"/plain", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n{\"\"}", false},
    {"/empty", "HTTP/1.1 204 No Content\r\n\r\n", false},
    {"/limits",
     "HTTP/1.1 429 Too Many Requests\r\nretry-after:  17 \r\nX-RATELIMIT-Reset: 2026-03-26T16:00Z\r\n"
     "X-RateLimit-Limit: 350\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-NearLimit: true\r\n"
     "RateLimit-Reason: jira-burst-based\r\nContent-Type: text/html\r\nContent-Length: 21\r\n\r\n<html>\nslow\tdown</html>",
     true},
    {"/date",
     "HTTP/1.1 503 Away\r\nDate: Wed, 21 Oct 2026 07:28:00 GMT\r\nRetry-After: Wed, 21 Oct 2026 07:29:30 GMT\r\n"
     "Content-Length: 0\r\n\r\n",
     false},
    {"/past",
     "HTTP/1.1 503 Away\r\nDate: Wed, 21 Oct 2026 07:28:00 GMT\r\nRetry-After: Wed, 21 Oct 2026 07:27:00 GMT\r\n"
     "Content-Length: 0\r\n\r\n",
     false},
    {"/odd", "HTTP/1.1 503 Away\r\nRetry-After: -soon-\r\nContent-Length: 0\r\n\r\n", false},
    {"/cut", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":", true},
    {"/cut-chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"\"}\r\n", true},
    {"/nothing", "", true},
    {"/no-http", "220 mail.example.com ESMTP\r\n", true},
    {"/silent", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", false},
    {"/near", "HTTP/1.1 302 Found\r\nLocation: /plain?b=1\r\nContent-Length: 5\r\n\r\nmoved", false},
    {"/far", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:1/plain\r\nContent-Length: 0\r\n\r\n", false},
    {"/file", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", false},
    {"/circle", "HTTP/1.1 302 Found\r\nLocation: /circle\r\nContent-Length: 0\r\n\r\n", false},
};

static void send_all(int peer, const void *bytes, size_t length)
{
    for (const char *at = bytes; length > 0;) {
        ssize_t sent = send(peer, at, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        at += sent;
        length -= (size_t)sent;
    }
}

static void send_large(int peer)
{
    char *text = calloc(1, LARGE_BYTES);
    char head[128];
    memset(text, 'x', LARGE_BYTES);
    send_all(peer, head, (size_t)snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", LARGE_BYTES));
    send_all(peer, text, LARGE_BYTES);
    free(text);
}

/* LARGE_BYTES of x, as gzip makes them. */
static const unsigned char packed[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xda,
    0x8b, 0x6f, 0x0d, 0x0f, 0xa0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x80, 0x57, 0x03, 0x71, 0x11, 0x07, 0xfe, 0xa0, 0x86, 0x01, 0x00};

static void send_compressed(int peer)
{
    char head[128];
    send_all(peer, head,
             (size_t)snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
                              sizeof packed));
    send_all(peer, packed, sizeof packed);
}

/* Sends the request back, so that a test sees what went out. */
static void send_echo(int peer, const char *request, size_t length)
{
    char head[128];
    send_all(peer, head, (size_t)snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", length));
    send_all(peer, request, length);
}

/* Answers once SHORT_MS / 3 passed, and counts how many wait at the same time. */
static void send_later(int peer)
{
    int now = atomic_fetch_add(&together, 1) + 1, most = atomic_load(&most_together);
    while (now > most && !atomic_compare_exchange_weak(&most_together, &most, now))
        continue;
    usleep(SHORT_MS * 1000 / 3);
    atomic_fetch_sub(&together, 1);
    send_all(peer, "HTTP/1.1 204 No\r\n\r\n", strlen("HTTP/1.1 204 No\r\n\r\n"));
}

/* True when the connection stays open. */
static bool answer_one(int peer, const char *request, size_t length)
{
    char path[64] = "";
    (void)sscanf(request, "%*s %63[^ ?]", path);
    if (strncmp(path, ASKED_AS_PROXY, strlen(ASKED_AS_PROXY)) == 0) {
        send_echo(peer, request, length);
        return true;
    }
    if (strcmp(path, "/large") == 0)
        send_large(peer);
    else if (strcmp(path, "/compressed") == 0)
        send_compressed(peer);
    else if (strcmp(path, "/echo") == 0)
        send_echo(peer, request, length);
    else if (strcmp(path, "/later") == 0)
        send_later(peer);
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        if (strcmp(scripts[i].path, path) != 0)
            continue;
        send_all(peer, scripts[i].answer, strlen(scripts[i].answer));
        return !scripts[i].ends;
    }
    return true;
}

/* Bytes of a whole request at the start of text; 0 while it is not whole. */
static size_t request_length(const char *text)
{
    const char *end = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
    size_t body = 0;
    if (end == NULL)
        return 0;
    if (length != NULL && length < end)
        body = (size_t)strtoul(length + strlen("Content-Length: "), NULL, 10);
    size_t whole = (size_t)(end + 4 - text) + body;
    return strlen(text) >= whole ? whole : 0;
}

static void *serve_peer(void *context)
{
    int peer = (int)(intptr_t)context;
    char text[65536] = "";
    for (size_t length = 0;;) {
        ssize_t got = recv(peer, text + length, sizeof text - 1 - length, 0);
        if (got <= 0)
            break;
        length += (size_t)got;
        if (text[0] == 0x16) /* a TLS handshake */
            break;
        text[length] = '\0';
        size_t whole = request_length(text);
        if (whole == 0)
            continue;
        if (!answer_one(peer, text, whole))
            break;
        length = 0;
        text[0] = '\0';
    }
    close(peer);
    return NULL;
}

static void *serve(void *context)
{
    (void)context;
    for (;;) {
        pthread_t thread;
        int peer = accept(listener, NULL, NULL);
        if (peer < 0)
            return NULL;
        atomic_fetch_add(&connections, 1);
        if (pthread_create(&thread, NULL, serve_peer, (void *)(intptr_t)peer) != 0)
            abort();
        pthread_detach(thread);
    }
}

static pthread_t server;

static int start_server(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    (void)state;
    (void)setenv("no_proxy", "*", 1);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return -1;
    (void)snprintf(origin, sizeof origin, "http://127.0.0.1:%d", (int)ntohs(address.sin_port));
    return pthread_create(&server, NULL, serve, NULL);
}

static int stop_server(void **state)
{
    (void)state;
    shutdown(listener, SHUT_RDWR);
    pthread_join(server, NULL);
    return close(listener);
}

static struct http *make_http(int64_t total_timeout_ms, size_t at_once, const atomic_bool *cancelled)
{
    const struct http_options options = {.user_agent = "jirasync/test",
                                         .connect_timeout_ms = LONG_MS,
                                         .total_timeout_ms = total_timeout_ms,
                                         .at_once = at_once,
                                         .cancelled = cancelled};
    struct http *http;
    assert_int_equal(http_new(&options, &http, &error), ERROR_NONE);
    return http;
}

/* The answer's own body in *body where it is not NULL. */
static struct http_answer get(struct http *http, const char *path, size_t limit, struct http_body *body)
{
    char url[128];
    struct http_answer answer;
    struct http_request request = {.origin = origin, .url = url, .limit = limit};
    if (body != NULL) {
        request.take = http_body_take;
        request.context = body;
    }
    (void)snprintf(url, sizeof url, "%s%s", origin, path);
    assert_int_equal(http_run(http, &request, &answer, 1, &error), ERROR_NONE);
    return answer;
}

static struct http_answer get_once(const char *path)
{
    struct http *http = make_http(LONG_MS, 1, NULL);
    struct http_answer answer = get(http, path, 4096, NULL);
    http_free(http);
    return answer;
}

static void hands_the_body_on_and_keeps_the_connection(void **state)
{
    struct http *http = make_http(LONG_MS, 1, NULL);
    struct http_body body = {0};
    int before = atomic_load(&connections);
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct http_answer answer = get(http, "/plain", 4, &body);
        assert_int_equal(answer.fault, HTTP_ANSWERED);
        assert_int_equal(answer.status, 200);
        assert_int_equal(answer.length, 4);
        assert_string_equal(body.bytes, "{\"\"}");
        assert_string_equal(http_header(&answer, HTTP_CONTENT_TYPE), "application/json");
        assert_null(http_header(&answer, HTTP_RETRY_AFTER));
        http_body_clear(&body);
    }
    assert_int_equal(atomic_load(&connections) - before, 1);
    http_body_free(&body);
    http_free(http);
}

static void an_empty_answer_is_whole(void **state)
{
    struct http_answer answer = get_once("/empty");
    (void)state;
    assert_int_equal(answer.fault, HTTP_ANSWERED);
    assert_int_equal(answer.status, 204);
    assert_int_equal(answer.length, 0);
}

static void keeps_the_headers_that_matter_and_an_excerpt(void **state)
{
    struct http *http = make_http(LONG_MS, 1, NULL);
    struct http_body body = {0};
    struct http_answer answer = get(http, "/limits", 4096, &body);
    (void)state;
    assert_int_equal(answer.status, 429);
    assert_string_equal(http_header(&answer, HTTP_RETRY_AFTER), "17");
    assert_string_equal(http_header(&answer, HTTP_LIMIT), "350");
    assert_string_equal(http_header(&answer, HTTP_LIMIT_REMAINING), "0");
    assert_string_equal(http_header(&answer, HTTP_LIMIT_RESET), "2026-03-26T16:00Z");
    assert_string_equal(http_header(&answer, HTTP_LIMIT_NEAR), "true");
    assert_string_equal(http_header(&answer, HTTP_LIMIT_REASON), "jira-burst-based");
    assert_string_equal(http_header(&answer, HTTP_CONTENT_TYPE), "text/html");
    assert_string_equal(answer.excerpt, "<html> slow down</htm");
    assert_null(body.bytes); /* an error's page is never taken for what was asked for */
    http_free(http);
}

static void says_how_long_to_wait(void **state)
{
    struct http_answer seconds = get_once("/limits"), date = get_once("/date"), past = get_once("/past"), odd = get_once("/odd");
    struct http_answer none = get_once("/plain");
    (void)state;
    assert_int_equal(http_retry_after_ms(&seconds, 0), 17000);
    assert_int_equal(http_retry_after_ms(&date, 0), 90000); /* by the server's own clock */
    assert_int_equal(http_retry_after_ms(&past, 0), 0);
    assert_int_equal(http_retry_after_ms(&odd, 0), -1);
    assert_int_equal(http_retry_after_ms(&none, 0), -1);
}

static void a_cut_answer_is_a_fault(void **state)
{
    static const char *const paths[] = {"/cut", "/cut-chunk", "/nothing", "/no-http"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct http_answer answer = get_once(paths[i]);
        if (answer.fault != HTTP_CUT)
            fail_msg("%s: %s, %s", paths[i], http_fault_name(answer.fault), answer.problem);
        assert_true(http_fault_is_retryable(answer.fault));
        assert_true(strlen(answer.problem) > 0);
    }
}

static void a_body_past_the_limit_ends_the_request(void **state)
{
    static const char *const paths[] = {"/large", "/compressed"}; /* a bomb counts as what it becomes */
    struct http *http = make_http(LONG_MS, 1, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct http_body body = {0};
        struct http_answer answer = get(http, paths[i], LARGE_BYTES - 1, &body);
        assert_int_equal(answer.fault, HTTP_TOO_LARGE);
        assert_false(http_fault_is_retryable(answer.fault));
        assert_true(body.length < LARGE_BYTES);
        http_body_clear(&body);
        answer = get(http, paths[i], LARGE_BYTES, &body);
        assert_int_equal(answer.fault, HTTP_ANSWERED);
        assert_int_equal(body.length, LARGE_BYTES);
        assert_int_equal(strspn(body.bytes, "x"), LARGE_BYTES);
        http_body_free(&body);
    }
    http_free(http);
}

static bool take_nothing(void *context, const char *bytes, size_t length)
{
    (void)context;
    (void)bytes;
    (void)length;
    return false;
}

static void what_takes_the_body_may_end_the_request(void **state)
{
    struct http *http = make_http(LONG_MS, 1, NULL);
    char url[128];
    struct http_answer answer;
    const struct http_request request = {.origin = origin, .url = url, .limit = LARGE_BYTES, .take = take_nothing};
    (void)state;
    (void)snprintf(url, sizeof url, "%s/large", origin);
    assert_int_equal(http_fetch(http, &request, &answer, &error), ERROR_IO);
    assert_int_equal(answer.fault, HTTP_STOPPED);
    http_free(http);
}

static void a_silent_answer_times_out(void **state)
{
    struct http *http = make_http(SHORT_MS, 1, NULL);
    struct http_answer answer = get(http, "/silent", 4096, NULL);
    (void)state;
    assert_int_equal(answer.fault, HTTP_TIMEOUT);
    assert_int_equal(answer.status, 200);
    assert_int_equal(get(http, "/plain", 4096, NULL).fault, HTTP_ANSWERED);
    http_free(http);
}

static void *cancel_soon(void *context)
{
    usleep(50000);
    atomic_store((atomic_bool *)context, true);
    return NULL;
}

static void a_cancelled_request_ends(void **state)
{
    atomic_bool cancelled = false;
    pthread_t thread;
    struct http *http = make_http(LONG_MS, 2, &cancelled);
    instant before = instant_now();
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancelled), 0);
    assert_int_equal(get(http, "/silent", 4096, NULL).fault, HTTP_CANCELLED);
    pthread_join(thread, NULL);
    assert_true(instant_now() - before < LONG_MS * INT64_C(1000)); /* it did not wait for the time-out */
    assert_int_equal(get(http, "/plain", 4096, NULL).fault, HTTP_CANCELLED);
    http_free(http);
}

static void nobody_listens(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int held = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char url[64];
    struct http *http = make_http(LONG_MS, 1, NULL);
    struct http_answer answer;
    const struct http_request request = {.origin = url, .url = url, .limit = 1};
    (void)state;
    assert_int_equal(bind(held, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(held, (struct sockaddr *)&address, &length), 0);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/", (int)ntohs(address.sin_port));
    assert_int_equal(http_fetch(http, &request, &answer, &error), ERROR_IO);
    assert_int_equal(answer.fault, HTTP_CONNECT);
    close(held);
    http_free(http);
}

/* The server below takes the connection and says nothing, so that TLS never begins. */
static void a_connection_that_is_never_made_times_out(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int mute = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct http_options options = {
        .user_agent = "jirasync/test", .connect_timeout_ms = SHORT_MS, .total_timeout_ms = LONG_MS, .at_once = 1};
    char url[64];
    struct http *http;
    struct http_answer answer;
    const struct http_request request = {.origin = url, .url = url, .limit = 1};
    (void)state;
    assert_int_equal(bind(mute, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(mute, 4), 0);
    assert_int_equal(getsockname(mute, (struct sockaddr *)&address, &length), 0);
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d/", (int)ntohs(address.sin_port));
    assert_int_equal(http_new(&options, &http, &error), ERROR_NONE);
    instant before = instant_now();
    assert_int_equal(http_fetch(http, &request, &answer, &error), ERROR_IO);
    assert_int_equal(answer.fault, HTTP_TIMEOUT);
    assert_int_equal(answer.status, 0);
    assert_true(instant_now() - before < LONG_MS * INT64_C(1000)); /* it was not the other limit */
    http_free(http);
    close(mute);
}

static void a_proxy_comes_from_the_environment(void **state)
{
    struct http *http = make_http(LONG_MS, 1, NULL);
    struct http_body body = {0};
    struct http_answer answer;
    const struct http_request request = {.origin = ASKED_AS_PROXY,
                                         .url = ASKED_AS_PROXY "rest",
                                         .limit = 4096,
                                         .take = http_body_take,
                                         .context = &body};
    (void)state;
    (void)setenv("http_proxy", origin, 1);
    assert_int_equal(http_fetch(http, &request, &answer, &error), ERROR_IO); /* no_proxy says that none has one */
    assert_int_equal(answer.fault, HTTP_CONNECT);
    (void)setenv("no_proxy", "example.com", 1);
    assert_int_equal(http_fetch(http, &request, &answer, &error), ERROR_NONE);
    assert_non_null(strstr(body.bytes, "GET " ASKED_AS_PROXY "rest HTTP/1.1\r\n"));
    (void)setenv("no_proxy", "*", 1);
    (void)unsetenv("http_proxy");
    http_body_free(&body);
    http_free(http);
}

static void plain_http_is_no_tls(void **state)
{
    char https[80], url[96];
    struct http *http = make_http(LONG_MS, 1, NULL);
    struct http_answer answer;
    const struct http_request request = {.origin = https, .url = url, .limit = 1};
    (void)state;
    (void)snprintf(https, sizeof https, "https%s", origin + strlen("http"));
    (void)snprintf(url, sizeof url, "%s/no-http", https);
    assert_int_equal(http_fetch(http, &request, &answer, &error), ERROR_IO);
    assert_int_equal(answer.fault, HTTP_CONNECT);
    http_free(http);
}

static void sends_method_headers_and_body(void **state)
{
    static const char *const headers[] = {"Authorization: Bearer abc", "Content-Type: application/json", NULL};
    static const char *const expected[] = {"PUT /echo HTTP/1.1\r\n", "Authorization: Bearer abc\r\n",
                                           "User-Agent: jirasync/test\r\n", "Accept-Encoding: gzip, deflate\r\n",
                                           "Content-Length: 5\r\n", "\r\n\r\n[1,2]"};
    char url[128];
    struct http *http = make_http(LONG_MS, 1, NULL);
    struct http_body body = {0};
    struct http_answer answer;
    const struct http_request request = {.origin = origin,
                                         .url = url,
                                         .method = "PUT",
                                         .headers = headers,
                                         .body = "[1,2]",
                                         .body_length = 5,
                                         .limit = 4096,
                                         .take = http_body_take,
                                         .context = &body};
    (void)state;
    (void)snprintf(url, sizeof url, "%s/echo", origin);
    assert_int_equal(http_fetch(http, &request, &answer, &error), ERROR_NONE);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (strstr(body.bytes, expected[i]) == NULL)
            fail_msg("no %s in %s", expected[i], body.bytes);
    http_body_free(&body);
    http_free(http);
}

static void follows_redirects_within_the_origin_alone(void **state)
{
    static const char *const refused[] = {"/far", "/file", "/circle"};
    struct http *http = make_http(LONG_MS, 1, NULL);
    struct http_body body = {0};
    struct http_answer answer = get(http, "/near", 4096, &body);
    (void)state;
    assert_int_equal(answer.fault, HTTP_ANSWERED);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.length, 4);
    assert_string_equal(body.bytes, "{\"\"}");
    http_body_free(&body);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        answer = get(http, refused[i], 4096, NULL);
        assert_int_equal(answer.fault, HTTP_REDIRECTED);
        assert_non_null(strstr(answer.problem, "redirected"));
    }
    http_free(http);
}

static void hands_a_redirect_of_what_writes_back(void **state)
{
    char url[128];
    struct http *http = make_http(LONG_MS, 1, NULL);
    struct http_answer answer;
    const struct http_request request = {.origin = origin, .url = url, .body = "{}", .body_length = 2, .limit = 4096};
    (void)state;
    (void)snprintf(url, sizeof url, "%s/near", origin);
    assert_int_equal(http_fetch(http, &request, &answer, &error), ERROR_NONE);
    assert_int_equal(answer.status, 302);
    assert_string_equal(http_header(&answer, HTTP_LOCATION), "/plain?b=1");
    http_free(http);
}

static void an_origin_is_scheme_host_and_port(void **state)
{
    static const struct {
        const char *origin, *url;
        bool is_within;
    } rows[] = {
        {"https://host", "https://host/a?b#c", true},
        {"https://host/base/", "https://host/a", true},
        {"https://host", "https://HOST:443/a", true},
        {"http://host:8080/jira", "http://host:8080/jira/rest", true},
        {"https://host", "http://host/a", false},
        {"https://host", "https://host:8443/a", false},
        {"https://host", "https://host.example.com/a", false},
        {"https://host", "https://host@other/a", false},
        {"https://host", "https://user@host/a", false},
        {"https://host", "https://user:password@host/a", false},
        {"https://host", "https://other/https://host", false},
        {"https://host", "//host/a", false},
        {"https://host", "/a", false},
        {"https://host", "", false},
        {"https://host", "https://ho st/a", false},
        {"ftp://host", "ftp://host/a", false},
        {"file:///a", "file:///a", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (http_is_within(rows[i].origin, rows[i].url) != rows[i].is_within)
            fail_msg("%s %s", rows[i].origin, rows[i].url);
}

static void refuses_what_leaves_the_origin_or_the_line(void **state)
{
    static const char *const broken[] = {"X-A: b\r\nX-C: d", NULL};
    struct http *http = make_http(LONG_MS, 1, NULL);
    struct http_answer answers[2];
    char url[128];
    int before = atomic_load(&connections);
    (void)snprintf(url, sizeof url, "%s/plain", origin);
    const struct http_request requests[] = {{.origin = origin, .url = url, .limit = 9},
                                            {.origin = origin, .url = "https://example.com/", .limit = 9}};
    const struct http_request second = {.origin = origin, .url = url, .headers = broken, .limit = 9};
    (void)state;
    assert_int_equal(http_run(http, requests, answers, 2, &error), ERROR_INPUT);
    assert_int_equal(http_fetch(http, &second, answers, &error), ERROR_INPUT);
    assert_null(strstr(error.message, "X-C"));
    assert_int_equal(atomic_load(&connections), before);
    http_free(http);
}

static void runs_several_at_once_and_no_more(void **state)
{
    enum { REQUESTS = 12,
           AT_ONCE = 3 };
    struct http *http = make_http(LONG_MS, AT_ONCE, NULL);
    struct http_request requests[REQUESTS];
    static struct http_answer answers[REQUESTS];
    char url[128];
    (void)state;
    (void)snprintf(url, sizeof url, "%s/later", origin);
    for (size_t i = 0; i < REQUESTS; i++)
        requests[i] = (struct http_request){.origin = origin, .url = url, .limit = 9};
    atomic_store(&most_together, 0);
    assert_int_equal(http_run(http, requests, answers, REQUESTS, &error), ERROR_NONE);
    for (size_t i = 0; i < REQUESTS; i++) {
        assert_int_equal(answers[i].fault, HTTP_ANSWERED);
        assert_int_equal(answers[i].status, 204);
    }
    assert_in_range(atomic_load(&most_together), 1, AT_ONCE);
    http_free(http);
}

static void refuses_authorities_that_are_not_there(void **state)
{
    const struct http_options options = {.user_agent = "test", .ca_file = "/nonexistent/ca"};
    struct http *http;
    (void)state;
    assert_int_equal(http_new(&options, &http, &error), ERROR_IO);
    assert_null(http);
    assert_non_null(strstr(error.message, "/nonexistent/ca"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_the_body_on_and_keeps_the_connection),
        cmocka_unit_test(an_empty_answer_is_whole),
        cmocka_unit_test(keeps_the_headers_that_matter_and_an_excerpt),
        cmocka_unit_test(says_how_long_to_wait),
        cmocka_unit_test(a_cut_answer_is_a_fault),
        cmocka_unit_test(a_body_past_the_limit_ends_the_request),
        cmocka_unit_test(what_takes_the_body_may_end_the_request),
        cmocka_unit_test(a_silent_answer_times_out),
        cmocka_unit_test(a_cancelled_request_ends),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(a_connection_that_is_never_made_times_out),
        cmocka_unit_test(a_proxy_comes_from_the_environment),
        cmocka_unit_test(plain_http_is_no_tls),
        cmocka_unit_test(sends_method_headers_and_body),
        cmocka_unit_test(follows_redirects_within_the_origin_alone),
        cmocka_unit_test(hands_a_redirect_of_what_writes_back),
        cmocka_unit_test(an_origin_is_scheme_host_and_port),
        cmocka_unit_test(refuses_what_leaves_the_origin_or_the_line),
        cmocka_unit_test(runs_several_at_once_and_no_more),
        cmocka_unit_test(refuses_authorities_that_are_not_there),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
