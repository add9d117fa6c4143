/* Issues cut out of a stream of JSON, whatever the size of its pieces. */
#include "json_slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Feeds text in pieces of `step` bytes; issues are listed one after another with '|', a problem as "!OFFSET PROBLEM". */
static void cut(const char *text, size_t step, size_t limit, char *list)
{
    struct json_slice *slice = json_slice_new("issues", limit);
    size_t length = strlen(text), issue_length, used = 0, piece;
    enum json_slice_step found = JSON_SLICE_MORE;
    uint64_t offset;

    assert_non_null(slice);
    list[0] = '\0';
    while (found != JSON_SLICE_BAD && used < length) {
        piece = length - used < step ? length - used : step;
        found = json_slice_feed(slice, text + used, piece, &piece);
        used += piece;
        if (found == JSON_SLICE_ISSUE)
            strcat(strcat(list, json_slice_issue(slice, &issue_length)), "|");
    }
    if (found == JSON_SLICE_BAD || json_slice_end(slice) == JSON_SLICE_BAD) {
        const char *problem = json_slice_problem(slice, &offset);
        sprintf(list + strlen(list), "!%d %s", (int)offset, problem);
    }
    json_slice_free(slice);
}

static void expect(const char *text, const char *expected)
{
    char list[1024];
    for (size_t step = 1; step <= strlen(text) + 1; step++) {
        cut(text, step, 4096, list);
        assert_string_equal(list, expected);
    }
}

static void cuts_pages_arrays_and_single_issues(void **state)
{
    (void)state;
    expect("{\"startAt\":0,\"issues\":[{\"id\":\"1\"},{\"id\":\"2\"}],\"total\":2}", "{\"id\":\"1\"}|{\"id\":\"2\"}|");
    expect("{\"issues\":[{\"id\":\"1\"}]}\n{\"issues\":[{\"id\":\"2\"}]}", "{\"id\":\"1\"}|{\"id\":\"2\"}|");
    expect("[{\"id\":\"1\"}, {\"id\":\"2\"}]", "{\"id\":\"1\"}|{\"id\":\"2\"}|");
    expect("[{\"issues\":[{\"id\":\"1\"}]},{\"issues\":[{\"id\":\"2\"}]}]", "{\"id\":\"1\"}|{\"id\":\"2\"}|");
    expect("{\"id\":\"1\",\"fields\":{\"issues\":[1]}}", "{\"id\":\"1\",\"fields\":{\"issues\":[1]}}|");
    expect("{\"id\":\"1\"}{\"id\":\"2\"}", "{\"id\":\"1\"}|{\"id\":\"2\"}|");
    expect("\xef\xbb\xbf{\"id\":\"1\"}", "{\"id\":\"1\"}|");
    expect("{\"issues\":[],\"total\":0}", "");
    expect("[]", "");
    expect("", "");
}

static void minds_strings_and_escapes(void **state)
{
    (void)state;
    expect("[{\"a\":\"}]{[\"}]", "{\"a\":\"}]{[\"}|");
    expect("[{\"a\":\"\\\"}\\\\\"}]", "{\"a\":\"\\\"}\\\\\"}|");
    expect("{\"x\":\"issues\",\"y\":[1]}", "{\"x\":\"issues\",\"y\":[1]}|");
    expect("{\"x\":{\"issues\":[1]},\"y\":[2]}", "{\"x\":{\"issues\":[1]},\"y\":[2]}|");
    expect("{\"issue\":[1],\"issuesx\":[2]}", "{\"issue\":[1],\"issuesx\":[2]}|");
    expect("{\"issues\":null,\"y\":[2]}", "{\"issues\":null,\"y\":[2]}|");
}

static void says_where_it_is_wrong(void **state)
{
    (void)state;
    expect("[{\"id\":\"1\"}, 7]", "{\"id\":\"1\"}|!13 this is no issue and no page of issues");
    expect("hello", "!0 this is no issue and no page of issues");
    expect("{\"issues\":[\"x\"]}", "!11 a string stands where an issue is expected");
    expect("[[1]]", "!1 an array stands where an issue is expected");
    expect("{\"a\":1]", "!6 a bracket closes what is not open");
    expect("}", "!0 a bracket closes what is not open");
    expect("[{\"id\":\"1\"},{\"id\":", "{\"id\":\"1\"}|!18 the input ends in the middle of a value");
    expect("[{\"id\":\"1\"}", "{\"id\":\"1\"}|!11 the input ends in the middle of a value");
    expect("[{\"id\":\"1\"}]]", "{\"id\":\"1\"}|!12 a bracket closes what is not open");
}

static void refuses_an_issue_past_the_limit(void **state)
{
    (void)state;
    char list[64], text[40000];
    memset(text, 'a', sizeof text);
    memcpy(text, "[{\"a\":\"", 7);
    text[sizeof text - 1] = '\0';
    cut(text, 1000, 20000, list);
    assert_non_null(strstr(list, "an issue is longer than allowed"));
}

static void refuses_what_is_nested_too_deep(void **state)
{
    (void)state;
    char list[64], text[2000];
    memset(text, '[', sizeof text);
    text[0] = '{';
    text[sizeof text - 1] = '\0';
    cut(text, 2000, 4096, list);
    assert_non_null(strstr(list, "nested too deep"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_pages_arrays_and_single_issues),
        cmocka_unit_test(minds_strings_and_escapes),
        cmocka_unit_test(says_where_it_is_wrong),
        cmocka_unit_test(refuses_an_issue_past_the_limit),
        cmocka_unit_test(refuses_what_is_nested_too_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
