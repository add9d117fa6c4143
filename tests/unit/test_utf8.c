/* UTF-8: well-formed and not, forward and backward, and the repair of other encodings. */
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void decodes_well_formed_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t character;
    } cases[] = {{"A", 'A'}, {"\xc3\xa9", 0xe9}, {"\xe4\xbf\xae", 0x4fee}, {"\xf0\x9f\x98\x80", 0x1f600}, {"\xf4\x8f\xbf\xbf", 0x10ffff}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t bytes, length = strlen(cases[i].text);
        assert_int_equal(utf8_decode(cases[i].text, length, &bytes), cases[i].character);
        assert_int_equal(bytes, length);
        assert_int_equal(utf8_decode_before(cases[i].text, length, &bytes), cases[i].character);
        assert_int_equal(bytes, length);
    }
}

static void refuses_what_is_not_well_formed(void **state)
{
    (void)state;
    static const char *const cases[] = {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                                        "\xf4\x90\x80\x80", "\xff", "\xc3", "\xe4\xbf", "\xc3"
                                                                                        "A"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t bytes;
        assert_int_equal(utf8_decode(cases[i], strlen(cases[i]), &bytes), UTF8_INVALID);
        assert_int_equal(bytes, 1);
        assert_false(utf8_is_valid(cases[i], strlen(cases[i])));
    }
    size_t bytes = 0;
    assert_int_equal(utf8_decode_before("\xa9", 1, &bytes), UTF8_INVALID);
    assert_int_equal(bytes, 1);
    assert_true(utf8_is_valid("", 0));
}

static void repairs_text_of_other_encodings(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
        const char *repaired;
    } cases[] = {
        {"plain", 5, "plain"},
        {"\xc3\xa9t\xc3\xa9", 5, "\xc3\xa9t\xc3\xa9"},
        {"\xe9t\xe9", 3, "\xc3\xa9t\xc3\xa9"},         /* Latin-1 */
        {"\xc3\xa9 \xe9", 4, "\xc3\xa9 \xef\xbf\xbd"}, /* mixed: UTF-8 is kept */
        {"a\0b", 3, "a\xef\xbf\xbd"
                    "b"},
        {"", 0, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *out = malloc(UTF8_REPAIR_BYTES(cases[i].length));
        assert_non_null(out);
        size_t length = utf8_repair(cases[i].text, cases[i].length, out);
        assert_int_equal(length, strlen(cases[i].repaired));
        assert_string_equal(out, cases[i].repaired);
        assert_true(utf8_is_valid(out, length));
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_well_formed_characters),
        cmocka_unit_test(refuses_what_is_not_well_formed),
        cmocka_unit_test(repairs_text_of_other_encodings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
