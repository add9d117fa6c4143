/* What a function prints to a stream, for tests that look at it. */
#ifndef JIRASYNC_TESTS_PRINTED_H
#define JIRASYNC_TESTS_PRINTED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct printed {
    FILE *out;
    char *text;
    size_t length;
};

/* Print to out, then read text after printed_end; free with printed_free. */
static inline void printed_begin(struct printed *printed)
{
    *printed = (struct printed){0};
    printed->out = open_memstream(&printed->text, &printed->length);
    if (!printed->out)
        abort();
}

static inline const char *printed_end(struct printed *printed)
{
    if (fclose(printed->out) != 0)
        abort();
    return printed->text;
}

static inline void printed_free(struct printed *printed)
{
    free(printed->text);
}

#endif
