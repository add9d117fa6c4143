/* The shared page: admission, and what a process that was killed in it leaves behind. */
#include "counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

static void a_secret_has_one_counter(void **state)
{
    int fd;
    struct counters *counters = counters_new(&fd);

    (void)state;
    assert_non_null(counters);
    struct counters_secret *first = counters_secret(counters, "default", "env:A");
    assert_non_null(first);
    assert_string_equal(first->label, "source=\"default\",secret_ref=\"env:A\"");
    assert_ptr_equal(counters_secret(counters, "default", "env:A"), first);
    assert_ptr_not_equal(counters_secret(counters, "default", "env:B"), first);
    counters_close(counters);
    (void)close(fd);
}

/* A child that is killed while it writes a label leaves its place taken for ever. */
static void a_half_written_label_holds_nobody_up(void **state)
{
    int fd;
    struct counters *counters = counters_new(&fd);

    (void)state;
    assert_non_null(counters);
    atomic_store(&counters->secrets[0].taken, 1);
    (void)alarm(60); /* ends a test that waits for the dead */
    struct counters_secret *secret = counters_secret(counters, "default", "env:A");
    (void)alarm(0);
    assert_ptr_equal(secret, &counters->secrets[1]);
    assert_ptr_equal(counters_secret(counters, "default", "env:A"), secret);
    counters_close(counters);
    (void)close(fd);
}

static void bytes_are_admitted_up_to_the_limit(void **state)
{
    int fd;
    struct counters *counters = counters_new(&fd);

    (void)state;
    assert_non_null(counters);
    assert_true(counters_admit(counters, 0, 60, 100));
    assert_false(counters_admit(counters, 1, 41, 100));
    assert_true(counters_admit(counters, 1, 40, 100));
    counters_release(counters, 0, 60);
    assert_true(counters_admit(counters, 1, 60, 100));
    counters_close(counters);
    (void)close(fd);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_has_one_counter),
        cmocka_unit_test(a_half_written_label_holds_nobody_up),
        cmocka_unit_test(bytes_are_admitted_up_to_the_limit),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
