"""What this room adds to Django's settings."""

# Argon2id at OWASP's floor (19 MiB, 2 passes): some 25 ms a sign-in.
PASSWORD_HASHERS = ["pintar.people.passwords.Argon2id"]
SHORTEST_PASSWORD = 8
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": SHORTEST_PASSWORD},
    },
    {"NAME": "pintar.people.passwords.NotCommon"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
