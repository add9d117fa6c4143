/* jirasync-receiver: the FastCGI program. Options, configuration, then supervisor or child. */
#include "batcher.h"
#include "config.h"
#include "counters.h"
#include "db.h"
#include "log.h"
#include "normalize.h"
#include "readiness.h"
#include "rejections.h"
#include "responder.h"
#include "source.h"
#include "store.h"
#include "supervisor.h"

#include <errno.h>
#include <fcgiapp.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sysexits.h>
#include <unistd.h>

#ifndef JIRASYNC_GIT_SHA
#define JIRASYNC_GIT_SHA "unknown"
#endif
#define LISTEN_FD STDIN_FILENO
#define EXIT_MISUSED 2 /* usage */
#define LARGE_BYTES (1024 * 1024)
#define HELLO_MS 5000 /* how often readiness is looked at */

static const char usage[] =
    "usage: spawn-fcgi -n -s SOCKET -- jirasync-receiver [-c FILE] [OPTION...]\n"
    "Takes signed webhooks over FastCGI and stores them. -n checks the configuration and leaves.\n\n";

/* What a child owns; context of the batcher's store thread. */
struct receiver {
    struct config config;
    struct source_list *sources;
    struct counters *counters;
    struct db *db;
    struct readiness *readiness;
    struct rejections *rejections;
    uint64_t greeted_generation;
    instant greeted_at;
};

/* ---- what the store thread does ---- */

static enum error_code backend_connect(void *context, int64_t timeout_ms, struct error *error)
{
    return db_connect(((struct receiver *)context)->db, timeout_ms, error);
}

static enum error_code backend_store(void *context, const struct store_item *items, size_t count, int64_t timeout_ms,
                                     enum store_outcome *outcomes, bool *enqueued, struct error *error)
{
    struct receiver *receiver = context;
    enum error_code code = store_deliveries(receiver->db, items, count, timeout_ms, outcomes, enqueued, error);

    if (code == ERROR_DATABASE_AWAY)
        db_drop(receiver->db); /* it may be a server that is shutting down, or a standby */
    if (code == ERROR_NONE || code == ERROR_DATABASE_MISUSE)
        readiness_note_store(receiver->readiness, code == ERROR_NONE);
    return code;
}

static void backend_notify(void *context)
{
    struct receiver *receiver = context;
    struct error error = {0};

    /* A lost notification is covered by the worker's polling. */
    if (db_execute(receiver->db, "NOTIFY jirasync_jobs", receiver->config.store_timeout_ms, &error) != ERROR_NONE)
        log_error(NULL, &error);
}

static void backend_housekeep(void *context)
{
    struct receiver *receiver = context;
    int64_t timeout_ms = receiver->config.store_timeout_ms;
    bool reconnected = db_generation(receiver->db) != receiver->greeted_generation;

    if (reconnected || !db_is_connected(receiver->db) || instant_now() - receiver->greeted_at > HELLO_MS * 1000) {
        readiness_refresh(receiver->readiness, receiver->db, timeout_ms);
        receiver->greeted_generation = db_generation(receiver->db);
        receiver->greeted_at = instant_now();
    }
    rejections_flush(receiver->rejections, receiver->db, timeout_ms);
}

/* ---- a child ---- */

static bool receiver_prepare(struct receiver *receiver, int counters_fd, struct error *error)
{
    if (source_list_load(&receiver->config, &receiver->sources, error) != ERROR_NONE)
        return false;
    receiver->counters = counters_open(counters_fd);
    receiver->db = db_new(receiver->config.receiver_database, "receiver");
    receiver->readiness = readiness_new(receiver->sources);
    receiver->rejections = rejections_new();
    if (receiver->counters != NULL && receiver->db != NULL && receiver->readiness != NULL &&
        receiver->rejections != NULL)
        return true;
    error_set(error, ERROR_NO_MEMORY, "no memory to start a child");
    return false;
}

static void receiver_clear(struct receiver *receiver)
{
    rejections_free(receiver->rejections);
    readiness_free(receiver->readiness);
    db_close(receiver->db);
    counters_close(receiver->counters);
    source_list_free(receiver->sources);
}

static void block_signals(sigset_t *signals)
{
    (void)sigemptyset(signals);
    (void)sigaddset(signals, SIGTERM);
    (void)sigaddset(signals, SIGINT);
    (void)sigaddset(signals, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, signals, NULL);
}

static void wait_for_stop(const sigset_t *signals)
{
    int signal_number = 0;

    while (signal_number != SIGTERM && signal_number != SIGINT)
        if (sigwait(signals, &signal_number) != 0)
            break;
}

static void leave_late(int signal_number)
{
    (void)signal_number;
    _exit(EXIT_FAILURE); /* what is not stored yet was not answered: the sender comes again */
}

static void limit_drain(int64_t timeout_ms)
{
    const struct itimerval limit = {.it_value = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000}};

    (void)signal(SIGALRM, leave_late);
    (void)setitimer(ITIMER_REAL, &limit, NULL);
}

static int serve(struct receiver *receiver, int slot, const sigset_t *signals)
{
    const struct config *config = &receiver->config;
    const struct batcher_backend backend = {receiver, backend_connect, backend_store, backend_notify,
                                            backend_housekeep};
    const struct batcher_limits limits = {(size_t)config->batch_rows, (size_t)config->batch_bytes,
                                          config->store_timeout_ms, config->reconnect_cap_ms};
    struct responder_context context = {config, receiver->sources, receiver->counters, slot, NULL, receiver->readiness,
                                        receiver->rejections};
    struct responder *responder = NULL;

    context.batcher = batcher_start(&backend, &limits, receiver->counters);
    if (context.batcher != NULL)
        responder = responder_start(&context, LISTEN_FD);
    if (responder == NULL) {
        log_line(LOG_LEVEL_ERROR, NULL, "threads can't be started: %s", strerror(errno));
        batcher_stop(context.batcher);
        return EXIT_FAILURE;
    }
    atomic_store(&receiver->counters->slots[slot].ready, 1);
    supervisor_tell_ready(slot);
    wait_for_stop(signals);
    limit_drain(config->drain_timeout_ms);
    responder_stop(responder);
    batcher_stop(context.batcher);
    return EXIT_SUCCESS;
}

static int run_child(struct receiver *receiver, int slot, int counters_fd)
{
    struct error error = {0};
    int code = EXIT_FAILURE;
    sigset_t signals;

    block_signals(&signals); /* before FCGX_Init, which installs handlers of its own */
    if (!supervisor_bind_child())
        return EXIT_FAILURE;
    /* Bodies come from mmap and go back at once, however large they were before. */
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    normalize_init();
    (void)FCGX_Init();
    if (receiver_prepare(receiver, counters_fd, &error))
        code = serve(receiver, slot, &signals);
    else
        log_error(NULL, &error);
    receiver_clear(receiver);
    return code;
}

/* ---- the program ---- */

static enum error_code open_log(const struct config *config, const char *role, const char *run_id,
                                struct error *error)
{
    enum log_level level = LOG_LEVEL_INFO;

    if (!log_level_parse(config->log_level, &level))
        return error_set(error, ERROR_CONFIG, "JIRASYNC_LOG_LEVEL takes debug, info, warning or error");
    return log_open(role, config->log_file, level, run_id, error);
}

/* Loads the sources as a child will, so that a mistake is seen before anything is forked. */
static int check(const struct config *config, bool only_check)
{
    struct source_list *sources = NULL;
    struct error error = {0};

    if (source_list_load(config, &sources, &error) != ERROR_NONE) {
        if (only_check)
            (void)fprintf(stderr, "jirasync-receiver: %s\n", error.message);
        else
            log_error(NULL, &error);
        return EX_CONFIG;
    }
    if (source_list_count(sources) == 0)
        log_line(LOG_LEVEL_WARNING, NULL, "no source is configured: every delivery is answered 404");
    source_list_free(sources);
    return 0;
}

static enum error_code load(struct config *config, char **argv, struct error *error)
{
    int argc = 0, rest = 0;
    enum error_code code;

    while (argv[argc] != NULL)
        argc++;
    code = config_load(config, CONFIG_RECEIVER, argc, argv, &rest, error);
    if (code == ERROR_NONE && rest < argc)
        code = error_set(error, ERROR_USAGE, "\"%s\" is no option (--help lists them)", argv[rest]);
    return code;
}

/* At SIGHUP: the configuration anew, if it is good, and the log's file. */
static bool reload(struct config *config, char **argv)
{
    struct config fresh = {0};
    struct error error = {0};

    if (load(&fresh, argv, &error) != ERROR_NONE || check(&fresh, false) != EXIT_SUCCESS ||
        open_log(&fresh, "supervisor", NULL, &error) != ERROR_NONE) {
        if (error.code != ERROR_NONE)
            log_error(NULL, &error);
        config_free(&fresh);
        return false;
    }
    config_free(config);
    *config = fresh;
    return true;
}

/* Before there is a log: what is wrong with the configuration, and the exit code for it. */
static int complain(const struct error *error)
{
    (void)fprintf(stderr, "jirasync-receiver: %s\n", error->message);
    return error->code == ERROR_USAGE ? EXIT_MISUSED : EX_CONFIG;
}

static bool is_listening(int fd)
{
    int listening = 0;
    socklen_t size = sizeof listening;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

static bool take_word(int *argc, char **argv, const char *word)
{
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], word) != 0)
            continue;
        memmove(&argv[i], &argv[i + 1], (size_t)(*argc - i) * sizeof *argv);
        (*argc)--;
        return true;
    }
    return false;
}

/* --help and --version: answered before anything is read. */
static bool answer_question(int *argc, char **argv)
{
    if (take_word(argc, argv, "--help")) {
        (void)fputs(usage, stdout);
        config_print_options(stdout, CONFIG_RECEIVER);
        return true;
    }
    if (!take_word(argc, argv, "--version"))
        return false;
    (void)printf("jirasync-receiver %s\n", JIRASYNC_GIT_SHA);
    return true;
}

static int run_supervisor(struct receiver *receiver, char **argv)
{
    if (is_listening(LISTEN_FD))
        return supervisor_run(&receiver->config, argv, reload);
    log_line(LOG_LEVEL_ERROR, NULL, "standard input is no listening socket: start me with spawn-fcgi");
    return EXIT_MISUSED;
}

int main(int argc, char **argv)
{
    struct receiver receiver = {0};
    struct error error = {0};
    int slot = 0, counters_fd = -1, code;
    bool is_child = supervisor_is_child(&slot, &counters_fd), only_check;
    char run_id[33];

    (void)signal(SIGPIPE, SIG_IGN);
    if (answer_question(&argc, argv))
        return EXIT_SUCCESS;
    only_check = take_word(&argc, argv, "-n");
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    log_new_run_id(run_id);
    if (load(&receiver.config, argv, &error) != ERROR_NONE ||
        open_log(&receiver.config, is_child ? "receiver" : "supervisor", run_id, &error) != ERROR_NONE)
        code = complain(&error);
    else
        code = check(&receiver.config, only_check);
    if (code == EXIT_SUCCESS && !only_check)
        code = is_child ? run_child(&receiver, slot, counters_fd) : run_supervisor(&receiver, argv);
    config_free(&receiver.config);
    return code;
}
