"""Pictures that are ones: whole, and small."""

import base64
import struct
import zlib

#: One grey pixel.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////"
    "////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxD/2Q=="
)
BEGIN = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    """A part of a PNG with its length and sum."""
    summed = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + summed


def png(width: int = 60, height: int = 40, more: bytes = b"", said: int | None = None) -> bytes:
    """Pink stripes. more: parts between header and picture; said: the width in the header."""
    row = b"\x00" + b"\xc2\x18\x5b\xff\xff\xff" * (width // 2)
    header = struct.pack(">IIBBBBB", width if said is None else said, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(row * height))
    return BEGIN + chunk(b"IHDR", header) + more + data + chunk(b"IEND", b"")
