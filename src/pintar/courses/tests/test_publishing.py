"""Publishing: immutable editions, numbered, the same for an unchanged folder."""

import pytest

from pintar.courses.tests.builders import publish_small_course

pytestmark = pytest.mark.django_db


def test_a_folder_becomes_an_edition(now):
    edition = publish_small_course(now)

    assert (edition.slug, edition.number, edition.published_at) == ("latihan-kecil", 1, now)
    assert [entry.key for entry in edition.entries] == [
        "tes-awal",
        "selamat-datang",
        "mengenali-data-pribadi",
        "kuis-mengenali-data-pribadi",
        "menyimpan-dengan-aman",
        "kuis-menyimpan-dengan-aman",
        "tes-akhir",
        "survei",
    ]
