"""Second factors, for who holds a grant: an authenticator, passkeys, recovery codes."""

import json

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from pintar.foundation import clock
from pintar.foundation.access import ACCOUNT, access
from pintar.foundation.refusals import Refusal, not_found
from pintar.people import actions, ports, queries
from pintar.people.pages import forms, visits
from pintar.people.pages.visits import Visit


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD"])
def factors(request: Visit) -> HttpResponse:
    """What one has, and what may be added. Not there for whom no grant asks for it."""
    now = clock.now()
    has = queries.factors_of(request.person.id, now)
    if not has.needed:
        raise not_found("people", "second_factor_not_needed")
    if has.any and request.sign_in.confirmed_at is None:
        return _show_first(visits.back_of(request))
    options, state = actions.begin_passkey(sign_in=request.sign_in, now=now)
    back = visits.back_of(request)
    context = {
        "has": has,
        "next": back,
        "destination": ports.destination(back),
        "grants": queries.grants_of(request.person, now),
        "passkeys": queries.passkeys_of(request.person),
        "options": json.dumps(options["publicKey"]),
        "state": visits.keep_state(f"make {request.person.uid}", state, now),
    }
    return render(request, "people/factors.html", context)


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def authenticator(request: Visit) -> HttpResponse:
    """The QR code to scan, the secret to type, and the first number."""
    now = clock.now()
    form = forms.read(request, "code", "kept")
    if request.method == "POST":
        try:
            actions.confirm_authenticator(
                sign_in=request.sign_in, kept=form.values["kept"], code=form.values["code"], now=now
            )
        except Refusal as refusal:
            form.refused(refusal)
        else:
            return _added(request, gettext("Aplikasi autentikator terpasang."))
    new = actions.begin_authenticator(sign_in=request.sign_in, kept=form.values["kept"], now=now)
    context = {
        "next": visits.back_of(request),
        "secret": " ".join(new.secret[at : at + 4] for at in range(0, len(new.secret), 4)),
        "kept": new.kept,
        "qr": mark_safe(_qr(new.address)),  # noqa: S308  drawn from numbers alone
    }
    return forms.page(request, "people/authenticator.html", form, **context)


def _qr(address: str) -> str:
    import segno  # drawn once in an account's life

    return segno.make(address, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True)


@access(ACCOUNT)
@require_POST
def add_passkey(request: Visit) -> HttpResponse:
    now = clock.now()
    actions.add_passkey(
        sign_in=request.sign_in,
        state=visits.read_state(f"make {request.person.uid}", request.POST.get("state", ""), now),
        answer=visits.read_answer(request.POST.get("passkey", "")),
        name=request.POST.get("name", "")[:200],
        now=now,
    )
    return _added(request, gettext("Kunci sandi tersimpan."))


@access(ACCOUNT)
@require_POST
def remove(request: Visit) -> HttpResponse:
    """Take away the authenticator, or one passkey."""
    now = clock.now()
    if "authenticator" in request.POST:
        actions.remove_authenticator(sign_in=request.sign_in, now=now)
    elif uid := visits.uuid_of(request.POST.get("passkey", "")):
        actions.remove_passkey(sign_in=request.sign_in, passkey=uid, now=now)
    messages.success(request, gettext("Faktor kedua itu sudah dihapus."))
    return HttpResponseRedirect(reverse("faktor-kedua"))


@access(ACCOUNT)
@require_POST
def recovery_codes(request: Visit) -> HttpResponse:
    """Ten new codes, shown on this page alone."""
    codes = actions.new_recovery_codes(sign_in=request.sign_in, now=clock.now())
    shown = [f"{code[:5]}-{code[5:]}" for code in codes]
    return render(request, "people/recovery_codes.html", {"codes": shown})


def _added(request: Visit, message: str) -> HttpResponse:
    # Whoever has just shown a new factor has shown it in this session; the session gets a new token for that.
    now = clock.now()
    messages.success(request, message)
    token = actions.renew_session(sign_in=request.sign_in, confirmed=True, now=now)
    return visits.renew(
        HttpResponseRedirect(visits.with_next(reverse("faktor-kedua"), visits.back_of(request))),
        token,
        request.sign_in,
        now,
    )


def _show_first(back: str) -> HttpResponse:
    return HttpResponseRedirect(
        visits.with_next(reverse("faktor-kedua-masuk"), visits.with_next(reverse("faktor-kedua"), back))
    )
