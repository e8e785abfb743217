"""Making slides, voice and video; and that what is made says what its text says."""

import json
import os
import shutil
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pintar.cli.course import course
from pintar.courses.folder import captions, decks, document, recordings
from pintar.courses.making import build, film, narration, programs, slides, voice
from pintar.courses.rules import Cue
from pintar.courses.tests.builders import SMALL, small_folder
from pintar.foundation.refusals import Refusal

LESSON = "inti/menyimpan-dengan-aman"
DECK = """## Kunci yang panjang

- Empat angka tidak cukup
- Pakai beberapa kata

::: narasi
Kunci empat angka mudah ditebak. Pakailah beberapa kata.
:::

---

## Dua lapis

![Dua lingkaran](gambar/dua-lapis.svg)

Makin ke dalam, makin ketat.

::: narasi
Makin ke dalam, makin ketat dijaga.
:::
"""
# A program that speaks as espeak-ng does: text in, a WAV without lengths out; 40 ms of tone a letter between silences.
SPEAKER = f"""#!{sys.executable}
import math, struct, sys
text = sys.stdin.buffer.read().decode().strip()
tone = [int(8000 * math.sin(n / 9)) for n in range(22050 * len(text) // 25)]
samples = [0] * 4000 + tone + [0] * 9000
head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 0x7FFFF024, b"WAVEfmt ", 16, 1, 1, 22050, 44100, 2, 16, b"data", 2**31)
sys.stdout.buffer.write(head + struct.pack(f"<{{len(samples)}}h", *samples))
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    program = tmp_path_factory.mktemp("bin") / "espeak-ng"
    program.write_text(SPEAKER)
    program.chmod(0o755)
    return program


@pytest.fixture
def speaker(program, monkeypatch):
    """espeak-ng's place on the path is taken by a program that every machine has."""
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def folder(tmp_path) -> Path:
    """The small training on disk, with a lesson that asks for a video, and nothing made yet."""
    return unmade(tmp_path / "pelatihan")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory, program) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        made = unmade(tmp_path_factory.mktemp("made") / "pelatihan")
        list(build.build(made))
    return made


@pytest.fixture
def built(made_once, tmp_path, speaker) -> Path:
    """The same with all of it made."""
    return Path(shutil.copytree(made_once, tmp_path / "pelatihan"))


def unmade(folder: Path) -> Path:
    for path, content in small_folder().files.items():
        if not path.endswith((".opus", ".m4a", ".vtt", "aman.slides.md")):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    text = folder / f"{LESSON}.md"
    text.write_text(text.read_text().replace("minutes: 1", "minutes: 1\nvideo: true"))
    (folder / f"{LESSON}.video.md").write_text(DECK)
    return folder


# What is read


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("Satu. Dua? Tiga!", ["Satu.", "Dua?", "Tiga!"]),
        ("Pasal 4.0 dari UU No. 28 Tahun 2014. Selesai.", ["Pasal 4.0 dari UU No. 28 Tahun 2014.", "Selesai."]),
        ("Pilih A, B, dan C. Lalu tulis.", ["Pilih A, B, dan C.", "Lalu tulis."]),
        ("Oleh K. H. Hasyim. Selesai.", ["Oleh K. H. Hasyim.", "Selesai."]),
        ("“Sudah paham?” Murid diam.", ["“Sudah paham?”", "Murid diam."]),
        ("## Judul\n\nIsi **tebal** dan _miring_.", ["Judul.", "Isi tebal dan miring."]),
        ("- satu\n- dua", ["satu.", "dua."]),
        ("| Nama | Jumlah |\n|---|---|\n| pena | 2 |", ["Nama: pena.", "Jumlah: 2."]),
        ("![Dua lingkaran](a.svg \"x\")", ["Gambar: Dua lingkaran."]),
        ("::: contoh Di kelas\nIsi.\n:::", ["Contoh: Di kelas.", "Isi."]),
        ("::: arab\nنصّ\n\nArtinya, titipan.\n:::", ["Artinya, titipan."]),
        ("Kata [نصّ]{lang=ar} (نصّ) berarti teks.", ["Kata berarti teks."]),
        ("Dua ungkapan, [نصّ]{lang=ar} dan [نصّ]{lang=ar}, lalu pilih.", ["Dua ungkapan, lalu pilih."]),
        ("Luas $p^2$ dan $\\frac{a}{b}$.", ["Luas p kuadrat dan a per b."]),
        ("$$\nx = 50\\%\n$$", ["x sama dengan 50 persen."]),
        ("نصّ", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_text_is_read_as_sentences(markdown, said):
    assert [sentence.text for sentence in narration.of(markdown)] == said


def test_short_forms_are_said_in_full():
    assert (
        narration.say("Lisensi CC BY-SA untuk 8 JP, dll.")
        == "Lisensi ce ce be ye es a untuk 8 jam pelajaran, dan lain-lain"
    )
    assert narration.say("[[fonem]] <a> “kata”") == "fonem a kata"


def test_a_heading_has_more_silence_before_it_than_a_sentence():
    pauses = [sentence.pause for sentence in narration.of("Satu. Dua.\n\n## Tiga\n\nEmpat.")]

    assert pauses == [0.8, 0.35, 1.2, 0.8]


@given(st.text(alphabet="aB .?!“”()[]{}$|#-*:\n1ن\\", max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_read_and_is_read_the_same_twice(markdown):
    sentences = narration.of(markdown)

    assert narration.digest(sentences) == narration.digest(narration.of(markdown))
    assert all(sentence.spoken.strip() for sentence in sentences)


# Captions and recordings


def test_captions_that_were_written_can_be_read():
    cues = [Cue(0.2, 1.5, "Satu."), Cue(3661.25, 3662.0, "Dua: <b>tiga</b>")]

    read = captions.read(captions.write(cues, source="0123456789ab"))

    assert read.cues == (cues[0], Cue(3661.25, 3662.0, "Dua: tiga"))
    assert (read.synthetic, read.source, read.mistakes) == (True, "0123456789ab", ())


def test_captions_of_other_programs_are_read():
    text = (
        "\ufeffWEBVTT - judul\r\nKind: captions\r\n\r\nSTYLE\r\n::cue {}\r\n\r\n"
        "1\r\n00:01.000 --> 00:02.000 align:start\r\n<v Ibu>Halo\r\ndunia</v>\r\n"
    )

    read = captions.read(text)

    assert read.cues == (Cue(1.0, 2.0, "Halo dunia"),)
    assert not read.synthetic


@given(st.text(alphabet="WEBVTNO\n0123456789:.-> a<", max_size=200))
def test_any_captions_are_read_or_named_wrong(text):
    read = captions.read(text)

    assert read.cues or read.mistakes
    assert all(line >= 1 for line, _ in read.mistakes)


@given(st.binary(max_size=300), st.sampled_from(["opus", "m4a", "mp4"]))
@settings(max_examples=300)
def test_any_bytes_are_a_recording_or_broken(content, extension):
    heads = {
        "opus": b"OggS" + bytes(24) + b"OpusHead",
        "m4a": b"\0\0\0\x10ftypM4A \0\0\0\0",
        "mp4": b"\0\0\0\x10ftypisom\0\0\0\0",
    }
    for given_bytes in (
        content,
        heads[extension] + content,
        heads[extension] + b"\0\0\0\x40moov\0\0\0\x38mvhd" + content,
    ):
        with suppress(recordings.BrokenRecording):
            assert 0 < recordings.seconds(given_bytes, extension) < 24 * 3600


def test_long_captions_are_divided_and_their_time_with_them():
    cue = Cue(0.0, 10.0, "Murid mana yang membuka lagi bukunya, " * 5 + "selesai.")

    short = voice.in_short_lines([cue, Cue(11, 12, "Pendek.")])

    assert all(len(piece.text) <= voice.LONGEST_CAPTION + 12 for piece in short)
    assert " ".join(piece.text for piece in short[:-1]) == cue.text
    assert (short[0].start, short[-2].end) == (0.0, 10.0)
    assert all(before.end == after.start for before, after in pairwise(short[:-1]))


# Slides


def test_slides_are_made_from_headings_lists_and_figures():
    text = """Pembuka satu. Pembuka dua. Pembuka tiga.

## Daftar

- **Pertama.** Penjelasan panjang.
- Kedua
- Ketiga
- Keempat
- Kelima

## Gambar

![Dua lingkaran](gambar/a.svg "Takarir.")

Kalimat [satu](https://a.example). Kalimat dua.

## Kosong
"""

    made = slides.of(text, "Judul")

    assert [deck.strip() for _, deck in decks.split(made)] == [
        "## Judul\n\nPembuka satu. Pembuka dua.",
        "## Daftar\n\n- Pertama\n- Kedua\n- Ketiga\n- Keempat",
        '## Gambar\n\n![Dua lingkaran](gambar/a.svg "Takarir.")\n\nKalimat satu.',
    ]


@pytest.mark.parametrize("path", sorted(SMALL.glob("*/*.md"), key=str))
def test_made_slides_have_no_mistake(path):
    if path.name.endswith(".slides.md"):
        return
    text = path.read_text().split("---\n", 2)[2]
    key = path.relative_to(SMALL).with_suffix("").as_posix()

    made = small_folder({f"{key}.slides.md": slides.of(text, "Judul")})

    assert document.prepare(made).mistakes == []


# The whole


def test_what_a_training_asks_for_is_made_once(folder, speaker):
    made = [item.path for item in build.build(folder)]

    assert made == [
        *(f"pendahuluan/selamat-datang.{ending}" for ending in ("opus", "m4a", "vtt")),
        *(f"{LESSON}.{ending}" for ending in ("slides.md", "hemat.mp4", "standar.mp4", "video.vtt")),
    ]
    prepared = document.prepare(folder)
    assert prepared.mistakes == []
    assert list(build.build(folder)) == []
    assert not list(folder.glob("**/.*.part"))


def test_the_transcript_of_a_made_recording_is_true_to_its_sound(built):
    read = captions.read((built / "pendahuluan/selamat-datang.vtt").read_text())
    seconds = recordings.seconds((built / "pendahuluan/selamat-datang.opus").read_bytes(), "opus")

    assert read.synthetic
    assert len(read.cues) == 7
    for cue in read.cues:
        # 40 ms a letter and 20 ms of margin at either end
        assert cue.end - cue.start == pytest.approx(len(narration.say(cue.text)) * 0.04 + 0.04, abs=0.03)
    assert read.cues[-1].end + voice.LAST_PAUSE == pytest.approx(seconds, abs=0.05)


def test_a_video_has_two_sizes_and_short_captions(built):
    form = next(
        form
        for group in document.prepare(built).document["groups"]
        for entry in group["entries"]
        if entry["key"] == "menyimpan-dengan-aman"
        for form in entry["lesson"]["forms"]
        if form["kind"] == "video"
    )

    assert [variant["name"] for variant in form["variants"]] == ["hemat", "standar"]
    assert form["variants"][0]["size"] < form["variants"][1]["size"] == form["size"]
    assert form["synthetic_voice"]
    assert form["transcript"][0][2] == "Kunci empat angka mudah ditebak."
    assert form["transcript"][-1][1] < form["seconds"]


def test_a_changed_text_is_told_and_read_anew(built):
    text = built / "pendahuluan/selamat-datang.md"
    text.write_text(text.read_text().replace("Setiap hari", "Tiap hari"))
    (built / f"{LESSON}.video.md").write_text(DECK.replace("Dua lapis", "Lapis"))

    assert {mistake.code for mistake in document.prepare(built).mistakes} == {"stale"}
    assert {Path(item.path).name.partition(".")[0] for item in build.build(built)} == {
        "selamat-datang",
        "menyimpan-dengan-aman",
    }
    assert document.prepare(built).mistakes == []


def test_what_people_recorded_or_wrote_is_never_replaced(folder, speaker):
    own = {
        "pendahuluan/selamat-datang.opus": (SMALL / "pendahuluan/selamat-datang.opus").read_bytes(),
        "pendahuluan/selamat-datang.vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\nHalo.\n",
        f"{LESSON}.slides.md": b"## Milik saya\n\nIsi.\n",
    }
    for path, content in own.items():
        (folder / path).write_bytes(content)

    list(build.build(folder, again=True))

    assert {path: (folder / path).read_bytes() for path in own} == own
    assert not (folder / "pendahuluan/selamat-datang.m4a").exists()


def test_the_same_text_makes_the_same_bytes(built):
    first = {path: path.read_bytes() for path in built.glob("*/*.*")}

    list(build.build(built, again=True))

    assert {path: path.read_bytes() for path in built.glob("*/*.*")} == first


def test_a_folder_with_mistakes_is_not_built(folder, speaker):
    (folder / "inti/mengenali-data-pribadi.md").write_text("tanpa kepala")

    with pytest.raises(Refusal) as refused:
        list(build.build(folder))

    assert "no_front_matter" in {reason.code for reason in refused.value.reasons}
    assert not (folder / "pendahuluan/selamat-datang.opus").exists()


def test_a_program_that_is_missing_or_fails_is_named(folder, tmp_path, monkeypatch):
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    with pytest.raises(Refusal) as missing:
        list(build.build(folder))
    assert missing.value.code == "no_espeak"

    (empty / "espeak-ng").write_text(f"#!{sys.executable}\nimport sys\nsys.exit('suara rusak')\n")
    (empty / "espeak-ng").chmod(0o755)
    with pytest.raises(Refusal) as failed:
        list(build.build(folder))
    assert failed.value.reasons[0].data == {"program": "espeak-ng", "said": "suara rusak"}


def test_without_ffmpeg_the_sentence_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)

    with pytest.raises(Refusal) as refused:
        programs.ffmpeg()

    assert refused.value.code == "no_ffmpeg"


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
def test_the_real_voice_reads_a_sentence():
    heard = voice.read(narration.of("Setiap hari sekolah mencatat nama murid."))

    assert 2 < heard.seconds < 6
    assert heard.cues[0].text == "Setiap hari sekolah mencatat nama murid."


def test_points_of_a_slide_appear_as_they_are_spoken_of():
    cues = tuple(Cue(at, at + 1, "x") for at in (1, 3, 5))

    assert film._steps(2, cues, 0.5, 7) == [(0, 0.5, 3), (1, 3, 5), (2, 5, 7)]
    assert film._steps(3, cues, 0.5, 7) == [(1, 0.5, 3), (2, 3, 5), (3, 5, 7)]
    assert film._steps(4, cues, 0.5, 7) == [(2, 0.5, 3), (3, 3, 5), (4, 5, 7)]
    assert film._steps(1, cues, 0.5, 7) == [(1, 0.5, 7)]
    assert film._steps(0, cues, 0.5, 7) == [(0, 0.5, 7)]


def test_a_slide_is_drawn_whatever_its_words_hold():
    shown = '## #panic("x") $x$ \\ "kutip"\n\n- `kode` *miring* [نصّ]{lang=ar} ]#\n- $10^4$\n'
    content = film._content(decks.DeckSlide(1, shown, ()), 'Judul #"', {})

    drawn = film.draw({**content, "place": "1/1", "watched": 0.5, "shown": 9})

    assert drawn.startswith(b"\x89PNG")


# The commands


def run(*arguments: object):
    return CliRunner().invoke(course, [str(argument) for argument in arguments])


def test_check_names_file_and_line_and_counts(folder):
    text = folder / f"{LESSON}.md"
    text.write_text(text.read_text().replace("minutes: 1", "minutes: 0"))

    result = run("check", folder)

    assert result.exit_code == 1
    assert f"{folder}/{LESSON}.md:5: minutes diisi bilangan bulat dari 1 sampai 600." in result.output
    assert f"{folder}/pendahuluan/selamat-datang.md:1: peringatan: Audionya belum dibuat." in result.output
    assert result.output.endswith("1 kesalahan.\n")


def test_check_of_a_sound_folder_is_quiet():
    result = run("check", SMALL)

    assert (result.exit_code, result.output) == (0, "Tanpa kesalahan.\n")


def test_check_speaks_json(folder):
    (folder / "course.yaml").write_text("format: [")

    result = run("check", folder, "--json")

    first = json.loads(result.output)[0]
    assert result.exit_code == 1
    assert (first["file"], first["line"], first["code"], first["warning"]) == ("course.yaml", 1, "not_yaml", False)
    assert first["detail"].startswith("YAML di sini tidak terbaca.")


def test_check_of_nothing_says_so(tmp_path):
    result = run("check", tmp_path / "tidak-ada")

    assert result.exit_code == 1
    assert "Folder ini tidak ada." in result.output


@pytest.mark.django_db
def test_import_publishes_only_when_asked():
    from pintar.courses.models import Edition

    assert "--publish" in run("import", SMALL).output
    assert not Edition.objects.exists()

    first = run("import", SMALL, "--publish")
    again = json.loads(run("import", SMALL, "--publish", "--json").output)

    assert first.output.endswith("latihan-kecil: edisi 1.\n")
    assert (again["slug"], again["edition"]) == ("latihan-kecil", 1)


@pytest.mark.django_db
def test_import_of_a_wrong_folder_publishes_nothing(folder):
    from pintar.courses.models import Edition

    (folder / "course.yaml").write_text("x")
    result = run("import", folder, "--publish")

    assert result.exit_code == 1
    assert not Edition.objects.exists()


def test_build_tells_what_it_made(built):
    (built / "pendahuluan/selamat-datang.m4a").unlink()

    first, again = run("build", built), run("build", built)

    assert f"{built}/pendahuluan/selamat-datang.opus" in first.output
    assert first.output.endswith("3 berkas dibuat.\n")
    assert again.output == "Tidak ada yang perlu dibuat.\n"


def test_build_names_what_is_wrong(folder, speaker):
    (folder / f"{LESSON}.video.md").write_text(DECK.replace("::: narasi\nMakin", "::: catatan\nMakin"))

    result = run("build", folder)

    assert result.exit_code == 1
    assert f"{folder}/{LESSON}.video.md:12: Salindia video ini belum punya kotak ::: narasi" in result.stderr
