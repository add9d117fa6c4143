/* Text of strangers for people to read: widths, cuts, and what is not to be shown as it is. */
#include "report_text.h"
#include "utf8.h"

#include <string.h>
#include <wchar.h>

#define REPLACEMENT 0xfffd
#define CUT_MARK "..."
#define CUT_COLUMNS 3

uint32_t report_text_next(const char **text)
{
    size_t bytes;
    if (**text == '\0')
        return 0;
    uint32_t character = utf8_decode(*text, strnlen(*text, 4), &bytes);
    *text += bytes;
    return character == UTF8_INVALID ? REPLACEMENT : character;
}

bool report_text_is_hidden(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        {0x00, 0x1f},       /* controls */
        {0x7f, 0x9f},       /* and the other ones */
        {0xad, 0xad},       /* soft hyphen */
        {0x61c, 0x61c},     /* Arabic letter mark */
        {0x180e, 0x180e},   /* Mongolian vowel separator */
        {0x200b, 0x200b},   /* zero width */
        {0x200e, 0x200f},   /* direction marks */
        {0x2028, 0x202e},   /* line ends, embeddings and overrides of direction */
        {0x2060, 0x206f},   /* joiners, isolates of direction */
        {0xfeff, 0xfeff},   /* byte order mark */
        {0xfff9, 0xfffb},   /* annotations */
        {0xe0000, 0xe0fff}, /* tags */
    };
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (c >= hidden[i].first && c <= hidden[i].last)
            return true;
    return false;
}

void report_text_put(FILE *out, uint32_t c)
{
    unsigned char bytes[4];
    size_t length;
    if (c < 0x80) {
        bytes[0] = (unsigned char)c, length = 1;
    } else if (c < 0x800) {
        bytes[0] = (unsigned char)(0xc0 | c >> 6), length = 2;
    } else if (c < 0x10000) {
        bytes[0] = (unsigned char)(0xe0 | c >> 12), length = 3;
    } else {
        bytes[0] = (unsigned char)(0xf0 | c >> 18), length = 4;
    }
    for (size_t i = 1; i < length; i++)
        bytes[i] = (unsigned char)(0x80 | (c >> 6 * (length - 1 - i) & 0x3f));
    (void)fwrite(bytes, 1, length, out);
}

/* As shown: white space as a space; what is hidden, or has no width, as one U+FFFD. */
static uint32_t shown(uint32_t character, size_t *columns)
{
    if (character == '\n' || character == '\r' || character == '\t')
        character = ' ';
    int width = report_text_is_hidden(character) ? -1 : wcwidth((wchar_t)character);
    *columns = width < 0 ? 1 : (size_t)width;
    return width < 0 ? REPLACEMENT : character;
}

size_t report_text_width(const char *text)
{
    size_t width = 0, columns;
    for (uint32_t c; (c = report_text_next(&text)) != 0; width += columns)
        (void)shown(c, &columns);
    return width;
}

size_t report_text_print(FILE *out, const char *text, size_t width)
{
    bool is_cut = report_text_width(text) > width;
    size_t room = is_cut ? width - (width < CUT_COLUMNS ? width : CUT_COLUMNS) : width, taken = 0, columns;
    for (uint32_t c; (c = report_text_next(&text)) != 0; taken += columns) {
        c = shown(c, &columns);
        if (taken + columns > room)
            break;
        report_text_put(out, c);
    }
    if (is_cut) {
        (void)fprintf(out, "%.*s", (int)(width - room), CUT_MARK);
        taken += width - room;
    }
    return taken;
}

/* Where the line ends that text begins: before the last spaces that fit, else where it is full. */
static const char *line_end(const char *text, size_t width)
{
    const char *at = text, *end = NULL;
    size_t taken = 0, columns;
    for (bool was_space = true;;) {
        const char *before = at;
        uint32_t c = report_text_next(&at);
        if (c == 0)
            return before;
        bool is_space = shown(c, &columns) == ' ';
        if (is_space && !was_space)
            end = before;
        was_space = is_space;
        if (taken + columns > width)
            return end ? end : before > text ? before
                                             : at;
        taken += columns;
    }
}

void report_text_wrap(FILE *out, const char *text, size_t width, size_t indent)
{
    for (bool is_first = true; *text; is_first = false) {
        const char *end = line_end(text, width);
        size_t columns;
        if (!is_first)
            (void)fprintf(out, "\n%*s", (int)indent, "");
        while (text < end)
            report_text_put(out, shown(report_text_next(&text), &columns));
        while (*text == ' ')
            text++;
    }
}
