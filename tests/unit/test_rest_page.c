/* Answers of Jira's REST cut into items: raw bytes, what the frame says, shapes that are none, any bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "json_value.h"
#include "normalize.h"
#include "rest_page.h"
#include "support/fixture.h"

static struct rest_page page;
static struct error error;

static int make_page(void **state)
{
    (void)state;
    normalize_init();
    return rest_page_init(&page, (size_t)16 << 20) ? 0 : -1;
}

static int free_page(void **state)
{
    (void)state;
    rest_page_free(&page);
    return 0;
}

static enum error_code read_text(const char *text, const char *member)
{
    http_body_clear(&page.body);
    assert_true(http_body_take(&page.body, text, strlen(text)));
    return rest_page_read(&page, member, &error);
}

static void expect_item(size_t index, const char *expected)
{
    assert_true(index < page.count);
    if (page.items[index].length != strlen(expected) || memcmp(page.items[index].bytes, expected, strlen(expected)) != 0)
        fail_msg("%.*s, not %s", (int)page.items[index].length, page.items[index].bytes, expected);
}

static void items_are_the_bytes_that_came(void **state)
{
    (void)state;
    assert_int_equal(read_text(" {\"startAt\": 2, \"issues\": [ {\"id\": 9223372036854775808.10, \"a\": \"]}\\\"\"} ,{\"issues\": [{}]}],"
                               " \"total\": 4, \"isLast\": true, \"nextPageToken\": \"t\\u00e9\"}\n",
                               "issues"),
                     ERROR_NONE);
    assert_int_equal(page.count, 2);
    expect_item(0, "{\"id\": 9223372036854775808.10, \"a\": \"]}\\\"\"}");
    expect_item(1, "{\"issues\": [{}]}");
    assert_string_equal(page.next_token, "t\xc3\xa9");
    assert_int_equal(page.total, 4);
    assert_int_equal(page.start_at, 2);
    assert_true(page.is_last && page.has_items);
}

static void an_empty_page_has_no_items(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"issues\": []}", "issues"), ERROR_NONE);
    assert_int_equal(page.count, 0);
    assert_true(page.has_items && !page.is_last && page.next_token == NULL);
    assert_int_equal(page.total, -1);
    assert_int_equal(page.start_at, -1);
}

static void an_array_alone_is_the_last_page(void **state)
{
    (void)state;
    assert_int_equal(read_text("[{\"key\": \"A\"}, {\"key\": \"B\"}]", "values"), ERROR_NONE);
    assert_int_equal(page.count, 2);
    expect_item(1, "{\"key\": \"B\"}");
    assert_true(page.is_last && page.frame == NULL);
    assert_int_equal(read_text("[]", "values"), ERROR_NONE);
    assert_int_equal(page.count, 0);
}

static void an_object_alone_is_one_item(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"id\": \"7\"}", NULL), ERROR_NONE);
    assert_int_equal(page.count, 1);
    expect_item(0, "{\"id\": \"7\"}");
    assert_string_equal(json_value_member_text(page.frame, "id"), "7");
}

static void odd_words_of_the_frame_say_nothing(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"issues\": [{}], \"total\": \"4\", \"startAt\": -1, \"isLast\": \"true\", \"nextPageToken\": null}", "issues"),
                     ERROR_NONE);
    assert_int_equal(page.total, -1);
    assert_int_equal(page.start_at, -1);
    assert_true(!page.is_last && page.next_token == NULL);
    assert_int_equal(read_text("{\"issues\": [], \"total\": 1e300}", "issues"), ERROR_NONE);
    assert_int_equal(page.total, -1);
}

static void other_shapes_are_no_pages(void **state)
{
    static const char *const texts[] = {"",
                                        "  ",
                                        "null",
                                        "\"text\"",
                                        "7",
                                        "<html></html>",
                                        "{\"total\": 3}",
                                        "{\"issues\": {}}",
                                        "{\"issues\": null}",
                                        "{\"issues\": [{\"id\": 1}",
                                        "{\"issues\": [{\"id\": 1}]",
                                        "{\"issues\": [{\"id\": 1}}]",
                                        "{\"issues\": [{}]} garbage",
                                        "{\"issues\": [1]}",
                                        "[{}",
                                        "[1]"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (read_text(texts[i], "issues") != ERROR_INVALID_JSON)
            fail_msg("%s", texts[i]);
    assert_int_equal(read_text("[{}]", NULL), ERROR_INVALID_JSON);
    assert_int_equal(read_text("{\"a\": ", NULL), ERROR_INVALID_JSON);
}

static void a_page_is_read_anew_each_time(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"issues\": [{}], \"nextPageToken\": \"x\", \"total\": 1, \"isLast\": true}", "issues"), ERROR_NONE);
    assert_int_equal(read_text("{\"issues\": []}", "issues"), ERROR_NONE);
    assert_true(page.count == 0 && page.next_token == NULL && page.total == -1 && !page.is_last);
}

static void cut_and_bent_pages_are_refused_or_read(void **state)
{
    static const char whole[] = "{\"expand\":\"x\",\"issues\":[{\"id\":\"1\",\"fields\":{\"summary\":\"a \\\\ \\\" b\",\"n\":[1,2,{\"c\":null}]}},"
                                "{\"id\":\"2\"}],\"isLast\":false,\"nextPageToken\":\"abc\"}";
    uint64_t random = fixture_seed();
    char text[sizeof whole];
    (void)state;
    for (size_t length = 0; length < sizeof whole - 1; length++) {
        snprintf(text, sizeof text, "%.*s", (int)length, whole);
        assert_int_equal(read_text(text, "issues"), ERROR_INVALID_JSON);
    }
    for (int i = 0; i < 20000; i++) {
        snprintf(text, sizeof text, "%s", whole);
        for (uint32_t bends = 1 + fixture_random(&random, 4); bends > 0; bends--)
            text[fixture_random(&random, sizeof whole - 1)] = (char)(1 + fixture_random(&random, 255));
        if (read_text(text, "issues") != ERROR_NONE)
            continue;
        for (size_t j = 0; j < page.count; j++)
            assert_true(page.items[j].bytes >= page.body.bytes && page.items[j].bytes[0] == '{' &&
                        page.items[j].bytes + page.items[j].length <= page.body.bytes + page.body.length);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_the_bytes_that_came),
        cmocka_unit_test(an_empty_page_has_no_items),
        cmocka_unit_test(an_array_alone_is_the_last_page),
        cmocka_unit_test(an_object_alone_is_one_item),
        cmocka_unit_test(odd_words_of_the_frame_say_nothing),
        cmocka_unit_test(other_shapes_are_no_pages),
        cmocka_unit_test(a_page_is_read_anew_each_time),
        cmocka_unit_test(cut_and_bent_pages_are_refused_or_read),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, make_page, free_page);
}
