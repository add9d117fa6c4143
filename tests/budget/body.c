/* Fixed bodies of any size, from a small generator of its own: the figures must not move with the machine or its libc. */
#include "body.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_MOMENT_MS INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define TAIL_BYTES 400                         /* what follows the custom fields */
#define FIELD_BYTES 320                        /* the longest custom field */

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

static int write_text_field(char *at, size_t room, int field, uint64_t *state)
{
    int n = snprintf(at, room, ",\"customfield_%d\":\"", field);

    for (int i = 0; i < 25; i++)
        n += snprintf(at + n, room - (size_t)n, "%08" PRIx32, next_random(state));
    return n + snprintf(at + n, room - (size_t)n, "\"");
}

static int write_field(char *at, size_t room, int field, uint64_t *state)
{
    switch (field % 5) {
    case 0:
        return snprintf(at, room, ",\"customfield_%d\":null", field);
    case 1:
        return snprintf(at, room,
                        ",\"customfield_%d\":{\"self\":\"https://jira.example/rest/api/2/option/%d\",\"value\":\"Option "
                        "%" PRIu32 "\",\"id\":\"%d\"}",
                        field, field, next_random(state) % 99, field);
    case 2:
        return snprintf(at, room, ",\"customfield_%d\":%" PRIu32 ".%" PRIu32, field, next_random(state) % 100,
                        next_random(state));
    case 3:
        return snprintf(at, room, ",\"customfield_%d\":[]", field);
    default:
        return write_text_field(at, room, field, state);
    }
}

static int write_head(char *at, size_t room, long issue, long moment)
{
    int64_t second = moment / 1000;

    return snprintf(at, room,
                    "{\"timestamp\":%" PRId64 ",\"webhookEvent\":\"jira:issue_updated\",\"issue_event_type_name\":"
                    "\"issue_generic\",\"user\":{\"accountId\":\"5b10a2844c20165700ede21g\",\"displayName\":\"Mia\"},"
                    "\"changelog\":{\"id\":\"%ld\",\"items\":[{\"field\":\"status\",\"fieldtype\":\"jira\",\"fieldId\":"
                    "\"status\",\"from\":\"1\",\"fromString\":\"To Do\",\"to\":\"3\",\"toString\":\"In Progress\"}]},"
                    "\"issue\":{\"id\":\"%ld\",\"key\":\"LOAD-%ld\",\"fields\":{\"updated\":"
                    "\"2026-01-%02dT%02d:%02d:%02d.%03d+0000\"",
                    FIRST_MOMENT_MS + moment, moment, 100000 + issue, issue, (int)(1 + second / 86400 % 31),
                    (int)(second / 3600 % 24), (int)(second / 60 % 60), (int)(second % 60), (int)(moment % 1000));
}

static int write_tail(char *at, size_t room, long issue)
{
    return snprintf(at, room,
                    ",\"summary\":\"Load story %ld\",\"issuetype\":{\"id\":\"10001\",\"name\":\"Story\",\"subtask\":false,"
                    "\"hierarchyLevel\":0},\"project\":{\"id\":\"10000\",\"key\":\"LOAD\",\"name\":\"Load\"},\"status\":"
                    "{\"name\":\"In Progress\",\"statusCategory\":{\"key\":\"indeterminate\"}},\"fixVersions\":[{\"id\":"
                    "\"500\",\"name\":\"1.0\"}],\"labels\":[\"load\"],\"components\":[],\"assignee\":{\"accountId\":"
                    "\"5b10a2844c20165700ede21g\"},\"created\":\"2026-01-01T00:00:00.000+0000\"}}}",
                    issue);
}

char *body_new(long issue, long moment, size_t bytes, size_t *length)
{
    size_t room = bytes + FIELD_BYTES + 2048;
    char *text = malloc(room);
    uint64_t state = (uint64_t)issue * 1000003 + (uint64_t)moment;
    int n, field = 10100;

    if (text == NULL)
        abort();
    n = write_head(text, room, issue, moment);
    while ((size_t)n + TAIL_BYTES + FIELD_BYTES / 2 < bytes)
        n += write_field(text + n, room - (size_t)n, field++, &state);
    n += write_tail(text + n, room - (size_t)n, issue);
    *length = (size_t)n;
    return text;
}

/* ---- a push ---- */

static int write_sha(char *at, size_t room, uint64_t number)
{
    uint64_t state = number * 1000003;
    int n = 0;

    for (int i = 0; i < 5; i++)
        n += snprintf(at + n, room - (size_t)n, "%08" PRIx32, next_random(&state));
    return n;
}

static int write_commit(char *at, size_t room, long number, int commit)
{
    static const char *const names[] = {"author", "committer"};
    int n = snprintf(at, room, "%s{\"id\":\"", commit == 0 ? "" : ",");

    n += write_sha(at + n, room - (size_t)n, (uint64_t)(number * 3 + commit));
    n += snprintf(at + n, room - (size_t)n,
                  "\",\"distinct\":true,\"message\":\"LOAD-%ld: part %d of it\\n\\nWhat it does and why, in a sentence or two that end "
                  "here.\\n\\nSee UTF-8.\",\"timestamp\":\"2026-01-01T10:%02d:00Z\",\"url\":\"https://github.example/org/app/commit/",
                  number, commit + 1, commit);
    n += write_sha(at + n, room - (size_t)n, (uint64_t)(number * 3 + commit));
    n += snprintf(at + n, room - (size_t)n, "\"");
    for (int i = 0; i < 2; i++)
        n += snprintf(at + n, room - (size_t)n, ",\"%s\":{\"name\":\"Mia\",\"email\":\"mia@example.com\",\"username\":\"mia\"}", names[i]);
    return n + snprintf(at + n, room - (size_t)n, ",\"added\":[\"docs/%ld.md\"],\"removed\":[],\"modified\":[\"README.md\"]}", number);
}

/* Every other one moves the main branch, the rest a branch that bears a key. */
char *body_push_new(long number, size_t *length)
{
    const size_t room = 8192;
    char *text = malloc(room);
    int n;

    if (text == NULL)
        abort();
    n = number % 2 == 0 ? snprintf(text, room, "{\"ref\":\"refs/heads/main\",\"before\":\"")
                        : snprintf(text, room, "{\"ref\":\"refs/heads/LOAD-%ld-branch\",\"before\":\"", number);
    n += write_sha(text + n, room - (size_t)n, (uint64_t)(number * 3 - 4));
    n += snprintf(text + n, room - (size_t)n, "\",\"after\":\"");
    n += write_sha(text + n, room - (size_t)n, (uint64_t)(number * 3 + 2));
    n += snprintf(text + n, room - (size_t)n,
                  "\",\"created\":false,\"deleted\":false,\"forced\":false,\"base_ref\":null,\"repository\":{\"id\":1,\"full_name\":"
                  "\"org/app\",\"default_branch\":\"main\"},\"pusher\":{\"name\":\"mia\"},\"commits\":[");
    for (int i = 0; i < 3; i++)
        n += write_commit(text + n, room - (size_t)n, number, i);
    n += snprintf(text + n, room - (size_t)n, "]}");
    *length = (size_t)n;
    return text;
}
