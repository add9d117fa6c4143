/* The one way into the ledger: a batch of normal forms becomes one call of store_deliveries, in binary arrays. */
#include "store.h"

#include "pgarray.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a column's value stands; a holder that an item has not got gives NULL. */
enum holder { IN_ITEM,
              IN_SOURCE,
              IN_FORM,
              IN_ISSUE,
              IN_ENTITY };

struct column {
    enum pgarray_type type;
    enum holder holder;
    size_t offset;                                                     /* of the member in its holder ... */
    void (*add)(struct pgarray *array, const struct store_item *item); /* ... unless it takes more than a copy */
};

static const struct normal_issue *issue_of(const struct store_item *item)
{
    return item->form != NULL && item->form->kind == NORMAL_ISSUE ? &item->form->issue : NULL;
}

static void add_text(struct pgarray *array, const char *text)
{
    pgarray_add_bytes(array, text, text == NULL ? 0 : strlen(text));
}

static void add_kind(struct pgarray *array, const struct store_item *item)
{
    add_text(array, source_kind_name(item->source->kind));
}

static void add_body(struct pgarray *array, const struct store_item *item)
{
    /* An empty body is a value, not NULL. */
    pgarray_add_bytes(array, item->body_length == 0 ? (const unsigned char *)"" : item->body, item->body_length);
}

static void add_storable(struct pgarray *array, const struct store_item *item)
{
    bool is_altered = item->form != NULL && item->form->storable != NULL;
    pgarray_add_bytes(array, is_altered ? item->form->storable : NULL, is_altered ? item->form->storable_length : 0);
}

/* The form's own name of the event comes first: a body may tell what its header does not. */
static void add_event(struct pgarray *array, const struct store_item *item)
{
    add_text(array, item->form != NULL ? item->form->event : item->event);
}

static void add_reason(struct pgarray *array, const struct store_item *item)
{
    add_text(array, item->quarantine == ERROR_NONE ? NULL : error_name(item->quarantine));
}

static void add_detail(struct pgarray *array, const struct store_item *item)
{
    bool is_unsaid = item->quarantine != ERROR_NONE && item->quarantine_detail == NULL;
    add_text(array, is_unsaid ? "" : item->quarantine_detail);
}

/* Begins the next element of an array that is written as text: '{10001,"R 1.0"}'. */
static void next_in_literal(struct pgarray *array, size_t index)
{
    pgarray_append(array, index == 0 ? "{" : ",", 1);
}

static void close_literal(struct pgarray *array, size_t count)
{
    pgarray_append(array, count == 0 ? "{}" : "}", count == 0 ? 2 : 1);
    pgarray_close(array);
}

static void append_quoted(struct pgarray *array, const char *text)
{
    pgarray_append(array, "\"", 1);
    for (;;) {
        size_t plain = strcspn(text, "\"\\");
        pgarray_append(array, text, plain);
        text += plain;
        if (*text == '\0')
            break;
        pgarray_append(array, "\\", 1);
        pgarray_append(array, text++, 1);
    }
    pgarray_append(array, "\"", 1);
}

static void append_text_or_null(struct pgarray *array, const char *text)
{
    if (text == NULL)
        pgarray_append(array, "NULL", 4);
    else
        append_quoted(array, text);
}

static void add_texts(struct pgarray *array, const char *const *texts, size_t count)
{
    pgarray_open(array);
    for (size_t i = 0; i < count; i++) {
        next_in_literal(array, i);
        append_text_or_null(array, texts[i]);
    }
    close_literal(array, count);
}

static void add_version_ids(struct pgarray *array, const struct normal_version *versions, size_t count)
{
    pgarray_open(array);
    for (size_t i = 0; i < count; i++) {
        char digits[24];
        int length = snprintf(digits, sizeof digits, "%" PRId64, versions[i].id);
        next_in_literal(array, i);
        pgarray_append(array, digits, (size_t)length);
    }
    close_literal(array, count);
}

static void add_fix_version_ids(struct pgarray *array, const struct store_item *item)
{
    const struct normal_issue *issue = issue_of(item);
    if (issue == NULL || !issue->has_fix_versions)
        pgarray_add_null(array);
    else
        add_version_ids(array, issue->fix_versions, issue->fix_version_count);
}

static void add_fix_version_names(struct pgarray *array, const struct store_item *item)
{
    const struct normal_issue *issue = issue_of(item);
    if (issue == NULL || !issue->has_fix_versions) {
        pgarray_add_null(array);
        return;
    }
    pgarray_open(array);
    for (size_t i = 0; i < issue->fix_version_count; i++) {
        next_in_literal(array, i);
        append_text_or_null(array, issue->fix_versions[i].name);
    }
    close_literal(array, issue->fix_version_count);
}

/* NULL where the body had none of them: a field that a snapshot lacks is NULL. */
static void add_present_texts(struct pgarray *array, const char *const *texts, size_t count)
{
    if (texts == NULL)
        pgarray_add_null(array);
    else
        add_texts(array, texts, count);
}

static void add_labels(struct pgarray *array, const struct store_item *item)
{
    const struct normal_issue *issue = issue_of(item);
    add_present_texts(array, issue == NULL ? NULL : issue->labels, issue == NULL ? 0 : issue->label_count);
}

static void add_components(struct pgarray *array, const struct store_item *item)
{
    const struct normal_issue *issue = issue_of(item);
    add_present_texts(array, issue == NULL ? NULL : issue->components, issue == NULL ? 0 : issue->component_count);
}

static void add_old_keys(struct pgarray *array, const struct store_item *item)
{
    const struct normal_issue *issue = issue_of(item);
    add_texts(array, issue == NULL ? NULL : issue->old_keys, issue == NULL ? 0 : issue->old_key_count);
}

static void add_added_ids(struct pgarray *array, const struct store_item *item)
{
    const struct normal_issue *issue = issue_of(item);
    add_version_ids(array, issue == NULL ? NULL : issue->added, issue == NULL ? 0 : issue->added_count);
}

static void add_removed_ids(struct pgarray *array, const struct store_item *item)
{
    const struct normal_issue *issue = issue_of(item);
    add_version_ids(array, issue == NULL ? NULL : issue->removed, issue == NULL ? 0 : issue->removed_count);
}

/* NULL for all but a git host's delivery. */
static void add_git(struct pgarray *array, const struct store_item *item)
{
    const char *document = item->form == NULL ? NULL : item->form->git_json;
    pgarray_add_bytes(array, document, document == NULL ? 0 : item->form->git_json_length);
}

#define ITEM(type, member) \
    { \
        PGARRAY_##type, IN_ITEM, offsetof(struct store_item, member), NULL \
    }
#define SOURCE(type, member) \
    { \
        PGARRAY_##type, IN_SOURCE, offsetof(struct source, member), NULL \
    }
#define FORM(type, member) \
    { \
        PGARRAY_##type, IN_FORM, offsetof(struct normal_form, member), NULL \
    }
#define ISSUE(type, member) \
    { \
        PGARRAY_##type, IN_ISSUE, offsetof(struct normal_issue, member), NULL \
    }
#define ENTITY(type, member) \
    { \
        PGARRAY_##type, IN_ENTITY, offsetof(struct normal_entity, member), NULL \
    }
#define COMPUTED(type, add) \
    { \
        PGARRAY_##type, IN_ITEM, 0, add \
    }

/* Each item's entities in turn: the item's place in the batch, from 1 on. */
static void add_places(struct pgarray *array, const struct store_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; items[i].form != NULL && n < items[i].form->entity_count; n++)
            pgarray_add_int4(array, (int32_t)i + 1);
}

/* In the order of the function's parameters: one element for each item, one for each entity, and again each item. */
static const struct column columns[] = {
    SOURCE(TEXT, tenant),
    SOURCE(TEXT, name),
    COMPUTED(TEXT, add_kind),
    ITEM(TEXT, delivery_id),
    COMPUTED(TEXT, add_event),
    ITEM(TIMESTAMPTZ, received_at),
    ITEM(INT4, attempt),
    FORM(INT4, altered),
    COMPUTED(BYTEA, add_body),
    COMPUTED(TEXT, add_storable),
    ITEM(TEXT, content_type),
    ITEM(TEXT, matched_secret),
    COMPUTED(TEXT, add_reason),
    COMPUTED(TEXT, add_detail),
    ITEM(TEXT, quarantine_sqlstate),
    FORM(TIMESTAMPTZ, event_at),
    ISSUE(INT8, issue_id),
    ISSUE(TEXT, issue_key),
    ISSUE(INT8, project_id),
    ISSUE(TEXT, project_key),
    ISSUE(TEXT, project_name),
    ISSUE(TEXT, summary),
    ISSUE(TEXT, issue_type),
    ISSUE(INT4, hierarchy_level),
    ISSUE(INT8, parent_id),
    ISSUE(TEXT, parent_key),
    ISSUE(TEXT, status),
    ISSUE(TEXT, status_category),
    ISSUE(TEXT, resolution),
    ISSUE(TIMESTAMPTZ, resolved_at),
    ISSUE(TEXT, priority),
    ISSUE(TEXT, assignee),
    ISSUE(TEXT, assignee_name),
    ISSUE(TIMESTAMPTZ, created_at),
    ISSUE(TIMESTAMPTZ, updated_at),
    ISSUE(BOOL, is_whole),
    ISSUE(BOOL, is_delete),
    COMPUTED(TEXT, add_fix_version_ids),
    COMPUTED(TEXT, add_fix_version_names),
    COMPUTED(TEXT, add_labels),
    COMPUTED(TEXT, add_components),
    COMPUTED(TEXT, add_old_keys),
    COMPUTED(TEXT, add_added_ids),
    COMPUTED(TEXT, add_removed_ids),
    ITEM(BOOL, is_replay),
    {PGARRAY_INT4, IN_ENTITY, 0, NULL}, /* add_places */
    ENTITY(TEXT, kind),
    ENTITY(TEXT, id),
    ENTITY(TEXT, member),
    ENTITY(INT4, mark),
    ENTITY(INT8, issue_id),
    ENTITY(TIMESTAMPTZ, created_at),
    ENTITY(TIMESTAMPTZ, updated_at),
    ENTITY(TIMESTAMPTZ, started_at),
    ENTITY(TEXT, author),
    ENTITY(TEXT, text),
    ENTITY(INT8, seconds_spent),
    ENTITY(INT8, from_issue_id),
    ENTITY(INT8, to_issue_id),
    ENTITY(INT8, merged_into),
    COMPUTED(TEXT, add_git),
};

enum { COLUMNS = sizeof columns / sizeof *columns,
       PLACES = 45 };
_Static_assert(COLUMNS == 61, "the statement below has 61 parameters");

static const char statement[] =
    "SELECT outcome, enqueued FROM jirasync.store_deliveries("
    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, "
    "$24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, "
    "$46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61)";

/* What is kept with the connection, so that a batch costs no allocation once the buffers have grown. */
struct buffers {
    struct pgarray arrays[COLUMNS];
    const char *values[COLUMNS];
    int lengths[COLUMNS];
    int formats[COLUMNS];
    Oid types[COLUMNS];
};

static const struct {
    const char *word; /* of the function */
    const char *name; /* as it stands in answers and logs */
} outcomes_by_code[STORE_OUTCOMES] = {
    [STORE_APPLIED] = {"applied", "applied"},
    [STORE_STALE] = {"stale", "stale"},
    [STORE_DUPLICATE] = {"duplicate", "duplicate"},
    [STORE_IGNORED] = {"ignored", "ignored"},
    [STORE_QUARANTINED] = {"quarantined", "quarantined"},
    [STORE_ID_CONFLICT] = {"id_conflict", "quarantined"},
};

const char *store_outcome_name(enum store_outcome outcome)
{
    return outcomes_by_code[outcome].name;
}

static void free_buffers(void *workspace)
{
    struct buffers *buffers = workspace;
    for (size_t i = 0; i < COLUMNS; i++)
        pgarray_free(&buffers->arrays[i]);
    free(buffers);
}

bool store_is_delivery_id(const char *id)
{
    size_t length = id == NULL ? 0 : strnlen(id, STORE_ID_BYTES + 1);
    if (length == 0 || length > STORE_ID_BYTES)
        return false;
    for (size_t i = 0; i < length; i++)
        if (id[i] < ' ' || id[i] > '~')
            return false;
    return true;
}

/* The connection's buffers, made at the first use. */
static struct buffers *buffers_of(struct db *db)
{
    struct buffers *buffers = db_workspace(db);
    if (buffers != NULL)
        return buffers;
    buffers = calloc(1, sizeof *buffers);
    if (buffers == NULL)
        return NULL;
    for (size_t i = 0; i < COLUMNS; i++) {
        buffers->formats[i] = 1;
        buffers->types[i] = pgarray_oid(columns[i].type);
    }
    db_set_workspace(db, buffers, free_buffers);
    return buffers;
}

static const char *holder_of(const struct store_item *item, enum holder holder)
{
    switch (holder) {
    case IN_ITEM:
        return (const char *)item;
    case IN_SOURCE:
        return (const char *)item->source;
    case IN_FORM:
        return (const char *)item->form;
    case IN_ISSUE:
        return (const char *)issue_of(item);
    case IN_ENTITY:
        break; /* an item has any number of them */
    }
    return NULL;
}

/* Copies a member as its column's type has it; NORMALIZE_NO_ID, INSTANT_NONE, INT_MIN and NULL are NULL. */
static void add_member(struct pgarray *array, enum pgarray_type type, const char *member)
{
    const char *text;
    int32_t small;
    int64_t big;
    bool flag;

    switch (type) {
    case PGARRAY_TEXT:
    case PGARRAY_BYTEA:
        memcpy(&text, member, sizeof text);
        add_text(array, text);
        break;
    case PGARRAY_INT4:
        memcpy(&small, member, sizeof small);
        small == INT_MIN ? pgarray_add_null(array) : pgarray_add_int4(array, small);
        break;
    case PGARRAY_INT8:
        memcpy(&big, member, sizeof big);
        big == NORMALIZE_NO_ID ? pgarray_add_null(array) : pgarray_add_int8(array, big);
        break;
    case PGARRAY_TIMESTAMPTZ:
        memcpy(&big, member, sizeof big);
        pgarray_add_instant(array, big);
        break;
    case PGARRAY_BOOL:
        memcpy(&flag, member, sizeof flag);
        pgarray_add_bool(array, flag);
        break;
    }
}

static void add_value(struct pgarray *array, const struct column *column, const struct store_item *item)
{
    if (column->add != NULL) {
        column->add(array, item);
        return;
    }
    const char *holder = holder_of(item, column->holder);
    if (holder == NULL)
        pgarray_add_null(array);
    else
        add_member(array, column->type, holder + column->offset);
}

static void add_entity_values(struct pgarray *array, const struct column *column, const struct store_item *items,
                              size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; items[i].form != NULL && n < items[i].form->entity_count; n++)
            add_member(array, column->type, (const char *)&items[i].form->entities[n] + column->offset);
}

static void add_values(struct pgarray *array, size_t c, const struct store_item *items, size_t count)
{
    if (c == PLACES)
        add_places(array, items, count);
    else if (columns[c].holder == IN_ENTITY)
        add_entity_values(array, &columns[c], items, count);
    else
        for (size_t i = 0; i < count; i++)
            add_value(array, &columns[c], &items[i]);
}

static bool build_parameters(struct buffers *buffers, const struct store_item *items, size_t count)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        struct pgarray *array = &buffers->arrays[c];
        pgarray_begin(array, columns[c].type);
        add_values(array, c, items, count);
        buffers->values[c] = pgarray_finish(array, &buffers->lengths[c]);
        if (buffers->values[c] == NULL)
            return false;
    }
    return true;
}

/* STORE_OUTCOMES for a word that is none. */
static enum store_outcome parse_outcome(const char *word)
{
    enum store_outcome outcome = 0;
    while (outcome < STORE_OUTCOMES && strcmp(outcomes_by_code[outcome].word, word) != 0)
        outcome++;
    return outcome;
}

static enum error_code read_outcomes(const PGresult *result, size_t count, enum store_outcome *outcomes,
                                     bool *enqueued, struct error *error)
{
    if ((size_t)PQntuples(result) != count)
        return error_set(error, ERROR_DATABASE_MISUSE, "store_deliveries answered %d rows for %zu deliveries",
                         PQntuples(result), count);
    *enqueued = false;
    for (size_t i = 0; i < count; i++) {
        outcomes[i] = parse_outcome(PQgetvalue(result, (int)i, 0));
        if (outcomes[i] == STORE_OUTCOMES)
            return error_set(error, ERROR_DATABASE_MISUSE, "store_deliveries answered an unknown outcome");
        *enqueued = *enqueued || PQgetvalue(result, (int)i, 1)[0] == 't';
    }
    return ERROR_NONE;
}

enum error_code store_deliveries(struct db *db, const struct store_item *items, size_t count, int64_t timeout_ms,
                                 enum store_outcome *outcomes, bool *enqueued, struct error *error)
{
    *enqueued = false;
    if (count == 0)
        return ERROR_NONE;
    struct buffers *buffers = buffers_of(db);
    if (buffers == NULL || !build_parameters(buffers, items, count))
        return error_set(error, ERROR_NO_MEMORY, "out of memory for a batch of %zu deliveries", count);
    const struct db_params params = {COLUMNS, buffers->types, buffers->values, buffers->lengths, buffers->formats};
    PGresult *result = NULL;
    enum error_code code =
        db_query_prepared(db, "store_deliveries", statement, &params, 0, timeout_ms, &result, error);
    if (code == ERROR_NONE)
        code = read_outcomes(result, count, outcomes, enqueued, error);
    PQclear(result);
    return code;
}
