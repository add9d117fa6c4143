#!/bin/sh
# The expected normal forms of the deliveries in tests/fixtures hold to docs/schemas/normalized.schema.json, and the schema
# refuses what is no normal form.
exec python3 - docs/schemas/normalized.schema.json tests/fixtures <<'PYTHON'
import copy, glob, json, os, sys
import jsonschema

schema = json.load(open(sys.argv[1]))
kind = jsonschema.validators.validator_for(schema)
kind.check_schema(schema)
validator = kind(schema)
failed = 0


def check(what, holds):
    global failed
    failed += not holds
    print("ok" if holds else "not ok", what)


def undescribed(part):
    """Names of properties whose schema says nothing of what they mean."""
    return [name for name, value in part["properties"].items() if "description" not in value and "$ref" not in value]


def read_forms(pattern):
    return {os.path.relpath(path, sys.argv[2]): json.load(open(path)) for path in glob.glob(sys.argv[2] + pattern)}


jira = {os.path.basename(path): form for path, form in read_forms("/deliveries/*.expected.json").items()}
git = read_forms("/git_deliveries/*/*.expected.json")
forms = {**jira, **git}
check("there are normal forms", len(jira) >= 90 and len(git) >= 60)
for name, form in sorted(forms.items()):
    problem = jsonschema.exceptions.best_match(validator.iter_errors(form))
    check(f"{name} holds to the schema" + (f": {problem.message}" if problem else ""), problem is None)

shown = {entity["kind"] for form in jira.values() for entity in form.get("entities", [])}
named = set(schema["$defs"]["entity"]["properties"]["kind"]["enum"])
check("each kind of entity has a normal form" + "".join(f", not {kind}" for kind in sorted(named - shown)), named == shown)
check("every member is described",
      not any(undescribed(part) for part in (schema, *schema["$defs"].values()) if "properties" in part))
form, entity = forms["cloud_updated.expected.json"], forms["cloud_worklog_created.expected.json"]
for name in form["issue"]:
    broken = copy.deepcopy(form)
    del broken["issue"][name]
    check(f"an issue without {name} is refused", not validator.is_valid(broken))
for name in entity["entities"][0]:
    broken = copy.deepcopy(entity)
    del broken["entities"][0][name]
    check(f"an entity without {name} is refused", not validator.is_valid(broken))
for path, value in (("kind", "other"), ("event_at", "2026-11-24T04:12:00Z"), ("altered", -1), ("more", 1), ("issue", None)):
    check(f"{path} {json.dumps(value)} is refused", not validator.is_valid({**form, path: value}))
check("an ignored event with an issue is refused", not validator.is_valid({**form, "kind": "ignored"}))
check("an ignored event with an entity is refused", not validator.is_valid({**entity, "kind": "ignored"}))
check("an entity's event with an issue is refused", not validator.is_valid({**entity, "kind": "entity"}))
check("an entity's event without one is refused", not validator.is_valid({**form, "kind": "entity"}))
for name, value in (("id", ""), ("id", 5), ("kind", "other"), ("mark", "gone"), ("member", None), ("seconds_spent", -1), ("more", 1)):
    broken = {**entity, "entities": [{**entity["entities"][0], name: value}]}
    check(f"an entity with {name} {json.dumps(value)} is refused", not validator.is_valid(broken))
push, pull = git["git_deliveries/github/push_main.expected.json"], git["git_deliveries/github/pull_request_merged.expected.json"]


def parts(form):
    """The objects of a git host's form, each with its name."""
    change = form["git"]["changes"][0] if form["git"]["changes"] else {}
    commit = change["commits"][0] if change.get("commits") else {}
    return {"repository": form["git"], "change": change, "commit": commit, "refused key": commit.get("refused", [{}])[0],
            "pull request": form["git"]["pull_request"] or {}}


def broken_form(form, part, change):
    broken = copy.deepcopy(form)
    change(parts(broken)[part])
    return broken


for form in (push, pull):
    for part, members in parts(form).items():
        for name in members:
            check(f"a {part} without {name} is refused", not validator.is_valid(broken_form(form, part, lambda object: object.pop(name))))
        if members:
            check(f"a {part} with a member of its own is refused",
                  not validator.is_valid(broken_form(form, part, lambda object: object.update(more=1))))
for part, name, value in (("repository", "repository", ""), ("change", "kind", "note"), ("change", "after", "abc"), ("change", "total", -1),
                          ("commit", "sha", "A" * 40), ("commit", "message", None), ("commit", "committed_at", "2026-11-24T04:12:00-07:00"),
                          ("commit", "keys", ["app-1"]), ("commit", "keys", ["APP-1", "APP-1"]), ("commit", "reverts", []),
                          ("refused key", "reason", "candidate")):
    check(f"a {part} with {name} {json.dumps(value)} is refused",
          not validator.is_valid(broken_form(push, part, lambda object: object.update({name: value}))))
for name, value in (("number", 0), ("state", "draft"), ("merge_sha", "abc"), ("commit_count", 0), ("updated_at", "2026-11-24")):
    check(f"a pull request with {name} {json.dumps(value)} is refused",
          not validator.is_valid(broken_form(pull, "pull request", lambda object: object.update({name: value}))))
for kind in ("issue", "entity", "ignored"):
    check(f"a git host's form of kind {kind} is refused", not validator.is_valid({**push, "kind": kind}))
check("an issue's form of kind git is refused", not validator.is_valid({**jira["cloud_updated.expected.json"], "kind": "git"}))
check("an empty list of entities is refused", not validator.is_valid({**form, "entities": []}))
sys.exit(failed > 0)
PYTHON
