/* The document that a closed run has left, as it is kept. */
#include "run_document.h"

#include "instant.h"

#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 60000

/* Columns of the row, in order. */
enum { TENANT,
       RUN_ID,
       FINISHED_AT, /* microseconds; null: open */
       FINISHED_TEXT,
       IS_LATEST,
       DOCUMENT };

struct run_document {
    PGresult *row;
};

static const char read_statement[] =
    "SELECT r.tenant, r.run_id, (extract(epoch FROM r.finished_at) * 1000000)::bigint,"
    " jirasync.phoenix_time(r.finished_at), NOT EXISTS (SELECT FROM jirasync.runs n WHERE n.finished_at > r.finished_at),"
    " r.document FROM jirasync.runs r WHERE r.run_id = $1 ORDER BY r.tenant LIMIT 1";

/* What is wrong with the row; ERROR_NONE when it has a document. */
static enum error_code check_row(const PGresult *row, const char *run_id, struct error *error)
{
    if (PQntuples(row) == 0)
        return error_set(error, ERROR_INPUT, "there is no run %.64s (view coverage_history and table runs name some)", run_id);
    if (PQgetisnull(row, 0, FINISHED_AT))
        return error_set(error, ERROR_INPUT, "run %.64s is open still: its document is made when it is closed", run_id);
    if (PQgetisnull(row, 0, DOCUMENT))
        return error_set(error, ERROR_INPUT, "the document of run %.64s was pruned; it was closed at %s", run_id,
                         PQgetvalue(row, 0, FINISHED_TEXT));
    return ERROR_NONE;
}

enum error_code run_document_read(struct db *db, const char *run_id, struct run_document **document,
                                  struct error *error)
{
    const struct db_params params = {.count = 1, .values = &run_id};
    PGresult *row;
    enum error_code code = db_query(db, read_statement, &params, 0, TIMEOUT_MS, &row, error);
    if (code != ERROR_NONE)
        return code;
    code = check_row(row, run_id, error);
    struct run_document *read = code == ERROR_NONE ? malloc(sizeof *read) : NULL;
    if (code == ERROR_NONE && !read)
        code = error_set(error, ERROR_NO_MEMORY, "out of memory");
    if (code != ERROR_NONE) {
        PQclear(row);
        return code;
    }
    read->row = row;
    *document = read;
    return ERROR_NONE;
}

void run_document_free(struct run_document *document)
{
    if (document)
        PQclear(document->row);
    free(document);
}

const char *run_document_text(const struct run_document *document, size_t *length)
{
    *length = (size_t)PQgetlength(document->row, 0, DOCUMENT);
    return PQgetvalue(document->row, 0, DOCUMENT);
}

enum error_code run_document_write(struct db *db, const struct run_document *document, const char *root,
                                   char path[ARTIFACT_PATH_BYTES], struct error *error)
{
    const char *run_id = PQgetvalue(document->row, 0, RUN_ID);
    bool is_latest = PQgetvalue(document->row, 0, IS_LATEST)[0] == 't';
    size_t length;
    const char *text = run_document_text(document, &length);
    artifact_path(run_id, strtoll(PQgetvalue(document->row, 0, FINISHED_AT), NULL, 10), path);
    enum error_code code = is_latest ? artifact_write(root, path, text, length, error)
                                     : artifact_restore(root, path, text, length, error);
    if (code != ERROR_NONE)
        return code;
    const char *values[] = {PQgetvalue(document->row, 0, TENANT), run_id, path};
    const struct db_params params = {.count = 3, .values = values};
    PGresult *answer;
    code = db_query(db, "SELECT jirasync.record_artifact($1, $2, $3)", &params, 0, TIMEOUT_MS, &answer, error);
    PQclear(answer);
    return code;
}
