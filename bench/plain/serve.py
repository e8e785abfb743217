"""`python -m bench.plain.serve PORT PROCESSES`: the bare page, served by the function that serves Pintar."""

import os
import sys

from pintar.cli.start import _serve

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.plain.settings"
    _serve("127.0.0.1", int(sys.argv[1]), int(sys.argv[2]), "bench.plain.front:application")
