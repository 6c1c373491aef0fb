"""Characters of an opinion that the public does not read: personal data of third parties.

A mask is a range ``(start, end)`` in characters (code points) of the words as they were sent, the
end not included. The words themselves are never changed; :func:`webapp.consultation.reading.masked`
shows them with the masks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from geo.errors import InputError, ProblemKind
from geo.types import Text

Mask = tuple[int, int]

_JOINER, _SELECTORS = "\u200d", ("\ufe00", "\ufe0f")
_RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_BETWEEN = re.compile(r"[\s,;，；、]+")
_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212\uff0d~～]\s*")
#: Full-width figures and letters read as plain ones: as many characters as before.
_PLAIN = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}

#: A month and a day as an identity number has them.
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"

BAD_RANGE = ProblemKind(
    "mask-range",
    "error",
    Text(zh="“{value}”不是范围", en="“{value}” is no range"),
    Text(
        zh="写成“起-止”，如 5-15，从 1 数起；多个之间用逗号",
        en="Write first-last, such as 5-15, counted from 1; commas between several",
    ),
)
OUT_OF_WORDS = ProblemKind(
    "mask-outside",
    "error",
    Text(
        zh="范围 {value} 超出了原文，原文共 {count} 个字符",
        en="The range {value} lies outside of the words, which have {count} characters",
    ),
    Text(zh="核对范围", en="Check the range"),
)
NOT_THERE = ProblemKind(
    "mask-words",
    "error",
    Text(zh="原文里没有“{value}”", en="The words do not have “{value}” in them"),
    Text(zh="从原文中复制，一行一个", en="Copy it from the words, one to a line"),
)

#: What third parties are known by, found by its form. A person confirms each.
PATTERNS: Mapping[str, tuple[Text, re.Pattern[str]]] = MappingProxyType(
    {
        "e-mail": (
            Text(zh="电子邮箱", en="E-mail address"),
            re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
        ),
        "id-number": (
            Text(zh="身份证号", en="Identity number"),
            re.compile(
                rf"(?<![0-9A-Za-z])(?:[1-9][0-9]{{5}}(?:18|19|20)[0-9]{{2}}{_DAY}[0-9]{{3}}[0-9Xx]"
                rf"|[1-9][0-9]{{7}}{_DAY}[0-9]{{3}})(?![0-9A-Za-z])"
            ),
        ),
        "phone": (
            Text(zh="电话号码", en="Telephone number"),
            re.compile(
                r"(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}(?![0-9])"
                r"|(?<![0-9])(?:[(]0[0-9]{2,3}[)]|0[0-9]{2,3})[- ]?[2-9][0-9]{6,7}(?![0-9])"
            ),
        ),
        "plate": (
            Text(zh="车牌号", en="Number plate"),
            re.compile(
                r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"
                r"[A-Za-z][·•. -]?[A-Za-z0-9]{4,5}[A-Za-z0-9挂学警港澳](?![A-Za-z0-9])"
            ),
        ),
    }
)


@dataclass(frozen=True)
class Proposal:
    """A place of the words that looks like personal data, and of which kind."""

    start: int
    end: int
    kind: str

    @property
    def title(self) -> Text:
        """What it looks like, for people."""
        return PATTERNS[self.kind][0]


def proposals(words: str) -> list[Proposal]:
    """Places that look like personal data, in their order; none lies over another."""
    plain, taken = words.translate(_PLAIN), set[int]()
    found: list[Proposal] = []
    for kind, (_title, pattern) in PATTERNS.items():
        for match in pattern.finditer(plain):
            place = range(*match.span())
            if taken.isdisjoint(place):
                taken.update(place)
                found.append(Proposal(place.start, place.stop, kind))
    return sorted(found, key=lambda one: one.start)


def checked(words: str, masks: Iterable[Sequence[int]]) -> list[Mask]:
    """Masks in their order, none touching the next, each over whole characters as people see them.

    An accent or a joined sign goes with what it is joined to.

    Raises
    ------
    InputError
        Some lie outside of the words; all of them at once.
    """
    ranges = [(int(start), int(end)) for start, end in masks]
    outside = [one for one in ranges if not 0 <= one[0] < one[1] <= len(words)]
    if outside:
        raise InputError(
            OUT_OF_WORDS.at(field="masks", value=f"{start + 1}-{end}", count=len(words))
            for start, end in outside
        )
    return list(_merged(_widened(words, *one) for one in ranges))


def exact(words: str, wanted: Iterable[str]) -> list[Mask]:
    """Every place at which one of the wanted words stands.

    Raises
    ------
    InputError
        One of them stands nowhere.
    """
    sought = [one.strip() for one in wanted if one.strip()]
    missing = [one for one in sought if one not in words]
    if missing:
        raise InputError(NOT_THERE.at(field="hidden", value=one) for one in missing)
    return [place for one in sought for place in _places(words, one)]


def parse(typed: str) -> list[Mask]:
    """Read ranges as people write them: counted from 1, the last one included.

    Raises
    ------
    InputError
        Something is no range; all of it at once.
    """
    parts = [part for part in _BETWEEN.split(_DASHES.sub("-", typed.strip())) if part]
    found = [(part, _RANGE.fullmatch(part)) for part in parts]
    wrong = [part for part, match in found if match is None]
    if wrong:
        raise InputError(BAD_RANGE.at(field="masks", value=part) for part in wrong)
    return [(int(match[1]) - 1, int(match[2] or match[1])) for _part, match in found if match]


def written(masks: Iterable[Sequence[int]]) -> str:
    """Ranges as people write them; :func:`parse` reads them back."""
    return ", ".join(f"{start + 1}-{end}" for start, end in masks)


def _places(words: str, wanted: str) -> Iterator[Mask]:
    place = words.find(wanted)
    while place >= 0:
        yield place, place + len(wanted)
        place = words.find(wanted, place + 1)


def _merged(masks: Iterable[Mask]) -> Iterator[Mask]:
    last: Mask | None = None
    for start, end in sorted(masks):
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last


def _widened(words: str, start: int, end: int) -> Mask:
    while start and (_joins(words[start]) or words[start - 1] == _JOINER):
        start -= 1
    while end < len(words) and (_joins(words[end]) or words[end - 1] == _JOINER):
        end += 1
    return start, end


def _joins(character: str) -> bool:
    """Whether a character belongs to the one before it."""
    selects = _SELECTORS[0] <= character <= _SELECTORS[1]
    return character == _JOINER or selects or unicodedata.category(character).startswith("M")
