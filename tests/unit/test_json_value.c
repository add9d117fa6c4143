/* Members, ids and instants out of parsed JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "json_value.h"

static void members_are_case_sensitive_and_the_last_one_wins(void **state)
{
    static const char *const names[] = {"a", NULL, "b", "A", "absent"};
    cJSON *tree = cJSON_Parse("{\"a\": 1, \"A\": 2, \"b\": \"first\", \"a\": {\"a\": 4}, \"b\": null}");
    const cJSON *found[5];

    (void)state;
    assert_non_null(tree);
    json_value_members(tree, names, 5, found);
    assert_true(cJSON_IsObject(found[0]));
    assert_null(found[1]);
    assert_true(cJSON_IsNull(found[2]));
    assert_int_equal(found[3]->valueint, 2);
    assert_null(found[4]);
    assert_false(json_value_is_set(json_value_member(tree, "b")));
    assert_true(json_value_is_set(json_value_member(json_value_member(tree, "a"), "a")));
    cJSON_Delete(tree);
}

static void members_of_anything_else_are_absent(void **state)
{
    cJSON *tree = cJSON_Parse("[{\"a\": \"text\"}]");

    (void)state;
    assert_non_null(tree);
    assert_null(json_value_member(tree, "a"));
    assert_null(json_value_member(NULL, "a"));
    assert_null(json_value_member_text(NULL, "a"));
    assert_string_equal(json_value_member_text(tree->child, "a"), "text");
    assert_null(json_value_text(tree));
    assert_null(json_value_text(NULL));
    assert_false(json_value_is_set(NULL));
    cJSON_Delete(tree);
}

static void ids_are_positive_whole_and_exact(void **state)
{
    static const struct {
        const char *text;
        int64_t id; /* 0: refused */
    } rows[] = {
        {"1", 1},
        {"\"10017\"", 10017},
        {"9007199254740991", INT64_C(9007199254740991)},
        {"1e3", 1000},
        {"1.0", 1},
        {"\"9223372036854775807\"", INT64_MAX},
        {"\"007\"", 7},
        {"0", 0},
        {"-1", 0},
        {"1.5", 0},
        {"9007199254740992", 0},
        {"9223372036854776000", 0},
        {"1e999", 0},
        {"-1e999", 0},
        {"\"9223372036854775808\"", 0},
        {"\"0\"", 0},
        {"\"-1\"", 0},
        {"\"+1\"", 0},
        {"\" 1\"", 0},
        {"\"1 \"", 0},
        {"\"\"", 0},
        {"\"0x10\"", 0},
        {"\"1e3\"", 0},
        {"true", 0},
        {"null", 0},
        {"[1]", 0},
        {"{\"id\": 1}", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cJSON *value = cJSON_Parse(rows[i].text);
        int64_t id = -5;
        bool is_id;

        assert_non_null(value);
        is_id = json_value_id(value, &id);
        if (is_id != (rows[i].id != 0) || (is_id && id != rows[i].id))
            fail_msg("%s as an id: %d, %lld", rows[i].text, is_id, (long long)id);
        cJSON_Delete(value);
    }
}

static void instants_come_from_text_or_milliseconds(void **state)
{
    static const struct {
        const char *text;
        instant at;
    } rows[] = {
        {"\"2026-11-24T04:12:00.123-0700\"", INT64_C(1795518720123000)},
        {"1795518720123", INT64_C(1795518720123000)},
        {"\"1795518720123\"", INT64_C(1795518720123000)},
        {"\"2026-11-24 11:12:00,123\"", INT64_C(1795518720123000)},
        {"\"\"", INSTANT_NONE},
        {"\"soon\"", INSTANT_NONE},
        {"-1", INSTANT_NONE},
        {"1e300", INSTANT_NONE},
        {"1e999", INSTANT_NONE},
        {"true", INSTANT_NONE},
        {"null", INSTANT_NONE},
        {"{}", INSTANT_NONE},
        {"\"99999999999999999999\"", INSTANT_NONE},
        {"\"0001-01-01T00:00:00.000+0000\"", INSTANT_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cJSON *value = cJSON_Parse(rows[i].text);
        instant at;

        assert_non_null(value);
        at = json_value_instant(value);
        if (at != rows[i].at)
            fail_msg("%s as an instant: %lld", rows[i].text, (long long)at);
        cJSON_Delete(value);
    }
    assert_true(json_value_instant(NULL) == INSTANT_NONE);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_case_sensitive_and_the_last_one_wins),
        cmocka_unit_test(members_of_anything_else_are_absent),
        cmocka_unit_test(ids_are_positive_whole_and_exact),
        cmocka_unit_test(instants_come_from_text_or_milliseconds),
    };

    if (argc > 1 && *argv[1] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
