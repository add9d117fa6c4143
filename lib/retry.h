/* Exponential backoff with full jitter. Pure: the caller brings the random number. */
#ifndef JIRASYNC_RETRY_H
#define JIRASYNC_RETRY_H

#include <stdint.h>

/* Milliseconds to wait before try number attempt (1 is the first retry): random in 0..min(cap_ms, base_ms * 2^(attempt-1)).
 * random is any 32-bit number, uniformly drawn. */
int64_t retry_delay_ms(int attempt, int64_t base_ms, int64_t cap_ms, uint32_t random);
/* The same, and no less than least_ms (what Retry-After asked for; below 0: nothing did). */
int64_t retry_delay_least_ms(int attempt, int64_t base_ms, int64_t cap_ms, int64_t least_ms, uint32_t random);

#endif
