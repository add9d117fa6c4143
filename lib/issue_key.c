/* Finds what looks like an issue key in text. */
#include "issue_key.h"

#include "issue_key_ranges.h"
#include "utf8.h"

#include <string.h>

#define DIGITS_MAX 18

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static bool is_prefix_byte(char byte)
{
    return is_letter(byte) || is_digit(byte) || byte == '_';
}

static bool is_among(const uint32_t ranges[][2], size_t count, uint32_t character)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (character > ranges[middle][1]) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && character >= ranges[low][0];
}

/* A cased letter or a decimal digit of any script; CJK and other scripts without case are neither. */
static bool is_word_character(uint32_t character)
{
    if (character < 0x80) {
        return is_letter((char)character) || is_digit((char)character);
    }
    return is_among(issue_key_ranges, sizeof issue_key_ranges / sizeof issue_key_ranges[0], character);
}

static bool is_mark(uint32_t character)
{
    return character >= 0x80 && is_among(issue_key_marks, sizeof issue_key_marks / sizeof issue_key_marks[0], character);
}

/* A letter with combining marks is a letter, however it is composed; a digit with them is a symbol (the keycap 1). */
static bool touches_left(const char *text, size_t start, size_t run)
{
    size_t at = start, bytes = 0;
    uint32_t character = UTF8_INVALID;
    while (at > 0 && is_mark(character = utf8_decode_before(text, at, &bytes))) {
        at -= bytes;
    }
    bool is_symbol = at < start && character < 0x80 && is_digit((char)character);
    return run < start || (at > 0 && is_word_character(character) && !is_symbol);
}

static bool touches_right(const char *text, size_t length, size_t end)
{
    size_t bytes;
    return end < length && is_word_character(utf8_decode(text + end, length - end, &bytes));
}

static void take(const char *text, struct issue_key *key)
{
    for (size_t i = 0; i < key->length; i++) {
        char byte = text[key->start + i];
        key->text[i] = byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
    }
    key->text[key->length] = '\0';
}

/* Judges text[start..dash) and the digits up to end; run is where the bytes that a prefix is made of begin. */
static void judge(const char *text, size_t length, size_t run, size_t dash, size_t end, struct issue_key *key)
{
    if (touches_left(text, key->start, run)) {
        key->verdict = ISSUE_KEY_TOUCHES_LEFT;
    } else if (text[dash + 1] == '0') {
        key->verdict = ISSUE_KEY_LEADING_ZERO;
    } else if (end - dash - 1 > DIGITS_MAX || dash - key->start > ISSUE_KEY_PREFIX_MAX) {
        key->verdict = ISSUE_KEY_TOO_LONG;
    } else if (touches_right(text, length, end)) {
        key->verdict = ISSUE_KEY_TOUCHES_RIGHT;
    } else {
        key->verdict = ISSUE_KEY_CANDIDATE;
        take(text, key);
    }
}

/* Looks at the dash; floor is where the search began. True when LETTERS-DIGITS stands around it. */
static bool look_at(const char *text, size_t length, size_t floor, size_t dash, struct issue_key *key)
{
    size_t run = dash, end = dash + 1;
    while (run > floor && is_prefix_byte(text[run - 1])) {
        run--;
    }
    while (end < length && is_digit(text[end])) {
        end++;
    }
    size_t start = run;
    while (start < dash && !is_letter(text[start])) {
        start++;
    }
    if (end == dash + 1 || dash - start < 2) {
        return false;
    }
    *key = (struct issue_key){.start = start, .length = end - start};
    judge(text, length, run, dash, end, key);
    return true;
}

bool issue_key_next(const char *text, size_t length, size_t *at, struct issue_key *key)
{
    size_t floor = *at;
    while (*at < length) {
        const char *dash = memchr(text + *at, '-', length - *at);
        if (!dash) {
            break;
        }
        *at = (size_t)(dash - text) + 1;
        if (look_at(text, length, floor, *at - 1, key)) {
            *at = key->start + key->length;
            return true;
        }
    }
    *at = length;
    return false;
}

const char *issue_key_verdict_name(enum issue_key_verdict verdict)
{
    static const char *const names[ISSUE_KEY_VERDICTS] = {
        [ISSUE_KEY_CANDIDATE] = "candidate",
        [ISSUE_KEY_TOUCHES_LEFT] = "touches_left",
        [ISSUE_KEY_TOUCHES_RIGHT] = "touches_right",
        [ISSUE_KEY_LEADING_ZERO] = "leading_zero",
        [ISSUE_KEY_TOO_LONG] = "too_long",
    };
    return names[verdict];
}
