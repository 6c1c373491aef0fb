"""Servers that answer by HTTP, side by side, and the load tool that asks them: for `tiles_http.py`.

Each is started on a free port of the loopback with two worker processes, asked for every address of
a list in turn by wrk, and ended.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
WORKERS = 2
PATIENCE_S = 180
#: wrk asks for the addresses of a file in turn, each connection from a place of its own.
LUA = """
local made, at = {}, 0
function init(args)
  for path in io.lines(os.getenv("WRK_PATHS")) do
    made[#made + 1] = wrk.format("GET", path)
  end
end
function request()
  at = at % #made + 1
  return made[at]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"requests": %d, "us": %d, "bytes": %d, "p99_ms": %.1f, "bad": %d}\\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""
AROUND = """
worker_processes 2;
daemon off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {text}
}}
"""
#: The same bytes as files, with the headers that matter to a browser.
STATIC = """
    sendfile on;
    tcp_nopush on;
    open_file_cache max=10000 inactive=60s;
    server {{
        listen 127.0.0.1:{port};
        root {root};
        types {{ }}
        default_type application/vnd.mapbox-vector-tile;
        add_header Content-Encoding gzip;
        add_header Cache-Control "public, max-age=31536000, immutable";
        add_header Vary Accept-Encoding;
        add_header X-Content-Type-Options nosniff;
    }}
"""


@dataclass(frozen=True)
class Rate:
    """What wrk saw: requests a second, the slowest of a hundred (ms), bytes each, and failures."""

    each_second: float
    p99_ms: float
    mean_bytes: float
    bad: int


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[object], port: int, ready: str, environment: dict[str, str] | None = None
) -> Iterator[str]:
    """A server, from its first good answer until the end; gives its address."""
    log = Path(f"/tmp/huitu-bench-{port}.log")
    base = f"http://127.0.0.1:{port}"
    with log.open("w") as told:
        process = subprocess.Popen(
            [str(word) for word in command],
            env={**os.environ, **(environment or {})},
            stdout=told,
            stderr=told,
            start_new_session=True,
        )
    try:
        _wait(process, base + ready, log)
        yield base
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.unlink()


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=PATIENCE_S).close()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{address}: {error.code}\n{log.read_text()[-3000:]}") from None
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{address} does not answer\n{log.read_text()[-3000:]}")


def get(address: str) -> bytes:
    """The bytes of an answer as they come over the wire, gzip where the server likes."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
        content: bytes = answer.read()
        return content


def load(base: str, paths: Sequence[str], folder: Path, seconds: int, connections: int) -> Rate:
    """Ask for the addresses in turn for some seconds, once to warm up and then to count."""
    (folder / "wrk.lua").write_text(LUA)
    (folder / "paths").write_text("\n".join(paths) + "\n")
    command = ["wrk", "-t1", f"-c{connections}", "-H", "Accept-Encoding: gzip", "--timeout", "60"]
    for length in (max(1, seconds // 3), seconds):
        done = subprocess.run(
            [*command, f"-d{length}", "-s", str(folder / "wrk.lua"), base],
            env={**os.environ, "WRK_PATHS": str(folder / "paths")},
            capture_output=True,
            text=True,
            check=True,
        )
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    requests = max(1, told["requests"])
    rate = requests / told["us"] * 1e6
    return Rate(rate, told["p99_ms"], told["bytes"] / requests, told["bad"])


# ---------------------------------------------------------------- the servers


@contextmanager
def huitu(data: Path, **settings: str) -> Iterator[str]:
    """Huitu as one starts it, on an SQLite database of its own."""
    port = free_port()
    program = Path(sys.executable).with_name("huitu")
    command = [program, "serve", "--data", data, "--port", port, "--workers", WORKERS]
    environment = {"HUITU_DATABASE_URL": "", **settings}
    with running(command, port, "/healthz", environment) as base:
        yield base


@contextmanager
def nginx(folder: Path, text: str, port: int, ready: str) -> Iterator[str]:
    """An nginx whose ``http`` block holds a text."""
    import getpass

    folder.mkdir(parents=True, exist_ok=True)
    conf = folder / "nginx.conf"
    conf.write_text(AROUND.format(folder=folder, text=text, user=getpass.getuser()))
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        raise SystemExit("nginx is not installed (apt-get install nginx-light)")
    with running([program, "-c", conf, "-e", folder / "error.log"], port, ready) as base:
        yield base


@contextmanager
def static(folder: Path, root: Path, ready: str) -> Iterator[str]:
    """An nginx that sends files."""
    port = free_port()
    with nginx(folder, STATIC.format(port=port, root=root), port, ready) as base:
        yield base


@contextmanager
def shipped(folder: Path, upstream: str, ready: str) -> Iterator[str]:
    """An nginx with the configuration that we ship, in front of a running Huitu."""
    port = free_port()
    text = (ROOT / "docs" / "nginx.conf").read_text("utf-8")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
    text = text.replace("127.0.0.1:8000", upstream.removeprefix("http://"))
    text = text.replace("/var/cache/nginx/huitu ", f"{folder}/kept ")
    with nginx(folder, text, port, ready) as base:
        yield base


@contextmanager
def tipg(python: str) -> Iterator[str]:
    """tipg under uvicorn, on the PostgreSQL of the environment (``pg_virtualenv``)."""
    port, where = free_port(), os.environ
    settings = {
        "POSTGRES_USER": where["PGUSER"],
        "POSTGRES_PASS": where["PGPASSWORD"],
        "POSTGRES_HOST": where["PGHOST"],
        "POSTGRES_PORT": where["PGPORT"],
        "POSTGRES_DBNAME": where["PGDATABASE"],
        "TIPG_TILE_BUFFER": "64",
        "TIPG_CATALOG_TTL": "0",
        "TIPG_DB_SPATIAL_EXTENT": "false",
        "TIPG_DB_DATETIME_EXTENT": "false",
    }
    command = [python, "-m", "uvicorn", "tipg.main:app", "--port", port, "--workers", WORKERS]
    with running([*command, "--no-access-log"], port, "/healthz", settings) as base:
        yield base


@contextmanager
def pygeoapi(python: str, folder: Path, collections: dict[str, Any]) -> Iterator[str]:
    """pygeoapi under gunicorn, with some collections."""
    port = free_port()
    config, openapi = folder / "pygeoapi.yml", folder / "pygeoapi-openapi.yml"
    config.write_text(json.dumps(_pygeoapi_config(port, collections)))
    program = Path(python).with_name("pygeoapi")
    made = subprocess.run(
        [program, "openapi", "generate", config], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise SystemExit(made.stderr[-3000:])
    openapi.write_text(made.stdout)
    settings = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    command = [python, "-m", "gunicorn", "-w", WORKERS, "-b", f"127.0.0.1:{port}"]
    with running([*command, "pygeoapi.flask_app:APP"], port, "/conformance", settings) as base:
        yield base


def _pygeoapi_config(port: int, collections: dict[str, Any]) -> dict[str, Any]:
    """A configuration as small as pygeoapi takes (JSON is YAML)."""
    texts = {"title": "x", "description": "x", "keywords": ["x"]}
    extent = {
        "spatial": {
            "bbox": [-180, -90, 180, 90],
            "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        }
    }
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": True,
            "languages": ["en-US"],
            "limits": {"default_items": 100, "max_items": 10000},
            "map": {"url": "http://127.0.0.1/", "attribution": "x"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**texts, "terms_of_service": "x", "url": "http://127.0.0.1/"},
            "license": {"name": "x", "url": "http://127.0.0.1/"},
            "provider": {"name": "x", "url": "http://127.0.0.1/"},
            "contact": {"name": "x", "email": "x@example.org", "url": "http://127.0.0.1/"},
        },
        "resources": {
            name: {
                "type": "collection",
                **texts,
                "links": [],
                "extents": extent,
                "providers": [one],
            }
            for name, one in collections.items()
        },
    }
