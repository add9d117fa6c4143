/* The storable pass: what it replaces, and that it leaves everything else alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "json_text.h"
#include "support/fixture.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    return arena == NULL ? -1 : 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* Runs the pass over a copy without a terminator, so that reading past the end shows under ASan. */
static const char *storable(const char *text, size_t length, int *altered)
{
    char *exact = malloc(length == 0 ? 1 : length);
    const char *result;
    char *kept;

    assert_non_null(exact);
    memcpy(exact, text, length);
    assert_true(json_text_storable(arena, exact, length, &result, altered));
    assert_true((result == exact) == (*altered == 0));
    if (*altered > 0)
        assert_int_equal(result[length], '\0');
    kept = arena_copy(arena, result, length);
    assert_non_null(kept);
    free(exact);
    return kept;
}

static void storable_replaces_what_jsonb_refuses(void **state)
{
    static const struct {
        const char *text, *expected;
        int altered;
    } rows[] = {
        {"", "", 0},
        {"\"plain\"", "\"plain\"", 0},
        {"\"\\u0000\"", "\"\\ufffd\"", 1},
        {"\"a\\u0000b\\u0000\"", "\"a\\ufffdb\\ufffd\"", 2},
        {"\"\\\\u0000\"", "\"\\\\u0000\"", 0},
        {"\"\\\\\\u0000\"", "\"\\\\\\ufffd\"", 1},
        {"\"\\u0001 \\u00e9\"", "\"\\u0001 \\u00e9\"", 0},
        {"\"\\ud83c\\udf89\"", "\"\\ud83c\\udf89\"", 0},
        {"\"\\uD83C\\uDF89\"", "\"\\uD83C\\uDF89\"", 0},
        {"\"\\ud83c\"", "\"\\ufffd\"", 1},
        {"\"\\udf89\"", "\"\\ufffd\"", 1},
        {"\"\\udf89\\ud83c\"", "\"\\ufffd\\ufffd\"", 2},
        {"\"\\ud83c\\ud83c\\udf89\"", "\"\\ufffd\\ud83c\\udf89\"", 1},
        {"\"\\ud83c\\udf89\\udf89\"", "\"\\ud83c\\udf89\\ufffd\"", 1},
        {"\"\\ud83c\\n\"", "\"\\ufffd\\n\"", 1},
        {"\"\\ud83c\\\\udf89\"", "\"\\ufffd\\\\udf89\"", 1},
        {"\"\\ud83c\\u0041\"", "\"\\ufffd\\u0041\"", 1},
        {"\"\\ud83cx\\udf89\"", "\"\\ufffdx\\ufffd\"", 2},
        {"{\"\\u0000\": 1}", "{\"\\ufffd\": 1}", 1},
        {"\"\\u000", "\"\\u000", 0},
        {"\"\\u00g0\"", "\"\\u00g0\"", 0},
        {"\"\\ud83c\\udf8", "\"\\ufffd\\udf8", 1},
        {"\\", "\\", 0},
        {"\"\\U0000\"", "\"\\U0000\"", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].text);
        int altered;
        const char *result = storable(rows[i].text, length, &altered);

        if (strcmp(result, rows[i].expected) != 0 || altered != rows[i].altered)
            fail_msg("row %zu: %s became %s (%d altered)", i, rows[i].text, result, altered);
    }
}

/* Says, in another way than the pass does, whether text holds an escape that can't be stored. */
static bool holds_unstorable(const char *text, size_t length, size_t *where)
{
    bool after_high = false;

    for (size_t i = 0; i < length; i++) {
        unsigned unit = 0;
        char digits[5] = "";
        bool is_escape = false;

        if (text[i] == '\\' && i + 5 < length && text[i + 1] == 'u' &&
            strspn(text + i + 2, "0123456789abcdefABCDEF") >= 4) {
            memcpy(digits, text + i + 2, 4);
            unit = (unsigned)strtoul(digits, NULL, 16);
            is_escape = true;
        }
        *where = i;
        if (after_high && !(is_escape && unit >> 10 == 0xDC00 >> 10))
            return true;
        if (is_escape && !after_high && (unit == 0 || unit >> 10 == 0xDC00 >> 10))
            return true;
        after_high = is_escape && !after_high && unit >> 10 == 0xD800 >> 10;
        i += is_escape ? 5 : text[i] == '\\';
    }
    return after_high;
}

static size_t random_text(uint64_t *random, char *text)
{
    static const char *const parts[] = {
        "\\u0000",
        "\\ud83c",
        "\\uDF89",
        "\\\\",
        "\\",
        "u0000",
        "\\n",
        "x",
        "\\u00e9",
        "\\uD8",
        "\"",
        "0000",
        "\xC3\xA9",
        "\\udfff",
    };
    size_t length = 0;

    for (uint32_t count = fixture_random(random, 12); count > 0; count--) {
        const char *part = parts[fixture_random(random, sizeof parts / sizeof *parts)];

        memcpy(text + length, part, strlen(part));
        length += strlen(part);
    }
    text[length] = '\0';
    return length;
}

static void storable_leaves_no_such_escape_and_touches_nothing_else(void **state)
{
    uint64_t random = fixture_seed();

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char text[128];
        size_t length = random_text(&random, text), where;
        int altered, again;
        const char *once = storable(text, length, &altered);

        if (holds_unstorable(once, length, &where))
            fail_msg("round %d: %s became %s, not storable at %zu", round, text, once, where);
        if (holds_unstorable(text, length, &where) != (altered > 0))
            fail_msg("round %d: %s: %d altered", round, text, altered);
        for (size_t i = 0; i < length;) {
            if (once[i] == text[i] && strncmp(once + i, text + i, 6) == 0) {
                i++;
            } else if (strncmp(once + i, "\\ufffd", 6) == 0) {
                i += 6;
                altered--;
            } else if (once[i] == text[i]) {
                i++;
            } else {
                fail_msg("round %d: %s became %s, byte %zu differs", round, text, once, i);
            }
        }
        assert_int_equal(altered, 0);
        assert_string_equal(storable(once, length, &again), once);
        assert_int_equal(again, 0);
        arena_reset(arena);
    }
}

static void storable_fails_when_the_arena_is_full(void **state)
{
    struct arena *small = arena_new(4);
    const char *result;
    int altered;

    (void)state;
    assert_non_null(small);
    assert_true(json_text_storable(small, "\"plain\"", 7, &result, &altered));
    assert_false(json_text_storable(small, "\"\\u0000\"", 8, &result, &altered));
    assert_true(arena_is_exhausted(small));
    arena_free(small);
}

static void blank_is_json_white_space_only(void **state)
{
    (void)state;
    assert_true(json_text_is_blank("", 0));
    assert_true(json_text_is_blank(" \t\r\n", 4));
    assert_false(json_text_is_blank(" \0", 2));
    assert_false(json_text_is_blank("\f", 1));
    assert_false(json_text_is_blank(" {", 2));
}

static void depth_counts_what_is_open_outside_of_strings(void **state)
{
    static const struct {
        const char *text;
        size_t depth;
    } rows[] = {
        {"", 0},
        {"[", 1},
        {"[{", 2},
        {"[{}", 1},
        {"[]", 0},
        {"[\"[[[\"", 1},
        {"[\"\\\"[\"", 1},
        {"[\"[", 1},
        {"]]][", 1},
        {"\"\\", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (json_text_depth(rows[i].text, strlen(rows[i].text)) != rows[i].depth)
            fail_msg("%s is %zu deep", rows[i].text, rows[i].depth);
}

static void shorten_numbers_keeps_short_ones_and_strings(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"[1.5, \"1234567890123456789012345678901234567890\"]", NULL},
        {"[1.50000000000000000000000000000000000000000]", "[1.5]"},
        {"{\"a\":-2500000000000000000000000000000000e-32, \"b\":3}", "{\"a\":-25, \"b\":3}"},
        {"100000000000000000000000000000000000000000000e999", "1e999"},
        {"[-100000000000000000000000000000000000000000000e999,1.00000000000000000000000000000000000]", "[-1e999,1]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *shortened;
        size_t length = 0;

        assert_true(json_text_shorten_numbers(arena, rows[i].text, strlen(rows[i].text), 32, &shortened, &length));
        if (rows[i].expected == NULL) {
            assert_null(shortened);
            continue;
        }
        assert_non_null(shortened);
        assert_string_equal(shortened, rows[i].expected);
        assert_int_equal(length, strlen(rows[i].expected));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(storable_replaces_what_jsonb_refuses),
        cmocka_unit_test(storable_leaves_no_such_escape_and_touches_nothing_else),
        cmocka_unit_test(storable_fails_when_the_arena_is_full),
        cmocka_unit_test(blank_is_json_white_space_only),
        cmocka_unit_test(depth_counts_what_is_open_outside_of_strings),
        cmocka_unit_test(shorten_numbers_keeps_short_ones_and_strings),
    };

    if (argc > 1 && *argv[1] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
