"""Addresses of people's pages."""

from django.urls import path

from pintar.people.pages import account, help, signing_in

urlpatterns = [
    path("masuk/", signing_in.sign_in, name="masuk"),
    path("keluar/", signing_in.sign_out, name="keluar"),
    path("daftar/", account.profile, name="daftar"),
    path("akun/", account.profile, name="akun"),
    path("bantuan/", help.help, name="bantuan"),
    path("privasi/", help.privacy, name="privasi"),
]
