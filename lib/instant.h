/* Instants: microseconds since 1970-01-01T00:00:00Z, parsed from Jira's formats, shown at America/Phoenix (-07:00).
 *
 * America/Phoenix has kept -07:00 without daylight saving since 1968, so the offset is a constant here.
 */
#ifndef JIRASYNC_INSTANT_H
#define JIRASYNC_INSTANT_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

typedef int64_t instant;
#define INSTANT_NONE INT64_MIN /* no instant: SQL NULL */
#define INSTANT_TEXT_BYTES 40

/* Now, from the system's clock. */
instant instant_now(void);
/* Parses text of the formats that Jira and git hosts send ("2019-07-03T11:04:43.020-0700", "...Z", "...+01:00", no
 * fraction, "2020-08-04 00:00:00.0", "2017-12-25 17:42:07,202", "2015-05-17 18:08:09 UTC", "YYYY-MM-DD"). No zone is UTC. False for anything
 * else, for impossible dates and outside 1970..2200. */
bool instant_parse(const char *text, size_t length, instant *parsed) MUST_CHECK;
/* From epoch milliseconds or seconds, to the microsecond; false outside 1970..2200. */
bool instant_from_milliseconds(double milliseconds, instant *parsed) MUST_CHECK;
bool instant_from_seconds(double seconds, instant *parsed) MUST_CHECK;
/* Writes "2026-11-24T04:12:00.123-07:00" (fraction_digits 0, 3 or 6) and returns text. */
char *instant_format(instant at, int fraction_digits, char text[INSTANT_TEXT_BYTES]);
/* Writes "2026-11-24T11:12:00.123456Z" and returns text. */
char *instant_format_utc(instant at, char text[INSTANT_TEXT_BYTES]);

#endif
