"""Read large files and all workbooks in a process of their own, with limits on its processor time and memory, so that
no file can stop a server.

Workbooks are read by a compiled library, which may end the process that calls it.
"""

import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from quizapp.core.formats.format import DAMAGED_ARCHIVE, ImportedSet, Unreadable
from quizapp.core.formats.registry import IMPORT_FORMATS
from quizapp.core.formats.tables.reader import read_table
from quizapp.core.formats.tables.spreadsheet import read_spreadsheet
from quizapp.core.formats.tables.table import Table, TableOptions
from quizapp.core.translation import gettext

ResultT = TypeVar("ResultT", ImportedSet, Table)

WORKBOOKS = ("xlsx", "ods")  # formats
LARGE = 100_000  # bytes of a text file
LARGE_ARCHIVE = 20_000  # bytes of an archive
LARGE_UNPACKED = 500_000  # bytes of all files in an archive, as it states them
CPU_SECONDS = 10
MEMORY = 600_000_000  # bytes of address space
CLOCK_SECONDS = 60  # for a process that waits for a processor
OUT_OF_MEMORY = 3  # the exit code of a process
AT_ONCE = 2  # processes of one server process
WAIT = 10  # seconds for one of them to end

_slots = threading.BoundedSemaphore(AT_ONCE)

_PROGRAM = Path(__file__).with_name("separate_process.py")
_ROOT = Path(__file__).parents[3]

_TOO_LONG = gettext("Reading this file takes too long. Split it.")
_TOO_BIG = gettext("Reading this file takes too much memory. Split it.")
_BUSY = gettext("Other large files are being read. Try again in a minute.")


def read_file(name: str, data: bytes, *, topic: str, table: TableOptions | None = None) -> ImportedSet:
    """Read a file in the format of that name; `table` is what a person chose for a table.

    Raises Unreadable, also when it takes too long or too much memory.
    """
    if name not in WORKBOOKS and not is_large(data):
        return _read(name, data, topic, table)
    with _slot():
        return read_separately(name, data, topic=topic, table=table)


def read_sheet(data: bytes, *, sheet: str = "") -> Table:
    """Return the table on a sheet of a workbook, as `read_spreadsheet` does. Raises Unreadable."""
    with _slot():
        return _run(read_spreadsheet, {"data": data, "sheet": sheet})


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=WAIT):
        raise Unreadable("", _BUSY)
    try:
        yield
    finally:
        _slots.release()


def _read(name: str, data: bytes, topic: str, table: TableOptions | None) -> ImportedSet:
    form = IMPORT_FORMATS[name]
    if form.tabulate and table:
        return read_table(form.tabulate(data, table), topic, table)
    return form.read(data, topic=topic)


def is_large(data: bytes) -> bool:
    """Return whether reading a file may take long."""
    if data[:2] != b"PK":
        return len(data) > LARGE
    return len(data) > LARGE_ARCHIVE or unpacked_size(data) > LARGE_UNPACKED


def unpacked_size(data: bytes) -> int:
    """Return the bytes of a file, of an archive those of all files in it, as it states them."""
    if data[:2] != b"PK":
        return len(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return max(len(data), sum(entry.file_size for entry in archive.infolist()))
    except DAMAGED_ARCHIVE:  # its reader says what is wrong with it
        return len(data)


def read_separately(
    name: str,
    data: bytes,
    *,
    topic: str,
    table: TableOptions | None = None,
    cpu_seconds: int = CPU_SECONDS,
    memory: int = MEMORY,
) -> ImportedSet:
    """Read a file in a process of its own. Raises Unreadable, and RuntimeError with the trace of any other error."""
    values = {"name": name, "data": data, "topic": topic, "table": table}
    return _run(_read, values, cpu_seconds=cpu_seconds, memory=memory)


def _run(
    function: Callable[..., ResultT], values: Mapping[str, Any], *, cpu_seconds: int = CPU_SECONDS, memory: int = MEMORY
) -> ResultT:
    """Return what a function of a module returns for these values, in a process of its own."""
    command = [sys.executable, "-I", str(_PROGRAM), str(_ROOT), str(cpu_seconds), str(memory)]
    try:
        done = subprocess.run(
            command, input=pickle.dumps((function, values)), capture_output=True, timeout=CLOCK_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("", _TOO_LONG) from None
    if done.returncode in (OUT_OF_MEMORY, -signal.SIGABRT):  # a compiled library that gets no memory aborts
        raise Unreadable("", _TOO_BIG)
    if done.returncode < 0:  # stopped by a signal
        raise Unreadable("", _TOO_LONG)
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    found: ResultT | tuple[str, str] = pickle.loads(done.stdout)
    if isinstance(found, tuple):
        raise Unreadable(*found)
    return found


def answer(cpu_seconds: int, memory: int) -> None:
    """Call the function on standard input, and write what it returns, or the place and message of Unreadable, to
    standard output.
    """
    _limit(cpu_seconds, memory)
    gc.disable()  # the process ends before there is anything to collect
    try:
        function, values = pickle.load(sys.stdin.buffer)
        sent = pickle.dumps(function(**values))
    except Unreadable as error:
        sent = pickle.dumps((error.place, error.message))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # which takes none
    sys.stdout.buffer.write(sent)


def _limit(cpu_seconds: int, memory: int) -> None:
    """Set the limits of this process, where the system has such limits."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
