"""What the operator says in environment variables, read once and checked.

A wrong or unsafe value stops the start with a sentence that names the variable.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHORTEST_SECRET = 32


class UnsafeSetting(Exception):
    """A value that Pintar will not start with. The message names the variable and says what to do."""


@dataclass(frozen=True, slots=True)
class Environment:
    data: Path
    database: dict[str, object]
    redis_url: str
    media_url: str
    secret_key: str
    identifier_key: str
    allowed_hosts: list[str]
    public_url: str
    mail: dict[str, object]
    production: bool


def read(env: Mapping[str, str] = os.environ) -> Environment:
    """Everything the start needs to know.

    Raises UnsafeSetting for the first value that is wrong.
    """
    data = Path(env.get("PINTAR_DATA", "var")).resolve()
    host = env.get("PINTAR_HOST", "127.0.0.1")
    public_url = env.get("PINTAR_PUBLIC_URL", "").rstrip("/") or f"http://localhost:{env.get('PINTAR_PORT', '8000')}"
    production = public_url.startswith("https://") or host not in LOOPBACK
    return Environment(
        data=data,
        database=_database(env.get("PINTAR_DATABASE_URL", ""), data),
        redis_url=env.get("PINTAR_REDIS_URL", ""),
        media_url=_media(env.get("PINTAR_MEDIA_URL", ""), data),
        secret_key=_secret(env, "PINTAR_SECRET_KEY", data / "keys" / "secret.key"),
        identifier_key=_secret(env, "PINTAR_IDENTIFIER_KEY", data / "keys" / "identifiers.key"),
        allowed_hosts=_hosts(env.get("PINTAR_ALLOWED_HOSTS", ""), _checked_url(public_url, production), production),
        public_url=public_url,
        mail=_mail(env.get("PINTAR_MAIL_URL", "")),
        production=production,
    )


def _checked_url(public_url: str, production: bool) -> str:
    parts = urlsplit(public_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UnsafeSetting("PINTAR_PUBLIC_URL is not an address; write it like https://pintar.example.go.id")
    if production and parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise UnsafeSetting(
            "PINTAR_PUBLIC_URL must begin with https:// when others can reach this server; "
            "put a proxy with TLS in front, or use --host 127.0.0.1"
        )
    if production and parts.hostname in LOOPBACK:
        raise UnsafeSetting(
            "PINTAR_PUBLIC_URL must be set to the https address that people use when --host is not loopback"
        )
    return public_url


def _hosts(given: str, public_url: str, production: bool) -> list[str]:
    named = [host.strip() for host in given.split(",") if host.strip()]
    if "*" in named and production:
        raise UnsafeSetting("PINTAR_ALLOWED_HOSTS must name the hosts; * would let anyone choose the links in our mail")
    own = urlsplit(public_url).hostname or "localhost"
    return [*dict.fromkeys([*named, own, *LOOPBACK, "[::1]"])]


def _secret(env: Mapping[str, str], name: str, kept: Path) -> str:
    if given := env.get(name):
        return _long_enough(name, given)
    if path := env.get(f"{name}_FILE"):
        try:
            return _long_enough(f"{name}_FILE", Path(path).read_text().strip())
        except OSError as error:
            raise UnsafeSetting(f"{name}_FILE names {path}, which cannot be read: {error.strerror}") from None
    return _made_and_kept(kept)


def _long_enough(name: str, value: str) -> str:
    if len(value) < SHORTEST_SECRET or len(set(value)) < 10:
        raise UnsafeSetting(
            f"{name} is too easy to guess; use at least {SHORTEST_SECRET} random characters, "
            'for example from: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return value


def _made_and_kept(path: Path) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise UnsafeSetting(f"PINTAR_DATA names {path.parents[1]}, which cannot be written: {error.strerror}") from None
    return path.read_text().strip()


def _database(url: str, data: Path) -> dict[str, object]:
    if not url:
        from pintar.foundation import sqlite

        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data / "pintar.sqlite3",
            "OPTIONS": sqlite.options(),
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": data / "test.sqlite3"},
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise UnsafeSetting(
            "PINTAR_DATABASE_URL is not understood; leave it empty for SQLite, "
            "or write postgresql://user:password@host:5432/pintar"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **dict(parse_qsl(parts.query))},
    }


def _media(url: str, data: Path) -> str:
    if not url:
        return f"file:{data / 'media'}"
    if urlsplit(url).scheme != "file":
        raise UnsafeSetting("PINTAR_MEDIA_URL is not understood; leave it empty, or write file:/srv/pintar/media")
    return url


def _mail(url: str) -> dict[str, object]:
    if not url:
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": parts.path}}
    if parts.scheme not in ("smtp", "smtps", "smtp+tls") or not parts.hostname:
        raise UnsafeSetting("PINTAR_MAIL_URL is not understood; write smtp+tls://user:password@host:587")
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp+tls",
            "use_ssl": parts.scheme == "smtps",
            "timeout": 10,
        },
    }
