/* Writes JSON text into a caller's buffer, escaping client bytes so that every line stays valid JSON. No allocation. */
#ifndef JIRASYNC_JSON_WRITE_H
#define JIRASYNC_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/* Text that grows up to size - 1 bytes and is then marked as cut; always NUL-terminated. */
struct json_writer {
    char *text;
    size_t size, length;
    bool cut;
};

/* With text NULL nothing is written, and length counts what would be. */
void json_write_init(struct json_writer *writer, char *text, size_t size);
/* Bytes as they stand. */
void json_write_raw(struct json_writer *writer, const char *text);
/* "text" with quotes; control characters and invalid UTF-8 are escaped (bad bytes as \ufffd); at most max_bytes of text
 * are taken, then "..." follows. NULL writes null. */
void json_write_string(struct json_writer *writer, const char *text, size_t max_bytes);

#endif
