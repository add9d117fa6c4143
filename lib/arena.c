/* A bump allocator: chunks in a list, the newest first. */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CHUNK (64u * 1024u)
#define KEPT_BYTES (1024u * 1024u) /* a chunk up to this size stays for the next request */

struct chunk {
    struct chunk *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct chunk *chunks;
    size_t limit, held;
    bool exhausted;
};

struct arena *arena_new(size_t limit)
{
    struct arena *arena = calloc(1, sizeof *arena);

    if (arena != NULL)
        arena->limit = limit;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct chunk *chunk = arena->chunks, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(arena);
}

/* A further chunk with room for size bytes: twice the former one, within the limit. */
static struct chunk *chunk_add(struct arena *arena, size_t size)
{
    size_t want = arena->chunks == NULL ? FIRST_CHUNK : arena->chunks->size * 2;
    struct chunk *chunk;

    if (size > arena->limit - arena->held) {
        arena->exhausted = true;
        return NULL;
    }
    if (want < size)
        want = size;
    if (want > arena->limit - arena->held)
        want = arena->limit - arena->held;
    if (want > PTRDIFF_MAX - sizeof *chunk)
        return NULL;
    chunk = malloc(sizeof *chunk + want);
    if (chunk == NULL)
        return NULL;
    *chunk = (struct chunk){.next = arena->chunks, .size = want};
    arena->chunks = chunk;
    arena->held += want;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct chunk *chunk = arena->chunks;
    void *start;

    if (size > SIZE_MAX - alignof(max_align_t)) {
        arena->exhausted = true;
        return NULL;
    }
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (chunk == NULL || chunk->size - chunk->used < size)
        chunk = chunk_add(arena, size);
    if (chunk == NULL)
        return NULL;
    start = chunk->bytes + chunk->used;
    chunk->used += size;
    return start;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = length == SIZE_MAX ? NULL : arena_alloc(arena, length + 1);

    if (copy != NULL) {
        memcpy(copy, bytes, length);
        copy[length] = '\0';
    }
    return copy;
}

void arena_reset(struct arena *arena)
{
    struct chunk *kept = NULL;

    for (struct chunk *chunk = arena->chunks, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        if (chunk->size <= KEPT_BYTES && (kept == NULL || chunk->size > kept->size)) {
            free(kept);
            kept = chunk;
        } else {
            free(chunk);
        }
    }
    if (kept != NULL) {
        kept->next = NULL;
        kept->used = 0;
    }
    arena->chunks = kept;
    arena->held = kept == NULL ? 0 : kept->size;
    arena->exhausted = false;
}

bool arena_is_exhausted(const struct arena *arena)
{
    return arena->exhausted;
}
