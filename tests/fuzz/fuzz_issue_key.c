/* Fuzz target: keys, reverts, picks and merges' subjects in any bytes. */
#include "commit_message.h"
#include "key_list.h"
#include "utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Each key is found by the plain search too, and once. */
static void require_list(const char *text, size_t size)
{
    static struct arena *arena;
    struct key_list list, handed;
    if (!arena) {
        arena = arena_new((size_t)256 << 20);
    }
    arena_reset(arena);
    if (!key_list_of_message(text, size, arena, &list) || !key_list_of_merge(text, size, arena, &handed)) {
        return;
    }
    require(handed.key_count <= list.key_count);
    for (size_t i = 0; i < list.key_count && i < 64; i++) {
        struct issue_key key;
        size_t at = 0;
        require(issue_key_next(list.keys[i], strlen(list.keys[i]), &at, &key) && strcmp(key.text, list.keys[i]) == 0);
        for (size_t j = 0; j < i; j++) {
            require(strcmp(list.keys[i], list.keys[j]) != 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct issue_key key;
    char id[COMMIT_ID_MAX + 1];
    char name[COMMIT_REVERT_MAX + 1];
    for (size_t at = 0, last = 0; issue_key_next(text, size, &at, &key); last = at) {
        require(at > last && at <= size && key.start + key.length == at);
        require(key.verdict != ISSUE_KEY_CANDIDATE || strlen(key.text) == key.length);
    }
    for (size_t at = 0, last = 0; commit_message_next_revert(text, size, &at, name); last = at) {
        require(at > last && at <= size && strlen(name) >= 2 && strlen(name) <= COMMIT_REVERT_MAX);
    }
    struct message_part part = {0, 0};
    for (size_t at = 0, last = 0; commit_message_next_uncounted(text, size, &at, &part); last = part.end) {
        require(part.start >= last && part.end >= part.start && part.end <= at && at <= size);
    }
    if (commit_message_picked_from(text, size, id)) {
        require(strlen(id) >= COMMIT_ID_MIN);
    }
    require(commit_message_own_length(text, size) <= size);
    require_list(text, size);
    char *repaired = malloc(UTF8_REPAIR_BYTES(size));
    if (repaired) {
        require(utf8_is_valid(repaired, utf8_repair(text, size, repaired)));
        free(repaired);
    }
    return 0;
}
