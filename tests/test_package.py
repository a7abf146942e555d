"""The package: what is installed runs from anywhere, with the migrations and the question bank inside."""

import os
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheel and the source distribution."""
    directory = tmp_path_factory.mktemp("dist")
    program = [sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", str(directory)]
    done = subprocess.run([*program, str(ROOT)], capture_output=True, text=True, cwd=directory)
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


@pytest.fixture(scope="module")
def installed(built: Path) -> Path:
    """A directory into which the wheel is installed, without what it depends on."""
    target = built / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*pip, *map(str, built.glob("*.whl"))], check=True)
    return target


def test_the_wheel_holds_the_program_and_nothing_beside_it(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = ZipFile(wheel).namelist()
    metadata = wheel.name.split("-py3-")[0] + ".dist-info"
    assert {name.split("/")[0] for name in names} == {"quizapp", metadata}
    assert len(names) == len(set(names))
    for needed in (
        "quizapp/templates/base.html", "quizapp/static/js/app.js", "quizapp/migrations/env.py",
        "quizapp/core/common_passwords.txt.gz", "quizapp/migrations/versions/0001_first_schema.py",
        "quizapp/question_bank/april-1920/set.yaml",
    ):  # fmt: skip
        assert needed in names
    bank = {f"quizapp/{path.relative_to(ROOT)}" for path in (ROOT / "question_bank").rglob("*") if path.is_file()}
    assert bank <= set(names)
    unwanted = ("__pycache__", ".sqlite3", "secret_key", "/tests/", ".pyc")
    assert not [name for name in names if any(part in name for part in unwanted)]


def test_the_source_holds_what_the_tests_need_and_no_rubbish(built: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        paths = [Path(*Path(name).parts[1:]) for name in archive.getnames()]
    tops = {path.parts[0] for path in paths if path.parts}
    assert tops <= {
        ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "SECURITY.md",
        "constraints.txt", "migrations", "pyproject.toml", "question_bank", "quizapp", "tests",
    }  # fmt: skip
    assert {"quizapp", "migrations", "question_bank", "tests", "README.md", "LICENSE"} <= tops
    assert not [path for path in paths if path.suffix in (".pyc", ".sqlite3") or path.name == "secret_key"]


def test_it_runs_from_an_empty_directory(installed: Path, serve: Callable[..., Any], tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    server = serve("--workers", "1", home=home, PYTHONPATH=str(installed))
    visitor = server.visitor()
    assert "the fall of the first Azerbaijani republic" in visitor.get("/")
    visitor.post("/start")
    visitor.answer()
    assert server.stop() == 0
    assert [path.name for path in home.iterdir()] == ["data"]


def test_what_runs_is_what_was_installed(installed: Path, tmp_path: Path) -> None:
    """Or the test before this one would prove nothing."""
    told = subprocess.run(
        [sys.executable, "-c", "from quizapp.config import resource as r; print(r('question_bank'), r('migrations'))"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split() == [str(installed / "quizapp/question_bank"), str(installed / "quizapp/migrations")]


def test_every_dependency_has_an_upper_bound_and_a_pinned_version() -> None:
    """The README says how to renew constraints.txt after a change in pyproject.toml."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [Requirement(line) for line in lines if not line.strip().startswith("#")]
    pinned = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = metadata["project"]["optional-dependencies"].values()
    needed = [metadata["build-system"]["requires"], metadata["project"]["dependencies"], *extras]
    for text in chain.from_iterable(needed):
        wanted = Requirement(text)
        assert {bound.operator for bound in wanted.specifier} & {"<", "=="}, f"{text} has no upper bound"
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)]), f"{text} is not what is pinned"
