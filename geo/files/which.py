"""Which layer of a file of several is meant: a person's word, else the only one, else asked."""

from __future__ import annotations

from collections.abc import Sequence

from geo.errors import Problem, ProblemKind
from geo.files.reading import Asked, Layer
from geo.types import Text, listing

NO_LAYER = ProblemKind(
    "layers-none",
    "error",
    Text(zh="文件中没有可读的图层", en="The file holds no layer that can be read"),
    Text(zh="重新导出所需的图层", en="Export the layer again"),
)
ASK_LAYER = ProblemKind(
    "layers-several",
    "error",
    Text(
        zh="文件中有 {count} 个图层：{names}",
        en="The file holds {count} layers: {names}",
    ),
    Text(
        zh="指明要读哪一个，或把它单独导出",
        en="Say which one to read, or export that one alone",
    ),
)
NOT_THAT_LAYER = ProblemKind(
    "layer-missing",
    "error",
    Text(
        zh="文件中没有名为“{name}”的图层，现有：{names}",
        en="The file has no layer “{name}”; it has {names}",
    ),
    Text(zh="核对图层名", en="Check the name"),
)
KINDS = (NO_LAYER, ASK_LAYER, NOT_THAT_LAYER)


def layer(layers: Sequence[Layer], asked: Asked) -> Layer | Problem:
    """Choose the layer that is read; in a mere look the one with most rows."""
    names = listing(one.name for one in layers)
    if not layers:
        return NO_LAYER.at()
    if asked.layer is not None:
        named = next((one for one in layers if one.name == asked.layer), None)
        return named or NOT_THAT_LAYER.at(name=asked.layer, names=names)
    if len(layers) > 1 and not asked.looking:
        return ASK_LAYER.at(count=len(layers), names=names)
    return max(layers, key=lambda one: one.rows or 0)
