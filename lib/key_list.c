/* The issue keys of a text as they are kept. */
#include "key_list.h"

#include "commit_message.h"
#include "issue_key.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>

#define FIRST_ROOM 8
#define SCANNED_MAX 16 /* up to here a look at each is quicker than a hash */

struct collector {
    struct arena *arena;
    const char **keys;
    size_t count, room;
    uint32_t *slots; /* numbers of keys, from 1 on; 0: free. NULL up to SCANNED_MAX keys */
    size_t slot_count;
    struct normal_refused_key *refused;
    size_t refused_count;
};

static size_t slot_of(const struct collector *collector, const char *key)
{
    static const unsigned char salt[crypto_shorthash_KEYBYTES] = "jirasync keys";
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t number;
    crypto_shorthash(hash, (const unsigned char *)key, strlen(key), salt);
    memcpy(&number, hash, sizeof number);
    size_t slot = (size_t)number & (collector->slot_count - 1);
    while (collector->slots[slot] != 0 && strcmp(collector->keys[collector->slots[slot] - 1], key) != 0) {
        slot = (slot + 1) & (collector->slot_count - 1);
    }
    return slot;
}

static bool is_listed(const struct collector *collector, const char *key)
{
    if (collector->slots) {
        return collector->slots[slot_of(collector, key)] != 0;
    }
    for (size_t i = 0; i < collector->count; i++) {
        if (strcmp(collector->keys[i], key) == 0) {
            return true;
        }
    }
    return false;
}

/* Makes room for one more key; the slots are at most half full. */
static bool grow(struct collector *collector)
{
    if (collector->count < collector->room) {
        return true;
    }
    size_t room = collector->room ? 2 * collector->room : FIRST_ROOM;
    const char **keys = arena_alloc(collector->arena, room * sizeof *keys);
    if (!keys) {
        return false;
    }
    if (collector->count > 0) {
        memcpy(keys, collector->keys, collector->count * sizeof *keys);
    }
    collector->keys = keys;
    collector->room = room;
    if (room <= SCANNED_MAX) {
        return true;
    }
    collector->slot_count = 2 * room;
    collector->slots = arena_alloc(collector->arena, collector->slot_count * sizeof *collector->slots);
    if (!collector->slots) {
        return false;
    }
    memset(collector->slots, 0, collector->slot_count * sizeof *collector->slots);
    for (size_t i = 0; i < collector->count; i++) {
        collector->slots[slot_of(collector, collector->keys[i])] = (uint32_t)i + 1;
    }
    return true;
}

static bool add_key(struct collector *collector, const struct issue_key *key)
{
    if (is_listed(collector, key->text)) {
        return true;
    }
    char *text = arena_copy(collector->arena, key->text, key->length);
    if (!text || !grow(collector)) {
        return false;
    }
    collector->keys[collector->count++] = text;
    if (collector->slots) {
        collector->slots[slot_of(collector, text)] = (uint32_t)collector->count;
    }
    return true;
}

static bool add_refused(struct collector *collector, const char *text, size_t length, enum issue_key_verdict verdict)
{
    size_t kept = length < KEY_LIST_REFUSED_BYTES ? length : KEY_LIST_REFUSED_BYTES;
    for (size_t i = 0; i < collector->refused_count; i++) {
        const struct normal_refused_key *other = &collector->refused[i];
        if (other->verdict == verdict && strncmp(other->text, text, kept) == 0 && other->text[kept] == '\0') {
            return true;
        }
    }
    if (collector->refused_count == KEY_LIST_REFUSED_MAX) {
        return true;
    }
    if (!collector->refused) {
        collector->refused = arena_alloc(collector->arena, KEY_LIST_REFUSED_MAX * sizeof *collector->refused);
    }
    char *copy = arena_copy(collector->arena, text, kept);
    if (!collector->refused || !copy) {
        return false;
    }
    collector->refused[collector->refused_count++] = (struct normal_refused_key){copy, verdict};
    return true;
}

/* Collects from text, but for what stands in text[from..to). */
static bool collect(struct collector *collector, const char *text, size_t length, size_t from, size_t to)
{
    struct issue_key key;
    bool has_room = true;
    for (size_t at = 0; has_room && issue_key_next(text, length, &at, &key);) {
        if (key.start >= from && key.start < to) {
            continue;
        }
        has_room = key.verdict == ISSUE_KEY_CANDIDATE
                       ? add_key(collector, &key)
                       : add_refused(collector, text + key.start, key.length, key.verdict);
    }
    return has_room;
}

static bool collect_message(struct collector *collector, const char *message, size_t length, size_t own_length)
{
    struct merge_subject merge;
    bool is_merge = commit_message_merge(message, length, &merge);
    return collect(collector, message, own_length, is_merge ? merge.uncounted : 0, is_merge ? merge.uncounted_end : 0);
}

/* Of no keys the list is empty, not NULL. */
static void finish(const struct collector *collector, struct key_list *list)
{
    static const char *const none[1];
    *list = (struct key_list){.keys = collector->keys ? collector->keys : none,
                              .key_count = collector->count,
                              .refused = collector->refused,
                              .refused_count = collector->refused_count};
}

bool key_list_of_message(const char *message, size_t length, struct arena *arena, struct key_list *list)
{
    struct collector collector = {.arena = arena};
    bool is_done = collect_message(&collector, message, length, length);
    finish(&collector, list);
    return is_done;
}

bool key_list_of_merge(const char *message, size_t length, struct arena *arena, struct key_list *list)
{
    struct collector collector = {.arena = arena};
    bool is_done = collect_message(&collector, message, length, commit_message_own_length(message, length));
    finish(&collector, list);
    return is_done;
}

bool key_list_of_branch(const char *name, struct arena *arena, struct key_list *list)
{
    struct collector collector = {.arena = arena};
    bool is_done = collect(&collector, name, strlen(name), 0, 0);
    finish(&collector, list);
    return is_done;
}

bool key_list_of_pull_request(const char *title, const char *source_branch, struct arena *arena, struct key_list *list)
{
    struct collector collector = {.arena = arena};
    bool is_done = (!title || collect_message(&collector, title, strlen(title), strlen(title))) &&
                   (!source_branch || collect(&collector, source_branch, strlen(source_branch), 0, 0));
    finish(&collector, list);
    return is_done;
}
