"""Sign in, show the second factor, sign out."""

import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from pintar.foundation import clock
from pintar.foundation.access import EVERYONE, access
from pintar.foundation.refusals import Reason, Refusal
from pintar.people import actions, ports, queries
from pintar.people.pages import forms, visits
from pintar.people.rules import numbers


@access(EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """One field for any number or address, one for the password; back to where one was."""
    back = visits.back_of(request)
    if request.method != "POST":
        if getattr(request, "person", None):
            return HttpResponseRedirect(back or visits.home())
        return _form(request, forms.Form(), back)
    now = clock.now()
    form = forms.read(request, "login")
    remember = "remember" in request.POST
    try:
        signed = actions.sign_in(
            login=form.values["login"],
            password=forms.secret(request),
            device=visits.device_of(request),
            remember=remember,
            now=now,
        )
    except Refusal as refusal:
        return _form(request, form.refused(refusal), back)
    if signed.token is None:
        return visits.to_second_factor(request, signed.account, remember=remember, back=back, now=now)
    where = visits.with_next(reverse("faktor-kedua"), back) if signed.factors.needed else back or visits.home()
    return visits.sign_in_with(request, HttpResponseRedirect(where), signed.token, signed.account, remember=remember)


def _form(request: HttpRequest, form: forms.Form, back: str) -> HttpResponse:
    typed = numbers.read_login(form.values.get("login", ""))
    context = {
        "next": back,
        "destination": ports.destination(back),
        "seen": numbers.NAMES[typed.kinds[0]] if typed.kinds else "",
        "seen_digits": 0 if typed.is_email else len(typed.value),
        "remember": request.method != "POST" or "remember" in request.POST,
    }
    return forms.page(request, "people/sign_in.html", form, **context)


@access(EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """After the password, for who holds a grant; or within a session that has not seen it yet."""
    now = clock.now()
    back = visits.back_of(request)
    step = visits.halfway(request, now)
    session: queries.SignIn | None = getattr(request, "sign_in", None)
    account = queries.people_by_uid([step[0]]).get(step[0]) if step else session.person if session else None
    if account is None:
        raise Refusal(Reason("people", "step_over"), status=410)
    if step is None and not _has_a_factor_to_show(account, session, now):
        return HttpResponseRedirect(back or visits.home())
    form = forms.read(request, "code")
    if request.method == "POST":
        try:
            if answer := request.POST.get("passkey"):
                state = visits.read_state(f"show {account.uid}", request.POST.get("state", ""), now)
                actions.check_passkey(account_id=account.id, state=state, answer=visits.read_answer(answer), now=now)
            else:
                actions.check_factor(account_id=account.id, code=form.values["code"], now=now)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            return _confirmed(request, account, step[1] if step else None, session, back)
    context = {"next": back, **_passkey_asked(account)}
    return forms.page(request, "people/second_factor.html", form, **context)


def _confirmed(
    request: HttpRequest,
    account: queries.Person,
    remember: bool | None,
    session: queries.SignIn | None,
    back: str,
) -> HttpResponse:
    now = clock.now()
    response = HttpResponseRedirect(back or visits.home())
    if remember is None:
        assert session is not None
        token = actions.renew_session(sign_in=session, confirmed=True, now=now)
        return visits.renew(response, token, session, now)
    device = visits.device_of(request).name
    token = actions.begin_session(account_id=account.id, remember=remember, device=device, confirmed=True, now=now)
    return visits.sign_in_with(request, response, token, account.uid, remember=remember)


def _has_a_factor_to_show(person: queries.Person, session: queries.SignIn | None, now: datetime) -> bool:
    factors = queries.factors_of(person.id, now)
    return factors.needed and factors.any and session is not None and session.confirmed_at is None


def _passkey_asked(account: queries.Person) -> dict[str, str]:
    try:
        options, state = actions.ask_for_passkey(account_id=account.id)
    except Refusal:
        return {}
    return {
        "passkey": json.dumps(options["publicKey"]),
        "state": visits.keep_state(f"show {account.uid}", state, clock.now()),
    }


@access(EVERYONE)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, here and on the server."""
    if session := getattr(request, "sign_in", None):
        actions.end_session(person=session.person, session=session.uid, now=clock.now())
    response = HttpResponseRedirect("/")
    response.delete_cookie(visits.session_cookie())
    return response
