"""The set of the demo class: a copy of a real set, filled up with the chronicle of an invented land."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import models
from quizapp.core.kinds import parse_question
from quizapp.core.kinds.choice import Choice
from quizapp.core.sets import schema
from quizapp.core.sets.schema import Fact, Passage, Topic
from quizapp.demo.students import DemoQuestion, prepare_question
from quizapp.models import Question, QuestionSet, QuestionVersion, User
from quizapp.services.sets.contents import insert_set
from quizapp.services.sets.updates import apply_document

TOPICS = (
    Topic(key="towns", title="Orvia: towns", summary="When the towns of an invented land built their landmarks."),
    Topic(key="rulers", title="Orvia: rulers", summary="Who ruled in the invented land when something was built."),
)
_PLACES = (
    "Talvan", "Meresk", "Orhaven", "Silbrun", "Kestwick", "Dornath", "Velmar", "Ashby-on-Orv", "Lunden Gate", "Pirrow",
    "Hallim", "Brenstad", "Corvane", "Wester Ness", "Ivelmouth", "Quarrow", "Tarnholm", "Eskerby", "Norrel", "Fennick",
)  # fmt: skip
_WORKS = ("bridge", "harbour", "town wall", "mint", "observatory", "salt market", "library", "aqueduct")
_RULERS = ("Aldric I", "Maren II", "Osric the Mild", "Ilvane", "Teodor III", "Berengar", "Sunniva", "Kasimir IV")
_CHAPTERS = ("The building years", "Walls and markets", "The learned century", "Water and stone")
MOST_INVENTED = len(_PLACES) * len(_WORKS) * 2  # facts


def invent_passages(first: int) -> list[Passage]:
    """Return the chapters of the chronicle, numbered from `first`."""
    return [
        Passage(number=number, title=title, digest="An invented chapter, for demonstration only.")
        for number, title in enumerate(_CHAPTERS, start=first)
    ]


def invent_facts(count: int, *, seed: str, first_passage: int) -> list[Fact]:
    """Return up to MOST_INVENTED facts of the chronicle, the same for the same seed."""
    chance = Random(seed)
    built = list(product(_PLACES, _WORKS))
    chance.shuffle(built)
    facts: list[Fact] = []
    for number, (place, work) in enumerate(built):
        year, ruler = 1100 + 3 * number, chance.choice(_RULERS)
        passage = first_passage + number % len(_CHAPTERS)
        key = f"{place.lower().replace(' ', '-')}-{work.replace(' ', '-')}"
        facts.append(_year_fact(key, place, work, year, passage, chance))
        facts.append(_ruler_fact(key, place, work, ruler, passage, chance))
    return facts[:count]


def _year_fact(key: str, place: str, work: str, year: int, passage: int, chance: Random) -> Fact:
    others = chance.sample([year - 40, year - 12, year + 9, year + 31, year + 60], 3)
    return _fact(
        f"{key}-year",
        "towns",
        f"The {work} of {place} was finished in {year}.",
        passage,
        _choice(f"In which year was the {work} of {place} finished?", str(year), [str(each) for each in others]),
        {"kind": "number", "prompt": f"The {work} of {place} was finished in the year …", "answer": str(year)},
    )


def _ruler_fact(key: str, place: str, work: str, ruler: str, passage: int, chance: Random) -> Fact:
    others = chance.sample([each for each in _RULERS if each != ruler], 3)
    return _fact(
        f"{key}-ruler",
        "rulers",
        f"The {work} of {place} was begun under {ruler}.",
        passage,
        _choice(f"Under whom was the {work} of {place} begun?", ruler, others),
        {"kind": "typed", "prompt": f"Name the ruler under whom the {work} of {place} was begun.", "answer": ruler},
    )


def _choice(prompt: str, answer: str, others: list[str]) -> dict[str, object]:
    misconceptions = ["wrong-reign" if not answer.isdigit() else "wrong-decade", None, None]
    distractors = [
        {"text": text, "misconception": misconception}
        for text, misconception in zip(others, misconceptions, strict=True)
    ]
    return {"kind": "choice", "prompt": prompt, "answer": answer, "distractors": distractors}


def _fact(key: str, topic: str, statement: str, passage: int, *bodies: dict[str, object]) -> Fact:
    questions = [
        parse_question({"key": f"{key}-{number}", "explanation": statement, **body})
        for number, body in enumerate(bodies, start=1)
    ]
    return Fact(key=key, topic=topic, statement=statement, passages=[passage], questions=questions)


def insert_demo_set(
    session: Session, owner: User, source: schema.QuestionSet, count: int, seed: int, now: datetime
) -> QuestionSet:
    """Return a new set of `count` facts: those of the source that fit, and at least four invented ones, of which the
    first is miskeyed. Raises ValueError for more facts than there are."""
    invented = max(count - len(source.facts), min(count, 4))
    if invented > MOST_INVENTED:
        raise ValueError(f"there are at most {len(source.facts) + MOST_INVENTED} facts")
    first = 1 + max((passage.number for passage in source.header.passages), default=0)
    miskeyed, *others = invent_facts(invented, seed=f"{seed}", first_passage=first)
    facts = _drop_outside_links((*source.facts[: count - invented], _miskey(miskeyed), *others))
    keys = {fact.key for fact in facts}
    header = source.header.model_copy(
        update={
            "title": f"{source.header.title} (demo)"[:300],
            "topics": [*source.header.topics, *TOPICS],
            "passages": [*source.header.passages, *invent_passages(first)],
            "end": source.header.end if source.header.end in keys else None,
            "refuse": [],
        }
    )
    row = insert_set(session, owner, header, source.names, now=now)
    row.is_demo = True
    document = schema.QuestionSet(schema.SetHeader.model_validate(row.header), source.names, facts)
    apply_document(session, row, document, author=owner, by_author=True, now=now)
    return row


def _drop_outside_links(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return the facts without links to facts that are not among them."""
    keys = {fact.key for fact in facts}
    return tuple(
        fact.model_copy(update={"leads_to": {key: why for key, why in fact.leads_to.items() if key in keys}})
        for fact in facts
    )


def _miskey(fact: Fact) -> Fact:
    """Return the fact with the answer of its choice question and the first distractor swapped."""
    question = fact.questions[0]
    assert isinstance(question, Choice)
    distractor = question.distractors[0]
    swapped = question.model_copy(
        update={
            "answer": distractor.text,
            "distractors": [distractor.model_copy(update={"text": question.answer}), *question.distractors[1:]],
        }
    )
    return fact.model_copy(update={"questions": [swapped, *fact.questions[1:]]})


@dataclass(frozen=True, slots=True)
class QuestionPool:
    """The questions of the set with their possible answers: all by fact, those the app grades also by question id."""

    of_fact: Mapping[int, Sequence[DemoQuestion]]
    of_question: Mapping[int, tuple[int, DemoQuestion]]  # with the fact
    keys: Mapping[str, int]  # of questions, with their ids


def read_questions(session: Session, set_id: int) -> QuestionPool:
    """Return the questions of a set with their possible answers."""
    rows = session.execute(
        select(Question.fact_id, Question.id, Question.key, QuestionVersion.id.label("version"), QuestionVersion.body)
        .join(Question.current_version)
        .join(models.Fact, models.Fact.id == Question.fact_id)
        .where(models.Fact.set_id == set_id)
        .order_by(models.Fact.position, Question.position)
    ).all()
    of_fact: dict[int, list[DemoQuestion]] = defaultdict(list)
    of_question: dict[int, tuple[int, DemoQuestion]] = {}
    for row in rows:
        question = prepare_question(row.version, parse_question(row.body))
        of_fact[row.fact_id].append(question)
        if not question.body.self_graded:
            of_question[row.id] = (row.fact_id, question)
    return QuestionPool(of_fact, of_question, {row.key: row.id for row in rows})
