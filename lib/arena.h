/* A bump allocator for one request: everything is given back by one arena_reset. Not thread-safe: one a thread. */
#ifndef JIRASYNC_ARENA_H
#define JIRASYNC_ARENA_H

#include "error.h"

#include <stddef.h>

struct arena;

/* An arena that refuses to hold more than limit bytes. NULL when memory is short. Free with arena_free. */
struct arena *arena_new(size_t limit) MUST_CHECK;
void arena_free(struct arena *arena);
/* Memory aligned for any type, owned by the arena; NULL past the limit or when memory is short. */
void *arena_alloc(struct arena *arena, size_t size) MUST_CHECK;
/* A NUL-terminated copy of length bytes, owned by the arena. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length) MUST_CHECK;
/* Forgets all allocations; keeps up to 1 MB for the next request and gives larger chunks back. */
void arena_reset(struct arena *arena);
/* True when an allocation was refused since the last reset because of the limit. */
bool arena_is_exhausted(const struct arena *arena);

#endif
