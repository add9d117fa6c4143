/* The shared counters in Prometheus' text format. */
#ifndef JIRASYNC_METRICS_H
#define JIRASYNC_METRICS_H

#include "counters.h"

#include <stddef.h>

#define METRICS_BYTES 65536

/* Writes the exposition into text. */
void metrics_write(const struct counters *counters, char *text, size_t size);

#endif
