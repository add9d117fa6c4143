/* What holds for every normal form of a git host's delivery, whatever the body was. */
#ifndef JIRASYNC_TESTS_GIT_FORM_H
#define JIRASYNC_TESTS_GIT_FORM_H

#include "normalize.h"

#include <string.h>

static inline bool git_form_is_hash(const char *text)
{
    size_t length = strlen(text);

    return (length == 40 || length == 64) && strspn(text, "0123456789abcdef") == length && text[strspn(text, "0")] != '\0';
}

static inline const char *git_form_commit_problem(const struct normal_commit *commit)
{
    if (commit->sha == NULL || !git_form_is_hash(commit->sha))
        return "a commit's hash is none";
    if (commit->message == NULL || commit->keys == NULL)
        return "a commit has no message, or no list of keys";
    if ((commit->parents == NULL ? commit->is_merge_named : commit->parent_count > 1) != (commit->handed_keys != NULL))
        return "a merge hands down nothing, or another commit does";
    for (size_t i = 0; i < commit->parent_count; i++)
        if (!git_form_is_hash(commit->parents[i]))
            return "a parent's hash is none";
    for (size_t i = 0; i < commit->key_count; i++)
        if (commit->keys[i][strcspn(commit->keys[i], "abcdefghijklmnopqrstuvwxyz")] != '\0')
            return "a key is not upper-cased";
    for (size_t i = 0; i < commit->refused_count; i++)
        if (commit->refused[i].verdict == ISSUE_KEY_CANDIDATE || commit->refused[i].text[0] == '\0')
            return "a refused key has no reason, or no text";
    return NULL;
}

static inline const char *git_form_change_problem(const struct normal_ref_change *change)
{
    const char *problem = NULL;

    if (change->ref == NULL || *change->ref == '\0')
        return "a change has no ref";
    if (change->is_notice && (change->before != NULL || (change->after != NULL && *change->after != '\0')))
        return "a notice has a hash";
    if (!change->is_notice && change->before == NULL && change->after == NULL)
        return "a change moves from nothing to nothing";
    if ((change->before != NULL && !git_form_is_hash(change->before)) ||
        (change->after != NULL && !change->is_notice && !git_form_is_hash(change->after)) ||
        (change->peeled != NULL && (!change->is_tag || !git_form_is_hash(change->peeled))))
        return "a tip's hash is none";
    if (change->is_tag && change->branch_key_count > 0)
        return "a tag has the keys of a branch";
    for (size_t i = 0; i < change->commit_count && problem == NULL; i++) {
        problem = git_form_commit_problem(&change->commits[i]);
        for (size_t j = 0; j < i && change->commit_count < 100; j++)
            if (strcmp(change->commits[i].sha, change->commits[j].sha) == 0)
                problem = "a commit stands twice in a change";
    }
    return problem;
}

/* NULL, or what does not hold. */
static inline const char *git_form_problem(const struct normal_form *form)
{
    const struct normal_git *git = form->git;
    const char *problem = NULL;

    if (form->event == NULL || *form->event == '\0')
        return "the event has no name";
    if ((form->kind == NORMAL_GIT) != (git != NULL) || (git == NULL) != (form->git_json == NULL))
        return "the kind is not what the form tells of";
    if (git == NULL)
        return form->kind == NORMAL_IGNORED ? NULL : "a git host tells of an issue";
    if (*git->repository == '\0' || (git->change_count == 0) == (git->pull_request == NULL))
        return "there is no repository, or not one of changes and pull request";
    if (git->pull_request != NULL && (git->pull_request->number <= 0 || git->pull_request->keys == NULL))
        return "a pull request has no number, or no list of keys";
    for (size_t i = 0; i < git->change_count && problem == NULL; i++)
        problem = git_form_change_problem(&git->changes[i]);
    if (problem == NULL && strlen(form->git_json) != form->git_json_length)
        problem = "the document is not as long as it says";
    return problem;
}

#endif
