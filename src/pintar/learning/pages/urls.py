"""The addresses of study."""

from django.urls import path

from pintar.learning.pages import contents, home, material, notes

urlpatterns = [
    path("beranda/", home.home, name="beranda"),
    path("belajar/", home.trainings, name="belajar"),
    path("belajar/<str:batch_key>/", contents.contents, name="daftar-isi"),
    path("belajar/<str:batch_key>/<str:key>/", material.material, name="materi"),
    path("belajar/<str:batch_key>/<str:key>/catatan/", notes.notes, name="catatan"),
    path("belajar/<str:batch_key>/<str:key>/catatan/<uuid:uid>/", notes.note, name="catatan-satu"),
]
