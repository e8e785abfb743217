"""Knows every right answer of a server's sittings, as somebody who studied well does.

Run with the server's environment; reads a sitting's uid a line and prints {item: value in the ids that were shown}.
"""

import json
import os
import subprocess
import sys
from typing import Any


class Knowledge:
    """A process beside the server that reads its database."""

    def __init__(self, environment: dict[str, str]):
        self.process = subprocess.Popen(
            [sys.executable, __file__], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def of(self, sitting: str) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{sitting}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "pintar.settings"
    import django

    django.setup()
    from pintar.assessment import kept, model_answers
    from pintar.assessment.models import Sitting

    for line in sys.stdin:
        row = Sitting.objects.get(uid=line.strip())
        paper = kept.paper(row.uid, row.person_id)
        print(json.dumps({item: model_answers.right_value(paper, item) for item in paper.items}), flush=True)


if __name__ == "__main__":
    main()
