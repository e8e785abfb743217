"""`pintar people …` as operators call it."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from pintar.cli import cli
from pintar.foundation.refusals import Refusal
from pintar.people import queries
from pintar.people.models import Grant
from pintar.people.tests.builders import make_person, make_unit

pytestmark = pytest.mark.django_db
NIP = "198503122010012008"


def run(*arguments: str, input: str | None = None):
    return CliRunner().invoke(cli, ["people", *arguments], input=input)


def test_import_writes_codes_to_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    (tmp_path / "daftar.csv").write_text(f"nama,nip\n-Siti,{NIP}\n")
    result = run("import", str(tmp_path / "daftar.csv"), "--codes", str(tmp_path / "kode.csv"))
    assert result.exit_code == 0, result.output
    assert "1 dibuat, 0 diperbarui, 0 tetap, 0 ditolak." in result.stdout and NIP not in result.stdout
    rows = list(csv.reader((tmp_path / "kode.csv").read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["baris", "nama", "masuk", "kode"] and rows[1][2] == f"'{NIP}" and len(rows[1][3]) == 14
    assert rows[1][1].startswith("'-")
    assert (tmp_path / "kode.csv").stat().st_mode & 0o077 == 0


def test_import_names_line_column_and_reason_and_ends_with_status_one(tmp_path: Path) -> None:
    (tmp_path / "daftar.csv").write_text(f"nama,nip\nSiti,{NIP}\nBudi,198513122010012008\n")
    result = run("import", str(tmp_path / "daftar.csv"))
    assert result.exit_code == 1
    assert "baris 3, kolom nip: Delapan angka pertama NIP adalah tanggal lahir" in result.stderr
    assert "1 dibuat" in result.stdout


def test_import_prints_json(tmp_path: Path) -> None:
    (tmp_path / "daftar.csv").write_text(f"nama,nip\nSiti,{NIP}\nBudi,1\n")
    said = json.loads(run("import", str(tmp_path / "daftar.csv"), "--json").stdout)
    assert (said["rows"], said["created"], said["updated"], said["unchanged"]) == (2, 1, 0, 0)
    assert [(r["line"], r["column"], r["code"]) for r in said["refused"]] == [(3, "nip", "number_too_short")]
    assert said["refused"][0]["reason"] == "Baru 1 angka. NIP terdiri dari 18 angka."
    assert said["codes"][0]["login"] == NIP


def test_a_place_for_the_codes_comes_before_the_accounts(tmp_path: Path) -> None:
    (tmp_path / "daftar.csv").write_text(f"nama,nip\nSiti,{NIP}\n")
    result = run("import", str(tmp_path / "daftar.csv"), "--codes", str(tmp_path / "tidak" / "ada.csv"))
    assert result.exit_code == 1 and "--codes" in result.stderr
    assert queries.person_by_login(NIP) is None


def test_create_makes_one_with_a_code_or_a_password() -> None:
    make_unit()
    made = json.loads(run("create", "--name", "Siti", "--nip", NIP, "--unit", "MAN 2 Kota Semarang", "--json").stdout)
    person = queries.person_by_login(NIP)
    assert person is not None and person.unit is not None and made["uid"] == str(person.uid) and made["code"]
    result = run("create", "--name", "Budi", "--email", "budi@example.go.id", "--password-stdin", input="hujan sore\n")
    assert result.exit_code == 0, result.output
    assert Client().post("/masuk/", {"login": "budi@example.go.id", "password": "hujan sore"}).status_code == 302


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "--name", "Siti"),
        ("create", "--name", "Siti", "--nip", "1"),
        ("create", "--name", "Siti", "--nip", NIP, "--unit", "Istana"),
        ("create", "--name", "Siti", "--nip", NIP, "--regency", "Semarang"),
        ("code", "197001011995011001"),
        ("grant", "197001011995011001", "penguji", "x"),
    ],
)
def test_what_cannot_be_done_is_a_refusal(arguments: tuple[str, ...]) -> None:
    assert isinstance(run(*arguments).exception, Refusal)


def test_code_makes_a_new_one(client: Client) -> None:
    make_person(nip=NIP)
    code = run("code", "19850312 201001 2 008").stdout.split("\t")[1].strip()
    form = {"login": NIP, "code": code, "password": "hujan sore di kendal", "consent": "1"}
    assert client.post("/akun/aktivasi/", form).status_code == 302


def test_grant_gives_a_role_in_a_unit_until_a_day() -> None:
    make_person(nip=NIP)
    make_unit("Balai Diklat Keagamaan Semarang", kind="balai")
    result = run("grant", NIP, "penyelenggara", "balai-diklat-keagamaan-semarang", "--until", "2099-01-01")
    assert result.exit_code == 0, result.output
    assert Grant.objects.get().role == "penyelenggara" and Grant.objects.get().until_at is not None


def test_every_command_has_help_with_an_example() -> None:
    for command in ("import", "create", "code", "grant"):
        assert "Example: pintar people" in run(command, "--help").output
