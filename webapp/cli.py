"""The command ``huitu``. Heavy libraries are imported by the command that needs them, not here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webapp import (
    commands_backup,
    commands_consultation,
    commands_demo,
    commands_desk,
    commands_export,
    commands_map,
    commands_report,
    commands_tiles,
    console,
)
from webapp.meanings import MEANINGS, PREFIX
from webapp.translating import LANGS, Voice

if TYPE_CHECKING:
    from layers.publishing import Outcome
    from layers.spec import LayerSpec
    from webapp.publishing import Deployment
    from webapp.settings import Settings


def main(args: Sequence[str] | None = None) -> None:
    """Run ``huitu`` and leave with its exit code: 0 done, 1 not done, 2 a wrong command."""
    words = sys.argv[1:] if args is None else list(args)
    say = Voice(console.chosen_language(words))
    sys.exit(console.run(commands(say), words, say))


def commands(say: Voice) -> click.Group:
    """Every command, its help in the language that was chosen."""
    group = click.Group(
        "huitu",
        help=say("惠图：把开发区的规划放到地图上。"),
        params=[_lang_option(say), _version_option(say), _help_option(say)],
        add_help_option=False,
        callback=_nothing,
        commands=[
            *(make(say) for make in (_serve, _publish, _layers, _check)),
            *commands_map.commands(say, _command),
            *commands_export.commands(say, _command),
            *commands_report.commands(say, _command),
            *commands_tiles.commands(say, _command),
            *commands_desk.commands(say, _command),
            *commands_backup.commands(say, _command),
            *commands_consultation.commands(say, _command),
            *commands_demo.commands(say, _command),
        ],
        no_args_is_help=True,
    )
    group.subcommand_metavar = say("命令 [参数]...")
    for command in _all(group):
        command.options_metavar = say("[选项]")
        if say.lang == "zh":
            command.context_class = console.ChineseContext
    return group


def _all(command: click.Command) -> Iterator[click.Command]:
    """A command and those below it."""
    yield command
    if isinstance(command, click.Group):
        for one in command.commands.values():
            yield from _all(one)


def _nothing(**_options: Any) -> None:
    """The group itself does nothing; ``--lang`` was read before."""


def _command(name: str, say: Voice, **words: Any) -> click.Command:
    """A command that knows ``--data`` and ``--lang`` and keeps ``--lang`` for itself."""
    run = words.pop("run")
    common = [_setting("data", say), _lang_option(say), _help_option(say)]
    params = [*words.pop("params"), *common]

    def callback(lang: str | None, **options: Any) -> Any:  # noqa: ARG001 - was read before
        return run(**options)

    return click.Command(name, callback=callback, params=params, add_help_option=False, **words)


def _serve(say: Voice) -> click.Command:
    return _command(
        "serve",
        say,
        help=say("发布尚未发布的图层，并在浏览器中提供地图。"),
        params=[
            _setting("host", say),
            _setting("port", say),
            _setting("workers", say),
            click.Option(["--open", "browse"], is_flag=True, help=say("在浏览器中打开")),
        ],
        run=lambda browse, **chosen: _run_serve(say, browse, chosen),
    )


def _publish(say: Voice) -> click.Command:
    return _command(
        "publish",
        say,
        help=say(
            "发布一个文件；不写 FILE 时，发布目录中所有尚未发布的源文件；"
            "写 --layer 和 --version 时，重新发布该图层的旧版本。"
        ),
        params=[
            _file(required=False),
            *_answers(say),
            click.Option(["--version"], metavar="ID", help=say("重新发布这个旧版本，不读文件")),
            click.Option(["--reason"], default="", help=say("为什么发布，记入版本记录")),
        ],
        run=lambda **options: _run_publish(say, **options),
    )


def _layers(say: Voice) -> click.Command:
    return _command(
        "layers",
        say,
        help=say("列出已发布的图层及其版本和数量。"),
        params=[],
        run=lambda data: _run_layers(say, data),
    )


def _check(say: Voice) -> click.Command:
    return _command(
        "check",
        say,
        help=say("检查一个文件并列出全部问题；什么也不发布。有错误时退出码为 1。"),
        params=[_file(required=True), *_answers(say)],
        run=lambda **options: _run_check(say, **options),
    )


_PATH = click.Path(path_type=Path)
#: What was kept compiled is loaded sooner.
_WORTH_TELLING_SECONDS = 2


def _file(*, required: bool) -> click.Argument:
    return click.Argument(["file"], type=_PATH, required=required)


def _answers(say: Voice) -> list[click.Parameter]:
    """What a person answers where a file does not say it itself."""
    return [
        click.Option(["--layer"], metavar="ID", help=say("文件属于哪个图层")),
        click.Option(["--crs"], metavar="EPSG:CODE", help=say("文件的坐标系，文件没有写明时用")),
        click.Option(["--encoding"], metavar="NAME", help=say("文字编码，文件没有写明时用")),
        click.Option(["--repair"], is_flag=True, help=say("修复无效的面，并报告修复前后的面积")),
    ]


def _setting(name: str, say: Voice) -> click.Option:
    """An option that is a setting too; it has the setting's own meaning."""
    meaning = f"{say.pick(MEANINGS[name])} [{PREFIX}{name.upper()}]"
    return click.Option([f"--{name}"], metavar=name.upper(), help=meaning)


def _lang_option(say: Voice) -> click.Option:
    return click.Option(
        ["--lang"], type=click.Choice(LANGS), help=f"{say.pick(MEANINGS['lang'])} [{PREFIX}LANG]"
    )


def _version_option(say: Voice) -> click.Option:
    return _telling("--version", say("显示版本"), lambda _ctx: f"huitu {metadata.version('huitu')}")


def _help_option(say: Voice) -> click.Option:
    return _telling("--help", say("显示这段说明"), click.Context.get_help)


def _telling(name: str, meaning: str, words: Callable[[click.Context], str]) -> click.Option:
    """An option that says something and leaves."""

    def tell(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
        if wanted and not ctx.resilient_parsing:
            click.echo(words(ctx))
            ctx.exit()

    return click.Option(
        [name], is_flag=True, is_eager=True, expose_value=False, callback=tell, help=meaning
    )


def _run_serve(say: Voice, browse: bool, chosen: dict[str, Any]) -> int:
    from webapp import opening, sample, serve
    from webapp.settings import Settings

    settings = Settings.read(**chosen)
    serve.refuse_taken(settings)
    if sample.ensure(settings.data):
        click.echo(say("已从示例建立数据文件夹 {folder}", folder=settings.data), err=True)
    _publish_pending(say, settings)
    opening.note_head(settings)
    address, link = serve.address(settings), opening.first_link(settings)

    def ready() -> None:
        click.echo(f"{say('惠图')} {address}")
        if link:
            told = say("还没有系统管理员。在 24 小时内打开这个链接建立，只能用一次：")
            click.echo(f"{told}\n{address}desk/welcome/{link}")
        if browse:
            click.launch(address)

    serve.run(settings, ready)
    return 0


def _publish_pending(say: Voice, settings: Settings) -> None:
    """What can be published is; what cannot is told, and the version before it is served."""
    from webapp.opening import log_publications
    from webapp.publishing import Deployment, publish_all

    deployment = Deployment.open(settings.data, settings.tile_features)
    pending = deployment.pending()
    if pending:
        outcomes = publish_all(deployment, pending, say("启动时发布"), say)
        _tell(outcomes, say, err=True)
    log_publications(settings, deployment)
    _ready_tiles(say, deployment)


def _ready_tiles(say: Voice, deployment: Deployment) -> None:
    from webapp.opening import ready_tiles

    seconds = ready_tiles(deployment)
    if seconds >= _WORTH_TELLING_SECONDS:
        told = say("瓦片程序已编译，用时 {seconds} 秒，以后不再编译。", seconds=round(seconds))
        click.echo(told, err=True)


def _run_publish(
    say: Voice, file: Path | None, layer: str | None, reason: str, **options: Any
) -> int:
    from webapp.opening import log_publications
    from webapp.publishing import Deployment, memory_told, publish_all
    from webapp.settings import Settings

    settings, version = Settings.read(data=options.pop("data")), options.pop("version")
    deployment = Deployment.open(settings.data, settings.tile_features)
    if version is not None:
        _refuse_mixed(say, file, layer, options)
        _go_back(deployment, str(layer), version, reason, say)
        log_publications(settings, deployment)
        return 0
    wanted = deployment.pending()
    if file is not None:
        wanted = (deployment.named(file, layer, **options),)
    if not wanted:
        click.echo(say("所有图层都是最新版本。"))
        return 0
    outcomes = publish_all(deployment, wanted, reason or say("命令行发布"), say)
    failures = _tell(outcomes, say, err=False)
    click.echo(say.pick(memory_told()), err=True)
    log_publications(settings, deployment)
    return console.FAILED if failures else 0


def _refuse_mixed(
    say: Voice, file: Path | None, layer: str | None, options: dict[str, Any]
) -> None:
    """An older version is whole: it takes no file and no answers."""
    if layer is None or file is not None or any(options.values()):
        raise click.UsageError(say("--version 只与 --layer 和 --reason 一起使用"))


def _go_back(deployment: Deployment, layer: str, version: str, reason: str, say: Voice) -> None:
    from webapp.publishing import go_back

    found = go_back(deployment, layer, version, reason or say("退回旧版本"))
    if found is None:
        click.echo(say("{version} 已是当前版本。", version=version))
        return
    title = say.pick(deployment.catalog.layer(layer).title)
    click.echo(
        say(
            "{layer}：已重新发布版本 {version}，{features} 个要素，其中未定位 {unlocated}",
            layer=title,
            version=found.id,
            features=found.features,
            unlocated=found.unlocated,
        )
    )


def _tell(outcomes: Iterable[tuple[LayerSpec, Outcome]], say: Voice, *, err: bool) -> int:
    """Tell what became of each file, every problem in full; give the number of failures."""
    failures = 0
    for spec, outcome in list(outcomes):
        if outcome.version is None:
            failures += 1
            click.echo("\n".join(outcome.report.lines(say.lang)), err=True)
            continue
        told = say(
            "{layer}：版本 {version}，{features} 个要素，其中未定位 {unlocated}",
            layer=say.pick(spec.title),
            version=outcome.version.id,
            features=outcome.version.features,
            unlocated=outcome.version.unlocated,
        )
        click.echo("\n".join([*_remarks(outcome, say), told]), err=err)
    return failures


def _remarks(outcome: Outcome, say: Voice) -> list[str]:
    """The lines of a report before its closing line; none when nothing was found."""
    return list(outcome.report.lines(say.lang))[:-1]


def _run_check(say: Voice, file: Path, layer: str | None, **options: Any) -> int:
    from webapp.publishing import check_one

    deployment = _deployment(options.pop("data"))
    spec, source = deployment.named(file, layer, **options)
    report = check_one(deployment, spec, source, say)
    click.echo("\n".join(report.lines(say.lang)))
    return 0 if report.ok else console.FAILED


def _run_layers(say: Voice, data: str | None) -> int:
    from layers.plan import Plan
    from webapp.settings import Settings

    plan = Plan.open(Settings.read(data=data).data)
    for summary in plan.summaries():
        told = say(
            "{features} 个要素，未定位 {unlocated}，未分类 {unclassified}",
            features=summary.features,
            unlocated=summary.unlocated,
            unclassified=len(summary.unclassified),
        )
        spec = summary.spec
        click.echo(f"{spec.id}\t{say.pick(spec.title)}\t{summary.version.id}\t{told}")
    missing = [spec.id for spec in plan.catalog.layers if spec not in plan.layers]
    if missing:
        click.echo(say("尚未发布：{layers}", layers=", ".join(missing)), err=True)
    return 0


def _deployment(data: str | None) -> Deployment:
    from webapp.publishing import Deployment
    from webapp.settings import Settings

    return Deployment.open(Settings.read(data=data).data)
