/* Sending deliveries: URLs, ids, bodies that are read, and faults before there is an answer. Answers are e2e's part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "send.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct secret *secret;

static int make_secret(void **state)
{
    struct error error = {0};

    (void)state;
    (void)setenv("no_proxy", "*", 1);
    return secret_of_value("value", "not-empty", 9, &secret, &error) == ERROR_NONE ? 0 : -1;
}

static int free_secret(void **state)
{
    (void)state;
    secret_free(secret);
    return 0;
}

static struct send *sender_to(const char *url)
{
    const struct send_options options = {.url = url, .user_agent = "test", .secret = secret};
    struct send *sender;
    struct error error = {0};

    if (send_new(&options, &sender, &error) != ERROR_NONE)
        fail_msg("%s: %s", url, error.message);
    return sender;
}

static void url_of_the_default_source_has_no_slug(void **state)
{
    static const char *const expected[][3] = {
        {"https://host:8443", "default", "https://host:8443/webhooks/jira"},
        {"https://host:8443", "second", "https://host:8443/webhooks/jira/second"},
        {"https://host/base//", "default", "https://host/base/webhooks/jira"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        char *url = send_webhook_url(expected[i][0], SOURCE_JIRA, expected[i][1]);

        assert_string_equal(url, expected[i][2]);
        free(url);
    }
}

static void url_of_a_git_host_has_its_kind_and_slug(void **state)
{
    char *url = send_webhook_url("https://host/", SOURCE_BITBUCKET_SERVER, "default");

    (void)state;
    assert_string_equal(url, "https://host/webhooks/bitbucket-server/default");
    free(url);
}

static void refuses_an_event_that_would_end_the_header(void **state)
{
    const struct send_options options = {
        .url = "https://127.0.0.1:1/", .user_agent = "test", .secret = secret, .kind = SOURCE_GITHUB, .event = "push\r\nA: b"};
    struct send *sender;
    struct error error = {0};

    (void)state;
    assert_int_equal(send_new(&options, &sender, &error), ERROR_INPUT);
    assert_null(sender);
}

static void made_ids_differ(void **state)
{
    char ids[100][SEND_ID_BYTES];

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        send_make_id(ids[i]);
        assert_true(strlen(ids[i]) > 0 && strspn(ids[i], "0123456789") == strlen(ids[i]));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(ids[i], ids[j]);
    }
}

static void refuses_a_url_that_is_not_https(void **state)
{
    static const char *const urls[] = {"http://localhost/", "file:///etc/passwd", "localhost", ""};

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        const struct send_options options = {.url = urls[i], .user_agent = "test", .secret = secret};
        struct send *sender;
        struct error error = {0};

        assert_int_equal(send_new(&options, &sender, &error), ERROR_INPUT);
        assert_null(sender);
    }
}

static void refuses_an_authority_that_is_not_there(void **state)
{
    const struct send_options options = {
        .url = "https://localhost/", .user_agent = "test", .secret = secret, .ca_file = "/nonexistent/ca"};
    struct send *sender;
    struct error error = {0};

    (void)state;
    assert_int_equal(send_new(&options, &sender, &error), ERROR_IO);
    assert_non_null(strstr(error.message, "/nonexistent/ca"));
}

static void refuses_an_id_that_would_end_the_header(void **state)
{
    char lengthy[300];
    const char *const ids[] = {"", "a\r\nX-Other: b", "\x7f", "h\xc3\xa9", lengthy};
    struct send *sender = sender_to("https://127.0.0.1:1/");

    (void)state;
    memset(lengthy, 'a', 256);
    lengthy[256] = '\0';
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct send_answer answer;
        struct error error = {0};

        assert_int_equal(send_delivery(sender, (const unsigned char *)"{}", 2, ids[i], &answer, &error), ERROR_INPUT);
    }
    send_free(sender);
}

/* A port of the system's choice on which nobody listens; the socket is the caller's. */
static int closed_port(char *url, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int held = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(held, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(held, (struct sockaddr *)&address, &length), 0);
    snprintf(url, size, "https://127.0.0.1:%d/", (int)ntohs(address.sin_port));
    return held;
}

static void says_why_there_is_no_answer(void **state)
{
    char url[64];
    int held = closed_port(url, sizeof url);
    struct send *sender = sender_to(url);

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct send_answer answer;
        struct error error = {0};

        assert_int_equal(send_delivery(sender, (const unsigned char *)"{}", 2, "1", &answer, &error), ERROR_IO);
        assert_true(strlen(error.message) > 0);
        assert_null(strstr(error.message, "not-empty"));
    }
    send_free(sender);
    close(held);
}

static void reads_a_body_byte_for_byte(void **state)
{
    enum { LENGTH = 300000 };
    FILE *file = tmpfile();
    unsigned char *body;
    size_t length;
    struct error error = {0};

    (void)state;
    assert_non_null(file);
    for (int i = 0; i < LENGTH; i++)
        fputc(i % 251, file);
    rewind(file);
    assert_int_equal(send_read_body(fileno(file), &body, &length, &error), ERROR_NONE);
    assert_int_equal(length, LENGTH);
    for (int i = 0; i < LENGTH; i++)
        assert_int_equal(body[i], i % 251);
    free(body);
    assert_int_equal(send_read_body(fileno(file), &body, &length, &error), ERROR_NONE);
    assert_int_equal(length, 0);
    free(body);
    fclose(file);
    assert_int_equal(send_read_body(-1, &body, &length, &error), ERROR_IO);
    assert_null(body);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_of_the_default_source_has_no_slug),
        cmocka_unit_test(url_of_a_git_host_has_its_kind_and_slug),
        cmocka_unit_test(refuses_an_event_that_would_end_the_header),
        cmocka_unit_test(made_ids_differ),
        cmocka_unit_test(refuses_a_url_that_is_not_https),
        cmocka_unit_test(refuses_an_authority_that_is_not_there),
        cmocka_unit_test(refuses_an_id_that_would_end_the_header),
        cmocka_unit_test(says_why_there_is_no_answer),
        cmocka_unit_test(reads_a_body_byte_for_byte),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, make_secret, free_secret);
}
