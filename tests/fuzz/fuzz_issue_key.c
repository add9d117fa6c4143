/* Fuzz target: keys, reverts, picks and merges' subjects in any bytes. */
#include "commit_message.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct issue_key key;
    char id[COMMIT_ID_MAX + 1];
    for (size_t at = 0, last = 0; commit_message_next_key(text, size, &at, &key); last = at) {
        require(at > last && at <= size && key.start + key.length == at);
        require(key.verdict != ISSUE_KEY_CANDIDATE || strlen(key.text) == key.length);
    }
    for (size_t at = 0, last = 0; commit_message_next_revert(text, size, &at, id); last = at) {
        require(at > last && at <= size && strlen(id) >= COMMIT_ID_MIN);
    }
    if (commit_message_picked_from(text, size, id)) {
        require(strlen(id) >= COMMIT_ID_MIN);
    }
    require(commit_message_own_length(text, size) <= size);
    char *repaired = malloc(UTF8_REPAIR_BYTES(size));
    if (repaired) {
        require(utf8_is_valid(repaired, utf8_repair(text, size, repaired)));
        free(repaired);
    }
    return 0;
}
