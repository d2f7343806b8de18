"""One picture of all thumbnails, to be looked at: .build/contact-sheet.png.

contact_sheet.py DARKROOM [FILE or FOLDER]...

Every file that `DARKROOM inspect` makes a thumbnail of is shown with its name and its size as displayed; those without one
are listed. Without files: samples/, and ../shared/media where that is.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / ".build/contact-sheet.png"
CELL, LABEL, COLUMNS = 240, 34, 8


def files(arguments):
    places = [pathlib.Path(argument) for argument in arguments] or [ROOT / "samples", ROOT.parent / "shared/media"]
    for place in places:
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (file for file in found if file.is_file() and file.suffix not in (".md", ".tsv", ".sh", ".py"))


def escaped(text):
    """Text for ffmpeg's drawtext, of letters that mean nothing to it."""
    return "".join(letter if letter.isalnum() or letter in "-_. " else " " for letter in text)


def cell(thumbnail, lines, target):
    labels = ",".join(
        f"drawtext=text='{escaped(line)}':x=4:y={CELL + 2 + 16 * number}:fontsize=13:fontcolor=black"
        for number, line in enumerate(lines)
    )
    picture = f"scale={CELL - 8}:{CELL - 8}:force_original_aspect_ratio=decrease,format=rgb24"
    frame = f"pad={CELL}:{CELL + LABEL}:(ow-iw)/2:({CELL}-ih)/2:0x9090a0"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", thumbnail, "-vf", f"{picture},{frame},{labels}", target], check=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program, shown, without = sys.argv[1], 0, []
    with tempfile.TemporaryDirectory() as folder:
        thumbnail = pathlib.Path(folder) / "thumbnail.jpg"
        for file in files(sys.argv[2:]):
            thumbnail.unlink(missing_ok=True)
            made = subprocess.run(
                [program, "inspect", "--json", "--thumbnail", thumbnail, file], capture_output=True, text=True)
            media = (json.loads(made.stdout) if made.stdout.startswith("{") else {}).get("media") or {}
            if not thumbnail.exists():
                without.append(file.name)
                continue
            size = media["dimensions"]
            lines = [file.name[:32], f"{size['width']} x {size['height']}  {media['container']}"]
            cell(thumbnail, lines, f"{folder}/{shown:04}.png")
            shown += 1
        if not shown:
            sys.exit("no file has a thumbnail")
        TARGET.parent.mkdir(exist_ok=True)
        rows = -(-shown // COLUMNS)
        subprocess.run(
            ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", f"{folder}/%04d.png", "-vf", f"tile={COLUMNS}x{rows}:color=white"]
            + ["-frames:v", "1", TARGET], check=True)
    print(f"{TARGET}: {shown} thumbnails")
    print("without one:", ", ".join(without))


main()
