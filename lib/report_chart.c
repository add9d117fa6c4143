/* The drawings of an HTML report. */
#include "report_chart.h"
#include "instant.h"
#include "report_value.h"

#include <string.h>

#define BAR_WIDTH 400.0
#define BAR_HEIGHT 14
#define CHART_WIDTH 640.0
#define CHART_HEIGHT 130.0
#define CHART_LEFT 34.0
#define CHART_BOTTOM 22.0
#define DAY_MICROSECONDS 86400000000.0

void report_chart_bar(const cJSON *coverage, FILE *out)
{
    static const struct {
        const char *member, *state;
    } parts[] = {
        {"with_commits", "covered"}, {"unmerged", "unmerged"}, {"reverted", "reverted"}, {"missing", "missing"}};
    double stories = report_value_count(coverage, "stories"), x = 0;
    (void)fprintf(out, "<svg viewBox=\"0 0 %.0f %d\" width=\"%.0f\" height=\"%d\" "
                       "preserveAspectRatio=\"none\" role=\"img\" "
                       "aria-label=\"%.0f of %.0f stories covered\">",
                  BAR_WIDTH, BAR_HEIGHT, BAR_WIDTH, BAR_HEIGHT, report_value_count(coverage, "with_commits"), stories);
    (void)fprintf(out, "<rect class=\"none\" width=\"%.0f\" height=\"%d\"/>", BAR_WIDTH, BAR_HEIGHT);
    for (size_t i = 0; stories > 0 && i < sizeof parts / sizeof parts[0]; i++) {
        double width = BAR_WIDTH * report_value_count(coverage, parts[i].member) / stories;
        if (width > 0)
            (void)fprintf(out, "<rect class=\"%s\" x=\"%.2f\" width=\"%.2f\" height=\"%d\"/>", parts[i].state, x, width,
                          BAR_HEIGHT);
        x += width;
    }
    (void)fputs("</svg>\n", out);
}

/* Where the days and counts of a chart lie. */
struct scale {
    double first_day, days, most;
};

static double day_of(const cJSON *entry)
{
    const char *day = report_value_member(entry, "day");
    instant at;
    return instant_parse(day, strlen(day), &at) ? (double)at / DAY_MICROSECONDS : 0;
}

static struct scale scale_of(const cJSON *history)
{
    struct scale scale = {.first_day = day_of(history->child), .most = 1};
    const cJSON *entry;
    cJSON_ArrayForEach(entry, history)
    {
        double stories = report_value_count(entry, "stories");
        scale.days = day_of(entry) - scale.first_day;
        scale.most = stories > scale.most ? stories : scale.most;
    }
    if (scale.days < 1)
        scale.days = 1;
    return scale;
}

static double x_of(const struct scale *scale, const cJSON *entry)
{
    return CHART_LEFT + (CHART_WIDTH - CHART_LEFT - 1) * (day_of(entry) - scale->first_day) / scale->days;
}

static double y_of(const struct scale *scale, double count)
{
    return 6 + (CHART_HEIGHT - CHART_BOTTOM - 6) * (1 - count / scale->most);
}

/* A line that stays where it is until the next day with a run. */
static void put_steps(const cJSON *history, const struct scale *scale, const char *member, FILE *out)
{
    const cJSON *entry;
    cJSON_ArrayForEach(entry, history)
    {
        double y = y_of(scale, report_value_count(entry, member));
        if (entry == history->child)
            (void)fprintf(out, "V%.1f", y);
        else
            (void)fprintf(out, "H%.1fV%.1f", x_of(scale, entry), y);
    }
}

static void put_lines(const cJSON *history, const struct scale *scale, FILE *out)
{
    double ground = y_of(scale, 0);
    (void)fprintf(out, "<path class=\"covered-area\" d=\"M%.1f %.1f", CHART_LEFT, ground);
    put_steps(history, scale, "with_commits", out);
    (void)fprintf(out, "V%.1fZ\"/><path class=\"all-line\" d=\"M%.1f %.1f", ground, CHART_LEFT,
                  y_of(scale, report_value_count(history->child, "stories")));
    put_steps(history, scale, "stories", out);
    (void)fprintf(out, "\"/><path class=\"covered-line\" d=\"M%.1f %.1f", CHART_LEFT,
                  y_of(scale, report_value_count(history->child, "with_commits")));
    put_steps(history, scale, "with_commits", out);
    (void)fputs("\"/>\n", out);
}

static void put_ruler(const struct scale *scale, double count, FILE *out)
{
    double y = y_of(scale, count);
    (void)fprintf(out, "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                       "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>\n",
                  CHART_LEFT, CHART_WIDTH, y, y, CHART_LEFT - 5, y + 4, count);
}

void report_chart_history(const cJSON *history, FILE *out)
{
    int days = cJSON_GetArraySize(history);
    if (days < 2)
        return;
    const struct scale scale = scale_of(history);
    (void)fprintf(out, "<svg viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\" "
                       "aria-label=\"Stories and covered stories by day\">\n",
                  CHART_WIDTH, CHART_HEIGHT, CHART_WIDTH, CHART_HEIGHT);
    put_ruler(&scale, 0, out);
    put_ruler(&scale, scale.most, out);
    put_lines(history, &scale, out);
    (void)fprintf(out, "<text x=\"%.1f\" y=\"%.1f\">%.10s</text>"
                       "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.10s</text></svg>\n"
                       "<p class=\"quiet\">By day: covered stories, and all (dashed).</p>\n",
                  CHART_LEFT, CHART_HEIGHT - 6, report_value_member(history->child, "day"), CHART_WIDTH, CHART_HEIGHT - 6,
                  report_value_member(cJSON_GetArrayItem(history, days - 1), "day"));
}
