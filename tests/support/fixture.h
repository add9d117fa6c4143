/* Files and random numbers for tests. A test that can't read what it needs ends the program: it must not pass. */
#ifndef JIRASYNC_TESTS_FIXTURE_H
#define JIRASYNC_TESTS_FIXTURE_H

#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DELIVERIES "tests/fixtures/deliveries/"

static inline char *fixture_memory(size_t size)
{
    char *memory = malloc(size == 0 ? 1 : size);

    if (memory == NULL)
        abort();
    return memory;
}

/* The whole file, NUL-terminated, malloc'ed; NULL when there is none. */
static inline char *fixture_read(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text;
    long size;

    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
        abort();
    rewind(file);
    text = fixture_memory((size_t)size + 1);
    if (fread(text, 1, (size_t)size, file) != (size_t)size)
        abort();
    fclose(file);
    text[size] = '\0';
    if (length != NULL)
        *length = (size_t)size;
    return text;
}

/* "…/name.json" to "…/name.expected.json", in a buffer of the caller's. */
static inline char *fixture_expected_path(const char *path, char *expected, size_t size)
{
    snprintf(expected, size, "%.*s.expected.json", (int)(strlen(path) - strlen(".json")), path);
    return expected;
}

/* The deliveries' paths without the expected forms; free with globfree. */
static inline glob_t fixture_deliveries(void)
{
    glob_t found;
    size_t kept = 0;

    if (glob(DELIVERIES "*.json", 0, NULL, &found) != 0) {
        fprintf(stderr, "no deliveries in " DELIVERIES ": run the tests in the top folder\n");
        abort();
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *path = found.gl_pathv[i];

        if (strstr(path, ".expected.json") != NULL) {
            free(path);
            continue;
        }
        found.gl_pathv[kept++] = path;
    }
    found.gl_pathc = kept;
    found.gl_pathv[kept] = NULL;
    return found;
}

/* Seed of this run: $SEED, else $FIRST_SEED of run-tests, else the clock; printed, so that a failure can be run again. */
static inline uint64_t fixture_seed(void)
{
    const char *given = getenv("SEED") != NULL ? getenv("SEED") : getenv("FIRST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

    printf("SEED=%llu\n", (unsigned long long)seed);
    return seed * 2 + 1;
}

/* xorshift64*: the same numbers everywhere for a seed. */
static inline uint32_t fixture_random(uint64_t *state, uint32_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * UINT64_C(2685821657736338717)) >> 32) % below;
}

#endif
