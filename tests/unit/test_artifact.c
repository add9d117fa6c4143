/* Artifacts: where they lie, and that latest.json is the newest, whole. */
#include "artifact.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[] = "/tmp/js-artifact.XXXXXX";

static int set_up(void **state)
{
    (void)state;
    strcpy(root + sizeof root - 7, "XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command);
}

/* The text of a file below the artifacts' folder, in a buffer that the next call overwrites; "" when there is
 * none. */
static const char *text_of(const char *name)
{
    static char text[16384];
    char path[512];
    snprintf(path, sizeof path, "%s/" ARTIFACT_FOLDER "/%s", root, name);
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    text[length] = '\0';
    return text;
}

static void write_document(const char *run_id, const char *generated_at, const char *rest)
{
    char path[ARTIFACT_PATH_BYTES], document[512];
    struct error error;
    instant at;
    assert_true(instant_parse(generated_at, strlen(generated_at), &at));
    artifact_path(run_id, at, path);
    snprintf(document, sizeof document, "{\"run_id\" : \"%s\", \"generated_at\" : \"%s\", %s}", run_id,
             generated_at, rest);
    if (artifact_write(root, path, document, strlen(document), &error) != ERROR_NONE)
        fail_msg("%s", error.message);
}

static void artifact_path_is_in_phoenix_time(void **state)
{
    char path[ARTIFACT_PATH_BYTES];
    instant at;
    (void)state;
    assert_true(instant_parse("2026-11-24T04:12:00.987Z", 24, &at));
    artifact_path("abc", at, path);
    assert_string_equal(path, "artifacts/issues/wave3/jira_webhook/2026-11-23/20261123T211200-abc.json");
}

static void artifact_write_makes_the_file_the_latest_and_the_schema(void **state)
{
    (void)state;
    write_document("one", "2026-11-24T04:12:00.123-07:00", "\"x\" : 1");
    assert_non_null(strstr(text_of("2026-11-24/20261124T041200-one.json"), "\"x\" : 1"));
    assert_non_null(strstr(text_of("latest.json"), "\"one\""));
    assert_non_null(strstr(text_of("run.schema.json"), "\"title\": \"Correlation run\""));
}

static void latest_is_not_replaced_by_an_older_run(void **state)
{
    (void)state;
    write_document("newer", "2026-11-24T04:12:00.500-07:00", "\"x\" : 1");
    write_document("older", "2026-11-24T04:12:00.499-07:00", "\"x\" : 2");
    assert_non_null(strstr(text_of("latest.json"), "\"newer\""));
    assert_non_null(strstr(text_of("2026-11-24/20261124T041200-older.json"), "\"x\" : 2"));
    write_document("newest", "2026-11-24T04:12:00.501-07:00", "\"x\" : 3");
    assert_non_null(strstr(text_of("latest.json"), "\"newest\""));
}

static void writing_again_does_no_harm(void **state)
{
    (void)state;
    write_document("one", "2026-11-24T04:12:00.123-07:00", "\"x\" : 1");
    write_document("one", "2026-11-24T04:12:00.123-07:00", "\"x\" : 1");
    assert_non_null(strstr(text_of("2026-11-24/20261124T041200-one.json"), "\"x\" : 1"));
}

static void no_temporary_file_is_left(void **state)
{
    char path[512];
    (void)state;
    write_document("one", "2026-11-24T04:12:00.123-07:00", "\"x\" : 1");
    snprintf(path, sizeof path, "%s/" ARTIFACT_FOLDER "/2026-11-24", root);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        assert_null(strstr(entry->d_name, ".tmp"));
    closedir(folder);
}

static int64_t removed_before(const char *first_day)
{
    struct error error;
    int64_t removed = -1;
    if (artifact_remove_before(root, first_day, &removed, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
    return removed;
}

static bool exists(const char *name)
{
    char path[512];
    struct stat there;
    snprintf(path, sizeof path, "%s/" ARTIFACT_FOLDER "/%s", root, name);
    return lstat(path, &there) == 0;
}

static void artifacts_of_days_before_are_removed(void **state)
{
    (void)state;
    write_document("old", "2026-08-25T23:59:59.999-07:00", "\"x\" : 1");
    write_document("older", "2026-08-25T00:00:00.000-07:00", "\"x\" : 1");
    write_document("ancient", "2025-12-31T12:00:00.000-07:00", "\"x\" : 1");
    write_document("kept", "2026-08-26T00:00:00.000-07:00", "\"x\" : 1");
    assert_int_equal(removed_before("2026-08-26"), 3);
    assert_false(exists("2026-08-25"));
    assert_false(exists("2025-12-31"));
    assert_true(exists("2026-08-26/20260826T000000-kept.json"));
    assert_true(exists("latest.json"));
    assert_true(exists("run.schema.json"));
    assert_int_equal(removed_before("2026-08-26"), 0);
}

static void what_is_no_artifact_is_not_removed(void **state)
{
    char command[512];
    (void)state;
    write_document("old", "2026-08-25T12:00:00.000-07:00", "\"x\" : 1");
    snprintf(command, sizeof command,
             "cd '%s/" ARTIFACT_FOLDER "' && mkdir 2026-08-2 2026-08-24.kept elsewhere && touch 2026-08-25/notes.json "
             "elsewhere/20260825T120000-x.json 2026-08-24 && ln -s elsewhere 2026-08-23",
             root);
    assert_int_equal(system(command), 0);
    assert_int_equal(removed_before("2026-08-26"), 1);
    assert_true(exists("2026-08-25/notes.json"));
    assert_true(exists("2026-08-2"));
    assert_true(exists("2026-08-24.kept"));
    assert_true(exists("2026-08-24"));
    assert_true(exists("2026-08-23"));
    assert_true(exists("elsewhere/20260825T120000-x.json"));
}

static void a_root_without_artifacts_has_none_to_remove(void **state)
{
    (void)state;
    assert_int_equal(removed_before("2026-08-26"), 0);
}

static void a_root_that_cannot_be_read_is_an_error(void **state)
{
    char path[8192];
    struct error error;
    int64_t removed;
    (void)state;
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(artifact_remove_before(path, "2026-08-26", &removed, &error), ERROR_IO);
    snprintf(path, sizeof path, "%s/artifacts", root);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(artifact_remove_before(root, "2026-08-26", &removed, &error), ERROR_IO);
    assert_non_null(strstr(error.message, "/artifacts"));
}

static void a_folder_that_cannot_be_made_is_an_error(void **state)
{
    char blocked[512];
    struct error error;
    (void)state;
    snprintf(blocked, sizeof blocked, "%s/artifacts", root);
    FILE *file = fopen(blocked, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(artifact_write(root, ARTIFACT_FOLDER "/d/x.json", "{}", 2, &error), ERROR_IO);
    assert_non_null(strstr(error.message, "/artifacts"));
}

int main(int argc, char **argv)
{
    if (argc > 1 && *argv[1])
        cmocka_set_test_filter(argv[1]);
#define ARTIFACT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ARTIFACT_TEST(artifact_path_is_in_phoenix_time),
        ARTIFACT_TEST(artifact_write_makes_the_file_the_latest_and_the_schema),
        ARTIFACT_TEST(latest_is_not_replaced_by_an_older_run),
        ARTIFACT_TEST(writing_again_does_no_harm),
        ARTIFACT_TEST(no_temporary_file_is_left),
        ARTIFACT_TEST(a_folder_that_cannot_be_made_is_an_error),
        ARTIFACT_TEST(artifacts_of_days_before_are_removed),
        ARTIFACT_TEST(what_is_no_artifact_is_not_removed),
        ARTIFACT_TEST(a_root_without_artifacts_has_none_to_remove),
        ARTIFACT_TEST(a_root_that_cannot_be_read_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
