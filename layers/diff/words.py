"""A change as one sentence in both languages, for lists, messages and print."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from geo.types import Text
from layers import units
from layers.diff.model import Change, FieldChange, ShapeChange, Side
from layers.diff.shapes import MINOR

_DIRECTIONS = tuple(
    Text(zh=zh, en=en)
    for zh, en in (
        ("北", "north"),
        ("东北", "north-east"),
        ("东", "east"),
        ("东南", "south-east"),
        ("南", "south"),
        ("西南", "south-west"),
        ("西", "west"),
        ("西北", "north-west"),
    )
)
_AROUND = Text(zh="四周", en="all around")
_TOLD_FIELDS = 4


def direction(bearing_deg: float) -> Text:
    """One of eight directions."""
    return _DIRECTIONS[round(bearing_deg / 45) % 8]


def sentence(change: Change) -> Text:
    """Name the feature and say what became of it: ``桑园：面积 18.2 → 20.1 公顷（+10.4 %）…``."""
    name, said = change.side.name, [*_parts(change)]
    if change.schematic:
        said.append(Text(zh="示意图形", en="schematic shape"))
    return Text(
        zh=f"{name.zh}：{'；'.join(one.zh for one in said)}",
        en=f"{name.en}: {'; '.join(one.en for one in said)}",
    )


def _parts(change: Change) -> Iterator[Text]:
    if change.before is None or change.after is None:
        yield _alone(change)
        return
    if change.shape is not None:
        yield _SAID[change.shape.kind](change.shape, change.before, change.after)
    yield from _fields(change)
    if change.likeness is not None:
        percent = round(100 * change.likeness)
        yield Text(zh=f"按图形配对，相似 {percent} %", en=f"paired by shape, {percent} % alike")


def _alone(change: Change) -> Text:
    verb = Text(zh="新增", en="added") if change.before is None else Text(zh="删除", en="removed")
    figure = size(change.side)
    if figure is None:
        return verb if change.side.dimension is not None else _unlocated(verb)
    return Text(zh=f"{verb.zh}，{figure.zh}", en=f"{verb.en}, {figure.en}")


def _unlocated(verb: Text) -> Text:
    return Text(zh=f"{verb.zh}，未定位", en=f"{verb.en}, not located")


def size(side: Side) -> Text | None:
    """The area or length of a side; None for points and what has no such figure."""
    if side.area_m2 is not None:
        figure = units.land(side.area_m2)[0]
        return Text(zh=f"面积 {figure.zh}", en=f"area {figure.en}")
    if side.length_m is not None:
        figure = units.length(side.length_m)[0]
        return Text(zh=f"长度 {figure.zh}", en=f"length {figure.en}")
    return None


def _fields(change: Change) -> Iterator[Text]:
    """The first few fields with both values, and how many more there are."""
    for one in change.fields[:_TOLD_FIELDS]:
        yield field(one)
    more = len(change.fields) - _TOLD_FIELDS
    if more > 0:
        yield Text(zh=f"另有 {more} 项属性", en=f"{more} more attributes")


def field(one: FieldChange) -> Text:
    """A field with its old and new value."""
    return Text(
        zh=f"{one.title.zh} {one.before_shown.zh} → {one.after_shown.zh}",
        en=f"{one.title.en} {one.before_shown.en} → {one.after_shown.en}",
    )


def _reshaped(shape: ShapeChange, before: Side, after: Side) -> Text:
    figures = _figures(before, after)
    if figures is None:
        return Text(zh="图形改变", en="reshaped")
    where = _where_area(shape) if shape.gained_m2 is not None else _where_line(shape)
    if where is None:
        return figures
    return Text(zh=f"{figures.zh}，{where.zh}", en=f"{figures.en}, {where.en}")


def _figures(before: Side, after: Side) -> Text | None:
    """``面积 12.30 → 13.05 公顷（+6.1 %）``."""
    if before.area_m2 is not None and after.area_m2 is not None:
        change = units.land_change(before.area_m2, after.area_m2)
        return Text(zh=f"面积 {change.zh}", en=f"area {change.en}")
    if before.length_m is not None and after.length_m is not None:
        change = units.length_change(before.length_m, after.length_m)
        return Text(zh=f"长度 {change.zh}", en=f"length {change.en}")
    return None


def _where_area(shape: ShapeChange) -> Text | None:
    """Where it grew and shrank; the lesser of both is left out when it is small."""
    gained, lost = shape.gained_m2 or 0, shape.lost_m2 or 0
    grown = _grown(shape.gained_to) if gained > MINOR * lost else None
    shrunk = _shrunk(shape.lost_from) if lost > MINOR * gained else None
    return _together(grown, shrunk)


def _grown(bearing_deg: float | None) -> Text:
    if bearing_deg is None:
        return Text(zh="向四周扩展", en="extended all around")
    to = direction(bearing_deg)
    return Text(zh=f"向{to.zh}扩展", en=f"extended to the {to.en}")


def _shrunk(bearing_deg: float | None) -> Text:
    if bearing_deg is None:
        return Text(zh="四周缩减", en="cut back all around")
    at = direction(bearing_deg)
    return Text(zh=f"{at.zh}侧缩减", en=f"cut back in the {at.en}")


def _where_line(shape: ShapeChange) -> Text | None:
    gained, lost = shape.gained_m or 0, shape.lost_m or 0
    if min(gained, lost) > MINOR * max(gained, lost):
        offset = units.length(shape.offset_m or 0)[0]
        return Text(
            zh=f"改线，最大偏移 {offset.zh}", en=f"on another course, off by up to {offset.en}"
        )
    if gained > lost:
        to = _AROUND if shape.gained_to is None else direction(shape.gained_to)
        if to is _AROUND:
            return Text(zh="两端延伸", en="extended at both ends")
        return Text(zh=f"向{to.zh}延伸", en=f"extended to the {to.en}")
    if lost > gained:
        if shape.lost_from is None:
            return Text(zh="缩短", en="shortened")
        at = direction(shape.lost_from)
        return Text(zh=f"{at.zh}端缩短", en=f"shortened in the {at.en}")
    return None


def _together(*said: Text | None) -> Text | None:
    known = [one for one in said if one is not None]
    if not known:
        return None
    return Text(zh="、".join(one.zh for one in known), en=" and ".join(one.en for one in known))


def _moved(shape: ShapeChange, _before: Side, _after: Side) -> Text:
    """``向东北移动 35 m（方位 47°）``."""
    to, far = direction(shape.bearing_deg or 0), units.length(shape.distance_m or 0)[0]
    degrees = round(shape.bearing_deg or 0) % 360
    return Text(
        zh=f"向{to.zh}移动 {far.zh}（方位角 {degrees}°）",
        en=f"moved {far.en} to the {to.en} (bearing {degrees}°)",
    )


def _located(_shape: ShapeChange, _before: Side, after: Side) -> Text:
    figure = size(after)
    return _together_with(Text(zh="由未定位变为有图形", en="located now"), figure)


def _lost(_shape: ShapeChange, before: Side, _after: Side) -> Text:
    return _together_with(Text(zh="图形已撤去，未定位", en="no longer located"), size(before))


def _together_with(said: Text, figure: Text | None) -> Text:
    if figure is None:
        return said
    return Text(zh=f"{said.zh}，{figure.zh}", en=f"{said.en}, {figure.en}")


def _anew(_shape: ShapeChange, _before: Side, _after: Side) -> Text:
    return Text(zh="重新描绘，无实质变化", en="drawn anew, no real change")


_SAID: Mapping[str, Callable[[ShapeChange, Side, Side], Text]] = MappingProxyType(
    {
        "reshaped": _reshaped,
        "moved": _moved,
        "located": _located,
        "unlocated": _lost,
        "redigitised": _anew,
    }
)
