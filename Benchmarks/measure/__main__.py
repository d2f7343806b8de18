"""All measurements, or those that are named."""

import argparse
import datetime
import pathlib
import sys

from . import beside, boundary, bucket, cluster, diskless, fanout, idle, inprocess, lists, rejected, reprocessing, sixteen, thumbnail, upload
from . import voice, waveform
from .machine import PROGRAM, SCRATCH, describe
from .table import markdown
from .timing import Failed

ALL = {
    "thumbnail": thumbnail, "waveform": waveform, "inprocess": inprocess, "boundary": boundary, "upload": upload, "idle": idle,
    "beside": beside, "bucket": bucket, "sixteen": sixteen, "voice": voice, "rejected": rejected, "diskless": diskless,
    "reprocessing": reprocessing, "fanout": fanout, "cluster": cluster,
    "lists": lists,
}

# Measurements that take long and do not concern uploads.
ONLY_IN_FULL = {"boundary", "reprocessing", "fanout", "cluster", "lists"}


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(ALL)} (default all)")
    parser.add_argument("--quick", action="store_true", help=f"one round each instead of seven (uploads: five); unless named, without {', '.join(sorted(ONLY_IN_FULL))}")
    parser.add_argument("--media", nargs="+", type=pathlib.Path, metavar="FILE", help="files to use instead of samples/")
    options = parser.parse_args()
    if unknown := set(options.names) - set(ALL):
        parser.error(f"nothing is called {', '.join(unknown)}: there are {', '.join(ALL)}")
    if not PROGRAM.exists():
        sys.exit("the release build is missing: make build")
    SCRATCH.mkdir(parents=True, exist_ok=True)

    parts = [f"Darkroom on {describe()}, {datetime.date.today()}."]
    print(parts[0], flush=True)
    promises = []
    media = [file.resolve() for file in options.media or []]
    for name in options.names or [name for name in ALL if not (options.quick and name in ONLY_IN_FULL)]:
        rounds = 1 if options.quick else 5 if name in ("upload", "bucket") else 7
        try:
            title, table, *kept = ALL[name].measure(rounds, media)
            parts.append(f"## {title}\n\n{table}")
            promises += kept[0] if kept else []
        except Failed as failure:
            parts.append(f"## {name}\n\nnot measured: {failure}")
        print("\n" + parts[-1], flush=True)
    if promises:
        table = markdown(["what is promised", "at", "Darkroom", "Node", "Python"], promises)
        parts.append(f"## The promises\n\n{table}")
        print("\n" + parts[-1], flush=True)
    (SCRATCH / "results.md").write_text("\n\n".join(parts) + "\n")


main()
