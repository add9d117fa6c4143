/* Escape-aware passes over JSON text. */
#include "json_text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE_BYTES 6u /* \uXXXX */
#define NO_ESCAPE UINT32_MAX

static uint32_t hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10 : NO_ESCAPE;
}

/* The code unit of the \uXXXX that starts at `at`, or NO_ESCAPE. */
static uint32_t escape_at(const char *at, const char *end)
{
    uint32_t unit = 0;

    if ((size_t)(end - at) < ESCAPE_BYTES || at[0] != '\\' || at[1] != 'u')
        return NO_ESCAPE;
    for (int i = 2; i < 6; i++) {
        uint32_t digit = hex_digit(at[i]);

        if (digit == NO_ESCAPE)
            return NO_ESCAPE;
        unit = unit << 4 | digit;
    }
    return unit;
}

static bool is_high_surrogate(uint32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low_surrogate(uint32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* From a backslash on: the next escape that can't be stored, or end. */
static const char *find_unstorable(const char *at, const char *end)
{
    while (at < end && (at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
        uint32_t unit = escape_at(at, end);

        if (unit == NO_ESCAPE)
            at += 2; /* \n, \\, or what the parser will refuse */
        else if (unit == 0 || is_low_surrogate(unit))
            return at;
        else if (!is_high_surrogate(unit))
            at += ESCAPE_BYTES;
        else if (is_low_surrogate(escape_at(at + ESCAPE_BYTES, end)))
            at += 2 * ESCAPE_BYTES;
        else
            return at;
    }
    return end;
}

bool json_text_storable(struct arena *arena, const char *text, size_t length, const char **storable,
                        int *altered)
{
    const char *end = text + length, *found = find_unstorable(text, end);
    char *copy;

    *altered = 0;
    *storable = text;
    if (found == end)
        return true;
    copy = arena_copy(arena, text, length);
    if (copy == NULL)
        return false;
    do {
        memcpy(copy + (found - text), "\\ufffd", ESCAPE_BYTES);
        ++*altered;
        found = find_unstorable(found + ESCAPE_BYTES, end);
    } while (found != end);
    *storable = copy;
    return true;
}

bool json_text_is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\n' && text[i] != '\r')
            return false;
    return true;
}

/* The byte after the string that starts at `at` (on its quotation mark), or end. */
static const char *skip_string(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            at++;
    }
    return end;
}

size_t json_text_depth(const char *text, size_t length)
{
    const char *end = text + length;
    size_t depth = 0;

    for (const char *at = text; at < end;) {
        if (*at == '"') {
            at = skip_string(at, end);
            continue;
        }
        if (*at == '{' || *at == '[')
            depth++;
        else if ((*at == '}' || *at == ']') && depth > 0)
            depth--;
        at++;
    }
    return depth;
}

static size_t number_length(const char *at, const char *end)
{
    const char *start = at;

    while (at < end && *at != '\0' && strchr("0123456789+-.eE", *at) != NULL)
        at++;
    return (size_t)(at - start);
}

/* Writes the number at `at` in at most 32 characters and returns their count. Infinity has no JSON: a number
 * that any reader takes for it stands in its place. */
static size_t write_short(char *to, const char *at)
{
    double value = strtod(at, NULL);

    return (size_t)(isfinite(value) ? snprintf(to, 32, "%.17g", value)
                                    : snprintf(to, 32, "%s1e999", value < 0 ? "-" : ""));
}

static const char *find_long_number(const char *at, const char *end, size_t limit)
{
    while (at < end) {
        size_t digits;

        if (*at == '"') {
            at = skip_string(at, end);
            continue;
        }
        digits = number_length(at, end);
        if (digits > limit)
            return at;
        at += digits > 0 ? digits : 1;
    }
    return end;
}

bool json_text_shorten_numbers(struct arena *arena, const char *text, size_t length, size_t limit,
                               char **shortened, size_t *shortened_length)
{
    const char *at, *end, *found;
    char *copy, *to;

    *shortened = NULL;
    if (find_long_number(text, text + length, limit) == text + length)
        return true;
    copy = arena_copy(arena, text, length); /* strtod wants the terminator */
    if (copy == NULL)
        return false;
    to = copy;
    end = copy + length;
    for (at = copy; (found = find_long_number(at, end, limit)) != end;) {
        size_t digits = number_length(found, end);

        memmove(to, at, (size_t)(found - at));
        to += found - at;
        at = found + digits;
        to += write_short(to, found);
    }
    memmove(to, at, (size_t)(end - at));
    to += end - at;
    *to = '\0';
    *shortened = copy;
    *shortened_length = (size_t)(to - copy);
    return true;
}
