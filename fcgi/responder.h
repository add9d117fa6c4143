/* The accept loop of a child's request threads, and the stages of one request in order. */
#ifndef JIRASYNC_RESPONDER_H
#define JIRASYNC_RESPONDER_H

#include "batcher.h"
#include "config.h"
#include "counters.h"
#include "readiness.h"
#include "rejections.h"
#include "source.h"

/* What all request threads of a child share; owned by the child's main thread, which outlives them. */
struct responder_context {
    const struct config *config;
    const struct source_list *sources;
    struct counters *counters;
    int slot; /* of this child in the counters */
    struct batcher *batcher;
    struct readiness *readiness;
    struct rejections *rejections;
};

struct responder;

/* Starts the request threads on listen_fd (made non-blocking). NULL with errno when that fails. */
struct responder *responder_start(const struct responder_context *context, int listen_fd) MUST_CHECK;
/* Stops accepting, lets every thread finish its request, and frees. */
void responder_stop(struct responder *responder);

#endif
