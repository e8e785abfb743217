from django.urls import path

from pintar.enrolment.pages import batch, preparing, queue

urlpatterns = [
    path("angkatan/<str:key>/", batch.batch, name="angkatan"),
    path("angkatan/<str:key>/kursi/", batch.seat, name="kursi"),
    path("angkatan/<str:key>/antre/", queue.queue, name="antre"),
    path("angkatan/<str:key>/undian/", queue.drawn, name="undian"),
    path("angkatan/<str:key>/persiapan/", preparing.preparation, name="persiapan"),
    path("angkatan/<str:key>/kalender.ics", batch.calendar_file, name="kalender"),
]
