"""Publishing from the command line: which files, with a bar on the way, and what is told after."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from geo.errors import InputError, ProblemKind
from geo.types import Text
from layers.catalog import Catalog
from layers.plan import software
from layers.publishing import Outcome, Source, is_current, own_source, publish
from layers.spec import LayerSpec
from layers.store import Store
from webapp.translating import Voice

WHICH_LAYER = ProblemKind(
    "layer-unsaid",
    "error",
    Text(
        zh="不知道 {file} 属于哪个图层", en="It is not clear which layer the file {file} belongs to"
    ),
    Text(zh="用 --layer 指定：{known}", en="Say so with --layer: {known}"),
)


@dataclass(frozen=True)
class Deployment:
    """A data folder's catalog and store, without the plan that is made of them."""

    catalog: Catalog
    store: Store

    @classmethod
    def open(cls, folder: Path) -> Deployment:
        """Read the catalog; :class:`InputError` with every problem of it."""
        return cls(Catalog.read(folder), Store(folder, software=software()))

    def layer_of(self, file: Path, layer_id: str | None) -> LayerSpec:
        """The layer that was named, or whose own file or id the file's name is.

        Raises
        ------
        InputError
            When the name tells nothing.
        NotFound
            When there is no layer of the name that was given.
        """
        if layer_id is not None:
            return self.catalog.layer(layer_id)
        for spec in self.catalog.layers:
            if file.name == spec.file or file.stem == spec.id:
                return spec
        known = ", ".join(spec.id for spec in self.catalog.layers)
        raise InputError(WHICH_LAYER.at(file=file.name, known=Text(zh=known, en=known)))

    def named(self, file: Path, layer_id: str | None, **answers: Any) -> tuple[LayerSpec, Source]:
        """A file that a person named, with the answers that were given.

        For the layer's own file without any answer, those of the catalog hold.
        """
        spec = self.layer_of(file, layer_id)
        given, own = Source(file, **answers), own_source(self.catalog, spec)
        if given == Source(file) and file.resolve() == own.path.resolve():
            return spec, own
        return spec, given

    def pending(self) -> tuple[tuple[LayerSpec, Source], ...]:
        """The layers whose own file is not what is published."""
        sources = [(spec, own_source(self.catalog, spec)) for spec in self.catalog.layers]
        return tuple(
            (spec, source) for spec, source in sources if not self._is_current(spec, source)
        )

    def _is_current(self, spec: LayerSpec, source: Source) -> bool:
        try:
            return is_current(self.store, spec, source)
        except OSError:
            return False


def publish_all(
    deployment: Deployment,
    wanted: Sequence[tuple[LayerSpec, Source]],
    reason: str,
    say: Voice,
) -> Iterator[tuple[LayerSpec, Outcome]]:
    """Publish each file under a progress bar; an error of one does not hold the others."""
    by = _user()
    with click.progressbar(
        wanted,
        label=say("发布图层"),
        file=sys.stderr,
        item_show_func=lambda item: item[0].id if item else "",
    ) as bar:
        for spec, source in bar:
            outcome = publish(
                deployment.catalog, deployment.store, spec, source, by=by, reason=reason
            )
            yield spec, outcome


def _user() -> str:
    """Who runs the program; a container may have nobody of that number."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
