"""Runs a program and kills it once it has printed so many lines. Prints {"status": …, "lines": [LINE]}: all that it had printed.

usage: killed_lines.py COUNT PROGRAM ARGUMENT…
"""

import json
import subprocess
import sys

count, *command = sys.argv[1:]
process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
lines = [process.stdout.readline().rstrip("\n") for _ in range(int(count))]
process.kill()
lines += process.stdout.read().splitlines()
print(json.dumps({"status": process.wait(), "lines": lines}))
