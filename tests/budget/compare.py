#!/usr/bin/env python3
"""Compares measured figures with their recorded bounds: compare.py GROUP FILE

FILE holds a line "name value" for each figure; tests/budgets.tsv their bounds. A figure of the group over its bound,
without a bound, or not measured fails. UPDATE=1 records the measured ones, with bounds of slack percent above.
"""
import math
import os
import sys

BOUNDS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "budgets.tsv")
WELL_BELOW = 0.8


def read_bounds():
    with open(BOUNDS, encoding="utf-8") as file:
        lines = file.read().splitlines()
    return [line if line.startswith("#") else line.split("\t") for line in lines]


def text(value):
    return "%.10g" % value


def record(rows, group, measured):
    for row in rows:
        if isinstance(row, list) and row[0].startswith(group + ".") and row[0] in measured:
            bound = measured[row[0]] * (1 + float(row[3]) / 100)
            row[2] = text(measured[row[0]])
            row[4] = text(math.ceil(bound * 100 - 1e-6) / 100 if bound < 100 else math.ceil(bound - 1e-6))
    with open(BOUNDS, "w", encoding="utf-8") as file:
        file.writelines((row if isinstance(row, str) else "\t".join(row)) + "\n" for row in rows)


def judge(name, unit, bound, guards, group, value):
    if value is None:
        return "not ok %s: was not measured" % name
    if value > bound:
        return ("not ok %s: %s %s, the bound is %s\n    It guards %s.\n    Make it cheaper. Where the cost is meant, say "
                "why in the change and record it: UPDATE=1 make test TEST=%s" %
                (name, text(value), unit, text(bound), guards, group))
    lines = "ok %s: %s %s, bound %s" % (name, text(value), unit, text(bound))
    if value < bound * WELL_BELOW:
        lines += ("\nnote: %s is %s %s, well below its bound of %s; UPDATE=1 make test TEST=%s keeps what was won" %
                  (name, text(value), unit, text(bound), group))
    return lines


def main():
    group, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        measured = {name: float(value) for name, value in (line.split() for line in file)}
    rows = read_bounds()
    if os.environ.get("UPDATE"):
        record(rows, group, measured)
    verdicts, known = [], set()
    for name, unit, _, _, bound, guards in (row for row in rows if isinstance(row, list)):
        if name.startswith(group + "."):
            known.add(name)
            verdicts.append(judge(name, unit, float(bound), guards, group, measured.get(name)))
    for name in sorted(set(measured) - known):
        verdicts.append("not ok %s: %s, and tests/budgets.tsv has no line for it" % (name, text(measured[name])))
    print("\n".join(verdicts))
    return 1 if any(verdict.startswith("not ok") for verdict in verdicts) else 0


sys.exit(main())
