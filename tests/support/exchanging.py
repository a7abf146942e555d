"""Sets to write in other formats, and what reading them must give back."""

from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from quizapp.core.formats.frame import Read
from quizapp.core.kinds import Question, parse_question
from quizapp.core.sets import schema
from quizapp.core.sets.files import read_set
from quizapp.core.sets.spellings import expand

DATA = Path(__file__).parents[1] / "data"


def picture_bytes() -> bytes:
    made = BytesIO()
    Image.new("RGB", (12, 8), (30, 80, 160)).save(made, "WEBP")
    return made.getvalue()


PICTURE = picture_bytes()
PICTURES = {sha256(PICTURE).hexdigest(): PICTURE}


def set_to_exchange(name: str) -> schema.QuestionSet:
    """A set of the test data as it stands in the app; its first question has a picture, its first fact tags."""
    found, problems = read_set(DATA / name)
    assert found, problems
    facts = [f.model_copy(update={"questions": [expand(q, found.names) for q in f.questions]}) for f in found.facts]
    picture = {"digest": next(iter(PICTURES)), "width": 12, "height": 8, "alt": "A “blue” <flag> & more"}
    questions = [parse_question(facts[0].questions[0].model_dump() | {"picture": picture}), *facts[0].questions[1:]]
    facts[0] = facts[0].model_copy(update={"tags": ["two words", "spring"], "questions": questions})
    return replace(found, facts=tuple(facts))


def with_question(source: schema.QuestionSet, key: str, **update: Any) -> schema.QuestionSet:
    """The set with one question changed."""
    facts = [
        fact.model_copy(
            update={"questions": [q.model_copy(update=update) if q.key == key else q for q in fact.questions]}
        )
        for fact in source.facts
    ]
    return replace(source, facts=tuple(facts))


def asked_in(source: schema.QuestionSet | Read) -> list[Any]:
    """Every question, in order."""
    facts = [found.fact for found in source.facts] if isinstance(source, Read) else source.facts
    return [question for fact in facts for question in fact.questions]


def first_of(source: schema.QuestionSet, kind: type[Question]) -> Any:
    return next(question for question in asked_in(source) if isinstance(question, kind))


def assert_same(read: Read, source: schema.QuestionSet) -> None:
    """What was read says all that the set says, its topics by their titles."""
    titles = {topic.key: topic.title for topic in source.header.topics}
    got = [found.fact.model_copy(update={"topic": read.topics[found.fact.topic]}) for found in read.facts]
    assert got == [fact.model_copy(update={"topic": titles[fact.topic]}) for fact in source.facts]
    assert read.skipped == ()
    assert read.lost == ()
