"""The offices and the people of the demonstration. Every number is made up; every one has the shape of a real one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

PASSWORD = "belajar-di-pintar"  # noqa: S105  printed at the start: the demonstration is for everyone
AGE = timedelta(days=50)


@dataclass(frozen=True, slots=True)
class Role:
    """Someone who can sign in. `login` is one of their numbers; `unit` the key of an office; `grant` a role held there,
    which asks for a second factor at the first sign-in."""

    name: str
    story: str
    kind: str
    login: str
    email: str
    profession: str
    employment: str
    gender: str
    unit: str
    language: str = "id"
    grant: str = ""


MIDDLE = Role(
    "Siti Aminah", "in the middle of a training", "nip", "198503122010012008", "siti@contoh.pintar.example",
    "guru", "pns", "P", "man-2-kota-semarang",
)  # fmt: skip
GRADUATED = Role(
    "Yusuf Rahman", "graduated, with a certificate", "nip", "198907152015031004", "yusuf@contoh.pintar.example",
    "guru", "pns", "L", "mtsn-1-kota-makassar",
)  # fmt: skip
NEWCOMER = Role(
    "Maria Goreti Bria", "a newcomer", "nuptk", "4437768669230123", "maria@contoh.pintar.example",
    "penyuluh", "non-asn", "P", "kua-kecamatan-bajawa",
)  # fmt: skip
AUTHOR = Role(
    "Ni Wayan Suryani", "writes questions, with any authenticator app as second factor", "nip", "197904152005012006",
    "wayan@contoh.pintar.example", "lainnya", "pns", "P", "balai-diklat-keagamaan-semarang", grant="penulis",
)  # fmt: skip
ASSESSOR = Role(
    "Hasanuddin Lubis", "reviews them, likewise", "nip", "197206211998031005", "hasan@contoh.pintar.example",
    "lainnya", "pns", "L", "balai-diklat-keagamaan-semarang", grant="penguji",
)  # fmt: skip
ROLES = (NEWCOMER, MIDDLE, GRADUATED, AUTHOR, ASSESSOR)

CROWD = (
    "Ahmad Fauzi", "Ni Luh Putu Sari", "Bernadus Wea", "Nurhayati", "Agus Setiawan", "Fransiska Lende", "Rahmawati",
    "I Made Artana", "Yohana Kabes", "Muhammad Iqbal", "Dewi Kartika", "Petrus Tanggela", "Halimah", "Budi Santoso",
    "Ester Wanimbo", "Zainal Abidin", "Sri Wahyuni", "Gede Suardana", "Khadijah", "Markus Lumban Tobing",
    "Umi Kalsum", "Theresia Bano", "Hasan Basri", "Lina Marlina", "Abdul Gani", "Ketut Rini", "Syamsul Bahri",
    "Ruth Manobi", "Nur Aini", "Joko Prasetyo",
)  # fmt: skip


def offices(now: datetime) -> None:
    from pintar.people.actions import grow_units

    grow_units(now=now - AGE)


def people(now: datetime) -> None:
    from pintar.people.actions import create_person, give_grant
    from pintar.people.queries import units_by_key

    units = units_by_key(role.unit for role in ROLES)
    for role in ROLES:
        made = create_person(
            name=role.name,
            given={role.kind: role.login},
            email=role.email,
            password=PASSWORD,
            consented=True,
            facts={
                "profession": role.profession,
                "employment": role.employment,
                "gender": role.gender,
                "unit": units[role.unit],
                "language": role.language,
            },
            by=None,
            now=now - AGE,
        )
        if role.grant:
            give_grant(person=made.person, role=role.grant, unit=units[role.unit], by=None, now=now - AGE)
    for number, name in enumerate(CROWD):
        create_person(
            name=name,
            given={"nuptk": f"90377686692{number:05}"},
            facts={"profession": "guru", "employment": "non-asn", "unit": None},
            by=None,
            now=now - AGE,
        )


def person(role: Role):
    """The Person who plays a role."""
    from pintar.people.queries import person_by_login

    return person_by_login(role.login)


def lines() -> list[str]:
    if not all(person(role) for role in ROLES):
        return []
    who = [f"{role.login:<20} {role.name}, {role.story}" for role in ROLES]
    return [f"Demonstration accounts, password {PASSWORD}:", *who]
