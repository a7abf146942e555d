"""The part of the demonstration set that is made up, so that it has any size: a chronicle of a land that never was."""

from itertools import product
from random import Random

from quizapp.core.kinds import Question, parse_question
from quizapp.core.sets.schema import Fact, Passage, Topic

TOPICS = (
    Topic(
        key="towns", title="Orvia: towns", summary="When the towns of an invented land built what they are known by."
    ),
    Topic(key="rulers", title="Orvia: rulers", summary="Who ruled in the invented land when something was built."),
)
_PLACES = (
    "Talvan", "Meresk", "Orhaven", "Silbrun", "Kestwick", "Dornath", "Velmar", "Ashby-on-Orv", "Lunden Gate", "Pirrow",
    "Hallim", "Brenstad", "Corvane", "Wester Ness", "Ivelmouth", "Quarrow", "Tarnholm", "Eskerby", "Norrel", "Fennick",
)  # fmt: skip
_WORKS = ("bridge", "harbour", "town wall", "mint", "observatory", "salt market", "library", "aqueduct")
_RULERS = ("Aldric I", "Maren II", "Osric the Mild", "Ilvane", "Teodor III", "Berengar", "Sunniva", "Kasimir IV")
CHAPTERS = ("The building years", "Walls and markets", "The learned century", "Water and stone")
MOST = len(_PLACES) * len(_WORKS) * 2  # facts


def passages(first: int) -> list[Passage]:
    """Return the chapters of the chronicle, numbered from `first`."""
    return [
        Passage(number=number, title=title, digest="An invented chapter, for demonstration only.")
        for number, title in enumerate(CHAPTERS, start=first)
    ]


def facts(count: int, *, seed: str, first_passage: int) -> list[Fact]:
    """Return up to MOST facts of the chronicle, the same for the same seed."""
    chance = Random(seed)
    built = list(product(_PLACES, _WORKS))
    chance.shuffle(built)
    made: list[Fact] = []
    for number, (place, work) in enumerate(built):
        year, ruler = 1100 + 3 * number, chance.choice(_RULERS)
        passage = first_passage + number % len(CHAPTERS)
        key = f"{place.lower().replace(' ', '-')}-{work.replace(' ', '-')}"
        made.append(_of_year(key, place, work, year, passage, chance))
        made.append(_of_ruler(key, place, work, ruler, passage, chance))
    return made[:count]


def _of_year(key: str, place: str, work: str, year: int, passage: int, chance: Random) -> Fact:
    others = chance.sample([year - 40, year - 12, year + 9, year + 31, year + 60], 3)
    return _fact(
        f"{key}-year",
        "towns",
        f"The {work} of {place} was finished in {year}.",
        passage,
        _choice(f"In which year was the {work} of {place} finished?", str(year), [str(each) for each in others]),
        {"kind": "number", "prompt": f"The {work} of {place} was finished in the year …", "answer": str(year)},
    )


def _of_ruler(key: str, place: str, work: str, ruler: str, passage: int, chance: Random) -> Fact:
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
    lures = [
        {"text": text, "misconception": misconception}
        for text, misconception in zip(others, misconceptions, strict=True)
    ]
    return {"kind": "choice", "prompt": prompt, "answer": answer, "distractors": lures}


def _fact(key: str, topic: str, statement: str, passage: int, *bodies: dict[str, object]) -> Fact:
    questions: list[Question] = [
        parse_question({"key": f"{key}-{number}", "explanation": statement, **body})
        for number, body in enumerate(bodies, start=1)
    ]
    return Fact(key=key, topic=topic, statement=statement, passages=[passage], questions=questions)
