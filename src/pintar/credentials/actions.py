"""Issuing, correcting, taking back; looking a code up; keeping the paper."""

import hashlib
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F

from pintar.assessment import queries as assessment
from pintar.courses import queries as courses
from pintar.credentials import paper, queries, rules
from pintar.credentials.events import CertificateIssued, CertificateRevoked, CertificateSuperseded
from pintar.credentials.models import Certificate, JPCredit, Numbering, WrongCodes
from pintar.credentials.queries import CertificateFacts
from pintar.credentials.rules import Budget, Snapshot, State
from pintar.enrolment import queries as enrolment
from pintar.enrolment.queries import SeatFacts
from pintar.foundation import ids, storage
from pintar.foundation.ledger import record
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.graduation import queries as graduation
from pintar.people import queries as people
from pintar.people.queries import Person


def issue(*, seat: UUID, now: datetime) -> CertificateFacts | None:
    """The certificate of completion of a seat that was passed, with its JP. Safe to repeat and to run twice at once.

    None where the seat is not passed, the person already holds a certificate of this training, or the account was
    erased in between.
    """
    if made := _latest(seat=seat):
        return made
    decision = graduation.graduations([seat]).get(seat)
    if decision is None or decision.state is not graduation.State.LULUS:
        return None
    held = enrolment.seats([seat])[seat]
    person = people.people([held.person_id])[held.person_id]
    achieved_at = decision.achieved_at or decision.decided_at
    if not person.name.strip():
        return None
    try:
        with transaction.atomic():
            row = _write(person, held, achieved_at, now)
            _credit(row, achieved_at, now)
            happened = CertificateIssued(certificate=row.uid, person=person.uid, seat=seat)
            record(happened, about=row.uid, by=None, now=now)
    except IntegrityError:
        # Somebody else issued it in between, or another seat of the same training has it: then it stands.
        return _latest(seat=seat)
    return queries.facts_of(row)


def supersede(*, code: str, by: UUID, reason: str, now: datetime) -> CertificateFacts:
    """Issue a corrected certificate from the data as they are now; the old one points to it. Returns the new one.

    Raises Refusal: 404 `certificate_unknown`; 409 `not_issued`; 422 `reason_needed`, `person_unknown`, `name_missing`.
    """
    old, why = _to_change(code, by, reason)
    held = enrolment.seats([old.seat])[old.seat]
    person = people.people([old.person_id])[old.person_id]
    with transaction.atomic():
        _change(old, State.SUPERSEDED, by, why, now)
        row = _write(person, held, old.snapshot.graduated, now)
        Certificate.objects.filter(id=old.id).update(superseded_by=row)
        JPCredit.objects.filter(certificate=old.id).update(certificate=row)
        happened = CertificateSuperseded(certificate=old.uid, successor=row.uid, person=person.uid)
        record(happened, about=old.uid, by=by, now=now)
    return queries.facts_of(row)


def revoke(*, code: str, by: UUID, reason: str, now: datetime) -> CertificateFacts:
    """Take a certificate back; its JP do not count any more. The reason stands on the public page.

    Raises Refusal as `supersede` does.
    """
    old, why = _to_change(code, by, reason)
    person = people.people([old.person_id])[old.person_id]
    with transaction.atomic():
        _change(old, State.REVOKED, by, why, now)
        JPCredit.objects.filter(certificate=old.id, revoked_at=None).update(revoked_at=now)
        happened = CertificateRevoked(certificate=old.uid, person=person.uid)
        record(happened, about=old.uid, by=by, now=now)
    return queries.certificate_of(old.person_id, old.uid)


def check_code(*, typed: str, device: str, now: datetime) -> CertificateFacts:
    """Look up what somebody typed or scanned. `device` names who asks ("" for a stranger); see `rules.Budget`.

    Raises Refusal: 404 `certificate_unknown`, the same for absent and malformed; 429 `too_many_codes` for short ones.
    """
    code = ids.read_key(typed[:200])
    if rules.kind_of(code) is rules.Code.LONG:
        return _found(queries.certificate_by_code(code))
    shared = "known" if device else "strangers"
    budgets = [(shared, rules.EVERYONE)]
    if device:
        budgets.append((f"device:{hashlib.sha256(device.encode()).hexdigest()}", rules.DEVICE))
    _refuse_when_spent(budgets, now)
    found = queries.certificate_by_code(code)
    if found is None:
        for bucket, budget in budgets:
            _count_wrong(bucket, budget, now)
    return _found(found)


def pdf_of(certificate: CertificateFacts) -> tuple[bytes, int]:
    """The paper and its size in bytes; rendered the first time, stored by its content, and read from there after.

    Raises Refusal (410) `certificate_not_valid` for one that was taken back or replaced.
    """
    if not certificate.is_issued:
        raise Refusal(Reason("credentials", "certificate_not_valid"), status=410)
    if certificate.pdf:
        try:
            content = storage.get(certificate.pdf)
            return content, len(content)
        except (FileNotFoundError, storage.StoreAway):
            pass  # a store that was emptied or does not answer: rendered again, to the same bytes
    content = paper.render(certificate)
    try:
        stored = storage.put(content, "pdf")
    except storage.StoreAway:
        return content, len(content)
    Certificate.objects.filter(id=certificate.id).update(pdf=stored.name, pdf_size=stored.size)
    return content, stored.size


def forget_wrong_codes(*, before: datetime) -> None:
    WrongCodes.objects.filter(window_at__lt=before).delete()


def _latest(**which: object) -> CertificateFacts | None:
    row = Certificate.objects.select_related("superseded_by").filter(kind=rules.KIND, **which).order_by("-id").first()
    return queries.facts_of(row) if row else None


def _write(person: Person, held: SeatFacts, graduated_at: datetime, now: datetime) -> Certificate:
    if not person.name.strip():
        raise Refusal(Reason("credentials", "name_missing"), status=422)
    snapshot = _snapshot(person, held, graduated_at, now)
    return Certificate.objects.create(
        number=_next_number(snapshot),
        person_id=person.id,
        seat=held.uid,
        course_slug=held.batch.course_slug,
        snapshot=snapshot.to_json(),
        issued_at=now,
    )


def _snapshot(person: Person, held: SeatFacts, graduated_at: datetime, now: datetime) -> Snapshot:
    batch, zone = held.batch, ZoneInfo(person.zone)
    edition = courses.edition(batch.edition)
    passed = [s for s in assessment.sittings([held.uid]).get(held.uid, ()) if s.kind == "posttest" and s.passed]
    score = passed[-1].percent if passed else None
    shares = rules.apportion(edition.jp, [lesson.minutes for lesson in edition.lessons])
    return Snapshot(
        name=person.name,
        numbers=tuple((n.name, n.masked) for n in people.masked_numbers([person.id])[person.id]),
        unit=person.unit.name if person.unit else "",
        training=edition.title,
        course=edition.slug,
        edition=str(edition.uid),
        edition_number=edition.number,
        jp=edition.jp,
        organiser=edition.organiser,
        batch=batch.title,
        period=batch.period_title,
        starts_on=batch.starts_at.astimezone(zone).date().isoformat(),
        ends_on=batch.until_at.astimezone(zone).date().isoformat(),
        graduated_at=graduated_at.isoformat(),
        issued_on=now.astimezone(zone).date().isoformat(),
        zone=person.zone,
        score=None if score is None else round(score),
        pass_mark=edition.tests[passed[-1].test].pass_mark if passed else None,
        materials=tuple(
            (edition.group_of(lesson.key).title, lesson.title, share)
            for lesson, share in zip(edition.lessons, shares, strict=True)
        ),
    )


def _next_number(snapshot: Snapshot) -> str:
    """The next ordinal of the year. Whoever counts up first holds the row until the transaction ends."""
    year = snapshot.issued.year
    Numbering.objects.get_or_create(year=year)
    Numbering.objects.filter(year=year).update(last=F("last") + 1)
    return rules.certificate_number(Numbering.objects.values_list("last", flat=True).get(year=year), snapshot.issued)


def _credit(row: Certificate, achieved_at: datetime, now: datetime) -> None:
    """Once per training: a second certificate of it credits again only what was taken back."""
    snapshot = Snapshot.from_json(row.snapshot)
    counted = {
        "jp": snapshot.jp,
        "year": achieved_at.astimezone(ZoneInfo(snapshot.zone)).year,
        "credited_at": now,
        "certificate": row,
    }
    made = JPCredit.objects.get_or_create(person_id=row.person_id, course_slug=row.course_slug, defaults=counted)[1]
    if not made:
        JPCredit.objects.filter(person_id=row.person_id, course_slug=row.course_slug, revoked_at__isnull=False).update(
            revoked_at=None, **counted
        )


def _to_change(code: str, by: UUID, reason: str) -> tuple[CertificateFacts, str]:
    why = " ".join(reason.split())
    wrong = [
        *([] if by in people.people_by_uid([by]) else [Reason("credentials", "person_unknown")]),
        *(
            []
            if rules.SHORTEST_REASON <= len(why) <= rules.LONGEST_REASON and why.isprintable()
            else [
                Reason("credentials", "reason_needed", {"least": rules.SHORTEST_REASON, "most": rules.LONGEST_REASON})
            ]
        ),
    ]
    if wrong:
        raise Refusal(*wrong, status=422)
    found = _found(queries.certificate_by_code(ids.read_key(code[:200])))
    if not found.is_issued:
        raise Refusal(_not_issued(found))
    return found, why


def _change(old: CertificateFacts, state: State, by: UUID, why: str, now: datetime) -> None:
    """The guard: of two deeds on one certificate, one is done."""
    changed = Certificate.objects.filter(id=old.id, state=State.ISSUED).update(
        state=state, reason=why, changed_by=by, changed_at=now
    )
    if not changed:
        raise Refusal(_not_issued(old))


def _not_issued(certificate: CertificateFacts) -> Reason:
    return Reason("credentials", "not_issued", {"number": certificate.number})


def _found(certificate: CertificateFacts | None) -> CertificateFacts:
    if certificate is None:
        raise not_found("credentials", "certificate_unknown")
    return certificate


def _refuse_when_spent(budgets: list[tuple[str, Budget]], now: datetime) -> None:
    windows = {bucket: rules.window_start(budget, now) for bucket, budget in budgets}
    rows = WrongCodes.objects.filter(bucket__in=list(windows), window_at__in=list(windows.values()))
    spent = {row.bucket: row.wrong for row in rows if windows[row.bucket] == row.window_at}
    for bucket, budget in budgets:
        if spent.get(bucket, 0) >= budget.wrong:
            again = windows[bucket] + budget.window
            reason = Reason("credentials", "too_many_codes", {"again_at": again.isoformat()})
            raise Refusal(reason, status=429, retry_after=max(int((again - now).total_seconds()), 1))


def _count_wrong(bucket: str, budget: Budget, now: datetime) -> None:
    at = rules.window_start(budget, now)
    if not WrongCodes.objects.filter(bucket=bucket, window_at=at).update(wrong=F("wrong") + 1):
        WrongCodes.objects.bulk_create([WrongCodes(bucket=bucket, window_at=at)], ignore_conflicts=True)
        WrongCodes.objects.filter(bucket=bucket, window_at=at).update(wrong=F("wrong") + 1)
