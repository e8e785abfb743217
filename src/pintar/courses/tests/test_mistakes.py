"""Every mistake a folder can hold: its code, its file, its line, its sentence."""

import os
import re
from pathlib import Path

import pytest

from pintar.courses import actions
from pintar.courses.folder import disk, document, files, outline
from pintar.courses.ports import CourseFolder, Mistake
from pintar.courses.tests.builders import SMALL, small_folder
from pintar.foundation.refusals import Reason, Refusal
from pintar.foundation.richtext import drawings
from pintar.foundation.tests.broken_pictures import HOSTILE
from pintar.foundation.ui.tags import in_words

OUTLINE = "course.yaml"
LESSON = "inti/menyimpan-dengan-aman.md"
SLIDES = "inti/menyimpan-dengan-aman.slides.md"
PICTURE = "inti/gambar/dua-lapis.svg"
CAPTIONS = "pendahuluan/selamat-datang.vtt"

# (file, what stands in it, what to write instead, mistake's line, code); the mistake is in the same file.
MENDED = [
    # course.yaml
    (OUTLINE, "format: 1", "format: 2", 1, "unknown_format"),
    (OUTLINE, "format: 1\n", "", 1, "missing_field"),
    (OUTLINE, "slug: latihan-kecil", "slug: Latihan Kecil", 2, "bad_slug"),
    (OUTLINE, "title: Menjaga data murid\nsummary", "title: ''\nsummary", 3, "empty_text"),
    (OUTLINE, "title: Menjaga data murid\nsummary", f"title: {'a' * 121}\nsummary", 3, "too_long"),
    (OUTLINE, "title: Menjaga data murid\nsummary", "title: [a]\nsummary", 3, "wrong_shape"),
    (OUTLINE, "title: Menjaga data murid\nsummary", 'title: "a\\0b"\nsummary', 3, "bad_character"),
    (OUTLINE, "jp: 2", "jp: dua", 5, "bad_number"),
    (OUTLINE, "jp: 2", "jp: 2.5", 5, "bad_whole_number"),
    (OUTLINE, "jp: 2", "jp: 0", 5, "bad_whole_number"),
    (OUTLINE, "jp: 2", "jp: 2\njam: 3", 6, "unknown_field"),
    (OUTLINE, "jp: 2", "jp: 2\njp: 3", 6, "duplicate_field"),
    (OUTLINE, "audience: [guru, kepala madrasah]", "audience: guru", 6, "wrong_shape"),
    (OUTLINE, "keywords: [data pribadi", "keywords: [[data pribadi]", 7, "wrong_shape"),
    (OUTLINE, "keywords: [data pribadi, PDP, privasi, kata sandi]", "keywords: [data pribadi", 8, "not_yaml"),
    (OUTLINE, "keywords: [data pribadi", "keywords: [&a data pribadi, *a", 7, "alias"),
    (OUTLINE, "keywords: [data pribadi", "keywords: [" + "[" * 20 + "]" * 20, 7, "too_deep"),
    (OUTLINE, "    licence: CC BY 4.0\n", "", 10, "missing_field"),
    (OUTLINE, 'key: "2", text', 'key: "1", text', 17, "duplicate_indicator"),
    (OUTLINE, 'key: "2", text', 'key: "dua belas", text', 17, "bad_indicator_key"),
    (OUTLINE, 'key: "2", text', 'key: "3", text', 0, "indicator_unused"),
    (OUTLINE, "indicators:\n", "indicators: []\nx:\n", 15, "empty_list"),
    (OUTLINE, "- key: penutup", "- key: tambahan", 26, "unknown_group"),
    (OUTLINE, "- key: penutup", "- key: inti", 26, "duplicate_group"),
    (OUTLINE, "- key: penutup", "- key: dasar", 26, "group_order"),
    (OUTLINE, "entries: [tes-akhir, survei]", "entries: []", 28, "no_entries"),
    (OUTLINE, "entries: [tes-akhir, survei]", "entries: [tes-akhir, survei, Survei 2]", 28, "bad_entry"),
    (OUTLINE, "entries: [tes-akhir, survei]", "entries: [tes-akhir, survei, kuis-lain]", 28, "bad_entry"),
    (OUTLINE, "entries: [tes-akhir, survei]", "entries: [tes-akhir, survei, tes-awal]", 28, "duplicate_entry"),
    (OUTLINE, "entries: [tes-akhir, survei]", "entries: [tes-akhir, survei, penutup]", 28, "missing_lesson"),
    (OUTLINE, "entries: [tes-awal, selamat-datang]", "entries: [tes-awal]", 1, "unlisted_lesson"),
    (OUTLINE, "entries: [tes-awal, selamat-datang]", "entries: [selamat-datang]", 30, "unlisted_test"),
    (OUTLINE, "kind: pretest", "kind: latihan", 30, "unknown_test_kind"),
    (OUTLINE, "kind: pretest", "kind: posttest", 30, "several_tests"),
    (OUTLINE, "kind: posttest", "kind: pretest", 30, "no_posttest"),
    (OUTLINE, "pass: 70", "pass: 170", 31, "bad_whole_number"),
    (OUTLINE, "draw: 3", "draw: 0", 32, "bad_whole_number"),
    # a lesson
    (LESSON, "---\ntitle", "title", 1, "no_front_matter"),
    (LESSON, "minutes: 1\n---\n", "minutes: 1\n", 1, "front_matter_open"),
    (LESSON, "goal: Setelah ini", "tujuan: Setelah ini", 3, "unknown_field"),
    (LESSON, 'indicators: ["2"]', 'indicators: ["9"]', 4, "unknown_indicator"),
    (LESSON, "minutes: 1", "minutes: 0", 5, "bad_whole_number"),
    (LESSON, "minutes: 1", "minutes: 1\naudio: ya", 6, "bad_boolean"),
    (LESSON, "minutes: 1", "minutes: 1\naudio: true", 1, "not_built"),
    (LESSON, "minutes: 1", "minutes: 1\nvideo: true", 1, "deck_missing"),
    (LESSON, "Kunci empat angka", "# Kunci\n\nempat angka", 7, "text_heading_high"),
    (LESSON, "Kunci empat angka", "### Kunci\n\nempat angka", 7, "text_heading_skips"),
    (LESSON, "Kunci empat angka", "Kunci\n<b>empat</b> angka", 8, "text_html"),
    (LESSON, "Kunci empat angka", "Kunci\n[empat](empat.html) angka", 8, "text_link"),
    (LESSON, "$10^4$", "$10^{4$", 7, "text_formula"),
    (LESSON, "::: arab", "::: qashash", 13, "text_unknown_box"),
    (LESSON, "4:58)\n:::\n", "4:58)\n", 13, "text_box_open"),
    (LESSON, "::: arab\n", "::: arab\n- ", 13, "text_arabic_empty"),
    (LESSON, "{lang=ar}", "{lang=a}", 19, "text_language"),
    (LESSON, "Data murid adalah", "![](gambar/dua-lapis.svg)\n\nData murid adalah", 19, "text_alt_missing"),
    (LESSON, "Data murid adalah", "![Ada](gambar/lain.svg)\n\nData murid adalah", 19, "text_picture_missing"),
    (LESSON, "Data murid adalah", "![Ada](../course.yaml)\n\nData murid adalah", 19, "text_picture_missing"),
    (LESSON, "Data murid adalah", "a" * 400_001, 7, "text_too_long"),
    # slides
    (SLIDES, "## Empat angka", "Empat angka", 9, "slide_heading"),
    (SLIDES, "## Empat angka", "---\n" * 3 + "## a\n---\n" * 100 + "## Empat angka", 210, "too_many_slides"),
    # drawings
    (PICTURE, "</svg>", "<script>alert(1)</script></svg>", 6, "svg_element"),
    (PICTURE, "</svg>", "<style>a{}</style></svg>", 6, "svg_element"),
    (PICTURE, "</svg>", "<foreignObject/></svg>", 6, "svg_element"),
    (PICTURE, "</svg>", "<use href='#a'/></svg>", 6, "svg_element"),
    (PICTURE, 'r="80"', 'r="80" onload="alert(1)"', 2, "svg_attribute"),
    (PICTURE, 'r="80"', 'r="80" style="fill:red"', 2, "svg_attribute"),
    (PICTURE, 'r="80"', 'r="80" xmlns:x="http://www.w3.org/1999/xlink" x:href="#a"', 2, "svg_attribute"),
    (PICTURE, 'r="80"', 'r="80" fill="url(https://a.example/b)"', 2, "svg_value"),
    (PICTURE, 'r="80"', 'r="80" fill="#FFF"', 2, "svg_colour"),
    (PICTURE, "</svg>", "</g></svg>", 6, "svg_broken"),
    (PICTURE, "<svg", '<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg', 1, "svg_entity"),
    (PICTURE, ' viewBox="0 0 320 180"', "", 1, "svg_no_viewbox"),
    (PICTURE, "</svg>", "<g>" * 40 + "</g>" * 40 + "</svg>", 6, "svg_too_deep"),
    (PICTURE, "</svg>", f"<text>{'a' * 64_000}</text></svg>", 1, "svg_too_large"),
    # captions
    (CAPTIONS, "WEBVTT", "VTT", 1, "captions_head"),
    (CAPTIONS, "00:00:00.200 -->", "00:00.2 -->", 5, "captions_timing"),
    (CAPTIONS, "00:00:00.200 -->", "00:00:20.200 -->", 5, "captions_order"),
    (CAPTIONS, "Selamat datang.\n", "<b></b>\n", 5, "captions_empty"),
]
# (files of the folder changed, the mistake)
SHOWS_A_PICTURE = (SMALL / LESSON).read_text() + "\n![Papan](gambar/papan.ENDING)\n"
WHOLE = [
    # pictures of pixels
    *(
        (
            {LESSON: SHOWS_A_PICTURE.replace("ENDING", ending), f"inti/gambar/papan.{ending}": make()},
            Mistake(LESSON, SHOWS_A_PICTURE.count("\n"), code),
        )
        for make, ending, code in HOSTILE.values()
    ),
    ({OUTLINE: None}, Mistake(OUTLINE, 0, "no_course_yaml")),
    ({OUTLINE: ""}, Mistake(OUTLINE, 1, "missing_field")),
    ({OUTLINE: b"title: \xff\xfe"}, Mistake(OUTLINE, 1, "not_utf8")),
    ({LESSON: b"---\ntitle: a\n\nb\xff"}, Mistake(LESSON, 4, "not_utf8")),
    (
        {LESSON: (SMALL / LESSON).read_text().split("---\n")[1].join(["---\n", "---\n"])},
        Mistake(LESSON, 6, "empty_lesson"),
    ),
    ({LESSON: "---\n---\nIsi."}, Mistake(LESSON, 1, "missing_field")),
    ({SLIDES: "\n\n---\n"}, Mistake(SLIDES, 1, "no_slides")),
    ({PICTURE: "<html/>"}, Mistake(PICTURE, 1, "svg_not_svg")),
    ({PICTURE: "ini bukan gambar"}, Mistake(PICTURE, 1, "svg_broken")),
    ({CAPTIONS: None}, Mistake("pendahuluan/selamat-datang.opus", 0, "captions_missing")),
    (
        {CAPTIONS: "WEBVTT\n\nNOTE suara sintetis, teks 000000000000\n\n00:01.000 --> 00:02.000\na\n"},
        Mistake(CAPTIONS, 0, "stale"),
    ),
    (
        {"pendahuluan/selamat-datang.opus": b"bukan suara"},
        Mistake("pendahuluan/selamat-datang.opus", 0, "recording_broken"),
    ),
    (
        {"pendahuluan/selamat-datang.m4a": b"\0\0\0\x10ftypM4A "},
        Mistake("pendahuluan/selamat-datang.m4a", 0, "recording_broken"),
    ),
    ({"pendahuluan/lama.opus": b"OggS"}, Mistake("pendahuluan/lama.opus", 0, "unused_file")),
    ({"inti/gambar/lama.svg": "<svg/>"}, Mistake("inti/gambar/lama.svg", 0, "unused_file")),
    ({"catatan.docx": b"PK"}, Mistake("catatan.docx", 0, "unknown_file")),
    ({"../rahasia.yaml": "a: b"}, Mistake("../rahasia.yaml", 0, "bad_name")),
    ({"/etc/passwd": "a"}, Mistake("/etc/passwd", 0, "bad_name")),
    ({"inti\\a.md": "a"}, Mistake("inti\\a.md", 0, "bad_name")),
    ({"inti/a\nb.md": "a"}, Mistake("inti/a\\nb.md", 0, "bad_name")),
    ({"inti/" + "a" * 300 + ".md": "a"}, Mistake(("inti/" + "a" * 300)[:200], 0, "bad_name")),
    ({"bank/x.yaml": b"a" * 1_000_001}, Mistake("bank/x.yaml", 0, "too_large")),
]
DECK = "inti/menyimpan-dengan-aman.video.md"
FILM = {LESSON: (SMALL / LESSON).read_text().replace("minutes: 1", "minutes: 1\nvideo: true")}
WHOLE += [
    (FILM | {DECK: "## Satu\n\n- a\n"}, Mistake(DECK, 1, "no_narration")),
    (
        FILM | {DECK: "## Satu\n\n::: narasi\nHalo.\n:::\n\n---\n\nDua\n\n::: narasi\nHalo.\n:::\n"},
        Mistake(DECK, 9, "slide_heading"),
    ),
    (
        FILM | {DECK: "## Satu\n\n![a](gambar/x.svg)\n\n::: narasi\nHalo.\n:::\n"},
        Mistake(DECK, 3, "text_picture_missing"),
    ),
    (FILM | {DECK: "\n"}, Mistake(DECK, 1, "no_slides")),
    (FILM | {DECK: "## Satu\n\n::: narasi\nHalo.\n:::\n"}, Mistake(LESSON, 1, "not_built")),
]
ON_DISK = {"no_folder", "unreadable", "symlink", "not_a_file", "too_many_files", "folder_too_large"}
NOT_OF_A_FOLDER = {"unknown_course", "unknown_edition", "no_espeak", "no_ffmpeg", "program_failed"}


def edited(path: str, old: str, new: str) -> CourseFolder:
    text = (SMALL / path).read_text("utf-8")
    assert old in text
    return small_folder({path: text.replace(old, new, 1)})


def found(folder: Path | CourseFolder) -> set[tuple[str, int, str]]:
    return {(mistake.file, mistake.line, mistake.code) for mistake in document.prepare(folder).mistakes}


@pytest.mark.parametrize(("path", "old", "new", "line", "code"), MENDED)
def test_a_mistake_is_named_with_its_line(path, old, new, line, code):
    assert (path, line, code) in found(edited(path, old, new))


@pytest.mark.parametrize(("files", "mistake"), WHOLE)
def test_a_wrong_file_is_named(files, mistake):
    assert (mistake.file, mistake.line, mistake.code) in found(small_folder(files))


def test_the_small_training_has_no_mistake():
    assert document.prepare(SMALL).mistakes == []


def test_all_mistakes_come_at_once():
    files = {
        LESSON: (SMALL / LESSON).read_text().replace("minutes: 1", "minutes: 0"),
        PICTURE: "<html/>",
        SLIDES: "Tanpa judul",
    }

    codes = {mistake.code for mistake in document.prepare(small_folder(files, jp="x", slug="X Y")).mistakes}

    assert {"bad_whole_number", "svg_not_svg", "slide_heading", "bad_number", "bad_slug"} <= codes


def test_every_sentence_belongs_to_a_mistake_that_is_tested_here():
    template = (Path(__file__).parents[1] / "templates/courses/refusals.html").read_text()
    worded = set(re.findall(r"partialdef (\w+)", template))
    tested = {case[-1] for case in MENDED} | {mistake.code for _, mistake in WHOLE} | ON_DISK | NOT_OF_A_FOLDER

    assert worded == tested


@pytest.mark.parametrize("code", sorted({case[-1] for case in MENDED} | {mistake.code for _, mistake in WHOLE}))
def test_every_mistake_has_a_sentence_filled_with_its_data(code):
    folders = [edited(*case[:3]) for case in MENDED if case[-1] == code]
    folders += [small_folder(files) for files, mistake in WHOLE if mistake.code == code]
    for folder in folders:
        mistake = next(m for m in document.prepare(folder).mistakes if m.code == code)
        sentence = in_words(Reason(mistake.room, mistake.code, mistake.data))
        template = (Path(__file__).parents[1] / "templates/courses/refusals.html").read_text()
        wanted = set(re.findall(r"{{ (\w+) }}", template.split(f"partialdef {code} ")[1].split("endpartialdef")[0]))
        assert sentence.startswith("<p>")
        assert wanted - {"size"} <= set(mistake.data)


def test_the_page_for_authors_names_every_file_and_field():
    page = (SMALL.parents[2] / "docs" / "authors.md").read_text()

    wanted = {f".{ending}" for ending in files.BESIDE} | {*outline._FIELDS, *outline._ATTRIBUTION, *outline._TEST}
    wanted |= {f"::: {box}" for box in ("contoh", "arab", "narasi")} | set(drawings.ACCENTS)
    assert {word for word in wanted if word.lower() not in page.lower()} == set()


# On the disk


def folder_at(tmp_path: Path) -> Path:
    folder = tmp_path / "pelatihan"
    for path, content in small_folder().files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def test_a_folder_that_is_not_there_is_one_mistake(tmp_path):
    assert [m.code for m in document.prepare(tmp_path / "tidak-ada").mistakes] == ["no_folder"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    folder = folder_at(tmp_path)
    (tmp_path / "rahasia.md").write_text("RAHASIA")
    (folder / "inti" / "rahasia.md").symlink_to(tmp_path / "rahasia.md")
    (folder / "dasar").symlink_to(tmp_path)

    read = disk.read(folder)

    assert {("inti/rahasia.md", "symlink"), ("dasar", "symlink")} <= {(m.file, m.code) for m in read.mistakes}
    assert not any(b"RAHASIA" in content for content in read.files.values())


def test_a_device_or_pipe_is_no_file(tmp_path):
    folder = folder_at(tmp_path)
    os.mkfifo(folder / "inti" / "pipa.md")

    assert ("inti/pipa.md", 0, "not_a_file") in found(folder)


def test_too_many_files_stop_the_reading(tmp_path, monkeypatch):
    folder = folder_at(tmp_path)
    monkeypatch.setattr(disk, "MOST_FILES", 5)

    assert "too_many_files" in {m.code for m in disk.read(folder).mistakes}
    assert len(disk.read(folder).files) <= 5


def test_a_folder_that_is_too_large_is_not_read_whole(tmp_path, monkeypatch):
    folder = folder_at(tmp_path)
    monkeypatch.setattr(disk, "LARGEST_FOLDER", 20_000)

    read = disk.read(folder)

    assert "folder_too_large" in {m.code for m in read.mistakes}
    assert sum(map(len, read.files.values())) <= 20_000


def test_a_huge_text_is_read_no_further_than_its_limit(tmp_path):
    folder = folder_at(tmp_path)
    with (folder / "course.yaml").open("r+b") as file:
        file.truncate(3_000_000_000)

    assert ("course.yaml", 0, "too_large") in found(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_named(tmp_path):
    folder = folder_at(tmp_path)
    (folder / "course.yaml").chmod(0)

    assert ("course.yaml", 0, "unreadable") in found(folder)


def test_a_file_that_went_away_is_named(tmp_path, monkeypatch):
    folder = folder_at(tmp_path)
    listed = os.scandir

    def listed_then_gone(path):
        entries = list(listed(path))
        (folder / "course.yaml").unlink(missing_ok=True)
        return entries

    monkeypatch.setattr(disk.os, "scandir", listed_then_gone)

    assert ("course.yaml", "unreadable") in {(m.file, m.code) for m in disk.read(folder).mistakes}


def test_hidden_files_and_notes_for_people_are_passed_over(tmp_path):
    folder = folder_at(tmp_path)
    for name in (".DS_Store", ".git/config", "README.md", "LICENSE"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")

    assert document.prepare(folder).mistakes == []


def test_names_that_are_not_unicode_are_shown_and_not_read(tmp_path):
    folder = folder_at(tmp_path)
    with open(os.fsencode(folder) + b"/inti/\xff.md", "wb") as file:  # noqa: PTH123
        file.write(b"x")

    shown = [m.file for m in document.prepare(folder).mistakes if m.code == "bad_name"]

    assert shown == ["inti/\\udcff.md"]


YAML_BOMBS = [
    "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(f"b{n}: &b{n} [*a,*a,*a,*a,*a,*a]\n" for n in range(9)),
    "[" * 50_000,
    "{a: " * 20_000,
    "- " * 100_000,
    "!!python/object/apply:os.system ['true']",
    "title: !!python/name:os.system",
    "? [a, b]\n: c",
    '"\\UFFFFFFFF"',
    "\x07",
    "%YAML 9.9\n---\n",
    "---\na: b\n---\nc: d\n",
    "a: 1" * 10_000,
    "<<: {slug: x}",
]


@pytest.mark.parametrize("text", YAML_BOMBS)
@pytest.mark.parametrize("path", [OUTLINE, LESSON, "blueprint.yaml"])
def test_hostile_yaml_is_a_mistake_and_nothing_else(path, text):
    if path == LESSON:
        text = f"---\n{text}\n---\nIsi."

    mistakes = document.prepare(small_folder({path: text})).mistakes

    assert mistakes
    assert all(isinstance(mistake.line, int) for mistake in mistakes)


def test_a_refused_folder_names_what_is_wrong_and_publishes_nothing(now, db):
    from pintar.courses.models import Course

    with pytest.raises(Refusal) as refused:
        actions.publish(small_folder({PICTURE: "<html/>"}, jp=0), by=None, now=now)

    reasons = {(reason.data["file"], reason.code) for reason in refused.value.reasons}
    assert {("course.yaml", "bad_whole_number"), (PICTURE, "svg_not_svg")} <= reasons
    assert refused.value.status == 422
    assert not Course.objects.exists()
