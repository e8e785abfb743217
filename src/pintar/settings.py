"""Django's settings, made from the environment. Nothing here is a choice of the operator: those are in
`foundation/environment.py`, listed in docs/operators.md."""

from pathlib import Path

from django.utils.csp import CSP

from pintar.foundation import sqlite

sqlite.take_mended_library()

from pintar.foundation import environment  # noqa: E402
from pintar.foundation.ui import folding  # noqa: E402

ENVIRONMENT = environment.read()
BASE = Path(__file__).parent
SECURE = ENVIRONMENT.public_url.startswith("https://")

SECRET_KEY = ENVIRONMENT.secret_key
IDENTIFIER_KEY = ENVIRONMENT.identifier_key
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
PUBLIC_URL = ENVIRONMENT.public_url
ROOT_URLCONF = "pintar.urls"
APPEND_SLASH = True

# Rooms from the ground up.
ROOMS = [
    room
    for room in ("people", "courses", "enrolment", "assessment", "learning", "graduation", "credentials", "catalogue")
    if (BASE / room / "apps.py").exists()
]
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.messages",
    "pintar.foundation",
    *(f"pintar.{room}" for room in ROOMS),
]

MIDDLEWARE = [
    "pintar.foundation.web.HeadersMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pintar.foundation.compression.CompressionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "pintar.people.pages.sessions.SessionMiddleware",
    "pintar.foundation.preferences.PreferencesMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "pintar.foundation.web.AccessMiddleware",
    "pintar.foundation.web.RefusalMiddleware",
]

DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENVIRONMENT.redis_url}
    if ENVIRONMENT.redis_url
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pintar"}
}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "foundation" / "ui" / "templates"],
        "OPTIONS": {
            "loaders": folding.LOADERS,
            "context_processors": ["pintar.foundation.ui.context.page"],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "pintar.foundation.ui.tags"],
        },
    }
]

MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SILENCED_SYSTEM_CHECKS = ["messages.E001"]

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [BASE / "foundation" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data / "static"
STATICFILES_DIRS = [BASE / "foundation" / "ui" / "static"]
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "media": ENVIRONMENT.media,
    "staticfiles": {"BACKEND": "pintar.foundation.ui.statics.HashedFiles"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
# One form is small; a long essay and a spreadsheet of participants have their own, larger doors.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

MAILERS = {"default": ENVIRONMENT.mail}
DEFAULT_FROM_EMAIL = "Pintar <tidak-dibalas@localhost>"

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "media-src": [CSP.SELF, "blob:", *filter(None, [ENVIRONMENT.media_origin])],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-masuk" if SECURE else "masuk"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "pintar.foundation.ui.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.public_url] if SECURE else []

if "people" in ROOMS:
    from pintar.people.settings import *  # noqa: F403

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Refused requests are no errors of the server, and their addresses may hold what people typed.
    "loggers": {"django.request": {"level": "ERROR"}, "django.security.csrf": {"level": "ERROR"}},
}
