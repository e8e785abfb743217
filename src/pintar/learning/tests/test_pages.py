"""The pages of study: with and without script, in every state, and what they cost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pintar.assessment import queries as tests
from pintar.assessment.tests.builders import publish_with_pilots
from pintar.courses.tests.builders import publish_small_course, small_folder
from pintar.enrolment.actions import give_back_seat
from pintar.enrolment.tests.builders import make_batch, make_seat
from pintar.foundation import ids
from pintar.learning import actions
from pintar.learning.models import Note, Study
from pintar.learning.tests.builders import complete_everything, person_of, read_lesson, sit, sitting_of, view
from pintar.people.tests.builders import make_person, sign_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def page(client, seat, key=""):
    return client.get(f"/belajar/{seat.batch.key}/{key}")


def field(answer, name):
    return re.search(rf'name="{name}" value="([^"]*)"', answer.text).group(1)


def dock(answer):
    return answer.text.split('class="dock"')[1]


def finish(client, seat, key, answer, **changes):
    sent = {"bentuk": field(answer, "bentuk"), "tanda": field(answer, "tanda"), "dilihat": "", "tuntas": "1", **changes}
    sent["bentuk"] = changes.get("bentuk") or re.search(r'name="bentuk" value="([a-z]+)"', dock(answer)).group(1)
    return client.post(f"/belajar/{seat.batch.key}/{key}/", sent)


def folded(answer):
    """What the contents fold away."""
    return "".join(re.findall(r"<details.*?</details>", answer.text, re.DOTALL))


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    return len(captured)


def note(seat, text, now):
    person = person_of(seat)
    return actions.add_note(
        person=person,
        seat=seat.uid,
        lesson="selamat-datang",
        form="",
        position=None,
        text=text,
        by=person.uid,
        now=now,
    )


def many_lessons(now, count):
    """The small training with `count` lessons in Dasar."""
    files, keys = {}, [f"materi-{n}" for n in range(1, count + 1)]
    text = small_folder().files["pendahuluan/selamat-datang.md"].decode().replace("audio: true\n", "")
    for key in keys:
        files[f"dasar/{key}.md"] = text
    groups = [
        {"key": "pendahuluan", "title": "Pendahuluan", "entries": ["tes-awal", "selamat-datang"]},
        {"key": "dasar", "title": "Dasar", "entries": keys},
        {"key": "inti", "title": "Inti", "mastery": 80, "entries": ["mengenali-data-pribadi", "menyimpan-dengan-aman"]},
        {"key": "penutup", "title": "Penutup", "entries": ["tes-akhir", "survei"]},
    ]
    return publish_small_course(now, slug=f"latihan-{count}", files=files, groups=groups)


@pytest.mark.parametrize("count", [1, 20])
def test_queries_are_the_same_for_one_lesson_and_for_twenty(client, now, time_machine, count):
    time_machine.move_to(now, tick=False)
    person = make_person()
    seat = make_seat(person, make_batch(many_lessons(now, count), now), now)
    actions.begin_study(seat=seat, now=now)
    for n in range(count):
        note(seat, f"Catatan {n}", now)
    now = sit(seat, "tes-awal", now)
    time_machine.move_to(now, tick=False)
    sign_in(client, person)
    for key in ("", "selamat-datang/", "tes-awal/", "tes-akhir/"):
        assert queries_of(client, f"/belajar/{seat.batch.key}/{key}") <= 3, key
    assert queries_of(client, "/beranda/") <= 6


def test_home_and_the_list_cost_the_same_with_one_training_and_with_ten(client, now, time_machine):
    time_machine.move_to(now, tick=False)
    person = make_person()
    sign_in(client, person)
    costs = set()
    for count in (1, 10):
        for n in range(count):
            edition = publish_small_course(now, slug=f"latihan-{count}-{n}")
            batch = make_batch(edition, now, period_key=f"p-{count}-{n}", period_title=f"Periode {count}-{n}")
            make_seat(person, batch, now)
        client.get("/beranda/")
        costs.add((queries_of(client, "/beranda/"), queries_of(client, "/belajar/")))
    assert len(costs) == 1
    assert max(costs)[0] <= 6


def test_the_first_visit_does_not_wait_for_the_worker(client, edition, now, time_machine):
    time_machine.move_to(now, tick=False)
    seat = make_seat(make_person(), make_batch(edition, now), now)
    sign_in(client, person_of(seat))
    assert edition.title in client.get("/beranda/").text
    assert page(client, seat).status_code == 200
    assert Study.objects.count() == 1


def test_the_home_of_a_newcomer_says_where_to_begin(client):
    sign_in(client, make_person())
    text = client.get("/beranda/").text
    assert "Anda belum mengikuti pelatihan. Mulai dari yang sesuai jabatan Anda." in text
    assert 'href="/pelatihan/"' in text
    assert "Anda belum mengikuti pelatihan" in client.get("/belajar/").text


def test_home_goes_on_where_one_stopped(learner, seat, now, time_machine):
    now = sit(seat, "tes-awal", now)
    person = person_of(seat)
    actions.record_progress(
        person=person, seat=seat.uid, lesson="selamat-datang", form="audio", ranges=[[0, 4]], position=4.0, op_id="a",
        by=person.uid, now=now,
    )  # fmt: skip
    time_machine.move_to(now, tick=False)
    text = learner.get("/beranda/").text
    assert "Materi 1: Selamat datang" in text
    assert "00.04" in text
    assert f"/belajar/{seat.batch.key}/selamat-datang/" in text
    assert "14 hari lagi" in text


def test_a_training_that_has_not_begun_says_when(client, edition, now, time_machine):
    time_machine.move_to(now, tick=False)
    batch = make_batch(edition, now, starts_at=now + timedelta(days=3))
    seat = make_seat(make_person(), batch, now)
    sign_in(client, person_of(seat))
    assert "Belajar dibuka" in client.get("/beranda/").text
    assert "Segera dimulai" in client.get("/belajar/").text
    contents = page(client, seat)
    assert contents.status_code == 200
    assert "Belajar dibuka" in contents.text
    assert page(client, seat, "selamat-datang/").status_code == 409


def test_the_contents_name_each_state(learner, seat, now, time_machine):
    text = page(learner, seat).text
    assert "Terbuka setelah Tes awal dikumpulkan" in text
    assert "0 dari 3 materi tuntas" in text
    now = complete_everything(seat, now, until="kuis-mengenali-data-pribadi")
    failed = sit(seat, "kuis-mengenali-data-pribadi", now, right=0)
    time_machine.move_to(failed, tick=False)
    text = page(learner, seat).text
    assert "2 dari 3 materi tuntas" in text
    assert "Pelajari lagi materi 2" in text
    assert "Terbuka setelah Kuis 2 mencapai" in text
    done = complete_everything(seat, read_lesson(seat, "mengenali-data-pribadi", failed))
    time_machine.move_to(done, tick=False)
    assert "semua selesai" in page(learner, seat).text
    assert "Sudah selesai" in learner.get("/belajar/").text


def test_the_rules_of_a_test_say_that_some_questions_are_tried_and_do_not_count(client, edition, now, time_machine):
    time_machine.move_to(now, tick=False)
    before = make_seat(make_person(), make_batch(edition, now), now)
    assert "diuji coba" not in signed_in(client, before).get(f"/belajar/{before.batch.key}/tes-awal/").text
    batch = make_batch(publish_with_pilots(edition, now), now)
    seat = make_seat(make_person(), batch, now)
    told = signed_in(client, seat).get(f"/belajar/{batch.key}/tes-awal/").text
    assert "2 di antaranya sedang diuji coba dan tidak dihitung" in told
    items = edition.tests["tes-awal"].items
    assert f"{items + 2} soal" in told
    assert f"{items + 2} soal" in client.get(f"/belajar/{batch.key}/").text


def signed_in(client, seat):
    sign_in(client, person_of(seat))
    return client


def test_a_locked_lesson_says_why_and_leads_on(learner, seat):
    answer = page(learner, seat, "mengenali-data-pribadi/")
    assert answer.status_code == 409
    assert "Terbuka setelah Tes awal dikumpulkan" in answer.text
    assert f"/belajar/{seat.batch.key}/tes-awal/" in answer.text
    assert "data-mark" not in answer.text


def test_without_script_a_lesson_is_finished_after_a_plausible_time(learner, seat, now, time_machine):
    opened = page(learner, seat, "selamat-datang/")
    early = finish(learner, seat, "selamat-datang", opened)
    assert early.status_code == 303
    told = learner.get(early.url).text
    assert "Bacaan ini perlu sekitar 4 detik lagi." in told
    time_machine.move_to(now + timedelta(seconds=4), tick=False)
    late = finish(learner, seat, "selamat-datang", opened)
    assert late.url == f"/belajar/{seat.batch.key}/"
    assert "Materi ini tuntas." in learner.get(late.url).text
    assert "Lanjut" in dock(page(learner, seat, "selamat-datang/"))


def test_without_script_the_time_since_the_page_was_opened_counts(learner, seat, now, time_machine):
    opened = page(learner, seat, "selamat-datang/?bentuk=audio")
    time_machine.move_to(now + 5 * MINUTE, tick=False)
    assert finish(learner, seat, "selamat-datang", opened, tanda="").url.endswith("?bentuk=audio")
    assert finish(learner, seat, "selamat-datang", opened).url == f"/belajar/{seat.batch.key}/"


def test_with_script_only_what_was_seen_is_claimed(learner, seat, now, time_machine):
    opened = page(learner, seat, "selamat-datang/")
    time_machine.move_to(now + MINUTE, tick=False)
    part = finish(learner, seat, "selamat-datang", opened, dilihat="[[0, 2]]")
    assert "Masih 1 bagian belum dibaca." in learner.get(part.url).text
    slides = page(learner, seat, "selamat-datang/?bentuk=salindia")
    part = finish(learner, seat, "selamat-datang", slides, dilihat="[]")
    assert "Masih 1 salindia belum dilihat." in learner.get(part.url).text


def test_finishing_twice_finishes_once(learner, seat, now, time_machine):
    opened = page(learner, seat, "selamat-datang/")
    time_machine.move_to(now + MINUTE, tick=False)
    assert finish(learner, seat, "selamat-datang", opened).url == finish(learner, seat, "selamat-datang", opened).url


@pytest.mark.parametrize("seen", ["x", "{}", "[[", '"0-3"', "[" * 9000, "[[0,1e999]]", "😀" * 500, "null"])
def test_a_forged_form_is_refused_or_counts_nothing_new(learner, seat, seen):
    opened = page(learner, seat, "selamat-datang/")
    answer = finish(learner, seat, "selamat-datang", opened, dilihat=seen, tanda="x" * 9000)
    assert answer.status_code in (303, 422)
    assert not view(seat, seat.taken_at).states["selamat-datang"].is_done


@pytest.mark.parametrize("form", ["", "hologram", "😀" * 500, "hemat", "video"])
def test_a_form_that_the_lesson_has_not_is_answered_with_one_it_has(learner, seat, form):
    assert (
        learner.get(f"/belajar/{seat.batch.key}/selamat-datang/", {"bentuk": form, "t": "9" * 400}).status_code == 200
    )


def test_a_lesson_shows_its_forms_with_what_they_cost(learner, seat):
    text = page(learner, seat, "selamat-datang/").text
    assert [name for name in ("audio", "salindia", "bacaan") if f'value="{name}"' in text] == [
        "audio",
        "salindia",
        "bacaan",
    ]
    assert "0,1 MB" in text
    audio = page(learner, seat, "selamat-datang/?bentuk=audio").text
    assert '<audio controls preload="none"' in audio
    assert 'type="audio/ogg' in audio and 'type="audio/mp4' in audio
    assert "data-seek=" in audio


def test_low_data_mode_has_no_media_until_it_is_asked_for(learner, seat):
    learner.post("/tampilan/", {"saver": "1", "next": "/"})
    first = page(learner, seat, "selamat-datang/").text
    assert 'value="bacaan" checked' in first
    for text in (first, page(learner, seat, "selamat-datang/?bentuk=audio").text):
        assert "<audio" not in text and "<video" not in text and "/media/" not in text
        assert 'rel="preload"' not in text
    asked = page(learner, seat, "selamat-datang/?bentuk=audio").text
    assert "Putar audio 0,1 MB" in asked
    assert "<audio" in page(learner, seat, "selamat-datang/?bentuk=audio&putar=1").text


def test_the_rules_of_a_test_stand_before_it(learner, seat, now):
    text = page(learner, seat, "tes-awal/").text
    assert "5 soal" in text and "15 menit" in text and "sisa 1" in text
    assert "Boleh pindah sinyal. Boleh muat ulang." in text
    begun = learner.post(f"/belajar/{seat.batch.key}/tes-awal/")
    (facts,) = tests.sittings([seat.uid])[seat.uid]
    assert (begun.status_code, begun.url) == (303, f"/tes/{facts.uid}/")
    assert learner.post(f"/belajar/{seat.batch.key}/tes-awal/").url == begun.url
    assert "Lanjutkan tes" in page(learner, seat, "tes-awal/").text


def test_a_test_whose_turn_it_is_not_says_why(learner, seat):
    answer = page(learner, seat, "tes-akhir/")
    assert "Mulai sekarang" not in answer.text
    assert "Terbuka setelah Tes awal dikumpulkan" in answer.text
    refused = learner.post(f"/belajar/{seat.batch.key}/tes-akhir/")
    assert refused.status_code == 409
    assert "Terbuka setelah Tes awal dikumpulkan" in refused.text


def test_a_failed_quiz_names_what_to_study_again(learner, seat, now, time_machine):
    now = complete_everything(seat, now, until="kuis-mengenali-data-pribadi")
    failed = sit(seat, "kuis-mengenali-data-pribadi", now, right=0)
    time_machine.move_to(failed, tick=False)
    text = page(learner, seat, "kuis-mengenali-data-pribadi/").text
    assert "Mengenali data pribadi murid" in text
    assert "Nilai terakhir 0, batas 80." in text
    assert "Pelajari lagi materi 2" in text
    lesson = page(learner, seat, "mengenali-data-pribadi/")
    assert "Selesai mengulang" in dock(lesson)
    time_machine.move_to(failed + MINUTE, tick=False)
    again = finish(learner, seat, "mengenali-data-pribadi", lesson)
    assert again.url == f"/belajar/{seat.batch.key}/kuis-mengenali-data-pribadi/"
    assert "Mulai sekarang" in learner.get(again.url).text


def test_the_receipt_says_what_comes_next(learner, seat, now, time_machine, rf):
    from pintar.foundation import panels

    now = complete_everything(seat, now, until="kuis-mengenali-data-pribadi")
    failed = sit(seat, "kuis-mengenali-data-pribadi", now, right=0)
    time_machine.move_to(failed, tick=False)
    facts = tests.sittings([seat.uid])[seat.uid]
    request = rf.get("/")
    request.person = person_of(seat)
    for each, lessons, following in ((facts[0], [], "selamat-datang"), (facts[1], ["mengenali-data-pribadi"], None)):
        with CaptureQueriesContext(connection) as captured:
            (step,) = [p.context["step"] for p in panels.collect("bukti", request, each) if p.name == "belajar"]
        assert len(captured) == 1
        assert [entry.key for entry in step.lessons] == lessons
        assert (step.next.key if step.next else None) == following
    receipt = learner.get(f"/tes/{facts[1].uid}/bukti/")
    assert "Pelajari lagi" in receipt.text
    assert f"/belajar/{seat.batch.key}/mengenali-data-pribadi/" in receipt.text


def test_whoever_has_to_study_again_after_all_sittings_finds_it_on_home_in_the_contents_and_on_the_receipt(
    learner, seat, now, time_machine
):
    now = complete_everything(seat, now, until="tes-akhir")
    time_machine.move_to(now, tick=False)
    assert "mengenali-data-pribadi" in folded(page(learner, seat))  # the control: it is done with
    for day in range(3):
        failed = sit(seat, "tes-akhir", now + timedelta(hours=25 * day), right=0)
    time_machine.move_to(failed, tick=False)
    assert view(seat, failed).next_step.line.key == "tes-akhir"
    first = view(seat, failed).states["tes-akhir"].reread[0]
    button = f'href="/belajar/{seat.batch.key}/{first}/">Pelajari lagi</a>'
    assert button in learner.get("/beranda/").text
    assert "mengenali-data-pribadi" not in folded(page(learner, seat))
    receipt = learner.get(f"/tes/{view(seat, failed).standing.of('tes-akhir')[-1].uid}/bukti/").text
    assert "satu kesempatan lagi terbuka" in receipt


def test_whoever_used_up_the_last_sitting_is_told_so_and_sent_to_no_lesson(learner, seat, now, time_machine):
    now = complete_everything(seat, now, until="tes-akhir")
    for _ in range(3):
        now = sit(seat, "tes-akhir", now + timedelta(hours=25), right=0)
    for lesson in view(seat, now).states["tes-akhir"].reread:
        now = read_lesson(seat, lesson, now + timedelta(minutes=1))
    now = sit(seat, "tes-akhir", now + timedelta(minutes=1), right=0)
    time_machine.move_to(now, tick=False)
    receipt = learner.get(f"/tes/{view(seat, now).standing.of('tes-akhir')[-1].uid}/bukti/").text
    rules = page(learner, seat, "tes-akhir/").text
    assert "Semua kesempatan untuk tes ini sudah terpakai" in receipt
    assert "sudah terpakai semua" in rules
    for text in (receipt, rules):
        assert "Pelajari lagi" not in text
        assert "Buka daftar isi" in text


def test_the_survey_is_a_plain_form(learner, seat, now, time_machine):
    assert page(learner, seat, "survei/").status_code == 409
    done = complete_everything(seat, now, until="survei")
    time_machine.move_to(done, tick=False)
    text = page(learner, seat, "survei/").text
    assert text.count('type="radio"') == 10
    address = f"/belajar/{seat.batch.key}/survei/"
    wrong = learner.post(address, {"q-manfaat": "4", "q-saran": "Bagus"})
    assert wrong.status_code == 422
    assert "1 pertanyaan belum dijawab" in wrong.text
    assert 'name="q-manfaat" value="4" checked' in wrong.text
    assert "Bagus" in wrong.text
    sent = learner.post(address, {"q-manfaat": "4", "q-jelas": "5", "q-saran": "<script>alert(1)</script>"})
    assert (sent.status_code, sent.url) == (303, address)
    assert "survei Anda sudah diterima" in learner.get(address).text
    assert learner.post(address, {"q-manfaat": "1"}).status_code == 303


def test_notes_are_kept_changed_and_taken_away(learner, seat):
    address = f"/belajar/{seat.batch.key}/selamat-datang/catatan/"
    for _ in range(2):  # a double tap
        kept = learner.post(address, {"teks": "Coba di kelas VIII B 😀", "bentuk": "audio", "posisi": "3.2"})
    assert kept.status_code == 303
    kept_note = Note.objects.get()
    text = page(learner, seat, "selamat-datang/?bentuk=audio").text
    assert "Coba di kelas VIII B 😀" in text
    assert "00.03" in text
    assert "Coba di kelas" in learner.get(f"{address}{kept_note.uid}/").text
    learner.post(f"{address}{kept_note.uid}/", {"teks": "Lain"})
    assert "Lain" in page(learner, seat, "selamat-datang/").text
    learner.post(f"{address}{kept_note.uid}/", {"_method": "DELETE"})
    assert learner.post(f"{address}{kept_note.uid}/", {"_method": "DELETE"}).status_code == 303
    assert Note.objects.count() == 0


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "\0"])
def test_a_note_that_cannot_be_kept_comes_back_with_its_text(learner, seat, text):
    answer = learner.post(f"/belajar/{seat.batch.key}/selamat-datang/catatan/", {"teks": text})
    assert answer.status_code == 422
    assert text.strip("\0") in answer.text
    assert Note.objects.count() == 0


@pytest.mark.parametrize("position", ["NaN", "-1", "1e400", "x", "9" * 500])
def test_a_note_with_a_forged_position_is_kept_without_it(learner, seat, position):
    sent = {"teks": "Catatan", "bentuk": "audio", "posisi": position}
    assert learner.post(f"/belajar/{seat.batch.key}/selamat-datang/catatan/", sent).status_code == 303
    assert Note.objects.get().position is None


def test_nobody_sees_or_changes_the_study_of_someone_else(client, seat, now):
    uid = note(seat, "Milik saya", now)
    sitting_of(seat, "tes-awal", now)
    stranger = make_person("Budi")
    sign_in(client, stranger)
    lesson = f"/belajar/{seat.batch.key}/selamat-datang/"
    for address in (
        f"/belajar/{seat.batch.key}/",
        lesson,
        f"{lesson}catatan/{uid}/",
        f"/belajar/{seat.batch.key}/survei/",
    ):
        assert client.get(address).status_code == 404
    for address in (lesson, f"{lesson}catatan/", f"{lesson}catatan/{uid}/", f"/belajar/{seat.batch.key}/tes-awal/"):
        assert client.post(address, {"teks": "x"}).status_code == 404
    make_seat(stranger, seat.batch, now)
    assert client.get(f"{lesson}catatan/{uid}/").status_code == 404
    assert client.post(f"{lesson}catatan/{uid}/", {"teks": "x"}).status_code == 404
    client.post(f"{lesson}catatan/{uid}/", {"_method": "DELETE"})
    assert Note.objects.get().text == "Milik saya"


def test_a_seat_that_was_given_back_has_no_pages(learner, seat, now):
    person = person_of(seat)
    give_back_seat(person=person, batch_key=seat.batch.key, by=person.uid, now=now)
    assert page(learner, seat).status_code == 404
    assert page(learner, seat, "selamat-datang/").status_code == 404


@pytest.mark.parametrize("key", ["tidak-ada", "😀" * 200, "x" * 3000, "a%00b"])
def test_addresses_of_nothing_are_not_found(learner, seat, key):
    assert learner.get(f"/belajar/{key}/").status_code == 404
    assert learner.get(f"/belajar/{seat.batch.key}/{key}/").status_code == 404
    assert learner.get(f"/belajar/{seat.batch.key}/{key}/selanjutnya/").status_code == 404
    assert learner.get(f"/belajar/{seat.batch.key}/selamat-datang/catatan/{ids.uid()}/").status_code == 404


def test_whoever_is_signed_out_signs_in_and_comes_back(client, seat):
    answer = page(client, seat, "selamat-datang/")
    assert answer.status_code == 302
    assert answer.url.startswith("/masuk/?next=")


@pytest.mark.parametrize("language", ["id", "en", "ar"])
def test_every_page_is_there_in_three_languages(learner, seat, now, language):
    learner.post("/tampilan/", {"language": language, "next": "/"})
    for key in ("", "selamat-datang/?bentuk=audio", "selamat-datang/?bentuk=salindia", "tes-awal/"):
        answer = page(learner, seat, key)
        assert f'<html lang="{language}"' in answer.text
    assert learner.get("/beranda/").status_code == 200


def test_weights_stay_within_their_budgets(learner, seat, now):
    import gzip

    assert len(gzip.compress(page(learner, seat, "selamat-datang/?bentuk=audio").content)) < 20_000
    assert len(gzip.compress(learner.get("/beranda/").content)) < 18_000


def test_the_script_is_small():
    import gzip
    from pathlib import Path

    scripts = sorted((Path(__file__).parents[1] / "static" / "learning").glob("*.js"))
    assert len(scripts) == 6
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) < 15_000
