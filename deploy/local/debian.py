"""Debian packages the stack needs: installed by root, unpacked under `var/debian` by anyone else.

Standard library only: this runs before the virtual environment exists.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local.places import Places, SetupFailed

_QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


@dataclass(frozen=True, slots=True)
class Part:
    """Something of the operating system we need. `present` looks for it without any package manager."""

    name: str
    packages: tuple[str, ...]
    present: Callable[[Places], bool]
    #: Unpacked under `var/tools` for everybody: installed by root, the package would start a service.
    is_service: bool = False
    #: For a service: together with the packages it depends on.
    with_dependencies: bool = False


def _loads(*libraries: str) -> Callable[[Places], bool]:
    def present(places: Places) -> bool:
        return all(_library_found(places, library) for library in libraries)

    return present


def _library_found(places: Places, library: str) -> bool:
    if any(places.debian.glob(f"usr/lib/*/{library}")) or any(places.debian.glob(f"lib/*/{library}")):
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_font(places: Places) -> bool:
    folders = [Path(folder).expanduser() for folder in _FONT_FOLDERS] + [places.debian / "usr/share/fonts"]
    return any(any(folder.rglob(f"*.{suffix}")) for folder in folders for suffix in ("ttf", "otf"))


def chromium_path(places: Places) -> Path | None:
    """The browser the tests drive: Debian's chromium, installed or unpacked; None when there is none."""
    unpacked = places.debian / "usr/lib/chromium/chromium"
    if unpacked.exists():  # its start script in usr/bin, which PATH holds, looks for files under /etc
        return unpacked
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    return None


def promtool_path(places: Places) -> Path | None:
    """Prometheus's checker of rules: of this machine, or unpacked; None when there is none."""
    unpacked = places.tools / "usr/bin/promtool"
    found = shutil.which("promtool")
    return Path(found) if found else unpacked if unpacked.exists() else None


def server_path(places: Places, name: str) -> Path | None:
    """The program of a server, installed or unpacked; None when there is none."""
    folders = (Path("/usr/sbin"), Path("/usr/bin"), places.tools / "usr/sbin", places.tools / "usr/bin")
    return next((folder / name for folder in folders if (folder / name).exists()), None)


def postgres_folder(places: Places) -> Path | None:
    """The folder of the newest PostgreSQL's programs, installed or unpacked; None when there is none."""
    roots = (Path("/"), places.tools)
    found = [program for root in roots for program in root.glob("usr/lib/postgresql/*/bin/postgres")]
    return max(found, key=lambda path: int(path.parts[-3])).parent if found else None


def _has_servers(places: Places) -> bool:
    names = ("pgbouncer", "nginx", "redis-server", "redis-cli")
    return all(server_path(places, name) is not None for name in names)


def _has_tool(name: str) -> Callable[[Places], bool]:
    def present(places: Places) -> bool:
        return shutil.which(name) is not None or (places.debian / "usr/bin" / name).exists()

    return present


FOR_RUNNING = (
    Part(
        "the libraries that draw PDF reports",
        ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
        _loads(
            "libpango-1.0.so.0",
            "libpangoft2-1.0.so.0",
            "libharfbuzz.so.0",
            "libharfbuzz-subset.so.0",
            "libfontconfig.so.1",
        ),
    ),
    Part("a font for PDF reports", ("fonts-dejavu-core",), _has_font),
)

FOR_TESTING = (
    Part("chromium for the browser tests", ("chromium",), lambda places: chromium_path(places) is not None),
    Part("libatomic1 for the browser driver", ("libatomic1",), _loads("libatomic.so.1")),
    Part("pdftotext for the report tests", ("poppler-utils",), _has_tool("pdftotext")),
    Part(
        "promtool for the tests of the alerts",
        ("prometheus",),
        lambda places: promtool_path(places) is not None,
        is_service=True,
    ),
    Part(
        "PostgreSQL for the drill of the production stack",
        ("postgresql",),
        lambda places: postgres_folder(places) is not None,
        is_service=True,
        with_dependencies=True,
    ),
    Part(
        "PgBouncer, Redis and nginx for the drill of the production stack",
        ("pgbouncer", "redis-server", "nginx"),
        _has_servers,
        is_service=True,
        with_dependencies=True,
    ),
    Part("openssl for the drill's certificate", ("openssl",), _has_tool("openssl")),
)


def provide(places: Places, parts: tuple[Part, ...], say: Callable[[str], None]) -> None:
    """Make every part present. Raises SetupFailed, naming the packages, when one cannot be had."""
    for part in parts:
        if part.present(places):
            continue
        say(f"Installing {part.name} ...")
        obtain(
            places, part.packages, part.name,
            is_service=part.is_service, with_dependencies=part.with_dependencies,
        )  # fmt: skip
        if not part.present(places):
            raise SetupFailed(f"{part.name} cannot be found although {_list(part.packages)} was installed.")


def obtain(
    places: Places,
    packages: tuple[str, ...],
    name: str,
    *,
    is_service: bool = False,
    with_dependencies: bool = False,
) -> None:
    """Install `packages` as root, unpack them with what they depend on as anyone else.

    Services are unpacked for root, too, by themselves unless `with_dependencies`. Raises SetupFailed.
    """
    if shutil.which("apt-get") is None:
        raise SetupFailed(
            f"{name} missing, and this machine has no apt-get: install what Debian calls {_list(packages)}."
        )
    log = places.folder("log") / "setup.log"
    try:
        if is_service and with_dependencies:
            _unpack(packages, log, places.tools, places.folder("tools-archives"))
        elif is_service:
            _unpack_alone(places, packages, log)
        elif os.geteuid() == 0:
            _install(packages, log)
        else:
            _unpack(packages, log, places.debian, places.folder("debian-archives"))
            _write_font_settings(places)
    except (subprocess.CalledProcessError, OSError) as error:
        raise SetupFailed(
            f"{name} missing and could not be fetched (is there a network? details in {log}): "
            f"run `apt-get install {' '.join(packages)}` as root."
        ) from error


def _install(packages: tuple[str, ...], log: Path) -> None:
    install = [
        "apt-get", "-o", "DPkg::Lock::Timeout=120", "install", "-y", "--no-install-recommends", *packages,
    ]  # fmt: skip
    try:
        _logged(install, log)
    except subprocess.CalledProcessError:  # the package lists are absent (bare image) or old
        _logged(["apt-get", "-o", "DPkg::Lock::Timeout=120", "update"], log)
        _logged(install, log)


def _unpack(packages: tuple[str, ...], log: Path, into: Path, archives: Path) -> None:
    """Fetch the packages and what they lack on this machine, and unpack them; needs no rights at all."""
    private = _private_apt(archives)
    try:
        _fetch(packages, private, archives, log)
    except subprocess.CalledProcessError:  # the shared package lists are absent or old: keep lists of our own
        _logged(["apt-get", *private, "update"], log)
        _fetch(packages, private, archives, log)
    into.mkdir(exist_ok=True)
    for archive in sorted(archives.glob("*.deb")):
        _logged(["dpkg", "-x", str(archive), str(into)], log)
    shutil.rmtree(archives)


def _unpack_alone(places: Places, packages: tuple[str, ...], log: Path) -> None:
    """Fetch the packages without what they depend on, and unpack them under `var/tools`."""
    archives = places.folder("tools-archives")
    private = _private_apt(archives)
    try:
        _logged(["apt-get", "download", *packages], log, archives)
    except subprocess.CalledProcessError:
        _logged(["apt-get", *private, "update"], log)
        _logged(["apt-get", *private, "download", *packages], log, archives)
    places.tools.mkdir(exist_ok=True)
    for archive in sorted(archives.glob("*.deb")):
        _logged(["dpkg", "-x", str(archive), str(places.tools)], log)
    shutil.rmtree(archives)


def _private_apt(folder: Path) -> list[str]:
    lists, cache = folder / "lists", folder / "cache"
    for made in (lists / "partial", cache / "archives" / "partial"):
        made.mkdir(parents=True, exist_ok=True)
    return ["-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={cache}", "-o", "Debug::NoLocking=true"]


def _fetch(packages: tuple[str, ...], private: list[str], into: Path, log: Path) -> None:
    if not any((into / "lists").glob("*Packages*")):
        private = []
    plan = subprocess.run(
        ["apt-get", *private, "install", "--simulate", "--no-install-recommends", *packages],
        check=True, capture_output=True, text=True, env=os.environ | _QUIET,
    )  # fmt: skip
    missing = [line.split()[1] for line in plan.stdout.splitlines() if line.startswith("Inst ")]
    _logged(["apt-get", *private, "download", *(missing or packages)], log, into)


def _write_font_settings(places: Places) -> None:
    """Fontconfig settings that see the machine's fonts and the unpacked ones."""
    folders = [*_FONT_FOLDERS, str(places.debian / "usr/share/fonts")]
    dirs = "".join(f"  <dir>{folder}</dir>\n" for folder in folders)
    cache = f"  <cachedir>{places.state / 'font-cache'}</cachedir>\n"
    head = '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
    document = f"{head}<fontconfig>\n{dirs}{cache}</fontconfig>\n"
    (places.debian / "fonts.conf").write_text(document, encoding="utf-8")


def _logged(command: list[str], log: Path, cwd: Path | None = None) -> None:
    with log.open("a", encoding="utf-8") as output:
        output.write(f"$ {' '.join(command)}\n")
        output.flush()
        subprocess.run(
            command, check=True, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd,
            env=os.environ | _QUIET,
        )  # fmt: skip


def _list(packages: tuple[str, ...]) -> str:
    return ", ".join(packages)
