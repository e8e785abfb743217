"""Pages go out compressed: bytes are the learner's money.

A page that carries a secret beside reflected input could leak it through its compressed length (BREACH). Django masks
the CSRF token anew in every page, and no other secret stands in a page, so pages may be compressed.
"""

import zlib
from collections.abc import Callable

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

SMALLEST = 400
TEXT = ("text/", "application/json", "application/problem+json", "image/svg+xml", "application/manifest+json")


class CompressionMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _worth_it(response):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        accepted = request.headers.get("Accept-Encoding", "")
        if "br" in accepted:
            # Quality 4: two thirds of the best ratio at a hundredth of its time.
            _replace(response, "br", brotli.compress(response.content, quality=4))
        elif "gzip" in accepted:
            squeeze = zlib.compressobj(level=6, wbits=31)
            _replace(response, "gzip", squeeze.compress(response.content) + squeeze.flush())
        return response


def _worth_it(response: HttpResponse) -> bool:
    return (
        not response.streaming
        and len(response.content) >= SMALLEST
        and "Content-Encoding" not in response
        and response.headers.get("Content-Type", "").startswith(TEXT)
    )


def _replace(response: HttpResponse, encoding: str, content: bytes) -> None:
    response.content = content
    response.headers["Content-Encoding"] = encoding
    response.headers["Content-Length"] = str(len(content))
