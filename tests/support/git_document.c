/* Reduces bodies of git hosts to the documents that the store takes, as the receiver does, for the tests of pushes.
 *
 * git_document FILE. FILE holds lines KIND EVENT LENGTH, each followed by a body of so many bytes and a newline. Prints
 * for each the document of lib/normalize_git_json.h on a line, or null for a body that tells nothing. Any body that is
 * refused ends the program.
 */
#include "arena.h"
#include "normalize_delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_BYTES = 64 };

static void fail(const char *what, const struct error *error)
{
    (void)fprintf(stderr, "git_document: %s: %s\n", what, error == NULL ? "the file can't be read" : error->message);
    exit(1);
}

static char *read_bytes(FILE *file, size_t length)
{
    char *bytes = malloc(length + 1);

    if (bytes == NULL || fread(bytes, 1, length, file) != length || fgetc(file) != '\n')
        fail("a body", NULL);
    bytes[length] = '\0';
    return bytes;
}

static void reduce(const char *kind, const char *event, const char *body, size_t length, struct arena *arena)
{
    struct source source = {0};
    const struct store_item item = {.source = &source, .body = (const unsigned char *)body, .body_length = length};
    struct normal_form *form = NULL;
    struct error error = {0};

    if (!source_kind_parse(kind, strlen(kind), &source.kind))
        fail(kind, NULL);
    if (normalize_delivery(&item, event, arena, &form, &error) != ERROR_NONE)
        fail(event, &error);
    (void)puts(form->git_json == NULL ? "null" : form->git_json);
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new((size_t)1 << 28);
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    char kind[WORD_BYTES], event[WORD_BYTES];
    size_t length;

    if (arena == NULL || file == NULL) {
        (void)fprintf(stderr, "usage: git_document FILE\n");
        return 2;
    }
    normalize_init();
    while (fscanf(file, "%63s %63s %zu", kind, event, &length) == 3 && fgetc(file) == '\n') {
        char *body = read_bytes(file, length);

        reduce(kind, event, body, length, arena);
        free(body);
        arena_reset(arena);
    }
    if (!feof(file))
        fail(argv[1], NULL);
    (void)fclose(file);
    arena_free(arena);
    return 0;
}
