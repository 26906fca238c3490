"""Pictures and sounds as phones make them, and as somebody makes them who means harm."""

import functools
import io
import struct
import subprocess
import tempfile
import wave
import zlib
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image, ImageDraw, PngImagePlugin

LATITUDE = "63.17"  # what must be in no byte of what is shown
SECRET_WORDS = b"a note of the one who took it"
SCRIPT = b"<html><script>alert(document.domain)</script></html>"


def photo(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """Half red, half blue, so that it can be told which side is up."""
    picture = Image.new("RGB", (width, height), (200, 30, 30))
    ImageDraw.Draw(picture).rectangle((0, height // 2, width, height), fill=(30, 30, 200))
    return picture.convert(mode)


def saved(picture: Image.Image, form: str, **more: Any) -> bytes:
    if form == "HEIF":
        pillow_heif.register_heif_opener()
    stream = io.BytesIO()
    picture.save(stream, form, **more)
    return stream.getvalue()


def exif(orientation: int = 1) -> bytes:
    """Where and by whom it was taken, as a phone writes it."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "Phonemaker"
    tags[0x9286] = SECRET_WORDS.decode()
    tags[0x8825] = {1: "N", 2: (63.0, 10.0, 45.1234), 3: "E", 4: (14.0, 38.0, 8.37)}
    return tags.tobytes()


def xmp() -> bytes:
    return f'<x:xmpmeta exif:GPSLatitude="{LATITUDE},10N">{SECRET_WORDS.decode()}</x:xmpmeta>'.encode()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, pixels: bytes = b"") -> bytes:
    """A PNG whose header may promise anything."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + b"".join(chunks) + png_chunk(b"IDAT", zlib.compress(pixels))
    return b"\x89PNG\r\n\x1a\n" + body + png_chunk(b"IEND", b"")


def pixel_flood() -> bytes:
    """A hundred bytes that ask for thirteen gigabytes."""
    return png(65_535, 65_535)


def jpeg_flood() -> bytes:
    data = bytearray(saved(photo(), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(data)


def text_bomb() -> bytes:
    """A comment of two hundred megabytes in two hundred kilobytes."""
    squeezed = zlib.compressobj(9)
    text = b"".join(squeezed.compress(b"A" * 2**20) for _ in range(200)) + squeezed.flush()
    return png(4, 4, png_chunk(b"zTXt", b"Comment\0\0" + text), pixels=(b"\0" + b"\1\2\3" * 4) * 4)


def many_texts() -> bytes:
    """Eighty comments, each of which alone is small enough."""
    info = PngImagePlugin.PngInfo()
    for number in range(80):
        info.add_text(f"k{number}", "A" * 900_000, zip=True)
    return saved(photo(8, 8), "PNG", pnginfo=info)


def profile_bomb() -> bytes:
    squeezed = zlib.compress(b"\0" * 100_000_000, 9)
    return png(4, 4, png_chunk(b"iCCP", b"p\0\0" + squeezed), pixels=(b"\0" + b"\1\2\3" * 4) * 4)


def deep_profile() -> bytes:
    """A colour profile of the largest size, whose tags lead to each other."""
    tags = b"".join(struct.pack(">4sII", b"A2B0", 128, 0xFFFF_FFF0) for _ in range(100))
    body = struct.pack(">I", 100) + tags + b"\xff" * 3_000_000
    head = struct.pack(">I4sI4s4s4s", 128 + len(body), b"lcms", 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    profile = head.ljust(36, b"\0") + b"acsp".ljust(92, b"\0") + body
    return saved(photo(), "JPEG", icc_profile=profile)


def moving_png() -> bytes:
    frames = [photo(), photo(mode="L").convert("RGB")]
    return saved(frames[0], "PNG", save_all=True, append_images=frames[1:])


def moving_webp() -> bytes:
    frames = [photo(), photo(mode="L").convert("RGB")]
    return saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])


def heif_of_two() -> bytes:
    pillow_heif.register_heif_opener()
    return saved(photo(), "HEIF", save_all=True, append_images=[photo(mode="L").convert("RGB")])


def damaged_heif() -> bytes:
    data = bytearray(saved(photo(), "HEIF"))
    for at in range(40, len(data), 7):
        data[at] ^= 0x5A
    return bytes(data)


def polyglot() -> bytes:
    """A picture that a browser may take for a page, and an unpacker for an archive."""
    return saved(photo(), "JPEG", comment=SCRIPT) + SCRIPT + b"PK\x03\x04" + b"\0" * 100


# ---------------------------------------------------------------------------------------------- sounds


def wav(seconds: float = 1.0, rate: int = 8_000) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(struct.pack("<hhhh", 0, 9_000, 0, -9_000) * int(seconds * rate / 4))
    return stream.getvalue()


@functools.cache
def sound(form: str, *arguments: str, beside: tuple[str, ...] = (), seconds: float = 1.0) -> bytes:
    """As `wav`, in another form, with a title and a place as recorders write them."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.wav", Path(folder) / "made"
        source.write_bytes(wav(seconds))
        notes = ["-metadata", f"title={SECRET_WORDS.decode()}", "-metadata", f"location=+{LATITUDE}+14.63/"]
        subprocess.run(
            ["ffmpeg", "-loglevel", "error", "-i", source, *beside, *notes, *arguments, "-f", form, target],
            check=True,
        )
        return target.read_bytes()


def recorded() -> bytes:
    """As a browser's MediaRecorder gives it: written while it goes on, so that it does not say how long it is."""
    return sound("webm", "-c:a", "libopus", "-live", "1")


def lying_wav() -> bytes:
    """A second that says of itself that it has four gigabytes."""
    data = bytearray(wav())
    data[4:8] = b"\xff\xff\xff\xff"
    at = data.index(b"data")
    data[at + 4 : at + 8] = b"\xff\xff\xff\xff"
    return bytes(data)


def many_channels() -> bytes:
    data = bytearray(wav())
    data[22:24] = struct.pack("<H", 65_535)
    return bytes(data)


def fast_wav() -> bytes:
    data = bytearray(wav())
    data[24:28] = struct.pack("<I", 4_000_000_000)
    return bytes(data)


def huge_tag() -> bytes:
    """A tag that says it is 256 MB long."""
    return b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"\0" * 1_000 + sound("mp3")


def playlist(address: str) -> bytes:
    return f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\n{address}\n#EXT-X-ENDLIST\n".encode()


def list_of_files(path: str) -> bytes:
    return f"ffconcat version 1.0\nfile '{path}'\n".encode()


def after_a_tag(text: bytes) -> bytes:
    """What ffmpeg would take for something else, were it let: behind a tag, it looks into what follows."""
    return b"ID3\x04\0\0\0\0\0\0" + text
