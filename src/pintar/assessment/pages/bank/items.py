"""`/bank/<slug>/soal/<key>/`: one item with its history, the steps that may be taken with it, its earlier versions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pintar.assessment.actions import bank as actions
from pintar.assessment.pages.bank.visits import WORKERS, number_of, reader
from pintar.assessment.queries import bank as queries
from pintar.foundation import clock
from pintar.foundation.access import access
from pintar.foundation.refusals import Reason, Refusal, not_found

AT_THE_STEPS = ("step_reason_needed", "own_item", "wrong_state", "revised_meanwhile")


@access(WORKERS)
@require_GET
def item(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    return _item(request, slug, key)


@access(WORKERS)
@require_POST
def steps(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Take a step: `step`, `number` (the version that was seen) and, where it is asked for, `reason`."""
    page = queries.item_page(slug, key, reader(request), clock.now())
    try:
        actions.take_step(
            item=page.uid,
            step=request.POST.get("step", ""),
            number=number_of(request.POST.get("number", "")) or 0,
            reason=request.POST.get("reason", ""),
            by=reader(request).uid,
            now=clock.now(),
        )
    except Refusal as refusal:
        if refusal.code not in AT_THE_STEPS:
            raise
        return _item(request, slug, key, why=refusal.reasons[0], status=refusal.status)
    messages.success(request, gettext("Tercatat di riwayat soal."))
    return HttpResponseRedirect(reverse("bank-soal", args=[slug, key]), status=303)


@access(WORKERS)
@require_http_methods(["GET", "POST"])
def version(request: HttpRequest, slug: str, key: str, number: str) -> HttpResponse:
    """An earlier version beside the newest; POST writes its text once more, as a new version (`base` is the newest)."""
    wanted = number_of(number)
    if wanted is None:
        raise not_found("assessment", "unknown_version")
    page = queries.version_page(slug, key, wanted, reader(request), clock.now())
    if request.method == "GET":
        return render(request, "assessment/bank/version.html", {"page": page})
    base = number_of(request.POST.get("base", "")) or 0
    written = actions.restore_version(item=page.uid, number=wanted, base=base, by=reader(request).uid, now=clock.now())
    told = {"n": wanted, "new": written.number}
    messages.success(request, gettext("Teks versi %(n)s berlaku lagi sebagai versi %(new)s.") % told)
    return HttpResponseRedirect(reverse("bank-soal", args=[slug, key]), status=303)


@access(WORKERS)
@require_POST
def enemies(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The items that never stand in one form with this one: `keys`, with spaces or commas between them."""
    page = queries.item_page(slug, key, reader(request), clock.now())
    keys = request.POST.get("keys", "").replace(",", " ").split()
    try:
        actions.name_enemies(item=page.uid, keys=keys, by=reader(request).uid, now=clock.now())
    except Refusal as refusal:
        if refusal.code not in ("unknown_enemies", "too_many_enemies"):
            raise
        return _item(request, slug, key, enemies=" ".join(keys), enemies_wrong=refusal.reasons[0], status=422)
    messages.success(request, gettext("Daftar lawan tersimpan."))
    return HttpResponseRedirect(reverse("bank-soal", args=[slug, key]), status=303)


def _item(
    request: HttpRequest,
    slug: str,
    key: str,
    *,
    why: Reason | None = None,
    enemies: str | None = None,
    enemies_wrong: Reason | None = None,
    status: int = 200,
) -> HttpResponse:
    page = queries.item_page(slug, key, reader(request), clock.now())
    context = {
        "page": page,
        "why": why,
        "reason": request.POST.get("reason", ""),
        "enemies": " ".join(page.enemies) if enemies is None else enemies,
        "enemies_wrong": enemies_wrong,
    }
    return render(request, "assessment/bank/item.html", context, status=status)
