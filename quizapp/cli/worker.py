"""A worker process of `quizapp run`: gunicorn starts, watches and stops it, and waitress answers requests in it."""

import os
import time
from types import FrameType
from typing import Any

from gunicorn.workers.base import Worker
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel

from quizapp.cli.waitress_options import OPTIONS, THREADS

STOPPING_TIME = 4  # seconds for requests that have begun; gunicorn waits 5 before it kills the worker


class WaitressWorker(Worker):
    """Serves until gunicorn says stop; then finishes the requests that were received."""

    server: Any = None

    def run(self) -> None:
        self.connections: dict[int, Any] = {}  # what waitress listens to, by file descriptor
        listeners = [listener.sock for listener in self.sockets]
        self.server = create_server(self.wsgi, map=self.connections, sockets=listeners, threads=THREADS, **OPTIONS)
        while self.alive and self.ppid == os.getppid():
            self._serve_for_a_moment()
        self._finish()

    def handle_exit(self, signal: int, frame: FrameType | None) -> None:
        self.alive = False
        if self.server:
            self.server.pull_trigger()  # which ends its wait for requests

    handle_quit = handle_exit  # Ctrl+C lets requests finish too

    def _serve_for_a_moment(self) -> None:
        self.notify()
        wasyncore.loop(timeout=0.5, use_poll=True, map=self.connections, count=1)

    def _finish(self) -> None:
        """Accept no more connections, and wait for the requests under way and their responses."""
        for listener in [entry for entry in self.connections.values() if entry.accepting]:
            listener.del_channel()
        end = time.monotonic() + STOPPING_TIME
        while self._close_idle_connections() and time.monotonic() < end:
            self._serve_for_a_moment()

    def _close_idle_connections(self) -> bool:
        """Return whether some are left, because a request is under way."""
        channels = [entry for entry in self.connections.values() if isinstance(entry, HTTPChannel)]
        busy = [channel for channel in channels if channel.requests or channel.total_outbufs_len]
        for channel in channels:
            if channel not in busy:
                channel.handle_close()
        return bool(busy)
