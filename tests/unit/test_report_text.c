/* Texts of strangers on a terminal: widths, cuts, lines, and what is not passed on. */
#include "report_text.h"
#include "support/printed.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void decodes_each_character_and_replaces_bytes_that_are_none(void **state)
{
    (void)state;
    static const uint32_t wanted[] = {'a', 0xe9, 0x6f22, 0x1f600, 0xfffd, 'b', 0xfffd, 0};
    const char *text = "a\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80\xff"
                       "b\xe6";
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        assert_int_equal(report_text_next(&text), wanted[i]);
}

static void writes_each_character_as_it_was(void **state)
{
    (void)state;
    struct printed printed;
    const char *wanted = "a\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80", *text = wanted;
    printed_begin(&printed);
    for (uint32_t c; (c = report_text_next(&text)) != 0;)
        report_text_put(printed.out, c);
    assert_string_equal(printed_end(&printed), wanted);
    printed_free(&printed);
}

static void knows_what_is_hidden(void **state)
{
    (void)state;
    static const uint32_t hidden[] = {0x01, 0x1b, 0x7f, 0x85, 0x9b, 0xad, 0x200b, 0x200e, 0x202e, 0x2028, 0x2066, 0xfeff, 0xe0041};
    static const uint32_t shown[] = {' ', 'a', 0xa0, 0xe9, 0x200c, 0x200d, 0x2010, 0x202f, 0x6f22, 0xfffd, 0x1f600};
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        assert_true(report_text_is_hidden(hidden[i]));
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        assert_false(report_text_is_hidden(shown[i]));
}

static void counts_columns_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(report_text_width(""), 0);
    assert_int_equal(report_text_width("\xc3\xa9t\xc3\xa9"), 3);
    assert_int_equal(report_text_width("\xe6\xbc\xa2\xe5\xad\x97"), 4); /* wide ones */
    assert_int_equal(report_text_width("e\xcc\x81"), 1);                /* a combining one */
    assert_int_equal(report_text_width("\x1b[m"), 3);
}

static void prints_what_fits_and_marks_a_cut(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
        const char *printed;
    } cases[] = {
        {"short", 5, "short"},
        {"longer", 5, "lo..."},
        {"longer", 3, "..."},
        {"longer", 2, ".."},
        {"longer", 0, ""},
        {"", 5, ""},
        {"\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 5, "\xe6\xbc\xa2..."}, /* a wide one is not halved */
        {"\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", 4, "..."},
        {"a\x1b[31mb", 9, "a\xef\xbf\xbd[31mb"},
        {"a\r\n\tb", 9, "a   b"},
        {"\xe2\x80\xaexe", 9, "\xef\xbf\xbdxe"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct printed printed;
        printed_begin(&printed);
        size_t taken = report_text_print(printed.out, cases[i].text, cases[i].width);
        assert_string_equal(printed_end(&printed), cases[i].printed);
        assert_int_equal(taken, report_text_width(cases[i].printed));
        printed_free(&printed);
    }
}

static void wraps_at_spaces_else_where_a_line_is_full(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
        const char *printed;
    } cases[] = {
        {"", 5, ""},
        {"one two", 7, "one two"},
        {"one two three", 7, "one two\n  three"},
        {"one two three", 5, "one\n  two\n  three"},
        {"onetwothree", 4, "onet\n  woth\n  ree"},
        {"a onetwothree", 4, "a\n  onet\n  woth\n  ree"},
        {"one   two", 4, "one\n  two"},
        {"\xe6\xbc\xa2\xe5\xad\x97", 1, "\xe6\xbc\xa2\n  \xe5\xad\x97"}, /* one at least, so that it ends */
        {"a\nb \x1b", 9, "a b \xef\xbf\xbd"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct printed printed;
        printed_begin(&printed);
        report_text_wrap(printed.out, cases[i].text, cases[i].width, 2);
        assert_string_equal(printed_end(&printed), cases[i].printed);
        printed_free(&printed);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_each_character_and_replaces_bytes_that_are_none),
        cmocka_unit_test(writes_each_character_as_it_was),
        cmocka_unit_test(knows_what_is_hidden),
        cmocka_unit_test(counts_columns_not_bytes),
        cmocka_unit_test(prints_what_fits_and_marks_a_cut),
        cmocka_unit_test(wraps_at_spaces_else_where_a_line_is_full),
    };
    if (argc > 1 && argv[1][0])
        cmocka_set_test_filter(argv[1]);
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
