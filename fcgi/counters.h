/* The shared page: counters that sum the children and outlive a killed one, and the bytes each child has in flight.
 *
 * Made by the supervisor before the first fork, as a memfd that re-executed children map again. All members are
 * atomic; nothing here ever blocks.
 */
#ifndef JIRASYNC_COUNTERS_H
#define JIRASYNC_COUNTERS_H

#include "error.h"
#include "store.h"

#include <stdatomic.h>
#include <stdint.h>

#define COUNTERS_SLOTS 160 /* children: 64 of this generation, 64 that drain, some to spare */
#define COUNTERS_SECRETS 64
#define COUNTERS_LABEL_BYTES 192

struct counters_slot {
    _Atomic int64_t inflight_bytes;
    _Atomic int32_t ready; /* the child has started all its threads */
};

struct counters_secret {
    _Atomic uint64_t matches;
    _Atomic int32_t taken;            /* 1 while the label is written, 2 once it can be read, 3 never */
    char label[COUNTERS_LABEL_BYTES]; /* source="...",secret_ref="..." */
};

struct counters {
    uint64_t layout; /* a child of another version does not touch the page */
    _Atomic uint64_t requests, body_bytes, batches, batched, restarts, notifications;
    _Atomic uint64_t outcomes[STORE_OUTCOMES];
    _Atomic uint64_t errors[ERROR_CODES];
    struct counters_secret secrets[COUNTERS_SECRETS];
    struct counters_slot slots[COUNTERS_SLOTS];
};

/* A new page; *fd is its memfd, without close-on-exec, for children to inherit. NULL when memory is short. */
struct counters *counters_new(int *fd) MUST_CHECK;
/* Maps an inherited page; a private one when it has another layout (an upgrade changed it). */
struct counters *counters_open(int fd) MUST_CHECK;
void counters_close(struct counters *counters);
/* Admits bytes for slot if all children together stay within limit. */
bool counters_admit(struct counters *counters, int slot, int64_t bytes, int64_t limit) MUST_CHECK;
void counters_release(struct counters *counters, int slot, int64_t bytes);
/* The counter of a source's secret, found by name or taken; NULL when the table is full. */
struct counters_secret *counters_secret(struct counters *counters, const char *source, const char *reference);

#endif
