"""Who may ask for what, and the headers that hold a page to its own host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request

from webapp.roles import Audience

Kind = Literal["page", "frame", "json", "file"]
#: No form of words is larger; a file that is sent with one would be kept on disk before any check.
MOST_FORM_BYTES = 500_000
#: An opinion that is far too long, with what is chosen: so that it can be given back.
MOST_OPINION_BYTES = 2_000_000
#: The largest shape that somebody draws or takes from a version, with its attributes.
MOST_SHAPE_BYTES = 5_000_000


@dataclass(frozen=True)
class Route:
    """Who may use an endpoint and what it answers with; errors are told in the same form.

    ``posted``: it also reads a question that is too long for an address. Nothing is written.
    ``writes``: a POST begins or ends something, and is taken from our own pages only; where the
    route is not for everybody, with the token of its form.
    ``guarded``: for everybody, and yet its form carries a token: signing in.
    ``programs``: it is asked by programs too; one that accepts JSON is told errors in it.
    ``most_bytes``: the most that is taken of a request; beyond it nothing is read.
    ``uploads``: it takes a file too, as large as the settings allow.
    ``secret``: its address, or what it answers, is one person's: kept by no cache and no search
    engine, and told to no other site.
    """

    role: Audience
    kind: Kind
    posted: bool = False
    writes: bool = False
    guarded: bool = False
    programs: bool = False
    most_bytes: int = MOST_FORM_BYTES
    uploads: bool = False
    secret: bool = False


#: One entry for each endpoint; one without an entry does not answer, and fails the tests.
ROUTES: Mapping[str, Route] = MappingProxyType(
    {
        "map.page": Route("public", "page"),
        "map.embed": Route("public", "frame"),
        "map.script": Route("public", "file"),
        "projects.index": Route("public", "page"),
        "projects.page": Route("public", "page"),
        "projects.dossier": Route("public", "json"),
        "projects.feature": Route("public", "json"),
        "projects.collection": Route("public", "json"),
        "statistics.page": Route("public", "page", posted=True),
        "statistics.overlaps_page": Route("public", "page", posted=True),
        "statistics.stated_page": Route("public", "page", posted=True),
        "statistics.analysis_page": Route("public", "page", posted=True),
        "statistics.table_json": Route("public", "json", posted=True),
        "statistics.overlaps_json": Route("public", "json", posted=True),
        "statistics.stated_json": Route("public", "json", posted=True),
        "statistics.analysis_json": Route("public", "json", posted=True),
        "statistics.analysis_geojson": Route("public", "json", posted=True),
        "statistics.origin": Route("public", "json", posted=True),
        "quality.page": Route("public", "page"),
        "quality.index": Route("public", "json"),
        "exports.file": Route("public", "file", posted=True, programs=True),
        "jobs.ask": Route("public", "page", writes=True, programs=True),
        "jobs.page": Route("public", "page", programs=True),
        "jobs.cancel": Route("public", "page", writes=True, programs=True),
        "jobs.file": Route("public", "file", programs=True),
        "sheet.page": Route("public", "page"),
        "sheet.file": Route("public", "file", programs=True),
        "layers.index": Route("public", "json"),
        "layers.versions": Route("public", "json"),
        "layers.features": Route("public", "json"),
        "tiles.index": Route("public", "json"),
        "tiles.tile": Route("public", "json"),
        "tiles.archive": Route("public", "json"),
        "rows.index": Route("public", "json"),
        "rows.found": Route("public", "file"),
        "history.index": Route("public", "page"),
        "history.page": Route("public", "page"),
        "diff.page": Route("public", "page"),
        "diff.table_json": Route("public", "json"),
        "diff.features": Route("public", "json"),
        "register.page": Route("public", "page"),
        "register.heads_json": Route("public", "json"),
        "reports.page": Route("public", "page"),
        "reports.file": Route("public", "file", programs=True),
        "reports.figure": Route("public", "file"),
        "consultations.index": Route("public", "page"),
        "consultations.index_json": Route("public", "json"),
        "consultations.feed": Route("public", "file"),
        "consultations.page": Route("public", "page"),
        "consultations.card": Route("public", "frame"),
        "consultations.dates": Route("public", "file"),
        "consultations.sheet": Route("public", "file"),
        "consultations.document": Route("public", "file"),
        "consultations.draft": Route("public", "json"),
        "consultations.changes": Route("public", "json"),
        "consultations.opinions": Route("public", "page"),
        "consultations.opinions_json": Route("public", "json"),
        "opinions.give": Route(
            "public",
            "page",
            writes=True,
            most_bytes=MOST_OPINION_BYTES,
            uploads=True,
        ),
        "receipts.look_up": Route("public", "page", posted=True),
        "receipts.page": Route("public", "page", secret=True),
        "receipts.slip": Route("public", "page", secret=True),
        "receipts.status_json": Route("public", "json", secret=True),
        "receipts.file": Route("public", "file", secret=True),
        "search.index": Route("public", "json"),
        "openapi.index": Route("public", "json"),
        "messages.catalog": Route("public", "json"),
        "health.check": Route("public", "json"),
        "static.file": Route("public", "file"),
        "accounts.sign_in": Route("public", "page", writes=True, guarded=True),
        "accounts.to_provider": Route("public", "page", guarded=True),
        "accounts.from_provider": Route("public", "page", guarded=True),
        "accounts.welcome": Route("public", "page", writes=True, guarded=True),
        "accounts.sign_out": Route("staff", "page", writes=True),
        "accounts.own": Route("staff", "page", writes=True),
        "accounts.index": Route("admin", "page", writes=True),
        "accounts.change": Route("admin", "page", writes=True),
        "desk.home": Route("staff", "page"),
        "desk.layer": Route("staff", "page"),
        "desk.republish": Route("planner", "page", writes=True),
        "imports.index": Route("planner", "page", writes=True, programs=True, uploads=True),
        "imports.page": Route("planner", "page", programs=True),
        "imports.step": Route("planner", "page", writes=True),
        "imports.discard": Route("planner", "page", writes=True),
        "drafts.index": Route("planner", "page", writes=True),
        "drafts.page": Route("planner", "page"),
        "drafts.state": Route("planner", "json"),
        "drafts.edits": Route("planner", "json", writes=True, most_bytes=MOST_SHAPE_BYTES),
        "drafts.check": Route("planner", "json"),
        "drafts.publish": Route("planner", "page", writes=True),
        "drafts.carry": Route("planner", "page", writes=True),
        "drafts.discard": Route("planner", "page", writes=True),
        "notices.index": Route("consultation", "page"),
        "notices.begin": Route("planner", "page", writes=True),
        "notices.page": Route("consultation", "page"),
        "notices.preview": Route("consultation", "page"),
        "notices.changes": Route("consultation", "json"),
        "notices.drafted": Route("consultation", "json"),
        "notices.edit": Route("planner", "page", writes=True),
        "notices.publish": Route("planner", "page", writes=True),
        "notices.take_back": Route("planner", "page", writes=True),
        "notices.lengthen": Route("planner", "page", writes=True),
        "notices.downtime": Route("planner", "page", writes=True),
        "notices.withdraw": Route("planner", "page", writes=True),
        "notices.documents": Route("planner", "page", writes=True, uploads=True),
        "notices.document": Route("consultation", "file"),
        "notices.remove_document": Route("planner", "page", writes=True),
        "notices.hearings": Route("planner", "page", writes=True),
        "notices.cancel_hearing": Route("planner", "page", writes=True),
        "reports.desk": Route("consultation", "page", writes=True),
        "reports.desk_file": Route("consultation", "file"),
        "reports.desk_figure": Route("consultation", "file"),
        "reports.contacts": Route("moderator", "file"),
        "moderation.queue": Route("moderator", "page"),
        "moderation.moderate": Route("moderator", "page", writes=True),
        "moderation.preview": Route("moderator", "json", writes=True),
        "moderation.opinion": Route("consultation", "page"),
        "moderation.decide": Route("consultation", "page", writes=True),
        "moderation.groups": Route("consultation", "page", writes=True),
        "moderation.group": Route("consultation", "page", writes=True),
        "moderation.board": Route("consultation", "page"),
        "moderation.enter": Route("consultation", "page", writes=True, uploads=True),
        "moderation.led": Route("consultation", "page"),
        "moderation.file": Route("consultation", "file"),
        "journal.page": Route("admin", "page"),
        "journal.file": Route("admin", "file"),
    }
)

_POLICY: Mapping[str, str] = MappingProxyType(
    {
        "default-src": "'none'",
        "script-src": "'self'",
        "worker-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "font-src": "'self'",
        "frame-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
    }
)
_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
        "Server": "huitu",
    }
)


#: The address of a status page is the key to it.
_SECRET_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "no-store",
    }
)


def install(app: Flask, embed_ancestors: Iterable[str]) -> None:
    """Put the headers on every answer and shut every endpoint without an entry.

    ``embed_ancestors`` are the sites that may show the embedded map, beside our own.
    """
    embedding = " ".join(["'self'", *embed_ancestors])

    def put_headers(response: Response) -> Response:
        framed = kind() == "frame"
        response.headers["Content-Security-Policy"] = policy(embedding if framed else "'none'")
        response.headers.update(_HEADERS)
        if is_secret():
            response.headers.update(_SECRET_HEADERS)
        return response

    app.before_request(_refuse_unlisted)
    app.before_request(_bound)
    app.before_request(_refuse_foreign)
    app.after_request(put_headers)


def policy(ancestors: str) -> str:
    """The Content-Security-Policy of a page that ``ancestors`` may show in a frame."""
    rules = {**_POLICY, "frame-ancestors": ancestors}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def kind() -> Kind | None:
    """What the endpoint of this request answers with; None where there is none."""
    return kind_of(request.endpoint)


def is_secret() -> bool:
    """Whether the address of this request is one person's, and is written nowhere."""
    route = ROUTES.get(request.endpoint or "")
    return route is not None and route.secret


def kind_of(endpoint: str | None) -> Kind | None:
    """What an endpoint answers with; None for one without an entry."""
    route = ROUTES.get(endpoint or "")
    return route.kind if route else None


def _refuse_unlisted() -> None:
    if request.endpoint is not None and request.endpoint not in ROUTES:
        abort(404)


def _bound() -> None:
    """Take no more of a request than its route wants, before anybody reads of it."""
    route = ROUTES.get(request.endpoint or "")
    most = route.most_bytes if route else MOST_FORM_BYTES
    request.max_form_memory_size = most
    whole: int = current_app.config["MAX_CONTENT_LENGTH"]
    request.max_content_length = whole if route and route.uploads else most


def _refuse_foreign() -> None:
    """Take a form that writes from our own pages only; programs, which send no mark, may post."""
    route = ROUTES.get(request.endpoint or "")
    if route and route.writes and request.method == "POST" and not from_our_pages():
        abort(403)


def from_our_pages() -> bool:
    """Whether no browser says that this request began on a page of somebody else.

    The scheme is not compared: a proxy in front may speak another one.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or _host_of(origin) == request.host


def _host_of(origin: str) -> str | None:
    """The host of an origin; None for one that is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
