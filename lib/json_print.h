/* Objects and arrays as JSON text, one member a line or all on one. No allocation: what is written goes where a json_writer
 * puts it.
 */
#ifndef JIRASYNC_JSON_PRINT_H
#define JIRASYNC_JSON_PRINT_H

#include "json_write.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_print_layout {
    JSON_PRINT_LINES,   /* one member a line, indented */
    JSON_PRINT_COMPACT, /* no white space */
};

struct json_printer {
    struct json_writer writer;
    enum json_print_layout layout;
    int depth;
    bool has_members; /* in the object or array that is open */
};

/* text and size as json_write_init takes them. */
void json_print_init(struct json_printer *printer, char *text, size_t size, enum json_print_layout layout);
/* Starts a member of an object, or, with name NULL, an entry of an array; its value follows. */
void json_print_name(struct json_printer *printer, const char *name);
/* "{" or "[", "}" or "]". */
void json_print_open(struct json_printer *printer, const char *bracket);
void json_print_close(struct json_printer *printer, const char *bracket);
/* Members with their values; a text that is NULL is null. */
void json_print_text(struct json_printer *printer, const char *name, const char *text);
void json_print_number(struct json_printer *printer, const char *name, int64_t number);
void json_print_bool(struct json_printer *printer, const char *name, bool value);
void json_print_texts(struct json_printer *printer, const char *name, const char *const *texts, size_t count);
/* The same, and null where texts is NULL. */
void json_print_texts_or_null(struct json_printer *printer, const char *name, const char *const *texts, size_t count);

#endif
