/* A receiver in one process, with a request thread, a store thread and a database: what budgets are measured in.
 *
 * receiver CONNINFO BYTES FIRST COUNT [sites]: sends itself COUNT deliveries of BYTES bytes, one after the other,
 * numbered from FIRST on. With `sites` it prints "SITE CALLS" for each place that allocated after the first 32 of them.
 * SITE is "own+0xOFFSET", an address of this program for addr2line (what libc does for the program counts as the
 * program's), or the library's name.
 */
#include "arena.h"
#include "batcher.h"
#include "body.h"
#include "db.h"
#include "log.h"
#include "normalize.h"
#include "responder.h"
#include "store.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <link.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { WARM_UP = 32,
       SITES = 64,
       FRAMES = 24,
       TIMEOUT_MS = 20000 };

/* ---- counting ---- */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static struct site {
    char name[64];
    unsigned long calls;
} sites[SITES];
static _Atomic bool counting;
static _Thread_local bool is_exempt; /* the sender's thread; and whoever counts just now */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The innermost caller that is not libc: the program itself, or a library. from is where the allocator returns to. */
static void name_caller(const void *from, char name[64])
{
    void *frames[FRAMES];
    int count = backtrace(frames, FRAMES), first = 0;
    Dl_info own, caller;

    (void)snprintf(name, 64, "unknown");
    if (dladdr((void *)&sites, &own) == 0)
        return;
    while (first < count && frames[first] != from)
        first++;
    for (int i = first; i < count; i++) {
        if (dladdr(frames[i], &caller) == 0 || strstr(caller.dli_fname, "/libc.so") != NULL)
            continue;
        if (caller.dli_fbase == own.dli_fbase) /* the call itself, not where it returns to */
            (void)snprintf(name, 64, "own+%#tx", (char *)frames[i] - (char *)own.dli_fbase - 1);
        else
            (void)snprintf(name, 64, "%.63s", strrchr(caller.dli_fname, '/') + 1);
        return;
    }
}

static void note(const void *from)
{
    char name[64];

    if (!atomic_load_explicit(&counting, memory_order_relaxed) || is_exempt)
        return;
    is_exempt = true;
    name_caller(from, name);
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < SITES; i++) {
        if (sites[i].calls > 0 && strcmp(sites[i].name, name) != 0)
            continue;
        memcpy(sites[i].name, name, sizeof name);
        sites[i].calls++;
        break;
    }
    pthread_mutex_unlock(&lock);
    is_exempt = false;
}

/* The linker puts these before libc's, for every library too. */
void *malloc(size_t size)
{
    note(__builtin_return_address(0));
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    note(__builtin_return_address(0));
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    note(__builtin_return_address(0));
    return __libc_realloc(old, size);
}

/* ---- the receiver ---- */

static enum error_code backend_connect(void *db, int64_t timeout_ms, struct error *error)
{
    return db_connect(db, timeout_ms, error);
}

static enum error_code backend_store(void *db, const struct store_item *items, size_t count, int64_t timeout_ms,
                                     enum store_outcome *outcomes, bool *enqueued, struct error *error)
{
    return store_deliveries(db, items, count, timeout_ms, outcomes, enqueued, error);
}

/* NOTIFY and housekeeping go by the clock, not by delivery: they are left out. */
static void backend_rest(void *db)
{
    (void)db;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    (void)unlink(path);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 16) == 0)
        return fd;
    perror(path);
    exit(1);
}

/* ---- the sender ---- */

static const char secret[] = "a secret of thirty-two characters";

struct packet {
    unsigned char bytes[256 * 1024];
    size_t length;
};

/* A FastCGI record; content of any length goes in several. */
static void add_record(struct packet *packet, unsigned char type, const void *content, size_t length)
{
    const unsigned char *from = content;

    do {
        size_t part = length > 32768 ? 32768 : length;
        unsigned char head[8] = {1, type, 0, 1, (unsigned char)(part >> 8), (unsigned char)part, 0, 0};

        memcpy(packet->bytes + packet->length, head, sizeof head);
        if (part > 0)
            memcpy(packet->bytes + packet->length + sizeof head, from, part);
        packet->length += sizeof head + part;
        from += part;
        length -= part;
    } while (length > 0);
}

static size_t add_parameter(unsigned char *at, const char *name, const char *value)
{
    size_t name_length = strlen(name), value_length = strlen(value);

    at[0] = (unsigned char)name_length; /* both are shorter than 128 */
    at[1] = (unsigned char)value_length;
    memcpy(at + 2, name, name_length);
    memcpy(at + 2 + name_length, value, value_length);
    return 2 + name_length + value_length;
}

static void sign(const char *body, size_t length, char header[72])
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, length);
    crypto_auth_hmacsha256_final(&state, mac);
    memcpy(header, "sha256=", 7);
    (void)sodium_bin2hex(header + 7, 65, mac, sizeof mac);
}

/* What nginx would send for a delivery. */
static void write_request(struct packet *packet, long number, size_t bytes)
{
    unsigned char parameters[2048];
    char header[72], id[64], text[32];
    size_t length, used = 0;
    char *body = body_new((long)bytes + number % 8, number, bytes, &length);

    sign(body, length, header);
    (void)snprintf(id, sizeof id, "delivery-%zu-%ld", bytes, number);
    (void)snprintf(text, sizeof text, "%zu", length);
    used += add_parameter(parameters + used, "REQUEST_METHOD", "POST");
    used += add_parameter(parameters + used, "DOCUMENT_URI", "/webhooks/jira");
    used += add_parameter(parameters + used, "CONTENT_TYPE", "application/json");
    used += add_parameter(parameters + used, "CONTENT_LENGTH", text);
    used += add_parameter(parameters + used, "HTTP_X_HUB_SIGNATURE", header);
    used += add_parameter(parameters + used, "HTTP_X_ATLASSIAN_WEBHOOK_IDENTIFIER", id);
    packet->length = 0;
    add_record(packet, FCGI_BEGIN_REQUEST, (const unsigned char[]){0, 1, 0, 0, 0, 0, 0, 0}, 8);
    add_record(packet, FCGI_PARAMS, parameters, used);
    add_record(packet, FCGI_PARAMS, "", 0);
    add_record(packet, FCGI_STDIN, body, length);
    add_record(packet, FCGI_STDIN, "", 0);
    free(body);
}

/* Sends one delivery and reads the whole answer, which has to say that it was applied. */
static bool deliver(const char *path, long number, size_t bytes)
{
    static struct packet packet;
    static char answer[16384];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    size_t sent = 0, got = 0;
    ssize_t part;

    write_request(&packet, number, bytes);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        return false;
    while (sent < packet.length && (part = write(fd, packet.bytes + sent, packet.length - sent)) > 0)
        sent += (size_t)part;
    while (got < sizeof answer - 1 && (part = read(fd, answer + got, sizeof answer - 1 - got)) > 0)
        got += (size_t)part;
    (void)close(fd);
    if (memmem(answer, got, "\"applied\"", 9) != NULL)
        return true;
    (void)fprintf(stderr, "receiver: not applied: %.*s\n", (int)got, answer);
    return false;
}

static bool deliver_all(const char *path, long first, long count, size_t bytes)
{
    bool good = true;

    for (long i = 0; i < count && good; i++)
        good = deliver(path, first + i, bytes);
    return good;
}

int main(int argc, char **argv)
{
    struct config config = {.webhook_secret = (char *)secret, .sources_file = (char *)"", .webhook_secret_file = (char *)"", .threads = 1, .max_body_bytes = 26214400, .max_inflight_bytes = 1 << 29, .max_parse_bytes = 1 << 27, .io_timeout_ms = TIMEOUT_MS};
    struct batcher_limits limits = {64, 8 << 20, TIMEOUT_MS, 1000};
    struct responder_context context = {.config = &config};
    struct source_list *sources = NULL;
    struct error error = {0};
    struct responder *responder;
    void *frames[2];
    char path[64];
    int fd = -1;
    bool good;

    is_exempt = true;
    if (argc < 5 || sodium_init() < 0 || source_list_load(&config, &sources, &error) != ERROR_NONE ||
        log_open("budget", "/dev/null", LOG_LEVEL_INFO, "budget", &error) != ERROR_NONE) {
        (void)fprintf(stderr, "usage: receiver CONNINFO BYTES FIRST COUNT [sites] %s\n", error.message);
        return 2;
    }
    (void)backtrace(frames, 2); /* it loads a library at its first use */
    normalize_init();
    (void)FCGX_Init();
    (void)snprintf(path, sizeof path, "/tmp/js-budget.%d", (int)getpid());
    struct db *db = db_new(argv[1], "budget");
    const struct batcher_backend backend = {db, backend_connect, backend_store, backend_rest, backend_rest};
    context.sources = sources;
    context.counters = counters_new(&fd);
    context.readiness = readiness_new(sources);
    context.rejections = rejections_new();
    context.batcher = batcher_start(&backend, &limits, context.counters);
    responder = responder_start(&context, listen_at(path));

    size_t bytes = strtoul(argv[2], NULL, 10);
    long first = strtol(argv[3], NULL, 10), count = strtol(argv[4], NULL, 10), warm = count < WARM_UP ? count : WARM_UP;
    good = responder != NULL && deliver_all(path, first, warm, bytes);
    atomic_store(&counting, argc == 6);
    good = good && deliver_all(path, first + warm, count - warm, bytes);
    atomic_store(&counting, false);
    responder_stop(responder);
    batcher_stop(context.batcher);
    (void)unlink(path);
    for (size_t i = 0; i < SITES && sites[i].calls > 0; i++)
        (void)printf("%s %lu\n", sites[i].name, sites[i].calls);
    return good ? 0 : 1;
}
