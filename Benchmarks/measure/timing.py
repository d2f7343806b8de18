"""Times commands against each other, alternating, so that a slow phase of the machine affects all of them."""

import os
import statistics
import subprocess
import time


class Failed(Exception):
    pass


def once(command):
    """Seconds of one run of `command`, a list of arguments, from its start to its end."""
    quiet = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    quiet.append((os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0))
    began = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, status, _ = os.wait4(child, 0)
    seconds = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) != 0:
        again = subprocess.run(command, capture_output=True, text=True)
        raise Failed(f"{' '.join(command)}: {(again.stderr or again.stdout).strip()[-200:]}")
    return seconds


def in_turns(contenders, rounds, warming=True):
    """The median seconds of each of `contenders`, a dictionary of functions that return seconds; `None` if one failed."""
    times = {name: [] for name in contenders}
    for turn in range(rounds + warming):
        for name, measure in contenders.items():
            if times[name] is None:
                continue
            try:
                seconds = measure()
                # The first round fills the caches.
                if turn >= warming:
                    times[name].append(seconds)
            except Failed as failure:
                print(f"  {name} failed: {failure}", flush=True)
                times[name] = None
    return {name: statistics.median(values) if values else None for name, values in times.items()}


def ratio(a, b):
    """The ratio of `b` to `a`: how many times faster `a` is."""
    return b / a if a and b else None
