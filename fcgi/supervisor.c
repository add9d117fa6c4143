/* Prefork, wait, restart within limits, reload, drain. */
#include "supervisor.h"

#include "log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILD_VARIABLE "JIRASYNC_CHILD"
#define QUICK_DEATH_MS 1000 /* a child that lived less died quickly */
#define DELAY_FIRST_MS 100  /* before the replacement of the second quick death, then doubled */
#define DELAY_LAST_MS 5000
#define UNREADY_DEATHS 5 /* running: then there is no point in going on */
#define MAX_CHILDREN 64
#define CORES_PER_CHILD 4
#define DEFAULT_CHILDREN_MAX 4
#define TICK_MS 100           /* how often due restarts are looked at */
#define READY_SIGNAL SIGRTMIN /* queued, unlike the classic ones: none is lost */

struct child {
    pid_t pid; /* 0: none */
    int slot;
    int64_t started_ms;
    bool ready, draining;
    bool is_new; /* of a generation that is not ready yet */
};

struct supervisor {
    struct config *config;
    char **argv;
    bool (*reload)(struct config *config, char **argv);
    char *program; /* the binary's path, resolved at start: an upgrade replaces what is there */
    struct counters *counters;
    int counters_fd;
    int wanted, wanted_next; /* children: now, and once the reload has ended */
    struct child children[COUNTERS_SLOTS];
    int quick_deaths, unready_deaths;
    int64_t restart_due_ms;
    bool stopping, reloading;
    bool reload_again; /* SIGHUP came during a reload: what it is to take may have changed since that began */
    int64_t stop_due_ms;
};

bool supervisor_is_child(int *slot, int *counters_fd)
{
    const char *text = getenv(CHILD_VARIABLE);

    return text != NULL && sscanf(text, "%d:%d", slot, counters_fd) == 2 && *slot >= 0 && *slot < COUNTERS_SLOTS;
}

bool supervisor_bind_child(void)
{
    const char *parent = getenv("JIRASYNC_SUPERVISOR_PID");

    return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && parent != NULL && getppid() == (pid_t)strtol(parent, NULL, 10);
}

void supervisor_tell_ready(int slot)
{
    (void)sigqueue(getppid(), READY_SIGNAL, (union sigval){.sival_int = slot});
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct child *free_child(struct supervisor *supervisor)
{
    for (int slot = 0; slot < COUNTERS_SLOTS; slot++)
        if (supervisor->children[slot].pid == 0)
            return &supervisor->children[slot];
    return NULL;
}

/* In the forked process: becomes the program anew. Signals stay blocked: none is lost before it waits. */
static void become_child(const struct supervisor *supervisor, const struct child *child)
{
    char value[32], parent[16];

    (void)snprintf(value, sizeof value, "%d:%d", child->slot, supervisor->counters_fd);
    (void)snprintf(parent, sizeof parent, "%d", (int)getppid());
    if (setenv(CHILD_VARIABLE, value, 1) == 0 && setenv("JIRASYNC_SUPERVISOR_PID", parent, 1) == 0)
        (void)execv(supervisor->program, supervisor->argv);
    _exit(127);
}

static bool start_child(struct supervisor *supervisor, bool is_new)
{
    struct child *child = free_child(supervisor);
    pid_t pid;

    if (child == NULL)
        return false;
    child->slot = (int)(child - supervisor->children);
    atomic_store(&supervisor->counters->slots[child->slot].inflight_bytes, 0);
    atomic_store(&supervisor->counters->slots[child->slot].ready, 0);
    pid = fork();
    if (pid == 0)
        become_child(supervisor, child);
    if (pid < 0) {
        log_line(LOG_LEVEL_ERROR, NULL, "no child could be forked: %s", strerror(errno));
        return false;
    }
    *child = (struct child){.pid = pid, .slot = child->slot, .started_ms = now_ms(), .is_new = is_new};
    log_line(LOG_LEVEL_INFO, LOG_FIELDS(.count = pid), "child started");
    return true;
}

/* Counts living children: those that serve, or those of the generation that is being started. */
static int count_children(const struct supervisor *supervisor, bool draining, bool is_new)
{
    int count = 0;

    for (int i = 0; i < COUNTERS_SLOTS; i++) {
        const struct child *child = &supervisor->children[i];

        count += child->pid != 0 && child->draining == draining && child->is_new == is_new;
    }
    return count;
}

static int count_living(const struct supervisor *supervisor)
{
    int count = 0;

    for (int i = 0; i < COUNTERS_SLOTS; i++)
        count += supervisor->children[i].pid != 0;
    return count;
}

static void drain_children(struct supervisor *supervisor, bool also_new)
{
    for (int i = 0; i < COUNTERS_SLOTS; i++) {
        struct child *child = &supervisor->children[i];

        if (child->pid == 0 || child->draining || (child->is_new && !also_new))
            continue;
        child->draining = true;
        (void)kill(child->pid, SIGTERM);
    }
}

static void begin_stop(struct supervisor *supervisor)
{
    supervisor->stopping = true;
    supervisor->stop_due_ms = now_ms() + supervisor->config->drain_timeout_ms + 1000;
    log_line(LOG_LEVEL_INFO, NULL, "draining");
    drain_children(supervisor, true);
}

/* ---- deaths ---- */

static void plan_restart(struct supervisor *supervisor, bool quick)
{
    int64_t delay = 0;

    supervisor->quick_deaths = quick ? supervisor->quick_deaths + 1 : 0;
    for (int i = 1; i < supervisor->quick_deaths && delay < DELAY_LAST_MS; i++)
        delay = delay == 0 ? DELAY_FIRST_MS : delay * 2;
    supervisor->restart_due_ms = now_ms() + (delay > DELAY_LAST_MS ? DELAY_LAST_MS : delay);
    atomic_fetch_add(&supervisor->counters->restarts, 1);
}

static void fail_reload(struct supervisor *supervisor, const char *why)
{
    supervisor->reloading = false;
    log_line(LOG_LEVEL_ERROR, NULL, "reload failed: %s; the old ones go on", why);
    for (int i = 0; i < COUNTERS_SLOTS; i++) {
        struct child *child = &supervisor->children[i];

        if (child->pid != 0 && child->is_new) {
            child->draining = true;
            child->is_new = false;
            (void)kill(child->pid, SIGTERM);
        }
    }
}

static void bury(struct supervisor *supervisor, struct child *child, int status)
{
    struct counters_slot *slot = &supervisor->counters->slots[child->slot];
    bool was_ready = child->ready, was_new = child->is_new, was_draining = child->draining;
    bool quick = now_ms() - child->started_ms < QUICK_DEATH_MS;

    if (!was_draining)
        log_line(LOG_LEVEL_WARNING, LOG_FIELDS(.count = child->pid), "child died (%s %d)",
                 WIFSIGNALED(status) ? "signal" : "exit code", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    child->pid = 0;
    atomic_store(&slot->inflight_bytes, 0);
    atomic_store(&slot->ready, 0);
    if (was_draining || supervisor->stopping)
        return;
    if (was_new) {
        fail_reload(supervisor, "a new child died before all were ready");
        return;
    }
    supervisor->unready_deaths = was_ready ? 0 : supervisor->unready_deaths + 1;
    plan_restart(supervisor, quick || !was_ready);
}

static void reap(struct supervisor *supervisor)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < COUNTERS_SLOTS; i++)
            if (supervisor->children[i].pid == pid)
                bury(supervisor, &supervisor->children[i], status);
}

/* ---- reload ---- */

/* Each child has one store thread: fewer of them store larger batches, and a batch is what makes a delivery cheap. */
static int wanted_children(const struct config *config)
{
    long by_cores = sysconf(_SC_NPROCESSORS_ONLN) / CORES_PER_CHILD;

    if (config->processes > 0)
        return config->processes > MAX_CHILDREN ? MAX_CHILDREN : (int)config->processes;
    return by_cores < 1 ? 1 : by_cores > DEFAULT_CHILDREN_MAX ? DEFAULT_CHILDREN_MAX
                                                              : (int)by_cores;
}

static void begin_reload(struct supervisor *supervisor)
{
    supervisor->reload_again = supervisor->reloading;
    if (supervisor->reloading || supervisor->stopping)
        return;
    if (!supervisor->reload(supervisor->config, supervisor->argv)) {
        log_line(LOG_LEVEL_ERROR, NULL, "reload refused: the old children go on");
        return;
    }
    log_line(LOG_LEVEL_INFO, NULL, "reloading from %s", supervisor->program);
    supervisor->wanted_next = wanted_children(supervisor->config);
    supervisor->reloading = true;
    for (int i = 0; i < supervisor->wanted_next; i++)
        if (!start_child(supervisor, true)) {
            fail_reload(supervisor, "a new child can't be started");
            return;
        }
}

/* Once all the new ones are ready the old ones drain. */
static void end_reload(struct supervisor *supervisor)
{
    int ready = 0;

    for (int i = 0; i < COUNTERS_SLOTS; i++)
        ready += supervisor->children[i].pid != 0 && supervisor->children[i].is_new && supervisor->children[i].ready;
    if (ready < supervisor->wanted_next)
        return;
    supervisor->wanted = supervisor->wanted_next;
    drain_children(supervisor, false);
    for (int i = 0; i < COUNTERS_SLOTS; i++)
        supervisor->children[i].is_new = false;
    supervisor->reloading = false;
    log_line(LOG_LEVEL_INFO, NULL, "reloaded");
}

/* ---- the loop ---- */

static void keep_number(struct supervisor *supervisor)
{
    int missing = supervisor->wanted - count_children(supervisor, false, false);

    if (supervisor->stopping || now_ms() < supervisor->restart_due_ms)
        return;
    for (int i = 0; i < missing; i++)
        if (!start_child(supervisor, false)) {
            supervisor->restart_due_ms = now_ms() + DELAY_LAST_MS;
            return;
        }
}

static void note_ready(struct supervisor *supervisor, const siginfo_t *info)
{
    for (int i = 0; i < COUNTERS_SLOTS; i++) {
        if (supervisor->children[i].pid != info->si_pid)
            continue;
        supervisor->children[i].ready = true;
        supervisor->unready_deaths = 0;
    }
}

static void handle_signal(struct supervisor *supervisor, int signal_number, const siginfo_t *info)
{
    if (signal_number == READY_SIGNAL)
        note_ready(supervisor, info);
    switch (signal_number) {
    case SIGTERM:
    case SIGINT:
        if (!supervisor->stopping)
            begin_stop(supervisor);
        break;
    case SIGHUP:
        begin_reload(supervisor);
        break;
    default:
        break;
    }
}

static void kill_the_late(struct supervisor *supervisor)
{
    for (int i = 0; i < COUNTERS_SLOTS; i++)
        if (supervisor->children[i].pid != 0)
            (void)kill(supervisor->children[i].pid, SIGKILL);
}

static int loop(struct supervisor *supervisor, const sigset_t *signals)
{
    const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    int code = 0;

    while (!supervisor->stopping || count_living(supervisor) > 0) {
        siginfo_t info = {0};

        keep_number(supervisor);
        handle_signal(supervisor, sigtimedwait(signals, &info, &tick), &info);
        reap(supervisor);
        if (supervisor->unready_deaths >= UNREADY_DEATHS && !supervisor->stopping) {
            log_line(LOG_LEVEL_ERROR, NULL, "giving up: %d children running died before they were ready", UNREADY_DEATHS);
            begin_stop(supervisor);
            code = 1;
        }
        if (supervisor->reloading)
            end_reload(supervisor);
        if (supervisor->reload_again && !supervisor->reloading)
            begin_reload(supervisor);
        if (supervisor->stopping && now_ms() > supervisor->stop_due_ms)
            kill_the_late(supervisor);
    }
    return code;
}

int supervisor_run(struct config *config, char **argv, bool (*reload)(struct config *config, char **argv))
{
    static const int taken[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
    struct supervisor *supervisor = calloc(1, sizeof *supervisor);
    sigset_t signals;
    int code = 1;

    if (supervisor == NULL)
        return code;
    supervisor->config = config;
    supervisor->argv = argv;
    supervisor->reload = reload;
    supervisor->wanted = wanted_children(config);
    supervisor->program = realpath("/proc/self/exe", NULL);
    supervisor->counters = counters_new(&supervisor->counters_fd);
    (void)sigemptyset(&signals);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        (void)sigaddset(&signals, taken[i]);
    (void)sigaddset(&signals, READY_SIGNAL);
    if (supervisor->program != NULL && supervisor->counters != NULL &&
        sigprocmask(SIG_BLOCK, &signals, NULL) == 0) {
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(.count = supervisor->wanted), "supervisor started");
        code = loop(supervisor, &signals);
        log_line(LOG_LEVEL_INFO, NULL, "supervisor leaves");
    } else {
        log_line(LOG_LEVEL_ERROR, NULL, "the supervisor can't start: %s", strerror(errno));
    }
    counters_close(supervisor->counters);
    free(supervisor->program);
    free(supervisor);
    return code;
}
