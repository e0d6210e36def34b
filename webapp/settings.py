"""Every setting in one typed place, read from the environment. Nothing else reads `os.environ`."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

#: What a development checkout signs with; a production start refuses it.
INSECURE_SECRET = "insecure-development-secret"  # noqa: S105 - refused in production, see below
_PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Settings by the name of their environment variable (case does not matter)."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    #: "production" refuses default secrets and has no demo; "local" is `make run`; "test" is the test suite.
    environment: Literal["production", "local", "test"] = Field(default="production", alias="MOCKUPAWS_ENV")
    #: Signs sessions and CSRF tokens. At least 32 characters in production.
    secret_key: str = Field(default=INSECURE_SECRET, alias="SECRET_KEY")
    #: SQLAlchemy address: `sqlite:///...` or `postgresql+psycopg://...`.
    database_url: str = Field(default="sqlite:///var/mockupaws.db", alias="DATABASE_URL")
    #: redis-py address of cache and limits.
    redis_url: str = Field(default="redis://localhost:6379/0", alias="REDIS_URL")
    #: Celery's broker; a Redis that evicts nothing.
    broker_url: str = Field(default="redis://localhost:6379/1", alias="CELERY_BROKER_URL")
    #: Where report files live. Shared by web and workers.
    state_dir: Path = Field(default=_PROJECT / "var", alias="STATE_DIR")
    #: Address people and clients reach the application at, without a trailing slash.
    public_url: str = Field(default="http://localhost:8000", alias="PUBLIC_URL")
    #: Root log level: DEBUG, INFO, WARNING, ERROR.
    log_level: str = Field(default="INFO", alias="LOG_LEVEL")
    #: One JSON object a line when true, text for people when false.
    json_logging: bool = Field(default=True, alias="JSON_LOGGING")
    #: Whether session cookies are sent over TLS only. Off for plain-http local use.
    secure_cookies: bool = Field(default=True, alias="SECURE_COOKIES")

    #: Where the AWS Price List Bulk files are read from: AWS itself, or a mirror of it.
    price_list_url: str = Field(
        default="https://pricing.us-east-1.amazonaws.com", alias="PRICE_LIST_URL", pattern=r"^https?://[^/]+"
    )
    #: Seconds without a byte after which the price server is given up, and tried again.
    price_list_timeout_s: float = Field(default=30, alias="PRICE_LIST_TIMEOUT_S", gt=0)
    #: Megabytes of the largest single file of the price list taken. EC2 has 300 to 450 a region.
    price_list_file_mb: int = Field(default=2_000, alias="PRICE_LIST_FILE_MB", gt=0)
    #: Megabytes one refresh may fetch in all; the rest waits for the next day.
    price_list_total_mb: int = Field(default=20_000, alias="PRICE_LIST_TOTAL_MB", gt=0)

    #: Proxies in front whose X-Forwarded-* headers are believed; 0 believes none.
    trusted_proxies: int = Field(default=0, alias="TRUSTED_PROXIES", ge=0, le=5)

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

    @model_validator(mode="after")
    def _refuse_default_secrets(self) -> Self:
        if self.environment == "production" and (
            self.secret_key == INSECURE_SECRET or len(self.secret_key) < 32
        ):
            raise ValueError(
                "Set SECRET_KEY to a random text of at least 32 characters before a production start."
            )
        return self
