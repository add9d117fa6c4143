/* What has to be told of sources by the clock. */
#include "source_watch.h"

#include "log.h"

#include <stdlib.h>
#include <string.h>

static void log_silence(const char *source, bool has_begun, const char *since)
{
    if (has_begun)
        log_line(LOG_LEVEL_WARNING, LOG_FIELDS(.kind = "reconcile", .source = source),
                 "the site has sent nothing since %s, longer than its habit: a reconciliation was asked for", since);
    else
        log_line(LOG_LEVEL_WARNING, LOG_FIELDS(.kind = "reconcile", .source = source),
                 "the site is heard again, after a silence since %s: a reconciliation was asked for", since);
}

static void log_token(const char *source, long days_left)
{
    if (days_left < 0)
        log_line(LOG_LEVEL_WARNING, LOG_FIELDS(.source = source), "the API token has ended: make a new one");
    else
        log_line(LOG_LEVEL_WARNING, LOG_FIELDS(.source = source), "the API token ends, days left: %ld; make a new one", days_left);
}

enum error_code source_watch(struct db *db, int64_t timeout_ms, struct error *error)
{
    PGresult *found = NULL;
    enum error_code code = db_query_prepared(
        db, "watch_sources",
        "SELECT source, finding, jirasync.phoenix_time(since), days_left FROM jirasync.watch_sources()", NULL, 0, timeout_ms, &found,
        error);
    for (int row = 0; code == ERROR_NONE && row < PQntuples(found); row++) {
        const char *source = PQgetvalue(found, row, 0), *finding = PQgetvalue(found, row, 1);
        if (strcmp(finding, "token") == 0)
            log_token(source, strtol(PQgetvalue(found, row, 3), NULL, 10));
        else
            log_silence(source, strcmp(finding, "silent") == 0, PQgetvalue(found, row, 2));
    }
    PQclear(found);
    return code;
}
