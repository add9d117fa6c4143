/* The line that tells how far a command is. */
#include "progress.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void tells_rate_and_time_left(void **state)
{
    (void)state;
    static const struct {
        uint64_t done, total;
        int64_t elapsed_us;
        const char *line;
    } cases[] = {
        {5000, 20000, 500000, "commits 5,000 of 20,000 (25%), 10,000/s, 2 s left"},
        {20000, 20000, 2000000, "commits 20,000 of 20,000 (100%), 10,000/s"},
        {1234567, 0, 1000000, "commits 1,234,567, 1,234,567/s"},
        {0, 10, 0, "commits 0 of 10 (0%), 0/s"},
        {12, 10, 1000000, "commits 12 of 10 (100%), 12/s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct progress progress = {.label = "commits", .done = cases[i].done, .total = cases[i].total};
        char line[128];
        assert_string_equal(progress_line(&progress, cases[i].elapsed_us, line, sizeof line), cases[i].line);
    }
}

static void cuts_a_line_that_does_not_fit(void **state)
{
    (void)state;
    struct progress progress = {.label = "commits", .done = 5};
    char line[8];
    assert_string_equal(progress_line(&progress, 1, line, sizeof line), "commits");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_rate_and_time_left),
        cmocka_unit_test(cuts_a_line_that_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
