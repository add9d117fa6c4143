/* Judges kept bytes anew: pages of rows, each through its normal form, into the store. */
#include "replay.h"

#include "normalize_delivery.h"
#include "progress.h"
#include "signature.h"
#include "store_range.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_TIMEOUT_MS 60000 /* a page, a batch */
#define COUNT_TIMEOUT_MS 600000
#define DUPLICATE "duplicate" /* as the statement below says it */

/* Columns of a page, in order. */
enum { RECEIVED_AT, /* microseconds */
       DELIVERY_ID,
       SHA256, /* hex */
       BEFORE,
       KIND,
       EVENT,
       ATTEMPT,
       MATCHED_SECRET,
       CONTENT_TYPE,
       REASON, /* of quarantine */
       SQLSTATE,
       KNOWN, /* quarantined, and the ledger has: "duplicate" its body, "id_conflict" its id with another one */
       BODY };

/* $1 tenant, $2 source, $3 since, $4 until, $5 id, $6 quarantine only; $7 to $9 the last row of the page before; $10 rows
 * at most, $11 bytes at most, unless the first has more. */
static const char page_statement[] =
    "WITH kept AS ("
    "(SELECT d.received_at, d.delivery_id, d.body_sha256, d.outcome, d.kind, d.event, d.attempt, d.matched_secret,"
    " NULL AS content_type, NULL AS reason, NULL AS sqlstate, d.body"
    " FROM jirasync.deliveries d"
    " WHERE NOT $6::boolean AND d.tenant = $1 AND d.source = $2"
    " AND d.received_at >= $3::timestamptz AND d.received_at < $4::timestamptz"
    " AND ($5::text IS NULL AND d.body IS NOT NULL OR d.delivery_id = $5::text)"
    " AND (d.received_at, d.delivery_id, d.body_sha256) > ($7::timestamptz, $8, decode($9, 'hex'))"
    " ORDER BY d.received_at, d.delivery_id, d.body_sha256 LIMIT $10::integer)"
    " UNION ALL "
    "(SELECT q.received_at, q.delivery_id, q.body_sha256, 'quarantined', q.kind, coalesce(q.event,"
    " (SELECT d.event FROM jirasync.deliveries d WHERE d.tenant = $1 AND d.source = $2"
    " AND d.delivery_id = q.delivery_id AND d.body_sha256 = q.body_sha256)), 0, NULL,"
    " q.content_type, q.reason, q.sqlstate, q.body"
    " FROM jirasync.quarantined_deliveries q"
    " WHERE q.tenant = $1 AND q.source = $2"
    " AND q.received_at >= $3::timestamptz AND q.received_at < $4::timestamptz"
    " AND ($5::text IS NULL OR q.delivery_id = $5::text)"
    " AND (q.received_at, q.delivery_id, q.body_sha256) > ($7::timestamptz, $8, decode($9, 'hex'))"
    " ORDER BY q.received_at, q.delivery_id, q.body_sha256 LIMIT $10::integer)"
    "), page AS ("
    "SELECT * FROM kept k ORDER BY k.received_at, k.delivery_id, k.body_sha256 LIMIT $10::integer"
    "), measured AS ("
    "SELECT p.*, row_number() OVER w AS place, sum(octet_length(p.body)) OVER w AS bytes FROM page p"
    " WINDOW w AS (ORDER BY p.received_at, p.delivery_id, p.body_sha256 ROWS UNBOUNDED PRECEDING)"
    ") SELECT (extract(epoch FROM m.received_at) * 1000000)::bigint::text, m.delivery_id, encode(m.body_sha256, 'hex'),"
    " m.outcome, m.kind, m.event, m.attempt::text, m.matched_secret, m.content_type, m.reason, m.sqlstate,"
    " CASE WHEN m.outcome <> 'quarantined' THEN NULL"
    " WHEN m.kind = 'jira' AND EXISTS (SELECT FROM jirasync.deliveries d WHERE d.tenant = $1 AND d.source = $2"
    " AND d.body_sha256 = m.body_sha256 AND d.kind = 'jira') THEN 'duplicate'"
    " ELSE (SELECT CASE WHEN d.body_sha256 = m.body_sha256 THEN 'duplicate' ELSE 'id_conflict' END"
    " FROM jirasync.deliveries d WHERE d.tenant = $1 AND d.source = $2 AND d.delivery_id = m.delivery_id) END,"
    " m.body FROM measured m WHERE m.place = 1 OR m.bytes <= $11::bigint ORDER BY m.place";

/* $1 to $6 as above. */
static const char count_statement[] =
    "SELECT coalesce(sum(c.kept), 0), coalesce(sum(c.gone), 0) FROM ("
    "SELECT count(*) FILTER (WHERE d.body IS NOT NULL) AS kept, count(*) FILTER (WHERE d.body IS NULL) AS gone"
    " FROM jirasync.deliveries d WHERE NOT $6::boolean AND d.tenant = $1 AND d.source = $2"
    " AND d.received_at >= $3::timestamptz AND d.received_at < $4::timestamptz"
    " AND ($5::text IS NULL OR d.delivery_id = $5::text)"
    " UNION ALL "
    "SELECT count(*), 0 FROM jirasync.quarantined_deliveries q WHERE q.tenant = $1 AND q.source = $2"
    " AND q.received_at >= $3::timestamptz AND q.received_at < $4::timestamptz"
    " AND ($5::text IS NULL OR q.delivery_id = $5::text)) c";

static const char sources_statement[] =
    "SELECT s.tenant, s.source, s.epic_link_field FROM jirasync.sources s"
    " WHERE ($1::text IS NULL OR s.tenant = $1) AND ($2::text IS NULL OR s.source = $2) ORDER BY s.tenant, s.source";

/* A delivery of the batch, beside its item. */
struct member {
    struct source source; /* as it was when the delivery came */
    enum replay_before before;
};

struct replaying {
    struct db *db;
    const struct replay_options *options;
    struct replay_result *result;
    struct arena *arena; /* normal forms of the batch */
    struct store_item *items;
    struct store_refusal *refusals;
    struct member *members;
    enum store_outcome *outcomes;
    size_t count;
    char *tenant, *source, *epic_link_field; /* whose deliveries are read; borrowed */
    const char *id;
    int64_t kept, found; /* rows with a body in all; rows of the id that is counted */
    char since[INSTANT_TEXT_BYTES], until[INSTANT_TEXT_BYTES];
    struct progress progress;
};

static const char *const before_names[REPLAY_BEFORES] = {"applied", "stale", "ignored", "quarantined"};
static const char *const form_names[REPLAY_FORMS] = {
    [REPLAY_ISSUE] = "issue",
    [REPLAY_ENTITY] = "entity",
    [REPLAY_GIT] = "git",
    [REPLAY_NOTHING] = "ignored",
    [REPLAY_KNOWN] = "duplicate",
    [REPLAY_REFUSED] = "quarantined",
};

const char *replay_before_name(enum replay_before before)
{
    return before_names[before];
}

const char *replay_form_name(enum replay_form form)
{
    return form_names[form];
}

static enum replay_before before_of(const char *outcome)
{
    enum replay_before before = REPLAY_APPLIED;
    while (before < REPLAY_QUARANTINED && strcmp(before_names[before], outcome) != 0)
        before++;
    return before;
}

/* NULL for NULL. */
static char *value_of(const PGresult *page, int row, int column)
{
    return PQgetisnull(page, row, column) ? NULL : PQgetvalue(page, row, column);
}

/* ---- the batch ---- */

static void count_stored(struct replaying *replaying, size_t index)
{
    struct replay_result *result = replaying->result;
    const struct store_item *item = &replaying->items[index];
    enum store_outcome outcome = replaying->outcomes[index];
    enum replay_before before = replaying->members[index].before;
    bool is_quarantined = outcome == STORE_QUARANTINED || outcome == STORE_ID_CONFLICT;
    result->outcomes[outcome]++;
    if (is_quarantined)
        result->reasons[outcome == STORE_ID_CONFLICT ? ERROR_ID_CONFLICT : item->quarantine]++;
    if (is_quarantined && before != REPLAY_QUARANTINED)
        result->left++;
    else if (strcmp(store_outcome_name(outcome), before_names[before]) != 0)
        result->changed++;
    if (before == REPLAY_QUARANTINED && !is_quarantined)
        result->healed++;
}

static enum error_code store_batch(struct replaying *replaying, struct error *error)
{
    enum error_code code = store_range(replaying->db, replaying->items, replaying->refusals, replaying->count,
                                       SHORT_TIMEOUT_MS, replaying->outcomes, error);
    for (size_t i = 0; i < replaying->count; i++)
        if (replaying->outcomes[i] != STORE_OUTCOMES)
            count_stored(replaying, i);
    progress_add(&replaying->progress, replaying->count);
    replaying->count = 0;
    arena_reset(replaying->arena);
    return code;
}

/* ---- one delivery ---- */

/* The row as an item of the batch; what it holds is borrowed from the page. */
static void fill_item(struct replaying *replaying, const PGresult *page, int row)
{
    struct store_item *item = &replaying->items[replaying->count];
    struct member *member = &replaying->members[replaying->count];
    const char *kind = PQgetvalue(page, row, KIND);
    *member = (struct member){.before = before_of(PQgetvalue(page, row, BEFORE))};
    member->source = (struct source){
        .name = replaying->source,
        .tenant = replaying->tenant,
        .epic_link_field = replaying->epic_link_field,
    };
    if (!source_kind_parse(kind, strlen(kind), &member->source.kind))
        member->source.kind = SOURCE_GIT; /* of a kind that is no more: kept unread */
    *item = (struct store_item){
        .source = &member->source,
        .delivery_id = PQgetvalue(page, row, DELIVERY_ID),
        .received_at = strtoll(PQgetvalue(page, row, RECEIVED_AT), NULL, 10),
        .attempt = (int)strtol(PQgetvalue(page, row, ATTEMPT), NULL, 10),
        .content_type = value_of(page, row, CONTENT_TYPE),
        .event = value_of(page, row, EVENT),
        .matched_secret = value_of(page, row, MATCHED_SECRET),
        .body = (const unsigned char *)PQgetvalue(page, row, BODY),
        .body_length = (size_t)PQgetlength(page, row, BODY),
        .is_replay = true,
    };
}

/* An issue of a search's page: `import-issues` makes the id of the body. */
static bool is_imported(const struct store_item *item)
{
    static const char prefix[] = "import:";
    char body_id[SIGNATURE_BODY_ID_BYTES];
    return strncmp(item->delivery_id, prefix, sizeof prefix - 1) == 0 &&
           strcmp(item->delivery_id + sizeof prefix - 1, signature_body_id(item->body, item->body_length, body_id)) == 0;
}

/* Makes the row the batch's next item and reads its body; the item counts once replaying->count says so. */
static enum error_code read_row(struct replaying *replaying, const PGresult *page, int row, struct normal_form **form,
                                struct error *error)
{
    const struct store_item *item = &replaying->items[replaying->count];
    const struct normalize_options options = {.epic_link_field = replaying->epic_link_field};
    fill_item(replaying, page, row);
    if (is_imported(item))
        return normalize_jira_issue((const char *)item->body, item->body_length, &options, replaying->arena, form, error);
    return normalize_delivery(item, value_of(page, row, EVENT), replaying->arena, form, error);
}

/* Client bytes on their way to a terminal. */
static void write_clean(FILE *out, const char *text)
{
    for (; *text != '\0'; text++)
        fputc((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text, out);
}

/* What a delivery that was in quarantine, or would go there today, is read as, in a line. */
static void tell_reading(const struct replaying *replaying, const PGresult *page, int row,
                         const struct normal_form *form, const char *reason, const char *detail)
{
    const char *sqlstate = value_of(page, row, SQLSTATE);
    FILE *out = replaying->options->lines;
    if (out == NULL)
        return;
    fprintf(out, "%s %s: %s -> ", replaying->source, PQgetvalue(page, row, DELIVERY_ID),
            PQgetvalue(page, row, PQgetisnull(page, row, REASON) ? BEFORE : REASON));
    if (reason != NULL) {
        fprintf(out, "%s%s", reason, *detail ? ": " : "");
        write_clean(out, detail);
    } else {
        fprintf(out, "%s ", form_names[(int)form->kind]);
        write_clean(out, form->event);
        fputs(form->kind == NORMAL_ISSUE && form->issue.issue_key ? " " : "", out);
        write_clean(out, form->kind == NORMAL_ISSUE && form->issue.issue_key ? form->issue.issue_key : "");
        fputs(value_of(page, row, KNOWN) == NULL ? "" : ", under an id made of its body, since its own is taken", out);
        if (sqlstate != NULL)
            fprintf(out, ", unless PostgreSQL refuses it again with SQLSTATE %s", sqlstate);
    }
    fputc('\n', out);
}

/* A dry run's part: counts and tells, and keeps nothing. */
static void judge(struct replaying *replaying, const PGresult *page, int row, const struct normal_form *form,
                  const struct error *error)
{
    struct replay_result *result = replaying->result;
    enum replay_before before = replaying->members[replaying->count].before;
    const char *known = value_of(page, row, KNOWN), *reason = NULL, *detail = "";
    enum replay_form now = form == NULL ? REPLAY_REFUSED : (enum replay_form)form->kind;
    if (form == NULL) {
        result->reasons[error->code]++;
        reason = error_name(error->code);
        detail = error->message;
    } else if (known != NULL && strcmp(known, DUPLICATE) == 0) {
        now = REPLAY_KNOWN;
        reason = DUPLICATE;
    }
    result->forms[before][now]++;
    if (before == REPLAY_QUARANTINED || form == NULL)
        tell_reading(replaying, page, row, form, reason, detail);
    progress_add(&replaying->progress, 1);
    arena_reset(replaying->arena);
}

static enum error_code take_row(struct replaying *replaying, const PGresult *page, int row, struct error *error)
{
    struct normal_form *form = NULL;
    struct error problem = {0};
    if (PQgetisnull(page, row, BODY)) {
        if (replaying->options->lines != NULL)
            fprintf(replaying->options->lines, "%s %s: gone, its body was pruned\n", replaying->source,
                    PQgetvalue(page, row, DELIVERY_ID));
        return ERROR_NONE;
    }
    enum error_code code = read_row(replaying, page, row, &form, &problem);
    if (code == ERROR_TOO_COMPLEX && replaying->count > 0) { /* alone it may fit into the arena */
        if ((code = store_batch(replaying, error)) != ERROR_NONE)
            return code;
        code = read_row(replaying, page, row, &form, &problem);
    }
    if (code != ERROR_NONE && !error_is_quarantined(code)) {
        *error = problem;
        return code;
    }
    replaying->result->deliveries++;
    if (replaying->options->is_dry_run) {
        judge(replaying, page, row, form, &problem);
        return ERROR_NONE;
    }
    size_t index = replaying->count++;
    replaying->items[index].form = form;
    if (form == NULL)
        store_range_refuse(&replaying->items[index], &replaying->refusals[index], &problem);
    return ERROR_NONE;
}

/* ---- pages ---- */

static enum error_code take_page(struct replaying *replaying, const PGresult *page, struct error *error)
{
    enum error_code code = ERROR_NONE;
    for (int row = 0; code == ERROR_NONE && row < PQntuples(page); row++)
        code = take_row(replaying, page, row, error);
    return code == ERROR_NONE && replaying->count > 0 ? store_batch(replaying, error) : code;
}

/* The rows after the last one of former, which may be NULL. */
static enum error_code read_page(const struct replaying *replaying, const PGresult *former, PGresult **page,
                                 struct error *error)
{
    const struct replay_options *options = replaying->options;
    char time[INSTANT_TEXT_BYTES] = "-infinity", rows[24], bytes[24];
    const char *id = "", *sha256 = "";
    if (former != NULL) {
        int last = PQntuples(former) - 1;
        instant_format(strtoll(PQgetvalue(former, last, RECEIVED_AT), NULL, 10), 6, time);
        id = PQgetvalue(former, last, DELIVERY_ID);
        sha256 = PQgetvalue(former, last, SHA256);
    }
    (void)snprintf(rows, sizeof rows, "%zu", options->batch_rows);
    (void)snprintf(bytes, sizeof bytes, "%zu", options->batch_bytes);
    const char *values[] = {replaying->tenant, replaying->source, replaying->since, replaying->until, replaying->id,
                            options->is_quarantine_only ? "t" : "f", time, id, sha256, rows, bytes};
    const struct db_params params = {.count = sizeof values / sizeof *values, .values = values};
    return db_query(replaying->db, page_statement, &params, 1, SHORT_TIMEOUT_MS, page, error);
}

static enum error_code take_pages(struct replaying *replaying, struct error *error)
{
    enum error_code code;
    PGresult *page = NULL, *next = NULL;
    while ((code = read_page(replaying, page, &next, error)) == ERROR_NONE) {
        PQclear(page);
        page = next;
        if (PQntuples(page) == 0 || (code = take_page(replaying, page, error)) != ERROR_NONE)
            break;
    }
    PQclear(page);
    return code;
}

/* ---- the selection ---- */

/* Counts what the selection holds of one source. */
static enum error_code count_source(struct replaying *replaying, struct error *error)
{
    PGresult *counted = NULL;
    const char *values[] = {replaying->tenant, replaying->source, replaying->since, replaying->until, replaying->id,
                            replaying->options->is_quarantine_only ? "t" : "f"};
    const struct db_params params = {.count = sizeof values / sizeof *values, .values = values};
    enum error_code code = db_query(replaying->db, count_statement, &params, 0, COUNT_TIMEOUT_MS, &counted, error);
    if (code == ERROR_NONE) {
        int64_t kept = strtoll(PQgetvalue(counted, 0, 0), NULL, 10), gone = strtoll(PQgetvalue(counted, 0, 1), NULL, 10);
        replaying->kept += kept;
        replaying->found += kept + gone;
        replaying->result->gone += gone;
    }
    PQclear(counted);
    return code;
}

typedef enum error_code step_function(struct replaying *replaying, struct error *error);

static enum error_code for_sources(struct replaying *replaying, const PGresult *sources, step_function *step,
                                   struct error *error)
{
    enum error_code code = ERROR_NONE;
    for (int row = 0; code == ERROR_NONE && row < PQntuples(sources); row++) {
        replaying->tenant = PQgetvalue(sources, row, 0);
        replaying->source = PQgetvalue(sources, row, 1);
        replaying->epic_link_field = value_of(sources, row, 2);
        code = step(replaying, error);
    }
    return code;
}

static void tell_unknown(struct replaying *replaying)
{
    replaying->result->unknown_ids++;
    if (replaying->options->lines != NULL)
        fprintf(replaying->options->lines, "%s: no delivery has this id\n", replaying->id);
}

static enum error_code count_all(struct replaying *replaying, const PGresult *sources, struct error *error)
{
    enum error_code code = ERROR_NONE;
    if (replaying->options->id_count == 0)
        return for_sources(replaying, sources, count_source, error);
    for (size_t i = 0; code == ERROR_NONE && i < replaying->options->id_count; i++) {
        replaying->id = replaying->options->ids[i];
        replaying->found = 0;
        code = for_sources(replaying, sources, count_source, error);
        if (code == ERROR_NONE && replaying->found == 0)
            tell_unknown(replaying);
    }
    return code;
}

static enum error_code take_all(struct replaying *replaying, const PGresult *sources, struct error *error)
{
    enum error_code code = ERROR_NONE;
    if (replaying->options->id_count == 0)
        return for_sources(replaying, sources, take_pages, error);
    for (size_t i = 0; code == ERROR_NONE && i < replaying->options->id_count; i++) {
        replaying->id = replaying->options->ids[i];
        code = for_sources(replaying, sources, take_pages, error);
    }
    return code;
}

static enum error_code replay_sources(struct replaying *replaying, struct error *error)
{
    const struct replay_options *options = replaying->options;
    const char *values[] = {options->tenant, options->source};
    const struct db_params params = {.count = 2, .values = values};
    PGresult *sources = NULL;
    enum error_code code = db_query(replaying->db, sources_statement, &params, 0, SHORT_TIMEOUT_MS, &sources, error);
    if (code == ERROR_NONE)
        code = count_all(replaying, sources, error);
    progress_start(&replaying->progress, "deliveries", (uint64_t)replaying->kept, options->is_quiet);
    if (code == ERROR_NONE) {
        code = take_all(replaying, sources, error);
        progress_finish(&replaying->progress);
    }
    PQclear(sources);
    return code;
}

static void write_limit(char text[INSTANT_TEXT_BYTES], instant limit, const char *none)
{
    if (limit == INSTANT_NONE)
        (void)snprintf(text, INSTANT_TEXT_BYTES, "%s", none);
    else
        instant_format(limit, 6, text);
}

enum error_code replay(struct db *db, const struct replay_options *options, struct replay_result *result,
                       struct error *error)
{
    struct replaying replaying = {.db = db, .options = options, .result = result};
    enum error_code code = ERROR_NO_MEMORY;
    *result = (struct replay_result){0};
    write_limit(replaying.since, options->since, "-infinity");
    write_limit(replaying.until, options->until, "infinity");
    replaying.arena = arena_new(options->parse_bytes);
    replaying.items = calloc(options->batch_rows, sizeof *replaying.items);
    replaying.refusals = calloc(options->batch_rows, sizeof *replaying.refusals);
    replaying.members = calloc(options->batch_rows, sizeof *replaying.members);
    replaying.outcomes = calloc(options->batch_rows, sizeof *replaying.outcomes);
    if (replaying.arena && replaying.items && replaying.refusals && replaying.members && replaying.outcomes)
        code = replay_sources(&replaying, error);
    else
        error_set(error, code, "out of memory");
    arena_free(replaying.arena);
    free(replaying.items);
    free(replaying.refusals);
    free(replaying.members);
    free(replaying.outcomes);
    return code;
}
