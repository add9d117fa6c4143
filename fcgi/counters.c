/* The shared page of counters. */
#include "counters.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LAYOUT (UINT64_C(0x6a730001) << 32 | sizeof(struct counters))

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

struct counters_secret *counters_secret(struct counters *counters, const char *source, const char *reference)
{
    char label[COUNTERS_LABEL_BYTES];

    (void)snprintf(label, sizeof label, "source=\"%.60s\",secret_ref=\"%.100s\"", source, reference);
    for (char *c = label; *c != '\0'; c++)
        if (*c == '\\' || *c == '\n')
            *c = '_'; /* would need escaping in the exposition format */
    for (size_t i = 0; i < COUNTERS_SECRETS; i++) {
        struct counters_secret *secret = &counters->secrets[i];
        int32_t free_slot = 0;

        if (atomic_compare_exchange_strong(&secret->taken, &free_slot, 1)) {
            memcpy(secret->label, label, sizeof label);
            atomic_store(&secret->taken, 2);
            return secret;
        }
        while (atomic_load(&secret->taken) == 1)
            (void)usleep(100);
        if (strcmp(secret->label, label) == 0)
            return secret;
    }
    return NULL;
}
