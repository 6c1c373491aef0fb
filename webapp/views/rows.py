"""The rows of a version for our own script: counted, searched and paged.

Of a small layer the script has every row itself; of a large one it asks here.
"""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug import Response

from layers.query import Criteria
from layers.rows import collection
from webapp.answers import IMMUTABLE, JSON, Body, send
from webapp.params import ROWS_NAMES, stages, strict
from webapp.plans import current_plan, rows_of

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
    told = rows_of(layer_id, version).told(criteria, years, start, limit)
    return send(Body.quick(collection(told.counts(), told.rows), JSON), IMMUTABLE)


@blueprint.get("/layers/<layer_id>/<version>/rows.bits")
def found(layer_id: str, version: str) -> Response:
    """One bit for each row, the lowest first and row 1 the second, whether words find it."""
    reader = strict(request.args, "q")
    q = reader.text("q")
    reader.refuse()
    return send(Body.of(rows_of(layer_id, version).bits(q), BITS), IMMUTABLE)
