"""The environment of the templates: Flask's, with less to do for each page."""

from functools import lru_cache
from typing import Any, cast

from flask import request, url_for
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer

from quizapp.core.translation import gettext


def page_address(endpoint: str, **values: Any) -> str:
    """Return the address of a page, as `url_for` does; where only numbers vary, it is built once."""
    if request.args or not all([type(value) is int for value in values.values()]):  # noqa: C419 - a list is faster
        return url_for(endpoint, **values)
    return _address_pattern(endpoint, tuple(values), request.environ.get("SCRIPT_NAME", "")) % values


@lru_cache
def _address_pattern(endpoint: str, names: tuple[str, ...], root: str) -> str:
    """Return the address below this root with the names of its numbers in place of them."""
    numbers: dict[str, Any] = {name: 1_000_000_000 + place for place, name in enumerate(names)}
    address = url_for(endpoint, **numbers).replace("%", "%%")
    for name, number in numbers.items():
        address = address.replace(str(number), f"%({name})d")
    return address


class PageTemplate(Template):
    """A template whose macros are made once, when they are imported without context.

    Jinja compares the names that each page adds to the globals first, which takes longer than all else in importing a
    macro. No page adds any: what macros may use is in the environment's globals.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class PageEnvironment(Environment):
    """An environment that looks up messages without values when it compiles a template, not for each page."""

    template_class = PageTemplate

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return cast(nodes.Template, _Messages().visit(super()._parse(source, name, filename)))


class _Messages(NodeTransformer):
    """Replace each call of gettext for a message without values by its text."""

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:
        self.generic_visit(node)
        function = node.node
        is_gettext = isinstance(function, nodes.Name) and function.name in ("_", "gettext")
        if is_gettext and not node.kwargs and len(node.args) == 1 and isinstance(node.args[0], nodes.Const):
            return nodes.TemplateData(gettext(node.args[0].value), lineno=node.lineno)
        return node
