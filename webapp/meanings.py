"""The settings of a deployment and what each means: read by the settings, the help and the docs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geo.types import Text

#: A setting ``port`` is the environment variable ``HUITU_PORT``.
PREFIX = "HUITU_"

MEANINGS: Mapping[str, Text] = MappingProxyType(
    {
        "data": Text(
            zh="数据文件夹，内有 catalog.toml 和各图层的源文件",
            en="the data folder, with catalog.toml and the source files of the layers",
        ),
        "host": Text(zh="监听的地址", en="the address to listen on"),
        "port": Text(zh="监听的端口，1 到 65535", en="the port to listen on, 1 to 65535"),
        "workers": Text(zh="应答的进程数，1 到 32", en="processes that answer, 1 to 32"),
        "lang": Text(zh="语言：zh 或 en", en="the language: zh or en"),
        "embed_ancestors": Text(
            zh="允许用框架嵌入 /embed 的网站，以空格分隔，如 https://www.example.org",
            en="sites that may show /embed in a frame, between blanks: https://www.example.org",
        ),
        "url_prefix": Text(
            zh="网站所在的路径，如 /huitu；为空即根路径",
            en="the path below which the site is reached, such as /huitu; empty for none",
        ),
    }
)
