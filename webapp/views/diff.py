"""The difference between two versions of a layer: in words, in figures and on the map."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from werkzeug import Response

from geo.errors import HuituError
from layers.diff import CLASSES, sentence
from webapp import differences, language
from webapp.answers import GEOJSON, Body, keep, send, send_json, send_page
from webapp.assets import asset_path
from webapp.consultation import deciding
from webapp.consultation.deciding import Led
from webapp.consultation.words import VERDICTS
from webapp.database import database
from webapp.differences import COMPARE_NAMES, MODES, Pair
from webapp.figures import Figures
from webapp.params import Reader, strict
from webapp.plans import current_plan

blueprint = Blueprint("diff", __name__)

#: So many changes of a class stand on the page; the JSON has all of them.
MOST_LISTED = 300
#: Where the line of the swipe stands when the address does not say.
MIDDLE = 50


@blueprint.get("/layers/<layer_id>/compare")
def page(layer_id: str) -> Response:
    """The page: words and tables for everybody, and the map where scripts run."""
    reader = Reader(request.args)
    asked = _pair(layer_id, reader)
    only, mode = reader.words("only", CLASSES) or (), reader.word("mode", MODES) or MODES[0]
    percent, view = reader.percent("at", MIDDLE), reader.view("view")
    found = differences.compare(asked)
    html = render_template(
        "diff/index.html",
        asked=asked,
        spec=asked.spec,
        found=found,
        groups=differences.grouped(found.of(*only)),
        totals=differences.totals(asked),
        versions=differences.versions_of(asked.plan.store.publications(layer_id)),
        classes=CLASSES,
        only=only,
        mode=mode,
        modes=MODES,
        percent=percent,
        view=view,
        sentence=sentence,
        show=Figures("ha", language.current()),
        most=MOST_LISTED,
        problems=reader.problems,
        own=_own(asked, only, mode, percent, str(view or "")),
        led=_led(asked),
        verdicts=VERDICTS,
        offered=current_app.view_functions,
        leaflet={"style": _LEAFLET_STYLE, "script": _LEAFLET_SCRIPT},
        **_addresses(asked, only),
    )
    return send_page(html)


_LEAFLET_STYLE = asset_path("leaflet", "leaflet.css")
_LEAFLET_SCRIPT = asset_path("leaflet", "leaflet.js")


def _led(asked: Pair) -> list[Led] | None:
    """The opinions that led to the newer version; None where the database does not answer now.

    The difference itself is of files: it is shown whether or not there is a database.
    """
    try:
        with database().reading() as session:
            return deciding.led_to(session, asked.spec.id, asked.after.version)
    except (HuituError, OSError):
        return None


def _pair(layer_id: str, reader: Reader) -> Pair:
    return differences.pair(current_plan(), layer_id, reader.text("from"), reader.text("to"))


def _own(asked: Pair, only: tuple[str, ...], mode: str, percent: int, view: str) -> dict[str, Any]:
    """The page's own address as parameters; nothing that is not chosen."""
    chosen = {
        "only": ",".join(only),
        "mode": "" if mode == MODES[0] else mode,
        "at": percent if mode == "swipe" and percent != MIDDLE else "",
        "view": view,
    }
    return {**asked.query(), **{name: value for name, value in chosen.items() if value != ""}}


def _addresses(asked: Pair, only: tuple[str, ...]) -> dict[str, str]:
    """Where the same is for programs and for the map."""
    query: dict[str, Any] = {**asked.query(), **({"only": ",".join(only)} if only else {})}
    layer = asked.spec.id
    return {
        "json_address": url_for("diff.table_json", layer_id=layer, **query),
        "geojson_address": url_for("diff.features", layer_id=layer, **query),
        "address": url_for("diff.page", layer_id=layer, _external=True, lang=None, **asked.query()),
    }


@blueprint.get("/layers/<layer_id>/compare.json")
def table_json(layer_id: str) -> Response:
    """What differs between two versions, feature by feature; without names, since the last one."""
    asked, only = _asked(layer_id)
    found = differences.compare(asked)
    return send_json(differences.to_dict(asked, found, found.of(*only)))


@blueprint.get("/layers/<layer_id>/compare.geojson")
def features(layer_id: str) -> Response:
    """The changed features as GeoJSON, the older and the newer shape of each."""
    asked, only = _asked(layer_id)

    def make() -> Body:
        found = differences.compare(asked).of(*only)
        return Body.of(differences.to_geojson(asked, found), GEOJSON)

    plan, spec = asked.plan, asked.spec
    return send(keep(("diff", plan.catalog.digest, spec.id, *asked.query().values(), only), make))


def _asked(layer_id: str) -> tuple[Pair, tuple[str, ...]]:
    reader = strict(request.args, *COMPARE_NAMES)
    only = reader.words("only", CLASSES) or ()
    asked = _pair(layer_id, reader)
    reader.refuse()
    return asked, only
