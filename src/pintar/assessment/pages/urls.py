"""The addresses of tests."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
