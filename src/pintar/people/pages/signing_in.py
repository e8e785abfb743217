"""Sign in, sign out."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from pintar.foundation.access import EVERYONE, access


@access(EVERYONE)
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    return render(request, "people/sign_in.html")


@access(EVERYONE)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/")
