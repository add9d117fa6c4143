/* Memory stays flat however much Jira lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/rest_client.h"

#include <sys/resource.h>

#define FLAT_SLACK_KIB 4096 /* buffers that grow to the largest page */

/* The address sanitizer keeps freed memory for a while; here that would count as growth. It calls this by its name. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64";
}

/* Peak memory in KiB of a process that lists count issues. */
static long peak_of(const char *count)
{
    struct mock_jira mock;
    int ends[2];
    long peak = 0;
    assert_int_equal(pipe(ends), 0);
    mock_jira_start(&mock, "--count", count, "--body-bytes", "6000", NULL);
    pid_t child = fork();
    if (child == 0) {
        struct rusage usage;
        struct source source = site(&mock, "3");
        struct rest *api = api_of(&source);
        struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\" ORDER BY id ASC", NULL);
        size_t all = strtoul(count, NULL, 10), listed = drain(list, 10001, 200000);
        getrusage(RUSAGE_SELF, &usage);
        if (listed != all || write(ends[1], &usage.ru_maxrss, sizeof usage.ru_maxrss) < 0)
            _exit(1);
        _exit(0);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &peak, sizeof peak), sizeof peak);
    close(ends[0]);
    waitpid(child, NULL, 0);
    mock_jira_stop(&mock);
    return peak;
}

static void memory_stays_flat_from_10_k_to_100_k_issues(void **state)
{
    long small = peak_of("10000"), large = peak_of("100000");
    (void)state;
    printf("note: peak %ld KiB for 10,000 issues, %ld KiB for 100,000\n", small, large);
    assert_true(large <= small + FLAT_SLACK_KIB);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        EACH(memory_stays_flat_from_10_k_to_100_k_issues),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, start_mocks, stop_mocks);
}
