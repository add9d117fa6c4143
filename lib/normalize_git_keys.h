/* The candidates of issue keys in texts, taken and refused ones, each once and in order. */
#ifndef JIRASYNC_NORMALIZE_GIT_KEYS_H
#define JIRASYNC_NORMALIZE_GIT_KEYS_H

#include "arena.h"
#include "normalize.h"

/* A text to look at; what stands from skipped up to skipped_end is not looked at. */
struct normalize_git_text {
    const char *text;
    bool has_length; /* else up to its NUL */
    size_t length;
    size_t skipped, skipped_end;
};

struct normalize_git_keys {
    const char *const *keys; /* upper-cased; not NULL, even of none */
    size_t key_count;
    const struct normal_refused_key *refused;
    size_t refused_count;
};

/* False when the arena refuses. */
bool normalize_git_keys_find(struct arena *arena, const struct normalize_git_text *texts, size_t count,
                             struct normalize_git_keys *keys) MUST_CHECK;

#endif
