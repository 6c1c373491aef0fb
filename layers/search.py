"""Words by which a project is found: id, names, aliases, pinyin and its initials."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator


def normalise(text: str) -> str:
    """Fold width and case and drop blanks, so that Ｒ08, r08 and " R 08" are one word.

    The search box of the map page folds in the same way (``static/js/search.js``).
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def terms(project_id: str, names: Iterable[str]) -> tuple[str, ...]:
    """Every normalised word that finds a project, without repeats, in a fixed order."""
    words = [project_id, *(word for name in names for word in (name, *_pinyin(name)))]
    return tuple(dict.fromkeys(normalise(word) for word in words if word.strip()))


def _pinyin(name: str) -> Iterator[str]:
    """Full pinyin and initials of a Chinese name; nothing for one without Chinese characters."""
    if name.isascii():
        return
    # Its dictionary takes a quarter of a second to load, which most processes have no use for.
    from pypinyin import Style, lazy_pinyin

    yield "".join(lazy_pinyin(name))
    yield "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))


def matches(query: str, words: Iterable[str]) -> bool:
    """Whether the query stands in any of the words; an empty query finds everything."""
    wanted = normalise(query)
    return any(wanted in word for word in words)
