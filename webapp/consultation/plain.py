"""Plain words of a notice: Markdown made into a small, harmless piece of HTML.

The planner's Markdown alone comes here. A resident's words never do: they are shown as sent.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

#: The page has its own title (h1) and sections (h2): the first heading of a text stands below.
_HEADINGS = 2
_LOWEST = 6
_TAGS = frozenset(
    {
        *("p", "br", "hr", "blockquote", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "a"),
        *(f"h{level}" for level in range(_HEADINGS + 1, _LOWEST + 1)),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
)
_ATTRIBUTES = MappingProxyType({"a": {"href", "title"}, "ol": {"start"}})
_SCHEMES = frozenset({"http", "https", "mailto"})
_BLANKS = re.compile(r"\s+")


def to_html(words: str) -> str:
    """The text as HTML of a few known elements: no image, no style, no script, no raw HTML."""
    import nh3

    tokens = _reader().parse(words)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(_LOWEST, int(token.tag[1]) + _HEADINGS)}"
    reader = _reader()
    return nh3.clean(
        reader.renderer.render(tokens, reader.options, {}),
        tags=set(_TAGS),
        attributes={name: set(known) for name, known in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        link_rel="nofollow noopener noreferrer",
    )


def paragraphs(words: str, bullet: str = "") -> tuple[str, ...]:
    """The text without its marks, a string for each paragraph, heading and entry of a list."""
    found, before = [], ""
    for token in _reader().parse(words):
        if token.type == "list_item_open":
            before = bullet
        line = _BLANKS.sub(" ", "".join(_said(token))).strip()
        if line:
            found.append(before + line)
            before = ""
    return tuple(found)


def summary(words: str, most: int = 160) -> str:
    """The beginning of the text in one line."""
    whole = " ".join(paragraphs(words))
    return whole if len(whole) <= most else f"{whole[: most - 1].rstrip()}…"


def _said(token: Token) -> Iterator[str]:
    if token.type in {"fence", "code_block"}:
        yield token.content
    for child in token.children or ():
        if child.type in {"text", "code_inline", "image"}:
            yield child.content
        elif child.type in {"softbreak", "hardbreak"}:
            yield " "


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    found = MarkdownIt("commonmark", {"html": False})
    found.add_render_rule("image", _image)
    return found.enable(["table", "strikethrough"])


def _image(_renderer: Any, tokens: Any, place: int, _options: Any, _env: Any) -> str:
    """The words that stand for an image: the notice's pictures are its map and its documents."""
    return html.escape(str(tokens[place].content))
