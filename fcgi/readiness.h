/* What /readyz says: kept by the store thread, read by request threads without touching the database. */
#ifndef JIRASYNC_READINESS_H
#define JIRASYNC_READINESS_H

#include "db.h"
#include "source.h"

#include <stddef.h>

/* The newest migration that this build knows; an older schema is not ready. */
#define READINESS_SCHEMA "0015"

struct readiness;

/* sources is borrowed and must outlive the readiness. */
struct readiness *readiness_new(const struct source_list *sources) MUST_CHECK;
void readiness_free(struct readiness *readiness);
/* Says hello to the database (which registers the sources) and keeps what it answers; the store thread's. */
void readiness_refresh(struct readiness *readiness, struct db *db, int64_t timeout_ms);
/* A delivery was stored, or refused for a fault of ours (a missing function or privilege): not ready until one is
 * stored, or a while has passed without another refusal. */
void readiness_note_store(struct readiness *readiness, bool good);
/* Writes {"status":"ready"} or {"status":"not_ready","database":"...",...} naming what is not; true when ready. */
bool readiness_describe(struct readiness *readiness, char *text, size_t size);

#endif
