/* Runs git without a shell and reads its output record by record. */
#include "git_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 32
#define BUFFER_BYTES 65536

struct git_process {
    pid_t pid;
    int output, errors; /* a pipe; a file in memory */
    char *path;
    char *buffer;
    size_t size, start, end;
    int failure; /* errno of a read or an allocation that failed */
};

/* A file in memory that holds bytes and stands at its beginning; -1 on failure. */
static int memory_file(const char *bytes, size_t length)
{
    int file = memfd_create("jirasync-git", MFD_CLOEXEC);
    for (size_t done = 0; file >= 0 && done < length;) {
        ssize_t written = write(file, bytes + done, length - done);
        if (written < 0 && errno != EINTR) {
            close(file);
            return -1;
        }
        done += written > 0 ? (size_t)written : 0;
    }
    if (file >= 0 && lseek(file, 0, SEEK_SET) < 0) {
        close(file);
        return -1;
    }
    return file;
}

static void clean_environment(void)
{
    static const char *const misleading[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
                                             "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE",
                                             "GIT_CEILING_DIRECTORIES", "GIT_TRACE", "GIT_EXTERNAL_DIFF"};
    for (size_t i = 0; i < sizeof misleading / sizeof misleading[0]; i++) {
        unsetenv(misleading[i]);
    }
    setenv("GIT_NO_REPLACE_OBJECTS", "1", 1);
    setenv("GIT_TERMINAL_PROMPT", "0", 1);
    setenv("GIT_OPTIONAL_LOCKS", "0", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
}

static _Noreturn void become_git(const char *const *words, int input, int output, int errors)
{
    if (dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0) {
        signal(SIGPIPE, SIG_DFL);
        clean_environment();
        /* execvp does not write to the words, it only lacks const */
        char *copy[ARGUMENTS_MAX + 8];
        memcpy(copy, words, sizeof copy);
        execvp("git", copy);
    }
    dprintf(errors, "cannot run git: %s\n", strerror(errno));
    _exit(127);
}

static bool list_words(const char *path, const char *const *arguments, const char *words[ARGUMENTS_MAX + 8])
{
    static const char *const first[] = {"git", "-c", "log.showSignature=false", "-C"};
    size_t count = sizeof first / sizeof first[0];
    memcpy(words, first, sizeof first);
    words[count++] = path;
    for (; *arguments; arguments++) {
        if (count == ARGUMENTS_MAX + 7) {
            return false;
        }
        words[count++] = *arguments;
    }
    return true;
}

static void free_process(struct git_process *process)
{
    if (process->output >= 0) {
        close(process->output);
    }
    if (process->errors >= 0) {
        close(process->errors);
    }
    free(process->path);
    free(process->buffer);
    free(process);
}

static struct git_process *new_process(const char *path)
{
    struct git_process *process = calloc(1, sizeof *process);
    if (!process) {
        return NULL;
    }
    process->pid = -1;
    process->output = process->errors = -1;
    process->path = strdup(path);
    process->buffer = malloc(BUFFER_BYTES);
    process->size = BUFFER_BYTES;
    process->errors = memory_file(NULL, 0);
    if (!process->path || !process->buffer || process->errors < 0) {
        free_process(process);
        return NULL;
    }
    return process;
}

/* Forks git with its three streams; errno tells why not. */
static bool launch(struct git_process *process, const char *const *words, int input)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    process->output = ends[0];
    process->pid = fork();
    if (process->pid == 0) {
        become_git(words, input, ends[1], process->errors);
    }
    close(ends[1]);
    return process->pid > 0;
}

enum error_code git_process_start(const char *path, const char *const *arguments, const char *input, size_t length,
                                  struct git_process **process, struct error *error)
{
    const char *words[ARGUMENTS_MAX + 8] = {NULL};
    if (!list_words(path, arguments, words)) {
        return error_set(error, ERROR_INPUT, "too many arguments for git");
    }
    struct git_process *started = new_process(path);
    int file = started ? memory_file(input, length) : -1;
    if (file < 0 || !launch(started, words, file)) {
        int failure = errno;
        if (started) {
            free_process(started);
        }
        if (file >= 0) {
            close(file);
        }
        return error_set(error, ERROR_IO, "git could not be started: %s", strerror(failure));
    }
    close(file);
    *process = started;
    return ERROR_NONE;
}

/* Reads more behind what is buffered, making room; false at the end of the output. */
static bool read_more(struct git_process *process)
{
    if (process->start > 0) {
        memmove(process->buffer, process->buffer + process->start, process->end - process->start);
        process->end -= process->start;
        process->start = 0;
    }
    if (process->end == process->size) {
        char *larger = realloc(process->buffer, 2 * process->size);
        if (!larger) {
            process->failure = ENOMEM;
            return false;
        }
        process->buffer = larger;
        process->size *= 2;
    }
    ssize_t got;
    do {
        got = read(process->output, process->buffer + process->end, process->size - process->end);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        process->failure = errno;
    }
    process->end += got > 0 ? (size_t)got : 0;
    return got > 0;
}

bool git_process_next(struct git_process *process, const char **record, size_t *length)
{
    size_t searched = 0;
    for (;;) {
        const char *begin = process->buffer + process->start;
        const char *nul = memchr(begin + searched, '\0', process->end - process->start - searched);
        if (nul) {
            *record = begin;
            *length = (size_t)(nul - begin);
            process->start += *length + 1;
            return true;
        }
        searched = process->end - process->start;
        if (!read_more(process)) {
            return false;
        }
    }
}

/* What git wrote to its standard error, on one line. */
static void read_errors(const struct git_process *process, char *text, size_t size)
{
    ssize_t got = pread(process->errors, text, size - 1, 0);
    text[got > 0 ? got : 0] = '\0';
    for (char *at = text; *at; at++) {
        if (*at == '\n' || *at == '\t') {
            *at = ' ';
        }
    }
    for (size_t end = strlen(text); end > 0 && text[end - 1] == ' '; end--) {
        text[end - 1] = '\0';
    }
}

static enum error_code report(const struct git_process *process, int status, struct error *error)
{
    char said[320];
    read_errors(process, said, sizeof said);
    if (strstr(said, "dubious ownership")) {
        return error_set(error, ERROR_INPUT,
                         "git refuses %.160s because it belongs to another user: run this as its owner, or allow it "
                         "with `git config --global --add safe.directory PATH`",
                         process->path);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        return error_set(error, ERROR_IO, "%s", said[0] ? said : "cannot run git");
    }
    if (WIFSIGNALED(status)) {
        return error_set(error, ERROR_IO, "git was ended by signal %d %s", WTERMSIG(status), said);
    }
    return error_set(error, ERROR_INPUT, "%s", said[0] ? said : "git failed without a word");
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

enum error_code git_process_finish(struct git_process *process, struct error *error)
{
    enum error_code code = ERROR_NONE;
    close(process->output);
    process->output = -1;
    int status = wait_for(process->pid);
    if (process->failure != 0) {
        code = error_set(error, ERROR_IO, "reading from git: %s", strerror(process->failure));
    } else if (status != 0) {
        code = report(process, status, error);
    }
    free_process(process);
    return code;
}

void git_process_abandon(struct git_process *process)
{
    if (process) {
        kill(process->pid, SIGTERM);
        wait_for(process->pid);
        free_process(process);
    }
}

enum error_code git_process_line(const char *path, const char *const *arguments, char **text, struct error *error)
{
    struct git_process *process;
    enum error_code code = git_process_start(path, arguments, NULL, 0, &process, error);
    if (code != ERROR_NONE) {
        return code;
    }
    while (read_more(process)) {
    }
    size_t length = process->end;
    while (length > 0 && process->buffer[length - 1] == '\n') {
        length--;
    }
    char *line = strndup(process->buffer, length);
    code = git_process_finish(process, error);
    if (code == ERROR_NONE && !line) {
        code = error_set(error, ERROR_NO_MEMORY, "out of memory");
    }
    if (code != ERROR_NONE) {
        free(line);
        return code;
    }
    *text = line;
    return ERROR_NONE;
}
