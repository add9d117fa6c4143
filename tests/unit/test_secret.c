/* Secrets: references, values of any bytes, what can't be had, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/jirasync-secret-XXXXXX";
static struct error error;

static int make_file(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static enum error_code read_file(const void *bytes, size_t length, struct secret **secret)
{
    char reference[64];
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    (void)snprintf(reference, sizeof reference, "file:%s", path);
    return secret_read(reference, secret, &error);
}

static void holds(struct secret *secret, const void *bytes, size_t length)
{
    assert_true(secret_is_available(secret));
    assert_int_equal(secret_length(secret), length);
    assert_memory_equal(secret_bytes(secret), bytes, length);
    secret_free(secret);
}

static void secret_comes_from_the_environment(void **state)
{
    struct secret *secret;

    (void)state;
    assert_int_equal(setenv("TEST_SECRET", " a b=\n", 1), 0);
    assert_int_equal(secret_read("env:TEST_SECRET", &secret, &error), ERROR_NONE);
    assert_string_equal(secret_reference(secret), "env:TEST_SECRET");
    holds(secret, " a b=\n", 6);
    assert_int_equal(setenv("TEST_SECRET", "", 1), 0);
    assert_int_equal(secret_read("env:TEST_SECRET", &secret, &error), ERROR_CONFIG);
    assert_null(secret);
    assert_int_equal(unsetenv("TEST_SECRET"), 0);
    assert_int_equal(secret_read("env:TEST_SECRET", &secret, &error), ERROR_NONE);
    assert_false(secret_is_available(secret));
    assert_non_null(strstr(secret_problem(secret), "TEST_SECRET"));
    secret_free(secret);
}

static void secret_file_loses_one_newline(void **state)
{
    static const struct {
        const char *text;
        const char *value;
    } rows[] = {
        {"abc", "abc"},
        {"abc\n", "abc"},
        {"abc\r\n", "abc"},
        {"abc\n\n", "abc\n"},
        {"abc\r", "abc\r"},
        {" abc ", " abc "},
        {"\nabc", "\nabc"},
        {"a", "a"},
        {"a\n", "a"},
        {"\r\n\n", "\r\n"},
    };
    struct secret *secret;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(read_file(rows[i].text, strlen(rows[i].text), &secret), ERROR_NONE);
        holds(secret, rows[i].value, strlen(rows[i].value));
    }
}

static void secret_file_may_hold_any_bytes(void **state)
{
    unsigned char bytes[256];
    struct secret *secret;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    assert_int_equal(read_file(bytes, sizeof bytes, &secret), ERROR_NONE);
    holds(secret, bytes, sizeof bytes);
}

static void secret_file_must_not_be_empty(void **state)
{
    static const char *const empty[] = {"", "\n", "\r\n"};
    struct secret *secret;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(read_file(empty[i], strlen(empty[i]), &secret), ERROR_CONFIG);
        assert_null(secret);
        assert_non_null(strstr(error.message, "is empty"));
    }
}

static void secret_file_has_a_largest_size(void **state)
{
    static char bytes[65537];
    struct secret *secret;

    (void)state;
    memset(bytes, 'x', sizeof bytes);
    assert_int_equal(read_file(bytes, sizeof bytes, &secret), ERROR_CONFIG);
    assert_int_equal(read_file(bytes, sizeof bytes - 1, &secret), ERROR_NONE);
    holds(secret, bytes, sizeof bytes - 1);
}

static void secret_that_can_not_be_read_is_unavailable(void **state)
{
    static const char *const references[] = {"file:/nonexistent/secret", "file:/tmp", "file:nonexistent"};
    struct secret *secret;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(secret_read(references[i], &secret, &error), ERROR_NONE);
        assert_false(secret_is_available(secret));
        assert_non_null(strstr(secret_problem(secret), references[i] + 5));
        assert_string_equal(secret_reference(secret), references[i]);
        secret_free(secret);
    }
}

/* Somebody wrote the secret itself: it must not come back in the message. */
static void secret_is_never_its_own_reference(void **state)
{
    static const char *const references[] = {"", "hunter2", "env:", "file:", "env", "ENV:hunter2", " env:hunter2", "value:hunter2"};
    struct secret *secret;

    (void)state;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        assert_int_equal(secret_read(references[i], &secret, &error), ERROR_CONFIG);
        assert_null(secret);
        assert_null(strstr(error.message, "hunter2"));
    }
}

static void secret_of_value_copies(void **state)
{
    char value[] = "a\0b";
    struct secret *secret;

    (void)state;
    assert_int_equal(secret_of_value("env:KEY", value, 3, &secret, &error), ERROR_NONE);
    memset(value, 'x', sizeof value);
    assert_string_equal(secret_reference(secret), "env:KEY");
    holds(secret, "a\0b", 3);
    assert_int_equal(secret_of_value("env:KEY", value, 0, &secret, &error), ERROR_CONFIG);
    assert_null(secret);
    secret_free(NULL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_comes_from_the_environment),
        cmocka_unit_test(secret_file_loses_one_newline),
        cmocka_unit_test(secret_file_may_hold_any_bytes),
        cmocka_unit_test(secret_file_must_not_be_empty),
        cmocka_unit_test(secret_file_has_a_largest_size),
        cmocka_unit_test(secret_that_can_not_be_read_is_unavailable),
        cmocka_unit_test(secret_is_never_its_own_reference),
        cmocka_unit_test(secret_of_value_copies),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
