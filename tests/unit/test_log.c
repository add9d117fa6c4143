/* Log lines: valid JSON whatever the bytes, named fields, levels, bounds, one write each, sinks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "instant.h"
#include "log.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_LIMIT 4096 /* PIPE_BUF */

static char path[] = "/tmp/jirasync-log-XXXXXX";

static int make_file(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void open_log(enum log_level level)
{
    struct error error = {0};

    assert_int_equal(truncate(path, 0), 0);
    if (log_open("receiver", path, level, "0123456789abcdef0123456789abcdef", &error) != ERROR_NONE)
        fail_msg("%s", error.message);
}

/* All that was logged. The caller frees. */
static char *logged(void)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;

    assert_non_null(file);
    if (getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    (void)fclose(file);
    return text;
}

/* Strict where cJSON is lax: nothing below 0x20 but the newline at the end; one line, bounded. */
static cJSON *line_read(void)
{
    char *text = logged();
    size_t length = strlen(text);
    cJSON *line;

    assert_true(length > 0 && length < LINE_LIMIT);
    assert_int_equal(text[length - 1], '\n');
    for (size_t i = 0; i < length - 1; i++)
        if ((unsigned char)text[i] < 0x20)
            fail_msg("control character %d at %zu: %s", text[i], i, text);
    line = cJSON_Parse(text);
    if (line == NULL)
        fail_msg("not JSON: %s", text);
    free(text);
    return line;
}

static const char *text_of(const cJSON *line, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, name));
}

static double number_of(const cJSON *line, const char *name)
{
    return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(line, name));
}

static void log_line_has_the_fields_of_the_contract(void **state)
{
    instant at;
    cJSON *line;
    const char *generated;

    (void)state;
    open_log(LOG_LEVEL_INFO);
    log_line(LOG_LEVEL_INFO, LOG_FIELDS(.event_id = "e-1", .source = "default", .event = "jira:issue_updated", .issue_key = "APP-12", .outcome = "applied", .secret_ref = "env:KEY", .duration_us = 1234567, .bytes = 9300, .attempt = 2, .count = 3, .status = 200),
             "stored %d", 1);
    line = line_read();
    generated = text_of(line, "generated_at");
    assert_true(instant_parse(generated, strlen(generated), &at));
    assert_int_equal(strlen(generated), strlen("2026-11-24T04:12:00.123-07:00"));
    assert_string_equal(generated + strlen(generated) - 6, "-07:00");
    assert_true(llabs(instant_now() - at) < INT64_C(60) * 1000000);
    assert_string_equal(text_of(line, "level"), "info");
    assert_string_equal(text_of(line, "message"), "stored 1");
    assert_string_equal(text_of(line, "program"), "receiver");
    assert_true((pid_t)number_of(line, "pid") == getpid());
    assert_string_equal(text_of(line, "run_id"), "0123456789abcdef0123456789abcdef");
    assert_string_equal(text_of(line, "event_id"), "e-1");
    assert_string_equal(text_of(line, "source"), "default");
    assert_string_equal(text_of(line, "event"), "jira:issue_updated");
    assert_string_equal(text_of(line, "issue_key"), "APP-12");
    assert_string_equal(text_of(line, "outcome"), "applied");
    assert_string_equal(text_of(line, "secret_ref"), "env:KEY");
    assert_true(number_of(line, "duration_ms") > 1234.566 && number_of(line, "duration_ms") < 1234.568);
    assert_true((int)number_of(line, "bytes") == 9300);
    assert_true((int)number_of(line, "attempt") == 2);
    assert_true((int)number_of(line, "count") == 3);
    assert_true((int)number_of(line, "status") == 200);
    cJSON_Delete(line);
}

static void log_line_leaves_absent_fields_out(void **state)
{
    cJSON *line;

    (void)state;
    open_log(LOG_LEVEL_INFO);
    log_line(LOG_LEVEL_WARNING, NULL, "plain");
    line = line_read();
    assert_int_equal(cJSON_GetArraySize(line), 6);
    assert_string_equal(text_of(line, "level"), "warning");
    cJSON_Delete(line);
    open_log(LOG_LEVEL_INFO);
    log_line(LOG_LEVEL_INFO, LOG_FIELDS(.bytes = 0), "zero is a number");
    line = line_read();
    assert_int_equal(cJSON_GetArraySize(line), 7);
    cJSON_Delete(line);
}

/* Each byte alone and behind the start of a longer sequence; what comes out is one line of valid JSON. */
static void log_line_escapes_any_bytes(void **state)
{
    static const char *const starts[] = {"", "a", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xED", "\xF4", "\xE0", "\\", "\""};

    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        for (int byte = 1; byte < 256; byte++) {
            char bytes[16];
            cJSON *line;
            wchar_t wide[64];
            const char *id;

            (void)snprintf(bytes, sizeof bytes, "%s%c%s", starts[i], byte, "z");
            open_log(LOG_LEVEL_INFO);
            log_line(LOG_LEVEL_INFO, LOG_FIELDS(.event_id = bytes), "%s", bytes);
            line = line_read();
            id = text_of(line, "event_id");
            assert_string_equal(id, text_of(line, "message"));
            if (mbstowcs(wide, id, 64) == (size_t)-1)
                fail_msg("invalid UTF-8 of \"%s\" and byte %d", starts[i], byte);
            if (byte < 0x80 && i < 2) /* what was valid arrives unchanged */
                assert_string_equal(id, bytes);
            cJSON_Delete(line);
        }
    }
}

static void log_line_keeps_valid_text(void **state)
{
    const char *text = "修复 APP-12 \xF0\x9F\x98\x80 é \xC2\x85 \x7F \t\n\r\"\\/ \xE2\x80\xA8";
    cJSON *line;
    char *raw;

    (void)state;
    open_log(LOG_LEVEL_INFO);
    log_line(LOG_LEVEL_INFO, NULL, "%s", text);
    line = line_read();
    assert_string_equal(text_of(line, "message"), text);
    cJSON_Delete(line);
    raw = logged();
    assert_null(strstr(raw, "\xC2\x85")); /* terminals obey some of these */
    assert_null(strchr(raw, 0x7F));
    free(raw);
}

static void log_line_is_bounded_and_still_json(void **state)
{
    static const char *const fills[] = {"x", "\x01", "\xFF", "\"", "\xF0\x9F\x98\x80", "\xE2\x82"};
    char text[20000];

    (void)state;
    for (size_t i = 0; i < sizeof fills / sizeof *fills; i++) {
        cJSON *line;

        text[0] = '\0';
        for (size_t at = 0; at + 8 < sizeof text; at += strlen(fills[i]))
            memcpy(text + at, fills[i], strlen(fills[i]) + 1);
        open_log(LOG_LEVEL_INFO);
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(.event_id = text, .source = text, .event = text, .issue_key = text, .kind = text, .outcome = text, .error = text, .detail = text),
                 "%s", text);
        line = line_read();
        assert_true(strlen(text_of(line, "message")) >= 200);
        assert_non_null(text_of(line, "run_id"));
        assert_non_null(strstr(text_of(line, "message"), "..."));
        cJSON_Delete(line);
    }
}

static void log_line_honours_the_level(void **state)
{
    char *text;

    (void)state;
    open_log(LOG_LEVEL_WARNING);
    log_line(LOG_LEVEL_DEBUG, NULL, "no");
    log_line(LOG_LEVEL_INFO, NULL, "no");
    text = logged();
    assert_string_equal(text, "");
    free(text);
    log_line(LOG_LEVEL_WARNING, NULL, "yes");
    log_line(LOG_LEVEL_ERROR, NULL, "yes");
    text = logged();
    assert_non_null(strstr(text, "\"level\":\"warning\""));
    assert_non_null(strstr(text, "\"level\":\"error\""));
    free(text);
}

static void log_levels_have_names(void **state)
{
    enum log_level level = LOG_LEVEL_INFO;

    (void)state;
    assert_true(log_level_parse("debug", &level) && level == LOG_LEVEL_DEBUG);
    assert_true(log_level_parse("info", &level) && level == LOG_LEVEL_INFO);
    assert_true(log_level_parse("warning", &level) && level == LOG_LEVEL_WARNING);
    assert_true(log_level_parse("error", &level) && level == LOG_LEVEL_ERROR);
    assert_false(log_level_parse("", &level));
    assert_false(log_level_parse("INFO", &level));
    assert_false(log_level_parse("info ", &level));
}

static void log_error_names_code_and_sqlstate(void **state)
{
    struct error error = {.code = ERROR_DATABASE_AWAY, .sqlstate = "57P01", .message = "terminating connection"};
    cJSON *line;

    (void)state;
    open_log(LOG_LEVEL_INFO);
    log_error(LOG_FIELDS(.source = "default"), &error);
    line = line_read();
    assert_string_equal(text_of(line, "level"), "warning"); /* it may pass by itself */
    assert_string_equal(text_of(line, "error"), "database_unavailable");
    assert_string_equal(text_of(line, "sqlstate"), "57P01");
    assert_string_equal(text_of(line, "message"), "terminating connection");
    assert_string_equal(text_of(line, "source"), "default");
    cJSON_Delete(line);
    open_log(LOG_LEVEL_INFO);
    error = (struct error){.code = ERROR_CONFIG, .message = "100% wrong %s"};
    log_error(NULL, &error);
    line = line_read();
    assert_string_equal(text_of(line, "level"), "error");
    assert_string_equal(text_of(line, "message"), "100% wrong %s");
    assert_null(text_of(line, "sqlstate"));
    cJSON_Delete(line);
}

static void *log_many(void *argument)
{
    char text[900];

    memset(text, *(const char *)argument, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 200; i++)
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(.count = i), "%s", text);
    return NULL;
}

static void log_lines_of_threads_do_not_mix(void **state)
{
    pthread_t threads[4];
    static char letters[] = "abcd";
    char *text, *rest, *line;
    int lines = 0;

    (void)state;
    open_log(LOG_LEVEL_INFO);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, log_many, &letters[i]), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    rest = text = logged();
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        cJSON *json = cJSON_Parse(line);
        const char *message = text_of(json, "message");

        assert_non_null(json);
        assert_int_equal(strspn(message, (char[]){*message, '\0'}), 899);
        cJSON_Delete(json);
        lines++;
    }
    assert_int_equal(lines, 800);
    free(text);
}

static void log_open_names_the_file_it_can_not_write(void **state)
{
    struct error error = {0};

    (void)state;
    assert_int_equal(log_open("receiver", "/nonexistent/log", LOG_LEVEL_INFO, "r", &error), ERROR_IO);
    assert_non_null(strstr(error.message, "/nonexistent/log"));
}

static void log_open_follows_a_rotated_file(void **state)
{
    char moved[sizeof path + 8];
    cJSON *line;

    (void)state;
    open_log(LOG_LEVEL_INFO);
    (void)snprintf(moved, sizeof moved, "%s.1", path);
    assert_int_equal(rename(path, moved), 0);
    assert_int_equal(log_open("receiver", path, LOG_LEVEL_INFO, "r", &(struct error){0}), ERROR_NONE);
    log_line(LOG_LEVEL_INFO, NULL, "after");
    line = line_read();
    assert_string_equal(text_of(line, "message"), "after");
    cJSON_Delete(line);
    assert_int_equal(unlink(moved), 0);
}

/* Stand in for the C library's syslog, under both of its names (the second with _FORTIFY_SOURCE). */
void syslog(int priority, const char *format, ...);
void __syslog_chk(int priority, int flag, const char *format, ...);
static char to_syslog[LINE_LIMIT];
static int syslog_priority;

void syslog(int priority, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(to_syslog, sizeof to_syslog, format, arguments);
    va_end(arguments);
    syslog_priority = priority;
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
    va_list arguments;

    (void)flag;
    va_start(arguments, format);
    (void)vsnprintf(to_syslog, sizeof to_syslog, format, arguments);
    va_end(arguments);
    syslog_priority = priority;
}

/* As spawn-fcgi without -n leaves a program, and with stderr closed. */
static void log_goes_to_syslog_when_stderr_goes_nowhere(void **state)
{
    int kept = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

    (void)state;
    assert_true(kept >= 0 && null >= 0);
    for (int closed = 0; closed < 2; closed++) {
        enum error_code opened;

        to_syslog[0] = '\0';
        if (closed)
            (void)close(STDERR_FILENO);
        else
            (void)dup2(null, STDERR_FILENO);
        opened = log_open("receiver", NULL, LOG_LEVEL_INFO, "r", &(struct error){0});
        log_line(LOG_LEVEL_WARNING, NULL, "100%% to syslog");
        (void)dup2(kept, STDERR_FILENO);
        assert_int_equal(opened, ERROR_NONE);
        assert_non_null(strstr(to_syslog, "\"message\":\"100% to syslog\""));
        assert_int_equal(to_syslog[strlen(to_syslog) - 1], '}');
        assert_int_equal(syslog_priority, 4); /* LOG_WARNING */
    }
    open_log(LOG_LEVEL_INFO);
    (void)close(kept);
    (void)close(null);
}

/* What a child with such a stderr writes to it. The caller frees. */
static char *stderr_of_child(const char *log_path, const char *stderr_path)
{
    char *text;
    int status;
    pid_t child;

    assert_int_equal(truncate(path, 0), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int fd = open(stderr_path, O_WRONLY | O_APPEND);

        if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
            _exit(1);
        if (log_open("receiver", log_path, LOG_LEVEL_INFO, "r", &(struct error){0}) != ERROR_NONE)
            _exit(2);
        log_line(LOG_LEVEL_INFO, NULL, "from the child");
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    text = logged();
    return text;
}

static void log_goes_to_stderr_unless_told_otherwise(void **state)
{
    char *text = stderr_of_child(NULL, path);

    (void)state;
    assert_non_null(strstr(text, "from the child"));
    free(text);
    text = stderr_of_child("", path);
    assert_non_null(strstr(text, "from the child"));
    free(text);
    text = stderr_of_child("syslog", path);
    assert_null(strstr(text, "from the child"));
    free(text);
    text = stderr_of_child(path, "/dev/null");
    assert_non_null(strstr(text, "from the child"));
    free(text);
}

static void log_run_ids_are_fresh_hex(void **state)
{
    char first[33], second[33];

    (void)state;
    log_new_run_id(first);
    log_new_run_id(second);
    assert_int_equal(strlen(first), 32);
    assert_int_equal(strspn(first, "0123456789abcdef"), 32);
    assert_string_not_equal(first, second);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_line_has_the_fields_of_the_contract),
        cmocka_unit_test(log_line_leaves_absent_fields_out),
        cmocka_unit_test(log_line_escapes_any_bytes),
        cmocka_unit_test(log_line_keeps_valid_text),
        cmocka_unit_test(log_line_is_bounded_and_still_json),
        cmocka_unit_test(log_line_honours_the_level),
        cmocka_unit_test(log_levels_have_names),
        cmocka_unit_test(log_error_names_code_and_sqlstate),
        cmocka_unit_test(log_lines_of_threads_do_not_mix),
        cmocka_unit_test(log_open_names_the_file_it_can_not_write),
        cmocka_unit_test(log_open_follows_a_rotated_file),
        cmocka_unit_test(log_goes_to_stderr_unless_told_otherwise),
        cmocka_unit_test(log_goes_to_syslog_when_stderr_goes_nowhere),
        cmocka_unit_test(log_run_ids_are_fresh_hex),
    };

    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        return 1;
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
