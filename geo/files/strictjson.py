"""JSON as RFC 8259 means it: what other readers pass over in silence is kept and told.

A value that JSON or we do not allow becomes a marker at its place in the parsed document
(:class:`NotANumber`, :class:`TooBig`, :class:`Repeated`), so that the reader can name the row and
the field instead of stopping at the first.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from geo import limits
from geo.errors import Problem, ProblemKind
from geo.types import Text

TRUNCATED = ProblemKind(
    "json-truncated",
    "error",
    Text(
        zh="文件不完整：在第 {line} 行第 {column} 列中断",
        en="The file is cut short: it ends at line {line}, column {column}",
    ),
    Text(zh="重新导出或重新复制整个文件", en="Export or copy the whole file again"),
)
SYNTAX = ProblemKind(
    "json-syntax",
    "error",
    Text(
        zh="第 {line} 行第 {column} 列起不是 JSON：{excerpt}",
        en="From line {line}, column {column} this is not JSON: {excerpt}",
    ),
    Text(
        zh="多为手工改动所致：核对此处的逗号、引号和括号",
        en="Often a slip of the hand: check commas, quotes and brackets there",
    ),
)
TOO_DEEP = ProblemKind(
    "json-depth",
    "error",
    Text(zh="括号嵌套过深", en="Brackets are nested too deeply"),
    Text(zh="这不是正常的地图文件，重新导出", en="No map file is like that: export it again"),
)
KEY_TWICE = ProblemKind(
    "key-twice",
    "error",
    Text(zh="同一对象中“{name}”出现了两次", en="“{name}” stands twice in one object"),
    Text(zh="删去其中一个", en="Remove one of them"),
)
NOT_A_NUMBER = ProblemKind(
    "number-not-finite",
    "error",
    Text(
        zh="“{name}”的值 {value} 不是有限的数，JSON 中不允许",
        en="“{name}” has the value {value}, not a finite number: JSON does not allow it",
    ),
    Text(zh="不知道的值写 null", en="Write null for what is not known"),
)
NUMBER_TOO_BIG = ProblemKind(
    "number-too-big",
    "error",
    Text(
        zh="“{name}”的值 {value} 超出整数范围",
        en="“{name}” has the value {value}, beyond the range of integers",
    ),
    Text(zh="长编码请写成带引号的文字", en="Write a long code as a text in quotes"),
)
BAD_CHARACTER = ProblemKind(
    "character-not-allowed",
    "error",
    Text(
        zh="“{name}”中有不成立的字符（{character}）",
        en="“{name}” holds a character that stands for nothing ({character})",
    ),
    Text(zh="重新输入这段文字", en="Type the text anew"),
)
NESTED_TOO_DEEP = ProblemKind(
    "value-depth",
    "error",
    Text(zh="“{name}”的值嵌套超过 {limit} 层", en="“{name}” is nested deeper than {limit} levels"),
    Text(zh="改成简单的文字或数", en="Write a plain text or number"),
)
KINDS = (
    TRUNCATED,
    SYNTAX,
    TOO_DEEP,
    KEY_TWICE,
    NOT_A_NUMBER,
    NUMBER_TOO_BIG,
    BAD_CHARACTER,
    NESTED_TOO_DEEP,
)

_INT64 = range(-(2**63), 2**63)
_MOST_DIGITS = 20
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_EXCERPT = 24
_STUMP = 12


@dataclass(frozen=True, slots=True)
class NotANumber:
    """``NaN``, ``Infinity`` or ``-Infinity`` stood here."""

    written: str


@dataclass(frozen=True, slots=True)
class TooBig:
    """A whole number stood here that does not fit into 64 bits."""

    written: str


class Repeated(dict[str, Any]):
    """An object in which a name stood more than once."""

    __slots__ = ("names",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(name for name, _ in pairs)
        self.names = [name for name, count in counts.items() if count > 1]


def parse(text: str) -> Any:
    """Parse a JSON text; return its value, or the Problem that makes it none."""
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_constant=NotANumber
        )
    except json.JSONDecodeError as error:
        return _syntax(text, error)
    except RecursionError:
        return TOO_DEEP.at()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeated(pairs)


def _integer(written: str) -> int | TooBig:
    if len(written) <= _MOST_DIGITS and (value := int(written)) in _INT64:
        return value
    return TooBig(written if len(written) <= 2 * _MOST_DIGITS else f"{written[:_MOST_DIGITS]}…")


def _syntax(text: str, error: json.JSONDecodeError) -> Problem:
    end = len(text.rstrip())
    if error.msg.startswith("Unterminated string") or _is_stump(text[error.pos : end]):
        line, column = _place(text, end)
        return TRUNCATED.at(line=line, column=column)
    excerpt = text[error.pos : error.pos + _EXCERPT]
    return SYNTAX.at(line=error.lineno, column=error.colno, excerpt=excerpt)


def _is_stump(rest: str) -> bool:
    """Tell whether what is left is nothing, or the beginning of a word or number."""
    return len(rest) < _STUMP and not set(rest) & set('{}[],:"')


def _place(text: str, position: int) -> tuple[int, int]:
    line = text.count("\n", 0, position) + 1
    return line, position - text.rfind("\n", 0, position)


def faults(name: str, value: Any) -> Iterator[Problem]:
    """List what must not stand in a value of the field ``name``, at any level of it."""
    if type(value) is str:
        yield from _text_faults(name, value)
    elif type(value) is float:
        if not math.isfinite(value):
            yield NOT_A_NUMBER.at(field=name, name=name, value=value)
    elif isinstance(value, NotANumber):
        yield NOT_A_NUMBER.at(field=name, name=name, value=value.written)
    elif isinstance(value, TooBig):
        yield NUMBER_TOO_BIG.at(field=name, name=name, value=value.written)
    elif isinstance(value, list | dict):
        yield from _nested_faults(name, value)


def column_faults(name: str, values: Sequence[Any]) -> Iterator[tuple[int, Problem]]:
    """List the same for many values, each with its place among them.

    A column of texts or whole numbers, as most are, is looked through as one.
    """
    of_all = set(map(type, values))
    types = of_all - _HARMLESS
    if not types:
        return
    if types == {str}:
        texts = values if len(types) == len(of_all) else (v for v in values if type(v) is str)
        if not _NOT_TEXT.search("".join(texts)):
            return
    for place, value in enumerate(values):
        for fault in faults(name, value):
            yield place, fault


#: Types of values in which nothing can be wrong.
_HARMLESS = frozenset({type(None), bool, int, bytes})


def _text_faults(name: str, value: str) -> Iterator[Problem]:
    found = _NOT_TEXT.search(value)
    if found:
        character = f"U+{ord(found.group()):04X}"
        yield BAD_CHARACTER.at(field=name, name=name, character=character)


def _nested_faults(name: str, value: list[Any] | dict[str, Any]) -> Iterator[Problem]:
    level: list[Any] = [value]
    for _ in range(limits.DEPTH):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, Repeated):
                yield from (KEY_TWICE.at(field=name, name=key) for key in one.names)
            if isinstance(one, dict):
                for key in one:
                    yield from _text_faults(name, key)
            inner += one.values() if isinstance(one, dict) else one
        for one in inner:
            if not isinstance(one, list | dict):
                yield from faults(name, one)
        level = [one for one in inner if isinstance(one, list | dict)]
        if not level:
            return
    yield NESTED_TOO_DEEP.at(field=name, name=name, limit=limits.DEPTH)
