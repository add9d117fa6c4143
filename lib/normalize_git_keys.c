/* The candidates of issue keys in texts. */
#include "normalize_git_keys.h"

#include "issue_key.h"
#include "text_repeat.h"

#include <string.h>

#define REFUSED_BYTES 255 /* of a refused text that are kept */

/* What is found, in the order of the texts; with keys NULL it is only counted. */
struct finds {
    struct arena *arena;
    const char **keys;
    struct normal_refused_key *refused;
    size_t key_count, refused_count;
};

/* A refused text after the digit of its verdict, so that the same text with another verdict is another one. */
static const char *tagged(struct arena *arena, const char *text, const struct issue_key *key)
{
    size_t length = key->length < REFUSED_BYTES ? key->length : REFUSED_BYTES;
    char *copy = arena_alloc(arena, length + 2);

    if (copy == NULL)
        return NULL;
    copy[0] = (char)('0' + key->verdict);
    memcpy(copy + 1, text + key->start, length);
    copy[length + 1] = '\0';
    return copy;
}

static bool take(struct finds *finds, const char *text, const struct issue_key *key)
{
    bool is_key = key->verdict == ISSUE_KEY_CANDIDATE;
    size_t place = is_key ? finds->key_count++ : finds->refused_count++;

    if (finds->keys == NULL)
        return true;
    if (is_key)
        return (finds->keys[place] = arena_copy(finds->arena, key->text, strlen(key->text))) != NULL;
    finds->refused[place] = (struct normal_refused_key){tagged(finds->arena, text, key), key->verdict};
    return finds->refused[place].text != NULL;
}

static bool look_through(struct finds *finds, const struct normalize_git_text *texts, size_t count)
{
    struct issue_key key;

    for (size_t i = 0; i < count; i++) {
        const struct normalize_git_text *text = &texts[i];
        size_t length = text->has_length ? text->length : strlen(text->text), at = 0;

        while (issue_key_next(text->text, length, &at, &key))
            if ((key.start < text->skipped || key.start >= text->skipped_end) && !take(finds, text->text, &key))
                return false;
    }
    return true;
}

static bool drop_repeated_refused(struct finds *finds)
{
    const char **texts = arena_alloc(finds->arena, (finds->refused_count + 1) * sizeof *texts);
    bool *repeated = arena_alloc(finds->arena, finds->refused_count + 1);
    size_t kept = 0;

    if (texts == NULL || repeated == NULL)
        return false;
    for (size_t i = 0; i < finds->refused_count; i++)
        texts[i] = finds->refused[i].text;
    if (!text_repeat_find(finds->arena, texts, finds->refused_count, repeated))
        return false;
    for (size_t i = 0; i < finds->refused_count; i++)
        if (!repeated[i])
            finds->refused[kept++] = (struct normal_refused_key){texts[i] + 1, finds->refused[i].verdict};
    finds->refused_count = kept;
    return true;
}

bool normalize_git_keys_find(struct arena *arena, const struct normalize_git_text *texts, size_t count,
                             struct normalize_git_keys *keys)
{
    struct finds counted = {.arena = arena}, finds = {.arena = arena};

    if (!look_through(&counted, texts, count))
        return false;
    finds.keys = arena_alloc(arena, (counted.key_count + 1) * sizeof *finds.keys);
    finds.refused = arena_alloc(arena, (counted.refused_count + 1) * sizeof *finds.refused);
    if (finds.keys == NULL || finds.refused == NULL || !look_through(&finds, texts, count) ||
        !text_repeat_drop(arena, finds.keys, &finds.key_count) || !drop_repeated_refused(&finds))
        return false;
    *keys = (struct normalize_git_keys){finds.keys, finds.key_count, finds.refused, finds.refused_count};
    return true;
}
