/* Passes over JSON text as bytes, before it is parsed. They understand escapes and strings, and nothing else:
 * text that is not well-formed goes through them unharmed and is refused by the parser or by PostgreSQL.
 */
#ifndef JIRASYNC_JSON_TEXT_H
#define JIRASYNC_JSON_TEXT_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>

/* Makes well-formed JSON storable as jsonb: each \u0000 and each lone surrogate escape becomes \ufffd, the
 * escape of U+FFFD, which is as long, so that every other byte keeps its value and its place. *storable is a
 * NUL-terminated copy in arena of length bytes, or text itself when nothing had to be replaced; *altered
 * counts the replacements. An escaped backslash before a u is no escape. False when the arena refuses. */
bool json_text_storable(struct arena *arena, const char *text, size_t length, const char **storable,
                        int *altered) MUST_CHECK;
/* True for no bytes, or nothing but JSON's white space. */
bool json_text_is_blank(const char *text, size_t length) MUST_CHECK;
/* How many arrays and objects are open after length bytes of text. */
size_t json_text_depth(const char *text, size_t length) MUST_CHECK;
/* Replaces numbers that are longer than limit (at least 32) characters with their 17 significant digits, in a
 * copy in arena. *shortened is NULL when there is none. False when the arena refuses. */
bool json_text_shorten_numbers(struct arena *arena, const char *text, size_t length, size_t limit,
                               char **shortened, size_t *shortened_length) MUST_CHECK;

#endif
