"""Extract the words to translate, room by room: `make messages` (needs GNU gettext)."""

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
LANGUAGES = ("en", "ar")
DATE = re.compile(r'^"POT-Creation-Date: .*"$', re.MULTILINE)


def main() -> None:
    if shutil.which("xgettext") is None:
        sys.exit("messages: GNU gettext is not installed (Debian: apt install gettext)")
    admin = Path(sys.executable).parent / "django-admin"
    wanted = [option for language in LANGUAGES for option in ("-l", language)]
    for room in sorted(path.parent for path in (ROOT / "src" / "pintar").glob("*/locale")):
        shape = ["--no-location", "--no-wrap", "--no-obsolete", "-e", "html,txt,py", "-i", "tests/*"]
        command = [admin, "makemessages", *wanted, *shape]
        before = {path: path.read_text() for path in room.glob("locale/*/LC_MESSAGES/django.po")}
        subprocess.run(command, cwd=room, check=True, env=os.environ | {"DJANGO_SETTINGS_MODULE": ""})
        for path, text in before.items():
            path.write_text(_without_noise(text, path.read_text()))


def _without_noise(before: str, after: str) -> str:
    """The new text, where its messages differ; its date stays the old one, lest branches collide on it."""
    if _messages(before) == _messages(after):
        return before
    dates = DATE.search(before)
    return DATE.sub(lambda _: dates.group(0), after) if dates else after


def _messages(text: str) -> dict[object, object]:
    return {(m.context, m.id): (m.string, m.fuzzy) for m in read_po(io.StringIO(text)) if m.id}


if __name__ == "__main__":
    main()
