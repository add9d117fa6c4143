/* Writes the documents of runs to files. */
#include "artifact.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FULL_PATH_BYTES = 4096,
    HEAD_BYTES = 512,
};

static const unsigned char schema[] = {
#include "run_schema.inc"
};

void artifact_path(const char *run_id, instant generated_at, char path[ARTIFACT_PATH_BYTES])
{
    char at[INSTANT_TEXT_BYTES];
    instant_format(generated_at, 0, at); /* 2026-11-24T04:12:00-07:00 */
    snprintf(path, ARTIFACT_PATH_BYTES, ARTIFACT_FOLDER "/%.10s/%.4s%.2s%.2sT%.2s%.2s%.2s-%.64s.json", at, at,
             at + 5, at + 8, at + 11, at + 14, at + 17, run_id);
}

static enum error_code io_error(struct error *error, const char *verb, const char *path)
{
    return error_set(error, ERROR_IO, "can't %s %s: %s", verb, path, strerror(errno));
}

/* Makes every folder that stands before the last slash of path. */
static enum error_code make_folders(const char *path, struct error *error)
{
    char folder[FULL_PATH_BYTES];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        if (mkdir(folder, 0755) < 0 && errno != EEXIST)
            return io_error(error, "make the folder", folder);
    }
    return ERROR_NONE;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* A rename is durable once its folder is. */
static enum error_code sync_folder_of(const char *path, struct error *error)
{
    char folder[FULL_PATH_BYTES];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0) {
        enum error_code code = io_error(error, "sync the folder", folder);
        if (fd >= 0)
            close(fd);
        return code;
    }
    close(fd);
    return ERROR_NONE;
}

static enum error_code replace_file(const char *path, const char *bytes, size_t length, struct error *error)
{
    char temporary[FULL_PATH_BYTES + 32];
    snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return io_error(error, "create", temporary);
    bool is_written = write_all(fd, bytes, length) && fsync(fd) == 0;
    if (close(fd) < 0 || !is_written || rename(temporary, path) < 0) {
        enum error_code code = io_error(error, "write", path);
        unlink(temporary);
        return code;
    }
    return sync_folder_of(path, error);
}

/* The text of generated_at, which the document has near its start; "" when it has none. */
static void generated_at_of(const char *document, char at[INSTANT_TEXT_BYTES])
{
    static const char name[] = "\"generated_at\"";
    const char *found = strstr(document, name);
    at[0] = '\0';
    if (found && (found = strchr(found + sizeof name - 1, '"')))
        snprintf(at, INSTANT_TEXT_BYTES, "%.*s", (int)strcspn(found + 1, "\""), found + 1);
}

static bool is_older_than_latest(const char *latest, const char *document)
{
    char head[HEAD_BYTES] = "", there[INSTANT_TEXT_BYTES], ours[INSTANT_TEXT_BYTES];
    int fd = open(latest, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, head, sizeof head - 1);
    close(fd);
    head[length > 0 ? length : 0] = '\0';
    generated_at_of(head, there);
    generated_at_of(document, ours);
    return strcmp(ours, there) < 0; /* one format, one offset: the texts sort as the instants do */
}

/* Two workers may close runs at once: the lock keeps the older one from taking the newer one's place. */
static enum error_code replace_latest(const char *folder, const char *document, size_t length,
                                      struct error *error)
{
    char lock[FULL_PATH_BYTES], latest[FULL_PATH_BYTES];
    snprintf(lock, sizeof lock, "%s/.latest.lock", folder);
    snprintf(latest, sizeof latest, "%s/latest.json", folder);
    int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || flock(fd, LOCK_EX) < 0) {
        enum error_code code = io_error(error, "lock", lock);
        if (fd >= 0)
            close(fd);
        return code;
    }
    enum error_code code = ERROR_NONE;
    if (!is_older_than_latest(latest, document))
        code = replace_file(latest, document, length, error);
    close(fd);
    return code;
}

static enum error_code put_schema(const char *folder, struct error *error)
{
    char path[FULL_PATH_BYTES];
    struct stat there;
    snprintf(path, sizeof path, "%s/run.schema.json", folder);
    if (stat(path, &there) == 0 && (size_t)there.st_size == sizeof schema)
        return ERROR_NONE;
    return replace_file(path, (const char *)schema, sizeof schema, error);
}

/* Where the artifacts' folder and the file are in full. */
static enum error_code find_paths(const char *root, const char *path, char folder[FULL_PATH_BYTES / 2],
                                  char full[FULL_PATH_BYTES], struct error *error)
{
    if (strlen(root) + ARTIFACT_PATH_BYTES > FULL_PATH_BYTES / 2)
        return error_set(error, ERROR_IO, "the path of the artifacts' root is too long");
    snprintf(folder, FULL_PATH_BYTES / 2, "%s%s" ARTIFACT_FOLDER, root, *root ? "/" : "");
    snprintf(full, FULL_PATH_BYTES, "%s%s%s", root, *root ? "/" : "", path);
    return ERROR_NONE;
}

enum error_code artifact_restore(const char *root, const char *path, const char *document, size_t length,
                                 struct error *error)
{
    char folder[FULL_PATH_BYTES / 2], full[FULL_PATH_BYTES];
    enum error_code code = find_paths(root, path, folder, full, error);
    if (code == ERROR_NONE)
        code = make_folders(full, error);
    if (code == ERROR_NONE)
        code = put_schema(folder, error);
    return code == ERROR_NONE ? replace_file(full, document, length, error) : code;
}

enum error_code artifact_write(const char *root, const char *path, const char *document, size_t length,
                               struct error *error)
{
    char folder[FULL_PATH_BYTES / 2], full[FULL_PATH_BYTES];
    enum error_code code = artifact_restore(root, path, document, length, error);
    if (code == ERROR_NONE)
        code = find_paths(root, path, folder, full, error);
    return code == ERROR_NONE ? replace_latest(folder, document, length, error) : code;
}

/* True when name begins as pattern says: # is a digit, anything else itself. */
static bool has_shape(const char *name, const char *pattern)
{
    for (; *pattern; name++, pattern++)
        if (*pattern == '#' ? *name < '0' || *name > '9' : *name != *pattern)
            return false;
    return true;
}

/* "20261124T041200-RUN_ID.json", or such a name's temporary file. */
static bool is_artifact(const char *name)
{
    return has_shape(name, "########T######-") && strstr(name, ".json");
}

static bool is_day_before(const char *name, const char *first_day)
{
    return has_shape(name, "####-##-##") && name[10] == '\0' && strcmp(name, first_day) < 0;
}

/* Takes fd over. */
static enum error_code remove_files(int fd, const char *day, int64_t *removed, struct error *error)
{
    DIR *folder = fdopendir(fd);
    if (!folder) {
        close(fd);
        return io_error(error, "read the folder", day);
    }
    enum error_code code = ERROR_NONE;
    for (struct dirent *entry; code == ERROR_NONE && (entry = readdir(folder));) {
        if (!is_artifact(entry->d_name))
            continue;
        if (unlinkat(fd, entry->d_name, 0) == 0)
            (*removed)++;
        else if (errno != ENOENT) /* another worker may be at it */
            code = io_error(error, "remove", entry->d_name);
    }
    closedir(folder);
    return code;
}

static enum error_code remove_day(int parent, const char *day, int64_t *removed, struct error *error)
{
    int fd = openat(parent, day, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? ERROR_NONE
                                                                     : io_error(error, "open the folder", day);
    enum error_code code = remove_files(fd, day, removed, error);
    if (code == ERROR_NONE && unlinkat(parent, day, AT_REMOVEDIR) < 0 && errno != ENOTEMPTY && errno != EEXIST &&
        errno != ENOENT)
        code = io_error(error, "remove the folder", day);
    return code;
}

enum error_code artifact_remove_before(const char *root, const char *first_day, int64_t *removed,
                                       struct error *error)
{
    char path[FULL_PATH_BYTES];
    *removed = 0;
    if (strlen(root) + sizeof ARTIFACT_FOLDER + 1 > sizeof path)
        return error_set(error, ERROR_IO, "the path of the artifacts' root is too long");
    snprintf(path, sizeof path, "%s%s" ARTIFACT_FOLDER, root, *root ? "/" : "");
    DIR *folder = opendir(path);
    if (!folder)
        return errno == ENOENT ? ERROR_NONE : io_error(error, "read the folder", path);
    enum error_code code = ERROR_NONE;
    for (struct dirent *entry; code == ERROR_NONE && (entry = readdir(folder));)
        if (is_day_before(entry->d_name, first_day))
            code = remove_day(dirfd(folder), entry->d_name, removed, error);
    closedir(folder);
    return code;
}
