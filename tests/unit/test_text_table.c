/* Tables for a terminal. */
#include "support/printed.h"
#include "text_table.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct text_table_column columns[] = {
    {.title = "KEY"}, {.title = "COUNT", .is_right = true}, {.title = "NAME", .gives_way = true}};

/* Prints rows of three cells, NULL at their end, within width. */
static char *print(const struct text_table_column *of, const char *const *cells, size_t width, size_t indent)
{
    struct printed printed;
    struct text_table *table = text_table_new(of, 3);
    assert_non_null(table);
    for (; *cells; cells++)
        text_table_add(table, *cells);
    printed_begin(&printed);
    assert_true(text_table_print(table, printed.out, width, indent));
    (void)printed_end(&printed);
    text_table_free(table);
    return printed.text;
}

static void columns_are_as_wide_as_what_is_in_them(void **state)
{
    (void)state;
    static const char *const cells[] = {"A-1", "5", "first", "LONG-22", "12345678", "x", NULL};
    char *text = print(columns, cells, 80, 0);
    assert_string_equal(text, "KEY         COUNT  NAME\n"
                              "A-1             5  first\n"
                              "LONG-22  12345678  x\n");
    free(text);
}

static void columns_are_those_of_the_terminal(void **state)
{
    (void)state;
    static const char *const cells[] = {"\xe6\xbc\xa2\xe5\xad\x97", "1", "wide", "e\xcc\x81", "1", "narrow", NULL};
    char *text = print(columns, cells, 80, 0);
    assert_string_equal(text, "KEY   COUNT  NAME\n"
                              "\xe6\xbc\xa2\xe5\xad\x97      1  wide\n"
                              "e\xcc\x81         1  narrow\n");
    free(text);
}

static void what_gives_way_is_cut_until_a_row_fits(void **state)
{
    (void)state;
    static const char *const cells[] = {"A-1", "5", "a name that is longer than the room", NULL};
    char *text = print(columns, cells, 32, 2);
    assert_string_equal(text, "  KEY  COUNT  NAME\n"
                              "  A-1      5  a name that is ...\n");
    free(text);
    text = print(columns, cells, 10, 0); /* some of it stays in any case */
    assert_string_equal(text, "KEY  COUNT  NAME\n"
                              "A-1      5  a nam...\n");
    free(text);
}

static void a_bound_holds_where_there_is_room_too(void **state)
{
    (void)state;
    static const struct text_table_column bounded[] = {{.title = "KEY", .at_most = 6}, {.title = "N"}, {.title = "NAME"}};
    static const char *const cells[] = {"LONGER-1", "2", "x", NULL};
    char *text = print(bounded, cells, 80, 0);
    assert_string_equal(text, "KEY     N  NAME\n"
                              "LON...  2  x\n");
    free(text);
}

static void a_column_that_says_nothing_is_left_out(void **state)
{
    (void)state;
    static const char *const middle[] = {"A-1", "", "x", "A-2", "", "y", NULL};
    static const char *const last[] = {"A-1", "1", "", "A-2", "2", "", NULL};
    char *text = print(columns, middle, 80, 0);
    assert_string_equal(text, "KEY  NAME\nA-1  x\nA-2  y\n");
    free(text);
    text = print(columns, last, 80, 0);
    assert_string_equal(text, "KEY  COUNT\nA-1      1\nA-2      2\n");
    free(text);
}

static void no_line_ends_with_spaces(void **state)
{
    (void)state;
    static const char *const cells[] = {"A-1", "1", "", "A-2", "2", "y", NULL};
    char *text = print(columns, cells, 80, 1);
    assert_string_equal(text, " KEY  COUNT  NAME\n"
                              " A-1      1\n"
                              " A-2      2  y\n");
    free(text);
}

static void controls_stay_out_of_the_terminal(void **state)
{
    (void)state;
    static const char *const cells[] = {"A\x1b[2J", "1", "two\nlines", NULL};
    char *text = print(columns, cells, 80, 0);
    assert_string_equal(text, "KEY    COUNT  NAME\n"
                              "A\xef\xbf\xbd[2J      1  two lines\n");
    free(text);
}

static void many_rows_are_kept(void **state)
{
    (void)state;
    struct printed printed;
    struct text_table *table = text_table_new(columns, 3);
    size_t lines = 0;
    assert_non_null(table);
    for (int i = 0; i < 1000; i++) {
        text_table_add(table, "A");
        text_table_add_count(table, i);
        text_table_add(table, NULL);
    }
    printed_begin(&printed);
    assert_true(text_table_print(table, printed.out, 80, 0));
    for (const char *at = printed_end(&printed); (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, 1001);
    assert_non_null(strstr(printed.text, "A      999\n"));
    printed_free(&printed);
    text_table_free(table);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_what_is_in_them),
        cmocka_unit_test(columns_are_those_of_the_terminal),
        cmocka_unit_test(what_gives_way_is_cut_until_a_row_fits),
        cmocka_unit_test(a_bound_holds_where_there_is_room_too),
        cmocka_unit_test(a_column_that_says_nothing_is_left_out),
        cmocka_unit_test(no_line_ends_with_spaces),
        cmocka_unit_test(controls_stay_out_of_the_terminal),
        cmocka_unit_test(many_rows_are_kept),
    };
    if (argc > 1 && argv[1][0])
        cmocka_set_test_filter(argv[1]);
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
