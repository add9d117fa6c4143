/* Artifacts: the documents of runs as files, whole at any moment.
 *
 * Below the root lies artifacts/issues/wave3/jira_webhook/ with a folder a day (Phoenix time), latest.json
 * and run.schema.json. A file is written under a temporary name, synced and renamed; writing it again does no
 * harm.
 */
#ifndef JIRASYNC_ARTIFACT_H
#define JIRASYNC_ARTIFACT_H

#include "error.h"
#include "instant.h"

#include <stddef.h>
#include <stdint.h>

#define ARTIFACT_FOLDER "artifacts/issues/wave3/jira_webhook"
#define ARTIFACT_PATH_BYTES 256

/* Where a run's artifact lies below the root: "…/2026-11-24/20261124T041200-RUN_ID.json". */
void artifact_path(const char *run_id, instant generated_at, char path[ARTIFACT_PATH_BYTES]);
/* Writes document to root/path, and to latest.json unless a newer one is there; puts the schema beside. */
enum error_code artifact_write(const char *root, const char *path, const char *document, size_t length,
                               struct error *error) MUST_CHECK;
/* The same without latest.json: for a file that is made again. */
enum error_code artifact_restore(const char *root, const char *path, const char *document, size_t length,
                                 struct error *error) MUST_CHECK;
/* Removes the artifacts of the days before first_day ("2026-08-26") and what folders are empty then; *removed is how
 * many files that was. What is not named as an artifact stays; a root without artifacts is no error. */
enum error_code artifact_remove_before(const char *root, const char *first_day, int64_t *removed,
                                       struct error *error) MUST_CHECK;

#endif
