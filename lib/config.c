/* The option table and its readers: file, environment, command line. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(option, scopes, member, fallback, help) \
    { \
        option, CONFIG_TEXT, scopes, offsetof(struct config, member), fallback, 0, 0, "", help, NULL, false \
    }
#define SECRET(option, scopes, member, help) \
    { \
        option, CONFIG_TEXT, scopes, offsetof(struct config, member), "", 0, 0, "", help, NULL, true \
    }
#define CHOICE(option, scopes, member, fallback, choices, help) \
    { \
        option, CONFIG_TEXT, scopes, offsetof(struct config, member), fallback, 0, 0, "", help, choices, false \
    }
#define NUMBER(option, scopes, member, fallback, min, max, unit, help) \
    { \
        option, CONFIG_NUMBER, scopes, offsetof(struct config, member), fallback, min, max, unit, help, NULL, false \
    }
#define DAEMONS (CONFIG_RECEIVER | CONFIG_WORKER)
#define CLIENTS (CONFIG_WORKER | CONFIG_COMMAND)
#define MIB (INT64_C(1024) * 1024)

const struct config_option config_options[] = {
    TEXT("JIRASYNC_RECEIVER_DATABASE", CONFIG_RECEIVER, receiver_database, "",
         "Connection of role jirasync_receiver: a libpq URI or keyword string."),
    TEXT("JIRASYNC_WORKER_DATABASE", CLIENTS, worker_database, "",
         "Connection of role jirasync_worker, for the worker and the commands."),
    TEXT("JIRASYNC_SOURCES", CONFIG_ALL, sources_file, "",
         "Path of the sources file; without one there is only the source default."),
    SECRET("JIRA_WEBHOOK_SECRET", CONFIG_ALL, webhook_secret,
           "Secret of the source default, by value; not on the command line, where ps would show it."),
    TEXT("JIRA_WEBHOOK_SECRET_FILE", CONFIG_ALL, webhook_secret_file, "",
         "Path of a file that holds the secret of the source default."),
    TEXT("JIRASYNC_LOG_FILE", CONFIG_ALL, log_file, "",
         "Path of the log, or syslog; without one stderr, or syslog where stderr is /dev/null."),
    CHOICE("JIRASYNC_LOG_LEVEL", CONFIG_ALL, log_level, "info", "debug info warning error",
           "Least level that is logged."),
    TEXT("JIRASYNC_ARTIFACTS", CLIENTS, artifacts_dir, ".",
         "Directory below which artifacts/issues/... is written."),
    NUMBER("JIRASYNC_PROCESSES", CONFIG_RECEIVER, processes, "0", 0, 64, "",
           "Children of the receiver; 0 is one for each four cores, at least 1 and at most 4."),
    NUMBER("JIRASYNC_THREADS", CONFIG_RECEIVER, threads, "64", 1, 256, "", "Request threads in each child."),
    NUMBER("JIRASYNC_MAX_BODY_BYTES", CONFIG_RECEIVER, max_body_bytes, "26214400", 1024, 1024 * MIB, "bytes",
           "Largest body that is taken; more is answered 413."),
    NUMBER("JIRASYNC_MAX_INFLIGHT_BYTES", CONFIG_RECEIVER, max_inflight_bytes, "536870912", MIB, 65536 * MIB, "bytes",
           "Memory for bodies in flight over all children, counted as four times their length; past it 503."),
    NUMBER("JIRASYNC_MAX_PARSE_BYTES", CONFIG_ALL, max_parse_bytes, "134217728", MIB, 4096 * MIB,
           "bytes", "Memory for parsing one body; past it 422 too_complex."),
    NUMBER("JIRASYNC_SIGNATURE_TOLERANCE_S", CONFIG_RECEIVER, signature_tolerance_s, "300", 1, 86400, "s",
           "How far the time of a signature that bears one (GitLab's signing token) may be from the clock, either way."),
    NUMBER("JIRASYNC_STORE_TIMEOUT_MS", CONFIG_RECEIVER, store_timeout_ms, "5000", 10, 60000, "ms",
           "Longest wait of a request for its commit; past it 503. What half of it is not enough for is kept, and stored by a job."),
    NUMBER("JIRASYNC_IO_TIMEOUT_MS", CONFIG_RECEIVER, io_timeout_ms, "10000", 10, 600000, "ms",
           "Longest silence of nginx in mid-request."),
    NUMBER("JIRASYNC_BATCH_ROWS", CONFIG_RECEIVER | CONFIG_COMMAND, batch_rows, "64", 1, 1024, "",
           "Most deliveries stored in one transaction."),
    NUMBER("JIRASYNC_BATCH_BYTES", CONFIG_RECEIVER | CONFIG_COMMAND, batch_bytes, "8388608", 1024, 256 * MIB, "bytes",
           "Most body bytes stored in one transaction; a larger body goes alone."),
    NUMBER("JIRASYNC_RETRY_AFTER_S", CONFIG_RECEIVER, retry_after_s, "30", 1, 3600, "s", "Retry-After of a 503."),
    NUMBER("JIRASYNC_RECONNECT_CAP_MS", DAEMONS, reconnect_cap_ms, "5000", 10, 600000, "ms",
           "Longest pause between attempts to reach PostgreSQL."),
    NUMBER("JIRASYNC_DRAIN_TIMEOUT_MS", DAEMONS, drain_timeout_ms, "15000", 100, 600000, "ms",
           "Longest time that a process takes to finish its work after SIGTERM."),
    NUMBER("JIRASYNC_CLAIM_BATCH", CONFIG_WORKER, claim_batch, "500", 1, 10000, "", "Most jobs claimed at once."),
    NUMBER("JIRASYNC_CLAIM_INTERVAL_MS", CONFIG_WORKER, claim_interval_ms, "20", 0, 60000, "ms",
           "Least time from one round of claims to the next, so that under load a round has more to do at once."),
    NUMBER("JIRASYNC_LEASE_MS", CONFIG_WORKER, lease_ms, "20000", 100, 3600000, "ms",
           "Lease of a claimed job; extended while the worker lives."),
    NUMBER("JIRASYNC_POLL_MS", CONFIG_WORKER, poll_ms, "1000", 10, 60000, "ms",
           "Pause between looks for work when no notification comes."),
    NUMBER("JIRASYNC_RUN_INTERVAL_MS", CONFIG_WORKER, run_interval_ms, "10000", 0, 3600000, "ms",
           "How long a correlation run gathers batches; 0 makes a run of each batch."),
    TEXT("JIRASYNC_CA_FILE", CLIENTS, ca_file, "",
         "Path of the certificate authorities that fetches from Jira and git hosts trust; without one the system's."),
    NUMBER("JIRASYNC_HTTP_CONNECT_TIMEOUT_MS", CLIENTS, http_connect_ms, "10000", 10, 600000, "ms",
           "Longest wait for a connection of a fetch, its TLS included."),
    NUMBER("JIRASYNC_HTTP_TIMEOUT_MS", CLIENTS, http_timeout_ms, "60000", 10, 3600000, "ms",
           "Longest time of a fetch, its whole answer included."),
    NUMBER("JIRASYNC_HTTP_MAX_BYTES", CLIENTS, http_max_bytes, "67108864", 1024, 4096 * MIB, "bytes",
           "Largest answer of a fetch, uncompressed; a larger one is refused."),
    NUMBER("JIRASYNC_FETCH_PATIENCE_S", CONFIG_COMMAND, fetch_patience_s, "900", 0, 86400, "s",
           "Longest wait of a command for a site that limits requests or is away, all waits of one request together."),
    NUMBER("JIRASYNC_FETCH_COMMITS_MAX", CONFIG_WORKER, fetch_commits_max, "5000", 1, 1000000, "",
           "Most commits that a git host is asked for to complete one push; one that moved more waits for an import."),
    NUMBER("JIRASYNC_IMPORT_CHUNK", CONFIG_COMMAND, import_chunk, "5000", 1, 100000, "",
           "Commits recomputed by one job after an import."),
    {.name = NULL},
};

static size_t option_count(void)
{
    return sizeof config_options / sizeof *config_options - 1;
}

/* Connection strings and secrets hold passwords: the bytes are wiped. */
static void forget(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

static const struct config_option *option_named(const char *name)
{
    for (const struct config_option *option = config_options; option->name != NULL; option++)
        if (strcmp(option->name, name) == 0)
            return option;
    return NULL;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits (insert, drop, replace) that make b of a; both are at most as long as the longest option. */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], length = least(strlen(b), 63);

    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t above = row[j];

            row[j] = least(least(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[length];
}

static const char *nearest_name(const char *name)
{
    const char *nearest = config_options[0].name;
    size_t best = distance(name, nearest);

    for (const struct config_option *option = config_options + 1; option->name != NULL; option++) {
        size_t edits = distance(name, option->name);

        if (edits < best) {
            best = edits;
            nearest = option->name;
        }
    }
    return nearest;
}

static bool is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);

    for (const char *at = choices; *at != '\0'; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");

        if (word == length && strncmp(at, value, length) == 0)
            return true;
        at += word;
    }
    return false;
}

static enum error_code set_number(struct config *config, const struct config_option *option, const char *value,
                                  const char *where, struct error *error)
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(value, &end, 10);
    if (errno != 0 || !(isdigit((unsigned char)*value) || *value == '-') || *end != '\0' || number < option->min ||
        number > option->max)
        return error_set(error, ERROR_CONFIG, "%s: %s takes a whole number from %lld to %lld%s%s, not \"%.40s\"", where,
                         option->name, (long long)option->min, (long long)option->max, *option->unit ? " " : "",
                         option->unit, value);
    *(int64_t *)(void *)((char *)config + option->offset) = number;
    return ERROR_NONE;
}

static enum error_code set_text(struct config *config, const struct config_option *option, const char *value,
                                const char *where, struct error *error)
{
    char **text = (char **)(void *)((char *)config + option->offset);
    char *copy = strdup(value);

    if (copy == NULL)
        return error_set(error, ERROR_NO_MEMORY, "%s: no memory for %s", where, option->name);
    forget(*text);
    *text = copy;
    return ERROR_NONE;
}

static enum error_code set_option(struct config *config, const struct config_option *option, const char *value,
                                  const char *where, struct error *error)
{
    if (option->type == CONFIG_NUMBER)
        return set_number(config, option, value, where, error);
    if (option->is_secret && *value == '\0')
        return error_set(error, ERROR_CONFIG, "%s: %s is empty: anybody could sign with it", where, option->name);
    if (option->choices != NULL && !is_choice(option->choices, value))
        return error_set(error, ERROR_CONFIG, "%s: %s takes one of %s, not \"%.40s\"", where, option->name,
                         option->choices, value);
    return set_text(config, option, value, where, error);
}

static enum error_code set_defaults(struct config *config, struct error *error)
{
    for (const struct config_option *option = config_options; option->name != NULL; option++) {
        enum error_code code = ERROR_NONE;

        if (option->is_secret)
            code = set_text(config, option, option->fallback, "default", error);
        else
            code = set_option(config, option, option->fallback, "default", error);
        if (code != ERROR_NONE)
            return code;
    }
    return ERROR_NONE;
}

/* Cuts white space off both ends. */
static char *trimmed(char *text)
{
    size_t length;

    while (isspace((unsigned char)*text))
        text++;
    for (length = strlen(text); length > 0 && isspace((unsigned char)text[length - 1]); length--)
        text[length - 1] = '\0';
    return text;
}

/* Takes the quotes off in place, meaning what systemd means by them: nothing is special between single quotes; between
 * double ones a backslash takes the meaning from " \ $ `. False where the two readers would differ: a quote that is not
 * closed at the end, and a backslash outside quotes (systemd drops it). */
static bool unquote(char *text)
{
    char quote = *text, *to = text, *from = text;

    if (quote != '"' && quote != '\'')
        return strchr(text, '\\') == NULL;
    for (from++; *from != '\0' && *from != quote; from++) {
        if (quote == '"' && *from == '\\' && from[1] != '\0' && strchr("\"\\$`", from[1]) != NULL)
            from++;
        *to++ = *from;
    }
    if (*from != quote || from[1] != '\0')
        return false;
    *to = '\0';
    return true;
}

static enum error_code read_line(struct config *config, char *line, const char *where, struct error *error)
{
    char *text = trimmed(line), *equals = strchr(text, '='), *key, *value;
    const struct config_option *option;

    if (*text == '\0' || *text == '#' || *text == ';')
        return ERROR_NONE;
    if (equals == NULL)
        return error_set(error, ERROR_CONFIG, "%s: expected KEY=value", where);
    *equals = '\0';
    key = trimmed(text);
    value = trimmed(equals + 1);
    option = option_named(key);
    if (option == NULL)
        return error_set(error, ERROR_CONFIG, "%s: unknown option %.60s; the nearest is %s", where, key,
                         nearest_name(key));
    if (!unquote(value))
        return error_set(error, ERROR_CONFIG, "%s: put the value of %s in single quotes, whole", where, option->name);
    return set_option(config, option, value, where, error);
}

static enum error_code read_file(struct config *config, const char *path, struct error *error)
{
    enum error_code code = ERROR_NONE;
    char *line = NULL, where[512];
    size_t size = 0;
    FILE *file = fopen(path, "re");

    if (file == NULL)
        return error_set(error, ERROR_CONFIG, "%s: %s", path, strerror(errno));
    for (int number = 1; code == ERROR_NONE && getline(&line, &size, file) >= 0; number++) {
        (void)snprintf(where, sizeof where, "%s:%d", path, number);
        code = read_line(config, line, where, error);
    }
    if (line != NULL)
        explicit_bzero(line, size);
    free(line);
    (void)fclose(file);
    return code;
}

static enum error_code read_environment(struct config *config, struct error *error)
{
    for (const struct config_option *option = config_options; option->name != NULL; option++) {
        const char *value = getenv(option->name);
        enum error_code code = ERROR_NONE;

        if (value != NULL)
            code = set_option(config, option, value, "environment", error);
        if (code != ERROR_NONE)
            return code;
    }
    return ERROR_NONE;
}

/* "JIRASYNC_STORE_TIMEOUT_MS" is --store-timeout-ms; "JIRA_WEBHOOK_SECRET" is --jira-webhook-secret. */
static void option_flag(const struct config_option *option, char flag[64])
{
    const char *name = strncmp(option->name, "JIRASYNC_", 9) == 0 ? option->name + 9 : option->name;
    size_t i = 0;

    for (; i < 63 && name[i] != '\0'; i++)
        flag[i] = name[i] == '_' ? '-' : (char)tolower((unsigned char)name[i]);
    flag[i] = '\0';
}

static const struct config_option *option_of_flag(const char *word, size_t length, unsigned scope)
{
    char flag[64];

    for (const struct config_option *option = config_options; option->name != NULL; option++) {
        option_flag(option, flag);
        if (option->is_secret || (option->scope & scope) == 0)
            continue;
        if (strlen(flag) == length && strncmp(flag, word, length) == 0)
            return option;
    }
    return NULL;
}

static bool is_config_word(const char *word, const char **value)
{
    *value = NULL;
    if (strncmp(word, "--config=", 9) == 0)
        *value = word + 9;
    return *value != NULL || strcmp(word, "-c") == 0 || strcmp(word, "--config") == 0;
}

/* One pass over the words of the command line: the file's name first, then, with config, the options. */
static enum error_code read_arguments(struct config *config, unsigned scope, int argc, char **argv, const char **path,
                                      int *rest, struct error *error)
{
    int i = 1;

    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0' && strcmp(argv[i], "--") != 0; i++) {
        const char *value, *equals = strchr(argv[i], '=');
        const struct config_option *option = NULL;
        enum error_code code = ERROR_NONE;
        bool names_file = is_config_word(argv[i], &value);

        if (!names_file) {
            size_t length = equals == NULL ? strlen(argv[i]) : (size_t)(equals - argv[i]);

            option = strncmp(argv[i], "--", 2) == 0 ? option_of_flag(argv[i] + 2, length - 2, scope) : NULL;
            if (option == NULL)
                return error_set(error, ERROR_USAGE, "unknown option %.60s (--help lists them)", argv[i]);
            value = equals == NULL ? NULL : equals + 1;
        }
        if (value == NULL && (value = ++i < argc ? argv[i] : NULL) == NULL)
            return error_set(error, ERROR_USAGE, "option %.60s takes a value", argv[i - 1]);
        if (names_file)
            *path = value;
        else if (config != NULL)
            code = set_option(config, option, value, "command line", error);
        if (code != ERROR_NONE)
            return code;
    }
    *rest = i < argc && strcmp(argv[i], "--") == 0 ? i + 1 : i;
    return ERROR_NONE;
}

enum error_code config_load(struct config *config, unsigned scope, int argc, char **argv, int *rest,
                            struct error *error)
{
    const char *path = getenv("JIRASYNC_CONFIG");
    enum error_code code;

    memset(config, 0, sizeof *config);
    code = set_defaults(config, error);
    if (code == ERROR_NONE)
        code = read_arguments(NULL, scope, argc, argv, &path, rest, error);
    if (code == ERROR_NONE && path != NULL && *path != '\0')
        code = read_file(config, path, error);
    if (code == ERROR_NONE)
        code = read_environment(config, error);
    if (code == ERROR_NONE)
        code = read_arguments(config, scope, argc, argv, &path, rest, error);
    return code;
}

void config_free(struct config *config)
{
    for (size_t i = 0; i < option_count(); i++) {
        char **text = (char **)(void *)((char *)config + config_options[i].offset);

        if (config_options[i].type != CONFIG_TEXT)
            continue;
        forget(*text);
        *text = NULL;
    }
}

void config_describe(const struct config_option *option, char *text, size_t size)
{
    const char *space = *option->unit == '\0' ? "" : " ";

    if (option->type == CONFIG_NUMBER)
        (void)snprintf(text, size, "whole number, %lld to %lld%s%s, default %s", (long long)option->min,
                       (long long)option->max, space, option->unit, option->fallback);
    else
        (void)snprintf(text, size, "%s%s, default %s", option->choices == NULL ? "text" : "one of ",
                       option->choices == NULL ? "" : option->choices,
                       *option->fallback == '\0' ? "none" : option->fallback);
}

void config_print_options(FILE *out, unsigned scope)
{
    char flag[64], takes[256];

    for (const struct config_option *option = config_options; option->name != NULL; option++) {
        if ((option->scope & scope) == 0)
            continue;
        option_flag(option, flag);
        config_describe(option, takes, sizeof takes);
        if (option->is_secret)
            (void)fprintf(out, "  %s (environment and file)\n      %s\n      %s\n", option->name, option->help, takes);
        else
            (void)fprintf(out, "  --%s=%s\n      %s\n      %s: %s\n", flag,
                          option->type == CONFIG_NUMBER ? "NUMBER" : "TEXT", option->help, option->name, takes);
    }
}
