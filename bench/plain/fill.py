"""`python -m bench.plain.fill USERS`: make the tables, a course of ten lessons and users; prints their sessions."""

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.plain.settings"
LESSONS = 10


GOAL = "Anda dapat menulis tujuan belajar yang dapat diamati dan memilih bukti yang cocok untuknya. "


def main(users: int) -> None:
    import django

    django.setup()
    from datetime import UTC, datetime

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from bench.plain.models import Course, Lesson

    call_command("migrate", verbosity=0, run_syncdb=True)
    course = Course.objects.create(
        slug="asesmen-formatif",
        title="Asesmen formatif untuk guru madrasah",
        summary="Merancang pertanyaan, membaca jawaban, dan memberi umpan balik yang dipakai murid. " * 3,
        hours=8,
        starts_at=datetime(2026, 11, 24, 1, 0, tzinfo=UTC),
    )
    Lesson.objects.bulk_create(
        Lesson(
            course=course,
            number=number,
            title=f"Materi {number}: merumuskan tujuan yang terukur",
            goal=GOAL * 5,
            minutes=10 + number,
            kind="video" if number % 3 else "bacaan",
        )
        for number in range(1, LESSONS + 1)
    )
    sessions = []
    for number in range(users):
        user = User.objects.create_user(f"peserta-{number}", f"peserta{number}@contoh.pintar.example", "sandi")
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        sessions.append(session.session_key)
    print(json.dumps(sessions))


if __name__ == "__main__":
    main(int(sys.argv[1]))
