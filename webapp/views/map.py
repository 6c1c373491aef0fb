"""The map page, the same for a frame, and Folium's script of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug import Response

from geo.types import Text
from layers.plan import Plan
from layers.versions import Publication
from webapp import language, maps, pages
from webapp.answers import IMMUTABLE, Body, keep, send
from webapp.plans import current_plan
from webapp.questions import OLDER_NAMES, asked_plan

blueprint = Blueprint("map", __name__)


@blueprint.get("/")
def page() -> Response:
    """The map over the whole window."""
    return _page("page")


@blueprint.get("/embed")
def embed() -> Response:
    """The map for somebody's ``<iframe>``."""
    return _page("embed")


@blueprint.get("/map/<state>-<any(zh,en):lang>.js")
def script(state: str, lang: str) -> Response:
    """Folium's script of a plan state; a reader with an older page is led to the present one."""
    plan = asked_plan(request.args, current_plan())
    if not state.isalnum():
        abort(404)
    if state != plan.state:
        return redirect(url_for("map.script", state=plan.state, lang=lang, **_named()))
    made = keep((plan.state, lang, "script"), lambda: _script(plan, lang))
    return send(made, IMMUTABLE)


def _script(plan: Plan, lang: str) -> Body:
    return Body.of(_shell(plan, lang).script, "text/javascript")


def _page(mode: str) -> Response:
    """The page depends on nothing but these, so that its bytes are made once."""
    plan, lang = asked_plan(request.args, current_plan()), language.current()
    present = current_plan()
    root, named = request.script_root, tuple(_named().items())
    key = (plan.state, present.state, lang, mode, root, named)
    return send(keep(key, lambda: _render(plan, lang, mode, _older(plan, present))))


def _named() -> dict[str, Any]:
    """The versions and the day that the address names, to name them again."""
    return {name: request.args[name] for name in OLDER_NAMES if request.args.get(name)}


def _older(plan: Plan, present: Plan) -> Mapping[Text, Publication] | None:
    """The layers that stand on an older version, with it; None when it is the plan of today."""
    if plan.state == present.state:
        return None
    return {
        layer.title: plan.publication(layer.id)
        for layer in plan.layers
        if plan.publication(layer.id).version != present.publication(layer.id).version
    }


def _render(plan: Plan, lang: str, mode: str, older: Mapping[Text, Publication] | None) -> Body:
    html = render_template(
        "map.html",
        mode=mode,
        plan=plan,
        older=older,
        day=request.args.get("as_of", ""),
        map_html=Markup(_shell(plan, lang).html),  # noqa: S704 - made of our own words only
        head_tags=pages.head_tags,
        script_tags=lambda: pages.script_tags(
            url_for("map.script", state=plan.state, lang=lang, **_named())
        ),
        state_url=pages.switch_url,
    )
    return Body.of(html.encode(), "text/html")


def _shell(plan: Plan, lang: str) -> maps.Shell:
    return keep((plan.state, lang, "shell"), lambda: maps.shell(plan, lang))
