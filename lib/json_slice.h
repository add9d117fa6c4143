/* Cuts a stream of JSON into the issues it holds, without reading what they mean: a string-aware scan of brackets.
 *
 * The stream is any number of values one after another. Each is a page ({"issues": [ISSUE, ...], ...}), an array of
 * pages or issues, or one issue. At most one issue is in memory, or what a page holds before its issues. Whether an
 * issue is well-formed in itself is not judged here. What is said of issues holds for whatever else stands in pages under
 * another member's name.
 */
#ifndef JIRASYNC_JSON_SLICE_H
#define JIRASYNC_JSON_SLICE_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

struct json_slice;

enum json_slice_step {
    JSON_SLICE_MORE,  /* all bytes were taken */
    JSON_SLICE_ISSUE, /* an issue is whole; feed the rest again */
    JSON_SLICE_BAD    /* not what is expected; json_slice_problem says where */
};

/* A scanner that refuses issues longer than limit bytes. member is where a page has them ("issues"), borrowed for the
 * scanner's life. NULL when memory is short. */
struct json_slice *json_slice_new(const char *member, size_t limit) MUST_CHECK;
void json_slice_free(struct json_slice *slice);
/* Takes bytes up to the end of an issue; *used is how many. */
enum json_slice_step json_slice_feed(struct json_slice *slice, const char *bytes, size_t length,
                                     size_t *used) MUST_CHECK;
/* The end of the stream: JSON_SLICE_MORE when nothing was left open, else JSON_SLICE_BAD. */
enum json_slice_step json_slice_end(struct json_slice *slice) MUST_CHECK;
/* The issue that was found last, NUL-terminated; borrowed until the next call. */
const char *json_slice_issue(const struct json_slice *slice, size_t *length);
/* What is wrong, and at which byte of the stream. */
const char *json_slice_problem(const struct json_slice *slice, uint64_t *offset);

#endif
