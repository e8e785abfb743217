"""Every address of the house; each room keeps its own in `pages/urls.py`."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from pintar.foundation import access, api, storage
from pintar.foundation.ui import pages


def _rooms_with(part: str) -> list[str]:
    return [room for room in settings.ROOMS if find_spec(f"pintar.{room}.{part.split('.')[0]}")]


# Each call of the API says who may use it (`auth=`), signed in by default; the door itself is open.
API = api.build([("", import_module(f"pintar.{room}.api").router) for room in _rooms_with("api")])
API_ROUTES = API.urls  # made anew at each reading
for route in API_ROUTES[0]:
    access.access(access.EVERYONE)(route.callback)

urlpatterns = [
    path("api/v1/", API_ROUTES),
    path("tampilan/", pages.look, name="tampilan"),
    path("komponen/", pages.components, name="komponen"),
    path("komponen/grafik/", pages.chart_components, name="komponen-grafik"),
    path("luring/", pages.offline, name="luring"),
    path("healthz", pages.health, name="healthz"),
    path("media/<str:name>", storage.serve, name="media"),
    *(path("", include(f"pintar.{room}.pages.urls")) for room in _rooms_with("pages.urls")),
]

handler400 = "pintar.foundation.ui.errors.bad_request"
handler403 = "pintar.foundation.ui.errors.permission_denied"
handler404 = "pintar.foundation.ui.errors.page_not_found"
handler500 = "pintar.foundation.ui.errors.server_error"
