"""Run a function in a child process that may use little processor time, however long it takes by the clock."""

import os
import pickle
import resource
import traceback
from collections.abc import Callable

CPU_SECONDS = 10


def limited(function: Callable[[], object], *, seconds: int = CPU_SECONDS) -> object:
    """Return what the function returns. Raises AssertionError if it fails or uses more than so much processor time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run(function, seconds, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        sent = stream.read()
    _, status = os.waitpid(child, 0)
    assert not os.WIFSIGNALED(status), f"more than {seconds} seconds of processor time"
    error, result = pickle.loads(sent)
    assert error is None, error
    return result


def _run(function: Callable[[], object], seconds: int, writing: int) -> None:
    """Never return, so that nothing of the test run is done twice."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        sent: tuple[str | None, object] = (None, function())
    except BaseException:
        sent = (traceback.format_exc(), None)
    with os.fdopen(writing, "wb") as stream:
        pickle.dump(sent, stream)
    os._exit(0)
