"""Publishing: immutable editions, numbered, the same for an unchanged folder."""

import io
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from PIL import Image

from pintar.courses import actions, models, ports, queries
from pintar.courses.folder import document
from pintar.courses.tests.builders import SMALL, publish_small_course, small_folder
from pintar.foundation import storage
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    queries.kept.clear()
    yield
    queries.kept.clear()


def test_a_folder_becomes_an_edition(now):
    edition = publish_small_course(now)

    assert (edition.slug, edition.number, edition.published_at) == ("latihan-kecil", 1, now)
    assert [(entry.key, entry.kind, entry.number) for entry in edition.entries] == [
        ("tes-awal", "pretest", None),
        ("selamat-datang", "lesson", 1),
        ("mengenali-data-pribadi", "lesson", 2),
        ("kuis-mengenali-data-pribadi", "quiz", 2),
        ("menyimpan-dengan-aman", "lesson", 3),
        ("kuis-menyimpan-dengan-aman", "quiz", 3),
        ("tes-akhir", "posttest", None),
        ("survei", "survey", None),
    ]
    assert edition.entry("kuis-menyimpan-dengan-aman").of == "menyimpan-dengan-aman"
    assert edition.entry("tidak-ada") is None
    assert edition.group_of("survei").key == "penutup"
    assert dict(edition.indicators) == {
        "1": "Mengenali data pribadi murid",
        "2": "Menyimpan dan membagikan data murid dengan aman",
    }
    assert edition.attribution[0].licence == "CC BY 4.0"


def test_an_edition_says_how_its_tests_are_taken(now):
    tests = publish_small_course(now).tests

    assert (tests["tes-awal"].kind, tests["tes-awal"].sittings, tests["tes-awal"].pass_mark) == ("pretest", 1, None)
    last = tests["tes-akhir"]
    assert (last.minutes, last.pass_mark, last.sittings, last.hours_between, last.items) == (20, 70, 3, 24, 5)
    quiz = tests["kuis-mengenali-data-pribadi"]
    assert (quiz.kind, quiz.minutes, quiz.pass_mark, quiz.sittings, quiz.items) == ("quiz", None, 80, 0, 3)


def test_a_lesson_comes_in_its_forms(now):
    edition = publish_small_course(now)
    lesson = edition.entry("selamat-datang").lesson

    assert [form.kind for form in lesson.forms] == ["audio", "slides", "reading"]
    audio, slides, reading = lesson.forms
    assert [(variant.name, variant.type) for variant in audio.variants] == [("opus", "audio/ogg"), ("m4a", "audio/mp4")]
    assert 15 < audio.length < 40
    assert audio.synthetic_voice
    assert audio.transcript[0].text == "Selamat datang."
    assert audio.transcript[-1].end < audio.seconds
    assert (slides.pages, slides.length, len(slides.html)) == (2, 2, 2)
    assert (reading.paragraphs, reading.length, len(reading.html)) == (3, 3, 3)
    assert edition.bytes_video == 0
    assert edition.bytes_light == audio.smallest + sum(e.lesson.form("reading").size for e in edition.lessons)


def test_recordings_are_kept_by_their_content_and_served_in_ranges(client, now):
    audio = publish_small_course(now).entry("selamat-datang").lesson.form("audio")
    content = (SMALL / "pendahuluan/selamat-datang.opus").read_bytes()
    url = audio.variant("opus").url

    assert audio.size == len(content)
    first = client.get(url, headers={"Range": "bytes=0-9999"})
    rest = client.get(url, headers={"Range": "bytes=10000-"})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert rest["Content-Range"] == f"bytes 10000-{len(content) - 1}/{len(content)}"
    assert first.getvalue() + rest.getvalue() == content
    assert client.get(url, headers={"Range": f"bytes={len(content)}-"}).status_code == 416
    assert client.get(audio.captions_url).getvalue().startswith(b"WEBVTT")


def test_an_unchanged_folder_is_the_same_edition(now):
    first = publish_small_course(now)
    again = actions.publish(SMALL, by=None, now=now + timedelta(days=1))

    assert again.uid == first.uid
    assert models.Edition.objects.count() == 1
    assert Event.objects.filter(name="courses.edition_published").count() == 1


def test_the_order_of_the_files_does_not_matter(now):
    folder = small_folder()
    turned = ports.CourseFolder({}, dict(reversed(folder.files.items())))

    assert actions.publish(turned, by=None, now=now).uid == actions.publish(folder, by=None, now=now).uid


def test_a_file_that_no_training_has_changes_nothing(now):
    first = publish_small_course(now)
    again = actions.publish(small_folder({"README.md": "x", "catatan.docx": b"x"}), by=None, now=now)

    assert again.uid == first.uid


def test_any_changed_file_is_the_next_edition_and_leaves_the_first_alone(now):
    first = publish_small_course(now)
    text = (SMALL / "inti/menyimpan-dengan-aman.md").read_text()
    changed = small_folder({"inti/menyimpan-dengan-aman.md": text.replace("Kunci empat angka", "Kunci empat digit")})
    later = now + timedelta(days=1)

    second = actions.publish(changed, by=None, now=later)

    assert (second.number, second.published_at) == (2, later)
    queries.kept.clear()
    assert queries.edition(first.uid) == first
    assert (
        "Kunci empat angka" in queries.edition(first.uid).entry("menyimpan-dengan-aman").lesson.form("reading").html[0]
    )
    assert queries.latest_edition("latihan-kecil").uid == second.uid
    assert [edition.uid for edition in queries.latest_editions()] == [second.uid]


def test_going_back_to_an_earlier_state_is_a_new_edition(now):
    numbers = [publish_small_course(now, **changes).number for changes in ({}, {"jp": 3}, {})]

    assert numbers == [1, 2, 3]


def test_who_published_is_recorded(now):
    person = uuid4()
    edition = publish_small_course(now, by=person)

    event = Event.objects.get(name="courses.edition_published")
    assert (event.about, event.by, event.payload["number"]) == (edition.uid, person, 1)


def test_a_part_that_fails_leaves_nothing_behind(now, monkeypatch):
    class Broken:
        name = "broken"

        def check(self, folder):
            return []

        def publish(self, folder, edition_uid, now):
            raise RuntimeError("disk full")

    monkeypatch.setitem(ports._parts, "broken", Broken())
    with pytest.raises(RuntimeError):
        publish_small_course(now)

    assert not models.Edition.objects.exists()
    assert not models.Course.objects.exists()
    assert not Event.objects.exists()


def test_a_part_checks_the_same_files_and_its_values_stay_with_the_edition(now, monkeypatch):
    class Library:
        name = "perpustakaan"

        def check(self, folder):
            assert folder.outline["slug"] == "latihan-kecil"
            assert folder.lessons("inti") == ["mengenali-data-pribadi", "menyimpan-dengan-aman"]
            assert folder.quizzes()["kuis-menyimpan-dengan-aman"] == "menyimpan-dengan-aman"
            wrong = folder.text("survey.yaml").startswith("x")
            return [ports.Mistake("survey.yaml", 1, "no_books")] if wrong else []

        def publish(self, folder, edition_uid, now):
            assert models.Edition.objects.filter(uid=edition_uid).exists()
            return {"books": folder.names("bank/")}

    monkeypatch.setitem(ports._parts, "perpustakaan", Library())

    assert publish_small_course(now).parts["perpustakaan"]["books"][0].startswith("bank/")
    mistakes = document.prepare(small_folder({"survey.yaml": "x"})).mistakes
    assert ("no_books", "perpustakaan") in {(mistake.code, mistake.room) for mistake in mistakes}
    with pytest.raises(Refusal):
        actions.publish(small_folder({"survey.yaml": "x"}), by=None, now=now)


def test_a_renewed_edition_has_the_same_texts_and_is_what_its_folder_unchanged_comes_to(now):
    first = publish_small_course(now)
    renewed = actions.renew(course=first.slug, by=None, now=now)
    assert (renewed.number, renewed.uid != first.uid, renewed.groups) == (2, True, first.groups)
    assert dict(renewed.parts["learning"]) == dict(first.parts["learning"])
    assert publish_small_course(now).uid == renewed.uid
    with pytest.raises(Refusal, match="unknown_course"):
        actions.renew(course="tidak-ada", by=None, now=now)


@pytest.mark.parametrize("part", [object(), type("Part", (), {"name": "x", "check": None})()])
def test_what_is_no_part_is_refused_at_the_door(part):
    with pytest.raises(TypeError):
        ports.register(part)


def test_two_parts_of_one_name_are_refused(monkeypatch):
    part = type("Part", (), {"name": "x", "check": None, "publish": None, "renew": None})
    monkeypatch.setattr(ports, "_parts", {})
    first = part()
    ports.register(first)
    ports.register(first)
    with pytest.raises(ValueError, match="twice"):
        ports.register(part())


def test_pictures_that_are_photographs_are_kept_by_their_content(now):
    text = (SMALL / "inti/menyimpan-dengan-aman.md").read_text() + "\n![Papan](gambar/papan.png)\n"
    board = io.BytesIO()
    Image.effect_noise((900, 600), 60).save(board, "PNG")
    folder = small_folder({"inti/menyimpan-dengan-aman.md": text, "inti/gambar/papan.png": board.getvalue()})

    reading = actions.publish(folder, by=None, now=now).entry("menyimpan-dengan-aman").lesson.form("reading")

    names = re.findall(r"/media/([0-9a-f]{64}\.webp) (\d+)w", reading.html[-1])
    sizes = [Image.open(io.BytesIO(storage.get(name))).size for name, _ in names]
    assert sizes == [(640, 427), (900, 600)] and [width for _, width in names] == ["640", "900"]
    assert 'width="900" height="600"' in reading.html[-1]
    assert reading.size > len(storage.get(names[0][0])), "the picture counts in what the text costs to load"


def test_a_picture_that_is_none_is_refused_by_file_and_line(now):
    text = (SMALL / "inti/menyimpan-dengan-aman.md").read_text() + "\n![Papan](gambar/papan.png)\n"
    folder = small_folder({"inti/menyimpan-dengan-aman.md": text, "inti/gambar/papan.png": b"\x89PNG<script>"})

    with pytest.raises(Refusal) as refused:
        actions.publish(folder, by=None, now=now)

    [why] = refused.value.reasons
    where = ("inti/menyimpan-dengan-aman.md", text.count("\n"))
    assert (why.code, (why.data["file"], why.data["line"])) == ("picture_unreadable", where)


def test_a_document_holds_only_json(now):
    prepared = document.prepare(SMALL)

    assert json.loads(json.dumps(prepared.document)) == prepared.document


def test_the_same_folder_prepared_twice_is_the_same(now):
    one, two = document.prepare(SMALL), document.prepare(SMALL)

    assert (one.digest, one.document, one.media) == (two.digest, two.document, two.media)


# What may be asked


def test_an_edition_is_built_once_and_then_known(now, django_assert_num_queries):
    uid = publish_small_course(now).uid
    queries.kept.clear()
    with django_assert_num_queries(1):
        first = queries.edition(uid)
    with django_assert_num_queries(0):
        assert queries.edition(uid) is first


def test_many_editions_are_one_query_and_unknown_ones_are_left_out(now, django_assert_num_queries):
    uids = [publish_small_course(now, slug=f"kecil-{n}").uid for n in range(5)]
    queries.kept.clear()
    with django_assert_num_queries(1):
        found = queries.editions([*uids, uuid4()])
    assert list(found) == uids


@pytest.mark.parametrize("courses", [1, 5])
def test_the_newest_editions_take_two_queries_however_many(now, django_assert_num_queries, courses):
    for n in range(courses):
        publish_small_course(now, slug=f"kecil-{n}", title=f"Judul {9 - n}")
        publish_small_course(now, slug=f"kecil-{n}", title=f"Judul {9 - n}", jp=3)
    queries.kept.clear()
    with django_assert_num_queries(2):
        found = queries.latest_editions()
    assert [edition.number for edition in found] == [2] * courses
    assert [edition.title for edition in found] == sorted(edition.title for edition in found)
    with django_assert_num_queries(1):
        queries.latest_editions()


def test_what_is_not_there_is_refused(db):
    for ask in (
        lambda: queries.edition(uuid4()),
        lambda: queries.latest_edition("x" * 500),
        lambda: queries.latest_edition("\0"),
    ):
        with pytest.raises(Refusal) as refused:
            ask()
        assert refused.value.status == 404


def test_the_least_used_edition_is_forgotten_first(now, monkeypatch):
    kept = queries._Kept(2)
    one, two, three = (publish_small_course(now, slug=f"kecil-{n}") for n in range(3))
    for edition in (one, two):
        kept.put(edition)
    kept.get(one.uid)
    kept.put(three)

    assert [kept.get(edition.uid) is not None for edition in (one, two, three)] == [True, False, True]


# The API


def test_anyone_may_list_the_courses(client, now):
    publish_small_course(now)
    publish_small_course(now, slug="lain", title="Aaa")

    answer = client.get("/api/v1/courses")

    assert answer.status_code == 200
    assert answer.json()["next"] is None
    assert [item["slug"] for item in answer.json()["items"]] == ["lain", "latihan-kecil"]
    item = answer.json()["items"][1]
    assert (item["title"], item["jp"], item["lessons"]) == ("Menjaga data murid", 2, 3)
    assert item["edition"]["number"] == 1


def test_anyone_may_read_a_course_but_not_its_lessons(client, now):
    publish_small_course(now)

    answer = client.get("/api/v1/courses/latihan-kecil")

    entry = answer.json()["groups"][1]["entries"][1]
    assert (entry["key"], entry["kind"], entry["of"]) == (
        "kuis-mengenali-data-pribadi",
        "quiz",
        "mengenali-data-pribadi",
    )
    assert answer.json()["groups"][0]["entries"][1]["forms"][0]["kind"] == "audio"
    assert "Kunci empat angka" not in answer.content.decode()


@pytest.mark.parametrize("slug", ["tidak-ada", "x" * 500, "😀", "%00", "a%2Fb"])
def test_a_course_that_is_not_there_is_404(client, db, slug):
    answer = client.get(f"/api/v1/courses/{slug}")

    assert answer.status_code == 404
