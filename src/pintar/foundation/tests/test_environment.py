"""A wrong or unsafe setting stops the start with a sentence that names the variable."""

import pytest

from pintar.foundation import environment, sqlite


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"PINTAR_PUBLIC_URL": "pintar.go.id"}, "PINTAR_PUBLIC_URL"),
        ({"PINTAR_PUBLIC_URL": "http://pintar.go.id", "PINTAR_HOST": "0.0.0.0"}, "PINTAR_PUBLIC_URL"),
        ({"PINTAR_HOST": "0.0.0.0"}, "PINTAR_PUBLIC_URL"),
        ({"PINTAR_PUBLIC_URL": "https://pintar.go.id", "PINTAR_ALLOWED_HOSTS": "*"}, "PINTAR_ALLOWED_HOSTS"),
        ({"PINTAR_SECRET_KEY": "secret"}, "PINTAR_SECRET_KEY"),
        ({"PINTAR_SECRET_KEY": "a" * 64}, "PINTAR_SECRET_KEY"),
        ({"PINTAR_IDENTIFIER_KEY": "short"}, "PINTAR_IDENTIFIER_KEY"),
        ({"PINTAR_SECRET_KEY_FILE": "/nowhere/secret"}, "PINTAR_SECRET_KEY_FILE"),
        ({"PINTAR_DATABASE_URL": "mysql://localhost/pintar"}, "PINTAR_DATABASE_URL"),
        ({"PINTAR_DATABASE_URL": "postgresql://localhost"}, "PINTAR_DATABASE_URL"),
        ({"PINTAR_MEDIA_URL": "ftp://media"}, "PINTAR_MEDIA_URL"),
        ({"PINTAR_MEDIA_URL": "file:media"}, "PINTAR_MEDIA_URL"),
        ({"PINTAR_MEDIA_URL": "s3:"}, "PINTAR_MEDIA_URL"),
        ({"PINTAR_MEDIA_URL": "s3://k:s@"}, "PINTAR_MEDIA_URL"),
        ({"PINTAR_MEDIA_URL": "s3://k:s@Media_Pintar"}, "PINTAR_MEDIA_URL"),
        ({"PINTAR_MEDIA_URL": "s3://media"}, "PINTAR_MEDIA_URL"),
        ({"PINTAR_MEDIA_URL": "s3://k:s@media?endpoint=s3.example.go.id"}, "PINTAR_MEDIA_URL"),
        ({"PINTAR_MEDIA_URL": "s3://k:s@media?public=media.example.go.id"}, "PINTAR_MEDIA_URL"),
        ({"PINTAR_MEDIA_URL": "s3://k:s@media?regoin=ap-southeast-3"}, "PINTAR_MEDIA_URL"),
        (
            {
                "PINTAR_PUBLIC_URL": "https://pintar.go.id",
                "PINTAR_MEDIA_URL": "s3://k:s@media?endpoint=http://minio:9000",
            },
            "PINTAR_MEDIA_URL",
        ),
        ({"PINTAR_MAIL_URL": "mail.go.id"}, "PINTAR_MAIL_URL"),
        ({"PINTAR_DATA": "/proc/pintar"}, "PINTAR_DATA"),
    ],
)
def test_the_sentence_names_the_variable(tmp_path, variables, named):
    with pytest.raises(environment.UnsafeSetting, match=rf"^{named}\b"):
        environment.read({"PINTAR_DATA": str(tmp_path), **variables})


def test_keys_are_made_once_and_kept_where_only_the_owner_reads(tmp_path):
    first = environment.read({"PINTAR_DATA": str(tmp_path)})
    again = environment.read({"PINTAR_DATA": str(tmp_path)})
    assert (first.secret_key, first.identifier_key) == (again.secret_key, again.identifier_key)
    assert first.secret_key != first.identifier_key
    assert (tmp_path / "keys" / "secret.key").stat().st_mode & 0o077 == 0


def test_production_is_https_or_a_host_that_others_reach(tmp_path):
    env = {"PINTAR_DATA": str(tmp_path)}
    assert not environment.read(env).production
    assert environment.read(env | {"PINTAR_PUBLIC_URL": "https://pintar.go.id"}).production


@pytest.mark.parametrize(
    ("version", "journal"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "TRUNCATE"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 53, 4), "WAL"),
    ],
)
def test_a_library_that_can_lose_commits_runs_without_wal(version, journal):
    assert sqlite.journal_mode(version) == journal


@pytest.mark.django_db
def test_commits_on_sqlite_are_synced_to_the_disk():
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        facts = {
            p: cursor.execute(f"PRAGMA {p}").fetchone()[0] for p in ("synchronous", "journal_mode", "foreign_keys")
        }
    assert facts == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("s3://k:s@media", "https://s3.us-east-1.amazonaws.com"),
        ("s3://k:s@media?region=ap-southeast-3", "https://s3.ap-southeast-3.amazonaws.com"),
        ("s3://k:s@media?endpoint=https://s3.example.go.id:9000/", "https://s3.example.go.id:9000"),
        ("s3://k:s@media?endpoint=http://minio:9000&public=https://media.go.id/a", "https://media.go.id"),
        ("file:/srv/media", ""),
        ("", ""),
    ],
)
def test_browsers_fetch_recordings_from_one_origin(tmp_path, url, origin):
    variables = {"PINTAR_PUBLIC_URL": "https://pintar.go.id", "PINTAR_MEDIA_URL": url}
    assert environment.read({"PINTAR_DATA": str(tmp_path), **variables}).media_origin == origin


def test_a_bucket_takes_its_key_from_the_variables_that_everybody_uses_or_from_its_address(tmp_path):
    known = {"AWS_ACCESS_KEY_ID": "kunci", "AWS_SECRET_ACCESS_KEY": "rahasia"}
    env = {"PINTAR_DATA": str(tmp_path), **known}
    named = environment.read({**env, "PINTAR_MEDIA_URL": "s3://media/2026/"}).media["OPTIONS"]
    assert (named["key"], named["secret"], named["prefix"]) == ("kunci", "rahasia", "2026")
    written = environment.read({**env, "PINTAR_MEDIA_URL": "s3://k%2Fa:s%2Bb@media"}).media["OPTIONS"]
    assert (written["key"], written["secret"]) == ("k/a", "s+b")
