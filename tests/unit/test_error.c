/* Error codes, the classes of SQLSTATEs and their HTTP statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "error.h"

#include <string.h>

static void error_codes_have_names_of_their_own(void **state)
{
    (void)state;
    for (int i = 0; i < ERROR_CODES; i++) {
        assert_non_null(error_name((enum error_code)i));
        assert_true(error_http_status((enum error_code)i) >= 200);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(error_name((enum error_code)i), error_name((enum error_code)j));
    }
}

static void error_statuses_are_those_of_the_contract(void **state)
{
    (void)state;
    assert_int_equal(error_http_status(ERROR_NONE), 200);
    assert_int_equal(error_http_status(ERROR_INVALID_SIGNATURE), 401);
    assert_string_equal(error_name(ERROR_INVALID_SIGNATURE), "invalid_signature");
    assert_int_equal(error_http_status(ERROR_UNKNOWN_SOURCE), 404);
    assert_int_equal(error_http_status(ERROR_METHOD_NOT_ALLOWED), 405);
    assert_int_equal(error_http_status(ERROR_LENGTH_REQUIRED), 411);
    assert_int_equal(error_http_status(ERROR_BODY_TOO_LARGE), 413);
    assert_int_equal(error_http_status(ERROR_UNSUPPORTED_MEDIA), 415);
    assert_int_equal(error_http_status(ERROR_SECRET_UNAVAILABLE), 503);
}

/* What is answered 503 may be tried again, and nothing else; what is kept is 415 or 422, and nothing else. */
static void error_classes_follow_from_the_status(void **state)
{
    (void)state;
    for (int i = 0; i < ERROR_CODES; i++) {
        enum error_code code = (enum error_code)i;
        int status = error_http_status(code);

        if (error_is_retryable(code) != (status == 503))
            fail_msg("%s: %d", error_name(code), status);
        if (error_is_quarantined(code) != (status == 422 || status == 415))
            fail_msg("%s: %d", error_name(code), status);
    }
}

static void error_of_an_unknown_code_is_ours(void **state)
{
    (void)state;
    assert_int_equal(error_http_status((enum error_code)ERROR_CODES), 503);
    assert_int_equal(error_http_status((enum error_code)999), 503);
}

static void error_classes_of_sqlstates(void **state)
{
    static const struct {
        const char *sqlstate;
        enum error_code code;
    } rows[] = {
        {"22P02", ERROR_NOT_STORABLE},
        {"22P05", ERROR_NOT_STORABLE},
        {"23505", ERROR_NOT_STORABLE},
        {"54000", ERROR_NOT_STORABLE},
        {"40001", ERROR_DATABASE_CONFLICT},
        {"40P01", ERROR_DATABASE_CONFLICT},
        {"55P03", ERROR_DATABASE_CONFLICT},
        {"08006", ERROR_DATABASE_AWAY},
        {"53300", ERROR_DATABASE_AWAY},
        {"57P01", ERROR_DATABASE_AWAY},
        {"57P03", ERROR_DATABASE_AWAY},
        {"57014", ERROR_DATABASE_AWAY},
        {"25006", ERROR_DATABASE_AWAY},
        {"", ERROR_DATABASE_AWAY},
        {NULL, ERROR_DATABASE_AWAY},
        {"42501", ERROR_DATABASE_MISUSE},
        {"42P01", ERROR_DATABASE_MISUSE},
        {"28P01", ERROR_DATABASE_MISUSE},
        {"3F000", ERROR_DATABASE_MISUSE},
        {"XX000", ERROR_DATABASE_MISUSE},
        {"40002", ERROR_DATABASE_MISUSE},
        {"57000", ERROR_DATABASE_MISUSE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (error_code_of_sqlstate(rows[i].sqlstate) != rows[i].code)
            fail_msg("%s is taken for %s", rows[i].sqlstate, error_name(error_code_of_sqlstate(rows[i].sqlstate)));
}

static void error_set_fills_cuts_and_returns(void **state)
{
    struct error error = {.sqlstate = "22P02"};
    char text[2000];

    (void)state;
    assert_int_equal(error_set(&error, ERROR_IO, "%s: %d", "file", 7), ERROR_IO);
    assert_int_equal(error.code, ERROR_IO);
    assert_string_equal(error.message, "file: 7");
    assert_string_equal(error.sqlstate, "");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(error_set(&error, ERROR_CONFIG, "%s", text), ERROR_CONFIG);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    assert_int_equal(error_set(NULL, ERROR_INPUT, "%s", text), ERROR_INPUT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_codes_have_names_of_their_own),
        cmocka_unit_test(error_statuses_are_those_of_the_contract),
        cmocka_unit_test(error_classes_follow_from_the_status),
        cmocka_unit_test(error_of_an_unknown_code_is_ours),
        cmocka_unit_test(error_classes_of_sqlstates),
        cmocka_unit_test(error_set_fills_cuts_and_returns),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
