/* The arena: alignment, the limit, what a reset keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MIB ((size_t)1024 * 1024)

static void arena_memory_is_aligned_and_apart(void **state)
{
    struct arena *arena = arena_new(16 * MIB);
    unsigned char *at[500];

    (void)state;
    assert_non_null(arena);
    for (size_t i = 0; i < 500; i++) {
        at[i] = arena_alloc(arena, i * 7);
        assert_non_null(at[i]);
        assert_int_equal((uintptr_t)at[i] % alignof(max_align_t), 0);
        memset(at[i], (int)(i & 0xFF), i * 7);
    }
    for (size_t i = 0; i < 500; i++)
        for (size_t j = 0; j < i * 7; j++)
            if (at[i][j] != (i & 0xFF))
                fail_msg("byte %zu of allocation %zu was overwritten", j, i);
    arena_free(arena);
}

static void arena_refuses_past_its_limit(void **state)
{
    struct arena *arena = arena_new(2 * MIB);
    size_t taken = 0;

    (void)state;
    assert_null(arena_alloc(arena, 2 * MIB + 1));
    assert_true(arena_is_exhausted(arena));
    arena_reset(arena);
    assert_false(arena_is_exhausted(arena));
    while (arena_alloc(arena, 1000) != NULL)
        taken += 1000;
    assert_true(arena_is_exhausted(arena));
    assert_true(taken <= 2 * MIB);
    assert_true(taken > MIB); /* most of the limit is of use */
    arena_free(arena);
}

static void arena_refuses_sizes_that_overflow(void **state)
{
    struct arena *arena = arena_new(SIZE_MAX);

    (void)state;
    for (size_t less = 0; less < 40; less++)
        assert_null(arena_alloc(arena, SIZE_MAX - less));
    assert_null(arena_copy(arena, "x", SIZE_MAX));
    arena_free(arena);
}

static void arena_with_a_limit_of_nothing_gives_nothing(void **state)
{
    struct arena *arena = arena_new(0);

    (void)state;
    assert_null(arena_alloc(arena, 1));
    assert_true(arena_is_exhausted(arena));
    arena_reset(arena);
    assert_false(arena_is_exhausted(arena));
    arena_free(arena);
}

/* What one request needed after the first time is served again from the same chunk, without malloc. */
static void arena_reset_keeps_a_chunk(void **state)
{
    struct arena *arena = arena_new(64 * MIB);
    unsigned char *first = arena_alloc(arena, 1000), *grown, *again;

    (void)state;
    arena_reset(arena);
    again = arena_alloc(arena, 1000);
    assert_ptr_equal(first, again);
    grown = arena_alloc(arena, 300 * 1024);
    assert_non_null(grown);
    arena_reset(arena);
    assert_ptr_equal(arena_alloc(arena, 1), grown); /* the larger one was kept */
    arena_free(arena);
}

static void arena_reset_gives_the_whole_limit_back(void **state)
{
    struct arena *arena = arena_new(4 * MIB);

    (void)state;
    for (int i = 0; i < 50; i++) {
        assert_non_null(arena_alloc(arena, 3 * MIB)); /* larger than what is kept */
        assert_null(arena_alloc(arena, 2 * MIB));
        arena_reset(arena);
    }
    arena_free(arena);
}

static void arena_copy_ends_with_nul(void **state)
{
    struct arena *arena = arena_new(MIB);
    char *copy = arena_copy(arena, "abcdef", 3), *empty = arena_copy(arena, "x", 0);

    (void)state;
    assert_string_equal(copy, "abc");
    assert_string_equal(empty, "");
    assert_memory_equal(arena_copy(arena, "a\0b", 3), "a\0b", 4);
    arena_free(arena);
}

static void arena_free_takes_null(void **state)
{
    (void)state;
    arena_free(NULL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_memory_is_aligned_and_apart),
        cmocka_unit_test(arena_refuses_past_its_limit),
        cmocka_unit_test(arena_refuses_sizes_that_overflow),
        cmocka_unit_test(arena_with_a_limit_of_nothing_gives_nothing),
        cmocka_unit_test(arena_reset_keeps_a_chunk),
        cmocka_unit_test(arena_reset_gives_the_whole_limit_back),
        cmocka_unit_test(arena_copy_ends_with_nul),
        cmocka_unit_test(arena_free_takes_null),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
