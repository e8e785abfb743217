"""Addresses of people's pages."""

from django.urls import path

from pintar.people.pages import account, factors, help, joining, signing_in

urlpatterns = [
    path("masuk/", signing_in.sign_in, name="masuk"),
    path("masuk/faktor-kedua/", signing_in.second_factor, name="faktor-kedua-masuk"),
    path("keluar/", signing_in.sign_out, name="keluar"),
    path("daftar/", joining.register, name="daftar"),
    path("akun/aktivasi/", joining.activate, name="aktivasi"),
    path("akun/lupa-kata-sandi/", joining.forgot, name="lupa-kata-sandi"),
    path("akun/kata-sandi-baru/<str:link>/", joining.new_password, name="kata-sandi-baru"),
    path("akun/surel/<str:link>/", joining.confirm_email, name="konfirmasi-surel"),
    path("akun/", account.account, name="akun"),
    path("akun/data-diri/", account.profile, name="data-diri"),
    path("akun/satker/", account.find_units, name="cari-satker"),
    path("akun/wilayah/", account.find_regencies, name="cari-wilayah"),
    path("akun/nomor/", account.own_numbers, name="nomor"),
    path("akun/surel/", account.email, name="surel"),
    path("akun/kata-sandi/", account.password, name="kata-sandi"),
    path("akun/perangkat/", account.sessions, name="perangkat"),
    path("akun/data/", account.data, name="data-saya"),
    path("akun/hapus/", account.erase, name="hapus-akun"),
    path("akun/terhapus/", help.erased, name="akun-terhapus"),
    path("akun/faktor-kedua/", factors.factors, name="faktor-kedua"),
    path("akun/faktor-kedua/autentikator/", factors.authenticator, name="autentikator"),
    path("akun/faktor-kedua/kunci/", factors.add_passkey, name="kunci-sandi"),
    path("akun/faktor-kedua/hapus/", factors.remove, name="hapus-faktor"),
    path("akun/faktor-kedua/kode/", factors.recovery_codes, name="kode-pemulihan"),
    path("bantuan/", help.help, name="bantuan"),
    path("privasi/", help.privacy, name="privasi"),
]
