"""The two languages: which one a request wants, and the texts of either.

How the texts are kept is said in :mod:`webapp.translating`.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from flask import Flask, current_app, has_request_context, request

from webapp.settings import Lang
from webapp.translating import LANGS, LOCALES, TRANSLATIONS

HTML_LANGS = MappingProxyType({"zh": "zh-CN", "en": "en"})
TIME_ZONE = "Asia/Shanghai"


def install(app: Flask, default: Lang) -> None:
    """Let every text of the application follow the request's language."""
    from flask_babel import Babel

    app.config["HUITU_LANG"] = default
    Babel(
        app,
        default_locale=LOCALES[default],
        default_timezone=TIME_ZONE,
        locale_selector=lambda: LOCALES[current()],
    )


def default() -> Lang:
    """The deployment's language."""
    return cast(Lang, current_app.config["HUITU_LANG"])


def current() -> Lang:
    """The language of the request; a word that is none of ours means the deployment's."""
    wanted = request.args.get("lang") if has_request_context() else None
    return cast(Lang, wanted) if wanted in LANGS else default()


@lru_cache(maxsize=len(LANGS))
def script_messages(lang: str) -> dict[str, str]:
    """Texts of the scripts in ``lang`` by their Chinese id; empty for Chinese itself."""
    from babel.messages.pofile import read_po

    if lang == "zh":
        return {}
    path = TRANSLATIONS / LOCALES[lang] / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        messages = [message for message in read_po(file) if _in_scripts(message)]
    return {str(message.id): str(message.string) for message in messages}


def _in_scripts(message: Any) -> bool:
    """Whether a script uses a message; its header and texts of templates alone are left out."""
    return bool(message.id) and any(
        str(file).endswith((".js", ".mjs")) for file, _ in message.locations
    )
