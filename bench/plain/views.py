from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from bench.plain.models import Course


@login_required
def course(request: HttpRequest, slug: str) -> HttpResponse:
    """Session, user, the course, its lessons: four statements."""
    found = get_object_or_404(Course, slug=slug)
    return render(request, "plain/course.html", {"course": found, "lessons": found.lessons.all()})


def empty(request: HttpRequest) -> HttpResponse:
    """The least that Django does."""
    return HttpResponse()
