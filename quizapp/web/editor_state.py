"""The state of the editor: a form, what it was opened from, and how the question in it looks so far."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort, request, url_for
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from quizapp.core.kinds import KINDS, read_response
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds.base import AnswerPreview, WrittenResponse
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.sets import schema, spellings
from quizapp.core.sets.hints import Hint, hints
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import Draft
from quizapp.services import vocabulary
from quizapp.services.editor import drafts, questions, versions
from quizapp.services.editor.drafts import Subject
from quizapp.services.editor.questions import EditorQuestion, FactDetails, QuestionEdit
from quizapp.web.forms.field_errors import field_at, path_in_question, place_hints
from quizapp.web.forms.kinds import FORMS
from quizapp.web.forms.question import PREFIX, QuestionForm
from quizapp.web.identity import learner, safe_next
from quizapp.web.requests import NOT_STORED, is_storable

SEED = "preview"  # fixed, so that choices keep their order while an author types


@dataclass
class EditorState:
    """A form, and what it was opened from."""

    subject: Subject
    opened: EditorQuestion
    form: QuestionForm
    draft: Draft | None = None  # typed before, and neither gone on with nor discarded
    unsaved: bool = False
    beside: list[tuple[str, str]] = field(default_factory=list)  # what somebody else saved, to merge with

    @property
    def set_id(self) -> int:
        return self.opened.set.id

    @property
    def address(self) -> str:
        return address_of(self.set_id, self.subject, next=self.back)

    @property
    def back(self) -> str | None:
        """Return the page to go back to after saving, such as the question being studied; None to stay here."""
        return safe_next(request.args["next"], "") if "next" in request.args else None


def open_subject(set_id: int, subject: Subject) -> EditorQuestion:
    """Return the question as it is now, or what a new one begins with. Raises NotFound."""
    if subject.question_id:
        return questions.open_question(db.session(), learner(), set_id, subject.question_id)
    return questions.open_new(db.session(), learner(), set_id, subject.fact_id)


def open_editor(set_id: int, subject: Subject) -> EditorState:
    """Return the form as it stands, or with what was typed before when `draft` says so."""
    opened = open_subject(set_id, subject)
    draft = drafts.find_draft(db.session(), learner(), set_id, subject)
    if draft and request.args.get("draft"):
        return make_state(subject, opened, formdata=MultiDict(draft.form), unsaved=True)
    return make_state(subject, opened, data=_data(opened, subject), draft=draft)


def make_state(
    subject: Subject, opened: EditorQuestion, *, formdata: Any = None, data: Any = None, **more: Any
) -> EditorState:
    """Return the editor's state with what was posted, or with the data, in its form."""
    kind = opened.question.kind if opened.question else subject.kind
    assert kind is not None
    form = FORMS[kind].build(formdata, data)
    form.label_rows()
    form.offer(opened.set.header, opened.set.names)
    form.subject.data = str(subject)
    return EditorState(subject, opened, form, **more)


def _data(opened: EditorQuestion, subject: Subject) -> dict[str, Any]:
    """Return what the form begins with."""
    data: dict[str, Any] = {}
    if opened.question:
        data = data_of(opened.question.model_dump(mode="json"))
    elif subject.kind:
        data = {**FORMS[subject.kind].initial}
    text = opened.text or FactDetails("", request.args.get("topic", ""))
    return data | {
        "base": str(opened.version),
        "fact_base": str(opened.fact_version),
        "statement": text.statement,
        "topic": text.topic,
        "tags": ", ".join(text.tags),
        "passages": [str(number) for number in text.passages],
    }


def address_of(set_id: int, subject: Subject, **values: Any) -> str:
    if subject.question_id:
        return url_for("editor.question", set_id=set_id, question_id=subject.question_id, **values)
    return url_for("editor.new", set_id=set_id, kind=subject.kind, fact=subject.fact_id, **values)


def typed_fields() -> MultiDict[str, str]:
    """Return the fields of the question: posted as they are, or together, beside an answer that is tried."""
    pairs: Any = [pair for pair in request.form.items(multi=True) if pair[0].startswith(f"{PREFIX}-")]
    try:
        if "typed" in request.form:
            pairs = json.loads(request.form["typed"])
        fields = MultiDict([(str(name), str(value)) for name, value in pairs])
    except (ValueError, TypeError, RecursionError):
        abort(400)
    if not all(is_storable(name) and is_storable(value) for name, value in fields.items(multi=True)):
        abort(400, NOT_STORED)
    return fields


def state_from_post(set_id: int, kind: str) -> EditorState:
    """Return the form as it was posted, from any page of the editor."""
    if kind not in KINDS:
        abort(404)
    typed = typed_fields()
    subject = drafts.read_subject(typed.get(f"{PREFIX}-subject", f"new:{kind}"))
    return make_state(subject, open_subject(set_id, subject), formdata=typed, unsaved=True)


def read_form(form: QuestionForm) -> QuestionEdit:
    """Return what the form says. Raises ValidationError with every fault."""
    typed = form.statement.data or ""
    fact = schema.Fact.model_validate(
        {
            "key": "fact",
            "topic": form.topic.data,
            "statement": typed or "-",
            "passages": numbers_of(form.passages.data),
            "tags": tags_of(form.tags.data),
            "questions": [form.body(lambda digest: questions.picture_size(db.session(), digest))],
        }
    )
    return QuestionEdit(
        fact.questions[0],
        FactDetails(fact.statement if typed else "", fact.topic, tuple(fact.tags), tuple(fact.passages)),
    )


def describe_edit(opened: EditorQuestion) -> list[tuple[str, str]]:
    """Return a question and what is said of its fact, field by field in words."""
    fields = list(versions.describe_fields(opened.question.model_dump(mode="json"))) if opened.question else []
    titles = {topic["key"]: topic["title"] for topic in opened.set.header["topics"]}
    if text := opened.text:
        fields += [
            (gettext("Statement"), text.statement or gettext("same as the question")),
            (gettext("Topic"), titles.get(text.topic, text.topic)),
        ]
        fields += [
            (gettext("Tags"), ", ".join(text.tags)),
            (gettext("Passages"), ", ".join(map(str, text.passages))),
        ]
    return [(name, value) for name, value in fields if value]


@dataclass(frozen=True)
class Preview:
    """The question as students will see it, or what it still lacks; `hints` by the id of the field they are about."""

    question: AskedQuestion | None
    missing: list[str]
    hints: dict[str, list[str]]
    typed: str
    order: tuple[int, ...] = ()
    response: Any = None
    grade: Any = None
    remembered: bool = False
    overridden: bool = False
    hinted: bool = False


def make_preview(state: EditorState, answer: Any = None) -> Preview:
    form, opened = state.form, state.opened
    typed = json.dumps(form.posted_fields(), ensure_ascii=False)
    try:
        written = read_form(form)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
        lacking = [field_at(form, path_in_question(error)).label.text for error in errors]
        lacking.sort(key=lambda label: label != form.prompt.label.text)  # it stands first
        return Preview(None, list(dict.fromkeys(lacking)), {}, typed)
    asked = spellings.expand(written.question, opened.names)
    order = asked.shuffle_options(SEED)
    fields = place_hints(form, _hints(opened, written))
    if answer is None:
        return Preview(asked, [], fields, typed, order)
    try:
        response = read_response(asked, answer, order)
    except UnreadableResponse:
        abort(400)
    if isinstance(response, WrittenResponse):
        language = opened.set.header["language"]
        response, grade = vocabulary.grade_in_set(db.session(), opened.set.id, language, asked, response)
    else:
        grade = asked.grade(response)
    return Preview(asked, [], fields, typed, order, response, grade, grade.correct)


def preview_attempt(state: EditorState, asked: AskedQuestion, text: str) -> Sequence[AnswerPreview]:
    """Return how a typed answer to a question that is being written would be graded, and why."""
    its_set = state.opened.set
    context = vocabulary.context_of(db.session(), its_set.id, its_set.header["language"], asked, [text])
    return asked.preview_answer(text, context)


def _hints(opened: EditorQuestion, written: QuestionEdit) -> list[Hint]:
    fact = schema.Fact(
        key="fact",
        topic=written.fact.topic,
        statement=written.fact.statement or "-",
        date=opened.fact.date if opened.fact else None,
        questions=[*opened.siblings, written.question],
    )
    return hints(opened.header, opened.names, fact, len(opened.siblings))


def data_of(body: dict[str, Any]) -> dict[str, Any]:
    """Return what the form of a stored question holds."""
    picture = body.get("picture") or {}
    pictured = {"picture": picture.get("digest", ""), "picture_alt": picture.get("alt", "")}
    return body | pictured | FORMS[body["kind"]].load(body)


def tags_of(typed: str | None) -> list[str]:
    return list(dict.fromkeys(tag for tag in map(str.strip, (typed or "").split(",")) if tag))


def numbers_of(ticked: Iterable[str] | None) -> list[int]:
    return sorted({int(number) for number in ticked or () if number.isascii() and number.isdigit()})


# Rows of fields


def add_row(data: dict[str, Any], at: str) -> None:
    """Put a blank row at the end of the rows at `at`, as in "distractors" or "gaps-0-distractors"."""
    rows = _rows_at(data, at.split("-"))
    if rows is not None:
        rows.append(None)


def remove_row(data: dict[str, Any], at: str) -> None:
    """Take the row at `at` out, as in "distractors-2"."""
    *path, number = at.split("-")
    rows = _rows_at(data, path)
    if rows is not None and number.isdigit() and int(number) < len(rows):
        del rows[int(number)]


def _rows_at(data: Any, path: list[str]) -> list[Any] | None:
    for part in path:
        if isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data if isinstance(data, list) else None
