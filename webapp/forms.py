"""What a form of the desk has sent, read into plain values; what is wrong is told at its field."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from werkzeug.datastructures import MultiDict

from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text, listing

REQUIRED = ProblemKind(
    "form-required",
    "error",
    Text(zh="“{title}”没有填写", en="“{title}” is empty"),
    Text(zh="请填写", en="Fill it in"),
)
TOO_LONG = ProblemKind(
    "form-too-long",
    "error",
    Text(
        zh="“{title}”有 {count} 个字符，最多 {most} 个",
        en="“{title}” has {count} characters; {most} are allowed",
    ),
    Text(zh="改短一些", en="Make it shorter"),
)
NOT_OFFERED = ProblemKind(
    "form-choice",
    "error",
    Text(zh="“{title}”里没有“{value}”", en="“{title}” does not offer “{value}”"),
    Text(zh="可选：{allowed}", en="Choose one of {allowed}"),
)
#: Kept: new lines and tabs of longer texts. NUL cannot be stored, others cannot be seen.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Form:
    """Reads fields and collects what is wrong; :meth:`value` gives them back as they were sent."""

    def __init__(self, sent: MultiDict[str, str]) -> None:
        self._sent = sent
        self.problems: list[Problem] = []

    def text(self, name: str, title: Text, *, most: int, required: bool = True) -> str:
        """Words without blanks at their ends."""
        value = _CONTROLS.sub("", self._sent.get(name, "")).strip()
        if required and not value:
            self.problems.append(REQUIRED.at(field=name, title=title))
        if len(value) > most:
            self.problems.append(TOO_LONG.at(field=name, title=title, count=len(value), most=most))
        return value

    def secret(self, name: str) -> str:
        """A password, just as it was typed."""
        return self._sent.get(name, "")

    def choice(self, name: str, title: Text, allowed: Collection[str]) -> str:
        """One of the words that the form offers."""
        value = self._sent.get(name, "")
        if value not in allowed:
            self.problems.append(
                NOT_OFFERED.at(field=name, title=title, value=value, allowed=listing(allowed))
            )
        return value

    def is_on(self, name: str) -> bool:
        """Whether a box is ticked."""
        return name in self._sent

    def add(self, problems: Iterable[Problem]) -> None:
        """Take over what a rule found."""
        self.problems.extend(problems)

    def refuse(self) -> None:
        """Raise :class:`InputError` with everything that is wrong."""
        if self.problems:
            raise InputError(self.problems)

    def wrong(self, name: str) -> Sequence[Problem]:
        """What is wrong at a field."""
        return [problem for problem in self.problems if problem.field == name]

    def elsewhere(self, *names: str) -> Sequence[Problem]:
        """What is wrong at none of these fields."""
        return [problem for problem in self.problems if problem.field not in names]

    def value(self, name: str) -> str:
        """What was sent, to show it again."""
        return self._sent.get(name, "")
