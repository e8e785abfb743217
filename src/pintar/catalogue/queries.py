"""The pages of the catalogue, from editions (kept in the process) and batches (one query for all courses)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

from pintar.catalogue import rules
from pintar.catalogue.rules import Found, Index, Text
from pintar.courses import queries as courses
from pintar.courses.queries import Edition
from pintar.enrolment import queries as enrolment
from pintar.enrolment.queries import BatchFacts
from pintar.foundation.refusals import Reason

OPEN, FULL, SOON, NONE = "open", "full", "soon", "none"
# What the shop window shows of each kind.
IN_WINDOW = 6
STATES = {"dibuka": (OPEN, FULL), "segera": (SOON,)}
MOST_AUDIENCES = 6


@dataclass(frozen=True, slots=True)
class Card:
    """A training in a list: the batch that stands for it, if any, and the edition of that batch (else the newest)."""

    edition: Edition
    state: str
    batch: BatchFacts | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for: `q` words, `state` "dibuka", "segera" or "", `audience` a code or ""."""

    q: str = ""
    state: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter: its wish when tapped (the one without it when it is on), and how many trainings that shows."""

    kind: str
    value: str
    count: int
    on: bool
    wish: Wish


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`/pelatihan/`. `closing` is the open batch that closes first, `next_opening` the one that opens next."""

    wish: Wish
    found: Found | None
    open: tuple[Card, ...]
    soon: tuple[Card, ...]
    rest: tuple[Card, ...]
    chips: tuple[Chip, ...]
    closing: BatchFacts | None
    next_opening: BatchFacts | None
    others: tuple[Card, ...]

    @property
    def total(self) -> int:
        return len(self.open) + len(self.soon) + len(self.rest)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in a training's page: how many lessons, tasks; minutes of everything; the test and survey in it."""

    title: str
    lessons: int
    has_quizzes: bool
    tasks: int
    minutes: int
    pretest: courses.TestRule | None
    posttest: courses.TestRule | None
    has_survey: bool


@dataclass(frozen=True, slots=True)
class BatchCard:
    batch: BatchFacts
    state: str
    asked: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Training:
    """`/pelatihan/<slug>/`. `first` is the batch whose days stand in the head of the page."""

    edition: Edition
    batches: tuple[BatchCard, ...]
    first: BatchFacts | None
    groups: tuple[GroupLine, ...]
    counts: dict[str, int]
    mastery: int | None
    posttest: courses.TestRule | None
    tasks: int
    survey_minutes: int | None


def window(now: datetime) -> Catalogue:
    """`/`: the same as the catalogue without a wish, shortened."""
    page = catalogue(Wish(), now)
    return Catalogue(
        **{
            **{name: getattr(page, name) for name in Catalogue.__slots__},
            "open": page.open[:IN_WINDOW],
            "soon": page.soon[:IN_WINDOW],
            "rest": page.rest[:IN_WINDOW] if not page.open and not page.soon else (),
        }
    )


def catalogue(wish: Wish, now: datetime) -> Catalogue:
    """What fits the wish, in sections; the counts of the filters take the other filters as they stand."""
    everything = _cards(now)
    found = _find(wish.q, tuple(card.edition for card in everything))
    by_slug = {card.edition.slug: card for card in everything}
    asked = everything if found is None else tuple(by_slug[slug] for slug in found.slugs)
    shown = tuple(card for card in asked if _fits(card, wish))
    sections = {
        "open": tuple(card for card in shown if card.state in (OPEN, FULL)),
        "soon": tuple(card for card in shown if card.state == SOON),
        "rest": tuple(card for card in shown if card.state == NONE),
    }
    if found is None:
        sections = {name: tuple(sorted(cards, key=_order)) for name, cards in sections.items()}
    batches = [card.batch for card in everything if card.batch]
    still_open = [b for b in batches if b.window(now) in (OPEN, FULL)]
    ahead = [b for b in batches if b.window(now) == SOON]
    return Catalogue(
        wish=wish,
        found=found,
        **sections,
        chips=_chips(asked, wish),
        closing=min(still_open, key=lambda b: b.closes_at, default=None),
        next_opening=min(ahead, key=lambda b: b.opens_at, default=None),
        others=() if shown else tuple(c for c in sorted(everything, key=_order) if c.state == OPEN)[:3],
    )


def training(slug: str, now: datetime) -> Training:
    """A training's page. Refusal 404."""
    edition = courses.latest_edition(slug)
    cards = [
        BatchCard(batch, str(batch.window(now)), enrolment.asked(batch))
        for batch in enrolment.batches_of_courses([edition.slug], closing_after=now)[edition.slug]
        if batch.window(now) in (OPEN, SOON, FULL)
    ]
    order = {OPEN: 0, SOON: 1, FULL: 2}
    cards.sort(key=lambda card: (order[card.state], card.batch.closes_at, card.batch.number))
    entries = edition.entries
    survey = next((entry for entry in entries if entry.kind == "survey"), None)
    return Training(
        edition=edition,
        batches=tuple(cards),
        first=cards[0].batch if cards else None,
        groups=tuple(_group(group, edition) for group in edition.groups if group.entries),
        counts=dict(Counter(card.state for card in cards)),
        mastery=next((group.mastery for group in edition.groups if group.mastery), None),
        posttest=next((test for test in edition.tests.values() if test.kind == "posttest"), None),
        tasks=sum(entry.kind == "task" for entry in entries),
        survey_minutes=survey.minutes if survey else None,
    )


def _cards(now: datetime) -> tuple[Card, ...]:
    newest = courses.latest_editions()
    chosen = {
        slug: _standing(batches, now)
        for slug, batches in enrolment.batches_of_courses((e.slug for e in newest), closing_after=now).items()
    }
    pinned = courses.editions(batch.edition for batch in chosen.values() if batch)
    return tuple(_card(edition, chosen[edition.slug], pinned, now) for edition in newest)


def _card(edition: Edition, batch: BatchFacts | None, pinned: dict[UUID, Edition], now: datetime) -> Card:
    if batch is None:
        return Card(edition, NONE, None)
    return Card(pinned.get(batch.edition, edition), str(batch.window(now)), batch)


def _standing(batches: Sequence[BatchFacts], now: datetime) -> BatchFacts | None:
    """The batch that stands for its training: open with seats, else full, else the next to open."""
    by_state = {state: [b for b in batches if b.window(now) == state] for state in (OPEN, FULL, SOON)}
    for state, time in ((OPEN, "closes_at"), (FULL, "closes_at"), (SOON, "opens_at")):
        if by_state[state]:
            return min(by_state[state], key=lambda b: (getattr(b, time), -b.left))
    return None


def _order(card: Card) -> tuple[int, object, str]:
    if card.batch is None:
        return 3, card.edition.title.casefold(), card.edition.slug
    when = card.batch.opens_at if card.state == SOON else card.batch.closes_at
    return (OPEN, FULL, SOON).index(card.state), when, card.edition.slug


def _fits(card: Card, wish: Wish) -> bool:
    return (not wish.state or card.state in STATES[wish.state]) and (
        not wish.audience or wish.audience in card.edition.audience
    )


def _chips(asked: Sequence[Card], wish: Wish) -> tuple[Chip, ...]:
    audiences = Counter(code for card in asked for code in card.edition.audience)
    common = sorted(audiences, key=lambda code: (-audiences[code], code))[:MOST_AUDIENCES]
    if wish.audience and wish.audience not in common:
        common.append(wish.audience)
    chips = [
        *(_chip("state", value, asked, wish) for value in STATES),
        *(_chip("audience", code, asked, wish) for code in common),
    ]
    return tuple(chip for chip in chips if chip.count or chip.on)


def _chip(kind: str, value: str, asked: Sequence[Card], wish: Wish) -> Chip:
    with_it = Wish(wish.q, **{"state": wish.state, "audience": wish.audience, kind: value})
    without = Wish(wish.q, **{"state": wish.state, "audience": wish.audience, kind: ""})
    on = getattr(wish, kind) == value
    return Chip(kind, value, sum(_fits(card, with_it) for card in asked), on, without if on else with_it)


def _group(group: courses.Group, edition: Edition) -> GroupLine:
    kinds = Counter(entry.kind for entry in group.entries)
    rules_of = {entry.kind: edition.tests.get(entry.key) for entry in group.entries}
    return GroupLine(
        title=group.title,
        lessons=kinds["lesson"],
        has_quizzes=kinds["quiz"] > 0,
        tasks=kinds["task"],
        minutes=sum(entry.minutes for entry in group.entries),
        pretest=rules_of.get("pretest"),
        posttest=rules_of.get("posttest"),
        has_survey=kinds["survey"] > 0,
    )


_lock = Lock()
_kept: tuple[tuple[UUID, ...], Index] | None = None


def _find(query: str, editions: tuple[Edition, ...]) -> Found | None:
    """None where nothing was asked for."""
    if not rules.asks(query):
        return None
    return _index(editions).find(query)


def _index(editions: tuple[Edition, ...]) -> Index:
    global _kept
    key = tuple(edition.uid for edition in editions)
    with _lock:
        if _kept is None or _kept[0] != key:
            _kept = key, Index(((edition.slug, _texts(edition)) for edition in editions), _stem)
        return _kept[1]


def _stem(word: str) -> str:
    import snowballstemmer  # 38 languages, for a search

    # A stemmer holds its word while it works, so threads do not share one.
    return str(snowballstemmer.stemmer("indonesian").stemWord(word))


def _texts(edition: Edition) -> list[Text]:
    short = " ".join(filter(None, (rules.initials(phrase) for phrase in (edition.title, *edition.keywords))))
    lessons = [entry.lesson for entry in edition.lessons if entry.lesson]
    return [
        Text(edition.title, 4),
        Text(" ".join(edition.keywords), 3),
        Text(short, 2.5),
        Text(edition.summary, 2),
        Text(" ".join(edition.audience), 1.5),
        Text(" ".join(lesson.title for lesson in lessons), 1.5),
        Text(" ".join(lesson.goal for lesson in lessons), 1),
        Text(" ".join(edition.indicators.values()), 1),
        Text(edition.organiser, 1),
    ]
