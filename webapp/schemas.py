"""The shapes of what the addresses for programs answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_args

from geo.types import Text
from layers.statistics import INDICATORS, MARKS
from webapp.jobs import record
from webapp.parameters import PARAMETERS, Schema, one_of_these


def schemas(lang: str) -> dict[str, Schema]:
    """Every shape by its name."""
    text = {"type": "object", "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}}
    strings = {"type": "array", "items": {"type": "string"}}
    versions = {"type": "object", "additionalProperties": {"type": "string"}}
    figures = {
        one.id: {
            "type": "integer" if one.id in _COUNTS else ["number", "null"],
            "description": f"{one.title.in_(lang)}: {one.description.in_(lang)}",
        }
        for one in INDICATORS.values()
    }
    row = {
        "row": {"type": "string", "description": PARAMETERS["row"].description.in_(lang)},
        "key": {"type": "array", "items": {"type": "object"}},
        "ids": strings,
        "measured_ids": strings,
        **figures,
        "marks": {"type": "array", "items": one_of_these(MARKS)},
        "versions": versions,
    }
    rows = {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}
    table = {
        "question": {"type": "object"},
        "rows": rows,
        "total": {"$ref": "#/components/schemas/Row"},
        "marks": {"type": "array", "items": {"type": "object"}},
        "versions": versions,
        "state": {"type": "string"},
    }
    return {
        "Text": text,
        "Row": {"type": "object", "required": list(row), "properties": row},
        "Table": {"type": "object", "required": list(table), "properties": table},
        "Job": _job(lang),
        "Error": _ERROR,
    }


_COUNTS = frozenset({"count", "unlocated", "schematic"})
_PROBLEM: Schema = {
    "type": "object",
    "required": ["code", "severity", "field", "message", "hint"],
    "properties": {
        name: {"type": ["string", "null"]}
        for name in ("code", "severity", "field", "message", "hint")
    },
}
_ERROR: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "hint", "problems"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "hint": {"type": "string"},
                "problems": {"type": "array", "items": _PROBLEM},
            },
        }
    },
}


_OF_JOB: Mapping[str, tuple[Schema, Text]] = MappingProxyType(
    {
        "id": (
            {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            Text("不可猜测的编号", "What nobody can guess"),
        ),
        "href": ({"type": "string"}, Text("任务的地址", "Address of the job")),
        "file": (
            {"type": "string"},
            Text("要做的文件；.answer 是统计结果", "What is made; .answer is no file"),
        ),
        "state": (one_of_these(get_args(record.State)), Text("状态", "State")),
        "ahead": ({"type": "integer"}, Text("前面还有几个任务", "Jobs before it in the line")),
        "stage": (
            {"type": ["string", "null"], "enum": [*get_args(record.Stage), None]},
            Text("进行到哪一步；不在进行时为 null", "What it is at; null unless it runs"),
        ),
        "percent": (
            {"type": "integer", "minimum": 0, "maximum": 100},
            Text("完成的百分比", "How much is done, in per cent"),
        ),
        "written_bytes": (
            {"type": ["integer", "null"]},
            Text("已写出的字节；不在进行时为 null", "Bytes that are written; null unless it runs"),
        ),
        "result": (
            {"type": ["object", "null"], "properties": {"href": {"type": "string"}}},
            Text("做成的东西在哪里，保留到何时", "Where the result is, and how long it is kept"),
        ),
        "problem": (
            {"type": ["object", "null"], "properties": {"message": {"type": "string"}}},
            Text("没有做成的原因", "Why it was not done"),
        ),
    }
)


def _job(lang: str) -> Schema:
    properties = {
        name: {**schema, "description": words.in_(lang)}
        for name, (schema, words) in _OF_JOB.items()
    }
    return {"type": "object", "required": list(properties), "properties": properties}


@dataclass(frozen=True)
class Response:
    """One way in which an address answers: in words, with a shape, with headers."""

    words: Text
    shape: str = "Error"
    headers: tuple[str, ...] = ()

    def to_dict(self, lang: str) -> dict[str, Any]:
        """The response as OpenAPI has it."""
        schema = {"$ref": f"#/components/schemas/{self.shape}"}
        headers = {name: {"schema": {"type": "string"}} for name in self.headers}
        return {
            "description": self.words.in_(lang),
            **({"content": {"application/json": {"schema": schema}}} if self.shape else {}),
            **({"headers": headers} if headers else {}),
        }


#: Every answer beside 200.
RESPONSES: Mapping[str, Response] = MappingProxyType(
    {
        "202": Response(
            Text(
                "要素较多，由任务统计；完成后同样的请求给出结果",
                "Many features: a job finds the answer, and the same request gives it when done",
            ),
            "Job",
            ("Location", "Retry-After"),
        ),
        "303": Response(Text("见 Location 所指的任务", "See the job"), "", ("Location",)),
        "400": Response(
            Text("参数有错，一次说全", "Parameters cannot be read: all problems at once")
        ),
        "403": Response(Text("表单来自别的网站", "The form was sent from a page of another site")),
        "404": Response(Text("没有这样的东西", "There is no such thing")),
        "409": Response(
            Text(
                "要作为任务来做，或任务没有完成：用 POST 发到 /jobs",
                "To be made as a job, or its job was not done: POST it to /jobs",
            )
        ),
        "416": Response(Text("文件没有所要的这一段", "The file has no such part")),
        "429": Response(Text("等待的任务太多", "Too many jobs wait")),
        "503": Response(
            Text("正有人下载大文件", "Others are downloading large files"),
            headers=("Retry-After",),
        ),
    }
)


def responses(lang: str) -> dict[str, Any]:
    """Every answer beside 200 by its status."""
    return {status: response.to_dict(lang) for status, response in RESPONSES.items()}
