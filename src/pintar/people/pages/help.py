"""Help, and what is stored about people and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pintar.foundation.access import EVERYONE, access


@access(EVERYONE)
@require_safe
def help(request: HttpRequest) -> HttpResponse:
    return render(request, "people/help.html")


@access(EVERYONE)
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "people/privacy.html")


@access(EVERYONE)
@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "people/erased.html")
