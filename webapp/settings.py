"""Every setting in one typed place, read from the environment. Nothing else reads `os.environ`."""

import hmac
import re
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from webapp.setting_checks import USABLE, listed, sentences

#: What a development checkout signs with; a production start refuses it.
INSECURE_SECRET = "insecure-development-secret"  # noqa: S105 - refused in production, see below
_PROJECT = Path(__file__).resolve().parent.parent
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")


class SettingsRefused(SystemExit):
    """Ends a start with a sentence for each variable that cannot be used.

    It is no Exception: gunicorn, Celery and flask would each put a traceback around one.
    """


class Settings(BaseSettings):
    """Settings by the name of their environment variable; case does not matter, an empty one is its default.

    Made from the environment alone, they raise SettingsRefused; a program that gives some of them itself gets
    the ValidationError.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    # Start

    #: "production" refuses default secrets and has no demo; "local" is `make run`; "test" is the test suite.
    environment: Literal["production", "local", "test"] = Field(default="production", alias="MOCKUPAWS_ENV")
    #: Signs sessions and CSRF tokens. At least 32 characters in production.
    secret_key: str = Field(default=INSECURE_SECRET, alias="SECRET_KEY")
    #: Address people and clients reach the application at, without a trailing slash.
    public_url: str = Field(default="http://localhost:8000", alias="PUBLIC_URL")
    #: Where report files live. Shared by web and workers.
    state_dir: Path = Field(default=_PROJECT / "var", alias="STATE_DIR")
    #: Version of an image, for `/api/v2/health/info`; a checkout knows its own.
    app_version: str = Field(default="", alias="APP_VERSION")
    #: Commit of an image, likewise.
    app_commit: str = Field(default="", alias="APP_COMMIT")

    # Web server

    #: Address the web server listens on; "0.0.0.0" is every one.
    host: str = Field(default="127.0.0.1", alias="HOST")
    #: Port the web server listens on.
    port: int = Field(default=8000, alias="PORT", gt=0, lt=65536)
    #: Processes of the web server. Each answers up to 16 requests at once.
    web_workers: int = Field(default=2, alias="WEB_WORKERS", gt=0)
    #: Folder that holds the numbers of all processes of one container; without one, each shows its own alone.
    prometheus_multiproc_dir: Path | None = Field(default=None, alias="PROMETHEUS_MULTIPROC_DIR")

    # Database, cache and queue

    #: SQLAlchemy address: `sqlite:///...` or `postgresql+psycopg://...`.
    database_url: str = Field(default="sqlite:///var/mockupaws.db", alias="DATABASE_URL")
    #: Whether statements are prepared on the server. Off behind a PgBouncer that pools by transaction.
    database_prepared_statements: bool = Field(default=True, alias="DATABASE_PREPARED_STATEMENTS")
    #: redis-py address of cache and limits.
    redis_url: str = Field(default="redis://localhost:6379/0", alias="REDIS_URL")
    #: Answer everything from the source, as if the cache were away.
    cache_disabled: bool = Field(default=False, alias="CACHE_DISABLED")
    #: Celery's broker; a Redis that evicts nothing.
    broker_url: str = Field(default="redis://localhost:6379/1", alias="CELERY_BROKER_URL")
    #: Redis that keeps what jobs give back, for a day. Nothing here reads it, so nothing is kept without.
    celery_result_backend: str = Field(default="", alias="CELERY_RESULT_BACKEND")
    #: Reports made in a minute, over all workers together; more wait for their turn.
    reports_per_minute: int = Field(default=10, alias="REPORTS_PER_MINUTE", gt=0)
    #: Mails sent in a minute, over all workers together; more wait for their turn.
    mails_per_minute: int = Field(default=100, alias="MAILS_PER_MINUTE", gt=0)

    # In front of the application

    #: Proxies in front whose X-Forwarded-* headers are believed; 0 believes none.
    trusted_proxies: int = Field(default=0, alias="TRUSTED_PROXIES", ge=0, le=5)
    #: Hosts answered for besides that of PUBLIC_URL, with commas between; ".example.com" is any below it.
    allowed_hosts: str = Field(default="", alias="ALLOWED_HOSTS")
    #: Whether session cookies are sent over TLS only. Off for plain-http local use.
    secure_cookies: bool = Field(default=True, alias="SECURE_COOKIES")
    #: Whether browsers keep to TLS for every subdomain too, for a year. It cannot be taken back quickly.
    hsts_include_subdomains: bool = Field(default=False, alias="HSTS_INCLUDE_SUBDOMAINS")
    #: Origins whose scripts may call the API, with commas between: "https://app.example.com". None without.
    cors_allowed_origins: str = Field(default="", alias="CORS_ALLOWED_ORIGINS")
    #: Whether requests are counted and refused past their plan. Off only for tests and benchmarks.
    rate_limits_enabled: bool = Field(default=True, alias="RATE_LIMITS_ENABLED")

    # Accounts and audit

    #: Whether nobody signs in before the link mailed to their address was opened. Needs mail to work.
    require_confirmed_email: bool = Field(default=False, alias="REQUIRE_CONFIRMED_EMAIL")
    #: Whether what happens is written to the audit.
    audit_logging_enabled: bool = Field(default=True, alias="AUDIT_LOGGING_ENABLED")
    #: Key of the audit's chain, kept outside the database; without one it is derived from SECRET_KEY.
    audit_hmac_key: str = Field(default="", alias="AUDIT_HMAC_KEY")
    #: Keys the chain was signed with before, separated by commas; former SECRET_KEYs where no key was set.
    audit_hmac_former_keys: str = Field(default="", alias="AUDIT_HMAC_FORMER_KEYS")
    #: Days an audit entry stays in the database before it is archived; the database itself insists on 365.
    audit_retention_days: int = Field(default=365, alias="AUDIT_RETENTION_DAYS", ge=365)

    # Mail

    #: Mail server. Without one, mails are written as files into MAIL_DIR.
    smtp_host: str = Field(default="", alias="SMTP_HOST")
    #: Port of the mail server: 587 for submission with STARTTLS, 25 between servers.
    smtp_port: int = Field(default=587, alias="SMTP_PORT", gt=0, lt=65536)
    #: Name to sign in to the mail server with; empty signs in to none.
    smtp_user: str = Field(default="", alias="SMTP_USER")
    #: Password that goes with SMTP_USER.
    smtp_password: str = Field(default="", alias="SMTP_PASSWORD", repr=False)
    #: Whether the connection must turn to TLS before anything is said. The server's certificate is checked.
    smtp_starttls: bool = Field(default=True, alias="SMTP_STARTTLS")
    #: Who mails come from: "Name <address>" or an address.
    default_from_email: str = Field(
        default="mockupAWS <mockupaws@localhost>",
        alias="DEFAULT_FROM_EMAIL",
    )
    #: Folder for mails without a mail server; without a name it is `mail` in STATE_DIR.
    mail_dir_setting: Path | None = Field(default=None, alias="MAIL_DIR")

    # Budgets

    #: Private networks webhooks may be posted into, with commas between: "10.1.0.0/16". None without.
    webhook_allowed_networks: str = Field(default="", alias="WEBHOOK_ALLOWED_NETWORKS")
    #: Whether webhooks may be posted over plain http too.
    webhook_allow_http: bool = Field(default=False, alias="WEBHOOK_ALLOW_HTTP")

    # Logs, metrics and traces

    #: What is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL, and what is worse.
    log_level: str = Field(default="INFO", alias="LOG_LEVEL")
    #: One JSON object a line when true, text for people when false.
    json_logging: bool = Field(default=True, alias="JSON_LOGGING")
    #: Bearer token that opens the metrics.
    metrics_token: str = Field(default="", alias="METRICS_TOKEN", repr=False)
    #: Addresses that may read the metrics without it, with commas between. Nobody without either.
    metrics_addresses: str = Field(default="", alias="METRICS_ADDRESSES")
    #: Port a worker shows its own metrics on, to Prometheus alone: keep it inside. 0 shows none.
    worker_metrics_port: int = Field(default=0, alias="WORKER_METRICS_PORT", ge=0, lt=65536)
    #: Collector of traces that takes OTLP over HTTP: "http://collector:4318". No traces without one.
    otlp_endpoint: str = Field(default="", alias="OTLP_ENDPOINT")
    #: The same for a Jaeger, which takes OTLP too: its host, or an address as above.
    jaeger_endpoint: str = Field(default="", alias="JAEGER_ENDPOINT")
    #: Port of Jaeger's OTLP over HTTP, for a JAEGER_ENDPOINT that names a host only.
    jaeger_port: int = Field(default=4318, alias="JAEGER_PORT", gt=0, lt=65536)
    #: Share of requests that are traced, 0 to 1. A trace that began elsewhere is followed or not as it says.
    trace_sample_ratio: float = Field(default=1.0, alias="TRACE_SAMPLE_RATIO", ge=0, le=1)
    #: What this process is called in traces.
    service_name: str = Field(default="mockupaws", alias="SERVICE_NAME")

    # Prices

    #: Where the AWS Price List Bulk files are read from: AWS itself, or a mirror of it.
    price_list_url: str = Field(default="https://pricing.us-east-1.amazonaws.com", alias="PRICE_LIST_URL")
    #: Seconds without a byte after which the price server is given up, and tried again.
    price_list_timeout_s: float = Field(default=30, alias="PRICE_LIST_TIMEOUT_S", gt=0)
    #: Megabytes of the largest single file of the price list taken. EC2 has 300 to 450 a region.
    price_list_file_mb: int = Field(default=2_000, alias="PRICE_LIST_FILE_MB", gt=0)
    #: Megabytes one refresh may fetch in all; the rest waits for the next day.
    price_list_total_mb: int = Field(default=20_000, alias="PRICE_LIST_TOTAL_MB", gt=0)

    # API, version 1

    #: The last day version 1 of the API answers; from the next midnight UTC on it answers 410.
    api_v1_sunset: date = Field(default=date(2026, 12, 31), alias="API_V1_SUNSET")
    #: A later last day, for those who could not move in time; without one the sunset stands.
    api_v1_extended_until: date | None = Field(default=None, alias="API_V1_EXTENDED_UNTIL")

    @property
    def project_dir(self) -> Path:
        """The checkout: where templates, static files and migrations lie."""
        return _PROJECT

    @property
    def reports_dir(self) -> Path:
        """Folder of finished report files."""
        return self.state_dir / "reports"

    @property
    def prices_dir(self) -> Path:
        """Folder of price list files on their way into a catalog."""
        return self.state_dir / "prices"

    @property
    def mail_dir(self) -> Path:
        """Folder of mails that no mail server takes."""
        return self.mail_dir_setting or self.state_dir / "mail"

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """Names this installation answers for, as Werkzeug compares them: without port."""
        public = urlsplit(self.public_url).hostname or ""
        return tuple(
            filter(None, (f"[{public}]" if ":" in public else public, *listed(self.allowed_hosts.lower())))
        )

    @property
    def cors_origins(self) -> tuple[str, ...]:
        """Origins whose scripts may call the API."""
        return listed(self.cors_allowed_origins)

    @property
    def traces_endpoint(self) -> str:
        """Where spans are posted to; empty without a collector."""
        base = self.otlp_endpoint or self.jaeger_endpoint
        if not base:
            return ""
        if "://" not in base:
            base = f"http://{base}:{self.jaeger_port}"
        base = base.rstrip("/")
        return base if base.endswith("/v1/traces") else f"{base}/v1/traces"

    @property
    def metrics_readers(self) -> tuple[str, ...]:
        """Addresses that may read the metrics without a token."""
        return listed(self.metrics_addresses)

    @property
    def webhook_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Networks that are not public and may be posted into all the same."""
        return tuple(ip_network(entry) for entry in listed(self.webhook_allowed_networks))

    @property
    def audit_key(self) -> bytes:
        """What signs the audit's chain."""
        if self.audit_hmac_key:
            return self.audit_hmac_key.encode()
        return self.derived_key("audit")

    @property
    def former_audit_keys(self) -> tuple[bytes, ...]:
        """What signed entries of the audit that may still be there, besides `audit_key`."""
        former = [text for text in self.audit_hmac_former_keys.split(",") if text]
        secrets = [*former, self.secret_key]
        derived = [hmac.digest(secret.encode(), b"audit", "sha256") for secret in secrets]
        return (*(text.encode() for text in former), *derived)

    @property
    def audit_dir(self) -> Path:
        """Folder of the audit's checkpoints and archives."""
        return self.state_dir / "audit"

    def derived_key(self, purpose: str) -> bytes:
        """32 bytes that depend on SECRET_KEY and on nothing an attacker with the database has."""
        return hmac.digest(self.secret_key.encode(), purpose.encode(), "sha256")

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            if given:
                raise
            raise SettingsRefused(" ".join(sentences(error))) from None

    @field_validator(*USABLE)
    @classmethod
    def _refuse_what_is_unusable(cls, text: str, info: ValidationInfo) -> str:
        assert info.field_name is not None
        is_usable, wish = USABLE[info.field_name]
        if text and not is_usable(text):
            raise ValueError(f"{cls.model_fields[info.field_name].alias} cannot be used: write {wish}.")
        return text

    @field_validator("cors_allowed_origins")
    @classmethod
    def _refuse_origins_that_are_none(cls, text: str, info: ValidationInfo) -> str:
        for origin in listed(text):
            if origin == "*" and _is_production(info):
                raise ValueError("CORS_ALLOWED_ORIGINS cannot be * in production: name each origin.")
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"CORS_ALLOWED_ORIGINS: {origin!r} is no origin, like https://app.example.com."
                )
        return text

    @field_validator("webhook_allowed_networks")
    @classmethod
    def _refuse_networks_that_are_none(cls, text: str) -> str:
        for entry in listed(text):
            try:
                ip_network(entry)
            except ValueError as error:
                raise ValueError(f"WEBHOOK_ALLOWED_NETWORKS: {error}, like 10.1.0.0/16.") from error
        return text

    @field_validator("secret_key")
    @classmethod
    def _refuse_default_secrets(cls, text: str, info: ValidationInfo) -> str:
        if _is_production(info) and (text == INSECURE_SECRET or len(text) < 32):
            raise ValueError(
                "Set SECRET_KEY to a random text of at least 32 characters before a production start."
            )
        return text

    @field_validator("audit_hmac_key")
    @classmethod
    def _refuse_short_keys(cls, text: str, info: ValidationInfo) -> str:
        if _is_production(info) and 0 < len(text) < 32:
            raise ValueError(
                "Set AUDIT_HMAC_KEY to a random text of at least 32 characters, or leave it out."
            )
        return text


def _is_production(info: ValidationInfo) -> bool:
    """Whether the settings made so far say so; an environment that cannot be used counts as production."""
    return bool(info.data.get("environment", "production") == "production")
