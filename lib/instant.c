/* Instants: parsed strictly from the formats of Jira and git hosts, shown at -07:00. */
#include "instant.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MICROSECONDS INT64_C(1000000)
#define PHOENIX_OFFSET_S (-7 * 3600)
#define FIRST_SECOND INT64_C(0)
#define LAST_SECOND INT64_C(7289654399) /* 2200-12-31T23:59:59Z */

struct civil {
    int year, month, day, hour, minute, second;
    int64_t microsecond;
    int offset_s;
};

struct reader {
    const char *at, *end;
};

instant instant_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * MICROSECONDS + now.tv_nsec / 1000;
}

/* Days since 1970-01-01 of a proleptic Gregorian date (years counted from March, in cycles of 400). */
static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = year - (month <= 2), era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_from_days(int64_t days, struct civil *civil)
{
    int64_t z = days + 719468, era = z / 146097, of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;

    civil->day = (int)(of_year - (153 * month + 2) / 5 + 1);
    civil->month = (int)(month + (month < 10 ? 3 : -9));
    civil->year = (int)(year + era * 400 + (civil->month <= 2));
}

static bool read_number(struct reader *reader, int digits, int *number)
{
    *number = 0;
    for (int i = 0; i < digits; i++, reader->at++) {
        if (reader->at == reader->end || *reader->at < '0' || *reader->at > '9')
            return false;
        *number = *number * 10 + (*reader->at - '0');
    }
    return true;
}

static bool read_char(struct reader *reader, char wanted)
{
    if (reader->at == reader->end || *reader->at != wanted)
        return false;
    reader->at++;
    return true;
}

static bool read_date(struct reader *reader, struct civil *civil)
{
    return read_number(reader, 4, &civil->year) && read_char(reader, '-') && read_number(reader, 2, &civil->month) &&
           read_char(reader, '-') && read_number(reader, 2, &civil->day);
}

/* Reads 1 to 9 digits; what is finer than a microsecond is cut off. */
static bool read_fraction(struct reader *reader, int64_t *microsecond)
{
    int64_t scale = 100000;
    int digits = 0;

    for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++, digits++) {
        *microsecond += (*reader->at - '0') * scale;
        scale /= 10;
    }
    return digits >= 1 && digits <= 9;
}

static bool read_time(struct reader *reader, struct civil *civil)
{
    if (!read_number(reader, 2, &civil->hour) || !read_char(reader, ':') || !read_number(reader, 2, &civil->minute))
        return false;
    if (!read_char(reader, ':') || !read_number(reader, 2, &civil->second))
        return false;
    if (read_char(reader, '.') || read_char(reader, ','))
        return read_fraction(reader, &civil->microsecond);
    return true;
}

static bool read_word(struct reader *reader, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

/* "Z", " UTC", "+0700", "+07:00", "+07", or nothing (UTC). */
static bool read_offset(struct reader *reader, int *offset_s)
{
    int hours, minutes = 0, sign;

    if (reader->at == reader->end || read_char(reader, 'Z') || read_word(reader, " UTC"))
        return true;
    sign = *reader->at == '-' ? -1 : 1;
    if (!read_char(reader, '+') && !read_char(reader, '-'))
        return false;
    if (!read_number(reader, 2, &hours))
        return false;
    if (reader->at != reader->end && ((void)read_char(reader, ':'), !read_number(reader, 2, &minutes)))
        return false;
    *offset_s = sign * (hours * 3600 + minutes * 60);
    return hours <= 14 && minutes <= 59;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static bool is_possible(const struct civil *civil)
{
    return civil->month >= 1 && civil->month <= 12 && civil->day >= 1 &&
           civil->day <= days_in_month(civil->year, civil->month) && civil->hour <= 23 && civil->minute <= 59 &&
           civil->second <= 59;
}

static bool in_range(int64_t seconds)
{
    return seconds >= FIRST_SECOND && seconds <= LAST_SECOND;
}

bool instant_parse(const char *text, size_t length, instant *parsed)
{
    struct reader reader = {text, text + length};
    struct civil civil = {0};
    int64_t seconds;

    if (!read_date(&reader, &civil))
        return false;
    if (reader.at != reader.end) {
        if (!read_char(&reader, 'T') && !read_char(&reader, ' '))
            return false;
        if (!read_time(&reader, &civil) || !read_offset(&reader, &civil.offset_s))
            return false;
    }
    if (reader.at != reader.end || !is_possible(&civil))
        return false;
    seconds = days_from_civil(civil.year, civil.month, civil.day) * 86400 + civil.hour * 3600 + civil.minute * 60 +
              civil.second - civil.offset_s;
    if (!in_range(seconds))
        return false;
    *parsed = seconds * MICROSECONDS + civil.microsecond;
    return true;
}

bool instant_from_milliseconds(double milliseconds, instant *parsed)
{
    if (!(milliseconds >= (double)FIRST_SECOND * 1e3) || !(milliseconds <= (double)LAST_SECOND * 1e3))
        return false;
    *parsed = (int64_t)(milliseconds * 1e3 + 0.5);
    return true;
}

bool instant_from_seconds(double seconds, instant *parsed)
{
    if (!(seconds >= (double)FIRST_SECOND) || !(seconds <= (double)LAST_SECOND))
        return false;
    *parsed = (int64_t)(seconds * 1e6 + 0.5);
    return true;
}

/* At an offset from UTC, which zone names. */
static char *format_at(instant at, int64_t offset_s, const char *zone, int fraction_digits, char text[INSTANT_TEXT_BYTES])
{
    int64_t seconds = at / MICROSECONDS, micros = at % MICROSECONDS, days, of_day;
    struct civil civil = {0};
    char fraction[12] = "";

    if (micros < 0) {
        micros += MICROSECONDS;
        seconds--;
    }
    seconds += offset_s;
    days = seconds >= 0 ? seconds / 86400 : -((86399 - seconds) / 86400);
    of_day = seconds - days * 86400;
    civil_from_days(days, &civil);
    if (fraction_digits == 3)
        (void)snprintf(fraction, sizeof fraction, ".%03d", (int)(micros / 1000));
    else if (fraction_digits == 6)
        (void)snprintf(fraction, sizeof fraction, ".%06d", (int)micros);
    (void)snprintf(text, INSTANT_TEXT_BYTES, "%04u-%02u-%02uT%02u:%02u:%02u%s%s", (unsigned)civil.year % 10000,
                   (unsigned)civil.month % 100, (unsigned)civil.day % 100, (unsigned)(of_day / 3600) % 100,
                   (unsigned)(of_day / 60 % 60), (unsigned)(of_day % 60), fraction, zone);
    return text;
}

char *instant_format(instant at, int fraction_digits, char text[INSTANT_TEXT_BYTES])
{
    return format_at(at, PHOENIX_OFFSET_S, "-07:00", fraction_digits, text);
}

char *instant_format_utc(instant at, char text[INSTANT_TEXT_BYTES])
{
    return format_at(at, 0, "Z", 6, text);
}
