"""The page of one notice, and its card for other sites."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from layers.diff import CLASSES, Difference, sentence
from layers.spec import LayerSpec
from webapp import differences, language, pages
from webapp.answers import Body
from webapp.assets import asset_path
from webapp.consultation import plain
from webapp.consultation.announced import Announced
from webapp.consultation.procedures import COUNTING
from webapp.consultation.states import STATES
from webapp.consultation.words import CHANNELS, STANDINGS, VERDICTS
from webapp.differences import MODES, Pair
from webapp.translating import Voice
from webapp.views.consultations.common import (
    Board,
    affected,
    board,
    has_map,
    kept,
    map_query,
    pairs_of,
    plan_of,
    public_address,
    settings,
)
from webapp.views.consultations.planned import Planned, planned
from webapp.views.consultations.posters import map_word

#: So many changes stand beside the map; the comparison has all of them.
MOST_SENTENCES = 40
_MIDDLE = 50


def page(notice_id: str, args: MultiDict[str, str]) -> Body:
    """The page; ``layer`` chooses which of the compared layers its map shows."""
    found = board(notice_id)
    pairs = pairs_of(found.one)
    chosen = next((one for one in pairs if one.spec.id == args.get("layer")), None)
    shown = chosen or next(iter(pairs), None)
    key = (notice_id, shown.spec.id if shown else None)
    return kept("consultation", found.stamp, lambda: _render(found, pairs, shown), *key)


def card(notice_id: str) -> Body:
    """A few lines in a frame."""
    found = board(notice_id)

    def make() -> Body:
        html = render_template(
            "consultations/card.html",
            one=found.one,
            tally=found.tally,
            states=STATES,
        )
        return Body.of(html.encode(), "text/html")

    return kept("consultation-card", found.stamp, make, notice_id)


def _render(found: Board, pairs: list[Pair], shown: Pair | None) -> Body:
    html = render_template("consultations/page.html", **words_of(found, pairs, shown))
    return Body.of(html.encode(), "text/html")


def words_of(found: Board, pairs: list[Pair], shown: Pair | None) -> dict[str, Any]:
    """What the page tells, also before anybody may see it."""
    one, plan = found.one, plan_of(found.one)
    projects = affected(one.notice.projects, plan)
    return {
        "one": one,
        "notice": one.notice,
        "tally": found.tally,
        "plain_html": Markup(plain.to_html(pages.text(one.plain))),  # noqa: S704 - cleaned by nh3
        "projects": projects,
        "map_query": map_query(plan, projects) if has_map(one) else None,
        "has_map": has_map(one),
        "map_word": map_word(one, Voice(language.current())),
        "pairs": pairs,
        "comparison": _shown_on_map(one, shown) if has_map(one) else None,
        "states": STATES,
        "channels": CHANNELS,
        "standings": STANDINGS,
        "verdicts": VERDICTS,
        "counting": COUNTING,
        "opinion_address": url_for("opinions.give", notice_id=one.id),
        "receipts_address": url_for("receipts.look_up"),
        "takes_contacts": bool(settings().contact_key.get_secret_value()),
        "contact_days": settings().contact_days,
        "address": public_address("consultations.page", notice_id=one.id, lang=None),
        "card_address": public_address("consultations.card", notice_id=one.id),
    }


def _shown_on_map(one: Announced, shown: Pair | None) -> dict[str, Any] | None:
    """What the map of before and after is drawn from; None where nothing is compared."""
    if shown is not None:
        return _comparison(shown)
    drafted = planned(one)
    return None if drafted is None else _of_draft(one, drafted)


def _comparison(shown: Pair) -> dict[str, Any]:
    """Two versions, as on the page of their comparison."""
    named: dict[str, Any] = {"layer_id": shown.spec.id, **shown.query()}
    return {
        **_swiped(shown, shown.spec, differences.compare(shown)),
        "geojson_address": url_for("diff.features", **named),
        "whole": url_for("diff.page", mode="swipe", **named),
    }


def _of_draft(one: Announced, drafted: Planned) -> dict[str, Any]:
    """The version that a draft began on, and the draft."""
    return {
        **_swiped(drafted, drafted.spec, drafted.found),
        "geojson_address": url_for("consultations.changes", notice_id=one.id),
        "after_address": url_for("consultations.draft", notice_id=one.id),
        "whole": "",
    }


def _swiped(asked: Pair | Planned, spec: LayerSpec, found: Difference) -> dict[str, Any]:
    return {
        "asked": asked,
        "spec": spec,
        "found": found,
        "changes": found.changes[:MOST_SENTENCES],
        "sentence": sentence,
        "classes": CLASSES,
        "only": (),
        "mode": "swipe",
        "modes": MODES,
        "percent": _MIDDLE,
        "view": None,
        "leaflet_style": asset_path("leaflet", "leaflet.css"),
        "leaflet_script": asset_path("leaflet", "leaflet.js"),
    }
