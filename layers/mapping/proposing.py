"""Which field of a file is likely which of a layer: by names, titles, sound and common words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from geo.types import Text
from layers.mapping.model import FieldMapping
from layers.mapping.words import SYNONYMS, plain, sounds
from layers.spec import FieldSpec, LayerSpec


class SourceField(Protocol):
    """A field of a file as the first look tells it."""

    @property
    def name(self) -> str:
        """Its name in the file."""


REMEMBERED = Text(zh="同一来源上次如此", en="As last time for this source")
SAME_NAME = Text(zh="名称相同", en="The names are the same")
SAME_TITLE = Text(zh="与字段标题相同", en="It is the title of the field")
COMMON_WORD = Text(zh="常用的同义词", en="A common word for it")
SAME_SOUND = Text(zh="与字段标题同音（拼音）", en="It is the title in pinyin")
CUT_NAME = Text(zh="像是被截短的名称", en="It looks like the name cut short")

#: A Shapefile cuts names to this many bytes; shorter beginnings say too little.
_CUT = 10
_SHORTEST_SOUND = 2


def propose(
    fields: Iterable[SourceField | str], spec: LayerSpec, remembered: FieldMapping | None = None
) -> FieldMapping:
    """Propose a mapping of a file's fields to a layer's.

    What was remembered wins, as far as the file still has the fields. Then, from sure to vague:
    equal names, titles in either language, common words, pinyin, names cut short. Each source
    field is proposed once; of two that fit equally well neither is, and nothing vaguer either.

    Parameters
    ----------
    fields
        The file's fields, or their names.
    spec
        The layer's entry.
    remembered
        The mapping of an earlier file of the same source.

    Returns
    -------
    FieldMapping
        ``because`` says why for each field. Ids are made where no field gives them.
    """
    names = [one if isinstance(one, str) else one.name for one in fields]
    chosen = _from_memory(names, spec, remembered)
    because = dict.fromkeys(chosen, REMEMBERED)
    asked = {name: field for name, field in spec.fields.items() if name not in chosen}
    for reason, fits in _RULES:
        pairs = _pairs(names, asked, chosen, fits)
        found = _unambiguous(pairs)
        chosen |= found
        because |= dict.fromkeys(found, reason)
        fitting = {name for name, _ in pairs}
        asked = {name: field for name, field in asked.items() if name not in fitting}
    return FieldMapping(
        fields={name: chosen[name] for name in spec.fields if name in chosen},
        constants=_known_fields(remembered.constants, spec) if remembered else {},
        values=_known_fields(remembered.values, spec) if remembered else {},
        make_ids="id" not in chosen,
        because=because,
    )


def _from_memory(
    names: Sequence[str], spec: LayerSpec, remembered: FieldMapping | None
) -> dict[str, str]:
    if remembered is None:
        return {}
    known = _known_fields(remembered.fields, spec)
    return {name: source for name, source in known.items() if source in names}


def _known_fields(table: Mapping[str, Any], spec: LayerSpec) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name in spec.fields}


Fits = Callable[[str, str, FieldSpec], bool]


def _pairs(
    names: Sequence[str], asked: Mapping[str, FieldSpec], chosen: Mapping[str, str], fits: Fits
) -> list[tuple[str, str]]:
    """Each field of the layer with each free field of the file that fits it."""
    free = [name for name in names if name not in chosen.values()]
    return [
        (name, source)
        for name, field in asked.items()
        for source in free
        if plain(source) and fits(source, name, field)
    ]


def _unambiguous(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The pairs of which neither side fits another one as well."""
    targets, sources = Counter(one for one, _ in pairs), Counter(two for _, two in pairs)
    return {one: two for one, two in pairs if targets[one] == 1 and sources[two] == 1}


def _same_name(source: str, name: str, _field: FieldSpec) -> bool:
    return plain(source) == plain(name)


def _exact_name(source: str, name: str, _field: FieldSpec) -> bool:
    return source == name


def _same_title(source: str, _name: str, field: FieldSpec) -> bool:
    return plain(source) in set(_titles(field))


def _common_word(source: str, name: str, _field: FieldSpec) -> bool:
    return plain(source) in {plain(word) for word in SYNONYMS.get(name, ())}


def _same_sound(source: str, name: str, field: FieldSpec) -> bool:
    words = (field.title.zh, *SYNONYMS.get(name, ()))
    heard = plain(source)
    return len(heard) >= _SHORTEST_SOUND and any(heard in sounds(word) for word in words)


def _cut_short(source: str, name: str, field: FieldSpec) -> bool:
    written = plain(source)
    if len(source.encode()) < _CUT - 1:
        return False
    return any(full.startswith(written) for full in (plain(name), *_titles(field)))


def _titles(field: FieldSpec) -> Iterator[str]:
    yield plain(field.title.zh)
    yield plain(field.title.en)


_RULES: tuple[tuple[Text, Fits], ...] = (
    (SAME_NAME, _exact_name),
    (SAME_NAME, _same_name),
    (SAME_TITLE, _same_title),
    (COMMON_WORD, _common_word),
    (SAME_SOUND, _same_sound),
    (CUT_NAME, _cut_short),
)
