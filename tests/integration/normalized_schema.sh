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
check("there are normal forms", len(forms) >= 30)
for name, form in sorted(forms.items()):
    problem = jsonschema.exceptions.best_match(validator.iter_errors(form))
    check(f"{name} holds to the schema" + (f": {problem.message}" if problem else ""), problem is None)

check("every member is described", not undescribed(schema) and not undescribed(schema["$defs"]["issue"]))
form = forms["cloud_updated.expected.json"]
for name in form["issue"]:
    broken = copy.deepcopy(form)
    del broken["issue"][name]
    check(f"an issue without {name} is refused", not validator.is_valid(broken))
for path, value in (("kind", "other"), ("event_at", "2026-11-24T04:12:00Z"), ("altered", -1), ("more", 1), ("issue", None)):
    check(f"{path} {json.dumps(value)} is refused", not validator.is_valid({**form, path: value}))
check("an ignored event with an issue is refused", not validator.is_valid({**form, "kind": "ignored"}))
sys.exit(failed > 0)
PYTHON
