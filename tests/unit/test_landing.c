/* Positions of commits on branches: graphs made by hand, and random ones against a brute-force reading of the rule. */
#include "landing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define ID 20

static void make_id(uint32_t number, unsigned char id[ID])
{
    memset(id, 0, ID);
    uint64_t mixed = (number + 1) * 0x9e3779b97f4a7c15u;
    memcpy(id, &mixed, sizeof mixed);
    memcpy(id + 8, &number, sizeof number);
}

static void add(struct landing *graph, uint32_t number, const uint32_t *parents, size_t count)
{
    unsigned char id[ID], parent_ids[8 * ID];
    make_id(number, id);
    for (size_t i = 0; i < count; i++) {
        make_id(parents[i], parent_ids + i * ID);
    }
    assert_true(landing_add(graph, id, parent_ids, count, 1000 + (int64_t)number));
}

static uint32_t index_of(const struct landing *graph, uint32_t number)
{
    unsigned char id[ID];
    make_id(number, id);
    return landing_find(graph, id);
}

/* Builds a graph from lines "N: P P"; letters are commits. */
static struct landing *graph_of(const char *const *lines)
{
    struct landing *graph = landing_new(ID);
    assert_non_null(graph);
    for (; *lines; lines++) {
        uint32_t parents[8];
        size_t count = 0;
        for (const char *parent = *lines + 2; *parent; parent++) {
            if (*parent != ' ') {
                parents[count++] = (uint32_t)*parent;
            }
        }
        add(graph, (uint32_t) * *lines, parents, count);
    }
    return graph;
}

static int compare_words(const void *left, const void *right)
{
    return memcmp(left, right, 4);
}

/* All places as sorted words "A0:5": commit, branch, position. */
static void list_places(const struct landing *graph, char *list)
{
    static const char names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    struct landing_place place;
    size_t used = 0;
    for (uint64_t cursor = 0; landing_next_place(graph, &cursor, &place);) {
        for (const char *name = names; *name; name++) {
            if (index_of(graph, (uint32_t)*name) == place.commit) {
                used += (size_t)sprintf(list + used, "%c%u:%u ", *name, place.branch, place.position);
            }
        }
    }
    list[used] = '\0';
    qsort(list, used / 5, 5, compare_words);
}

/* made: of each branch a digit when it is a twig, else a hyphen. */
static void expect_grown(const char *const *lines, const char *tips, const char *made, const char *places,
                         const char *forks)
{
    struct landing *graph = graph_of(lines);
    struct landing_branch branches[8] = {{0}};
    uint32_t count = (uint32_t)strlen(tips);
    char list[1024], fork_list[128];
    size_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        branches[i].tip = index_of(graph, (uint32_t)tips[i]);
        branches[i].is_twig = made[i] != '-';
        branches[i].made = branches[i].is_twig ? (uint32_t)(made[i] - '0') : 0;
        assert_int_not_equal(branches[i].tip, LANDING_NONE);
    }
    assert_true(landing_place_all(graph, branches, count));
    list_places(graph, list);
    assert_string_equal(list, places);
    for (uint32_t i = 0; i < count; i++) {
        used += branches[i].parent == LANDING_NONE
                    ? (size_t)sprintf(fork_list + used, "- ")
                    : (size_t)sprintf(fork_list + used, "%u:%u ", branches[i].parent, branches[i].fork_position);
    }
    assert_string_equal(fork_list, forks);
    landing_free(graph);
}

static void expect(const char *const *lines, const char *tips, const char *places, const char *forks)
{
    expect_grown(lines, tips, "--------", places, forks);
}

static void a_merge_gives_its_position_to_what_it_brings(void **state)
{
    (void)state;
    const char *const graph[] = {"M:B y", "y:x", "x:A", "B:A", "A:", NULL};
    expect(graph, "M", "A0:1 B0:2 M0:3 x0:3 y0:3 ", "- ");
}

static void a_branch_cut_from_another_holds_only_what_is_new(void **state)
{
    (void)state;
    const char *const graph[] = {"C:B", "B:A", "r:B", "s:r", "t:s", "A:", NULL};
    expect(graph, "Cst", "A0:1 B0:2 C0:3 r1:3 s1:4 t2:5 ", "- 0:2 1:4 ");
}

static void a_branch_at_a_commit_of_another_holds_nothing(void **state)
{
    (void)state;
    const char *const graph[] = {"C:B", "B:A", "A:", NULL};
    expect(graph, "CBC", "A0:1 B0:2 C0:3 ", "- 0:2 0:3 ");
}

static void a_branch_cut_from_merged_work_forks_where_that_work_began(void **state)
{
    (void)state;
    const char *const graph[] = {"M:B y", "y:x", "x:A", "B:A", "A:", "r:x", NULL};
    expect(graph, "Mr", "A0:1 B0:2 M0:3 r1:3 x0:3 x1:2 y0:3 ", "- 0:1 ");
}

static void a_criss_cross_numbers_both_sides(void **state)
{
    (void)state;
    /* c and d are merges of each other's side. */
    const char *const graph[] = {"c:a b", "d:b a", "a:R", "b:R", "R:", NULL};
    expect(graph, "cd", "R0:1 a0:2 a1:3 b0:3 b1:2 c0:3 d1:3 ", "- 0:1 ");
}

static void an_octopus_brings_all_its_parents(void **state)
{
    (void)state;
    const char *const graph[] = {"O:A x y z", "x:A", "y:A", "z:y", "A:", NULL};
    expect(graph, "O", "A0:1 O0:2 x0:2 y0:2 z0:2 ", "- ");
}

static void a_merge_back_gives_the_branch_what_came_since(void **state)
{
    (void)state;
    /* s merges C of the trunk into the release branch; M merges the release into the trunk. */
    const char *const graph[] = {"M:C s", "C:B", "B:A", "A:", "s:r C", "r:A", NULL};
    expect(graph, "Ms", "A0:1 B0:2 B1:3 C0:3 C1:3 M0:4 r0:4 r1:2 s0:4 s1:3 ", "- 0:1 ");
}

static void a_root_without_common_history_stands_alone(void **state)
{
    (void)state;
    const char *const graph[] = {"B:A", "A:", "y:x", "x:", "m:y B", NULL};
    expect(graph, "Bm", "A0:1 A1:3 B0:2 B1:3 m1:3 x1:1 y1:2 ", "- - ");
}

/* s and t were made on one branch, u on another. */
static const char *const stacked[] = {"A:", "s:A", "t:s", "u:t", NULL};

static void a_twig_is_cut_from_the_one_whose_tip_its_line_has(void **state)
{
    (void)state;
    expect_grown(stacked, "Aut", "-00", "A0:1 s2:2 t2:3 u1:4 ", "- 2:3 0:1 ");
    expect_grown(stacked, "Auts", "-000", "A0:1 s3:2 t2:3 u1:4 ", "- 2:3 3:2 0:1 ");
    expect(stacked, "Aut", "A0:1 s1:2 t1:3 u1:4 ", "- 0:1 1:3 ");
}

static void of_twigs_with_one_tip_the_first_has_it(void **state)
{
    (void)state;
    expect_grown(stacked, "Autt", "-000", "A0:1 s2:2 t2:3 u1:4 ", "- 2:3 0:1 2:3 ");
}

static void a_twig_that_is_told_to_be_older_goes_before(void **state)
{
    (void)state;
    /* t is where somebody put a branch on u's line. */
    expect_grown(stacked, "Aut", "-12", "A0:1 s1:2 t1:3 u1:4 ", "- 0:1 1:3 ");
    expect_grown(stacked, "Atu", "-12", "A0:1 s1:2 t1:3 u2:4 ", "- 0:1 1:3 ");
}

static void twigs_that_parted_go_by_what_is_told_or_as_given(void **state)
{
    (void)state;
    const char *const graph[] = {"A:", "s:A", "t:s", "u:s", "v:u", NULL};
    expect_grown(graph, "Atv", "-00", "A0:1 s1:2 t1:3 u2:3 v2:4 ", "- 0:1 1:2 ");
    expect_grown(graph, "Avt", "-00", "A0:1 s1:2 t2:3 u1:3 v1:4 ", "- 0:1 1:2 ");
    expect_grown(graph, "Avt", "-01", "A0:1 s1:2 t2:3 u1:3 v1:4 ", "- 0:1 1:2 ");
}

static void what_twigs_share_belongs_to_the_one_that_landed_first(void **state)
{
    (void)state;
    /* M brings s and t; u goes on from s, and N brings that. */
    const char *const graph[] = {"N:M u", "M:A t", "A:", "s:A", "t:s", "u:s", "v:u", NULL};
    expect_grown(graph, "Nvt", "-00", "A0:1 M0:2 N0:3 s0:2 s2:2 t0:2 t2:3 u0:3 u1:3 v1:4 ", "- 2:2 0:1 ");
    expect_grown(graph, "Nvt", "-01", "A0:1 M0:2 N0:3 s0:2 s1:2 t0:2 t2:3 u0:3 u1:3 v1:4 ", "- 0:1 1:2 ");
}

static void what_a_twig_merged_does_not_make_it_older(void **state)
{
    (void)state;
    /* m merges x, which was cut from d, back. */
    const char *const graph[] = {"A:", "d:A", "x:d", "m:d x", NULL};
    expect_grown(graph, "Amx", "-00", "A0:1 d1:2 m1:3 x1:3 x2:3 ", "- 0:1 1:2 ");
}

static void parents_that_are_missing_end_the_line(void **state)
{
    (void)state;
    const char *const lines[] = {"C:B q", "B:p", NULL};
    struct landing *graph = graph_of(lines);
    struct landing_branch branch = {.tip = index_of(graph, 'C')};
    char list[128];
    assert_int_equal(landing_missing(graph), 2);
    assert_true(landing_place_all(graph, &branch, 1));
    list_places(graph, list);
    assert_string_equal(list, "B0:1 C0:2 ");
    landing_free(graph);
}

static void prefixes_name_one_commit_or_none(void **state)
{
    (void)state;
    struct landing *graph = landing_new(ID);
    unsigned char ids[3][ID] = {{0xab, 0xcd, 0xe1}, {0xab, 0xcd, 0xe2}, {0xff}};
    for (int i = 0; i < 3; i++) {
        assert_true(landing_add(graph, ids[i], NULL, 0, 0));
    }
    assert_int_equal(landing_find_prefix(graph, "abcde1", 6), 0);
    assert_int_equal(landing_find_prefix(graph, "abcde2", 6), 1);
    assert_int_equal(landing_find_prefix(graph, "abcde", 5), LANDING_NONE);
    assert_int_equal(landing_find_prefix(graph, "ff0", 3), 2);
    assert_int_equal(landing_find_prefix(graph, "0", 1), LANDING_NONE);
    assert_int_equal(landing_find_prefix(graph, "ff000000000000000000000000000000000000000", 41), LANDING_NONE);
    landing_free(graph);
}

#define NODES 24
#define BRANCHES 4

struct model {
    uint32_t parents[NODES][3];
    size_t counts[NODES];
    bool reaches[NODES][NODES];
};

static void make_model(struct model *model, struct landing *graph, unsigned *seed)
{
    memset(model, 0, sizeof *model);
    for (uint32_t i = 0; i < NODES; i++) {
        size_t count = i == 0 || rand_r(seed) % 12 == 0 ? 0 : 1 + (size_t)(rand_r(seed) % 4 == 0) + (size_t)(rand_r(seed) % 9 == 0);
        model->reaches[i][i] = true;
        for (size_t k = 0; k < count; k++) {
            uint32_t span = i < 5 ? i : 5;
            uint32_t parent = i - 1 - (uint32_t)rand_r(seed) % span;
            model->parents[i][model->counts[i]++] = parent;
            for (uint32_t j = 0; j < NODES; j++) {
                model->reaches[i][j] |= model->reaches[parent][j];
            }
        }
    }
    for (uint32_t i = NODES; i > 0; i--) {
        add(graph, i - 1, model->parents[i - 1], model->counts[i - 1]);
    }
}

/* Position of a commit on the first-parent line below tip, counted from its root; 0 beside the line. */
static uint32_t depth_on_line(const struct model *model, uint32_t tip, uint32_t commit)
{
    uint32_t depth = 0;
    bool below = false;
    for (uint32_t at = tip;; at = model->parents[at][0]) {
        below |= at == commit;
        depth += below;
        if (model->counts[at] == 0) {
            return depth;
        }
    }
}

/* The smallest position of the line below tip that reaches the commit; 0 when none does. */
static uint32_t smallest_position(const struct model *model, uint32_t tip, uint32_t commit)
{
    uint32_t smallest = 0;
    for (uint32_t at = tip; model->reaches[at][commit]; at = model->parents[at][0]) {
        smallest = depth_on_line(model, tip, at);
        if (model->counts[at] == 0) {
            break;
        }
    }
    return smallest;
}

/* What the rows and forks say: is the commit on the branch, up to limit? */
static bool holds(uint32_t rows[NODES][BRANCHES], const struct landing_branch *branches, uint32_t branch, uint32_t limit,
                  uint32_t commit)
{
    for (;;) {
        uint32_t position = rows[commit][branch];
        if (position > 0 && position <= limit) {
            return true;
        }
        if (branches[branch].parent == LANDING_NONE) {
            return false;
        }
        limit = branches[branch].fork_position < limit ? branches[branch].fork_position : limit;
        branch = branches[branch].parent;
    }
}

static void check_round(unsigned *seed)
{
    struct model model;
    struct landing *graph = landing_new(ID);
    struct landing_branch branches[BRANCHES] = {{0}};
    uint32_t trunks = (uint32_t)rand_r(seed) % (BRANCHES + 1); /* the others are twigs */
    uint32_t tips[BRANCHES], rows[NODES][BRANCHES] = {{0}};
    struct landing_place place;
    make_model(&model, graph, seed);
    for (uint32_t i = 0; i < BRANCHES; i++) {
        tips[i] = (uint32_t)rand_r(seed) % NODES;
        branches[i].tip = index_of(graph, tips[i]);
        branches[i].is_twig = i >= trunks;
        branches[i].made = i > 0 ? branches[i - 1].made + (uint32_t)rand_r(seed) % 2 : 0;
    }
    assert_true(landing_place_all(graph, branches, BRANCHES));
    for (uint64_t cursor = 0; landing_next_place(graph, &cursor, &place);) {
        uint32_t number;
        memcpy(&number, landing_id(graph, place.commit) + 8, sizeof number);
        assert_int_equal(rows[number][place.branch], 0);
        rows[number][place.branch] = place.position;
    }
    for (uint32_t i = 0; i < BRANCHES; i++) {
        for (uint32_t commit = 0; commit < NODES; commit++) {
            assert_int_equal(holds(rows, branches, i, UINT32_MAX, commit), model.reaches[tips[i]][commit]);
            if (rows[commit][i] > 0) {
                assert_int_equal(rows[commit][i], smallest_position(&model, tips[i], commit));
            }
            bool inherited = branches[i].parent != LANDING_NONE &&
                             holds(rows, branches, branches[i].parent, branches[i].fork_position, commit);
            assert_false(inherited && rows[commit][i] > 0);
        }
    }
    landing_free(graph);
}

static void random_graphs_keep_the_rule(void **state)
{
    (void)state;
    const char *given = getenv("SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
    print_message("SEED=%u\n", seed);
    for (int round = 0; round < 3000; round++) {
        check_round(&seed);
    }
}

static void a_long_history_needs_no_deep_stack(void **state)
{
    (void)state;
    const uint32_t count = 300000;
    struct landing *graph = landing_new(ID);
    for (uint32_t i = count; i > 0; i--) {
        uint32_t parents[2] = {i - 2, i > 2 ? i - 3 : 0};
        add(graph, i - 1, parents, i == 1 ? 0u : 1u + (i % 2 && i > 2));
    }
    struct landing_branch branch = {.tip = index_of(graph, count - 1)};
    assert_true(landing_place_all(graph, &branch, 1));
    struct landing_place place;
    uint32_t seen = 0;
    for (uint64_t cursor = 0; landing_next_place(graph, &cursor, &place); seen++) {
        assert_int_equal(place.line_commit, place.commit);
    }
    assert_int_equal(seen, count);
    assert_int_equal(landing_committed(graph, branch.tip), 1000 + (int64_t)count - 1);
    landing_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_merge_gives_its_position_to_what_it_brings),
        cmocka_unit_test(a_branch_cut_from_another_holds_only_what_is_new),
        cmocka_unit_test(a_branch_at_a_commit_of_another_holds_nothing),
        cmocka_unit_test(a_branch_cut_from_merged_work_forks_where_that_work_began),
        cmocka_unit_test(a_criss_cross_numbers_both_sides),
        cmocka_unit_test(an_octopus_brings_all_its_parents),
        cmocka_unit_test(a_merge_back_gives_the_branch_what_came_since),
        cmocka_unit_test(a_root_without_common_history_stands_alone),
        cmocka_unit_test(a_twig_is_cut_from_the_one_whose_tip_its_line_has),
        cmocka_unit_test(of_twigs_with_one_tip_the_first_has_it),
        cmocka_unit_test(a_twig_that_is_told_to_be_older_goes_before),
        cmocka_unit_test(twigs_that_parted_go_by_what_is_told_or_as_given),
        cmocka_unit_test(what_twigs_share_belongs_to_the_one_that_landed_first),
        cmocka_unit_test(what_a_twig_merged_does_not_make_it_older),
        cmocka_unit_test(parents_that_are_missing_end_the_line),
        cmocka_unit_test(prefixes_name_one_commit_or_none),
        cmocka_unit_test(random_graphs_keep_the_rule),
        cmocka_unit_test(a_long_history_needs_no_deep_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
