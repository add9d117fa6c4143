/* Configuration: precedence, files as systemd reads them, errors that name the place, agreement with the documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAMPLE "docs/examples/jirasync.conf"
#define MANUAL "docs/man/jirasync.conf.5"

static char path[] = "/tmp/jirasync-conf-XXXXXX";
static struct config config;
static struct error error;

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

static int clear(void **state)
{
    (void)state;
    for (const struct config_option *option = config_options; option->name != NULL; option++)
        (void)unsetenv(option->name);
    (void)unsetenv("JIRASYNC_CONFIG");
    memset(&config, 0, sizeof config);
    error = (struct error){0};
    return 0;
}

static int forget(void **state)
{
    (void)state;
    config_free(&config);
    return 0;
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* Loads for a program; words after the program's name, ended by NULL. Any older configuration is freed. */
static enum error_code load(unsigned scope, int *rest, ...)
{
    char *argv[20] = {(char *)"program"};
    int argc = 1, ignored;
    va_list words;
    char *word;

    config_free(&config);
    va_start(words, rest);
    while ((word = va_arg(words, char *)) != NULL)
        argv[argc++] = word;
    va_end(words);
    return config_load(&config, scope, argc, argv, rest == NULL ? &ignored : rest, &error);
}

static enum error_code load_file(const char *text)
{
    write_file(text);
    return load(CONFIG_RECEIVER, NULL, "-c", path, NULL);
}

static void refuses(const char *text, const char *expected)
{
    if (load_file(text) != ERROR_CONFIG)
        fail_msg("\"%s\" is taken", text);
    if (strstr(error.message, expected) == NULL)
        fail_msg("\"%s\": \"%s\" does not say \"%s\"", text, error.message, expected);
}

static void config_defaults_are_the_documented_ones(void **state)
{
    (void)state;
    assert_int_equal(load(CONFIG_RECEIVER, NULL, NULL), ERROR_NONE);
    assert_int_equal(config.threads, 64);
    assert_int_equal(config.processes, 0);
    assert_int_equal(config.max_body_bytes, 26214400);
    assert_int_equal(config.store_timeout_ms, 5000);
    assert_int_equal(config.batch_rows, 64);
    assert_int_equal(config.run_interval_ms, 10000);
    assert_string_equal(config.log_level, "info");
    assert_string_equal(config.webhook_secret, "");
    assert_string_equal(config.sources_file, "");
}

static void config_takes_command_line_over_environment_over_file(void **state)
{
    (void)state;
    write_file("JIRASYNC_THREADS=2\nJIRASYNC_BATCH_ROWS=2\nJIRASYNC_PROCESSES=2\n");
    assert_int_equal(setenv("JIRASYNC_THREADS", "3", 1), 0);
    assert_int_equal(setenv("JIRASYNC_BATCH_ROWS", "3", 1), 0);
    assert_int_equal(load(CONFIG_RECEIVER, NULL, "--threads=4", "--config", path, NULL), ERROR_NONE);
    assert_int_equal(config.threads, 4);
    assert_int_equal(config.batch_rows, 3);
    assert_int_equal(config.processes, 2);
    assert_int_equal(config.retry_after_s, 30);
}

static void config_finds_the_file_in_each_way(void **state)
{
    char joined[64];

    (void)state;
    write_file("JIRASYNC_THREADS=7\n");
    (void)snprintf(joined, sizeof joined, "--config=%s", path);
    assert_int_equal(load(CONFIG_RECEIVER, NULL, joined, NULL), ERROR_NONE);
    assert_int_equal(config.threads, 7);
    assert_int_equal(load(CONFIG_RECEIVER, NULL, "-c", path, NULL), ERROR_NONE);
    assert_int_equal(config.threads, 7);
    assert_int_equal(setenv("JIRASYNC_CONFIG", path, 1), 0);
    assert_int_equal(load(CONFIG_RECEIVER, NULL, NULL), ERROR_NONE);
    assert_int_equal(config.threads, 7);
    assert_int_equal(load(CONFIG_RECEIVER, NULL, "-c", "/nonexistent/conf", NULL), ERROR_CONFIG);
    assert_non_null(strstr(error.message, "/nonexistent/conf"));
}

static void config_stops_at_the_first_word_that_is_no_option(void **state)
{
    int rest = 0;

    (void)state;
    assert_int_equal(load(CONFIG_COMMAND, &rest, "--import-chunk", "10", "import-commits", "--source", "git", NULL), ERROR_NONE);
    assert_int_equal(rest, 3);
    assert_int_equal(config.import_chunk, 10);
    assert_int_equal(load(CONFIG_COMMAND, &rest, "--", "--threads", NULL), ERROR_NONE);
    assert_int_equal(rest, 2);
    assert_int_equal(load(CONFIG_COMMAND, &rest, "-", NULL), ERROR_NONE);
    assert_int_equal(rest, 1);
}

static void config_refuses_words_it_does_not_know(void **state)
{
    (void)state;
    assert_int_equal(load(CONFIG_RECEIVER, NULL, "--threds=4", NULL), ERROR_USAGE);
    assert_non_null(strstr(error.message, "--threds"));
    assert_int_equal(load(CONFIG_RECEIVER, NULL, "-x", NULL), ERROR_USAGE);
    assert_int_equal(load(CONFIG_WORKER, NULL, "--threads=4", NULL), ERROR_USAGE); /* the receiver's */
    assert_int_equal(load(CONFIG_RECEIVER, NULL, "--threads", NULL), ERROR_USAGE);
    assert_non_null(strstr(error.message, "takes a value"));
    assert_int_equal(load(CONFIG_RECEIVER, NULL, "-c", NULL), ERROR_USAGE);
}

static void config_keeps_secrets_off_the_command_line(void **state)
{
    (void)state;
    assert_int_equal(load(CONFIG_RECEIVER, NULL, "--jira-webhook-secret=hunter2", NULL), ERROR_USAGE);
    assert_int_equal(load(CONFIG_RECEIVER, NULL, "--jira-webhook-secret-file=/run/secret", NULL), ERROR_NONE);
    assert_string_equal(config.webhook_secret_file, "/run/secret");
}

static void config_reads_values_as_systemd_does(void **state)
{
    static const struct {
        const char *text, *value;
    } rows[] = {
        {"JIRASYNC_ARTIFACTS=/srv/a", "/srv/a"},
        {"  JIRASYNC_ARTIFACTS  =  /srv/a b  \r\n", "/srv/a b"},
        {"JIRASYNC_ARTIFACTS=\"/srv/a b \"", "/srv/a b "},
        {"JIRASYNC_ARTIFACTS='/srv/a \"b\" \\'", "/srv/a \"b\" \\"},
        {"JIRASYNC_ARTIFACTS=\"a\\\"b\\\\c\\$d\\`e\\n\"", "a\"b\\c$d`e\\n"},
        {"JIRASYNC_ARTIFACTS=a=b#c;d", "a=b#c;d"},
        {"JIRASYNC_ARTIFACTS=it's", "it's"},
        {"JIRASYNC_ARTIFACTS=''", ""},
        {"JIRASYNC_ARTIFACTS=", ""},
        {"JIRASYNC_ARTIFACTS=one\nJIRASYNC_ARTIFACTS=two", "two"},
        {"# JIRASYNC_ARTIFACTS=a\n\n  ; b\n\t\n#\nJIRASYNC_ARTIFACTS=c", "c"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (load_file(rows[i].text) != ERROR_NONE)
            fail_msg("%s: %s", rows[i].text, error.message);
        assert_string_equal(config.artifacts_dir, rows[i].value);
    }
}

static void config_refuses_what_systemd_would_read_otherwise(void **state)
{
    (void)state;
    refuses("JIRASYNC_ARTIFACTS=a\\b", ":1:");
    refuses("JIRASYNC_ARTIFACTS=\"a", "quotes");
    refuses("JIRASYNC_ARTIFACTS='a", "quotes");
    refuses("JIRASYNC_ARTIFACTS=\"a\"b", "quotes");
    refuses("JIRASYNC_ARTIFACTS='a'b'", "quotes");
    refuses("JIRASYNC_ARTIFACTS=\"a\\\"", "quotes");
}

static void config_names_file_line_and_the_nearest_option(void **state)
{
    char where[64];

    (void)state;
    (void)snprintf(where, sizeof where, "%s:3:", path);
    refuses("# a\n\nJIRASYNC_THREDS=4\n", where);
    refuses("# a\n\nJIRASYNC_THREDS=4\n", "the nearest is JIRASYNC_THREADS");
    refuses("jirasync_threads=4\n", "unknown option jirasync_threads");
    refuses("JIRASYNC_STORE_TIMEOUT=4\n", "the nearest is JIRASYNC_STORE_TIMEOUT_MS");
    refuses("export JIRASYNC_THREADS=4\n", "unknown option");
    refuses("JIRASYNC_THREADS 4\n", "KEY=value");
    refuses("=4\n", "unknown option");
    refuses("XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX=4\n", "unknown");
}

static void config_checks_numbers(void **state)
{
    static const char *const bad[] = {"", " ", "0", "257", "-1", "1.5", "16k", "0x10", "sixteen", "99999999999999999999", "+4"};
    char text[128];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        (void)snprintf(text, sizeof text, "JIRASYNC_THREADS=%s\n", bad[i]);
        refuses(text, "JIRASYNC_THREADS takes a whole number from 1 to 256");
    }
    refuses("JIRASYNC_POLL_MS=1\n", "from 10 to 60000 ms");
    assert_int_equal(load_file("JIRASYNC_THREADS=1\n"), ERROR_NONE);
    assert_int_equal(load_file("JIRASYNC_THREADS=256\n"), ERROR_NONE);
    assert_int_equal(setenv("JIRASYNC_THREADS", "many", 1), 0);
    refuses("", "environment: JIRASYNC_THREADS");
}

static void config_checks_choices(void **state)
{
    (void)state;
    refuses("JIRASYNC_LOG_LEVEL=verbose\n", "one of debug info warning error");
    refuses("JIRASYNC_LOG_LEVEL=\n", "one of");
    refuses("JIRASYNC_LOG_LEVEL=inf\n", "one of");
    refuses("JIRASYNC_LOG_LEVEL='debug info'\n", "one of");
    assert_int_equal(load_file("JIRASYNC_LOG_LEVEL=error\n"), ERROR_NONE);
    assert_string_equal(config.log_level, "error");
}

static void config_refuses_an_empty_secret_and_shows_none(void **state)
{
    (void)state;
    refuses("JIRA_WEBHOOK_SECRET=\n", "JIRA_WEBHOOK_SECRET is empty");
    refuses("JIRA_WEBHOOK_SECRET=''\n", "JIRA_WEBHOOK_SECRET is empty");
    refuses("JIRA_WEBHOOK_SECRET=\"hunter2\n", "quotes");
    assert_null(strstr(error.message, "hunter2"));
    assert_int_equal(setenv("JIRA_WEBHOOK_SECRET", "", 1), 0);
    refuses("", "JIRA_WEBHOOK_SECRET is empty");
}

/* A whole file; the caller frees. */
static char *file_text(const char *name)
{
    FILE *file = fopen(name, "r");
    char *text = NULL;
    size_t size = 0;

    if (file == NULL)
        fail_msg("%s can't be opened", name);
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    (void)fclose(file);
    return text;
}

static const struct config_option *option_named(const char *name, size_t length)
{
    for (const struct config_option *option = config_options; option->name != NULL; option++)
        if (strlen(option->name) == length && strncmp(option->name, name, length) == 0)
            return option;
    return NULL;
}

static void contains(const char *text, const char *expected, const char *where)
{
    if (strstr(text, expected) == NULL)
        fail_msg("%s lacks: %s", where, expected);
}

static void config_help_shows_each_option_of_the_program(void **state)
{
    static const unsigned scopes[] = {CONFIG_RECEIVER, CONFIG_WORKER, CONFIG_COMMAND};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);

        assert_non_null(out);
        config_print_options(out, scopes[i]);
        assert_int_equal(fclose(out), 0);
        for (const struct config_option *option = config_options; option->name != NULL; option++) {
            char takes[256], line[512];

            config_describe(option, takes, sizeof takes);
            (void)snprintf(line, sizeof line, "%s: %s\n", option->name, takes);
            if ((option->scope & scopes[i]) == 0)
                assert_null(strstr(text, line));
            else
                contains(text, option->is_secret ? option->name : line, "--help");
        }
        free(text);
    }
}

static void config_options_are_well_made(void **state)
{
    (void)state;
    assert_int_equal(load(CONFIG_RECEIVER, NULL, NULL), ERROR_NONE); /* so each default is within its range */
    for (const struct config_option *option = config_options; option->name != NULL; option++) {
        assert_ptr_equal(option_named(option->name, strlen(option->name)), option); /* no name twice */
        assert_true(strlen(option->name) < 64);
        assert_int_equal(option->help[strlen(option->help) - 1], '.');
        assert_true((option->scope & CONFIG_ALL) != 0);
        for (const struct config_option *other = config_options; other != option; other++)
            assert_true(other->offset != option->offset);
    }
}

static void config_sample_shows_each_option_with_its_default(void **state)
{
    char *text = file_text(SAMPLE), *rest = text, *line;
    size_t shown = 0, options = 0;

    (void)state;
    for (const struct config_option *option = config_options; option->name != NULL; option++, options++) {
        char takes[256], expected[1024];

        config_describe(option, takes, sizeof takes);
        (void)snprintf(expected, sizeof expected, "\n# %s\n# %s\n#%s=%s\n", option->help, takes, option->name, option->fallback);
        contains(text, expected, SAMPLE);
    }
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (*line != '\0' && *line != '#')
            fail_msg(SAMPLE " sets %s", line);
        shown += *line == '#' && isupper((unsigned char)line[1]);
    }
    assert_int_equal(shown, options); /* and no other */
    free(text);
}

static void config_sample_with_all_lines_active_is_the_default(void **state)
{
    char *text = file_text(SAMPLE), *rest = text, *line;
    struct config plain;
    FILE *file = fopen(path, "w");

    (void)state;
    assert_int_equal(load(CONFIG_RECEIVER, NULL, NULL), ERROR_NONE);
    plain = config;
    memset(&config, 0, sizeof config);
    assert_non_null(file);
    while ((line = strsep(&rest, "\n")) != NULL)
        if (*line == '#' && isupper((unsigned char)line[1]) && strncmp(line, "#JIRA_WEBHOOK_SECRET=", 21) != 0)
            assert_true(fprintf(file, "%s\n", line + 1) > 0);
    assert_int_equal(fclose(file), 0);
    if (load(CONFIG_RECEIVER, NULL, "-c", path, NULL) != ERROR_NONE)
        fail_msg("%s", error.message);
    for (const struct config_option *option = config_options; option->name != NULL; option++) {
        const char *a = (const char *)&plain + option->offset, *b = (const char *)&config + option->offset;

        if (option->type == CONFIG_NUMBER)
            assert_memory_equal(a, b, sizeof(int64_t));
        else
            assert_string_equal(*(char *const *)(const void *)a, *(char *const *)(const void *)b);
    }
    config_free(&plain);
    free(text);
}

/* The page's text is filled to lines; compared are words. */
static void fold_space(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++)
        if (!isspace((unsigned char)*from))
            *to++ = *from;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    *to = '\0';
}

static void config_manual_tells_each_option(void **state)
{
    char *text = file_text(MANUAL), *end, *at;
    size_t shown = 0, options = 0;

    (void)state;
    fold_space(text);
    for (const struct config_option *option = config_options; option->name != NULL; option++, options++) {
        char takes[256], expected[1024];

        config_describe(option, takes, sizeof takes);
        (void)snprintf(expected, sizeof expected, ".It Cm %s %s Takes %s. ", option->name, option->help, takes);
        contains(text, expected, MANUAL);
    }
    end = strstr(text, ".Sh SOURCES");
    assert_non_null(end);
    *end = '\0';
    for (at = strstr(text, ".It Cm "); at != NULL; at = strstr(at + 1, ".It Cm "))
        shown++;
    assert_int_equal(shown, options);
    free(text);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, clear, forget)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        EACH(config_defaults_are_the_documented_ones),
        EACH(config_takes_command_line_over_environment_over_file),
        EACH(config_finds_the_file_in_each_way),
        EACH(config_stops_at_the_first_word_that_is_no_option),
        EACH(config_refuses_words_it_does_not_know),
        EACH(config_keeps_secrets_off_the_command_line),
        EACH(config_reads_values_as_systemd_does),
        EACH(config_refuses_what_systemd_would_read_otherwise),
        EACH(config_names_file_line_and_the_nearest_option),
        EACH(config_checks_numbers),
        EACH(config_checks_choices),
        EACH(config_refuses_an_empty_secret_and_shows_none),
        EACH(config_help_shows_each_option_of_the_program),
        EACH(config_options_are_well_made),
        EACH(config_sample_shows_each_option_with_its_default),
        EACH(config_sample_with_all_lines_active_is_the_default),
        EACH(config_manual_tells_each_option),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
