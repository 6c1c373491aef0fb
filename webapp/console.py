"""The command line in two languages: help, usage errors and the domain's errors in plain words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import click

from geo.errors import HuituError
from geo.types import listing
from webapp.translating import LANGS, Voice

FAILED, USAGE, INTERRUPTED = 1, 2, 130

#: Click's own headings; everything else in the help is ours.
_HEADINGS: Mapping[str, str] = MappingProxyType(
    {"Options": "选项", "Commands": "命令", "Usage: ": "用法：", "Arguments": "参数"}
)


class _Formatter(click.HelpFormatter):
    """Help with Chinese headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or _HEADINGS["Usage: "])

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))


class ChineseContext(click.Context):
    """A context whose help is Chinese."""

    formatter_class = _Formatter


def chosen_language(args: Sequence[str], environ: Mapping[str, str] = os.environ) -> str:
    """The language of ``--lang`` wherever it stands, else of ``HUITU_LANG``, else Chinese."""
    asked = [*_options(args, "--lang"), environ.get("HUITU_LANG", "")]
    return next((lang for lang in asked if lang in LANGS), LANGS[0])


def _options(args: Sequence[str], name: str) -> Iterator[str]:
    for place, word in enumerate(args):
        if word == name and place + 1 < len(args):
            yield args[place + 1]
        elif word.startswith(f"{name}="):
            yield word.partition("=")[2]


def run(command: click.Command, args: Sequence[str], say: Voice) -> int:
    """Run a command and give its exit code; whatever it raises becomes a sentence on stderr."""
    try:
        result: Any = command.main(list(args), prog_name="huitu", standalone_mode=False)
    except click.Abort:
        return INTERRUPTED
    except click.UsageError as error:
        return _complain(_usage(error, say), USAGE)
    except click.ClickException as error:
        return _complain(error.format_message(), error.exit_code)
    except HuituError as error:
        return _complain(_problems(error, say.lang), FAILED)
    except OSError as error:
        return _complain(_system(error, say), FAILED)
    return result if isinstance(result, int) else 0


def _complain(sentence: str, code: int) -> int:
    click.echo(sentence, err=True)
    return code


def _problems(error: HuituError, lang: str) -> str:
    stop = "。" if lang == "zh" else ". "
    return "\n".join(
        f"{problem.message(lang)}{stop}{problem.hint(lang)}" for problem in error.problems
    )


def _system(error: OSError, say: Voice) -> str:
    """What the operating system refused: a full disk, a folder that may not be written."""
    place = f" ({error.filename})" if error.filename else ""
    return say("操作系统没有允许：{what}", what=f"{error.strerror or error}{place}")


def _usage(error: click.UsageError, say: Voice) -> str:
    """Click's sentence in the language that was chosen, and where to read more."""
    path = error.ctx.command_path if error.ctx else "huitu"
    return f"{_wrong(error, say)}\n" + say("用法见 {command} --help", command=path)


def _wrong(error: click.UsageError, say: Voice) -> str:
    if isinstance(error, click.NoSuchOption):
        return say("没有选项 {name}", name=error.option_name)
    if isinstance(error, click.MissingParameter):
        return say("缺少 {name}", name=_name(error))
    if isinstance(error, click.BadParameter):
        return say("{name} 的值不对：{what}", name=_name(error), what=error.message)
    if isinstance(error, click.exceptions.NoSuchCommand):
        return _no_command(error, say)
    extra = _EXTRA.fullmatch(error.message)
    if extra:
        return say("多出的内容：{words}", words=extra["words"])
    return say("命令不对：{what}", what=error.format_message())


#: Click has no class of its own for words that nothing takes.
_EXTRA = re.compile(r"Got unexpected extra arguments? \((?P<words>.*)\)", re.DOTALL)


def _no_command(error: click.exceptions.NoSuchCommand, say: Voice) -> str:
    """What was asked for, and the commands that are written nearly so."""
    told = say("没有命令 {name}", name=error.command_name)
    close = listing(error.possibilities or ()).in_(say.lang)
    meant = say("是不是 {names}", names=close)
    return f"{told}\n{meant}" if error.possibilities else told


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    return error.param.get_error_hint(error.ctx or click.Context(click.Command("huitu")))
