/* Where commits are: the graph of a repository in memory, and each commit's position on the branches where it is new. */
#include "landing.h"

#include <stdlib.h>
#include <string.h>

struct node {
    int64_t committed;
    uint32_t edges; /* first of its parents in edges */
    uint32_t parents : 31, is_known : 1;
    uint32_t rows;     /* newest of its rows, LANDING_NONE */
    uint32_t position; /* on the first-parent line that owns it; 0 beside the lines */
};

struct row {
    uint32_t next, branch, line_commit;
};

/* A growing array; size of an element is the user's business. */
struct vector {
    void *items;
    uint32_t count, capacity;
};

struct landing {
    size_t id_bytes;
    struct vector ids, nodes, edges, rows;
    uint32_t *slots;     /* open addressing: index + 1, 0 is free */
    uint64_t slot_count; /* a power of two */
    uint32_t *sorted;    /* all indexes by id; NULL until asked for */
    uint32_t known;
};

static bool reserve(struct vector *vector, size_t size, uint32_t more)
{
    uint64_t need = (uint64_t)vector->count + more;
    if (need <= vector->capacity) {
        return true;
    }
    uint64_t capacity = vector->capacity ? 2 * (uint64_t)vector->capacity : 1024;
    capacity = capacity < need ? need : capacity;
    if (capacity >= LANDING_NONE) {
        return false;
    }
    void *items = reallocarray(vector->items, capacity, size);
    if (!items) {
        return false;
    }
    vector->items = items;
    vector->capacity = (uint32_t)capacity;
    return true;
}

static bool push(struct vector *vector, uint32_t value)
{
    if (!reserve(vector, sizeof value, 1)) {
        return false;
    }
    ((uint32_t *)vector->items)[vector->count++] = value;
    return true;
}

static uint32_t at(const struct vector *vector, uint32_t index)
{
    return ((const uint32_t *)vector->items)[index];
}

static struct node *node_of(const struct landing *landing, uint32_t commit)
{
    return (struct node *)landing->nodes.items + commit;
}

static struct row *row_of(const struct landing *landing, uint32_t row)
{
    return (struct row *)landing->rows.items + row;
}

struct landing *landing_new(size_t id_bytes)
{
    struct landing *landing = calloc(1, sizeof *landing);
    if (!landing) {
        return NULL;
    }
    landing->id_bytes = id_bytes;
    landing->slot_count = 1024;
    landing->slots = calloc(landing->slot_count, sizeof *landing->slots);
    if (!landing->slots) {
        free(landing);
        return NULL;
    }
    return landing;
}

void landing_free(struct landing *landing)
{
    if (!landing) {
        return;
    }
    free(landing->ids.items);
    free(landing->nodes.items);
    free(landing->edges.items);
    free(landing->rows.items);
    free(landing->slots);
    free(landing->sorted);
    free(landing);
}

const unsigned char *landing_id(const struct landing *landing, uint32_t commit)
{
    return (const unsigned char *)landing->ids.items + (size_t)commit * landing->id_bytes;
}

/* The slot where the id stands, or the free one where it belongs. Ids are hashes already. */
static uint64_t slot_of(const struct landing *landing, const unsigned char *id)
{
    uint64_t hash;
    memcpy(&hash, id, sizeof hash);
    uint64_t slot = hash & (landing->slot_count - 1);
    while (landing->slots[slot] && memcmp(landing_id(landing, landing->slots[slot] - 1), id, landing->id_bytes) != 0) {
        slot = (slot + 1) & (landing->slot_count - 1);
    }
    return slot;
}

static bool grow_slots(struct landing *landing)
{
    if (landing->nodes.count < landing->slot_count / 2) {
        return true;
    }
    uint32_t *slots = calloc(2 * landing->slot_count, sizeof *slots);
    if (!slots) {
        return false;
    }
    free(landing->slots);
    landing->slots = slots;
    landing->slot_count *= 2;
    for (uint32_t i = 0; i < landing->nodes.count; i++) {
        landing->slots[slot_of(landing, landing_id(landing, i))] = i + 1;
    }
    return true;
}

/* Index of the id, made when it is new; LANDING_NONE when memory is short. */
static uint32_t intern(struct landing *landing, const unsigned char *id)
{
    uint64_t slot = slot_of(landing, id);
    if (landing->slots[slot]) {
        return landing->slots[slot] - 1;
    }
    if (!grow_slots(landing) || !reserve(&landing->ids, landing->id_bytes, 1) ||
        !reserve(&landing->nodes, sizeof(struct node), 1)) {
        return LANDING_NONE;
    }
    uint32_t index = landing->nodes.count++;
    landing->ids.count++;
    memcpy((unsigned char *)landing->ids.items + (size_t)index * landing->id_bytes, id, landing->id_bytes);
    *node_of(landing, index) = (struct node){.rows = LANDING_NONE};
    landing->slots[slot_of(landing, id)] = index + 1;
    return index;
}

bool landing_add(struct landing *landing, const unsigned char *id, const unsigned char *parents, size_t parent_count,
                 int64_t committed)
{
    uint32_t index = intern(landing, id);
    if (index == LANDING_NONE) {
        return false;
    }
    if (node_of(landing, index)->is_known) {
        return true;
    }
    free(landing->sorted);
    landing->sorted = NULL;
    uint32_t edges = landing->edges.count;
    for (size_t i = 0; i < parent_count; i++) {
        uint32_t parent = intern(landing, parents + i * landing->id_bytes);
        if (parent == LANDING_NONE || !push(&landing->edges, parent)) {
            return false;
        }
    }
    struct node *node = node_of(landing, index);
    node->committed = committed;
    node->edges = edges;
    node->parents = (uint32_t)parent_count & 0x7fffffff;
    node->is_known = 1;
    landing->known++;
    return true;
}

uint32_t landing_count(const struct landing *landing)
{
    return landing->nodes.count;
}

uint32_t landing_missing(const struct landing *landing)
{
    return landing->nodes.count - landing->known;
}

uint32_t landing_find(const struct landing *landing, const unsigned char *id)
{
    return landing->slots[slot_of(landing, id)] - 1;
}

int64_t landing_committed(const struct landing *landing, uint32_t commit)
{
    return node_of(landing, commit)->committed;
}

bool landing_is_known(const struct landing *landing, uint32_t commit)
{
    return node_of(landing, commit)->is_known;
}

bool landing_is_on_a_line(const struct landing *landing, uint32_t commit)
{
    return node_of(landing, commit)->position > 0;
}

uint64_t landing_first(const struct landing *landing, uint32_t commit, uint32_t end)
{
    uint64_t first = UINT64_MAX;
    for (uint32_t i = node_of(landing, commit)->rows; i != LANDING_NONE; i = row_of(landing, i)->next) {
        const struct row *row = row_of(landing, i);
        if (row->branch < end) {
            first = (uint64_t)row->branch << 32 | node_of(landing, row->line_commit)->position;
        }
    }
    return first;
}

static int compare_by_id(const void *left, const void *right, void *landing)
{
    const struct landing *graph = landing;
    return memcmp(landing_id(graph, *(const uint32_t *)left), landing_id(graph, *(const uint32_t *)right),
                  graph->id_bytes);
}

static bool sort(struct landing *landing)
{
    if (landing->sorted) {
        return true;
    }
    uint32_t count = landing->nodes.count;
    landing->sorted = malloc(((size_t)count + 1) * sizeof *landing->sorted);
    if (!landing->sorted) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        landing->sorted[i] = i;
    }
    qsort_r(landing->sorted, count, sizeof *landing->sorted, compare_by_id, landing);
    return true;
}

static unsigned nibble(char digit)
{
    return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* Compares an id with digits of hex, as far as these go. */
static int compare_prefix(const unsigned char *id, const char *hex, size_t digits)
{
    for (size_t i = 0; i < digits; i++) {
        unsigned own = i % 2 ? id[i / 2] & 15u : (unsigned)id[i / 2] >> 4;
        if (own != nibble(hex[i])) {
            return own < nibble(hex[i]) ? -1 : 1;
        }
    }
    return 0;
}

uint32_t landing_find_prefix(struct landing *landing, const char *hex, size_t digits)
{
    if (digits > 2 * landing->id_bytes || !sort(landing)) {
        return LANDING_NONE;
    }
    uint32_t low = 0, high = landing->nodes.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_prefix(landing_id(landing, landing->sorted[middle]), hex, digits) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    uint32_t fits = 0;
    while (fits < 2 && low + fits < landing->nodes.count &&
           compare_prefix(landing_id(landing, landing->sorted[low + fits]), hex, digits) == 0) {
        fits++;
    }
    return fits == 1 ? landing->sorted[low] : LANDING_NONE;
}

/* What placing one branch needs. */
struct placing {
    struct landing *landing;
    struct landing_branch *branches;
    uint32_t count, branch;
    uint32_t *limits; /* of each branch: the position up to which the placed one contains it */
    struct vector line, stack;
};

/* True when the placed branch holds the commit already: by what it forked from, or by a row of its own. */
static bool is_contained(const struct placing *placing, uint32_t commit)
{
    const struct landing *landing = placing->landing;
    for (uint32_t i = node_of(landing, commit)->rows; i != LANDING_NONE; i = row_of(landing, i)->next) {
        const struct row *row = row_of(landing, i);
        if (node_of(landing, row->line_commit)->position <= placing->limits[row->branch]) {
            return true;
        }
    }
    return false;
}

static uint32_t owner_of_line(const struct landing *landing, uint32_t commit)
{
    uint32_t i = node_of(landing, commit)->rows;
    while (row_of(landing, i)->line_commit != commit) {
        i = row_of(landing, i)->next;
    }
    return row_of(landing, i)->branch;
}

/* Goes down the first parents from the tip to a commit of another line, gathering what is the branch's own. */
static bool gather_line(struct placing *placing)
{
    const struct landing *landing = placing->landing;
    struct landing_branch *branch = &placing->branches[placing->branch];
    branch->parent = LANDING_NONE;
    branch->fork_position = 0;
    placing->line.count = 0;
    for (uint32_t commit = branch->tip; node_of(landing, commit)->is_known;) {
        const struct node *node = node_of(landing, commit);
        if (node->position > 0) {
            branch->parent = owner_of_line(landing, commit);
            branch->fork_position = node->position;
            return true;
        }
        if (!push(&placing->line, commit)) {
            return false;
        }
        if (node->parents == 0) {
            return true;
        }
        commit = at(&landing->edges, node->edges);
    }
    return true;
}

/* What the branch contains of those it descends from, each cut where the next one forks. */
static void set_limits(struct placing *placing)
{
    memset(placing->limits, 0, placing->count * sizeof *placing->limits);
    placing->limits[placing->branch] = UINT32_MAX;
    uint32_t limit = UINT32_MAX;
    for (const struct landing_branch *branch = &placing->branches[placing->branch]; branch->parent != LANDING_NONE;
         branch = &placing->branches[branch->parent]) {
        limit = branch->fork_position < limit ? branch->fork_position : limit;
        placing->limits[branch->parent] = limit;
    }
}

static bool add_row(struct placing *placing, uint32_t commit, uint32_t line_commit)
{
    struct landing *landing = placing->landing;
    if (!reserve(&landing->rows, sizeof(struct row), 1)) {
        return false;
    }
    struct node *node = node_of(landing, commit);
    uint32_t row = landing->rows.count++;
    *row_of(landing, row) = (struct row){node->rows, placing->branch, line_commit};
    node->rows = row;
    return push(&placing->stack, commit);
}

/* Gives a commit of the line its position, and the same to all that it brings in. */
static bool place(struct placing *placing, uint32_t line_commit, uint32_t position)
{
    struct landing *landing = placing->landing;
    node_of(landing, line_commit)->position = position;
    placing->stack.count = 0;
    if (!add_row(placing, line_commit, line_commit)) {
        return false;
    }
    while (placing->stack.count > 0) {
        uint32_t commit = at(&placing->stack, --placing->stack.count);
        uint32_t parents = node_of(landing, commit)->parents, edges = node_of(landing, commit)->edges;
        for (uint32_t i = 0; i < parents; i++) {
            uint32_t parent = at(&landing->edges, edges + i);
            if (node_of(landing, parent)->is_known && !is_contained(placing, parent) &&
                !add_row(placing, parent, line_commit)) {
                return false;
            }
        }
    }
    return true;
}

static bool place_branch(struct placing *placing)
{
    if (!gather_line(placing)) {
        return false;
    }
    set_limits(placing);
    uint32_t position = placing->branches[placing->branch].fork_position;
    for (uint32_t i = placing->line.count; i > 0; i--) {
        if (!place(placing, at(&placing->line, i - 1), ++position)) {
            return false;
        }
    }
    return true;
}

/* A commit on the lines of twigs, which are trees down to where one that is placed has them. Indexes here are one more than
 * they are: 0 is none. */
struct sprout {
    uint32_t twig; /* the first one given whose line has the commit */
    uint32_t tip_of, child, sibling;
};

/* What placing a run of twigs needs. */
struct growth {
    struct placing *placing;
    uint32_t first;          /* of the run */
    struct sprout *sprouts;  /* for each commit */
    uint32_t *next_at_tip;   /* for each twig of the run */
    struct vector roots;     /* commits where a line begins that none is placed on yet */
    struct vector overtaken; /* twigs made after another one whose line goes on from their tip */
};

/* Goes down the twig's line to what another one's has, or to its root. */
static bool add_line(struct growth *growth, uint32_t twig)
{
    const struct landing *landing = growth->placing->landing;
    for (uint32_t commit = growth->placing->branches[twig].tip; !growth->sprouts[commit].twig;) {
        growth->sprouts[commit].twig = twig + 1;
        const struct node *node = node_of(landing, commit);
        uint32_t parent = node->parents > 0 ? at(&landing->edges, node->edges) : LANDING_NONE;
        if (parent == LANDING_NONE || !landing_is_known(landing, parent) || landing_is_on_a_line(landing, parent)) {
            return push(&growth->roots, commit);
        }
        growth->sprouts[commit].sibling = growth->sprouts[parent].child;
        growth->sprouts[parent].child = commit + 1;
        commit = parent;
    }
    return true;
}

static bool add_twigs(struct growth *growth, uint32_t end)
{
    const struct placing *placing = growth->placing;
    for (uint32_t i = growth->first; i < end; i++) {
        uint32_t tip = placing->branches[i].tip;
        bool has_line = landing_is_known(placing->landing, tip) && !landing_is_on_a_line(placing->landing, tip);
        if (!(has_line ? add_line(growth, i) : push(&growth->overtaken, i))) {
            return false;
        }
    }
    for (uint32_t i = end; i-- > growth->first;) {
        struct sprout *sprout = &growth->sprouts[placing->branches[i].tip];
        growth->next_at_tip[i - growth->first] = sprout->tip_of;
        sprout->tip_of = i + 1;
    }
    return true;
}

static uint32_t made(const struct growth *growth, uint32_t twig)
{
    return growth->placing->branches[twig - 1].made;
}

static bool is_before(const struct growth *growth, uint32_t commit, uint32_t other)
{
    uint32_t twig = growth->sprouts[commit].twig, other_twig = growth->sprouts[other].twig;
    if (made(growth, twig) != made(growth, other_twig)) {
        return made(growth, twig) < made(growth, other_twig);
    }
    uint64_t at_commit = landing_first(growth->placing->landing, commit, growth->first);
    uint64_t at_other = landing_first(growth->placing->landing, other, growth->first);
    return at_commit != at_other ? at_commit < at_other : twig < other_twig;
}

/* The child of a commit whose twigs come first; all others are roots. LANDING_NONE for a commit without children. */
static bool choose_child(struct growth *growth, uint32_t commit, uint32_t *chosen)
{
    *chosen = LANDING_NONE;
    for (uint32_t child = growth->sprouts[commit].child; child; child = growth->sprouts[child - 1].sibling) {
        uint32_t other = child - 1;
        if (*chosen == LANDING_NONE || is_before(growth, other, *chosen)) {
            other = *chosen;
            *chosen = child - 1;
        }
        if (other != LANDING_NONE && !push(&growth->roots, other)) {
            return false;
        }
    }
    return true;
}

static bool place_twig(struct growth *growth, uint32_t twig)
{
    growth->placing->branch = twig;
    return place_branch(growth->placing);
}

/* Places or puts off the twigs whose tip a commit is. */
static bool take_tips(struct growth *growth, uint32_t commit, bool is_theirs)
{
    for (uint32_t tip = growth->sprouts[commit].tip_of; tip; tip = growth->next_at_tip[tip - 1 - growth->first]) {
        if (!(is_theirs ? place_twig(growth, tip - 1) : push(&growth->overtaken, tip - 1))) {
            return false;
        }
    }
    return true;
}

/* Goes up from a root to the tip of the twig that what is there belongs to. */
static bool place_from(struct growth *growth, uint32_t commit)
{
    for (bool is_placed = false; !is_placed;) {
        uint32_t child, tip = growth->sprouts[commit].tip_of;
        if (!choose_child(growth, commit, &child)) {
            return false;
        }
        is_placed = tip && (child == LANDING_NONE || made(growth, tip) <= made(growth, growth->sprouts[child].twig));
        if (!take_tips(growth, commit, is_placed) ||
            (is_placed && child != LANDING_NONE && !push(&growth->roots, child))) {
            return false;
        }
        commit = child;
    }
    return true;
}

static bool place_twigs(struct placing *placing, uint32_t first, uint32_t end)
{
    struct growth growth = {.placing = placing, .first = first};
    growth.sprouts = calloc((size_t)placing->landing->nodes.count + 1, sizeof *growth.sprouts);
    growth.next_at_tip = calloc((size_t)end - first, sizeof *growth.next_at_tip);
    bool placed = growth.sprouts && growth.next_at_tip && add_twigs(&growth, end);
    while (placed && growth.roots.count > 0) {
        placed = place_from(&growth, at(&growth.roots, --growth.roots.count));
    }
    for (uint32_t i = 0; placed && i < growth.overtaken.count; i++) {
        placed = place_twig(&growth, at(&growth.overtaken, i));
    }
    free(growth.sprouts);
    free(growth.next_at_tip);
    free(growth.roots.items);
    free(growth.overtaken.items);
    return placed;
}

bool landing_place_all(struct landing *landing, struct landing_branch *branches, uint32_t count)
{
    struct placing placing = {.landing = landing, .branches = branches, .count = count};
    placing.limits = calloc((size_t)count + 1, sizeof *placing.limits);
    bool placed = placing.limits != NULL;
    for (uint32_t i = 0, end; placed && i < count; i = end) {
        for (end = i + 1; branches[i].is_twig && end < count && branches[end].is_twig; end++) {
        }
        placing.branch = i;
        placed = branches[i].is_twig ? place_twigs(&placing, i, end) : place_branch(&placing);
    }
    free(placing.limits);
    free(placing.line.items);
    free(placing.stack.items);
    return placed;
}

bool landing_next_place(const struct landing *landing, uint64_t *cursor, struct landing_place *place_out)
{
    uint32_t commit = (uint32_t)(*cursor >> 32);
    uint32_t row = (uint32_t)*cursor; /* 0: begin with the commit's newest; else index + 1 */
    while (row == 0) {
        if (commit >= landing->nodes.count) {
            return false;
        }
        row = node_of(landing, commit)->rows + 1;
        commit += row == 0;
    }
    const struct row *found = row_of(landing, row - 1);
    *place_out = (struct landing_place){commit, found->branch, found->line_commit,
                                        node_of(landing, found->line_commit)->position};
    *cursor = found->next == LANDING_NONE ? (uint64_t)(commit + 1) << 32 : (uint64_t)commit << 32 | (found->next + 1);
    return true;
}
