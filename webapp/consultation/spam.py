"""Keeping programs out without asking anybody else, and without losing a word of a person.

Nothing here throws an opinion away: whoever looks like a program is asked to press once more, to
wait, or to let their device work for a second. What they wrote stays in the form.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from geo.errors import InputError, ProblemKind
from geo.types import Text

#: The shape of a form's key: 128 random bits.
KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
#: Nobody reads the form and writes in less.
LEAST_TIME = timedelta(seconds=3)
#: How long somebody without scripts waits instead of a proof of work.
WAITING = timedelta(seconds=30)
#: Leading zero bits of a proof: 131,000 hashes on the average, one or two seconds of a telephone.
PROOF_BITS = 17
_MOST_DIGITS = 15
_FORM, _WAIT = "huitu opinion form", "huitu opinion waited"

TOO_FAST = ProblemKind(
    "opinion-too-fast",
    "error",
    Text(zh="填写得太快了，像是程序", en="That was filled in so fast that it looks like a program"),
    Text(zh="请再按一次按钮；填写的内容都在", en="Press the button once more; nothing is lost"),
)
TRAPPED = ProblemKind(
    "opinion-trapped",
    "error",
    Text(
        zh="一个看不见的栏目被填上了，可能是浏览器自动填的",
        en="A field that cannot be seen was filled in, perhaps by the browser",
    ),
    Text(
        zh="已经清空，请再按一次按钮；填写的内容都在",
        en="It was emptied; press the button once more, nothing is lost",
    ),
)
FORM_OLD = ProblemKind(
    "opinion-form-old",
    "error",
    Text(zh="表单已经更新", en="The form was made anew"),
    Text(
        zh="请再按一次按钮；填写的文字都在，附件要重新选择",
        en="Press the button once more; your words are still here, files are to be chosen again",
    ),
)
KINDS = (TOO_FAST, TRAPPED, FORM_OLD)


@dataclass(frozen=True)
class Form:
    """A form that was given out: its key, and when."""

    key: str
    made_at: datetime

    def refuse_haste(self, at: datetime) -> None:
        """Raise :class:`InputError` where it comes back sooner than a person could send it."""
        if at - self.made_at < LEAST_TIME:
            raise InputError(TOO_FAST.at())


def refuse_trapped(hidden: str) -> None:
    """Raise :class:`InputError` where the field was filled in that people do not see."""
    if hidden:
        raise InputError(TRAPPED.at())


class Forms:
    """Gives out forms of opinions, and knows them again by a signature.

    Parameters
    ----------
    secret
        The key that signs sessions: the same in every process.
    """

    def __init__(self, secret: str) -> None:
        self._forms = URLSafeSerializer(secret, salt=_FORM)
        self._waits = URLSafeSerializer(secret, salt=_WAIT)

    def new(self, notice_id: str, at: datetime) -> str:
        """A new form for a notice, with a key that nobody else has."""
        return self._written(secrets.token_hex(16), notice_id, at)

    def read(self, token: str, notice_id: str) -> Form | None:
        """The form of a token; None where it is none of ours, or another notice's."""
        try:
            key, of, made = self._forms.loads(token)
        except (BadSignature, ValueError, TypeError):
            return None
        if of != notice_id or not KEY.fullmatch(key):
            return None
        return Form(key, datetime.fromtimestamp(made, UTC))

    def waiting(self, form: Form, at: datetime, token: str = "") -> str:
        """A token that is worth something after a while; the one that already waits goes on."""
        if self._until(token, form) is not None:
            return token
        return str(self._waits.dumps([form.key, (at + WAITING).timestamp()]))

    def has_waited(self, token: str, form: Form, at: datetime) -> bool:
        """Whether a token of :meth:`waiting` for this form has ripened."""
        until = self._until(token, form)
        return until is not None and at.timestamp() >= until

    def _until(self, token: str, form: Form) -> float | None:
        try:
            key, until = self._waits.loads(token)
        except (BadSignature, ValueError, TypeError):
            return None
        return float(until) if key == form.key else None

    def _written(self, key: str, notice_id: str, at: datetime) -> str:
        return str(self._forms.dumps([key, notice_id, at.timestamp()]))


def proves(form: Form, answer: str) -> bool:
    """Whether a number is a proof of work for a form.

    The hash of ``KEY:NUMBER`` (SHA-256) begins with :data:`PROOF_BITS` zero bits.
    """
    if not answer.isascii() or not answer.isdecimal() or len(answer) > _MOST_DIGITS:
        return False
    digest = hashlib.sha256(f"{form.key}:{answer}".encode()).digest()
    return int.from_bytes(digest) >> (len(digest) * 8 - PROOF_BITS) == 0
