/* Text of strangers for people to read: its width on a terminal, cut to fit, and without what would not show as it is.
 *
 * Hidden characters (controls, marks and overrides of direction, invisible ones) are never passed on: they could move
 * the cursor or turn the rest of a line around. The two joiners, which Persian and composed emoji need, do neither.
 */
#ifndef JIRASYNC_REPORT_TEXT_H
#define JIRASYNC_REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The next character of *text, which moves behind it; U+FFFD for a byte that is no UTF-8, 0 at the end. */
uint32_t report_text_next(const char **text);
bool report_text_is_hidden(uint32_t character);
/* Writes one character as UTF-8. */
void report_text_put(FILE *out, uint32_t character);
/* Columns that text takes on a terminal; hidden characters are one each. The thread's locale has to be of UTF-8. */
size_t report_text_width(const char *text);
/* Prints it over as many lines as it needs, each of up to width columns and broken at spaces where there are any; a line
 * after the first begins with indent spaces. Hidden characters are shown as U+FFFD. */
void report_text_wrap(FILE *out, const char *text, size_t width, size_t indent);
/* Prints what fits into width columns, with ... at the end of what does not, and returns the columns taken. Hidden
 * characters are shown as U+FFFD. */
size_t report_text_print(FILE *out, const char *text, size_t width);

#endif
