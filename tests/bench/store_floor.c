/* The floor: the product's own store statement on the bare database, without nginx, receiver and NOTIFY.
 *
 * store_floor CONNINFO BODIES CONNECTIONS BATCH SECONDS: each connection stores BATCH deliveries a transaction, with a
 * prepared statement, as often as it can; prints how many deliveries were stored in a second. BODIES is a file of
 * bodies.py; each of its deliveries is stored once. SECONDS 0 stores them all.
 */
#include "arena.h"
#include "db.h"
#include "instant.h"
#include "normalize.h"
#include "store.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEX_BYTES = 64,
       ID_BYTES = 32,
       CONNECTIONS_MAX = 256,
       BATCH_MAX = 1024,
       STORE_TIMEOUT_MS = 60000 };

static const struct source source = {.name = (char *)"default", .tenant = (char *)"main", .kind = SOURCE_JIRA};

static const char *conninfo;
static char **lines;
static size_t line_count, batch_rows;
static _Atomic size_t next_line, stored;
static _Atomic bool has_failed;
static instant end_at;

/* "<signature> <body>" a line. */
static bool read_lines(const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0, capacity = 0;
    ssize_t length;

    if (file == NULL)
        return false;
    while ((length = getline(&line, &size, file)) > HEX_BYTES) {
        if (line_count == capacity) {
            capacity = capacity == 0 ? 1024 : 2 * capacity;
            lines = realloc(lines, capacity * sizeof *lines);
            if (lines == NULL)
                break;
        }
        line[length - 1] = '\0';
        lines[line_count++] = line;
        line = NULL;
        size = 0;
    }
    free(line);
    (void)fclose(file);
    return line_count > 0;
}

static bool fill_item(struct store_item *item, struct arena *arena, const char *line)
{
    const char *body = line + HEX_BYTES + 1;
    struct normal_form *form = NULL;
    struct error error = {0};

    *item = (struct store_item){.source = &source,
                                .received_at = instant_now(),
                                .body = (const unsigned char *)body,
                                .body_length = strlen(body),
                                .delivery_id = arena_copy(arena, line, ID_BYTES)};
    if (normalize_jira(body, item->body_length, &(struct normalize_options){0}, arena, &form, &error) != ERROR_NONE) {
        (void)fprintf(stderr, "store_floor: %s\n", error.message);
        return false;
    }
    item->form = form;
    return true;
}

static bool store_batch(struct db *db, struct store_item *items, enum store_outcome *outcomes, size_t count)
{
    struct error error = {0};
    bool enqueued;

    if (store_deliveries(db, items, count, STORE_TIMEOUT_MS, outcomes, &enqueued, &error) == ERROR_NONE) {
        atomic_fetch_add(&stored, count);
        return true;
    }
    if (error.code == ERROR_DATABASE_CONFLICT) /* the receiver would store it again; here it just does not count */
        return true;
    (void)fprintf(stderr, "store_floor: %s\n", error.message);
    return false;
}

/* Takes the next lines until the time is over; false when something failed, or the lines end before the time. */
static bool store_lines(struct db *db, struct arena *arena, struct store_item *items, enum store_outcome *outcomes)
{
    while (end_at == 0 || instant_now() < end_at) {
        size_t first = atomic_fetch_add(&next_line, batch_rows), count = batch_rows;

        if (first >= line_count && end_at == 0)
            break;
        if (first >= line_count) {
            (void)fprintf(stderr, "store_floor: %zu bodies do not last\n", line_count);
            return false;
        }
        if (count > line_count - first)
            count = line_count - first;
        arena_reset(arena);
        for (size_t i = 0; i < count; i++)
            if (!fill_item(&items[i], arena, lines[first + i]))
                return false;
        if (!store_batch(db, items, outcomes, count))
            return false;
    }
    return true;
}

static void *run(void *unused)
{
    struct db *db = db_new(conninfo, "floor");
    struct arena *arena = arena_new(1 << 28);
    struct store_item *items = calloc(batch_rows, sizeof *items);
    enum store_outcome *outcomes = calloc(batch_rows, sizeof *outcomes);

    (void)unused;
    if (db == NULL || arena == NULL || items == NULL || outcomes == NULL || !store_lines(db, arena, items, outcomes))
        atomic_store(&has_failed, true);
    free(outcomes);
    free(items);
    arena_free(arena);
    db_close(db);
    return NULL;
}

static bool parse_number(const char *text, size_t min, size_t max, size_t *number)
{
    char *end;

    *number = strtoul(text, &end, 10);
    return *end == '\0' && *number >= min && *number <= max;
}

int main(int argc, char **argv)
{
    pthread_t threads[CONNECTIONS_MAX];
    size_t connections, seconds;
    instant start;

    if (argc != 6 || !parse_number(argv[3], 1, CONNECTIONS_MAX, &connections) ||
        !parse_number(argv[4], 1, BATCH_MAX, &batch_rows) || !parse_number(argv[5], 0, 3600, &seconds) || sodium_init() < 0 ||
        !read_lines(argv[2])) {
        (void)fprintf(stderr, "usage: store_floor CONNINFO BODIES CONNECTIONS BATCH SECONDS\n");
        return 2;
    }
    conninfo = argv[1];
    normalize_init();
    start = instant_now();
    end_at = seconds == 0 ? 0 : start + (instant)seconds * 1000000;
    for (size_t i = 0; i < connections; i++)
        if (pthread_create(&threads[i], NULL, run, NULL) != 0)
            return 1;
    for (size_t i = 0; i < connections; i++)
        (void)pthread_join(threads[i], NULL);
    (void)printf("%.1f\n", (double)stored * 1e6 / (double)(instant_now() - start));
    return has_failed ? 1 : 0;
}
