"""Writes HEIC pictures as phones do, which no encoder here can: tiles of a grid that is cut and turned for display.

heif.py OUT.heic WIDTHxHEIGHT COLUMNSxROWS --tile WIDTHxHEIGHT [--turn N] [--mirror N] [--cut WIDTHxHEIGHT] [--end] TILE.mp4 ...

Each MP4 has one frame of HEVC, all of the same size and settings. --turn: quarter turns anticlockwise; --mirror: 0 at the
horizontal axis, 1 at the vertical one; --cut: to this clean aperture in the middle; --end: the items are described behind their
data, not in front of them (ISO/IEC 23008-12; ISO/IEC 14496-12, 8.11 and 12.1.4).
"""

import argparse
import pathlib
import struct


def box(kind, *content):
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full(kind, *content, version=0, flags=0):
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def frame(movie):
    """The decoder's configuration and the coded frame of an MP4 with one frame."""
    at = movie.index(b"hvcC")
    configuration = movie[at + 4 : at - 4 + struct.unpack_from(">I", movie, at - 4)[0]]
    at = movie.index(b"mdat")
    return configuration, movie[at + 4 : at - 4 + struct.unpack_from(">I", movie, at - 4)[0]]


def size(text):
    return tuple(int(number) for number in text.split("x"))


def picture(options):
    frames = [frame(pathlib.Path(name).read_bytes()) for name in options.tiles]
    (width, height), (columns, rows) = options.size, options.grid
    assert len(frames) == columns * rows and len({configuration for configuration, _ in frames}) == 1
    tile = options.tile
    properties = [
        box(b"hvcC", frames[0][0]), full(b"ispe", struct.pack(">II", *tile)),
        full(b"ispe", struct.pack(">II", width, height)),
        box(b"colr", b"nclx", struct.pack(">HHHB", 1, 13, 6, 0x80)),
    ]  # fmt: skip
    own = [3, 4]
    if options.cut:
        properties.append(box(b"clap", struct.pack(">8I", options.cut[0], 1, options.cut[1], 1, 0, 1, 0, 1)))
        own.append(len(properties) | 0x80)
    if options.turn is not None:
        properties.append(box(b"irot", bytes([options.turn])))
        own.append(len(properties) | 0x80)
    if options.mirror is not None:
        properties.append(box(b"imir", bytes([options.mirror])))
        own.append(len(properties) | 0x80)
    items = range(1, len(frames) + 1)
    last = len(frames) + 1
    entries = [full(b"infe", struct.pack(">HH", item, 0), b"hvc1\0", version=2, flags=1) for item in items]
    entries.append(full(b"infe", struct.pack(">HH", last, 0), b"grid\0", version=2))
    associations = [struct.pack(">HB2B", item, 2, 1 | 0x80, 2) for item in items]
    associations.append(struct.pack(">HB", last, len(own)) + bytes(own))
    grid = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)

    def meta(start):
        places = []
        for item, (_, data) in zip(items, frames):
            places.append(struct.pack(">HHHHII", item, 0, 0, 1, start, len(data)))
            start += len(data)
        places.append(struct.pack(">HHHHII", last, 1, 0, 1, 0, len(grid)))
        return full(
            b"meta", full(b"hdlr", bytes(4), b"pict", bytes(13)), full(b"pitm", struct.pack(">H", last)),
            full(b"iloc", b"\x44\0", struct.pack(">H", len(places)), *places, version=1),
            full(b"iinf", struct.pack(">H", len(entries)), *entries),
            full(b"iref", box(b"dimg", struct.pack(">HH", last, len(frames)), struct.pack(f">{len(frames)}H", *items))),
            box(b"iprp", box(b"ipco", *properties), full(b"ipma", struct.pack(">I", last), *associations)),
            box(b"idat", grid),
        )  # fmt: skip

    kind = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    data = box(b"mdat", *[data for _, data in frames])
    if options.end:
        return kind + data + meta(len(kind) + 8)
    return kind + meta(len(kind) + len(meta(0)) + 8) + data


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("output")
    parser.add_argument("size", type=size)
    parser.add_argument("grid", type=size)
    parser.add_argument("--tile", type=size, required=True)
    parser.add_argument("--turn", type=int)
    parser.add_argument("--mirror", type=int)
    parser.add_argument("--cut", type=size)
    parser.add_argument("--end", action="store_true")
    parser.add_argument("tiles", nargs="+")
    arguments = parser.parse_args()
    pathlib.Path(arguments.output).write_bytes(picture(arguments))
