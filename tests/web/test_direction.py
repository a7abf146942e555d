"""Text from outside runs in its own direction and has its own language, on every page.

All that people and files supplied is Hebrew here and all else is not, so what a page takes from outside can be told by
its letters. tests/data/hebrew is the set; `visits` are the pages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from class_pages import work
from classes import make_account
from editor import fields_of, own_set
from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in_as
from people import security_token, send
from sampling import sample
from sqlalchemy import select
from study import NOON

from quizapp.extensions import db
from quizapp.models import Assignment, Classroom, Enrolment, Fact, Question, QuestionSet, QuestionVersion
from quizapp.services.attempts.lifecycle import begin_attempt

HEBREW = re.compile("[א-ת]")
ISOLATED = re.compile("\u2068[^\u2068\u2069]*\u2069")
VOID = {"meta", "link", "input", "br", "img", "hr", "source", "wbr"}
IN_WORDS = ("aria-label", "alt", "title", "placeholder", "content")  # attributes that people read or hear

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    parent: "Element | None" = None
    own: list[str] = field(default_factory=list)  # its text without that of elements with a direction of their own

    @property
    def runs_alone(self) -> bool:
        return self.tag == "bdi" or self.attributes.get("dir") is not None

    def around(self) -> Iterator["Element"]:
        """It and the elements around it, from the inside."""
        element: Element | None = self
        while element:
            yield element
            element = element.parent

    @property
    def language(self) -> str:
        return next(each.attributes["lang"] or "" for each in self.around() if "lang" in each.attributes)


class Reader(HTMLParser):
    """Reads a page into its texts and attributes, each with the element it is in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside = Element("", {"lang": "en"})
        self.texts: list[tuple[str, Element]] = []
        self.elements: list[Element] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs), self.inside))
        if tag not in VOID:
            self.inside = self.elements[-1]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs), self.inside))

    def handle_endtag(self, tag: str) -> None:
        for element in self.inside.around():
            if element.tag == tag and element.parent:
                self.inside = element.parent
                break

    def handle_data(self, data: str) -> None:
        if self.inside.tag in ("script", "style") or not data.strip():
            return
        self.texts.append((data, self.inside))
        for element in self.inside.around():
            element.own.append(data)
            if element.runs_alone:
                break


def faults(page: str) -> list[str]:
    """Return what a page shows of outside without a direction, or in that of English words."""
    reader = Reader(page)
    return [
        *(f"text: {text.strip()}" for text, element in reader.texts if not _runs_well(text, element)),
        *(f"<{each.tag}> {fault}" for each in reader.elements for fault in _faulty_attributes(each)),
    ]


def _runs_well(text: str, element: Element) -> bool:
    rest = ISOLATED.sub("", text)
    if not HEBREW.search(rest):
        return True
    alone = next((each for each in element.around() if each.runs_alone), None)
    if alone is None or alone.tag in ("html", "body"):
        return False
    return alone.tag == "bdi" or (alone.attributes["dir"] == "auto" and not re.search("[a-z]", "".join(alone.own)))


def _faulty_attributes(element: Element) -> Iterator[str]:
    attributes = element.attributes
    written = element.tag == "input" and attributes.get("type", "text") in ("text", "search")
    if written and HEBREW.search(attributes.get("value") or "") and attributes.get("dir") != "auto":
        yield f"value of {attributes.get('name')}"
    for name in IN_WORDS:
        rest = ISOLATED.sub("", attributes.get(name) or "")
        if HEBREW.search(rest) and re.search("[A-Za-z]", rest):
            yield f"{name}: {rest}"


# The pages


class World:
    """A set, a class that is assigned it, and its teacher and a student, who has answered everything wrongly."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            session = db.session()
            teacher = make_account(session, "רות 1", teaches=True)
            student = make_account(session, "דן 2")
            row = own_set(session, teacher, "hebrew")
            row.key, row.visibility = "hebrew", "public"
            classroom = Classroom(title="כיתה ז'2", timezone="UTC", join_code="K7M04TX9P", created_at=NOON)
            session.add(classroom)
            session.flush()
            for user, role in ((teacher, "teacher"), (student, "student")):
                called = "דני 3" if role == "student" else None
                session.add(Enrolment(class_id=classroom.id, user_id=user.id, role=role, joined_at=NOON, called=called))
            asked = list(
                session.execute(
                    select(Fact.id, QuestionVersion.id, Question.id, Question.key)
                    .join(Question, Question.fact_id == Fact.id)
                    .join(QuestionVersion, QuestionVersion.question_id == Question.id)
                    .where(Fact.set_id == row.id)
                    .order_by(Question.id)
                )
            )
            quiz = Assignment(
                class_id=classroom.id, set_id=row.id, made_by_id=teacher.id, kind="quiz", title="מבחן (1)",
                created_at=NOON, question_ids=[each[2] for each in asked], instructions="ענו על *הכול*.",
            )  # fmt: skip
            session.add(quiz)
            session.flush()
            attempts = [
                begin_attempt(
                    session, user, [(each[0], each[1]) for each in asked], set_id=row.id, purpose=purpose,
                    title="מבחן (1)", feedback=feedback, now=NOON, assignment_id=assignment,
                ).id
                for user, purpose, feedback, assignment in (
                    (student, "assignment", "at-end", quiz.id),
                    (student, "practice", "at-once", None),
                    (student, "pretest", "at-once", None),
                )
            ]  # fmt: skip
            session.commit()
            self.set_id, self.class_id, self.quiz_id, self.attempts = row.id, classroom.id, quiz.id, attempts
            self.questions = [each[2] for each in asked]
            self.facts = list(dict.fromkeys(each[0] for each in asked))
            self.people = {"teacher": teacher.id, "student": student.id}
        self.browsers = {who: log_in_as(app.test_client(), id) for who, id in self.people.items()}

    def get(self, who: str, path: str) -> str:
        answer = self.browsers[who].get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def post(self, who: str, path: str, **fields: Any) -> str:
        data = self.signed(who, **fields)
        answer = self.browsers[who].post(path, data=data, follow_redirects=True, content_type="multipart/form-data")
        assert answer.status_code in (200, 409, 422), (path, answer.status_code)
        return answer.text

    def signed(self, who: str, **fields: Any) -> dict[str, Any]:
        return fields | {"csrf_token": security_token(self.browsers[who])}


ORDER = {f"place-{place}": str(place + 1) for place in range(4)}
WRONG: dict[str, dict[str, str]] = {
    "choice": {"picked": "1"}, "true_false": {"picked": "true"}, "multiple": {"pick-0": "1"}, "ordering": ORDER,
    "matching": {"match-0": "0", "match-1": "0"}, "cloze": {"gap-0": "1", "gap-1": "לא כאן"},
    "flashcard": {"rating": "again"}, "essay": {"essay": "כך כתבתי"},
}  # fmt: skip


def wrong_answer(page: str) -> dict[str, str]:
    """Return the form that answers the question on a page wrongly."""
    kind = re.search(r'data-kind="(\w+)"', page)
    return WRONG.get(kind[1] if kind else "", {"text": "לא יודע"})


def visits(world: World) -> Iterator[tuple[str, str]]:
    """Yield the address and the content of each page."""
    yield from _answering(world)
    yield from _reading(world)
    yield from _writing(world)
    yield from _teaching(world)


def _answering(world: World) -> Iterator[tuple[str, str]]:
    yield "start", world.post("student", "/start", set="hebrew", timezone="UTC")
    for number, attempt in enumerate(world.attempts):
        for position in range(1, len(world.questions) + 1):
            path = f"/attempts/{attempt}/{position}"
            page = world.get("student", path)
            yield path, page
            yield f"POST {path}", world.post("student", path, **wrong_answer(page))
        yield f"hand-in {number}", world.post("student", f"/attempts/{attempt}/hand-in")
        yield f"result {number}", world.get("student", f"/attempts/{attempt}/result")
    for _ in range(30):
        page = world.get("student", "/review")
        yield "/review", page
        form = dict(re.findall(r'name="(seen|question)" value="(\d+)"', page))
        action = re.search(r'class="answer" method="post" action="(/review/\d+)"', page)
        if not action:
            break
        rating = {"rating": "again"} if 'data-kind="essay"' in page else {}
        yield f"POST {action[1]}", world.post("student", action[1], ms="900", **form, **wrong_answer(page), **rating)
    yield (
        "/review/offline",
        "".join(
            part
            for each in world.browsers["student"].get("/review/offline").get_json().get("questions", [])
            for part in (each["html"], each["answered"])
        ),
    )


def _reading(world: World) -> Iterator[tuple[str, str]]:
    paths = ["/", "/today", "/progress", "/progress?by=actor", "/progress?by=passage", "/progress/mix-ups",
             "/progress/calibration", "/quizzes", "/quizzes/new?set=hebrew", "/practice?set=hebrew", "/plans/hebrew",
             "/practice/match?set=hebrew&about=dates", "/practice/match?set=hebrew&about=names",
             "/practice/match?set=hebrew&about=answers", "/practice/which-first?set=hebrew", "/account",
             "/account/delete", "/classes", f"/classes/{world.class_id}", "/join/K7M04TX9P", "/explore",
             f"/assignments/{world.quiz_id}", f"/classes/{world.class_id}/assignments"]  # fmt: skip
    paths += [f"/explore/hebrew{part}" for part in ("", "/timeline", "/actors", "/causes", "/passages")]
    for key in ("source", "mouth", "gaps"):
        paths += [f"/explore/hebrew/facts/{key}", f"/progress/facts/hebrew/{key}"]
    for path in [*paths, "/explore/hebrew/causes?fact=source"]:
        yield path, world.get("student", path)
    game = {"set": "hebrew", "about": "names", "slips": "0", "board": "0", "ms": "21400"}
    yield "game", world.post("student", "/practice/match", **game)
    pair = world.get("student", "/practice/which-first?set=hebrew")
    fields = dict(re.findall(r'name="(set|since|one|other|ordering|picked)" value="([^"]+)"', pair))
    yield "pair", world.post("student", "/practice/which-first", **fields)
    yield "quiz", world.post("student", "/quizzes/new?set=hebrew", title="בוחן 1", size="3", feedback="at-end")
    for path in ("/", "/join/K7M04TX9P", "/explore/hebrew"):
        yield f"anonymous {path}", world.app.test_client().get(path).text
    stale = world.browsers["student"].post("/classes/new", data={"title": "כיתה (ב)", "csrf_token": "old"})
    yield "stale", stale.text


def _writing(world: World) -> Iterator[tuple[str, str]]:
    at = f"/sets/{world.set_id}"
    pages = ["", "?q=נהר", "/quick", "/names", "/names/nahum", "/settings", "/passages", "/passages/1", "/sharing",
             "/log", "/new", "/new/typed", "/drafts", "/export", "/export?format=aiken", "/import"]  # fmt: skip
    pages += [f"/questions/{question}" for question in world.questions]
    pages += [f"/questions/{question}/history" for question in sample(world.questions, every=4)]
    for fact in sample(world.facts, every=4):
        pages += [f"/facts/{fact}", f"/facts/{fact}/history", f"/new?fact={fact}", f"/new/typed?fact={fact}"]
    for path in ["/sets", *(at + page for page in pages)]:
        yield path, world.get("teacher", path)
    yield "authors", world.post("teacher", f"{at}/authors", name="דוד")
    yield "quick", world.post("teacher", f"{at}/quick", lines="מה?\tכן\nלא טוב", do="look", topic="dates", kind="auto")
    content = "question,answer,distractors\nמי (1)?,כהן,לוי | פרץ\nמה?,\n"
    upload = {"file": (BytesIO(content.encode()), "קובץ.csv"), "topic": "dates"}
    yield "import", world.post("teacher", f"{at}/import", **upload)
    question = f"{at}/questions/{world.questions[0]}"
    form = fields_of(world.get("teacher", question)).type(prompt="מי עוד?", explanation="", base="99")
    yield "conflict", world.post("teacher", question, do="save", **form)
    yield "try", world.post("teacher", f"{at}/try/typed", attempt="נחום כהנ", **form)
    copy = world.browsers["student"].post("/sets/duplicate", data=world.signed("student", key="hebrew")).location
    yield "updates", world.get("student", f"{copy}/updates")


def _teaching(world: World) -> Iterator[tuple[str, str]]:
    room, quiz, student = f"/classes/{world.class_id}", f"/assignments/{world.quiz_id}", world.people["student"]
    paths = ["/", "/classes", *(room + page for page in (
        "", "/settings", "/log", "/teachers", "/add", "/assignments", "/assignments/new",
        f"/assignments/new?set={world.set_id}&kind=study", f"/assignments/new?set={world.set_id}&kind=quiz",
        f"/students/{student}", f"/students/{student}/password", "/report", f"/students/{student}/report", "/map",
        "/map?rows=facts", "/map?by=passage", "/gradebook", f"/sets/{world.set_id}/analysis")),
        *(quiz + page for page in ("", "/edit", "/results", f"/results/{student}", "/analysis", "/regrade",
                                   "/duplicate", f"/extensions/{student}"))]  # fmt: skip
    for path in paths:
        yield path, world.get("teacher", path)
    yield "add", world.post("teacher", f"{room}/add", text="נועה לוי\nדנה, דנה!")
    listed = world.browsers["teacher"].post(f"{room}/add", data=world.signed("teacher", text="שם,קבוצה\nנועה לוי,א"))
    mapping = {"columns": "2", "role-0": "name", "role-1": "group", "heading": "1"}
    yield "check", world.post("teacher", listed.location, **mapping)
    yield "working", world.post("teacher", listed.location, create="y")
    work(world.app)
    yield "slips", world.get("teacher", listed.location)
    yield "groups", world.get("teacher", f"{room}?group=א")
    yield "passwords", world.post("teacher", f"{room}/passwords", all="y")
    yield "extension", world.post("teacher", f"{quiz}/extensions/{student}", factor="2")
    yield "log", world.get("teacher", f"{room}/log")
    yield "teachers", world.post("teacher", f"{room}/teachers", name="לא ידוע")


def test_every_text_from_outside_runs_in_its_own_direction(app: Flask) -> None:
    found = {address: said for address, page in visits(World(app)) if (said := faults(page))}
    assert found == {}


@pytest.mark.parametrize(
    "path",
    ["/review", "/explore/hebrew/facts/source", "/explore/hebrew", "/today", "/plans/hebrew", "/quizzes", "/progress"],
)
def test_a_text_has_the_language_of_its_set(app: Flask, path: str) -> None:
    world = World(app)
    world.post("student", f"/attempts/{world.attempts[0]}/hand-in")  # until then the facts are hidden
    world.post("student", "/start", set="hebrew", timezone="UTC")
    texts = Reader(world.get("student", path).partition("<main")[2]).texts
    wrong = [text for text, element in texts if re.search(r"[^\W\d]", text) and element.language != language_of(text)]
    assert wrong == []


def test_what_may_be_practised_has_the_language_of_the_set(app: Flask) -> None:
    world = World(app)
    world.post("student", f"/attempts/{world.attempts[0]}/hand-in")
    page = world.get("student", "/practice?set=hebrew")
    assert '<bdi lang="he">תאריכים 1</bdi>' in page
    for label in ("¶ 1 מקורות", "נחום כהן"):
        assert re.search(rf'<option value="[^"]+" [^>]*lang="he"[^>]*>{label} \(', page)


def test_the_title_of_a_set_has_its_language_where_letters_do_not_tell(app: Flask, client: FlaskClient) -> None:
    send(client, "/start", set="sample", timezone="UTC")
    with app.app_context():
        row = db.session.scalars(select(QuestionSet).where(QuestionSet.key == "sample")).one()
        row.header = {**row.header, "language": "fr"}
        db.session.commit()
    for path in ("/today", "/plans/sample"):
        assert '<bdi lang="fr">Three rivers</bdi>' in client.get(path).text, path


def language_of(text: str) -> str:
    return "he" if HEBREW.search(text) else "en"
