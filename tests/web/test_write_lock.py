"""Pages are rendered while other writers get through, unless something was written."""

from typing import Any

import pytest
from editor import Author, fields_of
from flask import Flask, before_render_template
from people import sign_up
from write_lock import is_free


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_works_for_forms_with_errors_and_previews(app: Flask, database_url: str) -> None:
    rendered: dict[str, bool] = {}

    def note(app: Flask, template: Any, **more: Any) -> None:
        rendered[template.name] = is_free(database_url)

    author = Author(app)
    form = fields_of(author.get("new/typed"))
    with before_render_template.connected_to(note, app):
        assert author.post("new/typed", form, do="save").status_code == 422
        assert author.post("preview/typed", form, part=True).status_code == 200
        assert sign_up(app.test_client(), repeated="something else").status_code == 422
    assert {"editor/question.html", "editor/_preview.html", "accounts/signup.html"} <= rendered.keys()
    assert all(rendered.values()), rendered
