"""What every page of an import stands on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import current_app, render_template, request, url_for
from werkzeug import Response

from geo.types import Text
from webapp.answers import JSON, send_page
from webapp.database import database
from webapp.desk import Folder, Import, imports
from webapp.desk.tables import STATES
from webapp.settings import Settings

STEPS: Mapping[str, Text] = MappingProxyType(
    {
        "reading": Text(zh="读取", en="Reading"),
        "position": Text(zh="位置", en="Position"),
        "fields": Text(zh="字段", en="Fields"),
        "problems": Text(zh="问题", en="Problems"),
        "difference": Text(zh="差异", en="Difference"),
        "publish": Text(zh="发布", en="Publish"),
    }
)
STATE_TITLES: Mapping[str, Text] = MappingProxyType(
    dict(
        zip(
            STATES,
            (
                Text(zh="已接收", en="Received"),
                Text(zh="不能读取", en="Refused"),
                Text(zh="等待回答", en="To be answered"),
                Text(zh="可以发布", en="Ready"),
                Text(zh="已发布", en="Published"),
                Text(zh="已放弃", en="Given up"),
            ),
            strict=True,
        )
    )
)
#: So many control points may be typed.
CONTROL_ROWS = 4


def opened(import_id: str) -> tuple[Import, Folder]:
    """An import and its folder; :class:`NotFound` when there is none."""
    with database().reading() as session:
        one = imports.named(session, import_id)
    return one, Folder(settings_of().data, one.id)


def to_step(one: Import, step: str) -> str:
    """The address of a step."""
    return url_for("imports.step", import_id=one.id, step=step)


def settings_of() -> Settings:
    """The settings of this deployment."""
    found: Settings = current_app.config["HUITU_SETTINGS"]
    return found


def for_program() -> bool:
    """Whether a program asks."""
    return request.accept_mimetypes.best_match(["text/html", JSON], "text/html") == JSON


def page_of(template: str, **words: Any) -> Response:
    """A page of imports."""
    return send_page(render_template(template, **words))
