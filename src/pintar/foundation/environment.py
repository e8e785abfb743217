"""What the operator says in environment variables, read once and checked.

A wrong or unsafe value stops the start with a sentence that names the variable.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHORTEST_SECRET = 32
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
AN_S3_URL = "write s3://KEY:SECRET@bucket?endpoint=https://s3.example.go.id&region=ap-southeast-3"


class UnsafeSetting(Exception):
    """A value that Pintar will not start with. The message names the variable and says what to do."""


@dataclass(frozen=True, slots=True)
class Environment:
    data: Path
    database: dict[str, object]
    redis_url: str
    media: dict[str, object]
    media_origin: str
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
    media, media_origin = _media(env, data, production)
    return Environment(
        data=data,
        database=_database(env.get("PINTAR_DATABASE_URL", ""), data),
        redis_url=env.get("PINTAR_REDIS_URL", ""),
        media=media,
        media_origin=media_origin,
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


def _media(env: Mapping[str, str], data: Path, production: bool) -> tuple[dict[str, object], str]:
    """The store of media, and the origin that browsers fetch recordings from ("" for our own)."""
    url = env.get("PINTAR_MEDIA_URL", "") or f"file:{data / 'media'}"
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return _bucket(env, url, production)
    if parts.scheme != "file" or not parts.path.startswith("/"):
        raise UnsafeSetting(
            f"PINTAR_MEDIA_URL is not understood; leave it empty, write file:/srv/pintar/media, or {AN_S3_URL}"
        )
    folder = {"location": unquote(parts.path), "base_url": "/media/"}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": folder}, ""


def _bucket(env: Mapping[str, str], url: str, production: bool) -> tuple[dict[str, object], str]:
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    if unknown := sorted(asked.keys() - {"endpoint", "region", "public"}):
        raise UnsafeSetting(
            f"PINTAR_MEDIA_URL says {unknown[0]}, which is not known; it may say endpoint, region, public"
        )
    bucket = parts.netloc.rpartition("@")[2]
    if not BUCKET.fullmatch(bucket):
        raise UnsafeSetting(f"PINTAR_MEDIA_URL names no bucket; {AN_S3_URL}")
    key = unquote(parts.username or "") or env.get("AWS_ACCESS_KEY_ID", "")
    secret = unquote(parts.password or "") or env.get("AWS_SECRET_ACCESS_KEY", "")
    if not key or not secret:
        raise UnsafeSetting(
            f"PINTAR_MEDIA_URL needs a key and its secret; {AN_S3_URL}, "
            "or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    endpoint, public = asked.get("endpoint", "").rstrip("/"), asked.get("public", "").rstrip("/")
    for name, address in (("endpoint", endpoint), ("public", public)):
        if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname):
            raise UnsafeSetting(f"PINTAR_MEDIA_URL says {name}={address}, which is no http address")
    region = asked.get("region", "us-east-1")
    fetched = urlsplit(public or endpoint or f"https://s3.{region}.amazonaws.com")
    if production and fetched.scheme != "https":
        raise UnsafeSetting(
            "PINTAR_MEDIA_URL must lead browsers to an https address, or they will not play recordings; "
            "put TLS before the store, or say public=https://… of the network before it"
        )
    place = {"bucket": bucket, "prefix": unquote(parts.path).strip("/"), "endpoint": endpoint, "region": region}
    options = {**place, "key": key, "secret": secret, "public": public}
    return {
        "BACKEND": "pintar.foundation.storage.bucket.Bucket",
        "OPTIONS": options,
    }, f"{fetched.scheme}://{fetched.netloc}"


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
