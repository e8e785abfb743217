"""Extract the words to translate, room by room: `make messages` (needs GNU gettext)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LANGUAGES = ("en", "ar")


def main() -> None:
    if shutil.which("xgettext") is None:
        sys.exit("messages: GNU gettext is not installed (Debian: apt install gettext)")
    admin = Path(sys.executable).parent / "django-admin"
    wanted = [option for language in LANGUAGES for option in ("-l", language)]
    for room in sorted(path.parent for path in (ROOT / "src" / "pintar").glob("*/locale")):
        command = [admin, "makemessages", *wanted, "--no-location", "--no-wrap", "-e", "html,txt,py", "-i", "tests/*"]
        subprocess.run(command, cwd=room, check=True, env=os.environ | {"DJANGO_SETTINGS_MODULE": ""})


if __name__ == "__main__":
    main()
