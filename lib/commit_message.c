/* What a commit's message says beside prose. */
#include "commit_message.h"

#include <string.h>

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_hex(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static bool is_word(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static size_t skip_spaces(const char *text, size_t length, size_t at)
{
    while (at < length && is_space(text[at])) {
        at++;
    }
    return at;
}

static bool starts(const char *text, size_t length, size_t at, const char *word)
{
    size_t size = strlen(word);
    return length - at >= size && memcmp(text + at, word, size) == 0;
}

/* Offset past word at text[at]; at itself when something else stands there. */
static size_t past(const char *text, size_t length, size_t at, const char *word)
{
    return starts(text, length, at, word) ? at + strlen(word) : at;
}

/* Offset past words that are parted by any white space (messages get wrapped); 0 when they don't stand there. */
static size_t past_words(const char *text, size_t length, size_t at, const char *const *words)
{
    for (; *words; words++) {
        size_t next = past(text, length, at, *words);
        if (next == at) {
            return 0;
        }
        at = skip_spaces(text, length, next);
        if (at == next && words[1]) {
            return 0;
        }
    }
    return at;
}

/* A commit's name at text[at]: offset past it, 0 when there is none. */
static size_t read_id(const char *text, size_t length, size_t at, char id[COMMIT_ID_MAX + 1])
{
    size_t size = 0;
    while (at + size < length && is_hex(text[at + size])) {
        if (size == COMMIT_ID_MAX) {
            return 0;
        }
        char byte = text[at + size];
        id[size++] = byte >= 'A' && byte <= 'F' ? (char)(byte - 'A' + 'a') : byte;
    }
    id[size] = '\0';
    bool ends = at + size == length || !is_word(text[at + size]);
    return size >= COMMIT_ID_MIN && ends ? at + size : 0;
}

/* The next place at or after at where word stands; length when there is none. */
static size_t find(const char *text, size_t length, size_t at, const char *word)
{
    if (at >= length) {
        return length;
    }
    const char *found = memmem(text + at, length - at, word, strlen(word));
    return found ? (size_t)(found - text) : length;
}

/* Goes on in a list "X, Y and Z" whose last member ended at at: the offset of the next member, 0 when it is over. */
static size_t next_in_list(const char *text, size_t length, size_t at)
{
    size_t next = skip_spaces(text, length, at);
    size_t comma = past(text, length, next, ",");
    size_t word = skip_spaces(text, length, comma);
    if (starts(text, length, word, "and ") || starts(text, length, word, "and\n")) {
        word = skip_spaces(text, length, word + strlen("and"));
    } else if (comma == next) {
        return 0;
    }
    return past(text, length, word, "commit ");
}

/* Where the list of a "reverts commit" sentence begins; 0 when text[at] is not "reverts commit" after "this". */
static size_t revert_sentence(const char *text, size_t length, size_t at)
{
    static const char *const one[] = {"his", "reverts", "commit", NULL};
    static const char *const many[] = {"his", "reverts", "commits", NULL};
    if (at == 0 || (text[at - 1] != 'T' && text[at - 1] != 't') || (at > 1 && is_word(text[at - 2]))) {
        return 0;
    }
    size_t list = past_words(text, length, at, many);
    return list > 0 ? list : past_words(text, length, at, one);
}

bool commit_message_next_revert(const char *message, size_t length, size_t *at, char id[COMMIT_ID_MAX + 1])
{
    if (*at > 0 && *at < length) {
        size_t member = next_in_list(message, length, *at);
        size_t end = member > 0 ? read_id(message, length, member, id) : 0;
        if (end > 0) {
            *at = end;
            return true;
        }
    }
    for (size_t place = find(message, length, *at, "his"); place < length;
         place = find(message, length, place + 1, "his")) {
        size_t list = revert_sentence(message, length, place);
        size_t end = list > 0 ? read_id(message, length, list, id) : 0;
        if (end > 0) {
            *at = end;
            return true;
        }
    }
    *at = length;
    return false;
}

bool commit_message_picked_from(const char *message, size_t length, char id[COMMIT_ID_MAX + 1])
{
    static const char *const words[] = {"(cherry", "picked", "from", "commit", NULL};
    bool found = false;
    for (size_t at = find(message, length, 0, "(cherry"); at < length; at = find(message, length, at + 1, "(cherry")) {
        char candidate[COMMIT_ID_MAX + 1];
        size_t name = past_words(message, length, at, words);
        size_t end = name > 0 ? read_id(message, length, name, candidate) : 0;
        if (end > 0 && starts(message, length, end, ")")) {
            memcpy(id, candidate, sizeof candidate);
            found = true;
        }
    }
    return found;
}

static size_t line_end(const char *text, size_t length, size_t at)
{
    return find(text, length, at, "\n");
}

/* "Merge branch 'x' ...": git's own words, which quote what they name. */
static bool read_git_merge(const char *text, size_t end, struct merge_subject *merge)
{
    static const char *const kinds[] = {"branch '", "branches '", "remote-tracking branch '",
                                        "remote-tracking branches '", "tag '", "tags '", "commit '", "commits '"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t start = past(text, end, strlen("Merge "), kinds[i]);
        if (start == strlen("Merge ")) {
            continue;
        }
        size_t quote = find(text, end, start, "'");
        if (quote == end) {
            return false;
        }
        merge->source = (struct text_slice){text + start, quote - start};
        merge->uncounted = find(text, end, quote, " into ");
        return true;
    }
    return false;
}

/* "pull request #1 from x" of GitHub, "pull request #1 in P/r from x to y" of Bitbucket Server. */
static bool read_pull_request(const char *text, size_t end, struct merge_subject *merge)
{
    size_t number = past(text, end, 0, "Merge pull request #");
    size_t from = find(text, end, number, " from ");
    if (number == 0 || from == end) {
        return false;
    }
    size_t start = from + strlen(" from ");
    size_t stop = find(text, end, start, " ");
    merge->source = (struct text_slice){text + start, stop - start};
    merge->uncounted = starts(text, end, stop, " to ") ? stop : end;
    return true;
}

/* "Merged in x (pull request #1)" of Bitbucket Cloud. */
static bool read_merged_in(const char *text, size_t end, struct merge_subject *merge)
{
    size_t start = past(text, end, 0, "Merged in ");
    size_t stop = find(text, end, start, " (pull request #");
    if (start == 0 || stop == end) {
        return false;
    }
    merge->source = (struct text_slice){text + start, stop - start};
    merge->uncounted = end;
    return true;
}

bool commit_message_merge(const char *message, size_t length, struct merge_subject *merge)
{
    size_t end = line_end(message, length, 0);
    *merge = (struct merge_subject){.uncounted_end = end};
    if (starts(message, end, 0, "Merge ")) {
        return read_git_merge(message, end, merge) || read_pull_request(message, end, merge);
    }
    return read_merged_in(message, end, merge);
}

bool commit_message_next_key(const char *message, size_t length, size_t *at, struct issue_key *key)
{
    struct merge_subject merge;
    bool is_merge = commit_message_merge(message, length, &merge);
    while (issue_key_next(message, length, at, key)) {
        if (!is_merge || key->start < merge.uncounted || key->start >= merge.uncounted_end) {
            return true;
        }
    }
    return false;
}

/* True for "* feature/x:" (git merge --log), "Conflicts:" and "# Conflicts:". */
static bool opens_a_list(const char *text, size_t start, size_t end)
{
    if (end > start && text[end - 1] == '\r') {
        end--;
    }
    if (end == start || text[end - 1] != ':') {
        return false;
    }
    return starts(text, end, start, "* ") || starts(text, end, start, "Conflicts:") ||
           starts(text, end, start, "# Conflicts:");
}

size_t commit_message_own_length(const char *message, size_t length)
{
    for (size_t start = 0; start < length; start = line_end(message, length, start) + 1) {
        if (opens_a_list(message, start, line_end(message, length, start))) {
            return start;
        }
    }
    return length;
}
