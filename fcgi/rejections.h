/* A small queue of rejected requests: request threads add and never wait, the store thread writes them in one go. */
#ifndef JIRASYNC_REJECTIONS_H
#define JIRASYNC_REJECTIONS_H

#include "db.h"
#include "source.h"

struct rejections;

struct rejections *rejections_new(void) MUST_CHECK;
void rejections_free(struct rejections *rejections);
/* Notes one rejection; dropped when the queue is full (the counter still counts it). source may be NULL. */
void rejections_add(struct rejections *rejections, const struct source *source, enum error_code reason, size_t bytes);
/* Writes what waits; while the database is away it stays in the queue. */
void rejections_flush(struct rejections *rejections, struct db *db, int64_t timeout_ms);

#endif
