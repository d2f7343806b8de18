"""A clock of a program's own, that of libfaketime, which can be stepped while it runs. What measures durations is not changed."""

import contextlib
import pathlib
import shutil
import subprocess

TIMERS = pathlib.Path(__file__).with_name("real_timers.c")
LIBRARIES = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class SteppedClock:
    # In the first process that loads it, the library extends the environment, after which Swift does not find the arguments.
    within = ("/bin/sh", "-c", 'exec "$0" "$@"')

    def __init__(self, file):
        """`file` is a path that this clock uses."""
        if not LIBRARIES:
            raise SystemExit("libfaketime is missing; install it with: scripts/install-tests.sh")
        self.file, self.offset = pathlib.Path(file), 0
        self.timers = self.file.with_suffix(".so")
        compiler = shutil.which("cc") or shutil.which("clang")
        if not compiler:
            raise SystemExit("a C compiler is missing; install it with: scripts/install-build.sh")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", self.timers, TIMERS], check=True)
        self.step(0)

    @property
    def settings(self):
        """The environment of a program that has this clock."""
        return {
            "LD_PRELOAD": f"{self.timers} {LIBRARIES[0]}", "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
        }

    def step(self, seconds):
        """Steps the clock. The file is replaced, so that a program never reads an incomplete number."""
        self.offset += seconds
        beside = self.file.with_suffix(".new")
        beside.write_text(f"{self.offset:+d}\n")
        beside.rename(self.file)


def forget(process):
    """Deletes the library's shared memory, which outlives a process that is killed."""
    for name in (f"faketime_shm_{process}", f"sem.faketime_sem_{process}"):
        with contextlib.suppress(FileNotFoundError):
            pathlib.Path(f"/dev/shm/{name}").unlink()
