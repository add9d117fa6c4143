/* Keeps leases alive and takes back those of the dead. */
#include "heartbeat.h"

#include "log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* Three beats may be lost before a lease is. A dead worker's jobs are back after its lease and one beat of
 * another's. */
enum {
    BEATS_PER_LEASE = 4,
    LONGEST_BEAT_MS = 5000,
    SHORTEST_BEAT_MS = 50,
    STATEMENT_TIMEOUT_MS = 5000,
};

struct heartbeat {
    struct heartbeat_options options;
    struct db *db;
    int wake_fd;          /* readable once the thread shall end */
    int64_t cancel_at_ms; /* monotonic; 0 while nobody asked to stop. The thread's own */
    pthread_t thread;
    atomic_bool cancelled;
    pthread_mutex_t mutex; /* guards what follows */
    char *tenant;
    struct job *jobs; /* ids and tokens alone */
    size_t count;
    PGcancel *cancel; /* of the worker's connection while it runs jobs */
    struct run_list runs;
};

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static int64_t beat_ms(const struct heartbeat *heartbeat)
{
    int64_t beat = heartbeat->options.lease_ms / BEATS_PER_LEASE;
    return beat > LONGEST_BEAT_MS ? LONGEST_BEAT_MS : beat < SHORTEST_BEAT_MS ? SHORTEST_BEAT_MS
                                                                              : beat;
}

static struct run_list copy_runs(const struct run_list *list)
{
    struct run_list copy = {.runs = calloc(list->count + 1, sizeof *copy.runs)};
    for (size_t i = 0; copy.runs && i < list->count; i++) {
        char *tenant = strdup(list->runs[i].tenant);
        if (!tenant)
            break;
        copy.runs[copy.count] = list->runs[i];
        copy.runs[copy.count++].tenant = tenant;
    }
    return copy;
}

static void extend_jobs(struct heartbeat *heartbeat, struct error *error)
{
    struct job_context context = {
        .db = heartbeat->db, .timeout_ms = STATEMENT_TIMEOUT_MS, .lease_ms = heartbeat->options.lease_ms};
    pthread_mutex_lock(&heartbeat->mutex);
    size_t count = heartbeat->count;
    struct job *jobs = count ? malloc(count * sizeof *jobs) : NULL;
    char *tenant = count ? strdup(heartbeat->tenant) : NULL;
    if (jobs)
        memcpy(jobs, heartbeat->jobs, count * sizeof *jobs);
    pthread_mutex_unlock(&heartbeat->mutex);
    context.tenant = tenant;
    if (jobs && tenant && job_extend(&context, jobs, count, NULL, error) != ERROR_NONE)
        log_error(LOG_FIELDS(.detail = "heartbeat"), error);
    free(tenant);
    free(jobs);
}

static void extend_runs(struct heartbeat *heartbeat, struct error *error)
{
    pthread_mutex_lock(&heartbeat->mutex);
    struct run_list runs = copy_runs(&heartbeat->runs);
    pthread_mutex_unlock(&heartbeat->mutex);
    for (size_t i = 0; i < runs.count; i++)
        if (run_extend(heartbeat->db, runs.runs[i].tenant, runs.runs[i].run_id, heartbeat->options.lease_ms,
                       STATEMENT_TIMEOUT_MS, error) != ERROR_NONE)
            log_error(LOG_FIELDS(.detail = "heartbeat"), error);
    run_list_clear(&runs);
}

static enum error_code rescue_tenant(struct heartbeat *heartbeat, const char *tenant, struct error *error)
{
    struct job_context context = {.db = heartbeat->db, .tenant = tenant, .timeout_ms = STATEMENT_TIMEOUT_MS};
    int64_t rescued = 0;
    enum error_code code = job_rescue(&context, &rescued, error);
    if (rescued > 0)
        log_line(LOG_LEVEL_WARNING, LOG_FIELDS(.count = rescued, .detail = tenant),
                 "jobs rescued: their leases ran out");
    return code;
}

static void rescue(struct heartbeat *heartbeat, struct error *error)
{
    PGresult *tenants = NULL;
    enum error_code code =
        db_query_prepared(heartbeat->db, "tenants_to_rescue", "SELECT jirasync.tenants_to_rescue()", NULL, 0,
                          STATEMENT_TIMEOUT_MS, &tenants, error);
    for (int row = 0; code == ERROR_NONE && row < PQntuples(tenants); row++)
        code = rescue_tenant(heartbeat, PQgetvalue(tenants, row, 0), error);
    if (code != ERROR_NONE)
        log_error(LOG_FIELDS(.detail = "rescue"), error);
    PQclear(tenants);
}

/* Our own leases first: after an outage of the database they may have run out although we are alive. */
static void beat(struct heartbeat *heartbeat)
{
    struct error error = {.code = ERROR_NONE};
    if (db_connect(heartbeat->db, STATEMENT_TIMEOUT_MS, &error) != ERROR_NONE)
        return; /* the worker's own connection meets the same fault, and logs it */
    extend_jobs(heartbeat, &error);
    extend_runs(heartbeat, &error);
    rescue(heartbeat, &error);
}

static void cancel_statement(struct heartbeat *heartbeat)
{
    char reason[256];
    pthread_mutex_lock(&heartbeat->mutex);
    if (heartbeat->cancel) {
        atomic_store(&heartbeat->cancelled, true);
        if (!PQcancel(heartbeat->cancel, reason, sizeof reason))
            log_line(LOG_LEVEL_WARNING, LOG_FIELDS(.detail = reason),
                     "the running statement could not be cancelled");
    }
    pthread_mutex_unlock(&heartbeat->mutex);
}

/* The worker has not taken notice of stop_fd: it waits for an answer that may never come. */
static void tell_overdue(const struct heartbeat *heartbeat)
{
    struct pollfd stop = {.fd = heartbeat->options.stop_fd, .events = POLLIN};
    if (heartbeat->options.overdue && poll(&stop, 1, 0) > 0)
        heartbeat->options.overdue();
}

/* Waits for the next beat; false once the thread shall end. */
static bool wait_for_beat(struct heartbeat *heartbeat, int64_t beat_at_ms)
{
    for (;;) {
        int64_t now = monotonic_ms(), until = beat_at_ms;
        if (heartbeat->cancel_at_ms && now >= heartbeat->cancel_at_ms) {
            tell_overdue(heartbeat);
            cancel_statement(heartbeat);
            heartbeat->cancel_at_ms = 0; /* set anew while the worker has not taken notice */
        }
        if (now >= beat_at_ms)
            return true;
        if (heartbeat->cancel_at_ms && heartbeat->cancel_at_ms < until)
            until = heartbeat->cancel_at_ms;
        struct pollfd fds[] = {
            {.fd = heartbeat->wake_fd, .events = POLLIN},
            {.fd = heartbeat->cancel_at_ms ? -1 : heartbeat->options.stop_fd, .events = POLLIN}};
        if (poll(fds, 2, (int)(until - now)) < 0 && errno != EINTR)
            return false;
        if (fds[0].revents)
            return false;
        if (fds[1].revents)
            heartbeat->cancel_at_ms = monotonic_ms() + heartbeat->options.drain_timeout_ms;
    }
}

static void *run_heartbeat(void *argument)
{
    struct heartbeat *heartbeat = argument;
    do {
        beat(heartbeat);
    } while (wait_for_beat(heartbeat, monotonic_ms() + beat_ms(heartbeat)));
    return NULL;
}

static void heartbeat_free(struct heartbeat *heartbeat)
{
    heartbeat_release(heartbeat);
    run_list_clear(&heartbeat->runs);
    if (heartbeat->wake_fd >= 0)
        close(heartbeat->wake_fd);
    db_close(heartbeat->db);
    pthread_mutex_destroy(&heartbeat->mutex);
    free(heartbeat);
}

struct heartbeat *heartbeat_start(const struct heartbeat_options *options, struct error *error)
{
    struct heartbeat *heartbeat = calloc(1, sizeof *heartbeat);
    if (!heartbeat) {
        error_set(error, ERROR_NO_MEMORY, "no memory for the heartbeat");
        return NULL;
    }
    heartbeat->options = *options;
    pthread_mutex_init(&heartbeat->mutex, NULL);
    heartbeat->db = db_new(options->conninfo, "heartbeat");
    heartbeat->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!heartbeat->db || heartbeat->wake_fd < 0 ||
        pthread_create(&heartbeat->thread, NULL, run_heartbeat, heartbeat) != 0) {
        error_set(error, ERROR_NO_MEMORY, "the heartbeat could not be started");
        heartbeat_free(heartbeat);
        return NULL;
    }
    return heartbeat;
}

void heartbeat_stop(struct heartbeat *heartbeat)
{
    if (!heartbeat)
        return;
    eventfd_write(heartbeat->wake_fd, 1);
    pthread_join(heartbeat->thread, NULL);
    heartbeat_free(heartbeat);
}

void heartbeat_hold(struct heartbeat *heartbeat, const char *tenant, const struct job *jobs, size_t count,
                    PGconn *connection)
{
    heartbeat_release(heartbeat);
    pthread_mutex_lock(&heartbeat->mutex);
    heartbeat->tenant = strdup(tenant);
    heartbeat->jobs = malloc(count * sizeof *jobs);
    if (heartbeat->tenant && heartbeat->jobs) {
        memcpy(heartbeat->jobs, jobs, count * sizeof *jobs);
        heartbeat->count = count;
    }
    heartbeat->cancel = connection ? PQgetCancel(connection) : NULL;
    pthread_mutex_unlock(&heartbeat->mutex);
}

void heartbeat_release(struct heartbeat *heartbeat)
{
    pthread_mutex_lock(&heartbeat->mutex);
    free(heartbeat->tenant);
    free(heartbeat->jobs);
    PQfreeCancel(heartbeat->cancel);
    heartbeat->tenant = NULL;
    heartbeat->jobs = NULL;
    heartbeat->cancel = NULL;
    heartbeat->count = 0;
    pthread_mutex_unlock(&heartbeat->mutex);
}

void heartbeat_keep_runs(struct heartbeat *heartbeat, const struct run_list *runs)
{
    struct run_list copy = copy_runs(runs);
    pthread_mutex_lock(&heartbeat->mutex);
    struct run_list old = heartbeat->runs;
    heartbeat->runs = copy;
    pthread_mutex_unlock(&heartbeat->mutex);
    run_list_clear(&old);
}

const atomic_bool *heartbeat_cancelled(const struct heartbeat *heartbeat)
{
    return &heartbeat->cancelled;
}
