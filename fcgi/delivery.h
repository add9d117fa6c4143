/* One request from its parameters to its answer: the stages in order, the first failure decides. */
#ifndef JIRASYNC_DELIVERY_H
#define JIRASYNC_DELIVERY_H

#include "responder.h"

#include <fcgiapp.h>

/* Answers the request (or not at all, when the peer went away in mid-body). *item is the thread's reusable item: NULL
 * at first, replaced when the store thread still holds it. */
void delivery_handle(const struct responder_context *context, FCGX_Request *request, struct batcher_item **item);

#endif
