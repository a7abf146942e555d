"""The floor, served by what serves the program: `python floor_server.py`, in a filled copy of tests/floor."""

import os
import sys
from typing import Any

from quizapp.cli import server
from quizapp.config import Settings, load_settings


def load_floor(settings: Settings) -> Any:
    sys.path.insert(0, ".")
    import app_c

    return app_c.app


if __name__ == "__main__":
    server.create_app = load_floor
    server._serve_gunicorn(load_settings(os.environ))
