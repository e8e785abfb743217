"""`/sertifikat/`: one's own certificates and JP."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from pintar.credentials import actions, paper, queries, rules
from pintar.credentials.pages.preview import draw
from pintar.credentials.pages.ring import ring
from pintar.credentials.queries import CertificateFacts
from pintar.foundation import clock
from pintar.foundation.access import ACCOUNT, access
from pintar.foundation.refusals import not_found


@access(ACCOUNT)
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """The newest certificate drawn, or the one that `?s=<uid>` names; the others, and what is not passed yet, below."""
    person = request.person  # type: ignore[attr-defined]
    page = queries.certificates_page(person, _uid(request.GET.get("s", "")), clock.now())
    context: dict[str, Any] = {"page": page, "ring": ring(page.jp.sides)}
    if page.shown is not None:
        context |= {"link": paper.address(page.shown.code), "preview": draw(page.shown), "issuer": rules.ISSUER}
        if page.shown.is_issued:
            size = page.shown.pdf_size or actions.pdf_of(page.shown)[1]
            context |= {"whatsapp": share_address(page.shown), "size": max(round(size / 1000), 1)}
    return render(request, "credentials/certificates.html", context)


@access(ACCOUNT)
@require_safe
def pdf(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One's own certificate as a file; `?cetak` opens it in the browser, to print."""
    certificate = queries.certificate_of(request.person.id, uid)  # type: ignore[attr-defined]
    content, _ = actions.pdf_of(certificate)
    how = "inline" if "cetak" in request.GET else "attachment"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'{how}; filename="sertifikat-{certificate.course_slug}.pdf"'},
    )


def share_address(certificate: CertificateFacts) -> str:
    """A wa.me address whose text names the training and no number."""
    text = gettext("Saya telah menyelesaikan *%(training)s* (%(jp)s JP). Cek keaslian: %(link)s") % {
        "training": certificate.snapshot.training,
        "jp": certificate.snapshot.jp,
        "link": paper.address(certificate.code),
    }
    return f"https://wa.me/?text={quote(text)}"


def _uid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise not_found("credentials", "certificate_not_found") from None
