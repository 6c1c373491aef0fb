"""What the things of a plan are called in a message."""

from geo.types import Text

LAYER = Text(zh="图层", en="layer")
VERSION = Text(zh="版本", en="version")
PROJECT = Text(zh="项目", en="project")
