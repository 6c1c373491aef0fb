"""What every template knows: the language, the zone, addresses and the marks of our own files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask import Flask, render_template, request, url_for
from flask_babel import to_user_timezone
from markupsafe import Markup

from geo.types import Text
from layers import units
from layers.dossier import Drawn
from layers.plan import software
from webapp import language, security, statics
from webapp.assets import asset_path
from webapp.consultation.clock import written
from webapp.plans import current_plan

#: Style sheets of the map page, with the medium that each is for; ours after the libraries'.
MAP_STYLES = (
    (asset_path("leaflet", "leaflet.css"), "all"),
    (asset_path("leaflet.fullscreen", "Control.FullScreen.css"), "all"),
    (asset_path("leaflet-mouse-position", "L.Control.MousePosition.css"), "all"),
    (asset_path("leaflet.locatecontrol", "L.Control.Locate.min.css"), "all"),
    ("css/base.css", "all"),
    ("css/map.css", "all"),
    ("css/print.css", "print"),
)
#: Its scripts before Folium's: the libraries.
MAP_SCRIPTS = (
    asset_path("leaflet", "leaflet.js"),
    asset_path("leaflet.fullscreen", "Control.FullScreen.js"),
    asset_path("leaflet-mouse-position", "L.Control.MousePosition.js"),
    asset_path("leaflet.locatecontrol", "L.Control.Locate.min.js"),
    asset_path("proj4", "proj4.js"),
)
#: The module after it: ours.
MAP_MODULE = "js/app.js"


def install(app: Flask) -> None:
    """Give every template its words."""
    app.url_defaults(_keep_language)
    app.context_processor(_context)
    app.jinja_env.filters.update(_FILTERS)


def text(value: Text | None) -> str:
    """A text of the data in the reader's language."""
    return "" if value is None else value.in_(language.current())


def other(value: Text | None) -> str:
    """The same in the other language; empty where it says nothing more."""
    if value is None:
        return ""
    found = value.in_("en" if language.current() == "zh" else "zh")
    return "" if found == text(value) else found


def day(moment: str) -> str:
    """The day of an ISO 8601 moment as the zone's calendar has it."""
    return str(to_user_timezone(datetime.fromisoformat(moment)).date())


def moment(value: datetime) -> str:
    """A moment on the zone's clock, to the minute."""
    return f"{to_user_timezone(value):%Y-%m-%d %H:%M}"


def clock(moment: str) -> str:
    """An ISO 8601 moment on the zone's clock, to the minute."""
    return f"{to_user_timezone(datetime.fromisoformat(moment)):%Y-%m-%d %H:%M}"


def plain(number: float) -> str:
    """A number without a needless ``.0``."""
    return f"{number:g}"


def grouped(number: int) -> str:
    """How many there are, with the thousands set apart."""
    return f"{number:,}"


def area(area_m2: float | None) -> str:
    """Land area in its first unit; empty where there is none."""
    return "" if area_m2 is None else text(units.land(area_m2)[0])


def length(length_m: float | None) -> str:
    """A length or distance; empty where there is none."""
    return "" if length_m is None else text(units.length(length_m)[0])


def geodesic(drawn: Drawn) -> str:
    """The figure on the ellipsoid, beside that of the plane."""
    return text(units.DRAWN[drawn.kind](drawn.geodesic)[0])


_FILTERS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "text": text,
        "other": other,
        "day": day,
        "moment": moment,
        "written": written,
        "clock": clock,
        "plain": plain,
        "grouped": grouped,
        "area": area,
        "length_m": length,
        "geodesic": geodesic,
    }
)


def head_tags() -> Markup:
    """The style sheets of the map page."""
    return Markup(render_template("map/styles.html", styles=MAP_STYLES))  # noqa: S704


def script_tags(map_script: str) -> Markup:
    """The scripts of the map page in their order, all deferred; ``map_script`` is Folium's."""
    words = {"libraries": MAP_SCRIPTS, "map_script": map_script, "module": MAP_MODULE}
    return Markup(render_template("map/scripts.html", **words))  # noqa: S704


def switch_url(lang: str, **query: Any) -> str:
    """Address of the present page in another language; of the map where there is no page."""
    endpoint, values = _here(query)
    return url_for(endpoint, **values, lang=None if lang == language.default() else lang)


def _here(query: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if security.kind() not in {"page", "frame"}:
        return "map.page", {}
    return str(request.endpoint), {**(request.view_args or {}), **query}


def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """A chosen language stays chosen from page to page."""
    route = security.ROUTES.get(endpoint)
    if route and route.kind in {"page", "frame"} and language.current() != language.default():
        values.setdefault("lang", language.current())


def _context() -> dict[str, Any]:
    lang = language.current()
    return {
        "lang": lang,
        "html_lang": language.HTML_LANGS[lang],
        "other_lang": "en" if lang == "zh" else "zh",
        "plan": current_plan(),
        "zone": current_plan().catalog.zone,
        "base": request.script_root,
        "software": software(),
        "static": lambda name: statics.tree().url(name),
        "switch_url": switch_url,
    }
