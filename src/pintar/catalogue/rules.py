"""Finding a training by words that are mistyped, inflected or abbreviated; choosing the batch that stands for it.

The index knows no SQL: it is the same on every database, and is built in milliseconds from editions that never change.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

LONGEST_QUERY = 100
MOST_WORDS = 8
NOISE = frozenset(
    {
        *("yang", "di", "ke", "dari", "dan", "atau", "untuk", "pada", "dengan", "dalam", "bagi", "oleh", "sebagai"),
        *("adalah", "ini", "itu", "para", "agar", "cara", "tentang", "pelatihan", "diklat", "materi", "kursus"),
    }
)
# How well a word of the index answers a word that was typed; 0 is no answer.
SAME, KIN, BEGINS, ONE_SLIP, TWO_SLIPS = 1.0, 0.85, 0.75, 0.6, 0.45
PREFIXES = (
    "memper", "meny", "meng", "mem", "men", "me", "peny", "peng", "pem", "pen", "per", "pe", "ber", "be", "ter", "di",
    "ke", "se",
)  # fmt: skip
# The sound that a prefix swallowed: me-nulis was tulis, me-nyusun susun, me-ngajar ajar or kajar, me-mandu pandu.
SWALLOWED = {"meny": "s", "peny": "s", "men": "t", "pen": "t", "mem": "p", "pem": "p", "meng": "k", "peng": "k"}
SUFFIXES = ("kan", "nya", "lah", "an", "i")
SHORTEST_ROOT = 4


@dataclass(frozen=True, slots=True)
class Text:
    """Words of a training and how much it says that they occur there."""

    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Found:
    """`slugs` best first. `loose`: no training has all the words, these have most of them. `meant`: what may have been
    meant where nothing was found, "" if nothing is near."""

    slugs: tuple[str, ...]
    loose: bool = False
    meant: str = ""


def plain(text: str) -> str:
    """Lower case, without accents and signs."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))


def words(text: str) -> list[str]:
    return plain(text).split()


def roots(word: str, stem: Callable[[str], str]) -> frozenset[str]:
    """What a word may be a form of, itself among them: "penilaian" → "nilai"; affixes may be taken off in any way that
    leaves a root, because only a meeting of two words' roots counts."""
    found = {word, stem(word)}
    bases = {word} | {word.removesuffix(end) for end in SUFFIXES if word.endswith(end)}
    for base in bases:
        found.add(base)
        for prefix in PREFIXES:
            if base.startswith(prefix):
                rest = base.removeprefix(prefix)
                found |= {rest, SWALLOWED.get(prefix, "") + rest}
                if prefix in ("mem", "men", "pem", "pen"):  # me-milih, me-nilai: the root itself begins so
                    found.add(prefix[-1] + rest)
    return frozenset(root for root in found if root == word or len(root) >= SHORTEST_ROOT)


def slips(one: str, other: str, most: int) -> int:
    """Letters that were missed, added, mistaken or swapped between two words; more than `most` is `most + 1`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def forgiven(word: str) -> int:
    """How many slips a word of this length may hold."""
    return 0 if len(word) < 4 else 1 if len(word) < 7 else 2


class Index:
    """The words of all trainings, ready to be searched."""

    def __init__(self, documents: Iterable[tuple[str, Sequence[Text]]], stem: Callable[[str], str]) -> None:
        self._stem = stem
        self._places: dict[str, dict[str, float]] = defaultdict(dict)  # word → slug → weight
        self._kin: dict[str, set[str]] = defaultdict(set)  # root → words
        self._pieces: dict[str, set[str]] = defaultdict(set)  # trigram → words
        for slug, texts in documents:
            for text in texts:
                for word in words(text.words):
                    if word not in NOISE:
                        self._places[word][slug] = max(text.weight, self._places[word].get(slug, 0))
        for word in self._places:
            for root in roots(word, stem):
                self._kin[root].add(word)
            for piece in _trigrams(word):
                self._pieces[piece].add(word)

    def find(self, query: str) -> Found:
        """Trainings that answer every word of the query, or else most of them."""
        typed = [word for word in words(query[:LONGEST_QUERY]) if word not in NOISE][:MOST_WORDS]
        if not typed:
            return Found(())
        answers = [self._trainings(self._near(word)) for word in typed]
        scores: dict[str, float] = defaultdict(float)
        hits: dict[str, int] = defaultdict(int)
        for answer in answers:
            for slug, score in answer.items():
                scores[slug] += score
                hits[slug] += 1
        whole = {slug for slug, count in hits.items() if count == len(typed)}
        kept = whole or {slug for slug, count in hits.items() if 2 * count >= len(typed)}
        best = tuple(sorted(kept, key=lambda slug: (-scores[slug], slug)))
        return Found(best, loose=bool(best) and not whole, meant="" if best else self._meant(typed))

    def _near(self, typed: str) -> dict[str, float]:
        """Words of the index that may be meant, and how well each answers."""
        near: dict[str, float] = {}
        for root in roots(typed, self._stem):
            for word in self._kin.get(root, ()):
                near[word] = max(near.get(word, 0), SAME if word == typed else KIN)
        if len(typed) >= 3:
            for word in self._sharing(typed, 2):
                if word not in near and word.startswith(typed):
                    near[word] = BEGINS
        # Whoever typed a word that is there has made no slip.
        if SAME in near.values():
            return near
        for word in self._sharing(typed, 1):
            if word not in near and (count := slips(typed, word, forgiven(typed))) <= forgiven(typed):
                near[word] = ONE_SLIP if count == 1 else TWO_SLIPS
        return near

    def _sharing(self, typed: str, least: int) -> list[str]:
        shared: dict[str, int] = defaultdict(int)
        for piece in _trigrams(typed):
            for word in self._pieces.get(piece, ()):
                shared[word] += 1
        return [word for word, count in shared.items() if count >= least]

    def _trainings(self, near: dict[str, float]) -> dict[str, float]:
        best: dict[str, float] = {}
        for word, quality in near.items():
            for slug, weight in self._places[word].items():
                best[slug] = max(best.get(slug, 0), quality * weight)
        return best

    def _meant(self, typed: list[str]) -> str:
        """The query with each word replaced by the nearest one of the index, "" where one has none."""
        meant = [self._nearest(word) for word in typed]
        return " ".join(meant) if all(meant) else " ".join(filter(None, meant))

    def _nearest(self, typed: str) -> str:
        pieces = _trigrams(typed)
        likeness = {
            word: len(pieces & _trigrams(word)) / len(pieces | _trigrams(word)) for word in self._sharing(typed, 1)
        }
        best = max(likeness, key=lambda word: (likeness[word], word), default="")
        return best if best and likeness[best] >= 0.25 else ""


def initials(phrase: str) -> str:
    """What a phrase is abbreviated to: "asesmen kompetensi madrasah Indonesia" → "akmi"; "" below three words."""
    said = [word for word in words(phrase) if word not in NOISE]
    return "".join(word[0] for word in said) if len(said) >= 3 else ""


def _trigrams(word: str) -> frozenset[str]:
    padded = f" {word} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def asks(query: str) -> bool:
    """Whether a query holds a word that tells trainings apart."""
    return any(word not in NOISE for word in words(query[:LONGEST_QUERY]))
