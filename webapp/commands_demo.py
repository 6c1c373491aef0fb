"""The command ``huitu demo``: a folder with a consultation that was played from end to end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import InputError, ProblemKind
from geo.types import Text
from webapp.translating import Voice

if TYPE_CHECKING:
    from webapp.demo import Played

Command = Callable[..., click.Command]

NOT_EMPTY = ProblemKind(
    "demo-folder",
    "error",
    Text(
        zh="文件夹 {folder} 已有内容，演示没有写入", en="{folder} is not empty; nothing was written"
    ),
    Text(
        zh="用 --data 指向一个还没有的文件夹；要看已做好的演示，运行 huitu serve --data {folder}",
        en="Point --data at a folder that is not there yet; "
        "to see one that was made, run huitu serve --data {folder}",
    ),
)
NO_SAMPLE = ProblemKind(
    "demo-sample",
    "error",
    Text(zh="没有随程序安装的示例", en="There is no sample with this installation"),
    Text(zh="用 --sample 指向示例文件夹，如 data", en="Point --sample at it, such as data"),
)


def commands(say: Voice, command: Command) -> list[click.Command]:
    """The command; ``command`` makes one that knows ``--data`` and ``--lang``."""
    return [
        command(
            "demo",
            say,
            help=say("在新文件夹（--data）里演一遍公示：300 条意见，从发布到采纳情况报告。"),
            params=[
                click.Option(
                    ["--sample"],
                    type=click.Path(path_type=Path, exists=True, file_okay=False),
                    help=say("示例所在的文件夹；不写即随程序安装的示例"),
                )
            ],
            run=lambda data, sample: _run(say, data, sample),
        )
    ]


def _run(say: Voice, data: str | None, given: Path | None) -> int:
    from webapp import sample
    from webapp.settings import Settings

    source = given or sample.installed()
    if source is None:
        raise InputError(NO_SAMPLE.at())
    folder = Settings.read(data=data).data
    if folder.exists() and any(folder.iterdir()):
        raise InputError(NOT_EMPTY.at(folder=folder))
    beside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    sample.copy(source, beside)
    played = _play(say, beside)
    if folder.exists():
        folder.rmdir()
    beside.rename(folder)
    _tell(say, folder, played)
    return 0


def _play(say: Voice, folder: Path) -> Played:
    """Play it beside, so that a folder is whole or not there; never in a database of others."""
    from webapp import demo, opening
    from webapp.database import now
    from webapp.publishing import Deployment, publish_all
    from webapp.settings import Settings

    settings = Settings.read(data=folder, database_url="")
    deployment = Deployment.open(folder)
    for _ in publish_all(deployment, deployment.pending(), say("启动时发布"), say):
        pass
    opening.log_publications(settings, deployment)
    with click.progressbar(length=0, label=say("演示")) as bar:

        def told(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        played = demo.play(settings, deployment, opening.ready(settings), now(), told)
    opening.log_publications(settings, deployment)
    return played


def _tell(say: Voice, folder: Path, played: Played) -> None:
    click.echo(say("演示做好了：{folder}，意见 {count} 条", folder=folder, count=played.opinions))
    for line in (
        f"huitu serve --data {folder}",
        f"  /consultations/{played.answered}",
        f"  /consultations/{played.open}",
        f"  /receipts/{played.adopted}",
    ):
        click.echo(line)
