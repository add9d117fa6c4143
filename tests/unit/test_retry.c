/* Backoff: doubling, cap and full jitter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "retry.h"

#include <limits.h>

static void retry_starts_at_the_base_and_doubles(void **state)
{
    int64_t ceiling = 100;

    (void)state;
    for (int attempt = 1; attempt <= 10; attempt++, ceiling *= 2) {
        assert_int_equal(retry_delay_ms(attempt, 100, 1000000, (uint32_t)ceiling), ceiling);
        assert_int_equal(retry_delay_ms(attempt, 100, 1000000, (uint32_t)ceiling + 1), 0);
    }
}

static void retry_takes_nonsense_attempts_for_the_first(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_ms(0, 100, 1000, 100), 100);
    assert_int_equal(retry_delay_ms(0, 100, 1000, 101), 0);
    assert_int_equal(retry_delay_ms(-5, 100, 1000, 101), 0);
}

static void retry_waits_as_long_as_it_was_asked_to(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_least_ms(1, 100, 1000, 1847000, 7), 1847000);
    assert_int_equal(retry_delay_least_ms(4, 100, 1000, 5, 700), 700);
    assert_int_equal(retry_delay_least_ms(4, 100, 1000, -1, 700), 700);
    assert_int_equal(retry_delay_least_ms(1, 100, 1000, -1, 101), 0);
}

static void retry_never_exceeds_the_cap(void **state)
{
    (void)state;
    for (int attempt = 1; attempt < 200; attempt++)
        for (uint32_t random = 0; random < 3000; random += 7) {
            int64_t delay = retry_delay_ms(attempt, 30, 1000, random);

            assert_in_range(delay, 0, 1000);
        }
    assert_int_equal(retry_delay_ms(1000000, 30, 1000, 1000), 1000);
    assert_int_equal(retry_delay_ms(1000000, 30, 1000, 1001), 0);
    assert_int_equal(retry_delay_ms(1, 5000, 1000, 1000), 1000);
}

static void retry_does_not_overflow(void **state)
{
    (void)state;
    assert_true(retry_delay_ms(INT32_MAX, INT64_C(1) << 61, INT64_MAX, UINT32_MAX) == UINT32_MAX);
    assert_int_equal(retry_delay_ms(3, 0, 1000, 77), 0);
    assert_int_equal(retry_delay_ms(3, 100, 0, 77), 0);
    assert_int_equal(retry_delay_ms(3, -100, 1000, 77), 0);
}

/* Full jitter: all delays from 0 to the ceiling occur. */
static void retry_spreads_over_the_whole_interval(void **state)
{
    int seen[9] = {0};

    (void)state;
    for (uint32_t random = 0; random < 90; random++)
        seen[retry_delay_ms(4, 1, 100, random)]++;
    for (int i = 0; i < 9; i++)
        assert_int_equal(seen[i], 10);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retry_starts_at_the_base_and_doubles),
        cmocka_unit_test(retry_takes_nonsense_attempts_for_the_first),
        cmocka_unit_test(retry_waits_as_long_as_it_was_asked_to),
        cmocka_unit_test(retry_never_exceeds_the_cap),
        cmocka_unit_test(retry_does_not_overflow),
        cmocka_unit_test(retry_spreads_over_the_whole_interval),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
