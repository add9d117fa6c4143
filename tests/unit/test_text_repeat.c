/* Repeated texts: against a look at each pair, at random and at sizes where the way of finding them changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/fixture.h"
#include "text_repeat.h"

#define MOST 300

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

/* So many texts of few kinds, in a random order. */
static void make_texts(uint64_t *seed, const char **texts, size_t count, uint32_t kinds)
{
    for (size_t i = 0; i < count; i++) {
        char *text = arena_alloc(arena, 16);

        assert_non_null(text);
        (void)snprintf(text, 16, "%u", fixture_random(seed, kinds));
        texts[i] = text;
    }
}

static bool stands_before(const char *const *texts, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(texts[i], texts[j]) == 0)
            return true;
    return false;
}

static void finds_what_stood_before(void **state)
{
    uint64_t seed = fixture_seed();

    (void)state;
    for (int round = 0; round < 300; round++) {
        const char *texts[MOST];
        bool repeated[MOST];
        size_t count = round < 30 ? (size_t)round : fixture_random(&seed, MOST);

        make_texts(&seed, texts, count, 1 + fixture_random(&seed, MOST));
        assert_true(text_repeat_find(arena, texts, count, repeated));
        for (size_t i = 0; i < count; i++)
            assert_int_equal(repeated[i], stands_before(texts, i));
        arena_reset(arena);
    }
}

static void drops_repeats_and_keeps_the_order(void **state)
{
    const char *texts[] = {"b", "a", "b", "", "a", "c", ""};
    size_t count = 7;

    (void)state;
    assert_true(text_repeat_drop(arena, texts, &count));
    assert_int_equal(count, 4);
    assert_string_equal(texts[0], "b");
    assert_string_equal(texts[1], "a");
    assert_string_equal(texts[2], "");
    assert_string_equal(texts[3], "c");
    count = 0;
    assert_true(text_repeat_drop(arena, texts, &count));
    assert_int_equal(count, 0);
}

static void says_when_the_arena_refuses(void **state)
{
    struct arena *small = arena_new(64);
    const char *texts[100];
    bool repeated[100];

    (void)state;
    assert_non_null(small);
    for (size_t i = 0; i < 100; i++)
        texts[i] = "same";
    assert_false(text_repeat_find(small, texts, 100, repeated));
    arena_free(small);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_stood_before),
        cmocka_unit_test(drops_repeats_and_keeps_the_order),
        cmocka_unit_test(says_when_the_arena_refuses),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
