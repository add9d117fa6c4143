/* Instants: each format that Jira and git hosts send, nonsense, and parse(format(x)) = x. SEED=N repeats the random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "instant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define LAST_INSTANT (INT64_C(7289654400) * SECOND - 1) /* 2200-12-31T23:59:59.999999Z */

static const struct {
    const char *text;
    int64_t microseconds;
} good[] = {
    {"2019-07-03T11:04:43.020-0700", 1562177083020000},
    {"2019-07-03T18:04:43.020+0000", 1562177083020000},
    {"2019-07-03T18:04:43.020-0000", 1562177083020000},
    {"2019-07-03T18:04:43.020Z", 1562177083020000},
    {"2019-07-03T18:04:43Z", 1562177083000000},
    {"2019-07-03T19:04:43+0100", 1562177083000000},
    {"2019-07-03T19:04:43+01:00", 1562177083000000},
    {"2019-07-03T19:04:43+01", 1562177083000000},
    {"2019-07-03T23:34:43.020+0530", 1562177083020000},
    {"2019-07-03T08:34:43.020-09:30", 1562177083020000},
    {"2019-07-04T08:04:43+1400", 1562177083000000},
    {"2019-07-03T18:04:43", 1562177083000000},
    {"2019-07-03 18:04:43", 1562177083000000},
    {"2019-07-03 18:04:43 UTC", 1562177083000000},
    {"2019-07-03 18:04:43+00", 1562177083000000},
    {"2019-07-03 18:04:43+00:00", 1562177083000000},
    {"2020-08-04 00:00:00.0", 1596499200000000},
    {"2019-08-27 19:43:24.193", 1566935004193000},
    {"2017-12-25 17:42:07,202", 1514223727202000},
    {"2020-08-04", 1596499200000000},
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01T00:00:00.000001Z", 1},
    {"1970-01-01T05:30:00+05:30", 0},
    {"1969-12-31T23:00:00-01:00", 0},
    {"2200-12-31T23:59:59.999999Z", LAST_INSTANT},
    {"2200-12-31T16:59:59.999999-07:00", LAST_INSTANT},
    {"2000-02-29T00:00:00Z", 951782400000000},
    {"2024-02-29T00:00:00Z", 1709164800000000},
    {"2024-12-31T23:59:59Z", 1735689599000000},
    {"2019-07-03T18:04:43.1Z", 1562177083100000},
    {"2019-07-03T18:04:43.123456Z", 1562177083123456},
    {"2019-07-03T18:04:43.123456789Z", 1562177083123456},
    {"2019-07-03T18:04:43.999999999Z", 1562177083999999},
};

static const char *const nonsense[] = {
    "",
    " ",
    "T",
    "Z",
    "null",
    "yesterday",
    "1562177083020",
    "2019",
    "2019-07",
    "2019-07-",
    "2019-7-3",
    "2019-07-3",
    "2019/07/03",
    "20190703",
    "20190703T180443Z",
    "03.07.2019",
    "Jul 3 2019",
    "03/Jul/19 11:04 AM",
    "2019-07-03T",
    "2019-07-03 ",
    "2019-07-03T18",
    "2019-07-03T18:04",
    "2019-07-03T18:04Z",
    "2019-07-03T18:04.5Z",
    "2019-07-03T18:04:4",
    "2019-07-03T18:04:4Z",
    "2019-07-03T1:04:43Z",
    "2019-07-03T18:4:43Z",
    "2019-07-03T180443Z",
    "2019-07-03t18:04:43Z",
    "2019-07-03T18:04:43z",
    "2019-07-03T18:04:43 Z",
    "2019-07-03T18:04:43  UTC",
    "2019-07-03T18:04:43UTC",
    "2019-07-03T18:04:43 utc",
    "2019-07-03T18:04:43 PST",
    "2019-07-03T18:04:43 +0000",
    "2019-07-03T18:04:43.",
    "2019-07-03T18:04:43.Z",
    "2019-07-03T18:04:43,Z",
    "2019-07-03T18:04:43.1234567890Z",
    "2019-07-03T18:04:43.-07:00",
    "2019-07-03T18:04:43.12a",
    "2019-07-03T18:04:43:00Z",
    "2019-07-03T18:04:43+",
    "2019-07-03T18:04:43+1",
    "2019-07-03T18:04:43+1:00",
    "2019-07-03T18:04:43+01:",
    "2019-07-03T18:04:43+01:0",
    "2019-07-03T18:04:43+01:000",
    "2019-07-03T18:04:43+010",
    "2019-07-03T18:04:43+01000",
    "2019-07-03T18:04:43+25:00",
    "2019-07-03T18:04:43-25:00",
    "2019-07-03T18:04:43+15:00",
    "2019-07-03T18:04:43+01:60",
    "2019-07-03T18:04:43+-1:00",
    "2019-07-03T18:04:43Z ",
    " 2019-07-03T18:04:43Z",
    "2019-07-03T18:04:43ZZ",
    "2019-07-03T18:04:43Z\n",
    "2019-07-03T18:04:43+01:00Z",
    "+2019-07-03T18:04:43Z",
    "-2019-07-03T18:04:43Z",
    "2019-00-03T18:04:43Z",
    "2019-13-03T18:04:43Z",
    "2019-07-00T18:04:43Z",
    "2019-07-32T18:04:43Z",
    "2019-04-31T18:04:43Z",
    "2019-02-29T18:04:43Z",
    "2019-02-30T18:04:43Z",
    "2024-02-30T18:04:43Z",
    "2100-02-29T18:04:43Z",
    "2019-07-03T24:00:00Z",
    "2019-07-03T25:04:43Z",
    "2019-07-03T18:60:43Z",
    "2016-12-31T23:59:60Z",
    "2019-07-03T18:04:61Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "1969-12-31T23:59:59.999999Z",
    "1970-01-01T05:29:59+05:30",
    "2201-01-01T00:00:00Z",
    "2200-12-31T23:59:59-00:01",
    "2200-12-31T23:59:60Z",
    "9999-12-31T23:59:59Z",
    "99999-01-01T00:00:00Z",
    "2019-07-03T18:04:-3Z",
    "2019-07- 3T18:04:43Z",
    "2019-07-03T+8:04:43Z",
    "\xd9\xa2\xd9\xa0-07-03",
};

static bool parse(const char *text, instant *parsed)
{
    return instant_parse(text, strlen(text), parsed);
}

static void instant_parses_each_known_format(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        instant parsed = INSTANT_NONE;

        if (!parse(good[i].text, &parsed))
            fail_msg("\"%s\" is refused", good[i].text);
        if (parsed != good[i].microseconds)
            fail_msg("\"%s\" is %lld, not %lld", good[i].text, (long long)parsed, (long long)good[i].microseconds);
    }
}

static void instant_refuses_nonsense(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        instant parsed = 42;

        if (parse(nonsense[i], &parsed))
            fail_msg("\"%s\" is taken for %lld", nonsense[i], (long long)parsed);
        assert_int_equal(parsed, 42); /* a refusal leaves the result alone */
    }
}

static void instant_reads_no_further_than_the_length(void **state)
{
    const char *text = "2020-08-04T01:02:03Zjunk";
    const char nul[] = "2020-08-04\0T01:02:03Z";
    instant parsed;

    (void)state;
    assert_true(instant_parse(text, 10, &parsed));
    assert_int_equal(parsed, 1596499200 * SECOND);
    assert_true(instant_parse(text, 20, &parsed));
    assert_int_equal(parsed, (1596499200 + 3723) * SECOND);
    assert_false(instant_parse(nul, sizeof nul - 1, &parsed));
}

/* Of the text below: date, second, one to nine digits of a fraction, an offset of hours, or all of it. */
static bool is_whole(size_t length)
{
    return length == 10 || length == 19 || (length >= 21 && length <= 29) || length == 32 || length == 35;
}

/* Each cut of a text that is copied to memory of just that size: for valgrind and the address sanitizer. */
static void instant_judges_each_cut(void **state)
{
    const char *text = "2019-07-03 18:04:43.123456789+05:30";
    instant parsed;

    (void)state;
    for (size_t length = 0; length <= strlen(text); length++) {
        char *cut = malloc(length + 1);

        assert_non_null(cut);
        memcpy(cut + 1, text, length); /* nothing behind the last byte */
        if (instant_parse(cut + 1, length, &parsed) != is_whole(length))
            fail_msg("%.*s", (int)length, text);
        free(cut);
    }
}

static void instant_takes_epoch_numbers(void **state)
{
    instant parsed = 42;

    (void)state;
    assert_true(instant_from_milliseconds(1562177083020.0, &parsed));
    assert_int_equal(parsed, 1562177083020000);
    assert_true(instant_from_milliseconds(0, &parsed));
    assert_int_equal(parsed, 0);
    assert_true(instant_from_milliseconds(7289654399000.0, &parsed));
    assert_int_equal(parsed, 7289654399 * SECOND);
    assert_true(instant_from_seconds(1562177083.0, &parsed));
    assert_int_equal(parsed, 1562177083 * SECOND);
    assert_true(instant_from_seconds(1562177083.5, &parsed));
    assert_int_equal(parsed, 1562177083500000);
}

static void instant_refuses_epoch_numbers_out_of_range(void **state)
{
    const double zero = 0.0, numbers[] = {-1, -1e300, 1e300, 7289654400001.0, 9223372036854776000.0, zero / zero, 1 / zero};
    instant parsed = 42;

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        assert_false(instant_from_milliseconds(numbers[i], &parsed));
        assert_false(instant_from_seconds(numbers[i], &parsed));
    }
    assert_false(instant_from_seconds(1562177083020.0, &parsed)); /* milliseconds taken for seconds */
    assert_int_equal(parsed, 42);
}

static void instant_is_shown_in_phoenix(void **state)
{
    char text[INSTANT_TEXT_BYTES];
    const instant at = 1562177083020999;

    (void)state;
    assert_string_equal(instant_format(at, 0, text), "2019-07-03T11:04:43-07:00");
    assert_string_equal(instant_format(at, 3, text), "2019-07-03T11:04:43.020-07:00");
    assert_string_equal(instant_format(at, 6, text), "2019-07-03T11:04:43.020999-07:00");
    assert_string_equal(instant_format(0, 0, text), "1969-12-31T17:00:00-07:00");
    assert_string_equal(instant_format(-1, 6, text), "1969-12-31T16:59:59.999999-07:00");
    assert_string_equal(instant_format(LAST_INSTANT, 6, text), "2200-12-31T16:59:59.999999-07:00");
    assert_string_equal(instant_format(951782400 * SECOND, 0, text), "2000-02-28T17:00:00-07:00");
}

/* Winter and summer: no daylight saving. */
static void instant_shows_one_offset_the_year_round(void **state)
{
    char text[INSTANT_TEXT_BYTES];

    (void)state;
    for (int month = 0; month < 12; month++) {
        instant_format(1704067200 * SECOND + month * 30 * 86400 * SECOND, 0, text);
        assert_string_equal(text + strlen(text) - 6, "-07:00");
        assert_memory_equal(text + 11, "17:00:00", 8);
    }
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static uint64_t seed_of_this_run(void)
{
    const char *given = getenv("SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

    print_message("SEED=%llu\n", (unsigned long long)seed);
    return seed == 0 ? 1 : seed;
}

static void instant_round_trips_and_agrees_with_the_c_library(void **state)
{
    uint64_t seed = seed_of_this_run();
    char text[INSTANT_TEXT_BYTES], expected[INSTANT_TEXT_BYTES];

    (void)state;
    for (int i = 0; i < 100000; i++) {
        instant at = (instant)(next_random(&seed) % (uint64_t)(LAST_INSTANT + 1)), parsed = -1;
        time_t shown = (time_t)(at / SECOND) - 7 * 3600;
        struct tm civil;
        size_t length;

        instant_format(at, 6, text);
        if (!parse(text, &parsed) || parsed != at)
            fail_msg("%lld is shown as %s, which is read as %lld", (long long)at, text, (long long)parsed);
        assert_non_null(gmtime_r(&shown, &civil));
        length = strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S", &civil);
        (void)snprintf(expected + length, sizeof expected - length, ".%06d-07:00", (int)(at % SECOND));
        assert_string_equal(text, expected);
        if (!parse(instant_format(at, 0, text), &parsed) || parsed != at - at % SECOND)
            fail_msg("%lld without fraction is read as %lld", (long long)at, (long long)parsed);
    }
}

static void instant_parses_any_offset_to_the_same_instant(void **state)
{
    uint64_t seed = seed_of_this_run();

    (void)state;
    for (int i = 0; i < 20000; i++) {
        int64_t second = 86400 + (int64_t)(next_random(&seed) % UINT64_C(7289000000));
        int offset = (int)(next_random(&seed) % (2 * 14 * 60 + 1)) - 14 * 60, size = abs(offset);
        time_t local = (time_t)(second + offset * 60);
        char text[64], stem[40];
        struct tm civil;
        instant parsed = -1;

        assert_non_null(gmtime_r(&local, &civil));
        (void)strftime(stem, sizeof stem, "%Y-%m-%dT%H:%M:%S", &civil);
        (void)snprintf(text, sizeof text, "%s%c%02d%s%02d", stem, offset < 0 ? '-' : '+', size / 60, i % 2 ? ":" : "",
                       size % 60);
        if (!parse(text, &parsed) || parsed != second * SECOND)
            fail_msg("%s is read as %lld, not %lld", text, (long long)parsed, (long long)(second * SECOND));
    }
}

static void instant_now_is_now(void **state)
{
    time_t before = time(NULL);
    instant now = instant_now();

    (void)state;
    assert_true(now / SECOND >= before - 1);
    assert_true(now / SECOND <= time(NULL) + 1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instant_parses_each_known_format),
        cmocka_unit_test(instant_refuses_nonsense),
        cmocka_unit_test(instant_reads_no_further_than_the_length),
        cmocka_unit_test(instant_judges_each_cut),
        cmocka_unit_test(instant_takes_epoch_numbers),
        cmocka_unit_test(instant_refuses_epoch_numbers_out_of_range),
        cmocka_unit_test(instant_is_shown_in_phoenix),
        cmocka_unit_test(instant_shows_one_offset_the_year_round),
        cmocka_unit_test(instant_round_trips_and_agrees_with_the_c_library),
        cmocka_unit_test(instant_parses_any_offset_to_the_same_instant),
        cmocka_unit_test(instant_now_is_now),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
