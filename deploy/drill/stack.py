"""The services of docker-compose.yml as processes of this machine.

Commands, variables, health checks and mounted files are those of the compose file. What differs from a
container is written down in this module and nowhere else: names become 127.0.0.1 and a free port, folders of
the container become folders of the drill. A text that is replaced in a file has to be there: nothing drifts.
"""

import os
import pwd
import re
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.drill.compose import Service, read_service
from deploy.drill.processes import Program, StepFailed, as_account, server_environment
from deploy.local import debian
from deploy.local.places import CHECKOUT, Places, library_environment

#: Where services listen inside their containers.
LISTENING: Mapping[str, int] = {
    "postgres": 5432, "pgbouncer": 6432, "cache": 6379, "broker": 6379, "web": 8000, "worker": 9101,
    "flower": 5555, "nginx": 8443, "nginx-plain": 8080, "prometheus": 9090, "mailcatcher": 1025,
    "collector": 4318,
}  # fmt: skip
_SERVERS = ("postgres", "pgbouncer", "cache", "broker", "nginx")
#: Folders of containers -> of the drill: those that services share, and those each has for itself.
_SHARED_FOLDERS = {"/var/lib/mockupaws": "state", "/etc/nginx/tls": "tls"}
_OWN_FOLDERS = {"/run/metrics": "metrics", "/prometheus": "data"}


def _redis(name: str) -> tuple[tuple[str, str], ...]:
    return (
        ("bind * -::*", "bind 127.0.0.1"),
        ("port 6379", f"port {{{name}}}"),
        ("dir /data", f"dir {{root}}/{name}"),
    )


def _found_by_name(service: str, port: int) -> tuple[str, str]:
    """Docker's name server tells where a service is; here it is known."""
    asked = (
        f"dns_sd_configs:\n      - names: [{service}]\n        type: A\n        port: {port}\n"
        "        refresh_interval: 15s"
    )
    return asked, f'static_configs:\n      - targets: ["127.0.0.1:{{{service}}}"]'


#: What is replaced in mounted files: every text has to occur. {name} is the port of that service.
_REPLACED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "redis-cache.conf": _redis("cache"),
    "redis-broker.conf": _redis("broker"),
    "pgbouncer.ini": (
        ("listen_addr = *", "listen_addr = 127.0.0.1"),
        ("listen_port = 6432", "listen_port = {pgbouncer}"),
        ("host=postgres port=5432", "host=127.0.0.1 port={postgres}"),
        ("/tmp/", "{tmp}/"),  # noqa: S108 # nosec B108 # a text in a file
    ),
    "prometheus.yml": (
        # Nobody wants to wait for a quarter of a minute.
        ("scrape_interval: 15s", "scrape_interval: 2s"),
        ("evaluation_interval: 15s", "evaluation_interval: 2s"),
        _found_by_name("web", 8000),
        _found_by_name("worker", 9101),
        ("127.0.0.1:9090", "127.0.0.1:{prometheus}"),
        ("/etc/prometheus/alerts.yml", "{root}/prometheus-files/alerts.yml"),
        ("/tmp/", "{tmp}/"),  # noqa: S108 # nosec B108 # a text in a file
    ),
    "nginx.conf": (
        ("listen 8080", "listen 127.0.0.1:{nginx-plain}"),
        ("listen 8443", "listen 127.0.0.1:{nginx}"),
        ("web:8000", "127.0.0.1:{web}"),
        ("flower:5555", "127.0.0.1:{flower}"),
        ("/etc/nginx/tls/", "{root}/tls/"),
        ("/tmp/", "{tmp}/"),  # noqa: S108 # nosec B108 # a text in a file
    ),
}


@dataclass(slots=True)
class Stack:
    """Everything the drill has started. `root` is its folder, `servers` where Debian's programs are."""

    root: Path
    places: Places
    servers: Places
    account: pwd.struct_passwd | None
    ports: Mapping[str, int]
    programs: dict[str, Program] = field(default_factory=dict)

    def folder(self, name: str) -> Path:
        """A folder of the drill that every process may use."""
        path = self.root / name
        path.mkdir(exist_ok=True)
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        return path

    def service(self, name: str) -> Service:
        return read_service(name, self.root / "env")

    def start(self, name: str, health_s: float = 60) -> Program:
        """Start the service and wait until its own health check passes. Raises StepFailed."""
        service = self.service(name)
        program = Program(
            name, self._command(service), self.environment(service),
            self.root / f"{name}.log", self.account if name in _SERVERS else None,
        )  # fmt: skip
        self.programs[name] = program
        program.start()
        check = self.translated(service, service.healthcheck)
        if check[0] == "wget":  # of its image: ask the same address without it
            check = [str(self.places.venv_python), "-m", "deploy.probe", check[-1]]
        program.await_health(check, health_s)
        return program

    def run(self, name: str, command: list[str] | None = None) -> str:
        """Run the command of the service, or another one in its place, to its end; what it printed.

        Raises StepFailed when it fails.
        """
        service = self.service(name)
        done = subprocess.run(
            command or self._command(service), env=self.environment(service), cwd=CHECKOUT,
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode != 0:
            raise StepFailed(f"{name}: exit code {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def environment(self, service: Service) -> dict[str, str]:
        """The variables of the container; of ours only where programs and libraries are."""
        named = {key: self._translate(service, value) for key, value in service.environment.items()}
        if service.name in _SERVERS:
            folders = [debian.postgres_folder(self.servers), self.servers.tools / "usr/sbin"]
            path = ":".join([*map(str, filter(None, folders)), str(self.servers.tools / "usr/bin"), _PATH])
            return server_environment(self.servers) | {"PATH": path, "HOME": str(self.root)} | named
        if service.name == "prometheus":  # it runs as we do, and is not copied for the account of the servers
            return {"PATH": f"{_PATH}:{self.places.tools / 'usr/bin'}", "HOME": str(self.root)} | named
        libraries = library_environment(self.places)
        path = f"{self.places.venv_python.parent}:{libraries.pop('PATH', _PATH)}"
        # Where a container listens on every address, this listens on one, on a free port.
        local = {"HOST": "127.0.0.1", "FLOWER_ADDRESS": "127.0.0.1", "PORT": str(self.ports["web"])}
        local |= {"FLOWER_PORT": str(self.ports["flower"]), "WORKER_METRICS_PORT": str(self.ports["worker"])}
        # The user of a container is not root; the drill may be, which Celery says over nine lines.
        named |= {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
        local |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.ports["mailcatcher"])}
        return {"PATH": path, "HOME": str(self.root)} | libraries | named | {
            key: value for key, value in local.items() if key in named
        }  # fmt: skip

    def translated(self, service: Service, words: tuple[str, ...]) -> list[str]:
        return [self._translate(service, word) for word in words]

    def stop_all(self) -> None:
        for program in reversed(self.programs.values()):
            program.kill()

    def _command(self, service: Service) -> list[str]:
        command = self.translated(service, service.command)
        port = str(self.ports.get(service.name, 0))
        if service.name in ("cache", "broker"):
            self.folder(service.name)
        elif service.name == "prometheus":
            command[-1] += f" --web.listen-address=127.0.0.1:{port}"
        elif service.name == "postgres":
            self._make_cluster(service)
            sockets = str(self.folder("postgres-run"))
            command += ["-D", str(self.root / "cluster"), "-p", port, "-k", sockets]
            command += ["-c", "listen_addresses=127.0.0.1"]
        return command

    def _make_cluster(self, service: Service) -> None:
        """What the image of PostgreSQL does before the first start, by the same variables."""
        said, cluster = service.environment, self.folder("cluster")
        secret = self.root / "password"
        secret.write_text(said["POSTGRES_PASSWORD"], encoding="ascii")
        if self.account is not None:
            os.chown(secret, self.account.pw_uid, self.account.pw_gid)
        options = said["POSTGRES_INITDB_ARGS"].split()
        user = said["POSTGRES_USER"]
        programs = debian.postgres_folder(self.servers)
        commands = (
            [f"{programs}/initdb", "-D", str(cluster), "-U", user, "--pwfile", str(secret), "-E", "UTF8",
             "--auth-local=trust", "--no-sync", *options],
            ["sh", "-c", f"echo CREATE DATABASE {said['POSTGRES_DB']} | "
             f"{programs}/postgres --single -D {cluster} postgres"],
        )  # fmt: skip
        for command in commands:
            done = subprocess.run(
                command, env=self.environment(service), cwd=self.root, capture_output=True, text=True,
                **as_account(self.account),
            )  # fmt: skip
            if done.returncode != 0:
                raise StepFailed(f"{command[0]}: {done.stderr}")

    def _translate(self, service: Service, text: str) -> str:
        """`text` with names, ports and folders of this machine."""
        table = {f"{name}:{port}": f"127.0.0.1:{self.ports[name]}" for name, port in LISTENING.items()}
        if service.name in LISTENING:  # what a container calls itself
            table[f"127.0.0.1:{LISTENING[service.name]}"] = f"127.0.0.1:{self.ports[service.name]}"
            table["127.0.0.1:8080"] = f"127.0.0.1:{self.ports['nginx-plain']}"
        table |= {inside: str(self.root / folder) for inside, folder in _SHARED_FOLDERS.items()}
        table |= {
            inside: str(self.folder(f"{service.name}-{folder}"))
            for inside, folder in _OWN_FOLDERS.items()
            if inside in text
        }
        table |= {
            inside: str(self._materialized(service, inside, file)) for inside, file in service.mounts.items()
        }
        table["/tmp/"] = f"{self.folder(f'{service.name}-tmp')}/"  # noqa: S108 # nosec B108 # a text
        return _replaced(text, table)

    def _materialized(self, service: Service, inside: str, file: Path) -> Path:
        """The mounted file, with what this machine needs replaced."""
        made = self.folder(f"{service.name}-files") / Path(inside).name
        if made.exists():  # its reader may be at it
            return made
        text = file.read_text(encoding="utf-8")
        named = {key: str(port) for key, port in self.ports.items()}
        named |= {"root": str(self.root), "tmp": str(self.folder(f"{service.name}-tmp"))}
        table = {said: meant.format_map(named) for said, meant in _REPLACED.get(file.name, ())}
        for said in table:
            if said not in text:
                raise StepFailed(f"{file} does not say “{said}” any more: the drill has to follow it.")
        text = _replaced(text, table)
        made.write_text(text, encoding="utf-8")
        made.chmod(0o644)
        return made


_PATH = os.defpath if "/usr/sbin" in os.defpath else f"/usr/local/sbin:/usr/sbin:/sbin:{os.defpath}"


def _replaced(text: str, table: Mapping[str, str]) -> str:
    """`text` with every whole key of `table` replaced, in one pass: nothing is replaced twice."""
    longest_first = sorted(table, key=len, reverse=True)
    pattern = rf"(?<![\w.-])(?:{'|'.join(map(re.escape, longest_first))})"
    return re.sub(pattern, lambda found: table[found[0]], text) if table else text


def free_ports() -> dict[str, int]:
    """A free port for each listening service; all are held until all are found, so no two are the same."""
    held = {name: socket.create_server(("127.0.0.1", 0)) for name in LISTENING}
    ports = {name: probe.getsockname()[1] for name, probe in held.items()}
    for probe in held.values():
        probe.close()
    return ports
