/* The issue keys of a text as they are kept. */
#include "key_list.h"

#include "commit_message.h"
#include "issue_key.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>

#define FIRST_ROOM 8
#define SCANNED_MAX 16 /* up to here a look at each is quicker than a hash */

/* What was found, each text and verdict once, in order. */
struct found {
    struct normal_refused_key *items;
    size_t count, room;
    uint32_t *slots; /* numbers of items, from 1 on; 0: free. NULL up to SCANNED_MAX items */
    size_t slot_count;
};

struct collector {
    struct arena *arena;
    struct found keys, refused;
};

static bool is_same(const struct normal_refused_key *item, const char *text, size_t length, enum issue_key_verdict verdict)
{
    return item->verdict == verdict && strncmp(item->text, text, length) == 0 && item->text[length] == '\0';
}

/* The slot of an item, or the free one where it belongs. */
static uint32_t *slot_of(const struct found *found, const char *text, size_t length, enum issue_key_verdict verdict)
{
    static const unsigned char salt[crypto_shorthash_KEYBYTES] = "jirasync keys";
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t number;
    crypto_shorthash(hash, (const unsigned char *)text, length, salt);
    memcpy(&number, hash, sizeof number);
    size_t slot = (size_t)number & (found->slot_count - 1);
    while (found->slots[slot] != 0 && !is_same(&found->items[found->slots[slot] - 1], text, length, verdict)) {
        slot = (slot + 1) & (found->slot_count - 1);
    }
    return &found->slots[slot];
}

static bool is_listed(const struct found *found, const char *text, size_t length, enum issue_key_verdict verdict)
{
    if (found->slots) {
        return *slot_of(found, text, length, verdict) != 0;
    }
    for (size_t i = 0; i < found->count; i++) {
        if (is_same(&found->items[i], text, length, verdict)) {
            return true;
        }
    }
    return false;
}

static void take_slot(struct found *found, uint32_t number)
{
    const struct normal_refused_key *item = &found->items[number - 1];
    *slot_of(found, item->text, strlen(item->text), item->verdict) = number;
}

/* Makes room for one more; the slots are at most half full. */
static bool grow(struct found *found, struct arena *arena)
{
    if (found->count < found->room) {
        return true;
    }
    size_t room = found->room ? 2 * found->room : FIRST_ROOM;
    struct normal_refused_key *items = arena_alloc(arena, room * sizeof *items);
    if (!items) {
        return false;
    }
    if (found->count > 0) {
        memcpy(items, found->items, found->count * sizeof *items);
    }
    found->items = items;
    found->room = room;
    if (room <= SCANNED_MAX) {
        return true;
    }
    found->slot_count = 2 * room;
    found->slots = arena_alloc(arena, found->slot_count * sizeof *found->slots);
    if (!found->slots) {
        return false;
    }
    memset(found->slots, 0, found->slot_count * sizeof *found->slots);
    for (size_t i = 0; i < found->count; i++) {
        take_slot(found, (uint32_t)i + 1);
    }
    return true;
}

static bool add(struct found *found, struct arena *arena, const char *text, size_t length, enum issue_key_verdict verdict)
{
    if (is_listed(found, text, length, verdict)) {
        return true;
    }
    char *copy = arena_copy(arena, text, length);
    if (!copy || !grow(found, arena)) {
        return false;
    }
    found->items[found->count++] = (struct normal_refused_key){copy, verdict};
    if (found->slots) {
        take_slot(found, (uint32_t)found->count);
    }
    return true;
}

static bool take(struct collector *collector, const char *text, const struct issue_key *key)
{
    size_t kept = key->length < KEY_LIST_REFUSED_BYTES ? key->length : KEY_LIST_REFUSED_BYTES;
    return key->verdict == ISSUE_KEY_CANDIDATE
               ? add(&collector->keys, collector->arena, key->text, key->length, key->verdict)
               : add(&collector->refused, collector->arena, text + key->start, kept, key->verdict);
}

static bool collect(struct collector *collector, const char *text, size_t length)
{
    struct issue_key key;
    bool has_room = true;
    for (size_t at = 0; has_room && issue_key_next(text, length, &at, &key);) {
        has_room = take(collector, text, &key);
    }
    return has_room;
}

static bool collect_message(struct collector *collector, const char *message, size_t length, size_t own_length)
{
    struct issue_key key;
    struct message_part uncounted = {0, 0};
    size_t next = 0;
    bool has_room = true;
    for (size_t at = 0; has_room && issue_key_next(message, own_length, &at, &key);) {
        while (key.start >= uncounted.end && commit_message_next_uncounted(message, length, &next, &uncounted)) {
        }
        if (key.start < uncounted.start || key.start >= uncounted.end) {
            has_room = take(collector, message, &key);
        }
    }
    return has_room;
}

/* Of no keys the list is empty, not NULL. False when memory is short, or was. */
static bool finish(const struct collector *collector, bool is_done, struct key_list *list)
{
    static const char *const none[1];
    const char **keys = is_done ? arena_alloc(collector->arena, collector->keys.count * sizeof *keys) : NULL;
    *list = (struct key_list){.keys = none};
    if (!keys) {
        return false;
    }
    for (size_t i = 0; i < collector->keys.count; i++) {
        keys[i] = collector->keys.items[i].text;
    }
    *list = (struct key_list){keys, collector->keys.count, collector->refused.items, collector->refused.count};
    return true;
}

bool key_list_of_message(const char *message, size_t length, struct arena *arena, struct key_list *list)
{
    struct collector collector = {.arena = arena};
    bool is_done = collect_message(&collector, message, length, length);
    return finish(&collector, is_done, list);
}

bool key_list_of_merge(const char *message, size_t length, struct arena *arena, struct key_list *list)
{
    struct collector collector = {.arena = arena};
    bool is_done = collect_message(&collector, message, length, commit_message_own_length(message, length));
    return finish(&collector, is_done, list);
}

bool key_list_of_branch(const char *name, struct arena *arena, struct key_list *list)
{
    struct collector collector = {.arena = arena};
    bool is_done = collect(&collector, name, strlen(name));
    return finish(&collector, is_done, list);
}

bool key_list_of_pull_request(const char *title, const char *source_branch, struct arena *arena, struct key_list *list)
{
    struct collector collector = {.arena = arena};
    bool is_done = (!title || collect_message(&collector, title, strlen(title), strlen(title))) &&
                   (!source_branch || collect(&collector, source_branch, strlen(source_branch)));
    return finish(&collector, is_done, list);
}
