"""Lists of people: what goes in, what is refused and why, twice the same, and claims that yield."""

import io
from pathlib import Path

import pytest
import xlsxwriter
from django.core import mail
from django.test import Client

from pintar.foundation import clock
from pintar.foundation.ledger.worker import deliver_all
from pintar.foundation.models import Event
from pintar.foundation.refusals import Refusal
from pintar.people import actions, queries, sheets
from pintar.people.actions import Report
from pintar.people.models import Account, ActivationCode, Identifier
from pintar.people.tests.builders import make_person, make_unit

pytestmark = pytest.mark.django_db
NIP, NIK = "198503122010012008", "3374011203850001"


def take_in(tmp_path: Path, text: str | bytes, name: str = "daftar.csv") -> Report:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return actions.import_list(file=file, by=None, now=clock.now())


def workbook(*rows: list[object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(line, column, cell)
    return out.getvalue()


def refused(report: Report) -> list[tuple[int, str, str]]:
    return [(m.line, m.column, m.code) for m in report.refused]


def test_people_come_in_with_all_that_the_list_says(tmp_path: Path) -> None:
    unit = make_unit(regency="33.74", province="33")
    report = take_in(
        tmp_path,
        "Catatan,NAMA,nip,nik,email,satker,profesi,status,jenis_kelamin,kabupaten\n"
        "x,Siti  Aminah,19850312 201001 2 008,3374-0112-0385-0001,Siti@Example.go.id,man 2 kota semarang,"
        "Kepala Madrasah,PNS,P,\n"
        f"x,Budi,,,budi@example.go.id,{unit.key},guru,non-ASN,L,Kab. Kendal\n",
    )
    assert (report.rows, report.created, report.refused) == (2, 2, [])
    siti, budi = queries.person_by_login(NIP), queries.person_by_login("budi@example.go.id")
    assert siti is not None and siti == queries.person_by_login(NIK) == queries.person_by_login("siti@example.go.id")
    assert (siti.name, siti.profession, siti.employment, siti.gender) == ("Siti Aminah", "kepala-madrasah", "pns", "P")
    assert siti.unit is not None and siti.unit.id == unit.id and siti.regency == "33.74"
    assert budi is not None and budi.employment == "non-asn" and budi.regency == "33.24"


def test_codes_activate_the_accounts(tmp_path: Path, client: Client) -> None:
    report = take_in(tmp_path, f"nama,nip\nSiti,{NIP}\n")
    code = report.codes[0]
    assert (code.line, code.name, code.login) == (2, "Siti", NIP)
    form = {"login": NIP, "code": code.code, "password": "hujan sore di kendal", "consent": "1"}
    assert client.post("/akun/aktivasi/", form).status_code == 302


def test_a_password_in_the_list_makes_no_code(tmp_path: Path, client: Client) -> None:
    report = take_in(tmp_path, f"nama,nip,kata_sandi\nSiti,{NIP},hujan sore\n")
    assert report.created == 1 and report.codes == [] and not ActivationCode.objects.exists()
    assert client.post("/masuk/", {"login": NIP, "password": "hujan sore"}).status_code == 302


def test_the_same_list_again_changes_nothing(tmp_path: Path) -> None:
    rows = f"Siti,{NIP},siti@example.go.id,guru,\nBudi,,budi@example.go.id,dosen,hujan sore\n"
    text = "nama,nip,email,profesi,kata_sandi\n" + rows
    take_in(tmp_path, text)
    before = [*Account.objects.order_by("id").values_list()], [*Identifier.objects.values_list()], Event.objects.count()
    report = take_in(tmp_path, text)
    assert (report.created, report.updated, report.unchanged, report.codes) == (0, 0, 2, [])
    assert before == (
        [*Account.objects.order_by("id").values_list()],
        [*Identifier.objects.values_list()],
        Event.objects.count(),
    )


def test_a_later_list_brings_facts_up_to_date_and_leaves_name_and_password(tmp_path: Path) -> None:
    person = make_person("Siti A.", nip=NIP)
    password = Account.objects.get(id=person.id).password
    report = take_in(tmp_path, f"nama,nip,nik,profesi,kata_sandi\nSiti Aminah,{NIP},{NIK},dosen,lain sekali\n")
    assert (report.updated, report.created, report.refused) == (1, 0, [])
    now = queries.person_by_login(NIK)
    assert now is not None and now.id == person.id and now.profession == "dosen" and now.name == "Siti A."
    assert Account.objects.get(id=person.id).password == password


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (f",{NIP},,,,,,,", "nama", "name_missing"),
        (f"🙂,{NIP},,,,,,,", "nama", "name_not_whole"),
        (f"{'x' * 500},{NIP},,,,,,,", "nama", "name_not_whole"),
        ("Siti,198513122010012008,,,,,,,", "nip", "nip_birth"),
        ("Siti,19850312201001200,,,,,,,", "nip", "number_too_short"),
        ("Siti,,337401120385000,,,,,,", "nik", "number_too_short"),
        ("Siti,,,siti@,,,,,", "email", "email_not_read"),
        ("Siti,,,,,,,,", "nip", "no_number"),
        (f"Siti,{NIP},,,Istana,,,,", "satker", "unit_unknown"),
        (f"Siti,{NIP},,,,raja,,,", "profesi", "value_unknown"),
        (f"Siti,{NIP},,,,,honorer,,", "status", "value_unknown"),
        (f"Siti,{NIP},,,,,,X,", "jenis_kelamin", "value_unknown"),
        (f"Siti,{NIP},,,,,,,Semarang", "kabupaten", "regency_ambiguous"),
        (f"Siti,{NIP},,,,,,,Atlantis", "kabupaten", "regency_unknown"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_go_in(tmp_path: Path, row: str, column: str, code: str) -> None:
    header = "nama,nip,nik,email,satker,profesi,status,jenis_kelamin,kabupaten\n"
    report = take_in(tmp_path, f"{header}{row}\nBudi,198907152015031004,,,,,,,\n")
    assert refused(report) == [(2, column, code)]
    assert report.created == 1 and report.rows == 2


def test_all_mistakes_of_a_row_are_named(tmp_path: Path) -> None:
    report = take_in(tmp_path, "nama,nip,email,profesi\n,1,x,raja\n")
    assert [m.column for m in report.refused] == ["nama", "nip", "email", "profesi"]


@pytest.mark.parametrize("password", ["pendek", "12345678", "password123"])
def test_weak_passwords_are_row_errors(tmp_path: Path, password: str) -> None:
    report = take_in(tmp_path, f"nama,nip,kata_sandi\nSiti,{NIP},{password}\n")
    assert [m.column for m in report.refused] == ["kata_sandi"] and not Account.objects.exists()


def test_the_same_person_twice_in_a_list_is_named_with_the_first_line(tmp_path: Path) -> None:
    report = take_in(tmp_path, f"nama,nip,nik\nSiti,{NIP},\nBudi,,{NIK}\nSiti lagi,{NIP},\n")
    assert refused(report) == [(4, "nip", "person_twice")] and report.refused[0].data == {"line": 2}
    assert report.created == 2


def test_one_number_in_two_columns_is_refused(tmp_path: Path) -> None:
    report = take_in(tmp_path, f"nama,nik,nuptk\nSiti,{NIK},{NIK}\n")
    assert refused(report) == [(2, "nuptk", "number_in_two_columns")]


def test_a_number_of_another_is_refused_over_all_kinds(tmp_path: Path) -> None:
    make_person("Lain", nuptk=NIK)
    make_person("Siti", nip=NIP)
    report = take_in(tmp_path, f"nama,nip,nik\nSiti,{NIP},{NIK}\n")
    assert refused(report) == [(2, "nik", "number_of_another")]


def test_a_different_number_of_a_kind_that_an_office_gave_is_refused(tmp_path: Path) -> None:
    make_person("Siti", nip=NIP, nik=NIK)
    report = take_in(tmp_path, f"nama,nip,nik\nSiti,{NIP},3374011203850002\n")
    assert refused(report) == [(2, "nik", "number_differs")]


def test_an_imported_number_beats_a_claim_and_the_claimant_is_told(tmp_path: Path) -> None:
    claimant = make_person("Pengaku", nip=NIP, email="aku@example.go.id")
    Identifier.objects.update(vouched_at=None)
    report = take_in(tmp_path, f"nama,nip\nSiti Aminah,{NIP}\n")
    owner = queries.person_by_login(NIP)
    assert report.created == 1 and owner is not None and owner.id != claimant.id and owner.name == "Siti Aminah"
    deliver_all()
    assert [m.to for m in mail.outbox] == [["aku@example.go.id"]]
    assert NIP not in mail.outbox[0].body
    assert queries.people([claimant.id])[claimant.id].has_identifier is not False
    assert take_in(tmp_path, f"nama,nip\nSiti Aminah,{NIP}\n").unchanged == 1


def test_a_claim_with_the_confirmed_address_of_the_list_is_the_same_person(tmp_path: Path) -> None:
    person = make_person("Siti", nip=NIP, email="siti@example.go.id")
    Identifier.objects.update(vouched_at=None)
    report = take_in(tmp_path, f"nama,nip,email\nSiti,{NIP},siti@example.go.id\n")
    assert (report.created, report.updated) == (0, 1)
    assert Identifier.objects.get().vouched_at is not None and Identifier.objects.get().account_id == person.id


def test_an_unconfirmed_address_proves_nothing(tmp_path: Path) -> None:
    make_person("Pengaku", nip=NIP, email="siti@example.go.id", email_verified_at=None)
    Identifier.objects.update(vouched_at=None)
    assert take_in(tmp_path, f"nama,nip,email\nSiti,{NIP},siti@example.go.id\n").created == 1


@pytest.mark.parametrize(
    "content",
    [
        "nama;nip\nSiti;198503122010012008\n".encode("utf-8-sig"),
        "nama\tnip\nSiti\t198503122010012008\n".encode("utf-16"),
        b"nama,nip\r\n\r\nSiti,'198503122010012008\r\n",
        'nama,nip\n"Siti, S.Pd.","198503122010012008"\n'.encode("cp1252"),
        workbook(["Nama", "NIP"], ["Siti", "198503122010012008"]),
        workbook([], ["Nama", "NIP"], [], ["Siti", "'19850312 201001 2 008"]),
    ],
)
def test_lists_are_read_as_spreadsheets_write_them(tmp_path: Path, content: bytes) -> None:
    report = take_in(tmp_path, content)
    assert report.created == 1 and report.refused == []
    assert queries.person_by_login(NIP) is not None


def test_lines_are_counted_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    book = workbook([], ["nama", "nip"], [], ["Siti", "1"])
    assert refused(take_in(tmp_path, book, "daftar.xlsx")) == [(4, "nip", "number_too_short")]
    text = f'nama,nip\n"Siti\nAminah",{NIP}\nBudi,1\n'
    assert refused(take_in(tmp_path, text)) == [(4, "nip", "number_too_short")]


def test_a_number_that_the_spreadsheet_has_rounded_is_refused_with_the_reason(tmp_path: Path) -> None:
    report = take_in(tmp_path, workbook(["nama", "nip", "nidn"], ["Siti", 198503122010012008, None]))
    assert refused(report) == [(2, "nip", "number_rounded")]
    report = take_in(tmp_path, workbook(["nama", "nidn"], ["Siti", 12345678], ["Budi", 123456789.5]))
    assert refused(report) == [(3, "nidn", "number_not_digits")]
    assert queries.person_by_login("0012345678") is not None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n,,\n", "file_empty"),
        (b"nip\n1\n", "column_missing"),
        (b"nama,satker\nSiti,x\n", "column_of_number_missing"),
        (b"nama,nip,NIP\nSiti,1,2\n", "column_twice"),
        (b"PK\x03\x04" + b"\x00" * 200, "file_not_read"),
        (workbook(["nama", "nip"])[:-100], "file_not_read"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "file_not_read"),
        (b"nama,nip\n" + b"x" * 200_000 + b",1\n", "file_not_read"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as no:
        take_in(tmp_path, content)
    assert no.value.code == code


def test_too_large_files_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LARGEST", 100)
    with pytest.raises(Refusal) as no:
        take_in(tmp_path, "nama,nip\n" + f"Siti,{NIP}\n" * 20)
    assert no.value.status == 413
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 100)
    with pytest.raises(Refusal) as no:
        take_in(tmp_path, workbook(["nama", "nip"]))
    assert no.value.status == 413


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "tidak-ada.csv", tmp_path):
        with pytest.raises(Refusal) as no:
            actions.import_list(file=path, by=None, now=clock.now())
        assert no.value.code == "file_not_there"


def test_a_long_list_comes_in_a_handful_of_statements_a_chunk(tmp_path: Path, django_assert_max_num_queries) -> None:
    rows = "".join(f"Peserta {n},19850312201001{1 + n % 2}{1 + n // 2:03}\n" for n in range(1200))
    told: list[tuple[int, int]] = []
    handed: list[int] = []
    file = tmp_path / "daftar.csv"
    file.write_text("nama,nip\n" + rows)
    with django_assert_max_num_queries(90):
        report = actions.import_list(
            file=file,
            by=None,
            now=clock.now(),
            progress=lambda done, of: told.append((done, of)),
            hand_out=lambda codes: handed.append(len(codes)),
        )
    assert report.created == 1200 and len(report.codes) == 1200
    assert told == [(500, 1200), (1000, 1200), (1200, 1200)] and handed == [500, 500, 200]
