/* The drawings of an HTML report, as inline SVG: how much of a version is covered, and how that came. */
#ifndef JIRASYNC_REPORT_CHART_H
#define JIRASYNC_REPORT_CHART_H

#include <cjson/cJSON.h>
#include <stdio.h>

/* A bar of a version's stories by state. */
void report_chart_bar(const cJSON *coverage, FILE *out);
/* Stories and covered stories by day, in steps; nothing for less than two days. */
void report_chart_history(const cJSON *history, FILE *out);

#endif
