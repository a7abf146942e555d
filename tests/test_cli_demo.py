"""`quizapp demo` as a command."""

import re
from collections.abc import Callable
from subprocess import CompletedProcess

SMALL = ("--students", "5", "--facts", "12", "--reviews", "300")


def password(done: "CompletedProcess[str]") -> str:
    found = re.search(r"Password for both: (\S+)", done.stdout)
    assert found, done.stdout + done.stderr
    return found[1]


def test_it_prints_how_to_look_at_the_class_and_does_not_make_a_second(
    command: Callable[..., "CompletedProcess[str]"],
) -> None:
    first = command("demo", *SMALL)
    assert first.returncode == 0 and "event=demo user=- outcome=done by=command-line" in first.stderr, first.stderr
    assert "5 students, 12 facts, 300 reviews" in first.stdout
    assert "Teacher: Demo teacher\nStudent: Aysel (demo)\n" in first.stdout
    assert "Demo teacher" in command("user", "list").stdout

    second = command("demo", *SMALL)
    assert second.returncode == 2
    assert "--again" in second.stderr

    third = command("demo", *SMALL, "--again")
    assert third.returncode == 0, third.stderr
    assert password(third) != password(first)
    assert command("user", "list").stdout.count("Demo teacher") == 1
