from django.urls import path

from pintar.credentials.pages import own, verify

urlpatterns = [
    path("sertifikat/", own.certificates, name="sertifikat"),
    path("sertifikat/<uuid:uid>.pdf", own.pdf, name="sertifikat-pdf"),
    path("v/", verify.typed, name="verifikasi"),
    path("v/<str:code>/", verify.by_code, name="verifikasi-kode"),
]
