/* Commits as a git host lists them, in the order of their descent. */
#include "commit_set.h"

#include "commit_message.h"
#include "normalize_git_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MIN 64
#define NO_NODE SIZE_MAX

enum visit { UNSEEN,
             ENTERED, /* its parents are being ordered */
             DONE };

/* A commit that was added, or is only named as a parent. */
struct node {
    char sha[COMMIT_ID_MAX + 1];
    char *json;      /* NULL: only named */
    size_t *parents; /* places in nodes */
    size_t parent_count, next_parent;
    enum visit visit;
    bool is_held;
};

struct commit_set {
    struct node *nodes;
    size_t count, room, added;
    size_t *table; /* places in nodes by hash, NO_NODE where none; twice the room, so that half of it stays empty */
    size_t *order, *way;
    size_t ordered;
};

struct commit_set *commit_set_new(void)
{
    return calloc(1, sizeof(struct commit_set));
}

void commit_set_clear(struct commit_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        free(set->nodes[i].json);
        free(set->nodes[i].parents);
    }
    free(set->nodes);
    free(set->table);
    free(set->order);
    free(set->way);
    *set = (struct commit_set){0};
}

void commit_set_free(struct commit_set *set)
{
    if (!set)
        return;
    commit_set_clear(set);
    free(set);
}

static enum error_code no_memory(const struct commit_set *set, struct error *error)
{
    return error_set(error, ERROR_NO_MEMORY, "no memory for more than %zu commits", set->count);
}

/* Where a hash stands in the table, or would stand. */
static size_t slot_of(const struct commit_set *set, const char *sha)
{
    size_t slots = 2 * set->room, hash = 5381;
    for (const char *at = sha; *at != '\0'; at++)
        hash = hash * 33 + (unsigned char)*at;
    for (size_t slot = hash % slots;; slot = (slot + 1) % slots)
        if (set->table[slot] == NO_NODE || strcmp(set->nodes[set->table[slot]].sha, sha) == 0)
            return slot;
}

static bool grow(struct commit_set *set)
{
    size_t room = set->room ? 2 * set->room : ROOM_MIN;
    struct node *nodes = realloc(set->nodes, room * sizeof *nodes);
    if (nodes)
        set->nodes = nodes;
    size_t *table = nodes ? malloc(2 * room * sizeof *table) : NULL;
    if (!table)
        return false;
    free(set->table);
    set->table = table;
    set->room = room;
    for (size_t i = 0; i < 2 * room; i++)
        table[i] = NO_NODE;
    for (size_t i = 0; i < set->count; i++)
        table[slot_of(set, set->nodes[i].sha)] = i;
    return true;
}

/* The place of a hash, which becomes named if it was not. NO_NODE when memory is short. */
static size_t place_of(struct commit_set *set, const char *sha)
{
    if (set->count == set->room && !grow(set))
        return NO_NODE;
    size_t slot = slot_of(set, sha);
    if (set->table[slot] == NO_NODE) {
        struct node *node = &set->nodes[set->count];
        *node = (struct node){.json = NULL};
        snprintf(node->sha, sizeof node->sha, "%s", sha);
        set->table[slot] = set->count++;
    }
    return set->table[slot];
}

static struct node *find(const struct commit_set *set, const char *sha)
{
    size_t place = set->room ? set->table[slot_of(set, sha)] : NO_NODE;
    return place == NO_NODE ? NULL : &set->nodes[place];
}

/* Written twice: first to know how long it becomes. */
static char *json_of(const struct normal_commit *commit)
{
    struct json_printer printer;
    json_print_init(&printer, NULL, 0, JSON_PRINT_COMPACT);
    normalize_git_json_print_commit(&printer, commit);
    size_t size = printer.writer.length + 1;
    char *text = malloc(size);
    if (!text)
        return NULL;
    json_print_init(&printer, text, size, JSON_PRINT_COMPACT);
    normalize_git_json_print_commit(&printer, commit);
    return text;
}

enum error_code commit_set_add(struct commit_set *set, const struct normal_commit *commit, bool *is_new, struct error *error)
{
    size_t place = place_of(set, commit->sha);
    *is_new = place != NO_NODE && !set->nodes[place].json;
    if (place == NO_NODE)
        return no_memory(set, error);
    if (!*is_new)
        return ERROR_NONE;
    size_t *parents = calloc(commit->parent_count + 1, sizeof *parents);
    char *json = json_of(commit);
    bool is_complete = parents && json;
    for (size_t i = 0; is_complete && i < commit->parent_count; i++)
        is_complete = (parents[i] = place_of(set, commit->parents[i])) != NO_NODE;
    if (!is_complete) {
        free(parents);
        free(json);
        return no_memory(set, error);
    }
    struct node *node = &set->nodes[place]; /* naming the parents may have moved it */
    node->json = json;
    node->parents = parents;
    node->parent_count = commit->parent_count;
    set->added++;
    return ERROR_NONE;
}

size_t commit_set_count(const struct commit_set *set)
{
    return set->added;
}

const char *commit_set_named(const struct commit_set *set, size_t index)
{
    return index < set->count ? set->nodes[index].sha : NULL;
}

void commit_set_hold(struct commit_set *set, const char *sha)
{
    struct node *node = find(set, sha);
    if (node)
        node->is_held = true;
}

/* Enters a commit unless it is done with, held or missing; *open counts the missing ones. */
static void enter(struct commit_set *set, size_t place, size_t *depth, size_t *open)
{
    struct node *node = &set->nodes[place];
    if (node->is_held || node->visit != UNSEEN)
        return;
    node->visit = node->json ? ENTERED : DONE;
    if (node->json)
        set->way[(*depth)++] = place;
    else
        (*open)++;
}

enum error_code commit_set_order(struct commit_set *set, const char *head, size_t *open, struct error *error)
{
    size_t depth = 0, start = place_of(set, head);
    *open = 0;
    set->ordered = 0;
    if (start == NO_NODE)
        return no_memory(set, error);
    free(set->order);
    free(set->way);
    set->order = calloc(set->count, sizeof *set->order);
    set->way = calloc(set->count, sizeof *set->way);
    if (!set->order || !set->way)
        return no_memory(set, error);
    for (size_t i = 0; i < set->count; i++) {
        set->nodes[i].visit = UNSEEN;
        set->nodes[i].next_parent = 0;
    }
    /* Depth first: a commit follows when all that it descends from stands there. */
    enter(set, start, &depth, open);
    while (depth > 0) {
        struct node *node = &set->nodes[set->way[depth - 1]];
        if (node->next_parent < node->parent_count) {
            enter(set, node->parents[node->next_parent++], &depth, open);
            continue;
        }
        node->visit = DONE;
        set->order[set->ordered++] = set->way[--depth];
    }
    return ERROR_NONE;
}

size_t commit_set_ordered(const struct commit_set *set)
{
    return set->ordered;
}

char *commit_set_json(const struct commit_set *set)
{
    size_t size = 3;
    for (size_t i = 0; i < set->ordered; i++)
        size += strlen(set->nodes[set->order[i]].json) + 1;
    char *text = malloc(size), *at = text;
    if (!text)
        return NULL;
    *at++ = '[';
    for (size_t i = 0; i < set->ordered; i++) {
        size_t length = strlen(set->nodes[set->order[i]].json);
        if (i > 0)
            *at++ = ',';
        memcpy(at, set->nodes[set->order[i]].json, length);
        at += length;
    }
    memcpy(at, "]", 2);
    return text;
}
