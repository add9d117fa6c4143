/* One-dimensional PostgreSQL arrays in libpq's binary format. */
#include "pgarray.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Dimensions, has-null flag, element type, then size and lower bound of the one dimension. */
enum { HEADER_BYTES = 5 * 4,
       COUNT_OFFSET = 3 * 4,
       HAS_NULL_OFFSET = 4,
       FIRST_CAPACITY = 4096 };

/* PostgreSQL counts from 2000-01-01. */
#define POSTGRES_EPOCH_MICROSECONDS INT64_C(946684800000000)

/* Fixed by PostgreSQL's catalog (pg_type.dat); libpq has no header for them. */
static const struct {
    Oid element, array;
} oids[] = {
    [PGARRAY_BOOL] = {16, 1000},
    [PGARRAY_BYTEA] = {17, 1001},
    [PGARRAY_INT8] = {20, 1016},
    [PGARRAY_INT4] = {23, 1007},
    [PGARRAY_TEXT] = {25, 1009},
    [PGARRAY_TIMESTAMPTZ] = {1184, 1185},
};

static void write_int4(char *at, uint32_t value)
{
    at[0] = (char)(value >> 24);
    at[1] = (char)(value >> 16);
    at[2] = (char)(value >> 8);
    at[3] = (char)value;
}

/* Room for length more bytes; NULL (and the array is spoilt) when there is none. */
static char *extend(struct pgarray *array, size_t length)
{
    if (array->has_failed || length > INT_MAX - array->length) {
        array->has_failed = true;
        return NULL;
    }
    size_t needed = array->length + length;
    if (needed > array->capacity) {
        size_t capacity = array->capacity == 0 ? FIRST_CAPACITY : array->capacity;
        while (capacity < needed)
            capacity *= 2;
        char *bytes = realloc(array->bytes, capacity);
        if (bytes == NULL) {
            array->has_failed = true;
            return NULL;
        }
        array->bytes = bytes;
        array->capacity = capacity;
    }
    char *at = array->bytes + array->length;
    array->length = needed;
    return at;
}

/* Begins an element of length bytes and returns where they go. */
static char *add_element(struct pgarray *array, size_t length)
{
    char *at = extend(array, 4 + length);
    if (at == NULL)
        return NULL;
    write_int4(at, (uint32_t)length);
    array->count++;
    return at + 4;
}

Oid pgarray_oid(enum pgarray_type type)
{
    return oids[type].array;
}

void pgarray_begin(struct pgarray *array, enum pgarray_type type)
{
    array->length = 0;
    array->count = 0;
    array->has_null = false;
    array->has_failed = false;
    char *header = extend(array, HEADER_BYTES);
    if (header == NULL)
        return;
    write_int4(header, 1);
    write_int4(header + 8, oids[type].element);
    write_int4(header + 16, 1);
}

void pgarray_add_null(struct pgarray *array)
{
    char *at = extend(array, 4);
    if (at == NULL)
        return;
    write_int4(at, UINT32_MAX);
    array->count++;
    array->has_null = true;
}

void pgarray_add_bool(struct pgarray *array, bool value)
{
    char *at = add_element(array, 1);
    if (at != NULL)
        *at = value ? 1 : 0;
}

void pgarray_add_int4(struct pgarray *array, int32_t value)
{
    char *at = add_element(array, 4);
    if (at != NULL)
        write_int4(at, (uint32_t)value);
}

void pgarray_add_int8(struct pgarray *array, int64_t value)
{
    char *at = add_element(array, 8);
    if (at == NULL)
        return;
    write_int4(at, (uint32_t)((uint64_t)value >> 32));
    write_int4(at + 4, (uint32_t)value);
}

void pgarray_add_instant(struct pgarray *array, instant value)
{
    if (value == INSTANT_NONE)
        pgarray_add_null(array);
    else
        pgarray_add_int8(array, value - POSTGRES_EPOCH_MICROSECONDS);
}

void pgarray_add_bytes(struct pgarray *array, const void *bytes, size_t length)
{
    if (bytes == NULL) {
        pgarray_add_null(array);
        return;
    }
    char *at = add_element(array, length);
    if (at != NULL)
        memcpy(at, bytes, length);
}

void pgarray_open(struct pgarray *array)
{
    if (add_element(array, 0) != NULL)
        array->open_at = array->length;
}

void pgarray_append(struct pgarray *array, const void *bytes, size_t length)
{
    char *at = extend(array, length);
    if (at != NULL)
        memcpy(at, bytes, length);
}

void pgarray_close(struct pgarray *array)
{
    if (!array->has_failed)
        write_int4(array->bytes + array->open_at - 4, (uint32_t)(array->length - array->open_at));
}

const char *pgarray_finish(struct pgarray *array, int *length)
{
    if (array->has_failed)
        return NULL;
    write_int4(array->bytes + HAS_NULL_OFFSET, array->has_null ? 1 : 0);
    write_int4(array->bytes + COUNT_OFFSET, array->count);
    *length = (int)array->length;
    return array->bytes;
}

void pgarray_free(struct pgarray *array)
{
    free(array->bytes);
    *array = (struct pgarray){0};
}
