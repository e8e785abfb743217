"""Addresses of tests and of banks, and of the service worker, whose place at the root gives it the whole site."""

from django.urls import path

from pintar.assessment.pages import results, sittings, worker
from pintar.assessment.pages.bank import banks, blueprints, editing, forms, importing, items
from pintar.assessment.pages.scale import panels, scales, watching

urlpatterns = [
    path("tes/<uuid:uid>/", sittings.sitting, name="tes"),
    path("tes/<uuid:uid>/tinjau/", sittings.review, name="tes-tinjau"),
    path("tes/<uuid:uid>/perangkat/", sittings.device, name="tes-perangkat"),
    path("tes/<uuid:uid>/bukti/", results.result, name="tes-bukti"),
    path("bank/", banks.banks, name="bank-bank"),
    path("bank/<slug:slug>/", banks.bank, name="bank"),
    path("bank/<slug:slug>/baru/", banks.new, name="bank-baru"),
    path("bank/<slug:slug>/tulis/<uuid:uid>/", editing.editor, name="bank-tulis"),
    path("bank/<slug:slug>/kisi-kisi/", blueprints.blueprint, name="bank-kisi"),
    path("bank/<slug:slug>/paket/", forms.forms, name="bank-paket"),
    path("bank/<slug:slug>/paket/percobaan/", forms.tried, name="bank-percobaan"),
    path("bank/<slug:slug>/paket/<uuid:uid>/", forms.one, name="bank-paket-satu"),
    path("bank/<slug:slug>/paket/<uuid:uid>/keputusan/", forms.decision, name="bank-paket-keputusan"),
    path("bank/<slug:slug>/pantau/", watching.watch, name="bank-pantau"),
    path("bank/<slug:slug>/pantau/<str:number>/", watching.settle, name="bank-pantau-satu"),
    path("bank/<slug:slug>/impor/", importing.bring, name="bank-impor"),
    path("bank/<slug:slug>/impor/contoh/<str:kind>/", importing.example, name="bank-contoh"),
    path("bank/<slug:slug>/impor/<uuid:uid>/", importing.look, name="bank-impor-lihat"),
    path("bank/<slug:slug>/impor/<uuid:uid>/<str:number>/", importing.mend, name="bank-impor-perbaiki"),
    path("bank/<slug:slug>/ekspor/<str:kind>/", importing.export, name="bank-ekspor"),
    path("bank/<slug:slug>/soal/<str:key>/", items.item, name="bank-soal"),
    path("bank/<slug:slug>/soal/<str:key>/langkah/", items.steps, name="bank-langkah"),
    path("bank/<slug:slug>/soal/<str:key>/lawan/", items.enemies, name="bank-lawan"),
    path("bank/<slug:slug>/soal/<str:key>/versi/<str:number>/", items.version, name="bank-versi"),
    path("skala/", scales.scales, name="skala"),
    path("skala/<slug:slug>/", scales.scale, name="skala-pelatihan"),
    path("skala/<slug:slug>/kalibrasi/<uuid:uid>/", scales.decision, name="skala-keputusan"),
    path("skala/<slug:slug>/panel/", panels.panel, name="skala-panel"),
    path("skala/<slug:slug>/panel/nilai/", panels.judge, name="skala-nilai"),
    path("sw.js", worker.service_worker, name="sw"),
]
