from django.urls import path

from pintar.catalogue.pages import catalogue

urlpatterns = [
    path("", catalogue.window, name="depan"),
    path("pelatihan/", catalogue.catalogue, name="katalog"),
    path("pelatihan/<str:slug>/", catalogue.training, name="pelatihan"),
]
