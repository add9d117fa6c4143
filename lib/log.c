/* One JSON object a line to stderr, a file or syslog. */
#include "log.h"

#include "instant.h"
#include "json_write.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

/* PIPE_BUF, so that the lines of several processes do not mix in one pipe; past it fields are left out. */
#define LINE_BYTES 4096
#define MESSAGE_BYTES 2048
#define MESSAGE_LEAST 256 /* fits a line, even when each byte is escaped to six */
#define FIELD_BYTES 512   /* of one client string */

/* The sink: set by log_open, before threads start or under the lock. */
static struct {
    pthread_mutex_t lock;
    int fd;
    bool to_syslog;
    enum log_level level;
    char program[32];
    char run_id[64];
} sink = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = STDERR_FILENO, .level = LOG_LEVEL_INFO, .program = "jirasync"};

static const struct {
    const char *name;
    int priority;
} levels[] = {
    [LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
    [LOG_LEVEL_INFO] = {"info", LOG_INFO},
    [LOG_LEVEL_WARNING] = {"warning", LOG_WARNING},
    [LOG_LEVEL_ERROR] = {"error", LOG_ERR},
};

bool log_level_parse(const char *name, enum log_level *level)
{
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(levels[i].name, name) == 0) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

/* True when stderr is closed or /dev/null, as spawn-fcgi leaves it without -n. */
static bool stderr_goes_nowhere(void)
{
    struct stat err, null;

    if (fstat(STDERR_FILENO, &err) != 0)
        return true;
    return S_ISCHR(err.st_mode) && stat("/dev/null", &null) == 0 && err.st_rdev == null.st_rdev;
}

enum error_code log_open(const char *program, const char *path, enum log_level level, const char *run_id,
                         struct error *error)
{
    bool none = path == NULL || path[0] == '\0';
    bool to_syslog = none ? stderr_goes_nowhere() : strcmp(path, "syslog") == 0;
    int fd = STDERR_FILENO;

    if (!none && !to_syslog) {
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
        if (fd < 0)
            return error_set(error, ERROR_IO, "log file %s: %s", path, strerror(errno));
    }
    pthread_mutex_lock(&sink.lock);
    if (sink.fd > STDERR_FILENO)
        (void)close(sink.fd);
    sink.fd = fd;
    sink.to_syslog = to_syslog;
    sink.level = level;
    (void)snprintf(sink.program, sizeof sink.program, "%s", program);
    if (run_id != NULL)
        (void)snprintf(sink.run_id, sizeof sink.run_id, "%s", run_id);
    if (to_syslog)
        openlog("jirasync", LOG_PID | LOG_NDELAY, LOG_DAEMON);
    pthread_mutex_unlock(&sink.lock);
    return ERROR_NONE;
}

/* A field is written whole or not at all, so that a full line is still JSON. */
static void write_field(struct json_writer *line, const char *name, const char *text, bool quoted)
{
    struct json_writer before = *line;

    json_write_raw(line, ",\"");
    json_write_raw(line, name);
    json_write_raw(line, "\":");
    if (quoted)
        json_write_string(line, text, FIELD_BYTES);
    else
        json_write_raw(line, text);
    if (line->cut) {
        *line = before;
        line->text[line->length] = '\0';
    }
}

static void write_number(struct json_writer *line, const char *name, int64_t number)
{
    char text[32];

    if (number < 0)
        return;
    (void)snprintf(text, sizeof text, "%lld", (long long)number);
    write_field(line, name, text, false);
}

static void write_fields(struct json_writer *line, const struct log_fields *fields)
{
    const struct {
        const char *name, *text;
    } strings[] = {
        {"event_id", fields->event_id},
        {"source", fields->source},
        {"event", fields->event},
        {"issue_key", fields->issue_key},
        {"kind", fields->kind},
        {"outcome", fields->outcome},
        {"error", fields->error},
        {"sqlstate", fields->sqlstate},
        {"secret_ref", fields->secret_ref},
        {"detail", fields->detail},
    };
    char duration[32];

    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (strings[i].text != NULL)
            write_field(line, strings[i].name, strings[i].text, true);
    write_number(line, "status", fields->status);
    if (fields->duration_us >= 0) {
        (void)snprintf(duration, sizeof duration, "%lld.%03d", (long long)(fields->duration_us / 1000),
                       (int)(fields->duration_us % 1000));
        write_field(line, "duration_ms", duration, false);
    }
    write_number(line, "bytes", fields->bytes);
    write_number(line, "attempt", fields->attempt);
    write_number(line, "count", fields->count);
}

/* The message, shorter where escapes make it too long for the line. */
static void write_message(struct json_writer *line, const char *message)
{
    struct json_writer before = *line;

    json_write_string(line, message, MESSAGE_BYTES);
    if (line->cut) {
        *line = before;
        json_write_string(line, message, MESSAGE_LEAST);
    }
}

static void write_head(struct json_writer *line, enum log_level level, const char *message)
{
    char at[INSTANT_TEXT_BYTES];

    json_write_raw(line, "{\"generated_at\":\"");
    json_write_raw(line, instant_format(instant_now(), 3, at));
    json_write_raw(line, "\",\"level\":\"");
    json_write_raw(line, levels[level].name);
    json_write_raw(line, "\",\"message\":");
    write_message(line, message);
    write_field(line, "program", sink.program, true);
    write_number(line, "pid", getpid());
    if (sink.run_id[0] != '\0')
        write_field(line, "run_id", sink.run_id, true);
}

static void emit(enum log_level level, const char *text, size_t length)
{
    ssize_t written;

    pthread_mutex_lock(&sink.lock);
    if (sink.to_syslog) {
        syslog(levels[level].priority, "%.*s", (int)length - 1, text);
    } else {
        do
            written = write(sink.fd, text, length);
        while (written < 0 && errno == EINTR);
    }
    pthread_mutex_unlock(&sink.lock);
}

void log_line(enum log_level level, const struct log_fields *fields, const char *format, ...)
{
    char message[MESSAGE_BYTES + 8], text[LINE_BYTES];
    struct json_writer line;
    va_list arguments;

    if (level < sink.level)
        return;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    json_write_init(&line, text, sizeof text - 2); /* room for the end of the object */
    write_head(&line, level, message);
    if (fields != NULL)
        write_fields(&line, fields);
    line.size = sizeof text;
    line.cut = false;
    json_write_raw(&line, "}\n");
    emit(level, text, line.length);
}

void log_error(const struct log_fields *fields, const struct error *error)
{
    struct log_fields with = fields == NULL ? *LOG_FIELDS() : *fields;

    with.error = error_name(error->code);
    with.sqlstate = error->sqlstate[0] == '\0' ? NULL : error->sqlstate;
    log_line(error_is_retryable(error->code) ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, &with, "%s", error->message);
}

void log_new_run_id(char run_id[33])
{
    unsigned char bytes[16];

    if (sodium_init() < 0)
        abort();
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2hex(run_id, 33, bytes, sizeof bytes);
}
