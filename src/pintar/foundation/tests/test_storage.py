"""Media by content hash, served whole or in ranges."""

import hashlib

import pytest

from pintar.foundation import storage

SOUND = bytes(range(256)) * 40


@pytest.fixture
def sound(client):
    return client, storage.put(SOUND, "opus")


def test_a_file_is_named_by_its_content_and_kept_once():
    first, again = storage.put(b"salam", "vtt"), storage.put(b"salam", ".VTT")
    assert first == again
    assert first.name == hashlib.sha256(b"salam").hexdigest() + ".vtt"
    assert storage.get(first.name) == b"salam"


def test_a_type_that_could_be_a_page_is_not_stored():
    with pytest.raises(ValueError, match="html"):
        storage.put(b"<script>", "html")


def test_a_whole_file_can_be_cached_for_ever(sound):
    client, stored = sound
    answer = client.get(stored.url)
    assert answer.getvalue() == SOUND
    assert answer["Content-Type"] == "audio/ogg"
    assert "immutable" in answer["Cache-Control"]
    assert answer["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "status", "got"),
    [
        ("bytes=0-99", 206, SOUND[:100]),
        ("bytes=10000-", 206, SOUND[10000:]),
        ("bytes=-5", 206, SOUND[-5:]),
        ("bytes=200-999999", 206, SOUND[200:]),
        ("bytes=99999-", 416, b""),
        ("bytes=5-1", 200, SOUND),
        ("bytes=a-b", 200, SOUND),
        ("bytes=0-1,5-6", 200, SOUND),
        ("bytes=" + "9" * 400 + "-", 416, b""),
    ],
)
def test_a_player_gets_the_range_it_asks_for(sound, asked, status, got):
    client, stored = sound
    answer = client.get(stored.url, headers={"Range": asked})
    assert (answer.status_code, answer.getvalue()) == (status, got)


@pytest.mark.parametrize("name", ["x.opus", "..%2f..%2fkeys%2fsecret.key", "a.html", "a", "x.opus/../y"])
def test_a_name_that_was_never_stored_is_not_there(client, name):
    assert client.get(f"/media/{name}").status_code == 404
