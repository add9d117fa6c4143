/* Binary arrays, byte by byte as PostgreSQL's array_recv reads them. */
#include "pgarray.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_bytes(struct pgarray *array, const char *expected, size_t size)
{
    int length = 0;
    const char *bytes = pgarray_finish(array, &length);
    assert_non_null(bytes);
    assert_int_equal(length, size);
    assert_memory_equal(bytes, expected, size);
}

#define ASSERT_BYTES(array, literal) assert_bytes(array, literal, sizeof(literal) - 1)

static void writes_numbers_in_network_order(void **state)
{
    struct pgarray array = {0};
    (void)state;
    pgarray_begin(&array, PGARRAY_INT8);
    pgarray_add_int8(&array, 0x0102030405060708);
    pgarray_add_int8(&array, -2);
    ASSERT_BYTES(&array, "\0\0\0\1"
                         "\0\0\0\0"
                         "\0\0\0\x14"
                         "\0\0\0\2"
                         "\0\0\0\1"
                         "\0\0\0\x8\1\2\3\4\5\6\7\x8"
                         "\0\0\0\x8\xff\xff\xff\xff\xff\xff\xff\xfe");
    pgarray_free(&array);
}

static void tells_null_from_empty(void **state)
{
    struct pgarray array = {0};
    (void)state;
    pgarray_begin(&array, PGARRAY_BYTEA);
    pgarray_add_bytes(&array, NULL, 0);
    pgarray_add_bytes(&array, "", 0);
    pgarray_add_bytes(&array, "a\0b", 3);
    ASSERT_BYTES(&array, "\0\0\0\1"
                         "\0\0\0\1"
                         "\0\0\0\x11"
                         "\0\0\0\3"
                         "\0\0\0\1"
                         "\xff\xff\xff\xff"
                         "\0\0\0\0"
                         "\0\0\0\3a\0b");
    pgarray_free(&array);
}

static void counts_instants_from_2000(void **state)
{
    struct pgarray array = {0};
    (void)state;
    pgarray_begin(&array, PGARRAY_TIMESTAMPTZ);
    pgarray_add_instant(&array, INT64_C(946684800000001));
    pgarray_add_instant(&array, INSTANT_NONE);
    ASSERT_BYTES(&array, "\0\0\0\1"
                         "\0\0\0\1"
                         "\0\0\4\xa0"
                         "\0\0\0\2"
                         "\0\0\0\1"
                         "\0\0\0\x8\0\0\0\0\0\0\0\1"
                         "\xff\xff\xff\xff");
    pgarray_free(&array);
}

static void builds_a_text_in_pieces(void **state)
{
    struct pgarray array = {0};
    (void)state;
    pgarray_begin(&array, PGARRAY_TEXT);
    pgarray_open(&array);
    pgarray_append(&array, "{", 1);
    pgarray_append(&array, "1}", 2);
    pgarray_close(&array);
    pgarray_add_bool(&array, true);
    ASSERT_BYTES(&array, "\0\0\0\1"
                         "\0\0\0\0"
                         "\0\0\0\x19"
                         "\0\0\0\2"
                         "\0\0\0\1"
                         "\0\0\0\3{1}"
                         "\0\0\0\1\1");
    pgarray_free(&array);
}

static void starts_anew_in_the_same_buffer(void **state)
{
    struct pgarray array = {0};
    char text[10000];
    (void)state;
    memset(text, 'x', sizeof text);
    pgarray_begin(&array, PGARRAY_TEXT);
    pgarray_add_bytes(&array, text, sizeof text);
    pgarray_add_null(&array);
    const char *buffer = array.bytes;
    pgarray_begin(&array, PGARRAY_INT4);
    pgarray_add_int4(&array, 7);
    assert_ptr_equal(array.bytes, buffer);
    ASSERT_BYTES(&array, "\0\0\0\1"
                         "\0\0\0\0"
                         "\0\0\0\x17"
                         "\0\0\0\1"
                         "\0\0\0\1"
                         "\0\0\0\4\0\0\0\7");
    pgarray_free(&array);
}

static void refuses_more_than_a_parameter_holds(void **state)
{
    struct pgarray array = {0};
    int length = 0;
    (void)state;
    pgarray_begin(&array, PGARRAY_TEXT);
    pgarray_add_bytes(&array, "", (size_t)INT32_MAX);
    assert_null(pgarray_finish(&array, &length));
    pgarray_begin(&array, PGARRAY_TEXT);
    assert_non_null(pgarray_finish(&array, &length));
    pgarray_free(&array);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_numbers_in_network_order),
        cmocka_unit_test(tells_null_from_empty),
        cmocka_unit_test(counts_instants_from_2000),
        cmocka_unit_test(builds_a_text_in_pieces),
        cmocka_unit_test(starts_anew_in_the_same_buffer),
        cmocka_unit_test(refuses_more_than_a_parameter_holds),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
