"""The report as one HTML file: sentences, tables, figures as SVG, the look inside, nothing from elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pintar.cli.measure.report.analysis import ItemReport, Report
from pintar.cli.measure.report.words import DECISIONS, FAILURES, PAGE, REASONS
from pintar.sciences.psychometrics.quality.advice import FEW_PEOPLE, Decision, Reason

HERE = Path(__file__).parent
FOUNDATION = HERE.parents[2] / "foundation"
STATIC = FOUNDATION / "ui" / "static"

# What would ask for another file: fonts (the system's stand in) and pictures.
ELSEWHERE = re.compile(r"@font-face \{.*?\n\}\n|--kawung: url\(.*?\);", re.DOTALL)
FLAT = 0.35  # of a slope
PERCENT = ("too_easy", "too_hard", "blank")


def written(report: Report, name: str, language: str) -> str:
    """The page in "id" or "en"."""
    _prepare()
    from django.template import Context, Engine
    from django.utils import translation

    engine = Engine(
        dirs=[str(HERE / "templates"), str(FOUNDATION / "ui" / "templates")],
        builtins=["django.templatetags.i18n"],
        autoescape=True,
    )
    with translation.override(language):
        context = _context(report, name, language)
        return engine.get_template("laporan.html").render(Context(context, use_l10n=True))


def _prepare() -> None:
    """Django's templates and translations, without the platform and its data folder, unless it is already there."""
    import django
    from django.apps import apps
    from django.conf import settings

    if not settings.configured:
        settings.configure(
            USE_I18N=True,
            USE_THOUSAND_SEPARATOR=True,
            LANGUAGE_CODE="id",
            LOCALE_PATHS=[FOUNDATION / "locale"],
        )
    if not apps.ready:
        django.setup()


def _context(report: Report, name: str, language: str) -> dict[str, Any]:
    from django.utils.safestring import SafeString

    w = PAGE[language]
    items = [_Item.of(item, number, language) for number, item in enumerate(report.items, 1)]
    attention = sorted((i for i in items if i.decision != Decision.KEEP), key=lambda i: i.decision != Decision.DROP)
    counts = {d.value: sum(item.decision == d for item in items) for d in Decision}
    alpha = report.classical.alpha
    return {
        "language": language,
        "w": w,
        "name": name,
        "style": SafeString(f"<style>{_look()}</style>"),
        "found": _found(counts, w),
        "provisional": w["provisional"].format(n=report.persons) if report.persons < FEW_PEOPLE else "",
        "report": report,
        "failure": _failure(report.failure, language),
        "model": report.calibration.model.upper() if report.calibration else w["none"],
        "alpha_word": "" if alpha is None else w[_alpha_word(alpha)],
        "items": items,
        "attention": attention,
        "kept": [item for item in items if item.decision == Decision.KEEP],
        "show": w["show"].format(n=counts["keep"]),
        **_whole(report, w),
    }


@dataclass(frozen=True, eq=False)
class _Item:
    """An item with its words, and its numbers as they stand in the table. id: for addresses inside the page."""

    id: str
    report: ItemReport
    decision: Decision
    word: str
    reasons: tuple[str, ...]
    curve_title: str
    curve_note: str
    options_title: str
    answers: str
    facility: str
    item_rest: str
    slope: str
    difficulty: str

    @classmethod
    def of(cls, item: ItemReport, number: int, language: str) -> "_Item":
        w, statistics, curve = PAGE[language], item.statistics, item.curve
        return cls(
            id=f"butir-{number}",
            report=item,
            decision=item.advice.decision,
            word=DECISIONS[language][item.advice.decision],
            reasons=tuple(_sentence(reason, language) for reason in item.advice.reasons),
            curve_title=w[_curve_finding(item)].format(item=item.name),
            curve_note="" if curve is None or curve.seen else w["curve_alone_note"],
            options_title=_options_finding(item, w),
            answers=w["answers"].format(n=_number(statistics.presented, 0)),
            facility=w["percent"].format(n=_number(100 * statistics.facility, 0)),
            item_rest=w["none"] if statistics.item_rest is None else _number(statistics.item_rest, 2),
            slope=_with_error(item.slope, item.slope_error, 2, w),
            difficulty=_with_error(curve.difficulty, curve.error, 0, w) if curve else w["none"],
        )


def _curve_finding(item: ItemReport) -> str:
    slope, error = item.slope or 0.0, item.slope_error or 0.0
    if slope + error < 0:
        return "curve_turned"
    if slope < FLAT:
        return "curve_flat"
    if item.curve is not None and not item.curve.seen:
        return "curve_alone"
    return "curve_misfit" if {r.code for r in item.advice.reasons} & {"misfit", "fit"} else "curve_well"


def _options_finding(item: ItemReport, w: Mapping[str, str]) -> str:
    attracting = [bar.option for bar in item.options if bar.attracts_able]
    if attracting:
        return w["options_attracting"].format(item=item.name, names=", ".join(attracting))
    key = next((bar for bar in item.options if bar.is_key), None)
    low, high = (_number(share, 0) for share in ((key.lowest, key.highest) if key else (0, 0)))
    return w["options_key"].format(item=item.name, low=low, high=high)


def _with_error(value: float | None, error: float | None, places: int, w: Mapping[str, str]) -> str:
    if value is None:
        return w["none"]
    return _number(value, places) + (f" ± {_number(error, places)}" if error else "")


def _found(counts: Mapping[str, int], w: Mapping[str, str]) -> str:
    """The title: what the report found; what there is none of is not spoken of, but for what can be kept."""
    everything = sum(counts.values())
    named = [d.value for d in Decision if counts[d] or d == Decision.KEEP]
    return ", ".join(w[f"found_{name}"].format(n=counts[name], all=everything) for name in named)


def _sentence(reason: Reason, language: str) -> str:
    number = _number(100 * reason.number, 0) if reason.code in PERCENT else _number(reason.number, 2)
    return REASONS[language][reason.code].format(n=number, names=", ".join(reason.names))


def _whole(report: Report, w: Mapping[str, str]) -> dict[str, str]:
    """The titles of the figures of the whole test: what they show, in a sentence with its number."""
    people, curve = report.people, report.information
    if people is None or curve is None:
        return {}
    error = _number(curve.curves[0].error, 0)
    cut = _number(curve.cut, 0)
    if people.cut is not None:
        above = w["map_cut"].format(n=_number(people.above, 0), all=_number(people.persons, 0), cut=cut)
        title = w["information_cut"].format(cut=cut, n=error)
    else:
        item = max(people.bars, key=lambda bar: bar.items)
        person = max(people.bars, key=lambda bar: bar.persons)
        above = w["map"].format(item=f"{item.low:.0f}–{item.high:.0f}", person=f"{person.low:.0f}–{person.high:.0f}")
        title = w["information"].format(n=error)
    beyond = w["map_beyond"].format(names=", ".join(people.beyond)) if people.beyond else ""
    return {"map_title": above, "information_title": title, "map_source": f"{w['scale']} {beyond}".strip()}


def _failure(code: str, language: str) -> str:
    return FAILURES[language].get(code, FAILURES[language]["other"]) if code else ""


def _alpha_word(alpha: float) -> str:
    return "alpha_low" if alpha < 0.7 else "alpha_middle" if alpha < 0.85 else "alpha_high"


def _number(value: float, places: int) -> str:
    from django.utils.formats import number_format

    text: str = number_format(round(value, places), decimal_pos=places, use_l10n=True, force_grouping=True)
    return text.replace("-", "−")


def _look() -> str:
    sheets = [STATIC / "lembar.css", STATIC / "grafik.css", HERE / "laporan.css"]
    return ELSEWHERE.sub("", "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets))
