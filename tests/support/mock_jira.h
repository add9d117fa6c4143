/* A mock of Jira beside a C test: started, steered and asked over HTTP. It ends with the test, whatever ends that. */
#ifndef JIRASYNC_TESTS_MOCK_JIRA_H
#define JIRASYNC_TESTS_MOCK_JIRA_H

#include "http.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct mock_jira {
    pid_t pid;
    int stdin_fd; /* it ends when this is closed */
    char url[64];
    struct http *http; /* for its control paths */
    struct http_body body;
};

static inline void mock_jira_fail(const char *what)
{
    fprintf(stderr, "mock_jira: %s\n", what);
    abort();
}

static inline void mock_jira_exec(int stdin_fd, char *const *argv)
{
    dup2(stdin_fd, STDIN_FILENO);
    execv(argv[0], argv);
    mock_jira_fail("tests/support/mock_jira can't be started: run the tests in the top folder");
}

static inline int mock_jira_port(const char *port_file, pid_t pid)
{
    int port = 0;
    while (port == 0) {
        FILE *file = fopen(port_file, "r");
        if (file != NULL) {
            if (fscanf(file, "%d", &port) != 1)
                mock_jira_fail("no port");
            fclose(file);
        } else if (waitpid(pid, NULL, WNOHANG) == pid) {
            mock_jira_fail("it did not start");
        } else {
            usleep(10000);
        }
    }
    return port;
}

/* words: its options, ended by NULL. */
static inline void mock_jira_start(struct mock_jira *mock, ...)
{
    char *argv[40] = {(char *)"tests/support/mock_jira", (char *)"--until-stdin-ends", (char *)"--port-file"};
    char folder[] = "/tmp/js-mock.XXXXXX", port_file[64];
    const char *scheme = "http";
    int argc = 4, ends[2];
    struct error error;
    va_list words;
    if (mkdtemp(folder) == NULL || pipe2(ends, O_CLOEXEC) != 0) /* another mock must not hold this one's end */
        mock_jira_fail("no folder");
    snprintf(port_file, sizeof port_file, "%s/port", folder);
    argv[3] = port_file;
    va_start(words, mock);
    while ((argv[argc] = va_arg(words, char *)) != NULL) {
        if (strcmp(argv[argc], "--cert") == 0)
            scheme = "https";
        argc++;
    }
    va_end(words);
    (void)setenv("no_proxy", "*", 1);
    mock->pid = fork();
    if (mock->pid == 0) {
        close(ends[1]);
        mock_jira_exec(ends[0], argv);
    }
    close(ends[0]);
    mock->stdin_fd = ends[1];
    mock->body = (struct http_body){0};
    snprintf(mock->url, sizeof mock->url, "%s://127.0.0.1:%d", scheme, mock_jira_port(port_file, mock->pid));
    unlink(port_file);
    rmdir(folder);
    const struct http_options options = {.user_agent = "test", .connect_timeout_ms = 20000, .total_timeout_ms = 20000, .at_once = 1};
    if (http_new(&options, &mock->http, &error) != ERROR_NONE)
        mock_jira_fail(error.message);
}

static inline void mock_jira_stop(struct mock_jira *mock)
{
    close(mock->stdin_fd);
    waitpid(mock->pid, NULL, 0);
    http_free(mock->http);
    http_body_free(&mock->body);
}

/* A request to a control path; the answer, good until the next one. */
static inline const char *mock_jira_control(struct mock_jira *mock, const char *method, const char *path, const char *body)
{
    char url[128];
    struct error error;
    static struct http_answer answer;
    const struct http_request request = {.origin = mock->url,
                                         .url = url,
                                         .method = method,
                                         .body = body,
                                         .body_length = body == NULL ? 0 : strlen(body),
                                         .limit = (size_t)64 << 20,
                                         .take = http_body_take,
                                         .context = &mock->body};
    snprintf(url, sizeof url, "%s/control/%s", mock->url, path);
    http_body_clear(&mock->body);
    if (http_fetch(mock->http, &request, &answer, &error) != ERROR_NONE || answer.status != 200)
        mock_jira_fail("a control path was not answered");
    return mock->body.bytes;
}

/* Adds faults, as JSON in which ' stands for ". */
static inline void mock_jira_fault(struct mock_jira *mock, const char *path, const char *json)
{
    char text[2048];
    snprintf(text, sizeof text, "%s", json);
    for (char *at = text; *at != '\0'; at++)
        if (*at == '\'')
            *at = '"';
    mock_jira_control(mock, "POST", path, text);
}

/* How often a request was answered so ("GET /rest/api/3/issue/STAR 200", with * for STAR). */
static inline long mock_jira_count(struct mock_jira *mock, const char *request)
{
    char name[160];
    const char *counts = mock_jira_control(mock, "GET", "requests", NULL);
    snprintf(name, sizeof name, "\"%s\": ", request);
    const char *found = strstr(counts, name);
    return found == NULL ? 0 : strtol(found + strlen(name), NULL, 10);
}

#endif
