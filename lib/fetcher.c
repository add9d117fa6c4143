/* The worker's fetching threads. */
#include "fetcher.h"

#include "fetch_commits.h"
#include "fetch_issue.h"
#include "git_host.h"
#include "heartbeat.h"
#include "log.h"
#include "reconcile.h"
#include "retry.h"
#include "site.h"
#include "source_watch.h"

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
    GIVE_BACK_DELAY_MS = 1000,
    RECONNECT_BASE_MS = 100,
    PUSHES_AT_ONCE = 16,
};

/* What each thread runs. A fetch that has to wait is put back, since another site's may go; a reconciliation that is put back
 * begins anew, so that it waits. */
static const struct lane_form {
    struct job_kind kinds[2]; /* ended as job_kinds is */
    int64_t patience_ms;      /* all waits of one call to a site */
} lane_forms[] = {
    {{{"fetch_issue", fetch_issue_run, JIRA_ISSUE_BULK_MAX, false}, {NULL, NULL, 0, false}}, 2000},
    {{{"fetch_commits", fetch_commits_run, PUSHES_AT_ONCE, false}, {NULL, NULL, 0, false}}, 2000},
    {{{"reconcile", reconcile_run, 1, false}, {NULL, NULL, 0, false}}, 3600000},
};

enum { LANES = sizeof lane_forms / sizeof *lane_forms };

/* One thread. */
struct lane {
    struct fetcher *fetcher;
    const struct lane_form *form;
    struct db *db;
    struct heartbeat *heartbeat;
    struct site_list *sites;
    struct git_host_list *hosts;
    int64_t look_at; /* monotonic ms: when to look for jobs that were put off */
    pthread_t thread;
    bool has_started;
};

struct fetcher {
    struct fetcher_options options;
    int stop_fd;           /* readable once the threads shall end */
    atomic_bool cancelled; /* requests under way end */
    int64_t schedule_at;   /* monotonic ms; of the lane that reconciles */
    struct lane lanes[LANES];
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

static struct job_context context_of(struct lane *lane, const char *tenant)
{
    const struct config *config = lane->fetcher->options.config;
    return (struct job_context){.db = lane->db,
                                .tenant = tenant,
                                .timeout_ms = STATEMENT_TIMEOUT_MS,
                                .lease_ms = config->lease_ms,
                                .parse_bytes = (size_t)config->max_parse_bytes,
                                .cancelled = heartbeat_cancelled(lane->heartbeat),
                                .sites = lane->sites,
                                .hosts = lane->hosts};
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
static enum error_code work_on(struct lane *lane, const char *tenant, const struct job_kind *kind, size_t *count,
                               struct error *error)
{
    struct job_context context = context_of(lane, tenant);
    struct job_batch batch;
    enum error_code code = job_claim(&context, kind, kind->limit, lane->fetcher->options.worker, &batch, error);
    *count = batch.count;
    if (code == ERROR_NONE && batch.count > 0) {
        heartbeat_hold(lane->heartbeat, tenant, batch.jobs, batch.count, db_connection(lane->db));
        code = job_run(&context, kind, batch.jobs, batch.count, error);
        if (code != ERROR_NONE)
            give_back(&context, &batch);
        heartbeat_release(lane->heartbeat);
    }
    job_batch_clear(&batch);
    return code;
}

/* One batch for each tenant that has due work; *is_busy when there was any. */
static enum error_code go_round(struct lane *lane, bool *is_busy, struct error *error)
{
    struct job_context context = context_of(lane, NULL);
    const struct job_kind *kind = lane->form->kinds;
    PGresult *due = NULL;
    enum error_code code = job_due(&context, kind, &due, error);
    for (int row = 0; code == ERROR_NONE && row < PQntuples(due) && !is_stopping(lane->fetcher); row++) {
        size_t count = 0;
        if (strcmp(PQgetvalue(due, row, 1), "0") != 0)
            continue;
        code = work_on(lane, PQgetvalue(due, row, 0), kind, &count, error);
        *is_busy = *is_busy || count > 0;
    }
    PQclear(due);
    return code;
}

static enum error_code keep_schedule(struct lane *lane, struct error *error)
{
    int64_t enqueued = 0;
    if (lane->form->kinds->run != reconcile_run || monotonic_ms() < lane->fetcher->schedule_at)
        return ERROR_NONE;
    lane->fetcher->schedule_at = monotonic_ms() + SCHEDULE_MS;
    enum error_code code = reconcile_when_due(lane->db, SHORT_TIMEOUT_MS, &enqueued, error);
    if (enqueued > 0)
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(.kind = "reconcile", .count = enqueued), "reconciliations enqueued by the clock");
    if (code == ERROR_NONE)
        code = source_watch(lane->db, SHORT_TIMEOUT_MS, error);
    if (code == ERROR_NONE || code == ERROR_DATABASE_AWAY)
        return code;
    log_error(LOG_FIELDS(.kind = "reconcile", .detail = "the schedule; it will be tried again"), error);
    return ERROR_NONE;
}

/* True when this lane's kind of job can be run for the source. */
static bool can_ask(struct lane *lane, const struct source *source)
{
    struct error why = {.code = ERROR_NONE};
    struct site *site;
    struct git_host *host;
    if (lane->form->kinds->run == fetch_commits_run)
        return git_host_is_askable(source) && git_host_list_find(lane->hosts, source->name, &host, &why) == ERROR_NONE;
    return site_is_askable(source) && site_list_find(lane->sites, source->name, &site, &why) == ERROR_NONE;
}

/* What a worker could not ask for that lacks how, or lacked it before it was started anew. */
static enum error_code resume_put_off(struct lane *lane, struct error *error)
{
    const struct source_list *sources = lane->fetcher->options.sources;
    const char *kind = lane->form->kinds->name;
    int64_t resumed = 0;
    size_t count = 0;
    if (monotonic_ms() < lane->look_at)
        return ERROR_NONE;
    const char **names = calloc(source_list_count(sources), sizeof *names);
    if (!names)
        return error_set(error, ERROR_NO_MEMORY, "no memory for %zu sources", source_list_count(sources));
    for (size_t i = 0; i < source_list_count(sources); i++)
        if (can_ask(lane, source_list_at(sources, i)))
            names[count++] = source_list_at(sources, i)->name;
    enum error_code code = job_resume_put_off(lane->db, kind, names, count, SHORT_TIMEOUT_MS, &resumed, error);
    free(names);
    if (code == ERROR_NONE)
        lane->look_at = monotonic_ms() + SCHEDULE_MS;
    if (resumed > 0)
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(.kind = kind, .count = resumed), "jobs are due that waited for a worker that can ask");
    return code;
}

static enum error_code work_once(struct lane *lane, struct error *error)
{
    bool is_busy = false;
    enum error_code code = db_connect(lane->db, CONNECT_TIMEOUT_MS, error);
    if (code == ERROR_NONE)
        code = keep_schedule(lane, error);
    if (code == ERROR_NONE)
        code = resume_put_off(lane, error);
    if (code == ERROR_NONE)
        code = go_round(lane, &is_busy, error);
    /* It polls: fetches that wait a little go together, and a notification of each delivery need not wake it. */
    if (code == ERROR_NONE && !is_busy)
        rest(lane->fetcher, lane->fetcher->options.config->poll_ms);
    return code;
}

static void *run_lane(void *argument)
{
    struct lane *lane = argument;
    int failures = 0;
    while (!is_stopping(lane->fetcher)) {
        struct error error = {.code = ERROR_NONE};
        if (work_once(lane, &error) == ERROR_NONE) {
            failures = 0;
            continue;
        }
        log_error(LOG_FIELDS(.kind = lane->form->kinds->name, .attempt = ++failures, .detail = "the fetcher tries again"), &error);
        rest(lane->fetcher, retry_delay_ms(failures, RECONNECT_BASE_MS, lane->fetcher->options.config->reconnect_cap_ms,
                                           randombytes_random()));
    }
    return NULL;
}

static bool is_needed(const struct source_list *sources)
{
    for (size_t i = 0; i < source_list_count(sources); i++)
        if (source_is_askable(source_list_at(sources, i)))
            return true;
    return false;
}

static void lane_close(struct lane *lane)
{
    if (lane->has_started)
        pthread_join(lane->thread, NULL);
    heartbeat_stop(lane->heartbeat);
    site_list_free(lane->sites);
    git_host_list_free(lane->hosts);
    db_close(lane->db);
}

static enum error_code lane_open(struct lane *lane, struct error *error)
{
    const struct fetcher_options *options = &lane->fetcher->options;
    lane->db = db_new(options->config->worker_database, "fetcher");
    if (!lane->db)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the fetcher's connection");
    const struct site_options sites = {.db = lane->db,
                                       .config = options->config,
                                       .sources = options->sources,
                                       .patience_ms = lane->form->patience_ms,
                                       .cancelled = &lane->fetcher->cancelled};
    lane->sites = site_list_new(&sites);
    lane->hosts = git_host_list_new(&sites);
    if (!lane->sites || !lane->hosts)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the fetcher's sites");
    const struct heartbeat_options heartbeat = {.conninfo = options->config->worker_database,
                                                .lease_ms = options->config->lease_ms,
                                                .drain_timeout_ms = options->config->drain_timeout_ms,
                                                .stop_fd = lane->fetcher->stop_fd};
    lane->heartbeat = heartbeat_start(&heartbeat, error);
    if (!lane->heartbeat)
        return error->code;
    lane->has_started = pthread_create(&lane->thread, NULL, run_lane, lane) == 0;
    return lane->has_started ? ERROR_NONE : error_set(error, ERROR_NO_MEMORY, "the fetcher could not be started");
}

enum error_code fetcher_start(const struct fetcher_options *options, struct fetcher **fetcher, struct error *error)
{
    enum error_code code = ERROR_NONE;
    *fetcher = NULL;
    if (!is_needed(options->sources))
        return ERROR_NONE;
    struct fetcher *made = calloc(1, sizeof *made);
    if (!made)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the fetcher");
    made->options = *options;
    made->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (made->stop_fd < 0)
        code = error_set(error, ERROR_IO, "eventfd: %s", strerror(errno));
    for (size_t i = 0; code == ERROR_NONE && i < LANES; i++) {
        made->lanes[i] = (struct lane){.fetcher = made, .form = &lane_forms[i]};
        code = lane_open(&made->lanes[i], error);
    }
    if (code == ERROR_NONE)
        *fetcher = made;
    else
        fetcher_stop(made);
    return code;
}

void fetcher_stop(struct fetcher *fetcher)
{
    if (!fetcher)
        return;
    atomic_store(&fetcher->cancelled, true);
    if (fetcher->stop_fd >= 0)
        eventfd_write(fetcher->stop_fd, 1);
    for (size_t i = 0; i < LANES; i++)
        lane_close(&fetcher->lanes[i]);
    if (fetcher->stop_fd >= 0)
        close(fetcher->stop_fd);
    free(fetcher);
}
