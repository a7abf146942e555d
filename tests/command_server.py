"""Runs `quizapp` commands, each in a process of its own that starts with the program imported already.

A request is a line of JSON on standard input, the exit code is the line that answers it.
"""

import atexit
import json
import os
import signal
import sys
import traceback
from typing import Any, NoReturn

from quizapp.cli import main


def serve() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(request: dict[str, Any]) -> NoReturn:
    """The command, as a shell without a terminal would run it."""
    os.setsid()
    signal.alarm(60)
    os.chdir(request["directory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        flags = os.O_RDONLY if name == "stdin" else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(request[name], flags, 0o600), descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = ["quizapp", *request["arguments"]]
    try:
        main()
    except SystemExit as ended:
        _leave(ended.code)
    except BaseException:
        traceback.print_exc()
        _leave(1)
    _leave(0)


def _leave(code: object) -> NoReturn:
    """Exit as Python would, but without freeing all memory first, which takes longer than most commands."""
    atexit._run_exitfuncs()
    if isinstance(code, str):
        print(code, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    serve()
