/* The worker's fetching thread. */
#include "fetcher.h"

#include "fetch_issue.h"
#include "heartbeat.h"
#include "log.h"
#include "reconcile.h"
#include "retry.h"
#include "site.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECT_TIMEOUT_MS = 5000,
    STATEMENT_TIMEOUT_MS = 900000,
    SHORT_TIMEOUT_MS = 30000,
    SCHEDULE_MS = 60000,
    PATIENCE_MS = 30000, /* of one call to a site; past it its job is put back */
    GIVE_BACK_DELAY_MS = 1000,
    RECONNECT_BASE_MS = 100,
};

const struct job_kind fetch_kinds[] = {
    {"fetch_issue", fetch_issue_run, JIRA_ISSUE_BULK_MAX, false},
    {"reconcile", reconcile_run, 1, false},
    {NULL, NULL, 0, false},
};

struct fetcher {
    struct fetcher_options options;
    struct db *db;
    struct heartbeat *heartbeat;
    struct site_list *sites;
    int stop_fd;           /* readable once the thread shall end */
    atomic_bool cancelled; /* requests under way end */
    int64_t schedule_at;   /* monotonic ms */
    pthread_t thread;
};

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static bool is_stopping(const struct fetcher *fetcher)
{
    return atomic_load(&fetcher->cancelled);
}

/* Rests, or until it shall end. */
static void rest(const struct fetcher *fetcher, int64_t ms)
{
    struct pollfd stop = {.fd = fetcher->stop_fd, .events = POLLIN};
    (void)poll(&stop, 1, (int)ms);
}

static struct job_context context_of(struct fetcher *fetcher, const char *tenant)
{
    const struct config *config = fetcher->options.config;
    return (struct job_context){.db = fetcher->db,
                                .tenant = tenant,
                                .timeout_ms = STATEMENT_TIMEOUT_MS,
                                .lease_ms = config->lease_ms,
                                .parse_bytes = (size_t)config->max_parse_bytes,
                                .cancelled = heartbeat_cancelled(fetcher->heartbeat),
                                .sites = fetcher->sites};
}

/* What a fault of the surroundings left undone; without a database the leases run out, and the jobs are rescued. */
static void give_back(struct job_context *context, const struct job_batch *batch)
{
    struct error error = {.code = ERROR_NONE};
    context->timeout_ms = SHORT_TIMEOUT_MS;
    if (job_give_back(context, batch->jobs, batch->count, GIVE_BACK_DELAY_MS, &error) != ERROR_NONE)
        log_error(LOG_FIELDS(.kind = batch->kind->name, .detail = "giving jobs back"), &error);
}

/* Claims and runs one batch of one kind; *count is how many jobs that were. */
static enum error_code work_on(struct fetcher *fetcher, const char *tenant, const struct job_kind *kind, size_t *count,
                               struct error *error)
{
    struct job_context context = context_of(fetcher, tenant);
    struct job_batch batch;
    enum error_code code = job_claim(&context, kind, kind->limit, fetcher->options.worker, &batch, error);
    *count = batch.count;
    if (code == ERROR_NONE && batch.count > 0) {
        heartbeat_hold(fetcher->heartbeat, tenant, batch.jobs, batch.count, db_connection(fetcher->db));
        code = job_run(&context, kind, batch.jobs, batch.count, error);
        if (code != ERROR_NONE)
            give_back(&context, &batch);
        heartbeat_release(fetcher->heartbeat);
    }
    job_batch_clear(&batch);
    return code;
}

/* One batch of each kind for each tenant that has due work; *is_busy when there was any. */
static enum error_code go_round(struct fetcher *fetcher, bool *is_busy, struct error *error)
{
    struct job_context context = context_of(fetcher, NULL);
    PGresult *due = NULL;
    enum error_code code = job_due(&context, fetch_kinds, &due, error);
    for (int row = 0; code == ERROR_NONE && row < PQntuples(due); row++)
        for (const struct job_kind *kind = fetch_kinds;
             code == ERROR_NONE && kind->name && *PQgetvalue(due, row, 1) == '0' && !is_stopping(fetcher); kind++) {
            size_t count = 0;
            code = work_on(fetcher, PQgetvalue(due, row, 0), kind, &count, error);
            *is_busy = *is_busy || count > 0;
        }
    PQclear(due);
    return code;
}

static enum error_code keep_schedule(struct fetcher *fetcher, struct error *error)
{
    int64_t enqueued = 0;
    if (monotonic_ms() < fetcher->schedule_at)
        return ERROR_NONE;
    fetcher->schedule_at = monotonic_ms() + SCHEDULE_MS;
    enum error_code code = reconcile_when_due(fetcher->db, SHORT_TIMEOUT_MS, &enqueued, error);
    if (enqueued > 0)
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(.kind = "reconcile", .count = enqueued), "reconciliations enqueued by the clock");
    if (code == ERROR_NONE || code == ERROR_DATABASE_AWAY)
        return code;
    log_error(LOG_FIELDS(.kind = "reconcile", .detail = "the schedule; it will be tried again"), error);
    return ERROR_NONE;
}

static enum error_code work_once(struct fetcher *fetcher, struct error *error)
{
    bool is_busy = false;
    enum error_code code = db_connect(fetcher->db, CONNECT_TIMEOUT_MS, error);
    if (code == ERROR_NONE)
        code = keep_schedule(fetcher, error);
    if (code == ERROR_NONE)
        code = go_round(fetcher, &is_busy, error);
    /* It polls: fetches that wait a little go together, and a notification of each delivery need not wake it. */
    if (code == ERROR_NONE && !is_busy)
        rest(fetcher, fetcher->options.config->poll_ms);
    return code;
}

static void *run_fetcher(void *argument)
{
    struct fetcher *fetcher = argument;
    int failures = 0;
    while (!is_stopping(fetcher)) {
        struct error error = {.code = ERROR_NONE};
        if (work_once(fetcher, &error) == ERROR_NONE) {
            failures = 0;
            continue;
        }
        log_error(LOG_FIELDS(.attempt = ++failures, .detail = "the fetcher tries again"), &error);
        rest(fetcher, retry_delay_ms(failures, RECONNECT_BASE_MS, fetcher->options.config->reconnect_cap_ms,
                                     randombytes_random()));
    }
    return NULL;
}

static bool is_needed(const struct source_list *sources)
{
    for (size_t i = 0; i < source_list_count(sources); i++)
        if (site_is_askable(source_list_at(sources, i)))
            return true;
    return false;
}

static void fetcher_free(struct fetcher *fetcher)
{
    heartbeat_stop(fetcher->heartbeat);
    site_list_free(fetcher->sites);
    db_close(fetcher->db);
    if (fetcher->stop_fd >= 0)
        close(fetcher->stop_fd);
    free(fetcher);
}

static enum error_code fetcher_open(struct fetcher *fetcher, struct error *error)
{
    const struct config *config = fetcher->options.config;
    fetcher->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fetcher->stop_fd < 0)
        return error_set(error, ERROR_IO, "eventfd: %s", strerror(errno));
    fetcher->db = db_new(config->worker_database, "fetcher");
    if (!fetcher->db)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the fetcher's connection");
    const struct site_options sites = {.db = fetcher->db,
                                       .config = config,
                                       .sources = fetcher->options.sources,
                                       .patience_ms = PATIENCE_MS,
                                       .cancelled = &fetcher->cancelled};
    fetcher->sites = site_list_new(&sites);
    if (!fetcher->sites)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the fetcher's sites");
    const struct heartbeat_options heartbeat = {.conninfo = config->worker_database,
                                                .lease_ms = config->lease_ms,
                                                .drain_timeout_ms = config->drain_timeout_ms,
                                                .stop_fd = fetcher->stop_fd};
    fetcher->heartbeat = heartbeat_start(&heartbeat, error);
    return fetcher->heartbeat ? ERROR_NONE : error->code;
}

enum error_code fetcher_start(const struct fetcher_options *options, struct fetcher **fetcher, struct error *error)
{
    *fetcher = NULL;
    if (!is_needed(options->sources))
        return ERROR_NONE;
    struct fetcher *made = calloc(1, sizeof *made);
    if (!made)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the fetcher");
    made->options = *options;
    made->stop_fd = -1;
    enum error_code code = fetcher_open(made, error);
    if (code == ERROR_NONE && pthread_create(&made->thread, NULL, run_fetcher, made) != 0)
        code = error_set(error, ERROR_NO_MEMORY, "the fetcher could not be started");
    if (code == ERROR_NONE)
        *fetcher = made;
    else
        fetcher_free(made);
    return code;
}

void fetcher_stop(struct fetcher *fetcher)
{
    if (!fetcher)
        return;
    atomic_store(&fetcher->cancelled, true);
    eventfd_write(fetcher->stop_fd, 1);
    pthread_join(fetcher->thread, NULL);
    fetcher_free(fetcher);
}
