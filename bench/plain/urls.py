from django.urls import path

from bench.plain import views

urlpatterns = [
    path("courses/<slug:slug>/", views.course, name="course"),
    path("courses/<slug:slug>/lessons/<int:number>/", views.course, name="lesson"),
    path("empty/", views.empty, name="empty"),
]
