"""The page of settings says what the settings are; what cannot be used ends every start in so many words."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.configuration import PAGE, READ_BY_OTHERS, described_settings, page
from deploy.local.places import CHECKOUT
from tests.stack.live import free_port
from webapp.settings import Settings, SettingsRefused

#: Where our own code asks the environment for a name.
_ASKED = re.compile(r"""os\.environ(?:\.get\(|\[)["']([A-Z_]+)""")
_STARTS = {
    "web": ("gunicorn", "-c", "deploy/gunicorn_conf.py", "--check-config", "wsgi:app"),
    "worker": ("celery", "-A", "tasks.app", "worker"),
    "command": ("flask", "--app", "wsgi", "prices", "status"),
}


def test_the_page_is_what_the_settings_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "Renew it: python -m deploy.configuration"


def test_every_setting_has_a_variable_a_meaning_and_a_group() -> None:
    told = list(described_settings())
    assert len(told) == len(Settings.model_fields)
    assert all(setting.name.isupper() and setting.meaning.endswith(".") and setting.group for setting in told)


def test_the_names_operators_know_are_kept() -> None:
    known = {
        "APP_VERSION", "LOG_LEVEL", "JSON_LOGGING", "REDIS_URL", "CACHE_DISABLED", "CELERY_BROKER_URL",
        "CELERY_RESULT_BACKEND", "CORS_ALLOWED_ORIGINS", "AUDIT_LOGGING_ENABLED", "JAEGER_ENDPOINT",
        "JAEGER_PORT", "OTLP_ENDPOINT", "SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD",
        "DEFAULT_FROM_EMAIL",
    }  # fmt: skip
    assert known <= {setting.name for setting in described_settings()}


def test_whatever_our_code_reads_from_the_environment_is_on_the_page() -> None:
    told = {setting.name for setting in described_settings()} | READ_BY_OTHERS.keys()
    files = [
        *(CHECKOUT / "webapp").rglob("*.py"),
        *(CHECKOUT / "tasks").rglob("*.py"),
        *(CHECKOUT / "deploy").glob("*.py"),
        CHECKOUT / "deploy/local/flower.py",
    ]
    asked = {name for file in files for name in _ASKED.findall(file.read_text(encoding="utf-8"))}
    assert {"PROMETHEUS_MULTIPROC_DIR", "FLOWER_PORT"} <= asked, "the pattern finds what is asked for"
    assert asked - told == set()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a start that says nothing but what the test adds."""
    for setting in described_settings():
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv("MOCKUPAWS_ENV", "local")
    return monkeypatch


def test_an_empty_variable_means_the_default(environment: pytest.MonkeyPatch) -> None:
    without = Settings()
    for setting in described_settings():
        if setting.name != "MOCKUPAWS_ENV":
            environment.setenv(setting.name, "")
    assert Settings() == without


@pytest.mark.parametrize(
    ("name", "value", "wish"),
    [
        ("MOCKUPAWS_ENV", "prod", "write 'production', 'local' or 'test'"),
        ("LOG_LEVEL", "LOUD", "write DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ("PUBLIC_URL", "mockupaws.example.org", "write an address like https://"),
        ("DATABASE_URL", "nonsense", "write an address like postgresql+psycopg://"),
        ("DATABASE_URL", "postgresql://u:secret-word@h/d", "write an address like postgresql+psycopg://"),
        ("DATABASE_URL", "postgresql+psycopg://u:secret-word@h:port/d", "write an address like"),
        ("REDIS_URL", "foo", "write an address like redis://"),
        ("REDIS_URL", "redis://:secret-word@h:port/0", "write an address like redis://"),
        ("CELERY_BROKER_URL", "foo", "write an address like redis://"),
        ("CELERY_BROKER_URL", "redis://", "write an address like redis://"),
        ("CELERY_RESULT_BACKEND", "yes", "write an address like redis://"),
        ("SMTP_PORT", "submission", "write a whole number"),
        ("SMTP_PORT", "70000", "write a number below 65536"),
        ("WEB_WORKERS", "0", "write a number above 0"),
        ("TRUSTED_PROXIES", "9", "write a number of at most 5"),
        ("AUDIT_RETENTION_DAYS", "30", "write a number of at least 365"),
        ("TRACE_SAMPLE_RATIO", "half", "write a number"),
        ("JSON_LOGGING", "perhaps", "write true or false"),
        ("API_V1_SUNSET", "soon", "write a date like 2026-12-31"),
        ("DEFAULT_FROM_EMAIL", "nobody", "write an address like"),
        ("METRICS_ADDRESSES", "10.0.0.9, monitor", "write IP addresses"),
        ("OTLP_ENDPOINT", "collector:4318", "write an address like http://"),
        ("JAEGER_ENDPOINT", "ftp://jaeger", "write a host"),
        ("PRICE_LIST_URL", "http://", "write an address like https://"),
    ],
)
def test_what_cannot_be_used_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str, wish: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsRefused) as refused:
        Settings()
    said = str(refused.value)
    assert said.startswith(f"{name} cannot be used: {wish}")
    assert said.count("cannot be used") == 1
    assert "secret-word" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "postgresql+psycopg://u:p%40/w@h:6432/d"),
        ("REDIS_URL", "unix:///run/cache.sock?db=0"),
        ("CELERY_BROKER_URL", "redis+socket:///run/broker.sock?virtual_host=0"),
        ("CELERY_RESULT_BACKEND", "rediss://broker/2"),
        ("LOG_LEVEL", "debug"),
        ("JAEGER_ENDPOINT", "jaeger"),
        ("JAEGER_ENDPOINT", "https://jaeger.example.org:4318/"),
        ("METRICS_ADDRESSES", "10.0.0.9, ::1"),
        ("DEFAULT_FROM_EMAIL", "Costs <costs@example.org>"),
    ],
)
def test_what_can_be_used_is_taken(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    Settings()


def test_production_names_every_secret_it_lacks_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MOCKUPAWS_ENV", "")
    environment.setenv("AUDIT_HMAC_KEY", "short")
    environment.setenv("CORS_ALLOWED_ORIGINS", "*")
    with pytest.raises(SettingsRefused, match=r"SECRET_KEY.*CORS_ALLOWED_ORIGINS.*AUDIT_HMAC_KEY"):
        Settings()


@pytest.mark.parametrize("start", _STARTS)
def test_every_start_ends_in_one_sentence_for_each_wrong_setting(start: str, tmp_path: Path) -> None:
    program, *arguments = _STARTS[start]
    wrong = {"LOG_LEVEL": "LOUD", "CELERY_BROKER_URL": "foo", "PORT": "http"}
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments], cwd=CHECKOUT, capture_output=True, text=True, timeout=60,
        env=os.environ | {"MOCKUPAWS_ENV": "local", "STATE_DIR": str(tmp_path)} | wrong,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "Traceback" not in said
    assert sorted(re.findall(r"([A-Z_]+) cannot be used: write ", said)) == sorted(wrong)
    assert len(said.splitlines()) == 1, said


def test_make_run_says_it_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.launch", "--state", str(tmp_path)], cwd=CHECKOUT,
        capture_output=True, text=True, timeout=60,
        env=os.environ | {"PORT": str(free_port()), "LOG_LEVEL": "LOUD", "SMTP_PORT": "x"},
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "Traceback" not in said
    assert "LOG_LEVEL cannot be used: write DEBUG" in said
    assert "SMTP_PORT cannot be used: write a whole number." in said
