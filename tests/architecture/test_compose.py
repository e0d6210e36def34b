"""docker-compose.yml says what Compose understands, names only what exists, and keeps its promises.

deploy/drill.sh runs what stands there; this reads it.
"""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from celery.bin.celery import celery
from flask.cli import FlaskGroup, ScriptInfo
from jsonschema import Draft201909Validator  # type: ignore[import-untyped]
from tornado.options import options as tornado_options

from deploy.configuration import READ_BY_OTHERS
from deploy.drill import compose
from deploy.drill.compose import compose_variables, document, image_environment, read_env_file, read_service
from deploy.local.places import CHECKOUT
from tests.stack.databases import make_settings
from webapp.factory import create_app
from webapp.settings import Settings

_SCHEMA = Path(__file__).parent / "vendor" / "compose-spec.json"
_FOLDER = CHECKOUT / "deploy/compose"
#: Run from our own image.
_OURS = ("migrate", "web", "worker", "beat", "flower")
_SERVICES = {
    *_OURS, "nginx", "postgres", "pgbouncer", "cache", "broker", "prometheus", "grafana", "mailcatcher",
}  # fmt: skip
#: What the other images read: a misspelt name would be taken without a word.
_READ_BY_IMAGES: Mapping[str, set[str]] = {
    "postgres": {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS", "POSTGRES_PASSWORD"},
    "pgbouncer": {"POSTGRES_PASSWORD"},
    "prometheus": {"METRICS_TOKEN"},
    "grafana": {
        "GF_SECURITY_ADMIN_PASSWORD", "GF_USERS_ALLOW_SIGN_UP", "GF_ANALYTICS_REPORTING_ENABLED",
        "GF_ANALYTICS_CHECK_FOR_UPDATES",
    },
}  # fmt: skip
#: Programs of images that are not ours.
_PROGRAMS: Mapping[str, set[str]] = {
    "nginx": {"nginx", "wget"},
    "postgres": {"postgres", "pg_isready"},
    "pgbouncer": {"sh", "pgbouncer", "pg_isready"},
    "cache": {"redis-server", "redis-cli"},
    "broker": {"redis-server", "redis-cli"},
    "prometheus": {"sh", "prometheus", "wget"},
    "grafana": {"wget"},
    "mailcatcher": {"/mailpit"},
}
_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY|AUTH")


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = document()["services"]
    return found


def each_service() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from services().items()


def words(service: Mapping[str, Any]) -> list[list[str]]:
    """Its command and its health check, as they are started; shells are looked into."""
    command = [*service.get("entrypoint", []), *service.get("command", [])]
    check = service["healthcheck"].get("test", [])
    started = [command, check[1:] if check[:1] == ["CMD"] else ["sh", "-c", *check[1:]] if check else []]
    found = list[list[str]]()
    for line in filter(None, started):
        if line[:2] == ["sh", "-c"]:
            parts = re.split(r"&&|;|\|", line[2].replace("$$", "$"))
            found += [shlex.split(part.strip().removeprefix("exec ")) for part in parts]
        else:
            found.append(line)
    return found


@pytest.fixture(scope="module")
def env_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The env files as an operator makes them."""
    folder = tmp_path_factory.mktemp("env")
    script = str(_FOLDER / "make-env.sh")
    subprocess.run([script, "https://mockupaws.example.org", str(folder)], check=True, capture_output=True)
    return folder


def test_compose_understands_every_word() -> None:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    wrong = Draft201909Validator(schema).iter_errors(document())
    assert [f"{'/'.join(map(str, error.path))}: {error.message}" for error in wrong] == []


def test_the_stack_is_whole() -> None:
    assert set(services()) == _SERVICES
    assert {name for name, said in each_service() if said.get("profiles")} == {"mailcatcher"}


@pytest.mark.parametrize("name", sorted(_SERVICES))
def test_every_service_is_watched_limited_and_confined(name: str) -> None:
    said = services()[name]
    assert said["restart"] == ("on-failure" if name == "migrate" else "unless-stopped")
    assert re.fullmatch(r"[1-9]\d*:\d+", said["user"]), "a number that is not root's"
    assert said["read_only"] is True
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert not said.keys() & {"privileged", "cap_add", "pid", "network_mode", "devices"}
    limits = said["deploy"]["resources"]["limits"]
    assert float(limits["cpus"]) > 0
    assert re.fullmatch(r"\d+[MG]", limits["memory"])
    assert said["logging"]["options"].keys() == {"max-size", "max-file"}
    check = said["healthcheck"]
    if name == "migrate":  # it ends; whoever waits for it waits for its exit code
        assert check == {"disable": True}
    else:
        assert check["test"][0] in ("CMD", "CMD-SHELL")
        assert check.keys() >= {"interval", "timeout", "retries"}


def test_only_nginx_is_reached_from_outside() -> None:
    for name, said in each_service():
        for port in said.get("ports", []):
            assert name == "nginx" or port.startswith("127.0.0.1:"), f"{name}: {port}"
    assert document()["networks"]["data"] == {"internal": True}


def test_the_worker_reaches_mail_servers_and_the_catcher() -> None:
    shared = set(services()["worker"]["networks"]) & set(services()["mailcatcher"]["networks"])
    assert [name for name in shared if not (document()["networks"][name] or {}).get("internal")]


def test_images_say_their_version() -> None:
    for name, said in each_service():
        _, _, tag = said["image"].rpartition(":")
        assert "/" not in tag and tag != "latest", name
        assert re.search(r"\d|APP_VERSION", said["image"]), name


def test_what_services_name_of_each_other_is_there() -> None:
    stack = document()
    for name, said in each_service():
        assert set(said["networks"]) <= stack["networks"].keys(), name
        for other, wanted in said.get("depends_on", {}).items():
            ends = wanted["condition"] == "service_completed_successfully"
            assert ends == (other == "migrate"), f"{name} waits for {other}"
            assert set(said["networks"]) & set(services()[other]["networks"]) or ends
        for volume in said.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith((".", "$")) or source in stack["volumes"], f"{name}: {volume}"
        for text in said.get("environment", {}).values():
            for host in re.findall(r"://(?:[^@/]*@)?([a-z]+):\d", str(text)):
                assert set(said["networks"]) & set(services()[host]["networks"]), f"{name} reaches {host}"


def test_every_mounted_file_is_there() -> None:
    mounted = [
        volume.split(":")[0]
        for _, said in each_service()
        for volume in said.get("volumes", [])
        if volume.startswith("./")
    ]
    assert len(mounted) >= 8
    assert [path for path in mounted if not (CHECKOUT / path).exists()] == []
    read_only = [v for _, said in each_service() for v in said.get("volumes", []) if v[0] in ".$"]
    assert [volume for volume in read_only if not volume.endswith(":ro")] == []


@pytest.mark.parametrize("name", _OURS)
def test_our_services_are_told_only_what_somebody_reads(name: str, env_folder: Path) -> None:
    read = {str(field.alias) for field in Settings.model_fields.values()} | READ_BY_OTHERS.keys()
    told = read_service(name, env_folder).environment
    assert told.keys() - read == set()
    if name != "flower":
        Settings.model_validate(told)


@pytest.mark.parametrize("name", sorted(_READ_BY_IMAGES))
def test_other_services_are_told_only_what_their_image_reads(name: str, env_folder: Path) -> None:
    assert read_service_environment(name, env_folder) == _READ_BY_IMAGES[name]


def read_service_environment(name: str, env_folder: Path) -> set[str]:
    said = services()[name]
    from_files = [read_env_file(env_folder / Path(file).name) for file in said.get("env_file", [])]
    return {*said.get("environment", {}), *(key for file in from_files for key in file)}


def test_services_that_need_no_variable_have_none() -> None:
    without = _SERVICES - set(_OURS) - _READ_BY_IMAGES.keys()
    assert [name for name in without if services()[name].keys() & {"environment", "env_file"}] == []


def test_what_flower_is_told_is_an_option_of_flower() -> None:
    import_module("flower.options")  # it tells tornado
    told = {name for name in services()["flower"]["environment"] if name.startswith("FLOWER_")}
    told |= read_env_file(_FOLDER / "flower.env.example").keys()
    known = {name.upper().replace("-", "_") for name in tornado_options}
    assert told
    assert {name.removeprefix("FLOWER_") for name in told} - known == set()


def test_shells_use_only_variables_they_are_given(env_folder: Path) -> None:
    for name, said in each_service():
        used = set(re.findall(r"\$\$([A-Z_]+)", " ".join(said.get("command", []))))
        assert used <= read_service_environment(name, env_folder), name


def test_secrets_come_from_env_files_alone(env_folder: Path) -> None:
    for name, said in each_service():
        for variable, text in said.get("environment", {}).items():
            assert not _SECRET.search(variable), f"{name}: {variable}"
            assert not re.search(r"://[^/]*@", str(text)), f"{name}: {variable}"
        assert not _SECRET.search(" ".join(said.get("build", {}).get("args", {}))), name
        for file in said.get("env_file", []):
            assert (CHECKOUT / f"{file}.example").is_file(), file
            ignored = subprocess.run(["git", "check-ignore", "--quiet", file], cwd=CHECKOUT)
            assert ignored.returncode == 0, f"{file} could be committed"
    assert [name for name in image_environment() if _SECRET.search(name)] == []


def test_the_examples_hold_no_secret_and_the_script_fills_each(env_folder: Path) -> None:
    made = {path.name for path in env_folder.iterdir()}
    assert made == {path.name.removesuffix(".example") for path in _FOLDER.glob("*.env.example")}
    for name in made:
        example, filled = read_env_file(_FOLDER / f"{name}.example"), read_env_file(env_folder / name)
        assert (env_folder / name).stat().st_mode & 0o077 == 0
        for variable in filter(_SECRET.search, example):
            assert example[variable] == "", f"{name}: {variable}"
            assert filled[variable] or variable == "SMTP_PASSWORD", f"{name}: {variable}"


def test_the_variables_of_compose_itself_are_told_to_operators() -> None:
    text = compose.FILE.read_text(encoding="utf-8")
    page = (CHECKOUT / "docs/deployment.md").read_text(encoding="utf-8")
    wanted = compose_variables(text)
    assert wanted == {"APP_VERSION", "APP_COMMIT", "HTTP_PORT", "HTTPS_PORT", "TLS_DIR"}
    assert [name for name in wanted if f"`{name}`" not in page] == []


def redis_says(name: str) -> dict[str, str]:
    lines = (_FOLDER / f"redis-{name}.conf").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(" ") for line in lines if line and not line.startswith("#"))
    return {word: value.strip('"') for word, _, value in pairs}


def test_the_cache_evicts_and_is_snapshotted() -> None:
    said = redis_says("cache")
    assert (said["maxmemory"], said["maxmemory-policy"]) == ("512mb", "volatile-lru")
    assert re.fullmatch(r"(\d+ \d+ ?)+", said["save"])
    assert said["appendonly"] == "no"


def test_the_broker_loses_nothing() -> None:
    said = redis_says("broker")
    assert said["maxmemory-policy"] == "noeviction"
    assert (said["appendonly"], said["appendfsync"], said["save"]) == ("yes", "everysec", "")


@pytest.mark.parametrize("name", ["cache", "broker"])
def test_each_redis_reads_its_own_file_and_fits_its_container(name: str) -> None:
    mounted = [f"./deploy/compose/redis-{name}.conf:/etc/redis/redis.conf:ro", f"{name}:/data"]
    assert services()[name]["volumes"] == mounted
    megabytes = {"512M": 512, "1G": 1024}[services()[name]["deploy"]["resources"]["limits"]["memory"]]
    # What a snapshot or a rewrite copies while values change needs room beside them.
    assert int(redis_says(name)["maxmemory"].removesuffix("mb")) * 2 <= megabytes


def test_programs_of_other_images_are_theirs() -> None:
    for name, programs in _PROGRAMS.items():
        started = {line[0] for line in words(services()[name])}
        assert started <= programs | {"umask", "printf"}, name
    for name in _OURS:
        assert all(line for line in words(services()[name])), name


@pytest.mark.parametrize("name", _OURS)
def test_what_our_services_start_is_in_the_image(name: str, tmp_path: Path) -> None:
    programs = {entry.name for entry in entry_points(group="console_scripts")}
    for program, *arguments in words(services()[name]):
        if program == "python":
            assert arguments[0] == "-m"
            assert_in_image(f"{arguments[1].replace('.', '/')}.py")
            continue
        assert program in programs
        if program == "celery":
            assert_celery_takes(arguments)
        elif program == "flask":
            assert_flask_takes(arguments, tmp_path)
        else:
            assert program == "gunicorn"
            assert arguments == ["-c", "deploy/gunicorn_conf.py", "wsgi:app"]
            assert_in_image("deploy/gunicorn_conf.py")
            assert_in_image("wsgi.py")


def assert_in_image(path: str) -> None:
    """The Dockerfile copies the file, or the folder it is in, into the application's image."""
    assert (CHECKOUT / path).is_file()
    copied = [line.split()[1:-1] for line in dockerfile().splitlines() if line.startswith("COPY ")]
    assert any(path == source or path.startswith(f"{source}/") for line in copied for source in line), path


def assert_celery_takes(arguments: list[str]) -> None:
    known = {flag for parameter in celery.params for flag in parameter.opts}
    for word in arguments:
        if word in celery.commands:
            known |= {flag for parameter in celery.commands[word].params for flag in parameter.opts}
    asked = [word.partition("=")[0] for word in arguments if word.startswith("-")]
    assert [flag for flag in asked if flag not in known] == []
    assert set(arguments) & celery.commands.keys()


def assert_flask_takes(arguments: list[str], state_dir: Path) -> None:
    app = create_app(make_settings("sqlite://", state_dir))
    group = FlaskGroup(create_app=lambda: app)
    found: click.Command | None = group
    # As a block: finding a command opens a context of the application, which must not outlive this test.
    with click.Context(group, obj=ScriptInfo(create_app=lambda: app)) as context:
        for word in arguments:
            assert isinstance(found, click.Group)
            found = found.get_command(context, word)
            assert found is not None, word


def dockerfile() -> str:
    return (CHECKOUT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")


def test_the_dockerfile_has_the_stages_and_copies_what_is_there() -> None:
    stages = re.findall(r"^FROM \S+:\S+ AS (\w+)$", dockerfile(), re.MULTILINE)
    targets = {said["build"]["target"] for _, said in each_service() if "build" in said}
    assert targets == {"mockupaws", "pgbouncer"} <= set(stages)
    assert len(stages) == len(re.findall(r"^FROM ", dockerfile(), re.MULTILINE)) == 3
    for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile(), re.MULTILINE):
        assert [source for source in line.split()[:-1] if not (CHECKOUT / source).exists()] == []
    for stage in re.split(r"^FROM ", dockerfile(), flags=re.MULTILINE)[2:]:
        assert re.search(r"^USER (?!root|0)\w+$", stage, re.MULTILINE)


def test_prometheus_asks_services_that_answer() -> None:
    asked = yaml.safe_load((_FOLDER / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    found = [each for job in asked for each in job.get("dns_sd_configs", [])]
    assert {name for each in found for name in each["names"]} == {"web", "worker"}
    for each in found:
        (name,) = each["names"]
        assert "watch" in services()[name]["networks"]
    worker = next(each for each in found if each["names"] == ["worker"])
    assert str(worker["port"]) == services()["worker"]["environment"]["WORKER_METRICS_PORT"]
