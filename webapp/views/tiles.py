"""Vector tiles of layers for the map and for programs: made once, named by their version."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug import Response

from geo.tiles import Tile
from layers import tilearchive
from webapp import language, tiles
from webapp.answers import IMMUTABLE, send_json, send_packed, send_parts
from webapp.params import strict
from webapp.plans import current_plan

blueprint = Blueprint("tiles", __name__)

_EXAMPLE = "0/0/0.mvt"
_TEMPLATE = "{z}/{x}/{y}.mvt"


@blueprint.get("/layers/<layer_id>/<version>/tiles.json")
def index(layer_id: str, version: str) -> Response:
    """What describes the vector tiles of a version to QGIS, MapLibre and others (TileJSON 3)."""
    strict(request.args).refuse()
    plan = current_plan()
    spec, found = plan.catalog.layer(layer_id), plan.store.version(layer_id, version)
    arrays = plan.store.arrays(spec, version)
    lang = language.current()
    return send_json(
        tiles.tilejson(spec, found, arrays, plan.catalog.zone, _address(layer_id, version), lang)
    )


@blueprint.get("/layers/<layer_id>/<version>/tiles/<int:zoom>/<int:column>/<int:row>.mvt")
def tile(layer_id: str, version: str, zoom: int, column: int, row: int) -> Response:
    """A vector tile of a version (MVT 2.1); 204 where it shows nothing."""
    strict(request.args).refuse()
    wanted = Tile(zoom, column, row)
    content = tiles.shelf().made(current_plan(), layer_id, version, wanted)
    if not content:
        return Response(status=204, headers={"Cache-Control": IMMUTABLE})
    return send_packed(content, tiles.etag(version, str(wanted)), tiles.MVT)


@blueprint.get("/layers/<layer_id>/<version>/tiles.pmtiles")
def archive(layer_id: str, version: str) -> Response:
    """All tiles of a version in one file (PMTiles 3), whole or a part (Range), if it was made."""
    strict(request.args).refuse()
    plan = current_plan()
    spec = plan.catalog.layer(layer_id)
    return send_parts(tilearchive.kept(plan.store, spec.id, version), version, tiles.PMTILES)


def _address(layer_id: str, version: str) -> str:
    """Where tiles are, whole, with what programs fill in."""
    address = url_for(
        "tiles.tile",
        layer_id=layer_id,
        version=version,
        zoom=0,
        column=0,
        row=0,
        _external=True,
    )
    return address.removesuffix(_EXAMPLE) + _TEMPLATE
