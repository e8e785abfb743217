"""`/bank/<slug>/impor/`: a file of questions, looked at one by one, mended, taken in, undone; and the way out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from pintar.assessment import brought, examples
from pintar.assessment.actions import bank as actions
from pintar.assessment.pages.bank import rows
from pintar.assessment.pages.bank.visits import WORKERS, number_of, reader, storable, typed
from pintar.assessment.queries import bank as queries
from pintar.courses import queries as courses
from pintar.foundation import clock
from pintar.foundation.access import access
from pintar.foundation.refusals import Reason, Refusal, not_found
from pintar.sciences.formats import gift_writing, moodle_xml, table
from pintar.sciences.formats.items_form import FieldFault

EXAMPLES = {
    "word": ("contoh-soal.docx", examples.word),
    "excel": ("contoh-soal.csv", examples.table),
}
EXPORTS = {
    "gift": ("gift", "text/plain; charset=utf-8", gift_writing.write),
    "moodle": ("xml", "application/xml; charset=utf-8", moodle_xml.write),
    "csv": ("csv", "text/csv; charset=utf-8", table.write_csv),
}


@access(WORKERS)
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file (`file`); its questions are shown before anything is in the bank."""
    edition, why = courses.latest_edition(slug), None
    if request.method == "POST":
        try:
            uploaded = request.FILES.get("file")
            if uploaded is None:
                raise Refusal(Reason("assessment", "no_file"), status=422)
            name = storable(uploaded.name or "")
            asked = brought.questions(name, uploaded.read(brought.LARGEST + 1))
            uid = actions.bring_file(course=slug, name=name, asked=asked, by=reader(request).uid, now=clock.now())
            return HttpResponseRedirect(reverse("bank-impor-lihat", args=[slug, uid]), status=303)
        except Refusal as refusal:
            if refusal.status not in (413, 422):
                raise
            why = refusal
    context = {"edition": edition, "why": why.reasons[0] if why else None, "megabytes": brought.LARGEST // 1_000_000}
    return render(request, "assessment/bank/bring.html", context, status=why.status if why else 200)


@access(WORKERS)
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, slug: str, uid: UUID) -> HttpResponse:
    """The questions of a file; `do`: "take" them in, "undo" that, "key-<n>" (with `right`), "skip-<n>", "back-<n>"."""
    page = queries.import_page(slug, uid, number_of(request.GET.get("hal", "")) or 1, clock.now())
    if request.method == "GET":
        return render(request, "assessment/bank/import.html", {"page": page})
    do, _, text = request.POST.get("do", "").partition("-")
    by, now, number = reader(request).uid, clock.now(), number_of(text.partition("-")[0])
    place = ""
    if do == "take":
        actions.take_in(file=uid, by=by, now=now)
        told = ngettext("%(n)s soal masuk bank sebagai draf.", "%(n)s soal masuk bank sebagai draf.", page.ready)
        messages.success(request, told % {"n": page.ready})
    elif do == "undo":
        actions.undo_import(file=uid, by=by, now=now)
        messages.success(request, gettext("Impor dibatalkan. Yang sudah dikerjakan orang tetap ada."))
    elif number and do in ("key", "skip", "back"):
        place = f"#butir-{number}"
        if do == "key":
            question = queries.question_page(slug, uid, number)
            fields = {**question.fields, "right": text.partition("-")[2]}
            actions.mend_question(file=uid, place=number - 1, fields=fields, by=by, now=now)
        else:
            actions.mend_question(file=uid, place=number - 1, skip=do == "skip", by=by, now=now)
    query = f"?hal={page.page}" if page.page > 1 else ""
    return HttpResponseRedirect(f"{reverse('bank-impor-lihat', args=[slug, uid])}{query}{place}", status=303)


@access(WORKERS)
@require_http_methods(["GET", "POST"])
def mend(request: HttpRequest, slug: str, uid: UUID, number: str) -> HttpResponse:
    """One question of the file in the editor's form; what is typed is kept, whole or not."""
    place = number_of(number)
    if place is None:
        raise not_found("assessment", "unknown_import")
    page = queries.question_page(slug, uid, place)
    fields, more = page.fields, 0
    faults: tuple[FieldFault, ...] = ()
    if request.method == "POST":
        fields = typed(request)
        actions.mend_question(file=uid, place=place - 1, fields=fields, by=reader(request).uid, now=clock.now())
        more = 2 if request.POST.get("do") == "more" else 0
        faults = () if more else queries.faults_of(page.type, fields, page.indicators)
        if not faults and not more:
            back = reverse("bank-impor-lihat", args=[slug, uid])
            return HttpResponseRedirect(f"{back}{page.back}", status=303)
    context = {
        "page": page,
        "fields": fields,
        "faults": faults,
        "at": {fault.field: fault for fault in reversed(faults)},
        **rows.shown(page.type, fields, more),
    }
    return render(request, "assessment/bank/mend.html", context, status=422 if faults else 200)


@access(WORKERS)
@require_GET
def example(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """A file to begin from."""
    if kind not in EXAMPLES:
        raise not_found("assessment", "unknown_import")
    name, make = EXAMPLES[kind]
    return _file(make(), name, "application/octet-stream")


@access(WORKERS)
@require_GET
def export(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """What the filters of the bank's page find, as a file. What its format cannot hold is named on its first line."""
    if kind not in EXPORTS:
        raise not_found("assessment", "unknown_import")
    ending, media, write = EXPORTS[kind]
    written = write(queries.exported(slug, request.GET.dict()))
    text = written.text
    if written.left_out:
        told = gettext("Tidak ikut, karena bentuknya tidak ada di format ini: %(keys)s") % {
            "keys": ", ".join(written.left_out)
        }
        # Two hyphens would end a comment of XML.
        comment = f"// {told}\n\n" if kind == "gift" else f"<!-- {told.replace('--', '–')} -->\n"
        at = text.index("<quiz>") if kind == "moodle" else 0
        text = text[:at] + comment + text[at:]
    return _file(text.encode(), f"bank-{slug}.{ending}", media)


def _file(content: bytes, name: str, media: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
