"""Build the wheel, install it as a stranger would, and serve from it beside decoy packages.

No Node.js is on the path of what runs, and the folder it runs in holds `geo/` and `layers/`
packages that raise: Huitu must import its own. Exit code 0 when every page answered.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_S = 90.0
MUST_HAVE = (
    r"geo/__init__\.py",
    r"layers/catalog\.py",
    r"layers/fonts/NotoSansSC-Regular\.ttf",
    r"layers/fonts/NotoSansSC-Bold\.ttf",
    r"layers/fonts/OFL\.txt",
    r"webapp/cli\.py",
    r"webapp/templates/.+\.html",
    r"webapp/static/js/.+\.js",
    r"webapp/static/vendor/leaflet-[0-9.]+/leaflet\.js",
    r"webapp/static/vendor/leaflet-[0-9.]+/LICENSE",
    r"webapp/translations/en/LC_MESSAGES/.+\.mo",
    r"huitu-[^/]+\.data/data/share/huitu/catalog\.toml",
    r"huitu-[^/]+\.data/data/share/huitu/palette\.toml",
    r"huitu-[^/]+\.data/data/share/huitu/SOURCES\.md",
    r"huitu-[^/]+\.data/data/share/huitu/roads\.geojson",
    r"huitu-[^/]+\.dist-info/licenses/LICENSE",
)
MUST_NOT_HAVE = (r".*published.*", r".*node_modules.*", r"tests/.*", r"data/.*", r".*axe.*\.js")


def tell(text: str) -> None:
    print(text, flush=True)


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a command to its end; what it printed is shown only when it fails."""
    done = subprocess.run(
        command, cwd=cwd, env=env, check=False, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        tell(done.stdout)
        raise SystemExit(f"{Path(command[0]).name} ended with code {done.returncode}")
    return done.stdout


def build(folder: Path) -> Path:
    """Build the wheel with the locked hatchling, without isolation and so without a download."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def inspect(wheel: Path) -> None:
    """Refuse a wheel that lacks a part, or that carries what is not for it."""
    names = zipfile.ZipFile(wheel).namelist()
    missing = [part for part in MUST_HAVE if not any(re.fullmatch(part, name) for name in names)]
    foreign = [name for name in names for part in MUST_NOT_HAVE if re.fullmatch(part, name)]
    if missing or foreign:
        raise SystemExit(f"the wheel lacks {missing} and wrongly holds {foreign}")
    tell(f"{wheel.name}: {len(names)} files, {wheel.stat().st_size // 1024} kB")


def install(wheel: Path, venv: Path) -> Path:
    """Install the locked libraries and the wheel in a new environment; return its bin folder."""
    run(sys.executable, "-m", "venv", venv)
    python = venv / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "--quiet", "pip", "install", "--python", str(python)]
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    lock = ["--require-hashes", "-r", str(ROOT / "requirements.lock")]
    if subprocess.run([*uv, *lock], check=False, cwd=ROOT).returncode:
        tell("uv could not install the lock; pip takes over")
        run(*pip, *lock)
    run(*pip, "--no-deps", "--no-index", wheel)
    return python.parent


def empty_folder(folder: Path) -> Path:
    """Make a folder with nothing but decoys: packages of our names that must not be imported."""
    for name in ("geo", "layers", "webapp"):
        (folder / name).mkdir(parents=True)
        decoy = f"raise ImportError('the decoy {name}/ of the current folder was imported')\n"
        (folder / name / "__init__.py").write_text(decoy, "utf-8")
    return folder


def environment(bin_folder: Path) -> dict[str, str]:
    """Make an environment without Node.js, without the checkout and without settings."""
    kept = {key: os.environ[key] for key in ("HOME", "LANG", "TMPDIR") if key in os.environ}
    return {**kept, "PATH": str(bin_folder), "PYTHONWARNINGS": "default", "PYTHONUTF8": "1"}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        if answer.status != 200:
            raise SystemExit(f"{url} answered {answer.status}")
        body: str = answer.read().decode("utf-8")
        return body


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if server.poll() is not None:
            raise SystemExit(f"the server ended by itself with code {server.returncode}")
        try:
            fetch(url)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"the server did not answer within {START_S:.0f} s")


def visit(site: str) -> None:
    """Fetch the pages, and every script and style sheet that the map page names."""
    page = fetch(f"{site}/")
    fetch(f"{site}/projects")
    parts = re.findall(r'(?:src|href)="(/(?:static|map)/[^"]+\.(?:js|css))"', page)
    if not any("leaflet" in part for part in parts):
        raise SystemExit("the map page names no Leaflet")
    for part in parts:
        fetch(site + part)
    tell(f"the map page and its {len(parts)} scripts and style sheets were served")


def stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(15)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def serve(bin_folder: Path, folder: Path) -> None:
    """Serve from an empty folder: the sample is copied to ./huitu-data and published."""
    env, port = environment(bin_folder), free_port()
    run(bin_folder / "huitu", "--help", cwd=folder, env=env)
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [bin_folder / "huitu", "serve", "--port", str(port)],
            cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server)
        visit(f"http://127.0.0.1:{port}")
    except (SystemExit, OSError):
        tell(log.read_text("utf-8", "replace"))
        raise
    finally:
        stop(server)
    if not (folder / "huitu-data" / "catalog.toml").is_file():
        raise SystemExit("the sample was not copied to ./huitu-data")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the temporary folder")
    keep = parser.parse_args().keep
    work = Path(tempfile.mkdtemp(prefix="huitu-wheel-"))
    try:
        wheel = build(work / "dist")
        inspect(wheel)
        serve(install(wheel, work / "venv"), empty_folder(work / "empty"))
    finally:
        if not keep:
            shutil.rmtree(work, ignore_errors=True)
    tell("wheel check passed")


if __name__ == "__main__":
    main()
