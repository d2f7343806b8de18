"""Runs `darkroom reprocess` and sends it a signal once so many media are done. Prints {"status": …, "done": {KEY: THUMBNAIL}}:
what was done when it had ended, by the original's key.

usage: killed_run.py DATA SIGNAL AFTER PROGRAM ARGUMENT…
"""

import json
import signal
import subprocess
import sys
import time

from archive_state import state

data, name, after, *command = sys.argv[1:]
process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
while process.poll() is None and state(data)["items"].get("done", 0) < int(after):
    time.sleep(0.01)
if process.poll() is None:
    process.send_signal(signal.Signals[name])
status = process.wait()
found = state(data)
print(json.dumps({"status": status, "done": found["done"]}))
