/* Commits as hosts list them: each once, ordered by descent, down to what was held before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "commit_set.h"
#include "support/fixture.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANY 2000

static struct commit_set *set;
static struct error error;

static int open_set(void **state)
{
    (void)state;
    set = commit_set_new();
    return set == NULL ? -1 : 0;
}

static int close_set(void **state)
{
    (void)state;
    commit_set_free(set);
    return 0;
}

/* A hash that begins with a number. */
static const char *sha_of(size_t number)
{
    static char texts[8][41];
    static size_t next;
    char *text = texts[next++ % 8];
    snprintf(text, sizeof texts[0], "%08x", (unsigned)number);
    memset(text + 8, '0', 32);
    return text;
}

/* Adds commit number with up to two parents, SIZE_MAX for none; true when it was new. */
static bool add(size_t number, size_t first, size_t second)
{
    const char *parents[2] = {first == SIZE_MAX ? NULL : sha_of(first), second == SIZE_MAX ? NULL : sha_of(second)};
    const struct normal_commit commit = {.sha = sha_of(number),
                                         .message = "APP-1 \"quoted\"",
                                         .authored_at = INSTANT_NONE,
                                         .committed_at = INSTANT_NONE,
                                         .parents = parents,
                                         .parent_count = (size_t)(first != SIZE_MAX) + (second != SIZE_MAX)};
    bool is_new;
    assert_int_equal(commit_set_add(set, &commit, &is_new, &error), ERROR_NONE);
    return is_new;
}

/* Orders what a commit descends from and gives it as numbers with spaces between, in text. */
static size_t order(size_t head, char *text, size_t size)
{
    size_t open = 99;
    assert_int_equal(commit_set_order(set, sha_of(head), &open, &error), ERROR_NONE);
    char *json = commit_set_json(set);
    cJSON *list = cJSON_Parse(json);
    const cJSON *commit;
    assert_int_equal(cJSON_GetArraySize(list), commit_set_ordered(set));
    *text = '\0';
    cJSON_ArrayForEach(commit, list)
    {
        const char *sha = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(commit, "sha"));
        char number[9] = "";
        memcpy(number, sha, 8);
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(commit, "message")), "APP-1 \"quoted\"");
        snprintf(text + strlen(text), size - strlen(text), "%s%lx", *text ? " " : "", strtoul(number, NULL, 16));
    }
    cJSON_Delete(list);
    free(json);
    return open;
}

static void parents_come_before_their_children(void **state)
{
    char text[64];
    (void)state;
    /* 5 merges 4 into 3; 2 is their base, and was not listed. */
    assert_true(add(5, 3, 4));
    assert_true(add(4, 2, SIZE_MAX));
    assert_true(add(3, 2, SIZE_MAX));
    assert_int_equal(order(5, text, sizeof text), 1);
    assert_string_equal(text, "3 4 5");
    assert_true(add(2, SIZE_MAX, SIZE_MAX));
    assert_int_equal(order(5, text, sizeof text), 0);
    assert_string_equal(text, "2 3 4 5");
    assert_int_equal(order(4, text, sizeof text), 0);
    assert_string_equal(text, "2 4");
}

static void a_commit_is_kept_once(void **state)
{
    char text[64];
    (void)state;
    assert_true(add(2, 1, SIZE_MAX));
    assert_false(add(2, 1, SIZE_MAX));
    assert_false(add(2, SIZE_MAX, SIZE_MAX)); /* the first look stays */
    assert_int_equal(commit_set_count(set), 1);
    assert_int_equal(order(2, text, sizeof text), 1);
    commit_set_clear(set);
    assert_int_equal(commit_set_count(set), 0);
    assert_null(commit_set_named(set, 0));
    assert_int_equal(order(2, text, sizeof text), 1);
    assert_string_equal(text, "");
}

static void what_was_held_before_ends_the_order(void **state)
{
    char text[64];
    (void)state;
    add(4, 3, SIZE_MAX);
    add(3, 2, SIZE_MAX);
    add(2, 1, SIZE_MAX);
    assert_string_equal(commit_set_named(set, 0), sha_of(4));
    assert_string_equal(commit_set_named(set, 3), sha_of(1));
    assert_null(commit_set_named(set, 4));
    commit_set_hold(set, sha_of(2));
    commit_set_hold(set, sha_of(77)); /* nobody named it */
    assert_int_equal(order(4, text, sizeof text), 0);
    assert_string_equal(text, "3 4");
    commit_set_hold(set, sha_of(4));
    assert_int_equal(order(4, text, sizeof text), 0);
    assert_string_equal(text, "");
}

static void a_ring_of_parents_ends(void **state)
{
    char text[64];
    (void)state;
    add(1, 2, SIZE_MAX);
    add(2, 3, SIZE_MAX);
    add(3, 1, 3);
    assert_int_equal(order(1, text, sizeof text), 0);
    assert_string_equal(text, "3 2 1");
}

static void a_long_line_is_no_deep_call(void **state)
{
    size_t open;
    (void)state;
    for (size_t number = 200000; number > 0; number--)
        add(number, number - 1, SIZE_MAX);
    assert_int_equal(commit_set_order(set, sha_of(200000), &open, &error), ERROR_NONE);
    assert_int_equal(open, 1);
    assert_int_equal(commit_set_ordered(set), 200000);
}

/* Whatever graph, in whatever order it is listed. */
static void random_graphs_are_ordered(void **state)
{
    uint64_t random = fixture_seed(), places[MANY], shuffled[MANY];
    char *text = malloc(MANY * 8);
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < MANY; i++)
        shuffled[i] = i;
    for (size_t i = MANY - 1; i > 0; i--) {
        size_t other = fixture_random(&random, (uint32_t)i + 1);
        uint64_t kept = shuffled[i];
        shuffled[i] = shuffled[other];
        shuffled[other] = kept;
    }
    size_t first[MANY], second[MANY];
    for (size_t i = 0; i < MANY; i++) {
        first[i] = i == 0 ? SIZE_MAX : i - 1 - fixture_random(&random, (uint32_t)(i < 5 ? i : 5));
        second[i] = i > 10 && fixture_random(&random, 4) == 0 ? fixture_random(&random, (uint32_t)i) : SIZE_MAX;
    }
    for (size_t i = 0; i < MANY; i++)
        add(shuffled[i], first[shuffled[i]], second[shuffled[i]]);
    assert_int_equal(order(MANY - 1, text, MANY * 8), 0);
    memset(places, 0xff, sizeof places);
    uint64_t place = 0;
    for (char *at = text, *end; *at; at = end, place++) {
        size_t number = strtoul(at, &end, 16);
        assert_int_equal(places[number], UINT64_MAX);
        places[number] = place;
        if (first[number] != SIZE_MAX)
            assert_true(places[first[number]] < place);
        if (second[number] != SIZE_MAX)
            assert_true(places[second[number]] < place);
    }
    assert_int_equal(place, commit_set_ordered(set));
    free(text);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, open_set, close_set)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        EACH(parents_come_before_their_children),
        EACH(a_commit_is_kept_once),
        EACH(what_was_held_before_ends_the_order),
        EACH(a_ring_of_parents_ends),
        EACH(a_long_line_is_no_deep_call),
        EACH(random_graphs_are_ordered),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
