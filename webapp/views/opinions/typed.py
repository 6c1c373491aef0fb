"""What the form of an opinion holds, as it was sent, and given back as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from werkzeug.datastructures import MultiDict

from webapp.consultation.attachments import Cleaned
from webapp.consultation.contacts import FIELDS, Details
from webapp.consultation.receiving import Sent, is_unfit
from webapp.consultation.tables import Opinion
from webapp.consultation.words import Stance

#: A field that people do not see: only programs fill it in.
HIDDEN = "homepage"


@dataclass(frozen=True)
class Typed:
    """The fields of the form.

    Attributes
    ----------
    token
        Of :class:`webapp.consultation.spam.Forms`.
    proof, waited
        A proof of work, or a token of having waited, where one was asked for.
    """

    words: str = ""
    stance: str = ""
    topics: tuple[str, ...] = ()
    project: str = ""
    contact: Details = field(default_factory=Details)
    token: str = ""
    hidden: str = ""
    proof: str = ""
    waited: str = ""

    @classmethod
    def of(cls, form: MultiDict[str, str]) -> Typed:
        """Read a form; forms send a new line as two characters, which is one again."""
        details = {name: form.get(f"contact-{name}", "").strip() for name in FIELDS}
        return cls(
            words=form.get("words", "").replace("\r\n", "\n").replace("\r", "\n"),
            stance=form.get("stance", ""),
            topics=tuple(dict.fromkeys(form.getlist("topics"))),
            project=form.get("project", ""),
            contact=Details(**details),
            token=form.get("form", ""),
            hidden=form.get(HIDDEN, ""),
            proof=form.get("proof", ""),
            waited=form.get("waited", ""),
        )

    @property
    def shown_words(self) -> str:
        """The words for the form: without what no page can hold, of which the page then tells."""
        return "".join(one for one in self.words if not is_unfit(one))

    def sent(self, key: str, files: Sequence[Cleaned] = ()) -> Sent:
        """What is sent, if it is right."""
        return Sent(
            key=key,
            words=self.words,
            stance=cast(Stance, self.stance) if self.stance else None,
            topics=self.topics,
            project=self.project or None,
            files=tuple(files),
            contact=self.contact if self.contact.given else None,
        )

    def is_of(self, opinion: Opinion) -> bool:
        """Whether it says what an opinion says that was received."""
        return (self.words, self.stance or None, list(self.topics), self.project or None) == (
            opinion.words,
            opinion.stance,
            opinion.topics,
            opinion.project,
        )
