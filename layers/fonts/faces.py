"""The two faces, and where their files lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geo.errors import HuituError, ProblemKind
from geo.types import Text

FOLDER = Path(__file__).parent
FAMILY = "Noto Sans SC"
LICENCE = "OFL.txt"

NOT_MADE = ProblemKind(
    "fonts-missing",
    "error",
    Text(zh="缺少中文字体文件 {file}", en="The Chinese font file {file} is missing"),
    Text(zh="运行 make setup 生成字体", en="Run make setup, which makes it"),
)


class FontsMissingError(HuituError):
    """Set-up has not made the fonts."""


@dataclass(frozen=True, slots=True)
class Face:
    """One weight: our file, and the file and SHA-256 of the package that it is cut from."""

    file: str
    weight: int
    source: str
    sha256: str

    @property
    def path(self) -> Path:
        """Where set-up puts it."""
        return FOLDER / self.file


REGULAR = Face(
    "NotoSansSC-Regular.ttf",
    400,
    "400Regular/NotoSansSC_400Regular.ttf",
    "d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16",
)
BOLD = Face(
    "NotoSansSC-Bold.ttf",
    700,
    "700Bold/NotoSansSC_700Bold.ttf",
    "9a38ae0ab28cd5a256f9ea8e00dedc688aac17f7915fcb000572990afa956b96",
)
FACES = (REGULAR, BOLD)


def require(face: Face) -> Path:
    """Return the file of a face; FontsMissingError when set-up has not made it."""
    if not face.path.is_file():
        raise FontsMissingError([NOT_MADE.at(file=face.file)])
    return face.path
