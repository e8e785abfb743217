"""Batches in every state, and who sits in them."""

from datetime import datetime, timedelta

from pintar.cli.demonstration import cast

DAY = timedelta(days=1)
OPEN, SOON, FULL, PAST = "open", "soon", "full", "past"
FULL_QUOTA = 30
# training, state, quota
BATCHES = (
    ("hak-cipta-di-ruang-kelas", PAST, 500),
    ("hak-cipta-di-ruang-kelas", OPEN, 2000),
    ("asesmen-formatif", OPEN, 1500),
    ("asesmen-formatif", SOON, 1500),
    ("sumber-belajar-terbuka", FULL, FULL_QUOTA),
    ("sumber-belajar-terbuka", SOON, 1000),
)


def open_all(now: datetime) -> None:
    from pintar.enrolment.actions import open_batch

    year = now.year
    for slug, state, quota in BATCHES:
        opens, closes, starts, until = _window(state, now)
        period = ("periode-ini", f"Periode IV {year}") if state in (OPEN, FULL) else (
            ("periode-lalu", f"Periode III {year}") if state == PAST else ("periode-depan", f"Periode I {year + 1}")
        )  # fmt: skip
        open_batch(
            course_slug=slug, period_key=period[0], period_title=period[1], title="", quota=quota,
            opens_at=opens, closes_at=closes, starts_at=starts, until_at=until, by=None, now=min(opens, now) - DAY,
        )  # fmt: skip


def _window(state: str, now: datetime) -> tuple[datetime, datetime, datetime, datetime]:
    """Registration opens and closes, study begins and ends. Registration closes at midnight in Jakarta (17.00 UTC)."""
    midnight = now.replace(hour=17, minute=0, second=0, microsecond=0) - timedelta(minutes=1)
    morning = now.replace(hour=1, minute=0, second=0, microsecond=0)
    if state == PAST:
        return morning - 40 * DAY, midnight - 36 * DAY, morning - 35 * DAY, midnight + 2 * DAY
    if state == SOON:
        return morning + 6 * DAY, midnight + 9 * DAY, morning + 12 * DAY, midnight + 24 * DAY
    return morning - 4 * DAY, midnight + 2 * DAY, morning - 3 * DAY, midnight + 17 * DAY


def seat_the_crowd(now: datetime) -> None:
    """Fill the full batch, one after the other."""
    from pintar.enrolment.actions import take_seat
    from pintar.people.queries import person_by_login

    key = _key("sumber-belajar-terbuka", FULL)
    opened = _window(FULL, now)[0]
    for number in range(len(cast.CROWD)):
        person = person_by_login(f"90377686692{number:05}")
        assert person is not None
        moment = opened + timedelta(seconds=14 * number + 3)
        take_seat(person=person, batch_key=key, pledge=True, by=person.uid, now=moment)


def seat_the_cast(now: datetime) -> None:
    from pintar.cli.demonstration.walk import Walk

    graduated = Walk(cast.person(cast.GRADUATED), _key("hak-cipta-di-ruang-kelas", PAST), now - 30 * DAY)
    graduated.take_seat(now - 38 * DAY)
    graduated.go()
    middle = Walk(cast.person(cast.MIDDLE), _key("asesmen-formatif", OPEN), now - 2 * DAY)
    middle.take_seat(now - 3 * DAY)
    middle.go(until="kartu-keluar")


def _key(slug: str, state: str) -> str:
    """Batches are numbered within their training in the order above."""
    of_course = [each_state for each_slug, each_state, _ in BATCHES if each_slug == slug]
    return f"{slug}-{of_course.index(state) + 1}"
