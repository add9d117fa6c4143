/* What the formats of a report share. */
#include "report_value.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void lists_that_are_too_long_say_so(void **state)
{
    (void)state;
    char text[16];
    cJSON *list = cJSON_Parse("[\"alpha\",\"beta\",5,\"gamma\"]");
    assert_string_equal(report_value_joined(list, ",", text, sizeof text), "alpha,beta ...");
    assert_string_equal(report_value_joined(list, ",", text, 8), " ...");
    assert_string_equal(report_value_joined(list->child, ",", text, sizeof text), "");
    assert_string_equal(report_value_joined(NULL, ",", text, sizeof text), "");
    cJSON_Delete(list);
    list = cJSON_Parse("[\"a\",\"b\"]");
    assert_string_equal(report_value_joined(list, ", ", text, sizeof text), "a, b");
    cJSON_Delete(list);
}

static void findings_say_why(void **state)
{
    (void)state;
    static const struct {
        const char *finding, *why;
    } cases[] = {
        {"{\"r\":\"other_version\",\"fix_versions\":[\"1.1\",\"2.0\"]}", "in another version: 1.1, 2.0"},
        {"{\"r\":\"only_in_code\",\"fix_versions\":[\"1.1\"]}", "in another version: 1.1"},
        {"{\"r\":\"only_in_code\",\"fix_versions\":[]}", "in no version"},
        {"{\"r\":\"in_version\",\"fix_versions\":[\"1.0\"]}", "in a version: 1.0"},
        {"{\"r\":\"in_both\",\"fix_versions\":[\"1.0\"]}", "in both"},
        {"{\"r\":\"in_version\",\"fix_versions\":[\"1.0\"],\"note\":\"given back by 0123\"}",
         "in a version: 1.0, given back by 0123"},
        {"{\"r\":\"taken_back\",\"note\":\"taken back by 0123\"}", "taken back by 0123"},
        {"{\"r\":\"no_key\"}", "no key"},
        {"{\"r\":\"something_new\"}", "something_new"},
        {"{}", ""},
    };
    char why[REPORT_WHY_BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *finding = cJSON_Parse(cases[i].finding);
        assert_string_equal(report_value_why(finding, "r", why), cases[i].why);
        cJSON_Delete(finding);
    }
}

static void a_version_is_called_with_its_site_where_there_are_several(void **state)
{
    (void)state;
    char name[REPORT_NAME_BYTES];
    cJSON *one = cJSON_Parse("{\"sites\":[\"a\"]}"), *two = cJSON_Parse("{\"sites\":[\"a\",\"b\"]}");
    cJSON *version = cJSON_Parse("{\"source\":\"a\",\"project_key\":\"APP\",\"fix_version\":\"1.0\"}");
    cJSON *orphan = cJSON_Parse("{\"source\":\"a\",\"project_key\":null,\"fix_version\":\"1.0\"}");
    assert_string_equal(report_value_version_name(one, version, name), "APP 1.0");
    assert_string_equal(report_value_version_name(two, version, name), "a / APP 1.0");
    assert_string_equal(report_value_version_name(one, orphan, name), "1.0");
    cJSON_Delete(one);
    cJSON_Delete(two);
    cJSON_Delete(version);
    cJSON_Delete(orphan);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_that_are_too_long_say_so),
        cmocka_unit_test(findings_say_why),
        cmocka_unit_test(a_version_is_called_with_its_site_where_there_are_several),
    };
    if (argc > 1 && argv[1][0])
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
