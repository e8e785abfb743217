"""Units as a tree, and roles inherited downwards."""

from datetime import timedelta

import pytest

from pintar.foundation import clock
from pintar.foundation.refusals import Refusal
from pintar.people import actions, queries, regions
from pintar.people.models import Grant, Unit
from pintar.people.rules import profiles, roles
from pintar.people.tests.builders import make_person, make_unit


@pytest.mark.django_db
def test_the_organisation_grows_from_the_regions_once(django_assert_max_num_queries) -> None:
    now = clock.now()
    with django_assert_max_num_queries(40):
        made = actions.grow_units(now=now)
    assert made > 552 and actions.grow_units(now=now) == 0
    assert Unit.objects.filter(kind="kanwil").count() == 38
    assert Unit.objects.filter(kind="kankemenag").count() == 514
    assert {"balai", "loka", "madrasah", "kua", "kementerian"} <= set(Unit.objects.values_list("kind", flat=True))
    madrasah = queries.units_by_key(["man-2-kota-semarang"])["man-2-kota-semarang"]
    above = queries.units(roles.path_ids(madrasah.path))
    assert [above[i].kind for i in roles.path_ids(madrasah.path)] == ["kementerian", "kanwil", "kankemenag", "madrasah"]
    assert above[roles.path_ids(madrasah.path)[1]].name == "Kanwil Kemenag Provinsi Jawa Tengah"


@pytest.mark.django_db
def test_a_unit_is_found_by_key_name_or_words_of_it() -> None:
    actions.grow_units(now=clock.now())
    assert [u.key for u in queries.find_units("man-2-kota-semarang")] == ["man-2-kota-semarang"]
    assert [u.key for u in queries.find_units("MAN 2 KOTA SEMARANG")] == ["man-2-kota-semarang"]
    assert "kankemenag-kota-semarang" in [u.key for u in queries.find_units("semarang kankemenag")]
    assert queries.find_units("ab") == [] and queries.find_units("\x00%🙂") == []
    assert len(queries.find_units("kankemenag")) == 20


@pytest.mark.django_db
def test_one_more_unit_below_another_is_made_once() -> None:
    parent = queries.unit_facts(make_unit("Kankemenag Kota Semarang", regency="33.74", province="33"))
    other = queries.unit_facts(make_unit("Kankemenag Kendal"))
    one = actions.make_unit(name="MI Al Ikhlas", kind="madrasah", parent=parent, now=clock.now())
    again = actions.make_unit(name="MI Al Ikhlas", kind="madrasah", parent=parent, now=clock.now())
    elsewhere = actions.make_unit(name="MI Al Ikhlas", kind="madrasah", parent=other, now=clock.now())
    assert one == again and one.key != elsewhere.key
    assert one.path == f"{parent.path}{one.id}/"
    with pytest.raises(Refusal):
        actions.make_unit(name="X", kind="istana", parent=parent, now=clock.now())


@pytest.mark.django_db
def test_a_grant_reaches_its_unit_and_all_below_and_nothing_else() -> None:
    now = clock.now()
    top = make_unit("Kanwil", kind="kanwil")
    below = make_unit("Kankemenag", top)
    beside = make_unit("Kanwil lain", kind="kanwil")
    person = make_person()
    actions.give_grant(person=person, role="penyelenggara", unit=queries.unit_facts(top), by=None, now=now)
    reach = {
        u.name: queries.holds_role_in(person, "penyelenggara", queries.unit_facts(u), now) for u in (top, below, beside)
    }
    assert reach == {"Kanwil": True, "Kankemenag": True, "Kanwil lain": False}
    assert not queries.holds_role_in(person, "penguji", queries.unit_facts(below), now)
    assert queries.grants_of(person, now)[0].reaches(queries.unit_facts(below))


@pytest.mark.django_db
def test_a_grant_ends_when_it_was_said_to_and_is_given_once() -> None:
    now = clock.now()
    person, unit = make_person(), queries.unit_facts(make_unit())
    until = now + timedelta(days=1)
    first = actions.give_grant(person=person, role="penguji", unit=unit, until=until, by=None, now=now)
    assert actions.give_grant(person=person, role="penguji", unit=unit, until=until, by=None, now=now) == first
    assert Grant.objects.count() == 1
    assert queries.holds_role(person.id, ("penguji",), now)
    assert not queries.holds_role(person.id, ("penguji",), until)
    assert queries.factors_of(person.id, now).needed and not queries.factors_of(person.id, until).needed


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "days"), [("raja", 1), ("penguji", -1)])
def test_unknown_roles_and_past_ends_are_refused(role: str, days: int) -> None:
    now = clock.now()
    with pytest.raises(Refusal):
        actions.give_grant(
            person=make_person(),
            role=role,
            unit=queries.unit_facts(make_unit()),
            until=now + timedelta(days=days),
            by=None,
            now=now,
        )


def test_a_path_does_not_reach_a_unit_whose_number_begins_the_same() -> None:
    assert roles.holds_in("/1/5/", "/1/5/33/") and not roles.holds_in("/1/5/", "/1/55/")
    assert not roles.holds_in("", "/1/")


def test_every_province_has_a_zone_and_a_nik_may_begin_with_it() -> None:
    from pintar.people.rules import numbers

    assert set(regions.provinces()) == set(numbers.PROVINCES) and len(regions.regencies()) == 514
    zones = {r.name: profiles.zone(r.code) for r in regions.provinces().values()}
    assert zones["Kalimantan Barat"] == zones["Aceh"] == "Asia/Jakarta"
    assert zones["Bali"] == zones["Kalimantan Selatan"] == "Asia/Makassar"
    assert zones["Maluku"] == zones["Papua Barat Daya"] == "Asia/Jayapura"
    assert profiles.zone("") == "Asia/Jakarta"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Kota Semarang", ["Kota Semarang"]),
        ("kab. semarang", ["Kabupaten Semarang"]),
        ("33.74", ["Kota Semarang"]),
        ("semarang", ["Kabupaten Semarang", "Kota Semarang"]),
        ("Toba", ["Kabupaten Toba"]),
        ("atlantis", []),
        ("", []),
    ],
)
def test_a_regency_is_found_as_people_write_it(text: str, names: list[str]) -> None:
    assert [r.name for r in regions.find(text)] == names
