"""One's own account: what is known of it, and the pages where each part changes."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from pintar.foundation import clock
from pintar.foundation.access import ACCOUNT, access
from pintar.foundation.refusals import Reason, Refusal
from pintar.people import actions, queries, regions
from pintar.people.pages import forms, visits
from pintar.people.pages.visits import Visit
from pintar.people.rules import numbers, profiles


@access(ACCOUNT)
@require_GET
def account(request: Visit) -> HttpResponse:
    return render(request, "people/account.html", {"page": queries.account_page(request.person, clock.now())})


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: Visit) -> HttpResponse:
    """What eligibility needs. Unit and regency are typed; what fits several is offered as a choice."""
    person = request.person
    back = visits.back_of(request)
    if request.method != "POST":
        form = forms.Form(_profile_values(person))
        return _profile(request, form, back)
    form = forms.read(
        request, "name", "profession", "employment", "gender", "unit_text", "unit", "regency_text", "regency"
    )
    unit, units = _unit(form, person)
    regency, wheres = _regency(form, person)
    if not form.errors:
        try:
            actions.change_profile(
                person=person,
                name=form.values["name"],
                profession=form.values["profession"],
                employment=form.values["employment"],
                gender=form.values["gender"],
                unit=unit,
                regency=regency,
                now=clock.now(),
            )
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, gettext("Data diri tersimpan."))
            return HttpResponseRedirect(back or reverse("akun"))
    form.status = 422
    return _profile(request, form, back, units, wheres)


def _profile(
    request: Visit,
    form: forms.Form,
    back: str,
    units: list[queries.UnitFacts] | None = None,
    wheres: list[regions.Region] | None = None,
) -> HttpResponse:
    context = {
        "next": back,
        "units": units or [],
        "regencies": wheres or [],
        "professions": profiles.PROFESSIONS,
        "employments": profiles.EMPLOYMENTS,
        "genders": profiles.GENDERS,
    }
    return forms.page(request, "people/profile.html", form, **context)


def _profile_values(person: queries.Person) -> dict[str, str]:
    return {
        "name": person.name,
        "profession": person.profession,
        "employment": person.employment,
        "gender": person.gender,
        "unit_text": person.unit.name if person.unit else "",
        "regency_text": regions.name(person.regency),
    }


def _unit(form: forms.Form, person: queries.Person) -> tuple[queries.UnitFacts | None, list[queries.UnitFacts]]:
    """The unit that was chosen or typed; else None, with what it may have meant and the mistake in the form."""
    typed = profiles.name(form.values["unit_text"])
    if not typed:
        return None, []
    if person.unit and typed.casefold() == person.unit.name.casefold():
        return person.unit, []
    found = queries.find_units(typed)
    chosen = next((unit for unit in found if unit.key == form.values["unit"]), None)
    if chosen or len(found) == 1:
        return chosen or found[0], []
    form.errors["unit_text"] = Reason("people", "pick_one" if found else "unit_unknown", {"given": typed[:80]})
    return None, found


def _regency(form: forms.Form, person: queries.Person) -> tuple[str, list[regions.Region]]:
    typed = profiles.name(form.values["regency_text"])
    if not typed:
        return "", []
    found = regions.find(typed)
    chosen = next((region for region in found if region.code == form.values["regency"]), None)
    if chosen or len(found) == 1:
        return (chosen or found[0]).code, []
    form.errors["regency_text"] = Reason("people", "pick_one" if found else "regency_unknown", {"given": typed[:80]})
    return "", found


@access(ACCOUNT)
@require_GET
def find_units(request: Visit) -> JsonResponse:
    """Names of units for what is being typed."""
    return JsonResponse({"items": [unit.name for unit in queries.find_units(request.GET.get("q", "")[:200], most=10)]})


@access(ACCOUNT)
@require_GET
def find_regencies(request: Visit) -> JsonResponse:
    return JsonResponse({"items": [r.name for r in regions.find(profiles.name(request.GET.get("q", "")[:100]), 10)]})


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def own_numbers(request: Visit) -> HttpResponse:
    """One's numbers; add one, take back one that was only claimed."""
    form = forms.read(request, "kind", "number")
    if request.method == "POST":
        now = clock.now()
        try:
            if request.POST.get("remove"):
                actions.remove_claim(person=request.person, kind=request.POST["remove"][:10], now=now)
                messages.success(request, gettext("Nomor itu dihapus dari akun Anda."))
            else:
                actions.add_number(
                    person=request.person, kind=form.values["kind"], number=form.values["number"], now=now
                )
                messages.success(request, gettext("Nomor itu ditambahkan. Anda bisa masuk dengannya."))
        except Refusal as refusal:
            form.refused(refusal)
        else:
            return HttpResponseRedirect(reverse("nomor"))
    own = queries.own_numbers(request.person)
    there = {number.kind for number in own}
    kinds = [(kind, numbers.NAMES[kind]) for kind in numbers.KINDS if kind not in there]
    context = {"own": own, "kinds": kinds}
    return forms.page(request, "people/numbers.html", form, **context)


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: Visit) -> HttpResponse:
    """Another address, or the letter that confirms the present one once more."""
    form = forms.read(request, "email")
    if request.method == "POST":
        now = clock.now()
        try:
            if "again" in request.POST:
                actions.ask_confirmation(person=request.person, now=now)
            else:
                actions.change_email(
                    person=request.person, email=form.values["email"], password=forms.secret(request), now=now
                )
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, gettext("Surat konfirmasi dikirim. Buka tautan di dalamnya."))
            return HttpResponseRedirect(reverse("surel"))
    context = {"page": queries.account_page(request.person, clock.now())}
    return forms.page(request, "people/email.html", form, **context)


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Visit) -> HttpResponse:
    form = forms.Form()
    if request.method == "POST":
        try:
            actions.change_password(
                sign_in=request.sign_in,
                old=forms.secret(request, "old"),
                new=forms.secret(request),
                now=clock.now(),
            )
        except Refusal as refusal:
            form.refused(refusal)
        else:
            messages.success(request, gettext("Kata sandi Anda sudah diganti. Semua perangkat lain sudah keluar."))
            now = clock.now()
            token = actions.renew_session(sign_in=request.sign_in, confirmed=False, now=now)
            return visits.renew(HttpResponseRedirect(reverse("akun")), token, request.sign_in, now)
    return forms.page(request, "people/password.html", form)


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: Visit) -> HttpResponse:
    """Where one is signed in; end one, or all others."""
    now = clock.now()
    if request.method == "POST":
        if "others" in request.POST:
            actions.end_other_sessions(account_id=request.person.id, but=request.sign_in.id, now=now)
            messages.success(request, gettext("Semua perangkat lain sudah keluar."))
        elif uid := visits.uuid_of(request.POST.get("session", "")):
            actions.end_session(person=request.person, session=uid, now=now)
            messages.success(request, gettext("Perangkat itu sudah keluar."))
        return HttpResponseRedirect(reverse("perangkat"))
    context = {"sessions": queries.sessions_of(request.person, now), "current": request.sign_in.uid}
    return render(request, "people/sessions.html", context)


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: Visit) -> HttpResponse:
    """Consent, and a copy of all that is stored (POST with the password gives the file)."""
    now = clock.now()
    form = forms.Form()
    if request.method == "POST" and "consent" in request.POST:
        actions.consent(person=request.person, now=now)
        messages.success(request, gettext("Persetujuan Anda tercatat."))
        return HttpResponseRedirect(reverse("data-saya"))
    if request.method == "POST":
        try:
            actions.check_password(person=request.person, password=forms.secret(request), now=now)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            copy = JsonResponse(
                queries.export_of(request.person, now), json_dumps_params={"ensure_ascii": False, "indent": 2}
            )
            copy.headers["Content-Disposition"] = 'attachment; filename="data-saya-pintar.json"'
            return copy
    context = {"page": queries.account_page(request.person, now)}
    return forms.page(request, "people/data.html", form, **context)


@access(ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: Visit) -> HttpResponse:
    """Erase one's data; asked twice, by the tick and the password."""
    form = forms.Form()
    if request.method == "POST":
        try:
            if "sure" not in request.POST:
                raise Refusal(Reason("people", "not_sure", {"field": "sure"}), status=422)
            actions.erase_account(person=request.person, password=forms.secret(request), now=clock.now())
        except Refusal as refusal:
            form.refused(refusal)
        else:
            response = HttpResponseRedirect(reverse("akun-terhapus"))
            response.delete_cookie(visits.session_cookie())
            return response
    return forms.page(request, "people/erase.html", form)
