"""The rows of a version for our own script: counted, searched and paged.

Of a small layer the script has every row itself; of a large one it asks here.
"""

from __future__ import annotations

import orjson
from flask import Blueprint, request
from werkzeug import Response

from geo import files
from layers.query import Criteria
from layers.rows import Rows
from webapp.answers import IMMUTABLE, JSON, Body, keep_heavy, send
from webapp.params import ROWS_NAMES, stages, strict
from webapp.plans import current_plan

blueprint = Blueprint("rows", __name__)

#: A page of rows when the address does not say, and at most.
PAGE = 100
BITS = "application/octet-stream"


@blueprint.get("/layers/<layer_id>/<version>/rows.json")
def index(layer_id: str, version: str) -> Response:
    """How many rows pass a filter, in which stages and years, and a page of them."""
    plan, reader = current_plan(), strict(request.args, *ROWS_NAMES)
    years = plan.catalog.zone.years
    criteria = Criteria(
        stages=reader.words("stage", stages(plan)) or None,
        years=reader.years("years", *years),
        q=reader.text("q"),
        ids=reader.names("ids"),
    )
    start, limit = reader.whole("start", 0), min(reader.limit("limit") or PAGE, PAGE)
    reader.refuse()
    told = _rows(layer_id, version).told(criteria, years, start, limit)
    collection = orjson.loads(files.to_geojson(told.rows))
    answer = {**told.counts(), "features": collection["features"]}
    return send(Body.of(orjson.dumps(answer), JSON), IMMUTABLE)


@blueprint.get("/layers/<layer_id>/<version>/rows.bits")
def found(layer_id: str, version: str) -> Response:
    """One bit for each row, the lowest first and row 1 the second, whether words find it."""
    reader = strict(request.args, "q")
    q = reader.text("q")
    reader.refuse()
    return send(Body.of(_rows(layer_id, version).bits(q), BITS), IMMUTABLE)


def _rows(layer_id: str, version: str) -> Rows:
    plan = current_plan()
    style = plan.catalog.style(plan.catalog.layer(layer_id))
    if version == plan.publication(layer_id).version:
        return plan.rows(layer_id)
    return keep_heavy(
        ("rows", layer_id, version), lambda: Rows(plan.store.frame(layer_id, version), style)
    )
