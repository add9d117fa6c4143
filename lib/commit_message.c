/* What a commit's message says beside prose. */
#include "commit_message.h"

#include <string.h>

#define REQUEST_TITLE "Pull request #"

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

/* A commit's name at text[at]: offset past it, 0 when there is none. id holds COMMIT_ID_MAX + 1 bytes or more. */
static size_t read_id(const char *text, size_t length, size_t at, char *id)
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

static size_t line_end(const char *text, size_t length, size_t at)
{
    return find(text, length, at, "\n");
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

/* True where "reverts" at text[at] follows "This". */
static bool follows_this(const char *text, size_t at)
{
    size_t end = at;
    while (end > 0 && is_space(text[end - 1])) {
        end--;
    }
    return end < at && end >= 4 && memcmp(text + end - 3, "his", 3) == 0 &&
           (text[end - 4] == 'T' || text[end - 4] == 't') && (end == 4 || !is_word(text[end - 5]));
}

/* True where text[at] is the first of its line that is no blank. */
static bool opens_line(const char *text, size_t at)
{
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t')) {
        at--;
    }
    return at == 0 || text[at - 1] == '\n';
}

static bool is_path(char byte)
{
    return is_word(byte) || byte == '-' || byte == '.' || byte == '/';
}

/* "#12" or "!12", with the repository before it or not: offset past it, 0 when there is none. */
static size_t read_request(const char *text, size_t length, size_t at, char name[COMMIT_REVERT_MAX + 1])
{
    size_t mark = at;
    while (mark < length && is_path(text[mark])) {
        mark++;
    }
    if (mark == length || (text[mark] != '#' && text[mark] != '!')) {
        return 0;
    }
    size_t end = mark + 1;
    while (end < length && text[end] >= '0' && text[end] <= '9') {
        end++;
    }
    size_t digits = end - mark - 1;
    bool is_whole = digits > 0 && digits <= 18 && text[mark + 1] != '0' && (end == length || !is_word(text[end]));
    if (!is_whole || end - at > COMMIT_REVERT_MAX || (mark > at && !memchr(text + at, '/', mark - at))) {
        return 0;
    }
    memcpy(name, text + at, end - at);
    name[end - at] = '\0';
    return end;
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
        size_t of = find(text, end, quote, "' of ");
        if (of < merge->uncounted)
            merge->uncounted = of + 1;
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

/* "Pull request #1: title", and below "Merge in P/r from x to y": Bitbucket Data Center since 7. Where a list of the
 * commits that were squashed follows, it is no merge. */
static bool read_merge_in(const char *text, size_t length, struct merge_subject *merge)
{
    size_t line = skip_spaces(text, length, line_end(text, length, 0));
    size_t end = line_end(text, length, line);
    size_t from = find(text, end, past(text, length, line, "Merge in "), " from ");
    size_t body = skip_spaces(text, length, end);
    if (!starts(text, length, line, "Merge in ") || from == end ||
        starts(text, length, body, "Squashed commit of the following:")) {
        return false;
    }
    size_t start = from + strlen(" from ");
    size_t stop = find(text, end, start, " ");
    merge->source = (struct text_slice){text + start, stop - start};
    merge->uncounted = stop;
    merge->uncounted_end = end;
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
    if (starts(message, end, 0, REQUEST_TITLE)) {
        return read_merge_in(message, length, merge);
    }
    return read_merged_in(message, end, merge);
}

/* Offset of the title of a message that is no merge's: 0, or past "Pull request #1: ". */
static size_t title_start(const char *message, size_t length)
{
    size_t number = past(message, length, 0, REQUEST_TITLE);
    size_t end = number;
    while (end < length && end - number < 18 && message[end] >= '0' && message[end] <= '9') {
        end++;
    }
    size_t start = past(message, length, end, ": ");
    return number > 0 && start > end ? start : 0;
}

/* The line in which a merge says what it brings: past "Pull request #1: ", or, where the first line only names a branch,
 * the first of the body, empty where there is none. */
static struct text_slice title_of_merge(const char *message, size_t length)
{
    size_t start = title_start(message, length);
    if (start == 0) {
        start = skip_spaces(message, length, line_end(message, length, 0));
    }
    return (struct text_slice){message + start, line_end(message, length, start) - start};
}

/* True for "org/revert-12-x", the branch that GitHub makes to take pull request 12 back. */
static bool is_revert_branch(struct text_slice branch)
{
    size_t name = find(branch.bytes, branch.length, 0, "/") + 1;
    size_t number = name < branch.length ? past(branch.bytes, branch.length, name, "revert-") : name;
    size_t end = number;
    while (end < branch.length && branch.bytes[end] >= '0' && branch.bytes[end] <= '9') {
        end++;
    }
    return number > name && end > number && starts(branch.bytes, branch.length, end, "-");
}

/* What is named after "This reverts": a commit, a merge request (GitLab), a pull request (Bitbucket). */
static size_t read_this(const char *text, size_t length, size_t at, char name[COMMIT_REVERT_MAX + 1])
{
    static const char *const kinds[][3] = {
        {"commits", NULL, NULL}, {"commit", NULL, NULL}, {"merge", "request", NULL}, {"pull", "request", NULL}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t object = past_words(text, length, at, kinds[i]);
        if (object > 0) {
            return kinds[i][1] ? read_request(text, length, object, name) : read_id(text, length, object, name);
        }
    }
    return 0;
}

/* The name in the sentence whose verb "reverts" stands at text[at]: offset past it, 0 when that is none. GitHub opens a
 * line with "Reverts org/repo#12"; without the repository that could be an issue, unless the title speaks of it. */
static size_t read_sentence(const char *text, size_t length, size_t at, char name[COMMIT_REVERT_MAX + 1])
{
    size_t object = skip_spaces(text, length, at + strlen("reverts"));
    if (object == at + strlen("reverts")) {
        return 0;
    }
    if (text[at] == 'r') {
        return follows_this(text, at) ? read_this(text, length, object, name) : 0;
    }
    if (text[at] != 'R' || !opens_line(text, at)) {
        return 0;
    }
    bool is_meant = is_path(object < length ? text[object] : ' ') ||
                    starts(text, length, title_start(text, length), "Revert ");
    return is_meant ? read_request(text, length, object, name) : 0;
}

/* The pull request at the end of the title that 'Revert "title (#12)"' quotes; "Revert" where there is none. */
static void read_quoted_title(const char *text, size_t end, char name[COMMIT_REVERT_MAX + 1])
{
    const char *quote = memrchr(text, '"', end);
    size_t close = (size_t)(quote - text);
    const char *open = memrchr(text, '(', close);
    memcpy(name, "Revert", sizeof "Revert");
    if (!open || text[close - 1] != ')') {
        return;
    }
    size_t at = past(text, close, (size_t)(open - text) + 1, "pull request ");
    char request[COMMIT_REVERT_MAX + 1];
    if (!is_path(text[at]) && read_request(text, close, at, request) == close - 1) {
        memcpy(name, request, sizeof request);
    }
}

/* True where a merge says that it brings a revert: by its title, or, where GitHub was told to give none, by the branch. */
static bool brings_revert(const char *message, size_t length, const struct merge_subject *merge)
{
    struct text_slice title = title_of_merge(message, length);
    if (title.length > 0) {
        return starts(title.bytes, title.length, 0, "Revert \"");
    }
    return starts(message, length, 0, "Merge pull request #") && is_revert_branch(merge->source);
}

/* The next name in a sentence from *at on. */
static bool next_sentence(const char *message, size_t length, size_t *at, char name[COMMIT_REVERT_MAX + 1])
{
    for (size_t place = find(message, length, *at, "everts"); place < length;
         place = find(message, length, place + 1, "everts")) {
        size_t end = place > 0 ? read_sentence(message, length, place - 1, name) : 0;
        if (end > 0) {
            *at = end;
            return true;
        }
    }
    return false;
}

static bool is_revert_title(const char *text, size_t length, size_t at)
{
    return starts(text, length, at, "Revert \"") || starts(text, length, at, "Reapply \"");
}

/* True where text[at] opens what a squash tells of one of its commits: "* title" (hosts), "commit ID" (git). */
static bool opens_entry(const char *text, size_t length, size_t at)
{
    char id[COMMIT_ID_MAX + 1];
    size_t name = past(text, length, at, "commit ");
    size_t end = name > at ? read_id(text, length, name, id) : 0;
    return starts(text, length, at, "* ") ||
           (end > 0 && (end == length || text[end] == '\n' || starts(text, length, end, "\r\n")));
}

/* True where the line that ends at text[end] is empty. */
static bool is_empty_line(const char *text, size_t end)
{
    size_t start = end > 0 && text[end - 1] == '\r' ? end - 1 : end;
    return start > 0 && text[start - 1] == '\n';
}

/* Offset of the next entry of a squash's list that begins after at; length when there is none. Each follows an empty line,
 * as the items of a list that people write mostly don't. */
static size_t next_entry(const char *message, size_t length, size_t at)
{
    size_t end = line_end(message, length, at);
    while (end < length && !(opens_entry(message, length, end + 1) && is_empty_line(message, end))) {
        end = line_end(message, length, end + 1);
    }
    return end < length ? end + 1 : length;
}

/* What git lists has the title below, indented. */
static bool is_revert_entry(const char *message, size_t start, size_t end)
{
    size_t title = past(message, end, start, "* ");
    if (title == start) {
        title = find(message, end, start, "\n    ") + strlen("\n    ");
    }
    return title < end && is_revert_title(message, end, title);
}

/* The list of a squash: where it begins, the message's length where there is none, and what is among its entries. */
struct squash_list {
    size_t start;
    bool has_work, has_revert;
};

static struct squash_list read_list(const char *message, size_t length)
{
    struct squash_list list = {.start = next_entry(message, length, 0)};
    for (size_t start = list.start, end; start < length && !(list.has_work && list.has_revert); start = end) {
        end = next_entry(message, length, start);
        bool is_revert = is_revert_entry(message, start, end);
        list.has_revert = list.has_revert || is_revert;
        list.has_work = list.has_work || !is_revert;
    }
    return list;
}

/* Offset of the list in the message of a squash that takes work back among other work; length for any other message. What
 * says itself that it reverts, by its title or above the list, is a revert, whatever it lists. */
static size_t find_mixed_list(const char *message, size_t length)
{
    char name[COMMIT_REVERT_MAX + 1];
    size_t own = 0;
    struct squash_list list = read_list(message, length);
    bool is_mixed = list.has_work && list.has_revert && !is_revert_title(message, length, title_start(message, length)) &&
                    !next_sentence(message, list.start, &own, name);
    return is_mixed ? list.start : length;
}

/* What a message that names nothing gives: the pull request that its title quotes, or that it is a revert, by its title or
 * since it lists nothing else. */
static bool read_unnamed(const char *message, size_t length, char name[COMMIT_REVERT_MAX + 1])
{
    size_t title = title_start(message, length);
    if (starts(message, length, title, "Revert \"")) {
        read_quoted_title(message + title, line_end(message, length, title) - title, name);
        return true;
    }
    struct squash_list list = read_list(message, length);
    memcpy(name, "Revert", sizeof "Revert");
    return list.has_revert && !list.has_work;
}

bool commit_message_next_revert(const char *message, size_t length, size_t *at, char name[COMMIT_REVERT_MAX + 1])
{
    struct merge_subject merge;
    bool is_first = *at == 0;
    if (is_first && commit_message_merge(message, length, &merge)) {
        *at = length;
        memcpy(name, "Revert", sizeof "Revert");
        return brings_revert(message, length, &merge);
    }
    if (!is_first && *at < length) {
        size_t member = next_in_list(message, length, *at);
        size_t end = member > 0 ? read_id(message, length, member, name) : 0;
        if (end > 0) {
            *at = end;
            return true;
        }
    }
    if (next_sentence(message, length, at, name)) {
        size_t list = is_first ? find_mixed_list(message, length) : length;
        if (list < length) {
            *at = list;
            memcpy(name, "Squash", sizeof "Squash");
        }
        return true;
    }
    *at = length;
    return is_first && read_unnamed(message, length, name);
}

bool commit_message_next_uncounted(const char *message, size_t length, size_t *at, struct message_part *part)
{
    if (*at == 0) {
        struct merge_subject merge;
        if (commit_message_merge(message, length, &merge)) {
            *at = length;
            *part = (struct message_part){merge.uncounted, merge.uncounted_end};
            return true;
        }
        *at = find_mixed_list(message, length);
    }
    while (*at < length) {
        struct message_part entry = {*at, next_entry(message, length, *at)};
        *at = entry.end;
        if (is_revert_entry(message, entry.start, entry.end)) {
            *part = entry;
            return true;
        }
    }
    return false;
}

bool commit_message_picked_from(const char *message, size_t length, char id[COMMIT_ID_MAX + 1])
{
    static const char *const words[] = {"(cherry", "picked", "from", "commit", NULL};
    for (size_t at = find(message, length, 0, "(cherry"); at < length; at = find(message, length, at + 1, "(cherry")) {
        size_t name = past_words(message, length, at, words);
        size_t end = name > 0 ? read_id(message, length, name, id) : 0;
        if (end > 0 && starts(message, length, end, ")")) {
            return next_entry(message, at, 0) == at || next_entry(message, length, end) == length;
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
    struct merge_subject merge;
    bool has_bare_list = read_merged_in(message, line_end(message, length, 0), &merge);
    for (size_t start = 0; start < length; start = line_end(message, length, start) + 1) {
        bool is_bare = has_bare_list && starts(message, length, start, "* ");
        if (is_bare || opens_a_list(message, start, line_end(message, length, start))) {
            return start;
        }
    }
    return length;
}
