"""Data quality (数据质量): what is open in the published data, and the list behind each number."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug import Response

from layers.plan import Plan
from layers.standing import CHECKS, Standing, standing
from webapp.answers import keep, send_json, send_page
from webapp.params import Reader, strict
from webapp.plans import current_plan

blueprint = Blueprint("quality", __name__)


@blueprint.get("/quality")
def page() -> Response:
    """The counts by layer and check, and the list of the one that was chosen."""
    plan, reader = current_plan(), Reader(request.args)
    check = reader.word("check", CHECKS)
    layer = reader.word("layer", [one.id for one in plan.layers])
    field = reader.word("field", _fields(plan))
    found = _standing(plan)
    html = render_template(
        "quality/index.html",
        found=found,
        checks=CHECKS,
        chosen=CHECKS[check] if check else None,
        layer=plan.catalog.layer(layer) if layer else None,
        field=field,
        listed=found.of(check, layer, field) if check else (),
        projects=plan.register,
        problems=reader.problems,
        here={},
        own=_own(check=check, layer=layer, field=field),
    )
    return send_page(html)


@blueprint.get("/quality.json")
def index() -> Response:
    """What every check finds in the published data, by layer, with each finding."""
    strict(request.args).refuse()
    return send_json(_standing(current_plan()).to_dict())


def _standing(plan: Plan) -> Standing:
    return keep((plan.state, "quality"), lambda: standing(plan))


def _fields(plan: Plan) -> list[str]:
    return sorted({name for layer in plan.layers for name in layer.fields})


def _own(**chosen: str | None) -> dict[str, str]:
    """The page's own address as parameters, for the same page in the other language."""
    return {name: value for name, value in chosen.items() if value is not None}
