"""What ffmpeg cannot write in every version: the turn of a video track, and an Exif orientation.

bytes.py turn IN.mp4 OUT.mp4          the first track is shown turned by 90 degrees clockwise
bytes.py exif IN.jpg OUT.jpg NUMBER   the JPEG says that it is stored in this orientation (1 to 8)
"""

import pathlib
import struct
import sys


def turn(movie):
    """Rewrites the matrix of the first track header (ISO/IEC 14496-12, 8.3.2) that has a width."""
    at = movie.find(b"tkhd")
    matrix = at + 4 + 40
    width, _ = struct.unpack_from(">II", movie, matrix + 36)
    assert at > 0 and movie[at + 4] == 0 and width > 0, "the first track is no video of version 0"
    height = struct.unpack_from(">I", movie, matrix + 40)[0]
    turned = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, height, 0, 1 << 30)
    return movie[:matrix] + turned + movie[matrix + 36 :]


def exif(picture, orientation):
    """Inserts an Exif segment with that one tag behind the start of the image (and in place of a JFIF segment)."""
    assert picture[:2] == b"\xff\xd8" and 1 <= orientation <= 8
    rest = picture[2:]
    if rest[:2] == b"\xff\xe0":
        rest = rest[2 + struct.unpack(">H", rest[2:4])[0] :]
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(body) + 2) + body + rest


if __name__ == "__main__":
    verb, source, target, *rest = sys.argv[1:]
    data = pathlib.Path(source).read_bytes()
    pathlib.Path(target).write_bytes(turn(data) if verb == "turn" else exif(data, int(rest[0])))
