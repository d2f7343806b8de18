"""The files to upload, by kind: files of samples/, and longer variants of them."""

import dataclasses
import hashlib
import pathlib
import random
import time

SAMPLES = pathlib.Path(__file__).resolve().parents[3] / "samples"


@dataclasses.dataclass
class File:
    kind: str
    name: str
    mime_type: str
    content: bytes
    has_thumbnail: bool = False
    # When it was picked, or sent as a message: each is sent once, right away.
    began: float = dataclasses.field(default_factory=time.monotonic)

    def sent(self):
        """Records that it is uploaded and that a message with it is sent now, possibly to another process than the upload."""
        self.began = time.monotonic()

    @property
    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()


TYPES = {
    "video/short.mp4": "video/mp4", "video/clip.mov": "video/quicktime", "video/clip.webm": "video/webm",
    "image/orientation-6.jpg": "image/jpeg", "image/transparent.png": "image/png", "image/picture.webp": "image/webp",
    "voice/voice.mp3": "audio/mpeg", "voice/voice.m4a": "audio/mp4", "voice/voice.ogg": "audio/ogg",
}
BY_KIND = {kind: [path for path in TYPES if path.startswith(f"{kind}/")] for kind in ("video", "image", "voice")}


# The types that a dialect's reference does not accept.
NOT_TAKEN = {"signalr": {"video/webm", "audio/ogg", "text/plain"}, "intok": {"audio/mp4"}}


def pick(kind, rng: random.Random, longest=3 << 20, dialect=None):
    """A file of that kind that the dialect accepts; videos in MP4 and documents have any length up to `longest`."""
    refused = NOT_TAKEN.get(dialect, set())
    if kind == "document":
        line = f"note {rng.getrandbits(64):x}: nothing happened here today.\n".encode()
        text = line * rng.randrange(1, max(longest // len(line), 2))
        if "text/plain" in refused or rng.random() < 0.5:
            comments = b"".join(b"% " + each + b"\n" for each in text.splitlines())
            return File(kind, "notes.pdf", "application/pdf", b"%PDF-1.4\n" + comments + b"%%EOF\n")
        return File(kind, "notes.txt", "text/plain", text)
    path = rng.choice([each for each in BY_KIND[kind] if TYPES[each] not in refused])
    content = (SAMPLES / path).read_bytes()
    if path == "video/short.mp4":
        # A box that players skip, at the end, after the index.
        padding = rng.randrange(8, longest)
        content += padding.to_bytes(4) + b"free" + rng.randbytes(1) * (padding - 8)
    return File(kind, pathlib.Path(path).name, TYPES[path], content, has_thumbnail=kind != "voice")
