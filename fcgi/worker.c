/* The job daemon: goes round the tenants with work, runs claimed jobs, closes runs and writes their
 * artifacts. */
#include "artifact.h"
#include "config.h"
#include "db.h"
#include "fetcher.h"
#include "heartbeat.h"
#include "job.h"
#include "log.h"
#include "normalize.h"
#include "prune.h"
#include "retry.h"
#include "run.h"
#include "source.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifndef JIRASYNC_GIT_SHA
#define JIRASYNC_GIT_SHA "unknown"
#endif

enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_CONFIG = 78,
};

enum {
    CONNECT_TIMEOUT_MS = 5000,
    STATEMENT_TIMEOUT_MS = 900000, /* a chunk of an import may take minutes; a stop cancels it */
    SHORT_TIMEOUT_MS = 30000,
    GIVE_BACK_DELAY_MS = 1000,
    HOUSEKEEPING_MS = 3000,
    RETENTION_MS = 60000,
    RECONNECT_BASE_MS = 100,
    LEAVE_MS = 10000, /* to give jobs back and close runs, once a stop is due */
};

struct worker {
    struct config config;
    struct source_list *sources;
    struct db *db;
    struct heartbeat *heartbeat;
    struct fetcher *fetcher;
    struct run_list runs;
    struct job_batch owed; /* jobs from owed_first on could not be given back yet */
    size_t owed_first;
    char *owed_tenant;
    uint64_t greeted;        /* db_generation that has LISTEN and the sources */
    int64_t housekeeping_at; /* monotonic ms */
    int64_t retention_at;    /* monotonic ms */
    int signal_fd;
    bool stop, reload, has_claimed;
    char name[160]; /* of the lease holder: host[pid] */
    char args[256]; /* of the runs, as JSON */
};

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static sigset_t watched_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

static void leave_late(int signal_number)
{
    (void)signal_number;
    _exit(EXIT_FAILED); /* what is held is rescued once its lease has run out */
}

/* Ends the process in ms, whatever it waits for; 0: no more. */
static void limit_leaving(int64_t ms)
{
    const struct itimerval limit = {.it_value = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000}};
    (void)setitimer(ITIMER_REAL, &limit, NULL);
}

/* Called by the heartbeat's thread, again and again while the worker waits for a statement that does not end. */
static void stop_is_overdue(void)
{
    struct itimerval left;
    if (getitimer(ITIMER_REAL, &left) == 0 && left.it_value.tv_sec == 0 && left.it_value.tv_usec == 0)
        limit_leaving(LEAVE_MS);
}

static bool is_leaving(struct worker *worker)
{
    struct signalfd_siginfo info;
    bool was_leaving = worker->stop || worker->reload;
    while (read(worker->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        worker->stop |= info.ssi_signo != SIGHUP;
        worker->reload |= info.ssi_signo == SIGHUP;
    }
    if (!was_leaving && (worker->stop || worker->reload))
        limit_leaving(worker->config.drain_timeout_ms + LEAVE_MS);
    return worker->stop || worker->reload;
}

static enum error_code register_sources(struct worker *worker, struct error *error)
{
    char *json = source_list_json(worker->sources);
    if (!json)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the sources");
    PGresult *result = NULL;
    struct db_params params = {.count = 1, .values = (const char *[]){json}};
    enum error_code code = db_query(worker->db, "SELECT jirasync.register_sources($1::jsonb)", &params, 0,
                                    SHORT_TIMEOUT_MS, &result, error);
    PQclear(result);
    free(json);
    return code;
}

/* It fetches and watches by what is registered, so that it starts after that. */
static enum error_code start_fetcher(struct worker *worker, struct error *error)
{
    const struct fetcher_options options = {
        .config = &worker->config, .sources = worker->sources, .worker = worker->name};
    return worker->fetcher ? ERROR_NONE : fetcher_start(&options, &worker->fetcher, error);
}

/* A new connection listens before it claims, so that no job falls between the two. */
static enum error_code connect_database(struct worker *worker, struct error *error)
{
    enum error_code code = db_connect(worker->db, CONNECT_TIMEOUT_MS, error);
    if (code != ERROR_NONE || worker->greeted == db_generation(worker->db))
        return code;
    code = db_execute(worker->db, "LISTEN jirasync_jobs", SHORT_TIMEOUT_MS, error);
    if (code == ERROR_NONE)
        code = register_sources(worker, error);
    if (code == ERROR_NONE)
        code = start_fetcher(worker, error);
    if (code == ERROR_NONE) {
        worker->greeted = db_generation(worker->db);
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(.detail = worker->name), "connected");
    }
    return code;
}

static struct job_context context_of(const struct worker *worker, const char *tenant)
{
    return (struct job_context){.db = worker->db,
                                .tenant = tenant,
                                .timeout_ms = STATEMENT_TIMEOUT_MS,
                                .lease_ms = worker->config.lease_ms,
                                .parse_bytes = (size_t)worker->config.max_parse_bytes,
                                .cancelled = heartbeat_cancelled(worker->heartbeat)};
}

static enum error_code enter_run(struct worker *worker, struct job_context *context, struct error *error)
{
    const struct run *run =
        run_open(worker->db, &worker->runs, context->tenant, worker->name, JIRASYNC_GIT_SHA, worker->args,
                 worker->config.lease_ms, SHORT_TIMEOUT_MS, error);
    if (!run)
        return error->code;
    context->run_id = run->run_id;
    heartbeat_keep_runs(worker->heartbeat, &worker->runs);
    return ERROR_NONE;
}

/* Gives back what a fault of the surroundings, or a stop, left over; for as long as that fails, the jobs are
 * owed and the heartbeat keeps them. */
static enum error_code give_back(struct worker *worker, struct error *error)
{
    if (!worker->owed_tenant)
        return ERROR_NONE;
    struct job_context context = context_of(worker, worker->owed_tenant);
    context.timeout_ms = CONNECT_TIMEOUT_MS;
    const struct job_batch *batch = &worker->owed;
    size_t count = batch->count - worker->owed_first;
    enum error_code code = job_give_back(&context, batch->jobs + worker->owed_first, count,
                                         is_leaving(worker) ? 0 : GIVE_BACK_DELAY_MS, error);
    if (code != ERROR_NONE)
        return code;
    log_line(LOG_LEVEL_INFO, LOG_FIELDS(.count = (int64_t)count, .detail = context.tenant),
             "jobs given back");
    heartbeat_release(worker->heartbeat);
    job_batch_clear(&worker->owed);
    free(worker->owed_tenant);
    worker->owed_tenant = NULL;
    return ERROR_NONE;
}

/* Takes the batch over. */
static void owe(struct worker *worker, const char *tenant, struct job_batch *batch, size_t first)
{
    struct error error = {.code = ERROR_NONE};
    worker->owed_tenant = strdup(tenant);
    if (!worker->owed_tenant) {
        heartbeat_release(worker->heartbeat); /* the leases run out, and the jobs are rescued */
        return;
    }
    worker->owed = *batch;
    worker->owed_first = first;
    *batch = (struct job_batch){.kind = batch->kind};
    if (give_back(worker, &error) != ERROR_NONE)
        log_error(LOG_FIELDS(.detail = "giving jobs back; it will be tried again"), &error);
}

/* Runs the batch slice by slice; *first is the first job that was not run. */
static enum error_code run_batch(struct worker *worker, struct job_context *context,
                                 const struct job_batch *batch, size_t *first, struct error *error)
{
    enum error_code code = batch->kind->has_run ? enter_run(worker, context, error) : ERROR_NONE;
    *first = 0;
    while (code == ERROR_NONE && *first < batch->count && !is_leaving(worker)) {
        size_t count = job_slice(batch, *first);
        code = job_run(context, batch->kind, batch->jobs + *first, count, error);
        *first += code == ERROR_NONE ? count : 0;
    }
    return code;
}

/* Claims and runs one batch of one kind; *count is how many jobs that were. */
static enum error_code work_on(struct worker *worker, const char *tenant, const struct job_kind *kind,
                               size_t *count, struct error *error)
{
    struct job_context context = context_of(worker, tenant);
    struct job_batch batch;
    int64_t started = monotonic_ms();
    enum error_code code =
        job_claim(&context, kind, (size_t)worker->config.claim_batch, worker->name, &batch, error);
    *count = batch.count;
    if (code == ERROR_NONE && batch.count > 0) {
        heartbeat_hold(worker->heartbeat, tenant, batch.jobs, batch.count, db_connection(worker->db));
        size_t first = 0;
        code = run_batch(worker, &context, &batch, &first, error);
        if (first < batch.count)
            owe(worker, tenant, &batch, first);
        else
            heartbeat_release(worker->heartbeat);
        log_line(LOG_LEVEL_DEBUG,
                 LOG_FIELDS(.kind = kind->name, .count = (int64_t)*count,
                            .duration_us = (monotonic_ms() - started) * 1000),
                 "batch done");
    }
    job_batch_clear(&batch);
    return code;
}

static enum error_code close_runs(struct worker *worker, int64_t interval_ms, struct error *error)
{
    int64_t written = 0;
    int64_t due = run_due_in(&worker->runs, interval_ms);
    if (due != 0)
        return ERROR_NONE;
    enum error_code code = run_close_due(worker->db, &worker->runs, interval_ms, STATEMENT_TIMEOUT_MS, error);
    heartbeat_keep_runs(worker->heartbeat, &worker->runs);
    if (code != ERROR_NONE)
        return code;
    struct error unwritten;
    if (run_write_artifacts(worker->db, worker->config.artifacts_dir, SHORT_TIMEOUT_MS, &written,
                            &unwritten) != ERROR_NONE)
        log_error(LOG_FIELDS(.detail = "artifact; it will be tried again"), &unwritten);
    return ERROR_NONE;
}

/* A setting that makes no sense or a folder that can't be read must not keep the worker from its jobs. */
static enum error_code keep_retention(struct worker *worker, struct error *error)
{
    if (monotonic_ms() < worker->retention_at)
        return ERROR_NONE;
    worker->retention_at = monotonic_ms() + RETENTION_MS;
    enum error_code code =
        prune_when_due(worker->db, worker->config.artifacts_dir, SHORT_TIMEOUT_MS, error);
    if (code == ERROR_NONE || code == ERROR_DATABASE_AWAY)
        return code;
    log_error(LOG_FIELDS(.kind = "prune", .detail = "retention; it will be tried again"), error);
    return ERROR_NONE;
}

/* What others left behind: runs of dead workers, artifacts that could not be written; and what ends by the clock. */
static enum error_code keep_house(struct worker *worker, struct error *error)
{
    int64_t count = 0, now = monotonic_ms();
    if (now < worker->housekeeping_at)
        return ERROR_NONE;
    worker->housekeeping_at = now + HOUSEKEEPING_MS;
    enum error_code code = run_close_abandoned(worker->db, STATEMENT_TIMEOUT_MS, &count, error);
    if (count > 0)
        log_line(LOG_LEVEL_WARNING, LOG_FIELDS(.count = count), "abandoned runs closed");
    if (code == ERROR_NONE)
        code = run_end_waivers(worker->db, SHORT_TIMEOUT_MS, error);
    if (code == ERROR_NONE)
        code = keep_retention(worker, error);
    if (code != ERROR_NONE)
        return code;
    code = run_write_artifacts(worker->db, worker->config.artifacts_dir, SHORT_TIMEOUT_MS, &count, error);
    if (code == ERROR_IO) {
        log_error(LOG_FIELDS(.detail = "artifact; it will be tried again"), error);
        return ERROR_NONE;
    }
    return code;
}

/* One batch of each kind for each tenant that has due work. *wait_ms is how long nothing will be due; 0: go
 * on. *is_full tells that a batch had all that could be claimed at once, so that more is likely. */
static enum error_code go_round(struct worker *worker, int64_t *wait_ms, bool *is_full, struct error *error)
{
    struct job_context context = context_of(worker, NULL);
    PGresult *due = NULL;
    enum error_code code = job_due(&context, job_kinds, &due, error);
    *wait_ms = worker->config.poll_ms;
    *is_full = false;
    for (int row = 0; code == ERROR_NONE && row < PQntuples(due) && !is_leaving(worker); row++) {
        int64_t due_in = strtoll(PQgetvalue(due, row, 1), NULL, 10);
        *wait_ms = least(*wait_ms, due_in);
        for (const struct job_kind *kind = job_kinds; code == ERROR_NONE && due_in == 0 && kind->name;
             kind++) {
            size_t count = 0;
            code = work_on(worker, PQgetvalue(due, row, 0), kind, &count, error);
            *is_full = *is_full || count >= job_kind_limit(kind, (size_t)worker->config.claim_batch);
            if (code == ERROR_NONE && worker->config.run_interval_ms == 0)
                code = close_runs(worker, 0, error);
        }
    }
    PQclear(due);
    return code;
}

/* Rests until the next round may begin; a signal ends it, a notification does not. */
static void keep_interval(struct worker *worker, int64_t round_started)
{
    struct pollfd signals = {.fd = worker->signal_fd, .events = POLLIN};
    int64_t left = round_started + worker->config.claim_interval_ms - monotonic_ms();
    if (left > 0 && !is_leaving(worker))
        (void)poll(&signals, 1, (int)left);
}

static enum error_code work_once(struct worker *worker, struct error *error)
{
    int64_t wait_ms = 0, round_started = monotonic_ms();
    bool is_full = false;
    enum error_code code = connect_database(worker, error);
    if (code == ERROR_NONE)
        code = give_back(worker, error);
    if (code == ERROR_NONE)
        code = go_round(worker, &wait_ms, &is_full, error);
    if (code == ERROR_NONE)
        code = close_runs(worker, worker->config.run_interval_ms, error);
    if (code == ERROR_NONE)
        code = keep_house(worker, error);
    if (code != ERROR_NONE)
        return code;
    if (!worker->has_claimed)
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(.detail = worker->name), "ready: first round of claims done");
    worker->has_claimed = true;
    int64_t run_due = run_due_in(&worker->runs, worker->config.run_interval_ms);
    wait_ms = run_due >= 0 ? least(wait_ms, run_due) : wait_ms;
    wait_ms = least(wait_ms, HOUSEKEEPING_MS);
    if (!is_full)
        keep_interval(worker, round_started);
    if (wait_ms > 0 && !is_leaving(worker))
        (void)db_wait_notification(worker->db, worker->signal_fd, wait_ms);
    return ERROR_NONE;
}

static void back_off(struct worker *worker, int failures, const struct error *error)
{
    int64_t delay =
        retry_delay_ms(failures, RECONNECT_BASE_MS, worker->config.reconnect_cap_ms, randombytes_random());
    log_error(LOG_FIELDS(.attempt = failures, .detail = "the worker tries again"), error);
    int64_t until = monotonic_ms() + delay;
    for (int64_t now; !is_leaving(worker) && (now = monotonic_ms()) < until;) {
        struct timespec pause = {.tv_nsec = 1000000 * (long)least(until - now, 50)};
        nanosleep(&pause, NULL);
    }
}

/* What is still held or open when the worker leaves; without a database it is left to the next one. */
static void leave(struct worker *worker)
{
    struct error error = {.code = ERROR_NONE};
    if (worker->runs.count == 0 && !worker->owed_tenant)
        return;
    enum error_code code = connect_database(worker, &error);
    if (code == ERROR_NONE)
        code = give_back(worker, &error);
    if (code == ERROR_NONE)
        code = close_runs(worker, 0, &error);
    if (code != ERROR_NONE)
        log_error(LOG_FIELDS(.detail = "what is open is left to the next worker"), &error);
}

static void work(struct worker *worker)
{
    int failures = 0;
    while (!is_leaving(worker)) {
        struct error error = {.code = ERROR_NONE};
        if (work_once(worker, &error) == ERROR_NONE)
            failures = 0;
        else if (!is_leaving(worker))
            back_off(worker, ++failures, &error);
    }
    leave(worker);
}

static enum error_code open_log(const struct config *config, struct error *error)
{
    char run_id[33];
    enum log_level level;
    if (!log_level_parse(config->log_level, &level))
        return error_set(error, ERROR_CONFIG, "JIRASYNC_LOG_LEVEL: no such level");
    log_new_run_id(run_id);
    return log_open("worker", config->log_file, level, run_id, error);
}

static void name_worker(struct worker *worker)
{
    char host[HOST_NAME_MAX + 1] = "localhost";
    gethostname(host, sizeof host - 1);
    snprintf(worker->name, sizeof worker->name, "%s[%ld]", host, (long)getpid());
    snprintf(worker->args, sizeof worker->args,
             "{\"claim_batch\": %" PRId64 ", \"run_interval_ms\": %" PRId64 ", \"lease_ms\": %" PRId64 "}",
             worker->config.claim_batch, worker->config.run_interval_ms, worker->config.lease_ms);
}

static enum error_code start(struct worker *worker, struct error *error)
{
    sigset_t watched = watched_signals();
    pthread_sigmask(SIG_BLOCK, &watched, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGALRM, leave_late);
    worker->signal_fd = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    if (worker->signal_fd < 0)
        return error_set(error, ERROR_IO, "signalfd: %s", strerror(errno));
    name_worker(worker);
    worker->db = db_new(worker->config.worker_database, "worker");
    if (!worker->db)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the connection");
    struct heartbeat_options options = {.conninfo = worker->config.worker_database,
                                        .lease_ms = worker->config.lease_ms,
                                        .drain_timeout_ms = worker->config.drain_timeout_ms,
                                        .stop_fd = worker->signal_fd,
                                        .overdue = stop_is_overdue};
    worker->heartbeat = heartbeat_start(&options, error);
    return worker->heartbeat ? ERROR_NONE : error->code;
}

static void finish(struct worker *worker)
{
    fetcher_stop(worker->fetcher);
    heartbeat_stop(worker->heartbeat);
    job_batch_clear(&worker->owed);
    free(worker->owed_tenant);
    run_list_clear(&worker->runs);
    db_close(worker->db);
    if (worker->signal_fd >= 0)
        close(worker->signal_fd);
    source_list_free(worker->sources);
    config_free(&worker->config);
}

static enum error_code load(struct worker *worker, int argc, char **argv, int *rest, struct error *error)
{
    enum error_code code = config_load(&worker->config, CONFIG_WORKER, argc, argv, rest, error);
    if (code == ERROR_NONE)
        code = source_list_load(&worker->config, &worker->sources, error);
    return code;
}

/* Becomes the program that now lies at the same path, unless its configuration would not load. */
static void restart(char **argv)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    static const char replaced[] = " (deleted)";
    if (length > 0) {
        path[length] = '\0';
        char *end = strstr(path, replaced);
        if (end && end[sizeof replaced - 1] == '\0')
            *end = '\0';
        sigset_t watched = watched_signals();
        pthread_sigmask(SIG_UNBLOCK, &watched, NULL);
        execv(path, argv);
    }
    log_line(LOG_LEVEL_ERROR, LOG_FIELDS(.detail = strerror(errno)), "the worker could not be executed anew");
}

static void print_help(FILE *out)
{
    fputs("usage: jirasync-worker [-n] [-c FILE] [--NAME=VALUE ...]\n\n"
          "Runs jobs: correlates issues with commits and writes the artifacts of its runs. SIGTERM finishes "
          "what runs and\n"
          "leaves; SIGHUP executes the program anew.\n\n"
          "  -c, --config FILE   configuration file\n"
          "  -n                  check the configuration and leave\n"
          "  --help, --version\n\n",
          out);
    config_print_options(out, CONFIG_WORKER);
}

/* Takes the options that config_load does not know out of argv; true when the program has answered already.
 */
static bool take_own_options(int *argc, char **argv, bool *check_only)
{
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "--version") == 0) {
            if (argv[i][2] == 'h')
                print_help(stdout);
            else
                puts("jirasync-worker " JIRASYNC_GIT_SHA);
            return true;
        }
        if (strcmp(argv[i], "-n") == 0)
            *check_only = true;
        else
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    *argc = kept;
    return false;
}

static int run_worker(struct worker *worker, int argc, char **argv, bool check_only, bool *reload)
{
    struct error error = {.code = ERROR_NONE};
    int rest = argc;
    if (load(worker, argc, argv, &rest, &error) != ERROR_NONE) {
        fprintf(stderr, "jirasync-worker: %s\n", error.message);
        return error.code == ERROR_USAGE ? EXIT_USAGE : EXIT_CONFIG;
    }
    if (rest < argc) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (check_only)
        return EXIT_OK;
    if (open_log(&worker->config, &error) != ERROR_NONE) {
        fprintf(stderr, "jirasync-worker: %s\n", error.message);
        return EXIT_CONFIG;
    }
    if (start(worker, &error) != ERROR_NONE) {
        log_error(LOG_FIELDS(.detail = "start"), &error);
        return EXIT_FAILED;
    }
    log_line(LOG_LEVEL_INFO, LOG_FIELDS(.detail = JIRASYNC_GIT_SHA), "started");
    do {
        worker->reload = false;
        work(worker);
        struct worker next = {.signal_fd = -1};
        if (worker->reload && !worker->stop && load(&next, argc, argv, &rest, &error) != ERROR_NONE) {
            log_error(LOG_FIELDS(.detail = "reload; the old configuration stays"), &error);
            worker->reload = false;
            limit_leaving(0);
        }
        source_list_free(next.sources);
        config_free(&next.config);
    } while (!worker->stop && !worker->reload);
    *reload = worker->reload && !worker->stop;
    log_line(LOG_LEVEL_INFO, LOG_FIELDS(.detail = *reload ? "reload" : "stop"), "left");
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    bool check_only = false, reload = false;
    if (sodium_init() < 0)
        return EXIT_FAILED;
    normalize_init();
    if (take_own_options(&argc, argv, &check_only))
        return EXIT_OK;
    struct worker worker = {.signal_fd = -1};
    int status = run_worker(&worker, argc, argv, check_only, &reload);
    finish(&worker);
    limit_leaving(0); /* a timer outlives execv */
    if (reload)
        restart(argv);
    return reload ? EXIT_FAILED : status;
}
