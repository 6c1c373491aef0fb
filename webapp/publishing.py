"""Publishing from the command line: which files, with a bar on the way, and what is told after."""

from __future__ import annotations

import getpass
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from geo import files
from geo.errors import InputError, ProblemKind
from geo.files import confined
from geo.types import Text
from layers.catalog import Catalog
from layers.ingest import STAGES, Answers, Read, Stage, Told
from layers.plan import software
from layers.publishing import Outcome, Source, check, is_settled, own_source, publish, republish
from layers.report import Report
from layers.spec import LayerSpec
from layers.store import Store
from layers.tiling import TILE_FEATURES
from layers.versions import Version
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
    def open(cls, folder: Path, tile_features: int = TILE_FEATURES) -> Deployment:
        """Read the catalog; :class:`InputError` with every problem of it."""
        store = Store(folder, software=software(), tile_features=tile_features)
        return cls(Catalog.read(folder), store)

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
        given, own = Source(file, Answers(**answers)), own_source(self.catalog, spec)
        if given == Source(file) and file.resolve() == own.path.resolve():
            return spec, own
        return spec, given

    def reader_of(self, source: Source) -> Read:
        """What reads a file: one from outside the data folder is read in a process of its own.

        What lies in the data folder was put there by whoever runs the deployment, beside the
        catalog that is trusted too; a process for each layer would slow the first start down.
        """
        own = source.path.resolve().is_relative_to(self.catalog.folder.resolve())
        return files.read if own else confined.read

    def pending(self) -> tuple[tuple[LayerSpec, Source], ...]:
        """The layers whose own file waits to be published."""
        sources = [(spec, own_source(self.catalog, spec)) for spec in self.catalog.layers]
        return tuple(
            (spec, source) for spec, source in sources if not self._is_settled(spec, source)
        )

    def _is_settled(self, spec: LayerSpec, source: Source) -> bool:
        try:
            return is_settled(self.store, spec, source)
        except OSError:
            return False


def go_back(deployment: Deployment, layer_id: str, version: str, reason: str) -> Version | None:
    """Publish an older version of a layer again; None when it is the current one already."""
    spec, store = deployment.catalog.layer(layer_id), deployment.store
    if version == store.current(spec.id).id:
        return None
    return republish(deployment.catalog, store, spec, version, by=_user(), reason=reason)


def publish_all(
    deployment: Deployment,
    wanted: Sequence[tuple[LayerSpec, Source]],
    reason: str,
    say: Voice,
) -> Iterator[tuple[LayerSpec, Outcome]]:
    """Publish each file under a progress bar; an error of one does not hold the others."""
    by = _user()
    with Progress(say("发布图层"), len(wanted), say) as progress:
        for spec, source in wanted:
            yield (
                spec,
                publish(
                    deployment.catalog,
                    deployment.store,
                    spec,
                    source,
                    by=by,
                    reason=reason,
                    read=deployment.reader_of(source),
                    told=progress.of(spec),
                ),
            )


def memory_told() -> Text:
    """How much memory this process had at most; of one that read for it, the larger of the two."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    kilobytes = max(resource.getrusage(one).ru_maxrss for one in whose)
    megabytes = f"{kilobytes * 1024 / 1e6:,.0f}"
    return Text(zh=f"内存峰值 {megabytes} MB", en=f"Memory at most: {megabytes} MB")


def check_one(deployment: Deployment, spec: LayerSpec, source: Source, say: Voice) -> Report:
    """The report of one file, made under a progress bar; nothing is published."""
    with Progress(say.pick(_CHECKING), 1, say) as progress:
        return check(
            deployment.catalog,
            deployment.store,
            spec,
            source,
            read=deployment.reader_of(source),
            told=progress.of(spec),
        )


class Progress:
    """A bar on the terminal that moves with every stage of every file."""

    def __init__(self, label: str, files: int, say: Voice) -> None:
        self._say = say
        self._file = 0
        self._bar = click.progressbar(
            length=files * len(STAGES),
            label=label,
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
            item_show_func=lambda item: item or "",
        )

    def __enter__(self) -> Progress:
        self._bar.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._bar.update(self._bar.length - self._bar.pos if self._bar.length else 0)
        self._bar.__exit__(*error)

    def of(self, spec: LayerSpec) -> Told:
        """What is to be told of the stages of the next file."""
        first = self._file * len(STAGES)
        self._file += 1

        def told(stage: Stage) -> None:
            words = f"{self._say.pick(spec.title)} · {self._say.pick(_STAGE_NAMES[stage])}"
            self._bar.update(first + STAGES.index(stage) - self._bar.pos, words)

        return told


_CHECKING = Text(zh="检查文件", en="Checking")
_STAGE_NAMES: Mapping[Stage, Text] = MappingProxyType(
    {
        "read": Text(zh="读取", en="reading"),
        "check": Text(zh="检查", en="checking"),
        "compare": Text(zh="与其他图层比对", en="comparing with the other layers"),
        "write": Text(zh="写入版本", en="writing the version"),
        "tile": Text(zh="准备瓦片", en="preparing tiles"),
    }
)


def _user() -> str:
    """Who runs the program; a container may have nobody of that number."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
