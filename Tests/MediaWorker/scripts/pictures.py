"""Pictures as programs beside this one make and read them: Pillow, with Little CMS for their colours.

    pictures.py make DIR               writes one of each kind into DIR
    pictures.py compare ORIGINAL JPEG  prints the largest mean difference of a channel, with the original's colours brought to
                                       sRGB, and the same without that
"""
import io
import json
import struct
import sys
import zlib
from pathlib import Path

from PIL import Image, ImageChops, ImageCms, ImageFile, ImageStat

ImageFile.LOAD_TRUNCATED_IMAGES = True
Image.MAX_IMAGE_PIXELS = None

P3 = [(0.3127, 0.3290), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)]
SRGB = [(0.3127, 0.3290), (0.640, 0.330), (0.300, 0.600), (0.150, 0.060)]
D50 = (0.9642, 1.0, 0.8249)


def product(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(len(b[0]))] for i in range(3)]


def inverse(m):
    (a, b, c), (d, e, f), (g, h, i) = m
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return [[x / det for x in row] for row in (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d))]


def light(x, y):
    return [x / y, 1, (1 - x - y) / y]


def colorants(white, red, green, blue):
    """XYZ of the primaries as a profile has them: adapted to D50 (Bradford)."""
    columns = list(zip(*[light(*place) for place in (red, green, blue)]))
    columns = [list(row) for row in columns]
    shares = product(inverse(columns), [[v] for v in light(*white)])
    scaled = [[columns[i][j] * shares[j][0] for j in range(3)] for i in range(3)]
    bradford = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    source = product(bradford, [[v] for v in light(*white)])
    target = product(bradford, [[v] for v in D50])
    ratio = [[target[i][0] / source[i][0] if i == j else 0 for j in range(3)] for i in range(3)]
    return product(product(inverse(bradford), product(ratio, bradford)), scaled)


def profile(space, tags, device=b"mntr", pcs=b"XYZ "):
    def padded(data):
        return data + bytes(-len(data) % 4)

    def fixed(value):
        return struct.pack(">i", round(value * 65536))

    text = b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(4 + 4 + 2 + 1 + 67)
    tags = {b"desc": text, b"wtpt": b"XYZ " + bytes(4) + b"".join(map(fixed, D50)), **tags}
    offset, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += padded(data)
    size = 128 + 4 + len(table) + len(body)
    head = struct.pack(">I", size) + bytes(4) + struct.pack(">I", 0x02400000) + device + space + pcs
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + b"".join(map(fixed, D50))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def curve(gamma):
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))


def matrix_profile(places, gamma, order="rgb"):
    matrix = colorants(*places)
    tags = {}
    for name, column in zip(order, range(3)):
        values = b"".join(struct.pack(">i", round(matrix[row][column] * 65536)) for row in range(3))
        tags[name.encode() + b"XYZ"] = b"XYZ " + bytes(4) + values
        tags[name.encode() + b"TRC"] = curve(gamma)
    return profile(b"RGB ", tags)


def gray_profile(gamma):
    return profile(b"GRAY", {b"kTRC": curve(gamma)})


def ink_profile():
    """A printer whose inks are a little weak: 16 corners of C, M, Y and K, in Lab."""
    corners = b""
    for c in (0, 1):
        for m in (0, 1):
            for y in (0, 1):
                for k in (0, 1):
                    lightness = 95 * (1 - 0.25 * c) * (1 - 0.45 * m) * (1 - 0.08 * y) * (1 - 0.85 * k)
                    strength = 1 - 0.9 * k
                    a = (-30 * c + 65 * m - 5 * y) * strength
                    b = (-45 * c - 5 * m + 80 * y) * strength
                    corners += bytes([round(lightness * 2.55), round(a) + 128, round(b) + 128])
    identity = b"".join(struct.pack(">i", v * 65536) for v in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    ramp = bytes(range(256))
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + 4 * ramp + corners + 3 * ramp
    return profile(b"CMYK", {b"A2B0": table}, device=b"prtr", pcs=b"Lab ")


def picture(width=480, height=320):
    stripes = [(255, 255, 255), (200, 50, 50), (40, 180, 60), (60, 80, 200), (220, 170, 140), (128, 128, 128)]
    image = Image.new("RGB", (width, height))
    for index, colour in enumerate(stripes):
        image.paste(colour, (index * width // 6, 0, (index + 1) * width // 6, height))
    shade = Image.linear_gradient("L").resize((width, height // 2)).convert("RGB")
    image.paste(Image.blend(image.crop((0, height // 2, width, height)), shade, 0.3), (0, height // 2))
    return image


def encoded(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def with_chunks(png, *chunks):
    return png[:33] + b"".join(chunks) + png[33:]


def chromaticities(places):
    return b"".join(struct.pack(">I", round(v * 100000)) for place in places for v in place)


def interlaced(image):
    """Adam7, which Pillow does not write."""
    width, height = image.size
    rows = b""
    for left, top, across, down in [
            (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for y in range(top, height, down):
            rows += b"\0" + b"".join(bytes(image.getpixel((x, y))) for x in range(left, width, across))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def without_adobe(jpeg):
    place = jpeg.index(b"\xff\xee")
    return jpeg[:place] + jpeg[place + 16:]


def make(folder):
    image, gray = picture(), picture().convert("L")
    inks = image.convert("CMYK")
    jpeg = encoded(image, "JPEG", quality=92)
    progressive = encoded(image, "JPEG", quality=92, progressive=True)
    png, gif, webp = encoded(image, "PNG"), encoded(image, "GIF"), encoded(image, "WEBP", quality=90)
    adobe = encoded(inks, "JPEG", quality=92)
    tables = jpeg.index(b"\xff\xdb")
    scan = jpeg.index(b"\xff\xda")
    # One byte more than the picture has, and none behind it.
    length = struct.unpack("<I", webp[16:20])[0]
    odd = webp[:16] + struct.pack("<I", length + 1) + webp[20:] + b"\0"
    p3, gbr = matrix_profile(P3, 2.2), matrix_profile(SRGB, 2.2, "gbr")
    small = picture(48, 32)
    files = {
        "plain.jpg": jpeg, "progressive.jpg": progressive, "plain.png": png, "plain.webp": webp, "plain.gif": gif,
        # As decoders take them.
        "garbage.jpg": jpeg[:tables] + b"?>\x00gps" + jpeg[tables:scan] + b"\x00\x01\xff\x00\x7f" + jpeg[scan:],
        "fill.jpg": jpeg[:tables] + b"\xff" * 9 + jpeg[tables:scan] + b"\xff\xff" + jpeg[scan:],
        "no-end.jpg": jpeg[:-2], "half-end.jpg": jpeg[:-1], "no-end-progressive.jpg": progressive[:-2],
        "no-end.png": png[:-12], "no-sum.png": png[:-16], "half-end.png": png[:-3],
        "interlaced.png": interlaced(small), "interlaced-no-end.png": interlaced(small)[:-12],
        "no-end.gif": gif[:-1],
        "short-riff.webp": webp[:4] + struct.pack("<I", len(webp) - 9) + webp[8:],
        "long-riff.webp": webp[:4] + struct.pack("<I", len(webp) - 7) + webp[8:],
        "no-padding.webp": odd,
        **{name + ".witness.webp": webp for name in ("short-riff", "long-riff", "no-padding")},
        "adobe-inks.jpg": adobe, "plain-inks.jpg": without_adobe(adobe),
        "progressive-inks.jpg": encoded(inks, "JPEG", quality=92, progressive=True),
        **{f"{name}.jpg": encoded(image, "JPEG", quality=92, subsampling=number)
           for number, name in enumerate(("444", "422", "420"))},
        "odd-sides.jpg": encoded(picture(481, 320), "JPEG", quality=92),
        "odd-sides-progressive.jpg": encoded(picture(1283, 854), "JPEG", quality=92, progressive=True),
        # Colours.
        "p3.jpg": encoded(image, "JPEG", quality=92, icc_profile=p3),
        "gbr.jpg": encoded(image, "JPEG", quality=92, icc_profile=gbr),
        # In several segments, of which each has at most 65,519 bytes.
        "large-profile.jpg": encoded(image, "JPEG", quality=92, icc_profile=gbr + bytes(200_000)),
        "gray.jpg": encoded(gray, "JPEG", quality=92, icc_profile=gray_profile(1.2)),
        "inks.jpg": encoded(inks, "JPEG", quality=92, icc_profile=ink_profile()),
        "gbr.png": encoded(image, "PNG", icc_profile=gbr), "gbr.webp": encoded(image, "WEBP", icc_profile=gbr),
        "gbr-lossless.webp": encoded(image, "WEBP", icc_profile=gbr, lossless=True),
        "palette.png": encoded(image.quantize(64), "PNG", icc_profile=gbr),
        "alpha.png": encoded(image.convert("RGBA"), "PNG", icc_profile=gbr),
        "gray.png": encoded(gray, "PNG", icc_profile=gray_profile(1.2)),
        "small.png": encoded(small, "PNG", icc_profile=gbr),
        "srgb.jpg": encoded(image, "JPEG", quality=92,
                            icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()),
        # The same said without a profile; the witness reads the files beside them.
        "gamma.png": with_chunks(png, chunk(b"gAMA", struct.pack(">I", 80000))),
        "places.png": with_chunks(png, chunk(b"cHRM", chromaticities(P3)), chunk(b"gAMA", struct.pack(">I", 60000))),
        "gamma.witness.png": encoded(image, "PNG", icc_profile=matrix_profile(SRGB, 1.25)),
        "places.witness.png": encoded(image, "PNG", icc_profile=matrix_profile(P3, 100 / 60)),
        "points.png": with_chunks(png, chunk(b"cICP", bytes([12, 13, 0, 1])),
                                  chunk(b"iCCP", b"x\0\0" + zlib.compress(gbr))),
        "points.witness.png": encoded(image, "PNG", icc_profile=p3),
        "ordinary.png": with_chunks(png, chunk(b"sRGB", b"\0"), chunk(b"gAMA", struct.pack(">I", 80000))),
        # Profiles that are none.
        "torn.jpg": encoded(image, "JPEG", quality=92, icc_profile=gbr[:300]),
        "wrong-kind.jpg": encoded(image, "JPEG", quality=92, icc_profile=gray_profile(1.2)),
        "bomb.png": with_chunks(png, chunk(b"iCCP", b"x\0\0" + zlib.compress(gbr + bytes(64 << 20)))),
        # Sizes.
        "telephone.jpg": encoded(picture(9248, 6936), "JPEG", quality=50),
        "telephone-progressive.jpg": encoded(picture(9248, 6936), "JPEG", quality=50, progressive=True),
    }
    tiny = Image.new("RGB", (16, 16))
    for x in range(16):
        tiny.paste([(255, 0, 0), (0, 0, 255), (0, 200, 0)][x % 3], (x, 0, x + 1, 16))
    files["tiny.png"] = encoded(tiny, "PNG")
    for name, data in files.items():
        (Path(folder) / name).write_bytes(data)
    print(json.dumps(sorted(files)))


def compare(original, thumbnail):
    shown = Image.open(thumbnail).convert("RGB")

    def difference(image):
        image = image.convert("RGB").resize(shown.size, Image.Resampling.BICUBIC)
        return max(ImageStat.Stat(ImageChops.difference(image, shown)).mean)

    original = Path(original)
    witness = original.with_suffix(".witness" + original.suffix)
    image = Image.open(witness if witness.exists() else original)
    data, plain = image.info.get("icc_profile"), image.convert("RGB")
    if data and image.mode in ("P", "RGBA"): image = plain
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(data)) if data else None
        target = ImageCms.createProfile("sRGB")
        managed = ImageCms.profileToProfile(image, source, target, outputMode="RGB") if source else plain
    except (ImageCms.PyCMSError, OSError):
        managed = plain
    print(json.dumps({"managed": difference(managed), "plain": difference(plain)}))


if __name__ == "__main__":
    {"make": make, "compare": compare}[sys.argv[1]](*sys.argv[2:])
