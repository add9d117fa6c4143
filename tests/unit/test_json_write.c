/* JSON text: escapes, cuts, buffers that are too small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "json_write.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void json_string_escapes_what_must_be(void **state)
{
    static const struct {
        const char *text, *json;
    } rows[] = {
        {"", "\"\""},
        {"abc", "\"abc\""},
        {"\"\\/", "\"\\\"\\\\/\""},
        {"\x01\t\n\r\x1F\x7F", "\"\\u0001\\u0009\\u000a\\u000d\\u001f\\u007f\""},
        {"\xC2\x80\xC2\x9F\xC2\xA0", "\"\\u0080\\u009f\xC2\xA0\""},
        {"\xC3\xA9\xE4\xBF\xAE\xF0\x9F\x98\x80", "\"\xC3\xA9\xE4\xBF\xAE\xF0\x9F\x98\x80\""},
        {"\x80", "\"\\ufffd\""},
        {"\xFF\xFE", "\"\\ufffd\\ufffd\""},
        {"a\xC3", "\"a\\ufffd\""},
        {"\xC3\x28", "\"\\ufffd(\""},
        {"\xC0\xAF", "\"\\ufffd\\ufffd\""},                       /* overlong / */
        {"\xE0\x80\xAF", "\"\\ufffd\\ufffd\\ufffd\""},            /* overlong / */
        {"\xED\xA0\x80", "\"\\ufffd\\ufffd\\ufffd\""},            /* a surrogate */
        {"\xF4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""}, /* past U+10FFFF */
        {"\xF4\x8F\xBF\xBF", "\"\xF4\x8F\xBF\xBF\""},
        {"\xED\x9F\xBF\xEE\x80\x80", "\"\xED\x9F\xBF\xEE\x80\x80\""}, /* beside the surrogates */
        {"\xF0\x9F\x98", "\"\\ufffd\\ufffd\\ufffd\""},
        {NULL, "null"},
    };
    char text[256];
    struct json_writer writer;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_write_init(&writer, text, sizeof text);
        json_write_string(&writer, rows[i].text, SIZE_MAX);
        assert_string_equal(text, rows[i].json);
        assert_int_equal(writer.length, strlen(text));
        assert_false(writer.cut);
    }
}

static void json_string_is_cut_between_characters(void **state)
{
    char text[64];
    struct json_writer writer;

    (void)state;
    json_write_init(&writer, text, sizeof text);
    json_write_string(&writer, "abcdef", 3);
    assert_string_equal(text, "\"abc...\"");
    json_write_init(&writer, text, sizeof text);
    json_write_string(&writer, "abc", 3);
    assert_string_equal(text, "\"abc\"");
    json_write_init(&writer, text, sizeof text);
    json_write_string(&writer, "ab\xF0\x9F\x98\x80z", 3);
    assert_string_equal(text, "\"ab\xF0\x9F\x98\x80...\"");
    json_write_init(&writer, text, sizeof text);
    json_write_string(&writer, "abc", 0);
    assert_string_equal(text, "\"...\"");
}

/* In memory of just that size: for valgrind and the address sanitizer. */
static void json_writer_keeps_within_its_buffer(void **state)
{
    const char *whole = "[\"a\\u0001\xC3\xA9\"]";

    (void)state;
    for (size_t size = 1; size <= strlen(whole) + 1; size++) {
        char *text = malloc(size);
        struct json_writer writer;

        assert_non_null(text);
        json_write_init(&writer, text, size);
        json_write_raw(&writer, "[");
        json_write_string(&writer, "a\x01\xC3\xA9", SIZE_MAX);
        json_write_raw(&writer, "]");
        assert_int_equal(writer.cut, size <= strlen(whole));
        assert_true(strlen(text) < size);
        assert_memory_equal(text, whole, strlen(text)); /* once cut, nothing follows */
        free(text);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_string_escapes_what_must_be),
        cmocka_unit_test(json_string_is_cut_between_characters),
        cmocka_unit_test(json_writer_keeps_within_its_buffer),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
