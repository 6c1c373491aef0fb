"""How answers leave: compressed where that pays, with an ETag, kept where they are wanted again."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any, TypeVar, cast

import orjson
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_accept_header
from werkzeug.wsgi import FileWrapper

from geo.errors import HuituError, ProblemKind
from geo.tiles.packing import packed as pack_fast
from geo.tiles.packing import unpacked
from geo.types import Text

T = TypeVar("T")

JSON = "application/json"
GEOJSON = "application/geo+json"

#: Named by its content, and so never another: a year, without asking again.
IMMUTABLE = "public, max-age=31536000, immutable"
#: May be kept, but is asked for each time; the ETag then spares the body.
REVALIDATED = "no-cache"

_KEY, _HEAVY_KEY, _PLACES_KEY = "huitu.shelf", "huitu.shelf.heavy", "huitu.places"
_SHELF_ENTRIES = 1024
#: Plans of older states and differences hold whole layers, and there are more of them than anybody
#: could keep: every choice of versions is a state of its own.
_HEAVY_ENTRIES = 16
#: So much of a large file is read at once, and no thread waits for its reader.
AT_ONCE_BYTES = 8_000_000
#: More than that goes to so many readers at a time: fewer than a process has threads (serve.py).
PLACES = 2
#: It is read so much at a time.
_CHUNK_BYTES = 256 * 1024
#: Ways to say which compressions one takes, of which the answer is remembered.
_ACCEPTING = 64
_WORTH_PACKING_BYTES = 512
_PACKED_TYPES = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "text/plain",
        "image/svg+xml",
        JSON,
        GEOJSON,
    }
)


OCCUPIED = ProblemKind(
    "occupied",
    "error",
    Text(
        zh="正有人下载大文件，这次没有开始",
        en="Others are downloading large files right now; this download was not begun",
    ),
    Text(
        zh="过一会儿再试，或按段读取（Range），每段不超过 {mb} MB",
        en="Try again in a while, or ask for parts (Range) of at most {mb} MB",
    ),
)


class Occupied(HuituError):  # noqa: N818 - the name says it
    """As many read large files as a process has threads to spare."""


class Shelf:
    """A bounded store of what was made once; what was not wanted for longest goes first."""

    def __init__(self, entries: int) -> None:
        self._entries = entries
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What lies under ``key``, made now when nothing does."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: T = self._kept[key]
                return kept
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._entries:
                self._kept.popitem(last=False)
        return made


@dataclass(frozen=True)
class Body:
    """The bytes of an answer, plain and (where that pays) compressed, with their hash."""

    plain: bytes
    packed: bytes | None
    digest: str
    mimetype: str

    @classmethod
    def of(cls, plain: bytes, mimetype: str) -> Body:
        """Hash and compress the bytes once, for every answer that is made of them."""
        packed = gzip.compress(plain, mtime=0) if _pays(plain, mimetype) else None
        return cls(plain, packed, hashlib.sha256(plain).hexdigest()[:24], mimetype)

    @classmethod
    def quick(cls, plain: bytes, mimetype: str) -> Body:
        """The same for an answer that is made anew each time: compressed fast."""
        packed = pack_fast(plain) if _pays(plain, mimetype) else None
        return cls(plain, packed, hashlib.sha256(plain).hexdigest()[:24], mimetype)


def _pays(plain: bytes, mimetype: str) -> bool:
    return mimetype in _PACKED_TYPES and len(plain) >= _WORTH_PACKING_BYTES


def install(app: Flask) -> None:
    """Give the application its shelves, and the places of those who read large files."""
    app.extensions[_KEY] = Shelf(_SHELF_ENTRIES)
    app.extensions[_HEAVY_KEY] = Shelf(_HEAVY_ENTRIES)
    app.extensions[_PLACES_KEY] = BoundedSemaphore(PLACES)


def keep(key: Hashable, make: Callable[[], T]) -> T:
    """Make something once for an application; the key holds everything that it depends on."""
    shelf: Shelf = current_app.extensions[_KEY]
    return shelf.get(key, make)


def keep_heavy(key: Hashable, make: Callable[[], T]) -> T:
    """The same for what holds whole layers and can be asked for in any number of ways."""
    shelf: Shelf = current_app.extensions[_HEAVY_KEY]
    return shelf.get(key, make)


def send(body: Body, cache_control: str = REVALIDATED) -> Response:
    """Answer with a body: 304 to a reader who has it, compressed to one who takes that."""
    response = Response(mimetype=body.mimetype)
    if accepts_gzip() and body.packed is not None:
        response.headers["Content-Encoding"] = "gzip"
        response.set_data(body.packed)
        response.set_etag(packed_etag(body.digest))
    else:
        response.set_data(body.plain)
        response.set_etag(body.digest)
    return _finish(response, cache_control)


def send_written(plain: Path, packed: Path, name: str, mimetype: str) -> Response:
    """Answer with a file that never changes and has a compressed twin; ``name`` is its ETag."""
    use_packed = accepts_gzip() and packed.is_file()
    response = Response(mimetype=mimetype)
    response.set_etag(packed_etag(name) if use_packed else name)
    if use_packed:
        response.headers["Content-Encoding"] = "gzip"
    if not request.if_none_match.contains(response.get_etag()[0] or ""):
        _stream(response, packed if use_packed else plain)
    return _finish(response, IMMUTABLE)


def _stream(response: Response, path: Path) -> None:
    """Have a file sent; that of a large layer piece by piece, or it would not fit beside others."""
    response.content_length = path.stat().st_size
    if request.method == "GET":
        file = _Streamed(path.open("rb"), _CHUNK_BYTES)
        response.response, response.direct_passthrough = file, True
        _free_the_thread(response, file)


def send_packed(packed: bytes, name: str, mimetype: str) -> Response:
    """Answer with what never changes and is kept compressed; ``name`` is its ETag."""
    response = Response(mimetype=mimetype)
    if accepts_gzip():
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(packed_etag(name))
        response.set_data(packed)
    else:
        response.set_etag(name)
        response.set_data(unpacked(packed))
    return _finish(response, IMMUTABLE)


def send_parts(path: Path, name: str, mimetype: str) -> Response:
    """Answer with a large file, whole or the part that is asked for (``Range``, ``If-Range``).

    The file may be replaced by a newer one, never written to: its ETag is made of ``name``, its
    length and its time, and a reader who holds parts of the older one learns of it.

    Raises
    ------
    RequestedRangeNotSatisfiable
        It has no such part, or several parts are asked for at once.
    Occupied
        More is asked for than is read at once, and others are reading so much.
    """
    file = _Streamed(path.open("rb"), _CHUNK_BYTES)
    stat = os.fstat(file.fileno())
    response = Response(file, mimetype=mimetype, direct_passthrough=True)
    response.content_length = stat.st_size
    response.set_etag(f"{name}-{stat.st_size:x}-{stat.st_mtime_ns:x}")
    response.headers["Cache-Control"] = REVALIDATED
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=stat.st_size)
        if request.method == "GET" and response.status_code in {200, 206}:
            _free_the_thread(response, file)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    return response


class _Streamed(FileWrapper):
    """A file that goes out chunk by chunk; it may hold one of the places of those who read long."""

    places: BoundedSemaphore | None = None

    def fileno(self) -> int:
        """The number of the open file."""
        number: int = self.file.fileno()
        return number

    def close(self) -> None:
        """Close the file and leave the place, once."""
        super().close()
        places, self.places = self.places, None
        if places is not None:
            places.release()


def _free_the_thread(response: Response, file: _Streamed) -> None:
    """Read a small part at once; a large one goes to so many readers at a time as there are places.

    It takes a thread as long as it takes its reader, and slow readers must never take them all.

    Raises
    ------
    Occupied
        Every place is taken; the file is closed.
    """
    length = response.content_length or 0
    if length <= AT_ONCE_BYTES:
        content = b"".join(cast(Iterable[bytes], response.response))
        file.close()
        response.direct_passthrough = False
        response.set_data(content)
        return
    places: BoundedSemaphore = current_app.extensions[_PLACES_KEY]
    if not places.acquire(blocking=False):
        file.close()
        raise Occupied(OCCUPIED.at(mb=AT_ONCE_BYTES // 1_000_000))
    file.places = places


def send_page(html: str) -> Response:
    """Answer with a page that was rendered for this request."""
    return send(Body.of(html.encode(), "text/html"))


def send_json(value: Any, mimetype: str = JSON) -> Response:
    """Answer with a value as JSON."""
    return send(Body.of(orjson.dumps(value), mimetype))


def accepts_gzip() -> bool:
    """Whether the reader takes a compressed answer."""
    return takes_gzip(request.headers.get("Accept-Encoding", ""))


@lru_cache(maxsize=_ACCEPTING)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether a reader who says so takes a compressed answer; there are few ways to say it."""
    return parse_accept_header(accept_encoding)["gzip"] > 0


def packed_etag(name: str) -> str:
    """The ETag of a compressed answer: it has other bytes, and so another one than the plain."""
    return f"{name}-gz"


def _finish(response: Response, cache_control: str) -> Response:
    response.headers["Cache-Control"] = cache_control
    response.vary.add("Accept-Encoding")
    response.make_conditional(request)
    return response
