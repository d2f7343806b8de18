"""The bytes written to files while a gibibyte is uploaded to a bucket."""

import os

from .contenders import Node, Python
from .files import GIB, padded
from .process import Watch
from .sending import send
from .service import Darkroom
from .sink import Sink
from .table import markdown
from .timing import Failed


class OpenFiles(Watch):
    """The files on disk that are open for writing while the block runs, each with its largest size."""

    def __init__(self, process):
        super().__init__(process)
        self.sizes = {}

    def look(self):
        for pid in self.process.tree():
            try:
                for name in os.listdir(f"/proc/{pid}/fd"):
                    path = f"/proc/{pid}/fd/{name}"
                    target = os.readlink(path)
                    if not target.startswith("/") or target.startswith(("/memfd:", "/dev/", "/proc/")):
                        continue
                    flags = next(line for line in open(f"/proc/{pid}/fdinfo/{name}") if line.startswith("flags:"))
                    if int(flags.split()[1], 8) & os.O_ACCMODE != os.O_RDONLY:
                        self.sizes[target] = max(self.sizes.get(target, 0), os.stat(path).st_size)
            except OSError:
                pass


def measure(rounds, _):
    file = padded("video/landscape-moov-last.mp4", "gibibyte-moov-last.mp4", GIB)
    rows, kept = [], {}
    with Sink() as sink:
        for name, start in {"darkroom": Darkroom, "Node": Node, "Python": Python}.items():
            if rounds == 1 and start is Python:
                continue
            try:
                with start(sink) as process, sink.expecting(1, GIB):
                    before = process.bytes_written()
                    with OpenFiles(process) as files:
                        [(status, _, _)] = send(process, file)
                    written = process.bytes_written() - before
                    if not 200 <= status < 300:
                        raise Failed(f"answered {status}")
            except Failed as failure:
                print(f"  {name}: {failure}", flush=True)
                continue
            seen = [f"`{os.path.basename(path)}` {size / 1e6:.2f}" for path, size in sorted(files.sizes.items())]
            kept[name] = written / 1e6
            rows.append([name, written / 1e6, ", ".join(seen) or "none"])
    columns = ["one upload of 1 GiB, `moov` last", "MB written to files", "files open for writing, and the most MB in each"]
    return "Without a file", markdown(columns, rows), [
        ["MB written to files during one upload", "rows alone", *(kept.get(name) for name in ("darkroom", "Node", "Python"))]
    ]
