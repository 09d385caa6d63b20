#!/usr/bin/env python3
"""Holds a conformance run against recorded floors (standard library only).

  tests/conformance.py CONFORMANCE.py FOLDER --tool target/release/whereto [--update]

CONFORMANCE.py compares the tool's JSON with the facts beside each capture of FOLDER and ends
with one line of JSON: for each category [found, expected, extra]. tests/conformance.json holds
the fewest that may be found and the most captures that may fail. `--update` raises the floors,
and never lowers one.
"""
import argparse
import json
import pathlib
import subprocess
import sys

FLOORS = pathlib.Path(__file__).resolve().with_suffix(".json")


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("script")
    asked.add_argument("folder")
    asked.add_argument("--tool", required=True)
    asked.add_argument("--list", default="/dev/null", help="where the differences go")
    asked.add_argument("--update", action="store_true")
    given = asked.parse_args()
    command = [sys.executable, given.script, given.folder, "--tool", f"{given.tool} audit --format json {{in}}", "--list", given.list]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
    print(output, end="")
    counted = json.loads(output.strip().splitlines()[-1])
    floors = json.loads(FLOORS.read_text())
    wrong = []
    if counted["failed"] > floors["failed"]:
        wrong.append(f"{counted['failed']} captures failed, at most {floors['failed']} may")
    for category, floor in floors["found"].items():
        found, expected, _ = counted[category]
        # Another corpus has other counts: the floor holds for the one it was measured on.
        if counted["files"] == floors["files"] and found < floor:
            wrong.append(f"{category}: {found} of {expected} found, at least {floor} were before")
    if given.update:
        floors["files"] = counted["files"]
        floors["failed"] = min(counted["failed"], floors["failed"])
        for category, (found, _, _) in ((k, v) for k, v in counted.items() if isinstance(v, list)):
            floors["found"][category] = max(found, floors["found"].get(category, 0))
        FLOORS.write_text(json.dumps(floors, indent=1) + "\n")
    elif wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
