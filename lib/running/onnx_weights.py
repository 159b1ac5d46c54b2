"""The weights in an ONNX file, read without the packages that write it.

An ONNX file is a protocol buffer: a tree of numbered fields, each a varint, four or eight bytes, or a stretch
of bytes with its length in front. Of the whole format only the path to the weights is followed here:
model → graph (field 7) → initializer (field 5) → dims (1), data type (2), name (8), raw data (9).
Format: github.com/onnx/onnx, onnx/onnx.proto.
"""

from collections.abc import Iterator

import numpy as np

#: Numbers of the fields on the way, and of the type float.
GRAPH, INITIALIZER, DIMS, TYPE, NAME, RAW, FLOAT = 7, 5, 1, 2, 8, 9, 1

#: How a field's content is written.
VARINT, EIGHT, BYTES, FOUR = 0, 1, 2, 5


def weights(file: bytes) -> dict[str, np.ndarray]:
    """Name → float32 array of every initializer of floats, in the order of the file.

    Raises:
        ValueError: if these bytes are no such file.
    """
    found = {}
    for graph in parts(memoryview(file), GRAPH):
        for tensor in parts(graph, INITIALIZER):
            fields = list(read(tensor))
            if (TYPE, FLOAT) not in fields:
                continue
            (name,), raw = (
                [x for number, x in fields if number == wanted and isinstance(x, memoryview)]
                for wanted in (NAME, RAW)
            )
            shape = [size for number, x in fields if number == DIMS for size in sizes(x)]
            for data in raw:
                found[bytes(name).decode()] = np.frombuffer(data, dtype="<f4").reshape(shape)
    return found


def parts(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """The stretches of bytes under one number."""
    for number, content in read(message):
        if number == wanted and isinstance(content, memoryview):
            yield content


def sizes(content: int | memoryview) -> Iterator[int]:
    """The numbers of a repeated field: written one by one, or packed into a stretch of bytes."""
    if isinstance(content, int):
        yield content
        return
    place = 0
    while place < len(content):
        value, place = varint(content, place)
        yield value


def read(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and content of every field.

    Raises:
        ValueError: where a field is of no kind that the format knows, or reaches beyond the end.
    """
    place = 0
    while place < len(message):
        key, place = varint(message, place)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, place = varint(message, place)
            yield number, value
            continue
        if kind == BYTES:
            length, place = varint(message, place)
        elif kind in (EIGHT, FOUR):
            length = 8 if kind == EIGHT else 4
        else:
            raise ValueError(f"This is no ONNX file: a field of the unknown kind {kind} stands in it.")
        if place + length > len(message):
            raise ValueError("This ONNX file is cut off: a field reaches beyond its end.")
        yield number, message[place : place + length]
        place += length


def varint(message: memoryview, place: int) -> tuple[int, int]:
    """A number in seven bits a byte, lowest first, and the place behind it."""
    value = shift = 0
    while True:
        if place >= len(message):
            raise ValueError("This ONNX file is cut off: it ends within a number.")
        byte = message[place]
        value, place = value | (byte & 127) << shift, place + 1
        if byte < 128:
            return value, place
        shift += 7
