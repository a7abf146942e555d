"""Many writers at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from quizapp.extensions import db

WRITERS = 16


def at_once(app: Flask, do: Callable[[Session, int], Any]) -> list[Any]:
    """What each of the writers gets for doing it, each on a thread and a connection of its own."""
    barrier = threading.Barrier(WRITERS)

    def work(number: int) -> Any:
        with app.app_context():
            barrier.wait(timeout=10)
            return do(db.session(), number)

    with app.app_context():
        db.engine.dispose()
    with ThreadPoolExecutor(WRITERS) as pool:
        return [future.result(timeout=60) for future in [pool.submit(work, n) for n in range(WRITERS)]]
