"""The door in front of Flask at which tiles are handed out: from the shelf, or freshly cut.

Nothing about an answer is decided here. The door watches how Flask answers for a version of a
layer and says the same of that version's other tiles, as long as the catalog stands as it stood.
It learns only from an answer that any cache on the way might keep for everybody; whatever is not
plain and known goes on to Flask.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.http import quote_etag

from geo.errors import HuituError
from geo.tiles import Tile
from webapp import plans, tiles
from webapp.answers import IMMUTABLE, packed_etag, takes_gzip
from webapp.plans import Plans
from webapp.tiles import TileShelf, etag

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    Headers = list[tuple[str, str]]

#: Numbers as they are written in links: 07 is for Flask to read.
_NUMBER = "(?:0|[1-9][0-9]{0,6})"
_ADDRESS = re.compile(
    rf"/layers/([A-Za-z_][A-Za-z0-9_]*)/([A-Za-z0-9]+)/tiles/({_NUMBER}/{_NUMBER}/{_NUMBER})\.mvt"
)
#: What of an answer belongs to one tile, or to one moment.
_OF_ONE = frozenset({"content-length", "etag", "date"})
#: Manners that are known at once, three for a version; when there are more, the door learns anew.
_MANNERS = 1024


def install(app: Flask) -> None:
    """Put the door in front of the application as it is put together so far."""
    door = TileDoor(app.wsgi_app, tiles.shelf_of(app), plans.of(app))
    app.wsgi_app = door  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A tile that somebody asks for, what they have of it, and how the catalog stands."""

    layer_id: str
    version: str
    tile: str
    known: str
    catalog: object

    @property
    def etag(self) -> str:
        """The ETag of the tile as it leaves compressed, in quotes as in the header."""
        return quote_etag(packed_etag(etag(self.version, self.tile)))

    def status(self, content: bytes) -> str | None:
        """How Flask would answer with this content; None where that takes some thought."""
        if self.known and self.known != self.etag:
            return None
        if not content:
            return "204"
        return "304" if self.known else "200"


@dataclass(frozen=True, slots=True)
class _Manner:
    """How Flask answers for any tile of a version under one state of the catalog."""

    catalog: object
    status: str
    headers: tuple[tuple[str, str], ...]


class TileDoor:
    """Answers a GET for a tile, and hands everything else to ``inner``."""

    def __init__(self, inner: WSGIApplication, shelf: TileShelf, plans: Plans) -> None:
        self.inner = inner
        self._shelf = shelf
        self._plans = plans
        self._manners: dict[tuple[str, str, str], _Manner] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as WSGI has it."""
        asked = self._asked(environ)
        if asked is None:
            return self.inner(environ, start_response)
        content = self._content(asked)
        if content is not None:
            manner = self._manner(asked, asked.status(content))
            if manner is not None:
                return _answer(asked, manner, content, start_response)
        return self.inner(environ, partial(self._start, asked, start_response))

    def _asked(self, environ: WSGIEnvironment) -> _Asked | None:
        """What is asked for; None where it is no tile, or is asked for in a way of its own."""
        if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
            return None
        found = _ADDRESS.fullmatch(environ.get("PATH_INFO", ""))
        if found is None or not takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            return None
        layer_id, version, tile = found.groups()
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        return _Asked(layer_id, version, tile, known, self._plans.stamp())

    def _content(self, asked: _Asked) -> bytes | None:
        """The tile of a version that is still there: from the shelf, else cut now."""
        if not self._plans.holds(asked.layer_id, asked.version):
            return None
        kept = self._shelf.kept(asked.layer_id, asked.version, asked.tile)
        return self._cut(asked) if kept is None else kept

    def _cut(self, asked: _Asked) -> bytes | None:
        """The tile made now, once Flask has spoken; None where Flask has more to say of it."""
        if self._manner(asked, "200") is None:
            return None
        try:
            plan, tile = self._plans.current(), Tile(*map(int, asked.tile.split("/")))
            return self._shelf.made(plan, asked.layer_id, asked.version, tile)
        except (HuituError, OSError):
            return None

    def _manner(self, asked: _Asked, status: str | None) -> _Manner | None:
        """How Flask answers so, if it has while the catalog stood as it stands."""
        if status is None:
            return None
        manner = self._manners.get((asked.layer_id, asked.version, status))
        return manner if manner is not None and manner.catalog == asked.catalog else None

    def _start(
        self,
        asked: _Asked,
        start_response: StartResponse,
        status: str,
        headers: Headers,
        *more: Any,
    ) -> Callable[[bytes], object]:
        """Begin Flask's answer, and learn its manner."""
        if _is_for_everybody(headers):
            self._learn(asked, status, headers)
        return start_response(status, headers, *more)

    def _learn(self, asked: _Asked, status: str, headers: Headers) -> None:
        """Remember how it was answered, in place of what was learned under another catalog."""
        if len(self._manners) >= _MANNERS:
            self._manners = {}
        common = tuple(one for one in headers if one[0].lower() not in _OF_ONE)
        key = (asked.layer_id, asked.version, status[:3])
        self._manners[key] = _Manner(asked.catalog, status, common)


def _is_for_everybody(headers: Headers) -> bool:
    """Whether any cache might keep an answer for good, and give it to others."""
    named = {name.lower(): value for name, value in headers}
    return named.get("cache-control") == IMMUTABLE and "set-cookie" not in named


def _answer(
    asked: _Asked, manner: _Manner, content: bytes, start_response: StartResponse
) -> Iterable[bytes]:
    """Say what Flask would, of this tile."""
    headers = list(manner.headers)
    if content:
        headers.append(("ETag", asked.etag))
    body = content if manner.status.startswith("200") else b""
    if body:
        headers.append(("Content-Length", str(len(body))))
    start_response(manner.status, headers)
    return [body]
