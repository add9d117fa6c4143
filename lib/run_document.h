/* The document that a closed run has left, as it is kept: the very bytes of its artifact. */
#ifndef JIRASYNC_RUN_DOCUMENT_H
#define JIRASYNC_RUN_DOCUMENT_H

#include "artifact.h"
#include "db.h"
#include "error.h"

#include <stddef.h>

struct run_document;

/* Reads the document of a run. ERROR_INPUT when there is no such run, when it is open still, or when its document was
 * pruned; the message says which. Free with run_document_free. */
enum error_code run_document_read(struct db *db, const char *run_id, struct run_document **document,
                                  struct error *error) MUST_CHECK;
void run_document_free(struct run_document *document);
/* Its bytes; *length is how many. */
const char *run_document_text(const struct run_document *document, size_t *length);
/* Writes its artifact below root again and notes where it is. latest.json is left alone unless no later run is there.
 * path gets the artifact's, below root. */
enum error_code run_document_write(struct db *db, const struct run_document *document, const char *root,
                                   char path[ARTIFACT_PATH_BYTES], struct error *error) MUST_CHECK;

#endif
