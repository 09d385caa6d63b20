#!/usr/bin/env python3
"""Holds a conformance run against recorded floors (standard library only).

  tests/conformance.py CONFORMANCE.py FOLDER --tool target/release/whereto [--list FILE] [--update]

CONFORMANCE.py compares the tool's JSON with the facts beside each capture of FOLDER, lists the
captures that differ, and ends with one line of JSON: for each category [found, expected, extra].
tests/conformance.json holds the fewest that may be found, the most that may be extra and the most
captures that may fail. `--update` raises the floors and lowers the ceilings, never the other way.

Every capture that differs must be named, in backticks, in docs/differences.md, and no other.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve()
FLOORS = HERE.with_suffix(".json")
DIFFERENCES = HERE.parent.parent / "docs" / "differences.md"


def differing(listed):
    """The captures that CONFORMANCE.py listed."""
    named = (re.match(r"DIFFERS (.*) \(\d+\.\d s\)|FAILED (.*?): ", line) for line in listed.splitlines())
    return {found.group(1) or found.group(2) for found in named if found}


def unexplained(listed, page, folder):
    """What docs/differences.md should name and does not, or names for nothing."""
    explained = {name for name in re.findall(r"`([^`\n]+)`", page) if (folder / name).is_file()}
    found = differing(listed)
    wrong = [f"{name} differs, and docs/differences.md does not say why" for name in sorted(found - explained)]
    wrong += [f"{name} does not differ any more: docs/differences.md is old" for name in sorted(explained - found)]
    return wrong


def out_of_bounds(counted, floors):
    """What is worse than it was."""
    wrong = []
    if counted["failed"] > floors["failed"]:
        wrong.append(f"{counted['failed']} captures failed, at most {floors['failed']} may")
    for category, floor in floors["found"].items():
        found, expected, extra = counted[category]
        if found < floor:
            wrong.append(f"{category}: {found} of {expected} found, at least {floor} were before")
        if extra > floors["extra"].get(category, extra):
            wrong.append(f"{category}: {extra} extra, at most {floors['extra'][category]} were before")
    return wrong


def update(counted, floors):
    floors["files"] = counted["files"]
    floors["failed"] = min(counted["failed"], floors["failed"])
    for category, (found, _, extra) in ((k, v) for k, v in counted.items() if isinstance(v, list)):
        floors["found"][category] = max(found, floors["found"].get(category, 0))
        floors["extra"][category] = min(extra, floors["extra"].get(category, extra))
    FLOORS.write_text(json.dumps(floors, indent=1) + "\n")


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("script")
    asked.add_argument("folder", type=pathlib.Path)
    asked.add_argument("--tool", required=True)
    asked.add_argument("--list", type=pathlib.Path, help="where the differences go")
    asked.add_argument("--update", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as work:
        listed = given.list or pathlib.Path(work) / "differences"
        # Not with what the developer has installed.
        tool = f"{given.tool} audit --no-installed-geo --no-hash --format json {{in}}"
        command = [sys.executable, given.script, given.folder, "--tool", tool, "--list", listed]
        output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
        listed = listed.read_text()
    print(output, end="")
    counted = json.loads(output.strip().splitlines()[-1])
    floors = json.loads(FLOORS.read_text())
    if given.update:
        update(counted, floors)
    # Another corpus has other counts and other captures.
    elif counted["files"] == floors["files"]:
        wrong = out_of_bounds(counted, floors)
        wrong += unexplained(listed, DIFFERENCES.read_text(), given.folder)
        if wrong:
            sys.exit("\n".join(wrong))
        print(f"{len(differing(listed))} captures differ, each explained in docs/differences.md")
    else:
        print(f"floors are for {floors['files']} captures: not held; {len(differing(listed))} differ")


if __name__ == "__main__":
    main()
