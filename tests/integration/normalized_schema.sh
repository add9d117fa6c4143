#!/bin/sh
# The expected normal forms of tests/fixtures/deliveries hold to docs/schemas/normalized.schema.json, and the schema
# refuses what is no normal form.
exec python3 - docs/schemas/normalized.schema.json tests/fixtures/deliveries <<'PYTHON'
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


forms = {os.path.basename(path): json.load(open(path)) for path in glob.glob(sys.argv[2] + "/*.expected.json")}
check("there are normal forms", len(forms) >= 90)
for name, form in sorted(forms.items()):
    problem = jsonschema.exceptions.best_match(validator.iter_errors(form))
    check(f"{name} holds to the schema" + (f": {problem.message}" if problem else ""), problem is None)

shown = {entity["kind"] for form in forms.values() for entity in form.get("entities", [])}
named = set(schema["$defs"]["entity"]["properties"]["kind"]["enum"])
check("each kind of entity has a normal form" + "".join(f", not {kind}" for kind in sorted(named - shown)), named == shown)
check("every member is described",
      not any(undescribed(part) for part in (schema, schema["$defs"]["issue"], schema["$defs"]["entity"])))
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
check("an empty list of entities is refused", not validator.is_valid({**form, "entities": []}))
sys.exit(failed > 0)
PYTHON
