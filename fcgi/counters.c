/* The shared page of counters. */
#include "counters.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LABEL_WAITS 100 /* of 100 us, for another to write its label; it was killed in that when they are over */

#define LAYOUT (UINT64_C(0x6a730001) << 32 | sizeof(struct counters))

/* Of a counters_secret. */
enum { PLACE_FREE,
       PLACE_WRITING,
       PLACE_READY,
       PLACE_LOST };

static struct counters *map_page(int fd)
{
    int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
    void *page = mmap(NULL, sizeof(struct counters), PROT_READ | PROT_WRITE, flags, fd, 0);

    return page == MAP_FAILED ? NULL : page;
}

struct counters *counters_new(int *fd)
{
    struct counters *counters = NULL;

    *fd = memfd_create("jirasync-counters", 0);
    if (*fd >= 0 && ftruncate(*fd, sizeof *counters) == 0)
        counters = map_page(*fd);
    if (counters != NULL)
        counters->layout = LAYOUT;
    return counters;
}

struct counters *counters_open(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    struct counters *counters = size == (off_t)sizeof *counters ? map_page(fd) : NULL;

    if (counters != NULL && counters->layout == LAYOUT)
        return counters;
    counters_close(counters);
    counters = map_page(-1);
    if (counters != NULL)
        counters->layout = LAYOUT;
    return counters;
}

void counters_close(struct counters *counters)
{
    if (counters != NULL)
        (void)munmap(counters, sizeof *counters);
}

bool counters_admit(struct counters *counters, int slot, int64_t bytes, int64_t limit)
{
    int64_t total = 0;

    atomic_fetch_add(&counters->slots[slot].inflight_bytes, bytes);
    for (size_t i = 0; i < COUNTERS_SLOTS; i++)
        total += atomic_load_explicit(&counters->slots[i].inflight_bytes, memory_order_relaxed);
    if (total <= limit)
        return true;
    counters_release(counters, slot, bytes);
    return false;
}

void counters_release(struct counters *counters, int slot, int64_t bytes)
{
    atomic_fetch_sub(&counters->slots[slot].inflight_bytes, bytes);
}

/* Waits while another writes the label, and gives the place up when that has died in it. */
static bool is_ready(struct counters_secret *secret)
{
    int32_t writing = PLACE_WRITING;

    for (int waits = 0; waits < LABEL_WAITS && atomic_load(&secret->taken) == PLACE_WRITING; waits++)
        (void)usleep(100);
    (void)atomic_compare_exchange_strong(&secret->taken, &writing, PLACE_LOST);
    return atomic_load(&secret->taken) == PLACE_READY;
}

struct counters_secret *counters_secret(struct counters *counters, const char *source, const char *reference)
{
    char label[COUNTERS_LABEL_BYTES];

    (void)snprintf(label, sizeof label, "source=\"%.60s\",secret_ref=\"%.100s\"", source, reference);
    for (char *c = label; *c != '\0'; c++)
        if (*c == '\\' || *c == '\n')
            *c = '_'; /* would need escaping in the exposition format */
    for (size_t i = 0; i < COUNTERS_SECRETS; i++) {
        struct counters_secret *secret = &counters->secrets[i];
        int32_t expected = PLACE_FREE;

        if (atomic_compare_exchange_strong(&secret->taken, &expected, PLACE_WRITING)) {
            memcpy(secret->label, label, sizeof label);
            expected = PLACE_WRITING;
            if (atomic_compare_exchange_strong(&secret->taken, &expected, PLACE_READY))
                return secret;
        } else if (is_ready(secret) && strcmp(secret->label, label) == 0) {
            return secret;
        }
    }
    return NULL;
}
