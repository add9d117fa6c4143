/* The floor: the product's own store statement, one delivery a transaction, prepared, on the bare database.
 *
 * store_floor CONNINFO BODIES CONNECTIONS SECONDS: prints deliveries a second. BODIES is a file of bodies.py.
 */
#include "arena.h"
#include "db.h"
#include "instant.h"
#include "normalize.h"
#include "signature.h"
#include "store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char **lines;
static size_t line_count;
static _Atomic size_t next_line, stored;
static instant end_at;
static const char *conninfo;

static bool read_lines(const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    if (file == NULL)
        return false;
    while ((length = getline(&line, &size, file)) > 0) {
        line[length - 1] = '\0';
        lines = realloc(lines, (line_count + 1) * sizeof *lines);
        lines[line_count++] = line;
        line = NULL;
        size = 0;
    }
    free(line);
    (void)fclose(file);
    return line_count > 0;
}

static bool store_line(struct db *db, struct arena *arena, const char *line)
{
    static const struct source source = {.name = (char *)"floor", .tenant = (char *)"floor", .kind = SOURCE_JIRA};
    const char *body = line + 65;
    size_t length = strlen(body);
    struct store_item item = {.source = &source, .received_at = instant_now(), .body = (const unsigned char *)body, .body_length = length};
    struct normal_form *form = NULL;
    enum store_outcome outcome;
    struct error error = {0};
    bool enqueued;

    arena_reset(arena);
    item.delivery_id = arena_copy(arena, line, 32);
    signature_body_hash(item.body, length, item.body_sha256);
    if (normalize_jira(body, length, &(struct normalize_options){0}, arena, &form, &error) != ERROR_NONE)
        return false;
    item.form = form;
    if (store_deliveries(db, &item, 1, 5000, &outcome, &enqueued, &error) == ERROR_NONE)
        return true;
    (void)fprintf(stderr, "store_floor: %s\n", error.message);
    return false;
}

static void *run(void *unused)
{
    struct db *db = db_new(conninfo, "floor");
    struct arena *arena = arena_new(1 << 26);
    size_t i;

    (void)unused;
    while (instant_now() < end_at && (i = atomic_fetch_add(&next_line, 1)) < line_count) {
        if (!store_line(db, arena, lines[i]))
            break;
        atomic_fetch_add(&stored, 1);
    }
    arena_free(arena);
    db_close(db);
    return NULL;
}

int main(int argc, char **argv)
{
    int connections = argc == 5 ? atoi(argv[3]) : 0;
    pthread_t threads[256];
    instant start;

    if (connections < 1 || connections > 256 || !read_lines(argv[2])) {
        (void)fprintf(stderr, "usage: store_floor CONNINFO BODIES CONNECTIONS SECONDS\n");
        return 2;
    }
    conninfo = argv[1];
    normalize_init();
    start = instant_now();
    end_at = start + (instant)atoi(argv[4]) * 1000000;
    for (int i = 0; i < connections; i++)
        if (pthread_create(&threads[i], NULL, run, NULL) != 0)
            return 1;
    for (int i = 0; i < connections; i++)
        (void)pthread_join(threads[i], NULL);
    (void)printf("%.0f\n", (double)stored * 1e6 / (double)(instant_now() - start));
    return 0;
}
