"""A batch's dates as iCalendar (RFC 5545): CRLF, lines of at most 75 octets, instants in UTC."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse
from django.utils.translation import get_language, gettext

from pintar.enrolment.rules import BatchFacts

LONGEST_LINE = 75


def calendar(batch: BatchFacts, training: str, public_url: str, now: datetime) -> str:
    """Opening of registration if it is still ahead, the days of study, and their end with a reminder a day before."""
    address = public_url + reverse("angkatan", args=[batch.key])
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Pintar//Pintar//{(get_language() or 'id').upper()}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    if now < batch.opens_at:
        opening = gettext("Pendaftaran dibuka: %(training)s") % {"training": training}
        end = min(batch.opens_at + timedelta(hours=1), batch.closes_at)
        lines += _event(f"{batch.uid}-buka", opening, batch.opens_at, end, address, now)
    study = gettext("Belajar: %(training)s, %(batch)s") % {"training": training, "batch": batch.title}
    lines += _event(f"{batch.uid}-belajar", study, batch.starts_at, batch.until_at, address, now)
    deadline = gettext("Batas akhir: %(training)s, %(batch)s") % {"training": training, "batch": batch.title}
    start = max(batch.until_at - timedelta(hours=1), batch.starts_at)
    reminder = ["BEGIN:VALARM", "ACTION:DISPLAY", _text("DESCRIPTION", deadline), "TRIGGER:-P1D", "END:VALARM"]
    lines += _event(f"{batch.uid}-akhir", deadline, start, batch.until_at, address, now, reminder)
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def _event(
    uid: str, summary: str, start: datetime, end: datetime, address: str, now: datetime, alarm: list[str] | None = None
) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@pintar",
        f"DTSTAMP:{_instant(now)}",
        f"DTSTART:{_instant(start)}",
        f"DTEND:{_instant(end)}",
        _text("SUMMARY", summary),
        _text("DESCRIPTION", address),
        f"URL:{address}",
        # The days of study are no appointment: the calendar stays free for others.
        "TRANSP:TRANSPARENT",
        *(alarm or []),
        "END:VEVENT",
    ]


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(name: str, value: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in value)
    return f"{name}:" + plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def fold(line: str) -> str:
    """Break a line into pieces of at most 75 octets, never within a character (RFC 5545 §3.1)."""
    pieces, piece, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LONGEST_LINE:
            pieces.append(piece)
            piece, size = "", 1  # the space that begins a continuation counts
        piece, size = piece + character, size + octets
    return "\r\n ".join([*pieces, piece])
