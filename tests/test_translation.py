"""Every text that people read passes through gettext: by `{% trans %}` and `_()` in templates, `gettext` in Python."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from jinja2 import Environment, nodes

from quizapp.web import rendering

PACKAGE = Path(__file__).parents[1] / "quizapp"
TRANSLATES = {"_", "gettext", "ngettext"}
READ_ATTRIBUTES = {"alt", "aria-description", "aria-label", "aria-roledescription", "placeholder", "title"}
HOLE = " \ue000"  # in place of an expression in the text of a template
WORD = re.compile(r"[A-Za-z]{2,}")
# What is like a sentence or a label, in an expression of a template or in Python
PHRASE = re.compile(r"[A-Za-z’“]{2,}[,.:;]? [A-Za-z“‘(]|^[A-Z][a-z]+[.!?…]?$")
CLASSES = re.compile(r"^(?=button |.*(--|__)) ?[a-z]+( [a-z_-]+)+$")
NAMES = {"quizapp", "Lax"}
NO_TEXT = {
    "core/text/": "words that are parsed",
    "core/formats/anki/collection_writer.py": "SQL, and Anki's own names",
    "core/formats/tables/reports.py": "headings of other programs",
    "core/formats/tables/xlsx.py": "names of elements and attributes",
    "demo/": "content",
    "models/": "SQL",
    "cli/tasks.py": "names of jobs, as they are stored",
    "services/jobs.py": "names of jobs, as they are stored",
}


class VisibleText(HTMLParser):
    """Collects the text and the spoken attributes of a template's own HTML, with their lines."""

    def __init__(self) -> None:
        super().__init__()
        self.line = 0
        self.found: list[tuple[int, str]] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style")
        for name, value in attrs:
            if name in READ_ATTRIBUTES or (name == "content" and ("name", "description") in attrs):
                self.add(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.add(data)

    def add(self, text: str) -> None:
        words = re.sub('[a-z-]+="', "", text.replace(HOLE, " "))  # without the names of attributes
        if set(WORD.findall(words)) - NAMES:
            self.found.append((self.line, " ".join(text.replace(HOLE, "…").split())))


@pytest.fixture(scope="module")
def templates() -> Environment:
    app = Flask("quizapp", root_path=str(PACKAGE))
    rendering.init_app(app)
    return app.jinja_env


def template_text(templates: Environment, path: Path) -> Iterator[tuple[int, str]]:
    """Yield the text of a template that does not pass through gettext, with its lines."""
    tree = templates.parse(path.read_text(encoding="utf-8"))
    visible = VisibleText()
    for node in _in_order(tree):
        if isinstance(node, nodes.TemplateData):
            visible.line = node.lineno
            visible.feed(node.data)
        elif isinstance(node, nodes.Const) and _is_phrase(node.value) and not CLASSES.search(node.value):
            yield node.lineno, node.value
        elif isinstance(node, nodes.Expr):
            visible.feed(HOLE)
    visible.close()
    yield from visible.found


def _in_order(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the nodes of a template but for what passes through gettext."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in TRANSLATES:
        for each in [*node.args, *(keyword.value for keyword in node.kwargs)]:
            if not isinstance(each, nodes.Const):
                yield from _in_order(each)
        return
    yield node
    for child in node.iter_child_nodes():
        yield from _in_order(child)


def _is_phrase(value: object) -> bool:
    return isinstance(value, str) and bool(PHRASE.search(value)) and value not in NAMES


# Python

# Whose text nobody but programmers and administrators reads
INTERNAL_CALLS = {
    *("AssertionError", "KeyError", "LookupError", "OverflowError", "RuntimeError", "TypeError", "ValueError"),
    *("compile", "debug", "error", "exception", "execute", "getLogger", "info", "text", "warning"),
}


def python_text(path: Path) -> Iterator[tuple[int, str]]:
    """Yield what looks like a sentence or a label in Python and does not pass through gettext, with its lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in _python_in_order(tree, _docstrings(tree)):
        if isinstance(node, ast.Constant) and _is_phrase(node.value):
            yield node.lineno, node.value


def _docstrings(tree: ast.AST) -> set[ast.AST]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, documented))
    texts = (statement.value for body in bodies for statement in body if isinstance(statement, ast.Expr))
    return {text for text in texts if isinstance(text, ast.Constant)}


def _python_in_order(node: ast.AST, passed_over: set[ast.AST]) -> Iterator[ast.AST]:
    if node in passed_over:
        return
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in TRANSLATES | INTERNAL_CALLS:
            for each in [*node.args, *(keyword.value for keyword in node.keywords)]:
                if not isinstance(each, ast.Constant | ast.JoinedStr):
                    yield from _python_in_order(each, passed_over)
            return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _python_in_order(child, passed_over)


def _has_text(path: Path) -> bool:
    return not str(path.relative_to(PACKAGE)).startswith(tuple(NO_TEXT))


def _lines(path: Path, found: Iterable[tuple[int, str]]) -> list[str]:
    return [f"{path.relative_to(PACKAGE)}:{line}: {text}" for line, text in found]


def test_the_text_of_templates_passes_through_gettext(templates: Environment) -> None:
    paths = sorted((PACKAGE / "templates").rglob("*.html"))
    assert [line for path in paths for line in _lines(path, template_text(templates, path))] == []


def test_the_text_in_python_passes_through_gettext() -> None:
    modules = filter(_has_text, sorted(PACKAGE.rglob("*.py")))
    assert [line for path in modules for line in _lines(path, python_text(path))] == []


def test_the_catalogue_has_every_message_and_no_other() -> None:
    """The README says how to renew it."""
    options = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in options]
    found = extract_from_dir(PACKAGE, methods, {each["pattern"]: each for each in options})
    with (PACKAGE / "locale/messages.pot").open(encoding="utf-8") as file:
        catalogue = read_po(file)
    assert {_singular(message) for _, _, message, *_ in found} == {_singular(each.id) for each in catalogue if each.id}


def _singular(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("{% trans %}Saved.{% endtrans %} <b>{{ _('Undo') }}</b>", []),
        ("<p>Saved.</p>", ["Saved."]),
        ('<p title="Not yet">{{ x }}</p>', ["Not yet"]),
        ("{{ field(x, help='At most ten') }}", ["At most ten"]),
        ("{{ 'so far' if x }}", ["so far"]),
        ("{{ action(x, classes='button button--quiet') }}", []),
        ("{{ _('%(n)s of them', n='two words') }}", []),
        ("<script>const word = 1</script>", []),
    ],
)
def test_it_finds_text_in_a_template(templates: Environment, tmp_path: Path, template: str, found: list[str]) -> None:
    path = tmp_path / "one.html"
    path.write_text(template)
    assert [text for _, text in template_text(templates, path)] == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('flash(gettext("It is saved."))', []),
        ('flash("It is saved.")', ["It is saved."]),
        ('LABELS = {"new": "Not met"}', ["Not met"]),
        ('raise ValueError("not a day")', []),
        ('def f():\n    """Return a thing."""', []),
        ('flash(f"{n} facts are new.")', [" facts are new."]),
    ],
)
def test_it_finds_text_in_python(tmp_path: Path, source: str, found: list[str]) -> None:
    path = tmp_path / "one.py"
    path.write_text(source)
    assert [text for _, text in python_text(path)] == found
