/* JSON strings into a bounded buffer. */
#include "json_write.h"

#include <stdio.h>
#include <string.h>

void json_write_init(struct json_writer *writer, char *text, size_t size)
{
    *writer = (struct json_writer){.text = text, .size = size};
    if (text != NULL)
        text[0] = '\0';
}

static void append(struct json_writer *writer, const char *bytes, size_t length)
{
    if (writer->text == NULL) {
        writer->length += length;
        return;
    }
    if (writer->cut || length >= writer->size - writer->length) {
        writer->cut = true;
        return;
    }
    memcpy(writer->text + writer->length, bytes, length);
    writer->length += length;
    writer->text[writer->length] = '\0';
}

void json_write_raw(struct json_writer *writer, const char *text)
{
    append(writer, text, strlen(text));
}

/* Length of the valid UTF-8 sequence at text (which holds left bytes), or 0. Table 3-7 of the Unicode Standard. */
static size_t sequence_length(const unsigned char *text, size_t left)
{
    unsigned char first = text[0], low = 0x80, high = 0xBF;
    size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0
                                   : first < 0xE0   ? 2
                                   : first < 0xF0   ? 3
                                   : first < 0xF5   ? 4
                                                    : 0;

    if (length == 0 || length > left)
        return 0;
    if (first == 0xE0)
        low = 0xA0;
    else if (first == 0xED)
        high = 0x9F;
    else if (first == 0xF0)
        low = 0x90;
    else if (first == 0xF4)
        high = 0x8F;
    for (size_t i = 1; i < length; i++) {
        if (text[i] < low || text[i] > high)
            return 0;
        low = 0x80;
        high = 0xBF;
    }
    return length;
}

/* U+0080 to U+009F: valid in JSON, but some terminals obey them. */
static bool is_c1_control(const char *text)
{
    return (unsigned char)text[0] == 0xC2 && (unsigned char)text[1] < 0xA0;
}

static void write_control(struct json_writer *writer, unsigned control)
{
    char escaped[16];

    (void)snprintf(escaped, sizeof escaped, "\\u%04x", control);
    append(writer, escaped, 6);
}

static void write_ascii(struct json_writer *writer, char c)
{
    if (c == '"' || c == '\\') {
        append(writer, (char[]){'\\', c}, 2);
    } else if ((unsigned char)c < 0x20 || c == 0x7F) {
        write_control(writer, (unsigned char)c);
    } else {
        append(writer, &c, 1);
    }
}

/* How many of length bytes stand in a JSON string as they are: printable ASCII but for quotes and backslashes. */
static size_t plain_length(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length && text[i] >= 0x20 && text[i] < 0x7F && text[i] != '"' && text[i] != '\\')
        i++;
    return i;
}

void json_write_string(struct json_writer *writer, const char *text, size_t max_bytes)
{
    size_t length, i = 0;

    if (text == NULL) {
        json_write_raw(writer, "null");
        return;
    }
    length = strnlen(text, max_bytes);
    append(writer, "\"", 1);
    while (i < length) {
        size_t plain = plain_length(text + i, length - i), sequence;

        if (plain > 0) {
            append(writer, text + i, plain);
            i += plain;
            continue;
        }
        sequence = sequence_length((const unsigned char *)text + i, strnlen(text + i, 4));
        if (sequence == 2 && is_c1_control(text + i))
            write_control(writer, (unsigned char)text[i + 1]);
        else if (sequence > 1)
            append(writer, text + i, sequence);
        else if (sequence == 1)
            write_ascii(writer, text[i]);
        else
            append(writer, "\\ufffd", 6);
        i += sequence == 0 ? 1 : sequence;
    }
    if (text[i] != '\0')
        append(writer, "...", 3);
    append(writer, "\"", 1);
}
