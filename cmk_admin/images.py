"""Whether bytes are the picture that their name says, read as a browser would, but strictly.

Nothing is decoded: the parts have to be there, whole and in order, and the size has to be one
that a browser can show.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import IO

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
#: Pixels; more than any camera makes, less than what troubles a browser.
MOST = 120_000_000
#: JPEG: frames (their size stands in it), and markers without a length.
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
BARE = frozenset({0x01, *range(0xD0, 0xD8)})
SCAN, END = 0xDA, 0xD9
#: Markers before the image data, with the bytes that fill the room between them: a picture of a
#: camera has dozens, and each is a step of its own.
STEPS = 4000
BLOCK = 1024 * 1024


def is_png(stream: IO[bytes]) -> bool:
    """A header, image data, an end: each whole by its own sum, and nothing behind them."""
    if stream.read(len(PNG)) != PNG:
        return False
    kinds: list[bytes] = []
    while True:
        head = stream.read(8)
        if len(head) != 8:
            return False
        length, kind = struct.unpack(">I4s", head)
        begin = _part(stream, kind, length)
        if begin is None:
            return False
        if not kinds and not (kind == b"IHDR" and length == 13 and _shown(begin, ">II", 0)):
            return False
        kinds.append(kind)
        if kind == b"IEND":
            return b"IDAT" in kinds and not stream.read(1)


def _part(stream: IO[bytes], kind: bytes, length: int) -> bytes | None:
    """How a part begins, when it is as long as it says and its sum is right."""
    begin, summed, left = b"", zlib.crc32(kind), length
    while left:
        block = stream.read(min(left, BLOCK))
        if not block:
            return None
        begin = begin or block[:13]
        summed, left = zlib.crc32(block, summed), left - len(block)
    return begin if stream.read(4) == struct.pack(">I", summed) else None


def is_jpeg(stream: IO[bytes]) -> bool:
    """Segments up to the image data, a size among them, and an end behind them.

    Behind that end telephones put things of their own; a browser looks at none of it.
    """
    if stream.read(len(JPEG)) != JPEG:
        return False
    sized, steps = False, iter(range(STEPS))
    while True:
        marker = _marker(stream, steps)
        if marker is None or marker == END:
            return False
        if marker in BARE:
            continue
        head = stream.read(2)
        length = int.from_bytes(head, "big") - 2
        body = stream.read(max(length, 0))
        if len(head) != 2 or length < 0 or len(body) != length:
            return False
        if marker in FRAMES:
            sized = _shown(body, ">HH", 1)
        if marker == SCAN:
            return sized and _ends(stream)


def _ends(stream: IO[bytes]) -> bool:
    """Whether the image data has an end; a byte FF in it is never followed by that."""
    last = b""
    while block := stream.read(BLOCK):
        if bytes((0xFF, END)) in last + block:
            return True
        last = block[-1:]
    return False


def _marker(stream: IO[bytes], steps: Iterator[int]) -> int | None:
    """The next marker; bytes FF may stand before it, as long as there are steps left."""
    if stream.read(1) != b"\xff":
        return None
    for _step in steps:
        byte = stream.read(1)
        if byte != b"\xff":
            return byte[0] if byte else None
    return None


def _shown(body: bytes, layout: str, at: int) -> bool:
    """Whether the width and height that stand here can be shown."""
    if len(body) < at + struct.calcsize(layout):
        return False
    one, other = (int(side) for side in struct.unpack_from(layout, body, at))
    return 0 < one * other <= MOST


#: Extension → the check of such a picture; what has none is not shown, only downloaded.
CHECKS: dict[str, Callable[[IO[bytes]], bool]] = {
    "png": is_png,
    "jpg": is_jpeg,
    "jpeg": is_jpeg,
}
TYPES = frozenset({"image/png", "image/jpeg"})
