/* UTF-8: decodes one character, and makes text of any encoding storable. */
#include "utf8.h"

#include <string.h>

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Bytes that a lead byte announces; 0 for one that can't lead. */
static size_t announced(unsigned char lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        return 2;
    }
    if ((lead & 0xf0) == 0xe0) {
        return 3;
    }
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

uint32_t utf8_decode(const char *text, size_t length, size_t *bytes)
{
    unsigned char lead = (unsigned char)text[0];
    size_t size = announced(lead);
    *bytes = 1;
    if (size == 0 || size > length) {
        return UTF8_INVALID;
    }
    static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t character = lead & mask[size];
    for (size_t i = 1; i < size; i++) {
        if (!is_continuation(text[i])) {
            return UTF8_INVALID;
        }
        character = character << 6 | ((unsigned char)text[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (character < least[size] || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff)) {
        return UTF8_INVALID;
    }
    *bytes = size;
    return character;
}

uint32_t utf8_decode_before(const char *text, size_t at, size_t *bytes)
{
    size_t start = at - 1;
    while (start > 0 && at - start < 4 && is_continuation(text[start])) {
        start--;
    }
    uint32_t character = utf8_decode(text + start, at - start, bytes);
    if (*bytes == at - start) {
        return character;
    }
    *bytes = 1;
    return UTF8_INVALID;
}

bool utf8_is_valid(const char *text, size_t length)
{
    size_t bytes;
    for (size_t at = 0; at < length; at += bytes) {
        if (utf8_decode(text + at, length - at, &bytes) == UTF8_INVALID) {
            return false;
        }
    }
    return true;
}

static bool holds_wide_character(const char *text, size_t length)
{
    size_t bytes;
    for (size_t at = 0; at < length; at += bytes) {
        if (utf8_decode(text + at, length - at, &bytes) != UTF8_INVALID && bytes > 1) {
            return true;
        }
    }
    return false;
}

size_t utf8_repair(const char *text, size_t length, char *out)
{
    bool is_latin1 = !holds_wide_character(text, length);
    size_t bytes, written = 0;
    for (size_t at = 0; at < length; at += bytes) {
        uint32_t character = utf8_decode(text + at, length - at, &bytes);
        if (character != UTF8_INVALID && character != 0) {
            memcpy(out + written, text + at, bytes);
            written += bytes;
        } else if (is_latin1 && character != 0) {
            unsigned char byte = (unsigned char)text[at];
            out[written++] = (char)(0xc0 | byte >> 6);
            out[written++] = (char)(0x80 | (byte & 0x3f));
        } else {
            memcpy(out + written, "\xef\xbf\xbd", 3);
            written += 3;
        }
    }
    out[written] = '\0';
    return written;
}
