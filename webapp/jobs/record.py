"""A job as it lies on disk: a folder with its record, its progress and, in the end, its file."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from layers.plan import software

State = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
Stage = Literal["open", "compose", "write"]

#: States in which nothing more will happen.
ENDED: frozenset[State] = frozenset({"done", "failed", "cancelled", "interrupted"})
#: The share of a job that is behind when a stage begins, in percent.
BEGINS: Mapping[Stage, int] = {"open": 0, "compose": 8, "write": 70}
_ENDS: Mapping[Stage, int] = {"open": 8, "compose": 70, "write": 100}

#: Format of what is no file: an answer, shown at the address of its question.
ANSWER = "answer"

ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
RECORD, PROGRESS, LOCK, RESULT = "job.json", "progress.json", "lock", "result"


@dataclass(frozen=True)
class Wish:
    """What is to be made.

    Attributes
    ----------
    what, format_id, lang
        As in the address of an export: ``report``, ``pdf``, ``zh``; or the name of a finding,
        :data:`ANSWER` and no language.
    state
        The state of the plan that the question was asked of.
    question
        The question as parameters, to ask it again.
    pinned
        The same on the versions of that plan.
    """

    what: str
    format_id: str
    lang: str
    state: str
    question: Mapping[str, str]
    pinned: Mapping[str, str]

    @property
    def file(self) -> str:
        """What is wanted, in one word: ``report.pdf``."""
        return f"{self.what}.{self.format_id}"

    @property
    def answers(self) -> bool:
        """Whether an answer is wanted and no file."""
        return self.format_id == ANSWER

    @property
    def key(self) -> str:
        """One and the same for what would give the same result."""
        written = orjson.dumps(
            [software(), self.state, self.file, self.lang, dict(self.pinned)],
            option=orjson.OPT_SORT_KEYS,
        )
        return hashlib.sha256(written).hexdigest()


@dataclass(frozen=True)
class Job:
    """What is known of a job.

    Attributes
    ----------
    id
        Unguessable, 128 bits: whoever knows it may see and cancel the job.
    number
        Its place in the order of asking.
    wish, key
        What is to be made, and the key of that.
    asker
        Who asked, as a hash; empty once the job has ended.
    asked_at, ended_at
        Moments, UTC.
    pid
        The process that makes it, 0 when there is none.
    name, media_type, size_bytes
        Of the file that was made.
    problem
        What was wrong, by language: ``{"zh": {"message", "hint"}, "en": …}``.
    """

    id: str
    number: int
    wish: Wish
    key: str
    asker: str
    asked_at: datetime
    state: State = "waiting"
    pid: int = 0
    ended_at: datetime | None = None
    name: str = ""
    media_type: str = ""
    size_bytes: int = 0
    problem: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED

    @property
    def made(self) -> bool:
        """Whether it has made what was wanted."""
        return self.state == "done"

    def end(self, state: State, **known: Any) -> Job:
        """The same job at its end."""
        now = datetime.now(UTC)
        return dataclasses.replace(self, state=state, asker="", pid=0, ended_at=now, **known)


@dataclass(frozen=True)
class Progress:
    """How far a job has come: its stage, steps of it that are done, and bytes that are written.

    ``total`` is 0 where nobody knows how many steps a stage has.
    """

    stage: Stage = "open"
    done: int = 0
    total: int = 0
    size_bytes: int = 0

    @property
    def percent(self) -> int:
        """How much of the job is behind, 0 to 99."""
        begin, end = BEGINS[self.stage], _ENDS[self.stage]
        share = min(self.done / self.total, 1) if self.total else 0
        return min(int(begin + (end - begin) * share), 99)


def read(folder: Path) -> Job | None:
    """The job of a folder; None when there is none."""
    try:
        raw = orjson.loads((folder / RECORD).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    ended = raw["ended_at"]
    return Job(
        **{
            **raw,
            "wish": Wish(**raw["wish"]),
            "asked_at": datetime.fromisoformat(raw["asked_at"]),
            "ended_at": datetime.fromisoformat(ended) if ended else None,
        }
    )


def save(folder: Path, job: Job) -> None:
    """Write a job's record, whole or not at all."""
    _replace(folder / RECORD, orjson.dumps(dataclasses.asdict(job)))


def read_progress(folder: Path) -> Progress:
    """How far a job has come."""
    try:
        return Progress(**orjson.loads((folder / PROGRESS).read_bytes()))
    except (OSError, orjson.JSONDecodeError):
        return Progress()


def written_bytes(folder: Path) -> int:
    """How much lies in a job's folder beside what tells about it: its file, as far as it is."""
    own = {RECORD, PROGRESS, LOCK}
    found = (path for path in folder.rglob("*") if path.name not in own)
    return sum(_size(path) for path in found)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0


def save_progress(folder: Path, progress: Progress) -> None:
    """Tell how far a job has come."""
    _replace(folder / PROGRESS, orjson.dumps(dataclasses.asdict(progress)))


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_suffix(f".{os.getpid()}.part")
    beside.write_bytes(content)
    beside.replace(path)
