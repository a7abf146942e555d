"""The process that runs background jobs: how it is started, and how it ends."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from quizapp.cli import jobs as job_commands
from quizapp.cli.jobs import JobProcess
from quizapp.config import Settings

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def children(pid: int) -> list[psutil.Process]:
    """The processes for jobs that a process has started."""
    found = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.Error):  # it has ended
            if "jobs" in child.cmdline():
                found.append(child)
    return found


def until(condition: Callable[[], Any]) -> Any:
    """Wait until a condition holds; what it gave."""
    for _ in range(1500):
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen within 30 seconds")


@pytest.fixture
def quick_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Do not wait before the process is started."""
    monkeypatch.setattr(job_commands, "START_DELAY", 0)
    monkeypatch.setattr(job_commands, "RESTART_DELAY", 0)
    yield


def test_the_process_is_started_again_when_it_is_killed_and_ends_with_its_server(
    quick_start: None, own_data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), JobProcess(Settings(data=own_data)):
        (first,) = until(lambda: children(os.getpid()))
        first.kill()
        second = until(lambda: [child for child in children(os.getpid()) if child.pid != first.pid])
    assert not second[0].is_running()
    assert caplog.text.count("it is started again") == 1


def test_it_ends_when_the_process_that_started_it_is_gone(own_data: Path) -> None:
    program = [sys.executable, "-m", "quizapp", "jobs", "work", "--parent", "999999", "--data", str(own_data)]
    assert subprocess.run(program, timeout=30).returncode == 0


def test_the_server_runs_jobs_in_one_child_process(serve: Callable[..., Any], command: Command, own_data: Path) -> None:
    server = serve("--workers", "1", QUIZAPP_BACKUPS="1")
    (child,) = until(lambda: children(server.process.pid))
    until(lambda: list((own_data / "backups").glob("*.sqlite3")) if (own_data / "backups").exists() else [])
    until(lambda: command("jobs", QUIZAPP_BACKUPS="1").stdout.count("last done") == 7)
    assert server.stop() == 0
    assert not child.is_running()
    assert "Traceback" not in server.output.read_text()
