#!/usr/bin/env python3
"""Draws icon.png, the packages' icon, beside this file: lines of text become a few summary embeddings, without any library."""
import pathlib
import struct
import zlib

SIZE, SAMPLES = 128, 4
BACK, TEXT, ARROW, SUMMARY = (23, 37, 63), (150, 170, 204), (232, 240, 252), (255, 183, 64)

# Rounded rectangles: left, top, right, bottom, radius, colour.
SHAPES = [(0, 0, 128, 128, 24, BACK)]
SHAPES += [(18, 24 + 12 * i, right, 30 + 12 * i, 3, TEXT) for i, right in enumerate([62, 54, 62, 48, 62, 58, 44])]
SHAPES += [(92, 38 + 20 * i, 110, 52 + 20 * i, 4, SUMMARY) for i in range(3)]


def inside(shape, x, y):
    left, top, right, bottom, radius, _ = shape
    dx = max(left + radius - x, x - (right - radius), 0)
    dy = max(top + radius - y, y - (bottom - radius), 0)
    return left <= x <= right and top <= y <= bottom and dx * dx + dy * dy <= radius * radius


def in_arrow(x, y):
    shaft = 68 <= x <= 78 and abs(y - 65) <= 2.5
    head = 76 <= x <= 86 and abs(y - 65) <= (86 - x) * 0.9
    return shaft or head


def sample(x, y):
    colour = None
    for shape in SHAPES:
        if inside(shape, x, y):
            colour = shape[5]
    return ARROW if colour is not None and in_arrow(x, y) else colour


def pixel(column, row):
    hits = [
        sample(column + (i + 0.5) / SAMPLES, row + (j + 0.5) / SAMPLES) for i in range(SAMPLES) for j in range(SAMPLES)]
    seen = [colour for colour in hits if colour is not None]
    if not seen:
        return bytes(4)
    mixed = [round(sum(colour[channel] for colour in seen) / len(seen)) for channel in range(3)]
    return bytes([*mixed, round(255 * len(seen) / len(hits))])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


rows = b"".join(b"\0" + b"".join(pixel(column, row) for column in range(SIZE)) for row in range(SIZE))
png = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0))
       + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
(pathlib.Path(__file__).parent / "icon.png").write_bytes(png)
