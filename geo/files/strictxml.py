"""XML without what makes it dangerous: no document type, no entities, bounded depth and size."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from geo import limits
from geo.errors import Problem, ProblemKind
from geo.types import Text

DOCTYPE = ProblemKind(
    "xml-doctype",
    "error",
    Text(
        zh="XML 中有文档类型声明（DOCTYPE）或实体，不读取",
        en="The XML has a document type (DOCTYPE) or entities, which are not read",
    ),
    Text(zh="在制图软件中重新导出", en="Export it again from your program"),
)
SYNTAX = ProblemKind(
    "xml-syntax",
    "error",
    Text(
        zh="第 {line} 行第 {column} 列起不是 XML，或文件在此中断",
        en="From line {line}, column {column} this is not XML, or the file is cut short there",
    ),
    Text(zh="重新导出或重新复制整个文件", en="Export or copy the whole file again"),
)
TOO_DEEP = ProblemKind(
    "xml-depth",
    "error",
    Text(
        zh="XML 的元素过多（超过 {count} 个）或嵌套过深（超过 {depth} 层）",
        en="The XML has too many elements (over {count}) or is nested too deeply (over {depth})",
    ),
    Text(zh="这不是正常的文件，重新导出", en="No proper file is like that: export it again"),
)
KINDS = (DOCTYPE, SYNTAX, TOO_DEEP)

_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.-]{1,40})[\"']")
#: Encodings that expat reads by itself.
_EXPATS = {"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1"}
#: Encodings that expat does not know, as they are called in files from China.
_OURS = {"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "big5": "big5"}


class XmlError(Exception):
    """The text is not XML that we read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def in_utf8(content: bytes, encoding: str | None) -> bytes:
    """Bring XML to UTF-8 where it declares an encoding of China's, or a person named one.

    Raises
    ------
    UnicodeDecodeError
        It is not in that encoding.
    """
    name = encoding or _OURS.get(_declared(content))
    return content if name is None else content.decode(name).encode()


def _declared(content: bytes) -> str:
    found = _DECLARED.match(content[:400].lstrip(b"\xef\xbb\xbf"))
    return found.group(1).decode("ascii").lower() if found else ""


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


def events(
    content: bytes,
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object],
    text: Callable[[str], object],
    *,
    encoding: str | None = None,
) -> None:
    """Go through XML, calling for each beginning, end and text; names stand without prefix.

    Raises
    ------
    XmlError
        There is a document type, an entity, too much of it, or it is no XML.
    """
    declared = _declared(content)
    if encoding is None and declared and declared not in _EXPATS:
        raise XmlError(SYNTAX.at(line=1, column=1))
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    counts = [0, 0]

    def begins(name: str, attributes: dict[str, str]) -> None:
        counts[0] += 1
        counts[1] += 1
        if counts[0] > limits.XML_ELEMENTS or counts[1] > limits.XML_DEPTH:
            told = TOO_DEEP.at(count=limits.XML_ELEMENTS, depth=limits.XML_DEPTH)
            raise XmlError(told)
        start(local(name), attributes)

    def ends(name: str) -> None:
        counts[1] -= 1
        end(local(name))

    def refuse(*_: object) -> Any:
        raise XmlError(DOCTYPE.at())

    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = parser.SkippedEntityHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        if "entity" in expat.ErrorString(error.code):
            raise XmlError(DOCTYPE.at()) from None
        told = SYNTAX.at(line=error.lineno, column=error.offset + 1)
        raise XmlError(told) from None


def tree(content: bytes, *, encoding: str | None = None) -> Element:
    """Parse XML into elements whose names have no prefix; :class:`XmlError` if it is none."""
    builder = TreeBuilder()
    events(content, builder.start, builder.end, builder.data, encoding=encoding)
    return builder.close()
