/* Objects and arrays as JSON text. */
#include "json_print.h"

#include <inttypes.h>
#include <stdio.h>

void json_print_init(struct json_printer *printer, char *text, size_t size, enum json_print_layout layout)
{
    *printer = (struct json_printer){.layout = layout};
    json_write_init(&printer->writer, text, size);
}

static void start_line(struct json_printer *printer)
{
    if (printer->layout == JSON_PRINT_COMPACT)
        return;
    json_write_raw(&printer->writer, "\n");
    for (int i = 0; i < printer->depth; i++)
        json_write_raw(&printer->writer, "    ");
}

void json_print_name(struct json_printer *printer, const char *name)
{
    if (printer->has_members)
        json_write_raw(&printer->writer, ",");
    start_line(printer);
    printer->has_members = true;
    if (name == NULL)
        return;
    json_write_string(&printer->writer, name, SIZE_MAX);
    json_write_raw(&printer->writer, printer->layout == JSON_PRINT_COMPACT ? ":" : ": ");
}

void json_print_open(struct json_printer *printer, const char *bracket)
{
    json_write_raw(&printer->writer, bracket);
    printer->depth++;
    printer->has_members = false;
}

void json_print_close(struct json_printer *printer, const char *bracket)
{
    printer->depth--;
    if (printer->has_members)
        start_line(printer);
    json_write_raw(&printer->writer, bracket);
    printer->has_members = true;
}

void json_print_text(struct json_printer *printer, const char *name, const char *text)
{
    json_print_name(printer, name);
    json_write_string(&printer->writer, text, SIZE_MAX);
}

void json_print_number(struct json_printer *printer, const char *name, int64_t number)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRId64, number);
    json_print_name(printer, name);
    json_write_raw(&printer->writer, text);
}

void json_print_bool(struct json_printer *printer, const char *name, bool value)
{
    json_print_name(printer, name);
    json_write_raw(&printer->writer, value ? "true" : "false");
}

void json_print_texts(struct json_printer *printer, const char *name, const char *const *texts, size_t count)
{
    json_print_name(printer, name);
    json_print_open(printer, "[");
    for (size_t i = 0; i < count; i++)
        json_print_text(printer, NULL, texts[i]);
    json_print_close(printer, "]");
}

void json_print_texts_or_null(struct json_printer *printer, const char *name, const char *const *texts, size_t count)
{
    if (texts == NULL)
        json_print_text(printer, name, NULL);
    else
        json_print_texts(printer, name, texts, count);
}
