/* Issue keys as they are kept: each once, in order, the refused beside them. */
#include "key_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROOM ((size_t)64 << 20)

static int set_up(void **state)
{
    *state = arena_new(ROOM);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

static void append(char *text, size_t size, const char *word)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used ? " " : "", word);
}

/* "APP-1 APP-2 !leading_zero:APP-007", "" for nothing. */
static const char *spelled(const struct key_list *list)
{
    static char text[4096];
    text[0] = '\0';
    for (size_t i = 0; i < list->key_count; i++) {
        append(text, sizeof text, list->keys[i]);
    }
    for (size_t i = 0; i < list->refused_count; i++) {
        char word[512];
        snprintf(word, sizeof word, "!%s:%s", issue_key_verdict_name(list->refused[i].verdict), list->refused[i].text);
        append(text, sizeof text, word);
    }
    return text;
}

static void lists_each_key_of_a_message_once(void **state)
{
    static const struct {
        const char *message, *keys;
    } cases[] = {
        {"", ""},
        {"no key", ""},
        {"APP-2 app-1 APP-2 App-1", "APP-2 APP-1"},
        {"PROJ-1,PROJ-2", "PROJ-1 PROJ-2"},
        {"PROJ-1/2 and PROJ-3..5, PROJ-7-9", "PROJ-1 PROJ-3 PROJ-7"},
        {"APP-007 and app-007, APP-007", "!leading_zero:APP-007 !leading_zero:app-007"},
        {"7APP-12, APP-12x and APP-12", "APP-12 !touches_left:APP-12 !touches_right:APP-12"},
        {"Add things (#12)\n\n* APP-1 first\n* APP-2 second\n\nCo-authored-by: A <a@example.com>", "APP-1 APP-2"},
        {"Squashed commit of the following:\n\ncommit 0123456789\n\n    APP-1 a\n\ncommit 9876543210\n\n    [APP-2] b",
         "APP-1 APP-2"},
        {"APP-1 Title (#5)\n\n* APP-3 a\n\n* Revert \"APP-2 old\"\n\nThis reverts commit 0123456789.\nAPP-4 APP-007\n\n* APP-5 b",
         "APP-1 APP-3 APP-5"},
        {"Squashed commit of the following:\n\ncommit 0123456789\n\n    Revert \"APP-2 a\"\n\ncommit 9876543210\n\n    [APP-1] b", "APP-1"},
        {"Back out (#5)\n\n* Revert \"APP-1 a\"\n\n* Revert \"APP-2 b\"", "APP-1 APP-2"},
        {"Revert \"APP-3 x\" (#5)\n\n* Revert \"APP-3 x\"\n\n* APP-4 tidy up", "APP-3 APP-4"},
        {"Merged in x (pull request #2)\n\nTitle\n\n* APP-1 a\n\n* Revert \"APP-2 b\"", "APP-1 APP-2"},
        {"> On Monday you wrote:\n> fix APP-4\n\"APP-5\" 'APP-6' `APP-8`", "APP-4 APP-5 APP-6 APP-8"},
        {"Revert \"APP-3 x\"\n\nThis reverts commit 0123456789abcdef.", "APP-3"},
        {"Merge branch 'main' into feature/APP-12", ""},
        {"Merge branch 'feature/APP-1' into feature/APP-12\n\nAPP-3 too", "APP-1 APP-3"},
        {"Merge branch 'x' into APP-007\n", ""},
        {"Merge APP-1 into APP-2's page", "APP-1 APP-2"},
        {"Merge pull request #2 in APP/r from APP-1-x to APP-2-y\n\nOPS-7", "APP-1 OPS-7"},
        {"Merge branch 'x'\n\n into APP-9", "APP-9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct key_list list;
        assert_true(key_list_of_message(cases[i].message, strlen(cases[i].message), *state, &list));
        assert_string_equal(spelled(&list), cases[i].keys);
        assert_non_null(list.keys);
    }
}

static void leaves_lists_of_commits_out_of_what_a_merge_hands_down(void **state)
{
    static const struct {
        const char *message, *keys;
    } cases[] = {
        {"Merge branch 'APP-1'\n\nAPP-2\n", "APP-1 APP-2"},
        {"Merge branch 'APP-1' into OPS-1\n\n* APP-1:\n  APP-2 a\n", "APP-1"},
        {"Merge branch 'x'\n\n# Conflicts:\n#\tAPP-1.c\n", ""},
        {"Merged in work (pull request #2)\n\nAPP-3 Title\n\n* APP-1 Work\n\n* APP-2 Work\n\nApproved-by: Ada", "APP-3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct key_list list;
        assert_true(key_list_of_merge(cases[i].message, strlen(cases[i].message), *state, &list));
        assert_string_equal(spelled(&list), cases[i].keys);
        assert_non_null(list.keys);
    }
}

static void reads_branches_and_pull_requests(void **state)
{
    struct key_list list;
    assert_true(key_list_of_branch("feature/app-12_OPS-3-fix", *state, &list));
    assert_string_equal(spelled(&list), "APP-12 !touches_left:OPS-3");
    assert_true(key_list_of_branch("main", *state, &list));
    assert_string_equal(spelled(&list), "");
    assert_true(key_list_of_pull_request("OPS-2: fix APP-012", "feature/APP-1", *state, &list));
    assert_string_equal(spelled(&list), "OPS-2 APP-1 !leading_zero:APP-012");
    assert_true(key_list_of_pull_request("Merge branch 'main' into APP-9", NULL, *state, &list));
    assert_string_equal(spelled(&list), "");
    assert_true(key_list_of_pull_request(NULL, NULL, *state, &list));
    assert_string_equal(spelled(&list), "");
    assert_true(key_list_of_pull_request(NULL, "APP-1-APP-1", *state, &list));
    assert_string_equal(spelled(&list), "APP-1");
}

/* Past the number that is looked through one by one, and past several growths of what holds them. */
static void lists_many_keys_each_once(void **state)
{
    enum { KEYS = 5000 };
    char *text = malloc(3 * KEYS * 12), *end = text;
    assert_non_null(text);
    for (int round = 0; round < 3; round++) {
        for (int i = 1; i <= KEYS; i++) {
            end += sprintf(end, "APP-%d ", i);
        }
    }
    struct key_list list;
    assert_true(key_list_of_message(text, (size_t)(end - text), *state, &list));
    assert_int_equal(list.key_count, KEYS);
    for (int i = 0; i < KEYS; i++) {
        char key[16];
        snprintf(key, sizeof key, "APP-%d", i + 1);
        assert_string_equal(list.keys[i], key);
    }
    free(text);
}

/* Each text with each reason that it was refused for. */
static void lists_many_refused_ones_each_once(void **state)
{
    enum { REFUSED = 5000 };
    char *text = malloc(2 * REFUSED * 40), *end = text;
    assert_non_null(text);
    for (int round = 0; round < 2; round++) {
        for (int i = 1; i <= REFUSED; i++) {
            end += sprintf(end, "APP-0%d APP-%dx _APP-%d ", i, i, i);
        }
    }
    struct key_list list;
    assert_true(key_list_of_message(text, (size_t)(end - text), *state, &list));
    assert_int_equal(list.key_count, 0);
    assert_int_equal(list.refused_count, 3 * REFUSED);
    assert_string_equal(list.refused[3 * REFUSED - 3].text, "APP-05000");
    assert_int_equal(list.refused[3 * REFUSED - 3].verdict, ISSUE_KEY_LEADING_ZERO);
    assert_string_equal(list.refused[3 * REFUSED - 2].text, "APP-5000");
    assert_int_equal(list.refused[3 * REFUSED - 2].verdict, ISSUE_KEY_TOUCHES_RIGHT);
    assert_string_equal(list.refused[3 * REFUSED - 1].text, "APP-5000");
    assert_int_equal(list.refused[3 * REFUSED - 1].verdict, ISSUE_KEY_TOUCHES_LEFT);
    free(text);
}

static void cuts_the_text_of_a_long_refused_one(void **state)
{
    char text[2000];
    memset(text, 'A', sizeof text);
    memcpy(text + sizeof text - 3, "-1", 3);
    struct key_list list;
    assert_true(key_list_of_message(text, strlen(text), *state, &list));
    assert_int_equal(list.key_count, 0);
    assert_int_equal(list.refused_count, 1);
    assert_int_equal(list.refused[0].verdict, ISSUE_KEY_TOO_LONG);
    assert_int_equal(strlen(list.refused[0].text), KEY_LIST_REFUSED_BYTES);
}

static void says_when_memory_is_short(void **state)
{
    (void)state;
    struct arena *small = arena_new(16);
    struct key_list list;
    char text[4096] = "", *end = text;
    for (int i = 1; i < 400; i++) {
        end += sprintf(end, "APP-%d ", i);
    }
    assert_non_null(small);
    assert_false(key_list_of_message(text, strlen(text), small, &list));
    assert_false(key_list_of_message("APP-007", 7, small, &list));
    arena_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_each_key_of_a_message_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaves_lists_of_commits_out_of_what_a_merge_hands_down, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_branches_and_pull_requests, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_many_keys_each_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_many_refused_ones_each_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cuts_the_text_of_a_long_refused_one, set_up, tear_down),
        cmocka_unit_test(says_when_memory_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
