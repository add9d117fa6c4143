/* Entities: what each event tells, whose they are, what is refused, and what counts as absent. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "normalize.h"
#include "normalize_entity.h"
#include "support/fixture.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    normalize_init();
    arena = arena_new(8 << 20);
    return arena == NULL ? -1 : 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static int reset_arena(void **state)
{
    (void)state;
    arena_reset(arena);
    return 0;
}

static struct normal_form *normalized(const char *body)
{
    struct normal_form *form = NULL;
    struct error error = {0};

    if (normalize_jira(body, strlen(body), NULL, arena, &form, &error) != ERROR_NONE)
        fail_msg("%s: %s: %s", body, error_name(error.code), error.message);
    assert_int_equal(error.code, ERROR_NONE);
    return form;
}

/* The one entity of a body. */
static const struct normal_entity *entity_of(const char *body)
{
    struct normal_form *form = normalized(body);

    if (form->entity_count != 1)
        fail_msg("%s: %zu entities", body, form->entity_count);
    return form->entities;
}

static void assert_text(const char *body, const char *found, const char *expected)
{
    if ((found == NULL) != (expected == NULL) || (found != NULL && strcmp(found, expected) != 0))
        fail_msg("%s: \"%s\" instead of \"%s\"", body, found == NULL ? "NULL" : found,
                 expected == NULL ? "NULL" : expected);
}

static void each_event_has_its_kind_member_and_mark(void **state)
{
    static const struct {
        const char *event, *kind, *member, *id;
        enum normal_mark mark;
    } rows[] = {
        {"comment_created", "comment", "comment", "1", NORMAL_SHOWN},
        {"comment_updated", "comment", "comment", "1", NORMAL_SHOWN},
        {"comment_deleted", "comment", "comment", "1", NORMAL_DELETED},
        {"worklog_created", "worklog", "worklog", "2", NORMAL_SHOWN},
        {"worklog_updated", "worklog", "worklog", "2", NORMAL_SHOWN},
        {"jira:worklog_updated", "worklog", "worklog", "2", NORMAL_SHOWN},
        {"worklog_deleted", "worklog", "worklog", "2", NORMAL_DELETED},
        {"attachment_created", "attachment", "attachment", "3", NORMAL_SHOWN},
        {"attachment_deleted", "attachment", "attachment", "3", NORMAL_DELETED},
        {"issuelink_created", "issue_link", "issueLink", "4", NORMAL_SHOWN},
        {"issuelink_deleted", "issue_link", "issueLink", "4", NORMAL_DELETED},
        {"jira:version_created", "version", "version", "5", NORMAL_SHOWN},
        {"jira:version_updated", "version", "version", "5", NORMAL_SHOWN},
        {"jira:version_released", "version", "version", "5", NORMAL_SHOWN},
        {"jira:version_unreleased", "version", "version", "5", NORMAL_SHOWN},
        {"jira:version_moved", "version", "version", "5", NORMAL_SHOWN},
        {"jira:version_deleted", "version", "version", "5", NORMAL_DELETED},
        {"jira:version_merged", "version", "version", "5", NORMAL_DELETED},
        {"project_created", "project", "project", "6", NORMAL_SHOWN},
        {"project_updated", "project", "project", "6", NORMAL_SHOWN},
        {"project_deleted", "project", "project", "6", NORMAL_DELETED},
        {"project_soft_deleted", "project", "project", "6", NORMAL_DELETED},
        {"project_restored_deleted", "project", "project", "6", NORMAL_RESTORED},
        {"project_archived", "project", "project", "6", NORMAL_ARCHIVED},
        {"project_restored_archived", "project", "project", "6", NORMAL_UNARCHIVED},
        {"sprint_created", "sprint", "sprint", "7", NORMAL_SHOWN},
        {"sprint_updated", "sprint", "sprint", "7", NORMAL_SHOWN},
        {"sprint_started", "sprint", "sprint", "7", NORMAL_SHOWN},
        {"sprint_closed", "sprint", "sprint", "7", NORMAL_SHOWN},
        {"sprint_deleted", "sprint", "sprint", "7", NORMAL_DELETED},
        {"board_created", "board", "board", "8", NORMAL_SHOWN},
        {"board_updated", "board", "board", "8", NORMAL_SHOWN},
        {"board_deleted", "board", "board", "8", NORMAL_DELETED},
        {"board_configuration_changed", "board_configuration", "configuration", "9", NORMAL_SHOWN},
        {"user_created", "user", "user", "u", NORMAL_SHOWN},
        {"user_updated", "user", "user", "u", NORMAL_SHOWN},
        {"user_deleted", "user", "user", "u", NORMAL_DELETED},
        {"issue_property_set", "issue_property", "property", "20/p", NORMAL_SHOWN},
        {"issue_property_deleted", "issue_property", "property", "20/p", NORMAL_DELETED},
        {"comment_property_set", "comment_property", "property", "1/p", NORMAL_SHOWN},
        {"comment_property_deleted", "comment_property", "property", "1/p", NORMAL_DELETED},
        {"issuetype_created", "issue_type", "issuetype", "10", NORMAL_SHOWN},
        {"issuetype_updated", "issue_type", "issuetype", "10", NORMAL_SHOWN},
        {"issuetype_deleted", "issue_type", "issuetype", "10", NORMAL_DELETED},
        {"filter_created", "filter", "filter", "11", NORMAL_SHOWN},
        {"filter_updated", "filter", "filter", "11", NORMAL_SHOWN},
        {"filter_deleted", "filter", "filter", "11", NORMAL_DELETED},
        {"option_voting_changed", "option", "property", "p", NORMAL_SHOWN},
        {"option_watching_changed", "option", "property", "p", NORMAL_SHOWN},
        {"option_unassigned_issues_changed", "option", "property", "p", NORMAL_SHOWN},
        {"option_subtasks_changed", "option", "property", "p", NORMAL_SHOWN},
        {"option_attachments_changed", "option", "property", "p", NORMAL_SHOWN},
        {"option_issuelinks_changed", "option", "property", "p", NORMAL_SHOWN},
        {"option_timetracking_changed", "option", "property", "p", NORMAL_SHOWN},
        {"option_timetracking_provider_changed", "option", "property", "p", NORMAL_SHOWN},
    };
    char body[1024];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct normal_entity *entity;

        snprintf(body, sizeof body,
                 "{\"comment\": {\"id\": 1}, \"worklog\": {\"id\": 2}, \"attachment\": {\"id\": 3}, \"issueLink\": {\"id\": 4},"
                 " \"version\": {\"id\": 5}, \"project\": {\"id\": 6}, \"sprint\": {\"id\": 7}, \"board\": {\"id\": 8},"
                 " \"configuration\": {\"id\": 9}, \"user\": {\"name\": \"u\"}, \"property\": {\"key\": \"p\"},"
                 " \"issuetype\": {\"id\": 10}, \"filter\": {\"id\": 11}, \"issue\": {\"id\": 20}, \"webhookEvent\": \"%s\"}",
                 rows[i].event);
        entity = entity_of(body);
        assert_string_equal(normalized(body)->event, rows[i].event);
        assert_text(rows[i].event, entity->kind, rows[i].kind);
        assert_text(rows[i].event, entity->member, rows[i].member);
        assert_text(rows[i].event, entity->id, rows[i].id);
        assert_int_equal(entity->mark, rows[i].mark);
    }
}

static void an_entity_of_an_issue_tells_which(void **state)
{
    static const struct {
        const char *body;
        int64_t issue_id; /* 0: none */
    } rows[] = {
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1}}", 0},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1}, \"issue\": {\"id\": \"20\"}}", 20},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1, \"self\": \"https://j/rest/api/2/issue/30/comment/1\"}}",
         30},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1, \"self\": \"https://j/x/rest/api/2/issue/30/comment/1\"},"
         " \"issue\": {\"id\": 20}}",
         20},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1, \"self\": \"https://j/rest/api/2/issue/A-3/comment/1\"}}", 0},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1, \"self\": \"https://j/rest/api/2/issue/30\"}}", 0},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1, \"self\": \"https://j/rest/api/2/issue//comment\"}}", 0},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1, \"self\": \"/issue/0/comment/1\"}}", 0},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1, \"self\": \"/issue/9223372036854775807/\"}}", INT64_MAX},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1, \"self\": \"/issue/9223372036854775808/\"}}", 0},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1, \"self\": 30}}", 0},
        {"{\"webhookEvent\": \"worklog_created\", \"worklog\": {\"id\": 1, \"issueId\": \"40\"}}", 40},
        {"{\"webhookEvent\": \"worklog_created\", \"worklog\": {\"id\": 1, \"issueId\": 40, \"self\": \"/issue/30/worklog/1\"}}", 40},
        {"{\"webhookEvent\": \"worklog_created\", \"worklog\": {\"id\": 1, \"issueId\": null, \"self\": \"/issue/30/worklog/1\"}}",
         30},
        {"{\"webhookEvent\": \"worklog_created\", \"worklog\": {\"id\": 1, \"issueId\": 40}, \"issue\": {\"id\": 20}}", 20},
        {"{\"webhookEvent\": \"worklog_created\", \"worklog\": {\"id\": 1, \"issueId\": \"x\"}, \"issue\": {\"id\": 20}}", 20},
        {"{\"webhookEvent\": \"attachment_created\", \"attachment\": {\"id\": 1, \"issueId\": 40}}", 40},
        {"{\"webhookEvent\": \"attachment_created\", \"attachment\": {\"id\": 1}, \"issue\": {\"id\": 20}}", 20},
        {"{\"webhookEvent\": \"attachment_created\", \"attachment\": {\"id\": 1, \"self\": \"https://j/rest/api/2/attachment/1\"}}", 0},
        {"{\"webhookEvent\": \"issuelink_created\", \"issueLink\": {\"id\": 1, \"issueId\": 40}, \"issue\": {\"id\": 20}}", 0},
        {"{\"webhookEvent\": \"jira:version_moved\", \"version\": {\"id\": 1, \"issueId\": 40}, \"issue\": {\"id\": 20}}", 0},
        {"{\"webhookEvent\": \"user_updated\", \"user\": {\"key\": \"u\"}, \"issue\": {\"id\": 20}}", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct normal_form *form = normalized(rows[i].body);
        int64_t expected = rows[i].issue_id == 0 ? NORMALIZE_NO_ID : rows[i].issue_id;

        if (form->entity_count != 1 || form->entities->issue_id != expected)
            fail_msg("%s: issue %lld", rows[i].body, form->entity_count == 1 ? (long long)form->entities->issue_id : -1LL);
        assert_int_equal(form->kind, expected == NORMALIZE_NO_ID ? NORMAL_ENTITY : NORMAL_ISSUE);
        if (form->kind == NORMAL_ISSUE)
            assert_true(form->issue.issue_id == expected && !form->issue.is_delete && !form->issue.is_whole);
    }
}

#define COMMENT "\"webhookEvent\": \"comment_deleted\", \"timestamp\": 1767225600000, \"comment\": {\"id\": \"30112\"}"
#define WHOLE "\"summary\": \"s\", \"status\": {}, \"issuetype\": {}, \"project\": {\"id\": 9}"

static void an_issue_beside_an_entity_is_read_as_far_as_it_goes(void **state)
{
    static const struct {
        const char *issue;
        int64_t id, project_id; /* 0: none */
        const char *key;
        bool is_whole;
    } rows[] = {
        {"{\"id\": 20, \"key\": \"A-1\", \"fields\": {" WHOLE ", \"updated\": \"2026-01-01T00:00:00.000+0000\"}}", 20, 9, "A-1",
         true},
        {"{\"id\": 20, \"key\": \"A-1\", \"fields\": {" WHOLE ", \"updated\": null}}", 20, 9, "A-1", false},
        {"{\"id\": 20, \"key\": \"A-1\", \"fields\": {" WHOLE "}}", 20, 9, "A-1", false},
        {"{\"id\": 20, \"key\": \"A-1\", \"fields\": {\"summary\": \"s\"}}", 20, 0, "A-1", false},
        {"{\"id\": 20, \"key\": \"A-1\"}", 20, 0, "A-1", false},
        {"{\"id\": 20, \"key\": 1, \"fields\": {" WHOLE "}}", 20, 0, NULL, false},
        {"{\"id\": 20, \"key\": \"A-1\", \"fields\": []}", 20, 0, NULL, false},
        {"{\"id\": 20, \"key\": \"A-1\", \"fields\": {" WHOLE ", \"parent\": {\"id\": \"x\"}}}", 20, 0, NULL, false},
        {"{\"id\": \"x\", \"key\": \"A-1\"}", 0, 0, NULL, false},
        {"{\"id\": null, \"key\": \"A-1\"}", 0, 0, NULL, false},
        {"{\"key\": \"A-1\", \"fields\": {" WHOLE "}}", 0, 0, NULL, false},
        {"{}", 0, 0, NULL, false},
        {"[]", 0, 0, NULL, false},
        {"\"A-1\"", 0, 0, NULL, false},
        {"20", 0, 0, NULL, false},
        {"null", 0, 0, NULL, false},
    };
    char body[512];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct normal_form *form;

        snprintf(body, sizeof body, "{" COMMENT ", \"issue\": %s}", rows[i].issue);
        form = normalized(body);
        assert_text(body, entity_of(body)->id, "30112");
        assert_int_equal(form->kind, rows[i].id == 0 ? NORMAL_ENTITY : NORMAL_ISSUE);
        if (rows[i].id == 0)
            continue;
        assert_int_equal(form->issue.issue_id, rows[i].id);
        assert_text(body, form->issue.issue_key, rows[i].key);
        assert_true(form->issue.project_id == (rows[i].project_id == 0 ? NORMALIZE_NO_ID : rows[i].project_id));
        assert_int_equal(form->issue.is_whole, rows[i].is_whole);
        assert_false(form->issue.is_delete);
        assert_int_equal(form->issue.hierarchy_level, rows[i].project_id != 0 ? 0 : INT_MIN);
        assert_true((form->issue.updated_at == INSTANT_NONE) == !rows[i].is_whole && form->issue.created_at == INSTANT_NONE);
    }
}

static void a_changelog_beside_an_entity_tells_of_its_issue(void **state)
{
    const struct normal_form *form = normalized("{\"webhookEvent\": \"jira:worklog_updated\", \"issue\": {\"id\": 20},"
                                                " \"changelog\": {\"items\": [{\"fieldId\": \"fixVersions\", \"to\": \"9\"}]}}");

    (void)state;
    assert_int_equal(form->kind, NORMAL_ISSUE);
    assert_int_equal(form->entity_count, 0);
    assert_int_equal(form->issue.added_count, 1);
}

static void refuses_known_shapes_without_an_id(void **state)
{
    static const struct {
        const char *body;
        enum error_code code;
        const char *message;
    } rows[] = {
        {"{\"webhookEvent\": \"comment_created\"}", ERROR_NO_IDENTITY, "comment is missing"},
        {"{\"webhookEvent\": \"comment_created\", \"issue\": {\"id\": 20}}", ERROR_NO_IDENTITY, "comment is missing"},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": null}", ERROR_NO_IDENTITY, "comment is missing"},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": []}", ERROR_WRONG_TYPE, "comment is not an object"},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": \"text\"}", ERROR_WRONG_TYPE, "comment is not an object"},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {}}", ERROR_NO_IDENTITY, "comment.id is missing"},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": null}}", ERROR_NO_IDENTITY, "comment.id is missing"},
        {"{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": \"x\"}}", ERROR_WRONG_TYPE,
         "comment.id is not a positive whole number or a string of digits"},
        {"{\"webhookEvent\": \"comment_deleted\", \"comment\": {\"id\": 0}}", ERROR_WRONG_TYPE, "comment.id is not"},
        {"{\"webhookEvent\": \"worklog_updated\"}", ERROR_NO_IDENTITY, "worklog is missing"},
        {"{\"webhookEvent\": \"worklog_updated\", \"worklog\": {\"id\": 1, \"issueId\": \"x\"}}", ERROR_WRONG_TYPE,
         "worklog.issueId is not"},
        {"{\"webhookEvent\": \"attachment_created\", \"attachment\": {\"id\": 1.5}}", ERROR_WRONG_TYPE, "attachment.id is not"},
        {"{\"webhookEvent\": \"attachment_created\", \"attachment\": {\"id\": 1, \"issueId\": {}}}", ERROR_WRONG_TYPE,
         "attachment.issueId is not"},
        {"{\"webhookEvent\": \"issuelink_created\", \"issueLink\": {\"id\": true}}", ERROR_WRONG_TYPE, "issueLink.id is not"},
        {"{\"webhookEvent\": \"issuelink_created\", \"issueLink\": {\"id\": 1, \"sourceIssueId\": \"A-1\"}}", ERROR_WRONG_TYPE,
         "issueLink.sourceIssueId is not"},
        {"{\"webhookEvent\": \"issuelink_deleted\", \"issueLink\": {\"id\": 1, \"destinationIssueId\": []}}", ERROR_WRONG_TYPE,
         "issueLink.destinationIssueId is not"},
        {"{\"webhookEvent\": \"jira:version_created\", \"version\": {\"name\": \"1\"}}", ERROR_NO_IDENTITY, "version.id is missing"},
        {"{\"webhookEvent\": \"jira:version_created\", \"version\": {\"id\": 1, \"projectId\": \"A\"}}", ERROR_WRONG_TYPE,
         "version.projectId is not"},
        {"{\"webhookEvent\": \"jira:version_deleted\", \"version\": {\"id\": 1}, \"mergedTo\": \"two\"}", ERROR_WRONG_TYPE,
         "mergedTo is not a positive"},
        {"{\"webhookEvent\": \"jira:version_deleted\", \"version\": {\"id\": 1}, \"mergedTo\": []}", ERROR_WRONG_TYPE,
         "mergedTo is not"},
        {"{\"webhookEvent\": \"jira:version_merged\", \"version\": {\"id\": 1}, \"mergedTo\": {\"id\": -2}}", ERROR_WRONG_TYPE,
         "mergedTo.id is not"},
        {"{\"webhookEvent\": \"project_updated\", \"project\": {\"key\": \"A\"}}", ERROR_NO_IDENTITY, "project.id is missing"},
        {"{\"webhookEvent\": \"sprint_closed\", \"sprint\": 5}", ERROR_WRONG_TYPE, "sprint is not an object"},
        {"{\"webhookEvent\": \"board_updated\", \"board\": {\"id\": 9007199254740993}}", ERROR_WRONG_TYPE, "board.id is not"},
        {"{\"webhookEvent\": \"board_configuration_changed\", \"board\": {\"id\": 1}}", ERROR_NO_IDENTITY,
         "configuration is missing"},
        {"{\"webhookEvent\": \"user_created\", \"user\": {\"displayName\": \"U\"}}", ERROR_NO_IDENTITY, "user.accountId is missing"},
        {"{\"webhookEvent\": \"user_created\", \"user\": {\"accountId\": \"\", \"name\": \"\", \"key\": null}}", ERROR_NO_IDENTITY,
         "user.accountId is missing"},
        {"{\"webhookEvent\": \"user_created\", \"user\": {\"accountId\": 5, \"name\": \"u\"}}", ERROR_WRONG_TYPE,
         "user.accountId is not a string"},
        {"{\"webhookEvent\": \"user_created\", \"user\": {\"key\": {}}}", ERROR_WRONG_TYPE, "user.key is not a string"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct normal_form *form = NULL;
        struct error error = {0};
        enum error_code code = normalize_jira(rows[i].body, strlen(rows[i].body), NULL, arena, &form, &error);

        if (code != rows[i].code || error.code != code || strstr(error.message, rows[i].message) != error.message)
            fail_msg("%s: %s: %s", rows[i].body, error_name(code), error.message);
        assert_null(form);
    }
}

static void shapes_that_nobody_has_seen_are_read_as_far_as_they_go(void **state)
{
    static const struct {
        const char *body;
        enum normal_kind kind;
        const char *id; /* NULL: no entity */
    } rows[] = {
        {"{\"webhookEvent\": \"issue_property_set\"}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"issue_property_set\", \"property\": \"p\"}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"issue_property_set\", \"property\": {\"key\": \"p\"}}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"issue_property_set\", \"property\": {\"key\": \"p\"}, \"issue\": {\"key\": \"A-1\"}}", NORMAL_IGNORED,
         NULL},
        {"{\"webhookEvent\": \"issue_property_set\", \"property\": {\"key\": 5}, \"issue\": {\"id\": 20}}", NORMAL_ISSUE, NULL},
        {"{\"webhookEvent\": \"issue_property_set\", \"property\": {\"key\": \"\"}, \"issue\": {\"id\": 20}}", NORMAL_ISSUE, NULL},
        {"{\"webhookEvent\": \"issue_property_set\", \"property\": {\"key\": \"p/q\"}, \"issue\": {\"id\": 20}}", NORMAL_ISSUE,
         "20/p/q"},
        {"{\"webhookEvent\": \"issue_property_set\", \"property\": {\"key\": \"p\", \"issueId\": 20}}", NORMAL_ISSUE, "20/p"},
        {"{\"webhookEvent\": \"issue_property_set\", \"property\": {\"key\": \"p\", \"issueId\": \"x\"}}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"comment_property_set\", \"property\": {\"key\": \"p\"}}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"comment_property_set\", \"property\": {\"key\": \"p\"}, \"comment\": {\"id\": \"x\"}}", NORMAL_IGNORED,
         NULL},
        {"{\"webhookEvent\": \"comment_property_set\", \"property\": {\"key\": \"p\"}, \"comment\": {\"id\": 7}}", NORMAL_ENTITY,
         "7/p"},
        {"{\"webhookEvent\": \"issuetype_created\"}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"issuetype_created\", \"issuetype\": {\"id\": \"x\"}}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"issuetype_created\", \"issueType\": {\"id\": \"0010\"}}", NORMAL_ENTITY, "10"},
        {"{\"webhookEvent\": \"filter_updated\", \"filter\": [10]}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"filter_updated\", \"filter\": {\"id\": 10}}", NORMAL_ENTITY, "10"},
        {"{\"webhookEvent\": \"jira:worklog_updated\"}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"jira:worklog_updated\", \"worklog\": {}, \"issue\": {\"id\": 20}}", NORMAL_ISSUE, NULL},
        {"{\"webhookEvent\": \"option_voting_changed\"}", NORMAL_ENTITY, "option_voting_changed"},
        {"{\"webhookEvent\": \"option_voting_changed\", \"property\": null}", NORMAL_ENTITY, "option_voting_changed"},
        {"{\"webhookEvent\": \"option_voting_changed\", \"property\": {\"value\": true}}", NORMAL_ENTITY, "option_voting_changed"},
        {"{\"webhookEvent\": \"option_voting_changed\", \"property\": {\"key\": \"jira.option.voting\"}}", NORMAL_ENTITY,
         "jira.option.voting"},
        {"{\"webhookEvent\": \"jira_expression_evaluation_failed\", \"issue\": {\"id\": 20}}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"app_access_to_objects_blocked\"}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"app_access_to_objects_in_container_blocked\"}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"COMMENT_CREATED\", \"comment\": {\"id\": 1}}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"jira:comment_created\", \"comment\": {\"id\": 1}}", NORMAL_IGNORED, NULL},
        {"{\"webhookEvent\": \"jira:issue_teleported\", \"issue\": [], \"comment\": 5}", NORMAL_IGNORED, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct normal_form *form = normalized(rows[i].body);

        if (form->kind != rows[i].kind || form->entity_count != (rows[i].id != NULL))
            fail_msg("%s: kind %d, %zu entities", rows[i].body, (int)form->kind, form->entity_count);
        assert_text(rows[i].body, form->entity_count == 0 ? NULL : form->entities->id, rows[i].id);
    }
    assert_string_equal(entity_of("{\"webhookEvent\": \"option_voting_changed\"}")->member, "");
    assert_string_equal(entity_of("{\"webhookEvent\": \"option_voting_changed\", \"property\": 5}")->member, "property");
    assert_string_equal(entity_of("{\"webhookEvent\": \"issuetype_created\", \"issueType\": {\"id\": 1}}")->member, "issueType");
}

static void an_issues_event_may_carry_its_comment(void **state)
{
    static const struct {
        const char *members;
        const char *id; /* NULL: no entity */
        enum normal_mark mark;
    } rows[] = {
        {"\"webhookEvent\": \"jira:issue_updated\", \"comment\": {\"id\": \"5\"}", "5", NORMAL_SHOWN},
        {"\"webhookEvent\": \"jira:issue_updated\", \"issue_event_type_name\": \"issue_comment_edited\", \"comment\": {\"id\": 5}",
         "5", NORMAL_SHOWN},
        {"\"webhookEvent\": \"jira:issue_updated\", \"issue_event_type_name\": \"issue_comment_deleted\", \"comment\": {\"id\": 5}",
         "5", NORMAL_DELETED},
        {"\"webhookEvent\": \"jira:issue_updated\", \"issue_event_type_name\": {}, \"comment\": {\"id\": 5}", "5", NORMAL_SHOWN},
        {"\"webhookEvent\": \"jira:issue_created\", \"comment\": {\"id\": 5, \"self\": \"/issue/77/comment/5\"}", "5", NORMAL_SHOWN},
        {"\"webhookEvent\": \"jira:issue_deleted\", \"comment\": {\"id\": 5}", "5", NORMAL_SHOWN},
        {"\"webhookEvent\": \"jira:issue_updated\"", NULL, 0},
        {"\"webhookEvent\": \"jira:issue_updated\", \"comment\": \"\"", NULL, 0},
        {"\"webhookEvent\": \"jira:issue_updated\", \"comment\": {}", NULL, 0},
        {"\"webhookEvent\": \"jira:issue_updated\", \"comment\": {\"id\": \"x\"}", NULL, 0},
        {"\"webhookEvent\": \"jira:issue_updated\", \"comment\": [{\"id\": 5}]", NULL, 0},
        {"\"webhookEvent\": \"jira:issue_updated\", \"worklog\": {\"id\": 5}", NULL, 0},
        {"\"comment\": \"moved on\", \"transition\": {\"workflowId\": 1}", NULL, 0},
        {"\"comment\": {\"id\": 5}, \"transition\": {\"workflowId\": 1}", NULL, 0},
    };
    char body[512];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct normal_form *form;

        snprintf(body, sizeof body, "{\"issue\": {\"id\": 20}, %s}", rows[i].members);
        form = normalized(body);
        assert_int_equal(form->kind, NORMAL_ISSUE);
        assert_int_equal(form->issue.issue_id, 20);
        assert_text(body, form->entity_count == 0 ? NULL : form->entities->id, rows[i].id);
        if (rows[i].id == NULL)
            continue;
        assert_string_equal(form->entities->kind, "comment");
        assert_string_equal(form->entities->member, "comment");
        assert_int_equal(form->entities->mark, rows[i].mark);
        assert_int_equal(form->entities->issue_id, 20);
    }
}

static void a_post_function_stays_one(void **state)
{
    (void)state;
    assert_string_equal(normalized("{\"issue\": {\"id\": 1}, \"comment\": \"\"}")->event, "workflow_post_function");
    assert_int_equal(normalized("{\"webhookEvent\": \"workflow_post_function\", \"issue\": {\"id\": 1}}")->kind, NORMAL_IGNORED);
}

static void a_version_may_have_been_merged_into_another(void **state)
{
    static const struct {
        const char *merged_to;
        int64_t id; /* 0: none */
    } rows[] = {
        {"{\"id\": \"10211\", \"name\": \"4.3.0\"}", 10211},
        {"{\"id\": 10211}", 10211},
        {"\"10211\"", 10211},
        {"10211", 10211},
        {"null", 0},
        {"{}", 0},
        {"{\"id\": null}", 0},
    };
    char body[256];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct normal_entity *entity;

        snprintf(body, sizeof body,
                 "{\"webhookEvent\": \"jira:version_deleted\", \"version\": {\"id\": 1, \"projectId\": 7}, \"mergedTo\": %s}",
                 rows[i].merged_to);
        entity = entity_of(body);
        assert_true(entity->merged_into == (rows[i].id == 0 ? NORMALIZE_NO_ID : rows[i].id));
        assert_int_equal(entity->project_id, 7);
        assert_int_equal(entity->mark, NORMAL_DELETED);
    }
    assert_true(entity_of("{\"webhookEvent\": \"jira:version_deleted\", \"version\": {\"id\": 1}}")->merged_into == NORMALIZE_NO_ID);
}

static void time_spent_is_whole_seconds(void **state)
{
    static const struct {
        const char *spent;
        int64_t seconds; /* NORMALIZE_NO_ID: absent */
    } rows[] = {
        {"0", 0},
        {"5400", 5400},
        {"5.4e3", 5400},
        {"9007199254740992", 9007199254740992},
        {"9007199254740994", NORMALIZE_NO_ID},
        {"1e300", NORMALIZE_NO_ID},
        {"-1", NORMALIZE_NO_ID},
        {"0.5", NORMALIZE_NO_ID},
        {"\"5400\"", NORMALIZE_NO_ID},
        {"null", NORMALIZE_NO_ID},
        {"[]", NORMALIZE_NO_ID},
    };
    char body[256];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(body, sizeof body, "{\"webhookEvent\": \"worklog_updated\", \"worklog\": {\"id\": 1, \"timeSpentSeconds\": %s}}",
                 rows[i].spent);
        if (entity_of(body)->seconds_spent != rows[i].seconds)
            fail_msg("%s", body);
    }
}

static void odd_members_that_are_only_shown_are_absent(void **state)
{
    const struct normal_entity *entity;

    (void)state;
    entity = entity_of("{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1, \"self\": {}, \"author\": \"ines\","
                       " \"body\": {\"type\": \"doc\"}, \"created\": \"yesterday\", \"updated\": []}}");
    assert_null(entity->author);
    assert_null(entity->text);
    assert_true(entity->created_at == INSTANT_NONE && entity->updated_at == INSTANT_NONE);
    entity = entity_of("{\"webhookEvent\": \"worklog_created\", \"worklog\": {\"id\": 1, \"author\": {\"accountId\": 5,"
                       " \"name\": null, \"key\": \"JIRAUSER1\"}, \"started\": true, \"comment\": \"text\", \"body\": \"b\"}}");
    assert_string_equal(entity->author, "JIRAUSER1");
    assert_null(entity->text);
    assert_true(entity->started_at == INSTANT_NONE && entity->seconds_spent == NORMALIZE_NO_ID);
    entity = entity_of("{\"webhookEvent\": \"issuelink_created\", \"issueLink\": {\"id\": 1, \"sourceIssueId\": null,"
                       " \"issueLinkType\": {\"name\": 7}}}");
    assert_null(entity->text);
    assert_true(entity->from_issue_id == NORMALIZE_NO_ID && entity->to_issue_id == NORMALIZE_NO_ID);
}

static void of_doubled_members_the_last_one_counts(void **state)
{
    (void)state;
    assert_string_equal(entity_of("{\"webhookEvent\": \"comment_created\", \"comment\": {\"id\": 1},"
                                  " \"comment\": {\"id\": 2, \"id\": 3}}")
                            ->id,
                        "3");
    assert_string_equal(entity_of("{\"webhookEvent\": \"project_updated\", \"Project\": {\"id\": 1}, \"project\": {\"ID\": 2,"
                                  " \"id\": \"0003\"}}")
                            ->id,
                        "3");
}

/* A key of about the arena's room fits once, in the tree, and not a second time, in the id. */
static void an_id_needs_room_too(void **state)
{
    struct arena *small = arena_new(300 * 1024);
    char *body = fixture_memory(400 * 1024);
    int fitted = 0, needed_more = 0;

    (void)state;
    assert_non_null(small);
    for (size_t length = 20 * 1024; length < 200 * 1024; length += 10 * 1024) {
        size_t used = (size_t)sprintf(body, "{\"webhookEvent\": \"issue_property_set\", \"issue\": {\"id\": 1}, \"property\": {\"key\": \"");
        struct normal_form *form = NULL;
        struct error error = {0};
        enum error_code code;

        memset(body + used, 'k', length);
        used += length;
        used += (size_t)sprintf(body + used, "\"}}");
        code = normalize_jira(body, used, NULL, small, &form, &error);
        fitted += code == ERROR_NONE && strlen(form->entities->id) == length + 2;
        needed_more += code == ERROR_TOO_COMPLEX;
        arena_reset(small);
    }
    assert_int_equal(fitted + needed_more, 18);
    assert_true(fitted > 0 && needed_more > 0);
    free(body);
    arena_free(small);
}

/* Every needed event is known, each once; Cloud has more of them. */
static void the_events_that_a_webhook_needs_are_known_ones(void **state)
{
    size_t counts[2] = {0, 0};

    (void)state;
    for (size_t cloud = 0; cloud < 2; cloud++) {
        const char *name;

        for (; (name = normalize_entity_needed(cloud == 1, counts[cloud])) != NULL; counts[cloud]++) {
            const struct normalize_event *event = normalize_entity_event(name);

            assert_non_null(event);
            assert_string_equal(event->name, name);
            for (size_t i = 0; i < counts[cloud]; i++)
                assert_string_not_equal(normalize_entity_needed(cloud == 1, i), name);
            assert_string_not_equal(name, "jira:version_merged");
            assert_string_not_equal(name, "user_created");
        }
    }
    assert_true(counts[0] > 0 && counts[0] < counts[1]);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_events_that_a_webhook_needs_are_known_ones, reset_arena),
        cmocka_unit_test_teardown(each_event_has_its_kind_member_and_mark, reset_arena),
        cmocka_unit_test_teardown(an_entity_of_an_issue_tells_which, reset_arena),
        cmocka_unit_test_teardown(an_issue_beside_an_entity_is_read_as_far_as_it_goes, reset_arena),
        cmocka_unit_test_teardown(a_changelog_beside_an_entity_tells_of_its_issue, reset_arena),
        cmocka_unit_test_teardown(refuses_known_shapes_without_an_id, reset_arena),
        cmocka_unit_test_teardown(shapes_that_nobody_has_seen_are_read_as_far_as_they_go, reset_arena),
        cmocka_unit_test_teardown(an_issues_event_may_carry_its_comment, reset_arena),
        cmocka_unit_test_teardown(a_post_function_stays_one, reset_arena),
        cmocka_unit_test_teardown(a_version_may_have_been_merged_into_another, reset_arena),
        cmocka_unit_test_teardown(time_spent_is_whole_seconds, reset_arena),
        cmocka_unit_test_teardown(odd_members_that_are_only_shown_are_absent, reset_arena),
        cmocka_unit_test_teardown(of_doubled_members_the_last_one_counts, reset_arena),
        cmocka_unit_test_teardown(an_id_needs_room_too, reset_arena),
    };

    if (argc > 1 && *argv[1] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
