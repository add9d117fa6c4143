/* One-dimensional PostgreSQL arrays in libpq's binary format, built in a buffer that is kept for the next array.
 *
 * Running out of memory is remembered: pgarray_finish then gives NULL, and no call in between needs a check.
 */
#ifndef JIRASYNC_PGARRAY_H
#define JIRASYNC_PGARRAY_H

#include "error.h"
#include "instant.h"

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

enum pgarray_type { PGARRAY_BOOL,
                    PGARRAY_BYTEA,
                    PGARRAY_INT8,
                    PGARRAY_INT4,
                    PGARRAY_TEXT,
                    PGARRAY_TIMESTAMPTZ };

/* Zero-initialise; give back with pgarray_free. */
struct pgarray {
    char *bytes;
    size_t length, capacity;
    size_t open_at; /* of the element that pgarray_open began */
    uint32_t count;
    bool has_null, has_failed;
};

/* The OID of the array type, for the parameter's type. */
Oid pgarray_oid(enum pgarray_type type);
/* Forgets the elements and starts an array of that type; the buffer stays. */
void pgarray_begin(struct pgarray *array, enum pgarray_type type);
void pgarray_add_null(struct pgarray *array);
void pgarray_add_bool(struct pgarray *array, bool value);
void pgarray_add_int4(struct pgarray *array, int32_t value);
void pgarray_add_int8(struct pgarray *array, int64_t value);
/* INSTANT_NONE is NULL. */
void pgarray_add_instant(struct pgarray *array, instant value);
/* For text and bytea; bytes NULL is NULL. */
void pgarray_add_bytes(struct pgarray *array, const void *bytes, size_t length);
/* A text element in pieces: open, append any number, close. */
void pgarray_open(struct pgarray *array);
void pgarray_append(struct pgarray *array, const void *bytes, size_t length);
void pgarray_close(struct pgarray *array);
/* The finished parameter and its length, borrowed until the next pgarray_begin; NULL when memory was short or the array
 * passed what a parameter can hold. */
const char *pgarray_finish(struct pgarray *array, int *length) MUST_CHECK;
void pgarray_free(struct pgarray *array);

#endif
