"""The layers: imports go down only, and what is below the web neither reads the clock nor commits. Comments name what
exists."""

import ast
import pkgutil
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What each layer of the package may import of it; `wiring` is the modules beside the layers: config.py …
MAY_IMPORT = {
    "core": {"core"},
    "models": {"models", "core"},
    "services": {"services", "models", "core"},
    "demo": {"demo", "services", "models", "core"},
    "web": {"web", "services", "models", "core", "wiring"},
    "cli": {"cli", "demo", "services", "models", "core", "wiring"},
    "wiring": {"web", "models", "core", "wiring"},
}
FORBIDDEN_LIBRARIES = {
    "core": {"alembic", "flask", "flask_login", "flask_sqlalchemy", "flask_wtf", "sqlalchemy", "wtforms"},
    "models": {"alembic", "flask", "flask_login", "flask_sqlalchemy", "flask_wtf", "wtforms", "click"},
    "services": {"alembic", "flask", "flask_login", "flask_sqlalchemy", "flask_wtf", "wtforms", "click"},
    "demo": {"alembic", "flask", "flask_login", "flask_sqlalchemy", "flask_wtf", "wtforms", "click"},
}
SHARED_SERVICES = {
    "access", "answer_times", "attempts", "audit_log", "due_days", "eligibility", "errors", "exams", "log_ins",
    "memories", "memory_events", "overrides", "replay", "running_quizzes", "sets", "throttle", "vocabulary",
}  # fmt: skip
CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
    "time.monotonic", "time.perf_counter", "time.localtime", "time.gmtime",
}  # fmt: skip
OWN_RANDOMNESS = {"random.Random"}  # seeded by whoever makes one
REQUESTS = "quizapp.web.requests"  # where the web reads its clock and commits


def faults(root: Path) -> list[str]:
    """Every breach of the layers in the package and the migrations under `root`, as `file:line what`."""
    package = root / "quizapp"
    paths = sorted(package.rglob("*.py"))
    modules = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    blueprints = {_dotted(root, path) for path, tree in modules.items() if _defines_blueprint(tree)}
    found: list[str] = []
    for path, tree in modules.items():
        layer, name = _layer(package, path), _dotted(root, path)
        imports = _imports(tree, layer, name, path.name == "__init__.py", blueprints)
        problems = sorted([*imports, *_forbidden_calls(tree, layer, name)])
        found += [f"{path.relative_to(root).as_posix()}:{line} {what}" for line, what in problems]
    for path in sorted((root / "migrations").rglob("*.py")):
        for line, target in _imported(ast.parse(path.read_text(encoding="utf-8")), "migrations", package=False):
            if target.split(".")[0] == "quizapp":
                found.append(f"{path.relative_to(root).as_posix()}:{line} a migration imports {target}")
    return found


def _dotted(root: Path, path: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _layer(package: Path, path: Path) -> str:
    parts = path.relative_to(package).parts
    if len(parts) > 1:
        return parts[0]
    return "cli" if parts[0] == "__main__.py" else "wiring"


def _defines_blueprint(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "bp" for t in node.targets)
        for node in tree.body
    )


def _imported(tree: ast.AST, module: str, *, package: bool) -> Iterator[tuple[int, str]]:
    """Each module or name that is imported, in full, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.split(".")[: -(node.level - package) or None]
                base = ".".join([*above, base] if base else above)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def _imports(tree: ast.AST, layer: str, module: str, package: bool, blueprints: set[str]) -> Iterator[tuple[int, str]]:
    for line, target in _imported(tree, module, package=package):
        parts = target.split(".")
        if parts[0] in FORBIDDEN_LIBRARIES.get(layer, ()):
            yield line, f"{layer} imports {parts[0]}"
        if parts[0] != "quizapp":
            continue
        target_layer = parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else "wiring"
        if target_layer not in MAY_IMPORT[layer]:
            yield line, f"{layer} imports {target}"
        if layer == target_layer == "services" and parts[2] not in {module.split(".")[2], *SHARED_SERVICES}:
            yield line, f"{module} imports its sibling {parts[2]}"
        if module in blueprints and ".".join(parts[:3]) in blueprints - {module}:
            yield line, f"{module} imports the blueprint {parts[2]}"


def _forbidden_calls(tree: ast.AST, layer: str, module: str) -> Iterator[tuple[int, str]]:
    """Clocks read, transactions committed and the shared random generator used where they must not be."""
    if layer not in ("core", "models", "services", "demo", "web") or module == REQUESTS:
        return
    for line, name in _used(tree):
        if name in CLOCKS:
            yield line, f"{layer} reads the clock: {name}"
        if name.endswith(".commit") and name != "super().commit":  # which a kind of connection is defined by
            yield line, f"{layer} commits"
        if name.startswith("random.") and name not in OWN_RANDOMNESS:
            yield line, f"{layer} uses the shared random generator: {name}"


def _used(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every `owner.attribute`, and what is imported from `time` and `random`, as if it were written so too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.lineno, f"{ast.unparse(node.value).split('.')[-1]}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module in ("random", "time"):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def test_it_works() -> None:
    assert (ROOT / "quizapp" / "core").is_dir()
    assert faults(ROOT) == []


def planted(root: Path, file: str, source: str) -> Path:
    """A small tree with one blueprint, home, and a file that does what `source` says."""
    for path, text in [("quizapp/web/home.py", "bp = Blueprint('home', __name__)"), (file, source)]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


CORE, MODELS, SERVICES, DEMO, WEB, CLI = (
    f"quizapp/{layer}/quizzes.py" for layer in ("core", "models", "services", "demo", "web", "cli")
)
MIGRATION = "migrations/versions/0002_quizzes.py"


@pytest.mark.parametrize(
    ("file", "source", "fault"),
    [
        (CORE, "import flask", "core imports flask"),
        (CORE, "from sqlalchemy.orm import Session", "core imports sqlalchemy"),
        (CORE, "from quizapp.models import User", "core imports quizapp.models.User"),
        (CORE, "from ..models import User", "core imports quizapp.models.User"),
        (CORE, "from quizapp import models", "core imports quizapp.models"),
        (CORE, "import datetime as d\nd.datetime.now()", "core reads the clock: datetime.now"),
        (CORE, "from time import time", "core reads the clock: time.time"),
        (CORE, "from datetime import date\ndate.today()", "core reads the clock: date.today"),
        (CORE, "import random\nrandom.shuffle([])", "random.shuffle"),
        (CORE, "from random import choice", "random.choice"),
        (MODELS, "from flask_login import UserMixin", "models imports flask_login"),
        (MODELS, "from quizapp.services import memories", "models imports quizapp.services.memories"),
        (MODELS, "from quizapp.extensions import db", "models imports quizapp.extensions.db"),
        (SERVICES, "from flask import g", "services imports flask"),
        (SERVICES, "def f(session): session.commit()", "services commits"),
        (SERVICES, "from datetime import datetime\nx = datetime.now", "reads the clock"),
        (SERVICES, "from quizapp.services.home import ping", "imports its sibling home"),
        (SERVICES, "from quizapp.services import home", "imports its sibling home"),
        (SERVICES, "from . import home", "imports its sibling home"),
        ("quizapp/services/exams/marks.py", "from ..home import ping", "imports its sibling home"),
        (SERVICES, "def f():\n    from quizapp.web import requests", "quizapp.web.requests"),
        (WEB, "import quizapp.cli.setup", "web imports quizapp.cli.setup"),
        (WEB, "from quizapp.web import home\nbp = 1", "imports the blueprint home"),
        (WEB, "from quizapp.web.home import index\nbp = 1", "imports the blueprint home"),
        (WEB, "from datetime import UTC, datetime\ndatetime.now(UTC)", "web reads the clock: datetime.now"),
        (WEB, "from quizapp.extensions import db\ndb.session.commit()", "web commits"),
        (DEMO, "from quizapp.cli.setup import clock", "demo imports quizapp.cli.setup.clock"),
        (DEMO, "import random\nrandom.random()", "demo uses the shared random generator: random.random"),
        (SERVICES, "from quizapp.demo import quizzes", "services imports quizapp.demo.quizzes"),
        (WEB, "from quizapp.demo import quizzes", "web imports quizapp.demo.quizzes"),
        (CLI, "from quizapp.web.requests import now", "cli imports quizapp.web.requests.now"),
        (MIGRATION, "from quizapp.models import User", "a migration imports quizapp.models.User"),
    ],
)
def test_a_breach_is_seen(tmp_path: Path, file: str, source: str, fault: str) -> None:
    found = faults(planted(tmp_path, file, source))
    assert len(found) == 1, found
    assert found[0].startswith(f"{file}:")
    assert fault in found[0]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        (CORE, "from random import Random\nRandom('seed').shuffle([])"),
        (CORE, "import random\nrandom.Random(7)"),
        (CLI, "from quizapp.demo import quizzes"),
        (DEMO, "from quizapp.services.sets import contents"),
        ("quizapp/services/review/queue.py", "from quizapp.services.review import answers"),
        ("quizapp/services/review/queue.py", "from quizapp.services.errors import NotFound"),
        (WEB, "from quizapp.web.requests import now\nfrom quizapp.services import memories\nbp = 1"),
        ("quizapp/web/requests.py", "from datetime import UTC, datetime\ndatetime.now(UTC)"),
        ("quizapp/web/__init__.py", "from quizapp.web import home"),
    ],
)
def test_what_is_allowed_is_no_breach(tmp_path: Path, file: str, source: str) -> None:
    assert faults(planted(tmp_path, file, source)) == []


# Names in comments

REFERENCE = re.compile(r"\b((?:core|services|models|web)(?:\.[a-z]\w*)+(?:\.[A-Z]\w*)?)\b")


def prose(path: Path) -> Iterator[str]:
    """Yield the comments and strings of a Python file, the comments of a template."""
    if path.suffix == ".html":
        yield from re.findall(r"(?s)\{#.*?#\}", path.read_text(encoding="utf-8"))
        return
    with tokenize.open(path) as source:
        for token in tokenize.generate_tokens(source.readline):
            if token.type in (tokenize.COMMENT, tokenize.STRING):
                yield token.string


@pytest.mark.parametrize("pattern", ["*.py", "*.html"])
def test_what_comments_refer_to_exists(pattern: str) -> None:
    found = {
        (path, name)
        for path in (ROOT / "quizapp").rglob(pattern)
        for text in prose(path)
        for name in REFERENCE.findall(text)
    }
    assert found
    assert [f"{path.relative_to(ROOT)}: {name}" for path, name in sorted(found) if not exists(name)] == []


def exists(name: str) -> bool:
    try:
        pkgutil.resolve_name(f"quizapp.{name}")
    except (AttributeError, ImportError):
        return False
    return True
