/* How far a long command is: a line that is rewritten on a terminal, a plain line every few seconds elsewhere. */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TERMINAL_INTERVAL_US 200000
#define PLAIN_INTERVAL_US 5000000
#define SECOND_US 1000000

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

/* 1234567 as "1,234,567". */
static char *group_digits(uint64_t number, char text[32])
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    char *out = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            *out++ = ',';
        }
        *out++ = digits[i];
    }
    *out = '\0';
    return text;
}

char *progress_line(const struct progress *progress, int64_t elapsed_us, char *text, size_t size)
{
    char done[32], total[32], rate_text[32], of[64] = "", left[40] = "";
    double rate = elapsed_us > 0 ? (double)progress->done * SECOND_US / (double)elapsed_us : 0;
    if (progress->total > 0) {
        uint64_t bounded = progress->done < progress->total ? progress->done : progress->total;
        snprintf(of, sizeof of, " of %s (%d%%)", group_digits(progress->total, total),
                 (int)(100.0 * (double)bounded / (double)progress->total));
        if (rate >= 1 && bounded < progress->total) {
            snprintf(left, sizeof left, ", %.0f s left", (double)(progress->total - bounded) / rate);
        }
    }
    snprintf(text, size, "%s %s%s, %s/s%s", progress->label, group_digits(progress->done, done), of,
             group_digits((uint64_t)rate, rate_text), left);
    return text;
}

static void show(struct progress *progress, int64_t now, const char *ending)
{
    char line[256];
    progress_line(progress, now - progress->started_us, line, sizeof line);
    progress->shown_us = now;
    if (progress->is_terminal) {
        fprintf(stderr, "\r\x1b[K%s%s", line, ending);
    } else {
        fprintf(stderr, "%s\n", line);
    }
    fflush(stderr);
}

void progress_start(struct progress *progress, const char *label, uint64_t total, bool is_quiet)
{
    int64_t now = now_us();
    *progress = (struct progress){.label = label, .total = total, .is_quiet = is_quiet};
    progress->is_terminal = isatty(STDERR_FILENO) == 1;
    progress->started_us = progress->shown_us = now;
}

void progress_add(struct progress *progress, uint64_t more)
{
    progress->done += more;
    if (progress->is_quiet || (progress->done & 63) != 0) {
        return;
    }
    int64_t now = now_us();
    if (now - progress->shown_us >= (progress->is_terminal ? TERMINAL_INTERVAL_US : PLAIN_INTERVAL_US)) {
        show(progress, now, "");
    }
}

void progress_finish(struct progress *progress)
{
    if (!progress->is_quiet) {
        show(progress, now_us(), "\n");
    }
}
