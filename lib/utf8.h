/* UTF-8: decodes one character, and makes text of any encoding storable. Pure, no allocation. */
#ifndef JIRASYNC_UTF8_H
#define JIRASYNC_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_INVALID UINT32_MAX

/* The character at text[0..length), length > 0; *bytes is what it takes. UTF8_INVALID (and *bytes 1) for anything that
 * is not well-formed: overlong forms, surrogates, past U+10FFFF, cut short. */
uint32_t utf8_decode(const char *text, size_t length, size_t *bytes);
/* The character that ends right before text[at], at > 0; UTF8_INVALID (and *bytes 1) when no well-formed one does. */
uint32_t utf8_decode_before(const char *text, size_t at, size_t *bytes);
bool utf8_is_valid(const char *text, size_t length);
/* Room that utf8_repair needs for length bytes. */
#define UTF8_REPAIR_BYTES(length) (3 * (length) + 1)
/* Copies text to out as valid UTF-8 with a NUL and returns its length. Invalid bytes are read as Latin-1 where the text
 * holds no well-formed character past ASCII, and replaced with U+FFFD where it does; NULs are replaced too. */
size_t utf8_repair(const char *text, size_t length, char *out);

#endif
