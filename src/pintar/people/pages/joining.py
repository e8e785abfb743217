"""Become a person here: register, activate, ask for a new password, confirm an address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from pintar.foundation import clock
from pintar.foundation.access import EVERYONE, access
from pintar.foundation.refusals import Reason, Refusal
from pintar.people import actions, queries
from pintar.people.pages import forms, visits
from pintar.people.rules import numbers

KINDS = [(kind, numbers.NAMES[kind]) for kind in numbers.KINDS]


@access(EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """An account by oneself: name, number, address, password, consent. Signed in at once."""
    back = visits.back_of(request)
    form = forms.read(request, "name", "kind", "number", "email")
    if request.method == "POST":
        now = clock.now()
        try:
            person = actions.register(
                name=form.values["name"],
                number=form.values["number"],
                kind=form.values["kind"],
                email=form.values["email"],
                password=forms.secret(request),
                consent="consent" in request.POST,
                language=request.preferences.language,  # type: ignore[attr-defined]
                now=now,
            )
        except Refusal as refusal:
            form.refused(refusal)
        else:
            actions.keep_preferences(person=person, chosen=request.preferences, now=now)  # type: ignore[attr-defined]
            messages.success(request, gettext("Akun Anda jadi. Surat konfirmasi dikirim ke surel Anda."))
            return _sign_in_new(request, person, back)
    context = {"next": back, "kinds": KINDS, "consent": "consent" in request.POST}
    return forms.page(request, "people/register.html", form, **context)


@access(EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """A first password, or a new one, with the code from one's office."""
    form = forms.read(request, "login", "code")
    if request.method == "POST":
        try:
            person = actions.activate(
                login=form.values["login"],
                code=form.values["code"],
                password=forms.secret(request),
                consent="consent" in request.POST,
                now=clock.now(),
            )
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, gettext("Akun Anda aktif."))
            return _sign_in_new(request, person, visits.back_of(request))
    context = {"next": visits.back_of(request), "consent": "consent" in request.POST}
    return forms.page(request, "people/activate.html", form, **context)


@access(EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """A letter with a link; the answer is the same whether somebody has the address or not."""
    form = forms.read(request, "email")
    if request.method == "POST":
        try:
            actions.ask_reset(email=form.values["email"], now=clock.now())
        except Refusal as refusal:
            form.refused(refusal)
        else:
            return HttpResponseRedirect(f"{reverse('lupa-kata-sandi')}?terkirim=1")
    context = {"sent": "terkirim" in request.GET}
    return forms.page(request, "people/forgot.html", form, **context)


@access(EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, link: str) -> HttpResponse:
    """Where the letter's link leads."""
    now = clock.now()
    account = actions.read_reset(link, now)
    if account is None:
        raise Refusal(Reason("people", "link_over"), status=410)
    form = forms.Form()
    if request.method == "POST":
        try:
            person = actions.reset_password(
                link=link, password=forms.secret(request), consent="consent" in request.POST, now=now
            )
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, gettext("Kata sandi Anda sudah diganti. Semua perangkat lain sudah keluar."))
            return _sign_in_new(request, person, "")
    context = {"consent_needed": account.consented_at is None, "consent": "consent" in request.POST}
    return forms.page(request, "people/new_password.html", form, **context)


@access(EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, link: str) -> HttpResponse:
    """A button, for programs that look at letters also follow their links."""
    now = clock.now()
    if request.method == "POST":
        actions.confirm_email(link=link, now=now)
        messages.success(request, gettext("Surel Anda sudah dikonfirmasi."))
        signed_in = getattr(request, "person", None) is not None
        return HttpResponseRedirect(reverse("akun") if signed_in else reverse("masuk"))
    if actions.read_confirmation(link, now) is None:
        raise Refusal(Reason("people", "link_over"), status=410)
    return render(request, "people/confirm_email.html")


def _sign_in_new(request: HttpRequest, person: queries.Person, back: str) -> HttpResponse:
    """Sign in who has just proved who they are; what the profile lacks is asked once, here."""
    now = clock.now()
    where = back or visits.home()
    if queries.missing(person):
        where = f"{reverse('data-diri')}?{urlencode({'next': where})}"
    factors = queries.factors_of(person.id, now)
    if factors.needed and factors.any:
        return visits.to_second_factor(request, person.uid, remember=False, back=where, now=now)
    token = actions.begin_session(account_id=person.id, remember=True, device=visits.device_of(request).name, now=now)
    return visits.sign_in_with(request, HttpResponseRedirect(where), token, person.uid, remember=True)
