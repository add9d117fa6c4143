/* A site's budget of requests, which all workers share: the token bucket, the pauses and the circuit that PostgreSQL keeps
 * (take_requests, note_response).
 *
 * Whoever asks a site takes before each request, and notes each answer. Taking waits until a request may go: in small
 * steps, so that a stop is noticed within a twentieth of a second, and with jitter, so that many who wait do not come back
 * at once. It sends nothing itself, and keeps nothing that another process could not know: what counts is in the database.
 * One struct belongs to one thread; db may serve other statements of that thread in between.
 */
#ifndef JIRASYNC_SITE_BUDGET_H
#define JIRASYNC_SITE_BUDGET_H

#include "db.h"
#include "http.h"

#include <stdatomic.h>

struct site_budget;

/* Strings are copied; db and cancelled are borrowed for the budget's life. */
struct site_budget_options {
    struct db *db;
    const char *tenant, *source;
    int64_t timeout_ms;           /* of one statement */
    int64_t patience_ms;          /* longest wait of one take; below 0: as long as it takes */
    const atomic_bool *cancelled; /* once true, a wait ends; NULL: never */
};

/* NULL when memory is short. Free with site_budget_free. */
struct site_budget *site_budget_new(const struct site_budget_options *options) MUST_CHECK;
void site_budget_free(struct site_budget *budget);
/* Waits until a request to endpoint (a name of the caller's for what shares a limit of bursts; "" for none) may go, and takes
 * up to wanted of them (at least 1): *granted is how many. ERROR_BUSY when that would pass the patience, with what is in
 * the way, or when cancelled; then site_budget_wait_ms says for how long. Else what the statement gives. */
enum error_code site_budget_take(struct site_budget *budget, const char *endpoint, int wanted, int *granted,
                                 struct error *error) MUST_CHECK;
/* Asks once and does not wait: *granted may be 0, then site_budget_wait_ms says how long it will be and site_budget_why what is
 * in the way. */
enum error_code site_budget_ask(struct site_budget *budget, const char *endpoint, int wanted, int *granted,
                                struct error *error) MUST_CHECK;
/* Why the last ask granted nothing, in words: the budget, a pause or the circuit, and what the last request met with. The
 * budget's, until the next ask. */
const char *site_budget_why(const struct site_budget *budget);
/* Tells all workers what an answer said of limits; call it for each answer, also for a fault without one. Fills
 * site_budget_retry_after_ms. */
enum error_code site_budget_note(struct site_budget *budget, const char *endpoint, const struct http_answer *answer,
                                 struct error *error) MUST_CHECK;
/* How long the last take that gave ERROR_BUSY would have had to wait still, in milliseconds. */
int64_t site_budget_wait_ms(const struct site_budget *budget);
/* The least wait that the last answer asked for (Retry-After, a reset), in milliseconds; -1: it did not. */
int64_t site_budget_retry_after_ms(const struct site_budget *budget);
/* True when the last answer that was noted left the circuit open. */
bool site_budget_is_open(const struct site_budget *budget);
/* Requests granted to this struct so far. */
int64_t site_budget_taken(const struct site_budget *budget);

#endif
