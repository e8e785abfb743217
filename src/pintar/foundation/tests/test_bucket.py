"""Media in a bucket: put once, handed out or pointed to; and what happens while the bucket does not answer."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.storage import storages

from pintar.foundation import environment, storage
from pintar.foundation.tests import buckets

PINTAR = Path(sys.executable).parent / "pintar"
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:02.000\nSelamat datang\n"
SOUND = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bucket")


@pytest.fixture(scope="module")
def port(folder):
    with buckets.running(folder) as port:
        yield port


def use(settings, tmp_path, url):
    """Settings as a start with this PINTAR_MEDIA_URL makes them."""
    read = environment.read({"PINTAR_DATA": str(tmp_path), "PINTAR_MEDIA_URL": url})
    settings.STORAGES = {**settings.STORAGES, "media": read.media}
    return read


@pytest.fixture
def bucket(settings, tmp_path, port):
    return use(settings, tmp_path, buckets.url(port))


def test_a_file_is_put_once_under_what_it_holds(bucket, folder):
    stored = storage.put(CAPTIONS, "vtt")
    lies = folder / "media" / "pintar" / stored.name[:2] / stored.name
    assert lies.read_bytes() == CAPTIONS
    written = lies.stat().st_mtime_ns
    assert storage.put(CAPTIONS, "vtt") == stored and lies.stat().st_mtime_ns == written
    assert storage.get(stored.name) == CAPTIONS


def test_a_file_is_put_with_its_type_to_be_cached_for_ever_under_a_signature_of_ours(settings, tmp_path):
    store = buckets.Fake({b"HEAD": buckets.NOT_FOUND, b"PUT": buckets.DONE})
    use(settings, tmp_path, buckets.url(store.port))
    storage.put(CAPTIONS, "vtt")
    store.close()
    head, _, body = store.requests[-1].partition(b"\r\n\r\n")
    told = dict(line.split(": ", 1) for line in head.decode().lower().splitlines()[1:])
    assert head.startswith(b"PUT /media/pintar/") and body == CAPTIONS
    assert told["content-type"] == "text/vtt; charset=utf-8"
    assert told["cache-control"] == storage.FOR_EVER
    assert told["authorization"].startswith("aws4-hmac-sha256 credential=kunci/")
    assert "rahasia" not in head.decode()


def test_what_is_small_passes_through_the_house_whole_and_in_ranges(bucket, client):
    stored = storage.put(CAPTIONS, "vtt")
    whole = client.get(stored.url)
    assert (whole.status_code, whole.getvalue()) == (200, CAPTIONS)
    assert whole["Content-Type"] == "text/vtt; charset=utf-8" and "immutable" in whole["Cache-Control"]
    part = client.get(stored.url, headers={"Range": "bytes=0-5"})
    assert (part.status_code, part.getvalue()) == (206, b"WEBVTT")
    assert client.get(f"/media/{'0' * 64}.vtt").status_code == 404


def test_a_recording_is_fetched_from_the_bucket_by_an_address_signed_for_hours(bucket, client):
    stored = storage.put(SOUND, "opus")
    answer = client.get(stored.url)
    signed = parse_qs(urlsplit(answer["Location"]).query)
    assert answer.status_code == 302
    assert signed["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"] and signed["X-Amz-Expires"] == ["43200"]
    assert "rahasia" not in answer["Location"]
    assert answer["Cache-Control"] == "private, max-age=3600"
    asked = urllib.request.Request(answer["Location"], headers={"Range": "bytes=100-199"})
    with urllib.request.urlopen(asked) as got:
        assert (got.status, got.read(), got.headers["Content-Type"]) == (206, SOUND[100:200], "audio/ogg")


def test_a_recording_is_fetched_from_the_network_before_the_bucket_where_there_is_one(settings, tmp_path, client, port):
    use(settings, tmp_path, buckets.url(port, "&public=https://media.example.go.id/arsip"))
    stored = storage.put(SOUND, "opus")
    assert client.get(stored.url)["Location"] == (
        f"https://media.example.go.id/arsip/pintar/{stored.name[:2]}/{stored.name}"
    )


@pytest.mark.parametrize(
    ("more", "origin"),
    [
        ("", "http://127.0.0.1:9000"),
        ("&public=https://media.example.go.id/arsip", "https://media.example.go.id"),
    ],
)
def test_pages_permit_recordings_from_that_origin_and_nothing_else_from_it(tmp_path, more, origin):
    script = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "print(Client().get('/healthz', headers={'host': 'localhost'})['Content-Security-Policy'])"
    )
    env = clean(tmp_path) | {
        "DJANGO_SETTINGS_MODULE": "pintar.settings", "PINTAR_MEDIA_URL": buckets.url(9000, more),
    }  # fmt: skip
    said = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True).stdout
    policy = dict(part.strip().partition(" ")[::2] for part in said.split(";"))
    assert policy["media-src"].split() == ["'self'", "blob:", origin]
    assert [name for name, sources in policy.items() if origin in sources] == ["media-src"]


def clean(data):
    return {name: value for name, value in os.environ.items() if not name.startswith(("PINTAR_", "AWS_"))} | {
        "PINTAR_DATA": str(data)
    }


class TestAStoreThatDoesNotAnswer:
    @pytest.fixture(params=[{b"": buckets.FAILING}, {}], ids=["failing", "silent"])
    def broken(self, request, settings, tmp_path, monkeypatch):
        from datetime import timedelta

        from pintar.foundation.storage import bucket

        monkeypatch.setattr(bucket, "READS_WITHIN", timedelta(milliseconds=300))
        store = buckets.Fake(request.param)
        use(settings, tmp_path, buckets.url(store.port))
        yield store
        store.close()

    def test_is_said_to_whoever_asks_for_a_picture_and_not_cached(self, broken, client):
        answer = client.get(f"/media/{'1' * 64}.webp")
        assert (answer.status_code, answer.content) == (503, b"")
        assert answer["Retry-After"] == "10" and answer["Cache-Control"] == "no-store"

    def test_is_left_alone_for_a_while_so_that_pages_keep_the_servers_threads(self, broken, client):
        client.get(f"/media/{'1' * 64}.webp")
        before = len(broken.requests)
        assert [client.get(f"/media/{n * 64}.webp").status_code for n in "2345"] == [503] * 4
        assert before >= 1 and len(broken.requests) == before
        storages["media"]._away._until = 0.0  # the while is over
        client.get(f"/media/{'1' * 64}.webp")
        assert len(broken.requests) > before

    def test_still_points_to_recordings_which_takes_no_question(self, broken, client):
        assert client.get(f"/media/{'1' * 64}.mp4").status_code == 302
        assert broken.requests == []

    def test_keeps_nothing_and_says_so_to_whoever_publishes(self, broken):
        with pytest.raises(storage.StoreAway) as raised:
            storage.put(CAPTIONS, "vtt")
        assert "rahasia" not in str(raised.value) and "Signature" not in str(raised.value)


def test_check_writes_reads_and_fetches_and_names_what_is_wrong(tmp_path, port):
    env = clean(tmp_path)
    subprocess.run([PINTAR, "manage", "migrate", "-v", "0"], env=env, check=True)
    checked = [
        subprocess.run([PINTAR, "check"], env=env | {"PINTAR_MEDIA_URL": url}, capture_output=True, text=True)
        for url in (
            buckets.url(port),
            buckets.url(port, "&public=http://127.0.0.1:9/arsip"),
            buckets.url(9),
            buckets.url(port).replace("@media", "@tidak-ada"),
        )
    ]
    assert [done.returncode for done in checked] == [0, 1, 1, 1]
    assert "browsers fetch recordings from http://127.0.0.1:9" in checked[1].stderr
    for done in checked[2:]:
        assert "PINTAR_MEDIA_URL: the store of media cannot be written or read" in done.stderr
