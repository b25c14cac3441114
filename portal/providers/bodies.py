"""A whole answer in memory, or none: bounded, unpacked, proven complete."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from io import BytesIO

import httpx

BODY_LIMIT = 16 * 1024 * 1024
GZIP_FORMAT = 31


class OversizedAnswer(httpx.TransportError):
    """The answer unpacks to more than BODY_LIMIT (trust M11)."""


class CutAnswer(httpx.TransportError):
    """The answer ended before it was complete (trust M02, M03, F32)."""


class UnknownPacking(httpx.TransportError):
    """The answer is packed in a way we did not ask for."""


def whole_body(chunks: Iterable[bytes], packing: str) -> bytes:
    """The complete unpacked body; gzip is the only packing we ask for."""
    if packing in ("", "identity"):
        return _gather(chunks)
    if packing == "gzip":
        return _gather(_unpacked(chunks))
    raise UnknownPacking("the answer is packed in a way we did not ask for")


def _gather(chunks: Iterable[bytes]) -> bytes:
    """All of it, in one piece of memory from the start: a list of pieces would need it twice."""
    whole = BytesIO()
    for chunk in chunks:
        if whole.tell() + len(chunk) > BODY_LIMIT:
            raise OversizedAnswer("the answer is larger than any page may be")
        whole.write(chunk)
    return whole.getvalue()


def _unpacked(chunks: Iterable[bytes]) -> Iterable[bytes]:
    """Unpacked pieces of at most BODY_LIMIT + 1 bytes, so that a bomb never unfolds."""
    inflater = zlib.decompressobj(wbits=GZIP_FORMAT)
    try:
        for chunk in chunks:
            yield inflater.decompress(chunk, BODY_LIMIT + 1)
            if inflater.unconsumed_tail:
                raise OversizedAnswer("the answer is larger than any page may be")
    except zlib.error as error:
        raise CutAnswer("the packed answer is damaged") from error
    if not inflater.eof or inflater.unused_data:
        raise CutAnswer("the packed answer is not whole")
