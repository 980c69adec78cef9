"""Settings from the environment, typed; refuses what would be unsafe in production."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal.domain.registry.months import Month


ROOT = Path(__file__).parents[1]
SHORTEST_SECRET = 32


class SettingsFault(Exception):
    """The environment is not usable; the message says which variable and how to mend it."""


class Settings(BaseSettings):
    """PORTAL_* variables. `today` fixes the calendar (demo and tests), never the session clock."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore")

    database_url: str = "sqlite:///var/portal.db"
    migration_url: str = ""  # PostgreSQL: the owner of the tables, when the portal's own role owns none
    secret_key: str = ""
    former_secret_keys: str = ""  # with commas between: those that signed the audit before it was changed
    base_url: str = "http://localhost:8501"
    smtp_url: str = ""
    today: date | None = None
    first_month: str = "2023-01"  # the portal asks for nothing earlier
    trusted_proxies: str = ""  # addresses, with commas between: whose X-Forwarded-For is believed
    logs: Literal["lines", "json"] = "lines"  # what the server writes down: for people, or for machines
    contact: str = ""  # where users write about the portal, their data and its accessibility
    # The region's own login (OIDC): off unless an address is given.
    oidc_metadata_url: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_claim: str = "email"
    oidc_acr: str = ""
    oidc_label: str = "Logga in med regionens konto"

    @field_validator("first_month")
    @classmethod
    def _check_first_month(cls, text: str) -> str:
        return str(Month.parse(text))

    @property
    def uses_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def proxies(self) -> frozenset[str]:
        return frozenset(part.strip() for part in self.trusted_proxies.split(",") if part.strip())

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secret, and the former ones: what signs the audit, and what did."""
        return (
            self.secret_key,
            *(part.strip() for part in self.former_secret_keys.split(",") if part.strip()),
        )

    @property
    def uses_oidc(self) -> bool:
        return bool(self.oidc_metadata_url)

    def check_production(self) -> None:
        """Raise SettingsFault where a real installation would be unsafe."""
        if len(self.secret_key) < SHORTEST_SECRET:
            raise SettingsFault(
                f"PORTAL_SECRET_KEY is missing or shorter than {SHORTEST_SECRET} characters. Make one with:"
                ' python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        if not self.uses_https and not is_loopback_url(self.base_url):
            raise SettingsFault(
                f"PORTAL_BASE_URL={self.base_url} must start with https:// outside this machine."
            )
        if self.uses_oidc:
            self._check_oidc()

    def _check_oidc(self) -> None:
        for name in ("oidc_client_id", "oidc_client_secret", "oidc_claim"):
            if not getattr(self, name):
                raise SettingsFault(f"PORTAL_{name.upper()} is missing: PORTAL_OIDC_METADATA_URL is set.")
        url = self.oidc_metadata_url
        if not url.startswith("https://") and not is_loopback_url(url):
            raise SettingsFault(f"PORTAL_OIDC_METADATA_URL={url} must start with https://")


def is_loopback_url(url: str) -> bool:
    host = (
        url.partition("://")[2].partition("/")[0].rpartition(":")[0]
        or url.partition("://")[2].partition("/")[0]
    )
    return is_loopback(host)


def is_loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1", "[::1]")


def load() -> Settings:
    """Read the environment; raises SettingsFault that names the variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "PORTAL_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsFault(f"{name}={first['input']!r} can't be used: {first['msg']}") from error


@cache
def streamlit_options() -> dict[str, Any]:
    """Return .streamlit/config.toml as `section.option` → value.

    Read by path: Streamlit itself finds the file only when started from the right folder.
    """
    sections = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    return dict(_flatten("", sections))


def _flatten(prefix: str, values: dict[str, Any]) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            pairs += _flatten(f"{prefix}{name}.", value)
        else:
            pairs.append((prefix + name, value))
    return pairs
