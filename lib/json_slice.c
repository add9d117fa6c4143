/* Cuts a stream of JSON into the issues it holds: a string-aware scan of brackets. */
#include "json_slice.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 1024

struct json_slice {
    char *buffer;
    size_t length, size, limit;
    uint64_t offset; /* of the next byte */
    const char *problem;
    char stack[DEPTH_MAX]; /* '{' or '[' for each open bracket */
    int depth;
    int keep_depth;   /* depth at which the kept object began, -1: nothing is kept */
    int issues_depth; /* depth inside the array of a page's issues, 0: in none */
    bool in_string, is_escaped;
    bool expects_key; /* the next string at the kept object's own depth is a name */
    bool is_issues;   /* the name that was read last is member */
    int matched;      /* bytes of the string that agree with member; -1: it is another */
    const char *member;
    int member_length;
};

struct json_slice *json_slice_new(const char *member, size_t limit)
{
    struct json_slice *slice = calloc(1, sizeof *slice);
    if (slice) {
        slice->limit = limit;
        slice->member = member;
        slice->member_length = (int)strlen(member);
        slice->keep_depth = -1;
    }
    return slice;
}

void json_slice_free(struct json_slice *slice)
{
    if (slice) {
        free(slice->buffer);
        free(slice);
    }
}

const char *json_slice_issue(const struct json_slice *slice, size_t *length)
{
    *length = slice->length;
    return slice->buffer;
}

const char *json_slice_problem(const struct json_slice *slice, uint64_t *offset)
{
    *offset = slice->offset;
    return slice->problem;
}

static bool fail(struct json_slice *slice, const char *problem)
{
    slice->problem = problem;
    return false;
}

/* Keeps a byte, and room for the NUL behind it. */
static bool keep(struct json_slice *slice, char byte)
{
    if (slice->keep_depth < 0)
        return true;
    if (slice->length + 2 > slice->size) {
        size_t size = slice->size ? 2 * slice->size : 16384;
        char *larger = slice->length >= slice->limit ? NULL : realloc(slice->buffer, size);
        if (!larger)
            return fail(slice, slice->length >= slice->limit ? "an issue is longer than allowed" : "out of memory");
        slice->buffer = larger;
        slice->size = size;
    }
    slice->buffer[slice->length++] = byte;
    slice->buffer[slice->length] = '\0';
    return true;
}

/* True where the elements of an array of issues or pages stand, or the values of the stream. */
static bool is_between_values(const struct json_slice *slice)
{
    return slice->depth == 0 || (slice->depth == 1 && slice->stack[0] == '[') ||
           (slice->issues_depth > 0 && slice->depth == slice->issues_depth);
}

/* True directly inside an object that may be a page. */
static bool is_in_value(const struct json_slice *slice)
{
    return slice->keep_depth >= 0 && slice->issues_depth == 0 && slice->depth == slice->keep_depth + 1;
}

static bool push(struct json_slice *slice, char bracket)
{
    if (slice->depth == DEPTH_MAX)
        return fail(slice, "nested too deep");
    slice->stack[slice->depth++] = bracket;
    return true;
}

static bool open_bracket(struct json_slice *slice, char bracket)
{
    if (is_between_values(slice)) {
        if (bracket == '[')
            return slice->depth == 0 ? push(slice, bracket) : fail(slice, "an array stands where an issue is expected");
        slice->keep_depth = slice->depth;
        slice->length = 0;
    } else if (bracket == '[' && is_in_value(slice) && slice->is_issues && !slice->expects_key) {
        slice->keep_depth = -1;
        slice->length = 0;
        slice->issues_depth = slice->depth + 1;
        return push(slice, bracket);
    }
    if (!keep(slice, bracket) || !push(slice, bracket))
        return false;
    if (is_in_value(slice)) {
        slice->expects_key = true;
        slice->is_issues = false;
    }
    return true;
}

/* Closes a bracket; *is_whole when an issue ended with it. */
static bool close_bracket(struct json_slice *slice, char bracket, bool *is_whole)
{
    if (slice->depth == 0 || slice->stack[slice->depth - 1] != (bracket == '}' ? '{' : '['))
        return fail(slice, "a bracket closes what is not open");
    slice->depth--;
    if (slice->issues_depth > slice->depth)
        slice->issues_depth = 0;
    if (!keep(slice, bracket))
        return false;
    if (slice->keep_depth == slice->depth) {
        slice->keep_depth = -1;
        *is_whole = true;
    }
    return true;
}

static bool open_string(struct json_slice *slice)
{
    if (is_between_values(slice))
        return fail(slice, "a string stands where an issue is expected");
    slice->in_string = true;
    slice->matched = 0;
    return keep(slice, '"');
}

static bool string_byte(struct json_slice *slice, char byte)
{
    if (slice->is_escaped) {
        slice->is_escaped = false;
        slice->matched = -1;
    } else if (byte == '\\') {
        slice->is_escaped = true;
    } else if (byte == '"') {
        slice->in_string = false;
        if (is_in_value(slice) && slice->expects_key) {
            slice->expects_key = false;
            slice->is_issues = slice->matched == slice->member_length;
        }
    } else if (slice->matched >= 0) {
        bool agrees = slice->matched < slice->member_length && slice->member[slice->matched] == byte;
        slice->matched = agrees ? slice->matched + 1 : -1;
    }
    return keep(slice, byte);
}

static bool is_white(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* A byte outside strings that is no bracket and no quote. */
static bool plain_byte(struct json_slice *slice, char byte)
{
    bool is_mark = slice->offset < 3 && strchr("\xef\xbb\xbf", byte) && byte != '\0';
    if (is_white(byte) || (byte == '\x1e' && slice->depth == 0) || is_mark)
        return keep(slice, byte);
    if (is_between_values(slice) && (byte != ',' || slice->depth == 0))
        return fail(slice, "this is no issue and no page of issues");
    if (byte == ',' && is_in_value(slice) && slice->stack[slice->depth - 1] == '{') {
        slice->expects_key = true;
        slice->is_issues = false;
    }
    return keep(slice, byte);
}

static bool take_byte(struct json_slice *slice, char byte, bool *is_whole)
{
    if (slice->in_string)
        return string_byte(slice, byte);
    switch (byte) {
    case '"':
        return open_string(slice);
    case '{':
    case '[':
        return open_bracket(slice, byte);
    case '}':
    case ']':
        return close_bracket(slice, byte, is_whole);
    default:
        return plain_byte(slice, byte);
    }
}

enum json_slice_step json_slice_feed(struct json_slice *slice, const char *bytes, size_t length, size_t *used)
{
    bool is_whole = false;
    for (*used = 0; *used < length && !is_whole;) {
        if (slice->problem || !take_byte(slice, bytes[*used], &is_whole))
            return JSON_SLICE_BAD;
        ++*used;
        slice->offset++;
    }
    return is_whole ? JSON_SLICE_ISSUE : JSON_SLICE_MORE;
}

enum json_slice_step json_slice_end(struct json_slice *slice)
{
    if (!slice->problem && (slice->depth > 0 || slice->in_string))
        slice->problem = "the input ends in the middle of a value";
    return slice->problem ? JSON_SLICE_BAD : JSON_SLICE_MORE;
}
