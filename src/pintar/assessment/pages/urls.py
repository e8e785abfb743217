"""Addresses of tests, and of the service worker, whose place at the root gives it the whole site."""

from django.urls import path

from pintar.assessment.pages import results, sittings, worker

urlpatterns = [
    path("tes/<uuid:uid>/", sittings.sitting, name="tes"),
    path("tes/<uuid:uid>/tinjau/", sittings.review, name="tes-tinjau"),
    path("tes/<uuid:uid>/perangkat/", sittings.device, name="tes-perangkat"),
    path("tes/<uuid:uid>/bukti/", results.result, name="tes-bukti"),
    path("sw.js", worker.service_worker, name="sw"),
]
