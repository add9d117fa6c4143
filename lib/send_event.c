/* Bodies of Jira's events from templates. In a template ' stands for " and @name@ for a value. */
#include "send_event.h"

#include "issue_key.h"
#include "signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 100
#define ID_BASE INT64_C(100000000000) /* made-up ids have twelve digits: far from those of a young site */
#define ID_RANGE INT64_C(900000000000)
#define VALUE_BYTES (ISSUE_KEY_BYTES + 1)

#define OPENING "{'timestamp':@now@,'webhookEvent':'@event@'"
#define USER "{'accountId':'demo:1','displayName':'Dana Demo','active':true,'accountType':'atlassian'}"
#define PROJECT "{'self':'@site@/project/@project_id@','id':'@project_id@','key':'@project_key@'," \
                "'name':'Demonstration @project_key@','projectTypeKey':'software'}"
#define STATUS_NEW "{'id':'10000','name':'To Do','statusCategory':{'id':2,'key':'new','name':'To Do'}}"
#define STATUS_OPEN "{'id':'10001','name':'In Progress','statusCategory':{'id':4,'key':'indeterminate','name':'In Progress'}}"
#define SHORT_FIELDS(status) "'summary':'Try jirasync out','issuetype':{'id':'10002','name':'Story','subtask':false," \
                             "'hierarchyLevel':0},'project':" PROJECT ",'assignee':" USER \
                             ",'priority':{'id':'3','name':'Medium'},'status':" status
#define ISSUE_OF(fields) "{'id':'@issue_id@','self':'@site@/issue/@issue_id@','key':'@issue_key@','fields':{" fields "}}"
#define ISSUE(status) ISSUE_OF(SHORT_FIELDS(status) ",'creator':" USER ",'reporter':" USER ",'created':'2026-01-05T09:00:00.000-0700'" \
                                                    ",'updated':'@stamp@','resolution':null,'resolutiondate':null,'labels':['demonstration']" \
                                                    ",'components':[],'fixVersions':[{'self':'@site@/version/@version_id@','id':'@version_id@'" \
                                                    ",'name':'Demo 1.0','archived':false,'released':false}]" \
                                                    ",'description':'A made-up issue: sent by jirasync send.'")
#define ISSUE_EVENT OPENING ",'issue_event_type_name':'@word@','user':" USER

static const char issue_created[] = ISSUE_EVENT ",'issue':" ISSUE(STATUS_NEW) "}";
static const char issue_updated[] =
    ISSUE_EVENT ",'issue':" ISSUE(STATUS_OPEN) ",'changelog':{'id':'@now@','items':[{'field':'status','fieldtype':'jira',"
                                               "'fieldId':'status','from':'10000','fromString':'To Do','to':'10001','toString':'In Progress'}]}}";
static const char issue_deleted[] = ISSUE_EVENT ",'issue':" ISSUE(STATUS_OPEN) "}";

static const char comment[] =
    OPENING ",'comment':{'self':'@site@/issue/@issue_id@/comment/@entity_id@','id':'@entity_id@','author':" USER
            ",'updateAuthor':" USER ",'body':'A made-up comment on @issue_key@.','created':'2026-01-05T09:30:00.000-0700'"
            ",'updated':'@stamp@','jsdPublic':true},'issue':" ISSUE_OF(SHORT_FIELDS(STATUS_OPEN)) "}";
static const char worklog[] =
    OPENING ",'worklog':{'self':'@site@/issue/@issue_id@/worklog/@entity_id@','id':'@entity_id@','issueId':'@issue_id@'"
            ",'author':" USER ",'updateAuthor':" USER ",'comment':'Made-up work.','created':'2026-01-05T10:00:00.000-0700'"
            ",'updated':'@stamp@','started':'2026-01-05T09:00:00.000-0700','timeSpent':'30m','timeSpentSeconds':1800}}";
static const char attachment[] =
    OPENING ",'attachment':{'self':'@site@/attachment/@entity_id@','id':'@entity_id@','filename':'demo.txt','author':" USER
            ",'created':'@stamp@','size':4,'mimeType':'text/plain','content':'@site@/attachment/content/@entity_id@'}"
            ",'issue':" ISSUE_OF(SHORT_FIELDS(STATUS_OPEN)) "}";
static const char issue_link[] =
    OPENING ",'issueLink':{'id':@entity_id@,'sourceIssueId':@issue_id@,'destinationIssueId':@other_issue_id@,"
            "'issueLinkType':{'id':10000,'name':'Blocks','outwardName':'blocks','inwardName':'is blocked by',"
            "'isSubTaskLinkType':false,'isSystemLinkType':false},'sequence':1,'systemLink':false}}";
static const char issue_property[] =
    OPENING ",'issue':" ISSUE_OF(SHORT_FIELDS(STATUS_OPEN)) ",'property':{'key':'demonstration','value':{'tried':@now@}}}";

static const char project[] =
    OPENING ",'project':{'self':'@site@/project/@project_id@','id':@project_id@,'key':'@project_key@',"
            "'name':'Demonstration @project_key@','projectLead':" USER ",'assigneeType':'admin.assignee.type.unassigned'}}";
#define VERSION OPENING ",'version':{'self':'@site@/version/@version_id@','id':'@version_id@','name':'Demo 1.0'," \
                        "'description':'A made-up version','archived':false,'released':@word@," \
                        "'userReleaseDate':'30/Nov/26','releaseDate':'2026-11-30','projectId':@project_id@}"
static const char version[] = VERSION "}";
static const char version_merged[] =
    VERSION ",'mergedTo':{'self':'@site@/version/@other_version_id@','id':'@other_version_id@','name':'Demo 1.1',"
            "'archived':false,'released':false,'projectId':@project_id@}}";

static const char sprint[] =
    OPENING ",'sprint':{'id':@entity_id@,'self':'@site@/sprint/@entity_id@','state':'@word@','name':'Demo sprint',"
            "'startDate':'2026-11-16T16:00:00.000Z','endDate':'2026-11-30T16:00:00.000Z','originBoardId':@entity_id@}}";
static const char board[] =
    OPENING ",'board':{'id':@entity_id@,'self':'@site@/board/@entity_id@','name':'Demo board','type':'scrum'}}";
static const char board_configuration[] =
    OPENING ",'configuration':{'id':@entity_id@,'name':'Demo board','type':'scrum','self':'@site@/board/@entity_id@/configuration',"
            "'filter':{'id':'@entity_id@'},'columnConfig':{'columns':[{'name':'To Do','statuses':[{'id':'10000'}]}]}}}";
static const char user[] = OPENING ",'user':" USER "}";
static const char issue_type[] =
    OPENING ",'issuetype':{'self':'@site@/issuetype/@entity_id@','id':'@entity_id@','name':'Demo type','subtask':false}}";
static const char filter[] =
    OPENING ",'filter':{'self':'@site@/filter/@entity_id@','id':'@entity_id@','name':'Demo filter','jql':'project = @project_key@'}}";
static const char unknown[] = OPENING "}";

static const struct event {
    const char *name, *body;
    const char *word; /* @word@ in the body */
} events[] = {
    {"jira:issue_created", issue_created, "issue_created"},
    {"jira:issue_updated", issue_updated, "issue_generic"},
    {"jira:issue_deleted", issue_deleted, "issue_deleted"},
    {"comment_created", comment, ""},
    {"comment_updated", comment, ""},
    {"comment_deleted", comment, ""},
    {"worklog_created", worklog, ""},
    {"worklog_updated", worklog, ""},
    {"worklog_deleted", worklog, ""},
    {"attachment_created", attachment, ""},
    {"attachment_deleted", attachment, ""},
    {"issuelink_created", issue_link, ""},
    {"issuelink_deleted", issue_link, ""},
    {"issue_property_set", issue_property, ""},
    {"issue_property_deleted", issue_property, ""},
    {"project_created", project, ""},
    {"project_updated", project, ""},
    {"project_deleted", project, ""},
    {"project_soft_deleted", project, ""},
    {"project_restored_deleted", project, ""},
    {"project_archived", project, ""},
    {"project_restored_archived", project, ""},
    {"jira:version_created", version, "false"},
    {"jira:version_updated", version, "false"},
    {"jira:version_released", version, "true"},
    {"jira:version_unreleased", version, "false"},
    {"jira:version_moved", version, "false"},
    {"jira:version_deleted", version, "false"},
    {"jira:version_merged", version_merged, "false"},
    {"sprint_created", sprint, "future"},
    {"sprint_updated", sprint, "future"},
    {"sprint_started", sprint, "active"},
    {"sprint_closed", sprint, "closed"},
    {"sprint_deleted", sprint, "closed"},
    {"board_created", board, ""},
    {"board_updated", board, ""},
    {"board_deleted", board, ""},
    {"board_configuration_changed", board_configuration, ""},
    {"user_created", user, ""},
    {"user_updated", user, ""},
    {"user_deleted", user, ""},
    {"issuetype_created", issue_type, ""},
    {"issuetype_updated", issue_type, ""},
    {"issuetype_deleted", issue_type, ""},
    {"filter_created", filter, ""},
    {"filter_updated", filter, ""},
    {"filter_deleted", filter, ""},
};
#define EVENTS (sizeof events / sizeof *events)

/* What stands for the @names@ of a template. */
struct value {
    const char *name;
    char text[VALUE_BYTES];
};

enum { NOW,
       STAMP,
       EVENT,
       WORD,
       SITE,
       ISSUE_KEY,
       PROJECT_KEY,
       ISSUE_ID,
       OTHER_ISSUE_ID,
       PROJECT_ID,
       VERSION_ID,
       OTHER_VERSION_ID,
       ENTITY_ID,
       VALUES };

const char *send_event_name(size_t index)
{
    return index < EVENTS ? events[index].name : NULL;
}

bool send_event_is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:";
    size_t length = strspn(text, letters);
    return length > 0 && length <= NAME_MAX_BYTES && text[length] == '\0';
}

static struct event find_event(const char *name)
{
    for (size_t i = 0; i < EVENTS; i++)
        if (strcmp(events[i].name, name) == 0)
            return events[i];
    return (struct event){name, unknown, ""};
}

/* An issue key and nothing else. */
static bool read_key(const char *text, struct issue_key *key)
{
    size_t at = 0, length = strlen(text);
    return issue_key_next(text, length, &at, key) && key->verdict == ISSUE_KEY_CANDIDATE && key->start == 0 &&
           key->length == length;
}

/* The same number for the same words, at any time. */
static void write_id(struct value *value, const char *what, const char *of)
{
    char words[VALUE_BYTES + 32];
    unsigned char hash[32];
    int64_t number;
    int length = snprintf(words, sizeof words, "%s %s", what, of);
    signature_body_hash((const unsigned char *)words, (size_t)length, hash);
    memcpy(&number, hash, sizeof number);
    snprintf(value->text, sizeof value->text, "%" PRId64, ID_BASE + (number & INT64_MAX) % ID_RANGE);
}

/* As Jira writes instants: no colon in the offset. */
static void write_stamp(struct value *value, instant at)
{
    char text[INSTANT_TEXT_BYTES];
    instant_format(at, 3, text);
    char *colon = strrchr(text, ':');
    memmove(colon, colon + 1, strlen(colon));
    snprintf(value->text, sizeof value->text, "%s", text);
}

static void fill_values(struct value values[VALUES], const struct event *event, const char *issue_key, instant at)
{
    static const char *const names[VALUES] = {
        [NOW] = "now",
        [STAMP] = "stamp",
        [EVENT] = "event",
        [WORD] = "word",
        [SITE] = "site",
        [ISSUE_KEY] = "issue_key",
        [PROJECT_KEY] = "project_key",
        [ISSUE_ID] = "issue_id",
        [OTHER_ISSUE_ID] = "other_issue_id",
        [PROJECT_ID] = "project_id",
        [VERSION_ID] = "version_id",
        [OTHER_VERSION_ID] = "other_version_id",
        [ENTITY_ID] = "entity_id",
    };
    for (size_t i = 0; i < VALUES; i++)
        values[i].name = names[i];
    snprintf(values[NOW].text, VALUE_BYTES, "%" PRId64, at / 1000);
    write_stamp(&values[STAMP], at);
    snprintf(values[EVENT].text, VALUE_BYTES, "%s", event->name);
    snprintf(values[WORD].text, VALUE_BYTES, "%s", event->word);
    snprintf(values[SITE].text, VALUE_BYTES, "%s", "https://jira.example.com/rest/api/2");
    snprintf(values[ISSUE_KEY].text, VALUE_BYTES, "%s", issue_key);
    snprintf(values[PROJECT_KEY].text, VALUE_BYTES, "%.*s", (int)strcspn(issue_key, "-"), issue_key);
    write_id(&values[ISSUE_ID], "issue", issue_key);
    write_id(&values[OTHER_ISSUE_ID], "other issue", issue_key);
    write_id(&values[PROJECT_ID], "project", values[PROJECT_KEY].text);
    write_id(&values[VERSION_ID], "version", values[PROJECT_KEY].text);
    write_id(&values[OTHER_VERSION_ID], "other version", values[PROJECT_KEY].text);
    write_id(&values[ENTITY_ID], "entity", issue_key);
}

static const struct value *find_value(const struct value values[VALUES], const char *name, size_t length)
{
    for (size_t i = 0; i < VALUES; i++)
        if (strlen(values[i].name) == length && strncmp(values[i].name, name, length) == 0)
            return &values[i];
    return NULL;
}

/* Writes the template's next piece and gives what comes after it; NULL where it names no value. */
static const char *write_piece(FILE *out, const char *at, const struct value values[VALUES])
{
    size_t plain = strcspn(at, "'@");
    fwrite(at, 1, plain, out);
    at += plain;
    if (*at == '\'') {
        fputc('"', out);
        return at + 1;
    }
    if (*at == '\0')
        return at;
    size_t length = strcspn(at + 1, "@");
    const struct value *value = find_value(values, at + 1, length);
    if (value == NULL)
        return NULL;
    fputs(value->text, out);
    return at + length + 2;
}

static enum error_code fill_template(const char *text, const struct value values[VALUES], char **body,
                                     struct error *error)
{
    size_t length = 0;
    FILE *out = open_memstream(body, &length);
    if (out == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a body");
    while (text != NULL && *text != '\0')
        text = write_piece(out, text, values);
    if (fclose(out) == 0 && text != NULL)
        return ERROR_NONE;
    free(*body);
    *body = NULL;
    return error_set(error, ERROR_NO_MEMORY, "no memory for a body");
}

enum error_code send_event_body(const char *name, const char *issue_key, instant at, char **body, struct error *error)
{
    struct value values[VALUES];
    struct issue_key key;
    *body = NULL;
    if (!send_event_is_name(name))
        return error_set(error, ERROR_INPUT, "'%.100s' is neither a file nor the name of an event", name);
    if (!read_key(issue_key, &key))
        return error_set(error, ERROR_INPUT, "'%.100s' is no issue key such as DEMO-1", issue_key);
    const struct event event = find_event(name);
    fill_values(values, &event, key.text, at);
    return fill_template(event.body, values, body, error);
}
