#!/usr/bin/env python3
"""Measures whereto against tcpdump on the same file, run by run (standard library only).

  tests/bench/ratio.py FILE… [--tool target/release/whereto] [--runs 5] [--options='--threads 1 --no-hash --expect SG,US']
                             [--also 'NAME=COMMAND {in}']… [--markdown]

Each run pairs one tcpdump with one whereto, both pinned to the same processor where `taskset`
is there, the file read once beforehand. Printed are medians: CPU seconds, wall seconds, peak
memory, and the ratio to tcpdump's CPU time of the same run. Absolute times mean little on a
shared machine; the ratios mean more.
"""
import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import time

TCPDUMP = "tcpdump -nn -r {in} -w /dev/null"


def run(command, path, pin):
    """CPU seconds, wall seconds and peak KiB of one run."""
    words = [word.replace("{in}", path) for word in shlex.split(command)]
    if pin and shutil.which("taskset"):
        words = ["taskset", "-c", "0"] + words
    began = time.monotonic()
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1, 3, 4):
        sys.exit(f"{' '.join(words)}: exit {code}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss


def warm(path):
    with open(path, "rb") as file:
        while file.read(1 << 22):
            pass


def measure(path, commands, runs, pin):
    """For each command the median CPU, wall, KiB, and ratio of CPU to tcpdump's."""
    rows = {name: [] for name in commands}
    for _ in range(runs):
        warm(path)
        yard = run(TCPDUMP, path, pin)
        rows.setdefault("tcpdump", []).append((*yard, 1.0))
        for name, command in commands.items():
            cpu, wall, peak = run(command, path, pin)
            rows[name].append((cpu, wall, peak, cpu / yard[0]))
    return {name: [statistics.median(column) for column in zip(*row)] for name, row in rows.items()}


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("files", nargs="+")
    asked.add_argument("--tool", default="target/release/whereto")
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--options", default="--threads 1 --no-hash --expect SG,US")
    asked.add_argument("--also", action="append", default=[], help="NAME=COMMAND {in}")
    asked.add_argument("--no-pin", action="store_true", help="let the runs use every processor")
    asked.add_argument("--markdown", action="store_true")
    given = asked.parse_args()
    if not shutil.which("tcpdump"):
        sys.exit("tcpdump is not installed")
    commands = {"whereto": f"{given.tool} audit --no-installed-geo {given.options} {{in}}"}
    commands.update(also.split("=", 1) for also in given.also)
    if given.markdown:
        print("| file | program | CPU s | wall s | MiB | CPU, tcpdump = 1 |\n|---|---|---|---|---|---|")
    for path in given.files:
        for name, (cpu, wall, peak, ratio) in measure(path, commands, given.runs, not given.no_pin).items():
            cells = [os.path.basename(path), name, f"{cpu:.3f}", f"{wall:.3f}", f"{peak / 1024:.0f}", f"{ratio:.2f}"]
            print("| " + " | ".join(cells) + " |" if given.markdown else "  ".join(f"{cell:>12}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
