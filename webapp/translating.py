"""Our texts outside of any request: the catalogs, read with nothing but the standard library.

The interface is written in Chinese: a message's id is its Chinese text, and the catalog
``translations/en`` has the English one.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from geo.types import Text

LANGS = ("zh", "en")
#: Locale of the catalogs and of Babel, by language.
LOCALES: Mapping[str, str] = MappingProxyType({"zh": "zh_Hans_CN", "en": "en"})
TRANSLATIONS = Path(__file__).parent / "translations"


@dataclass(frozen=True)
class Voice:
    """Speaks one of the languages: a function from our Chinese texts."""

    lang: str

    def __call__(self, text: str, **values: object) -> str:
        """The text in this language, its ``{names}`` filled in; a value is never a template."""
        return _catalog(self.lang).gettext(text).format(**values)

    def pick(self, text: Text) -> str:
        """A text of the data in this language."""
        return text.in_(self.lang)


@lru_cache(maxsize=len(LANGS))
def _catalog(lang: str) -> gettext.NullTranslations:
    return gettext.translation("messages", TRANSLATIONS, [LOCALES[lang]], fallback=True)
