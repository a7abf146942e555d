"""Loading a set: the files are brought into the database, and nothing a learner or an editor did is lost."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core.sets import schema
from quizapp.core.sets.files import read_set
from quizapp.models import Fact, Memory, Question, QuestionSet, QuestionVersion, User
from quizapp.services.errors import NotFound
from quizapp.services.sets.contents import read_stored_set, set_keys
from quizapp.services.sets.updates import UpdateCounts, load_set

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
LATER = datetime(2026, 4, 1, 12, tzinfo=UTC)

Load = Callable[..., UpdateCounts]


@pytest.fixture
def load(session: Session, tmp_path: Path) -> Load:
    """Load the sample set as it is after some edits of its facts, each an old and a new text."""

    def load(*edits: tuple[str, str], now: datetime = LATER) -> UpdateCounts:
        loaded = load_set(session, edited(tmp_path / "set", *edits), now=now)
        session.commit()
        return loaded

    return load


def edited(directory: Path, *edits: tuple[str, str]) -> schema.QuestionSet:
    """The sample set with those edits."""
    shutil.copytree(SAMPLE, directory, dirs_exist_ok=True)
    path = directory / "facts/rivers.yaml"
    source = (SAMPLE / "facts/rivers.yaml").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in source, old
        source = source.replace(old, new)
    path.write_text(source, encoding="utf-8")
    read, problems = read_set(directory)
    assert read, problems
    return read


def counts(loaded: UpdateCounts) -> dict[str, int]:
    return {name: getattr(loaded, name) for name in ("added", "changed", "archived", "unchanged")}


def versions(session: Session, key: str) -> list[QuestionVersion]:
    rows = select(QuestionVersion).join(Question).where(Question.key == key).order_by(QuestionVersion.number)
    return list(session.scalars(rows))


def question(session: Session, key: str) -> Question:
    return session.scalars(select(Question).where(Question.key == key)).one()


def fact(session: Session, key: str) -> Fact:
    return session.scalars(select(Fact).where(Fact.key == key)).one()


def without(*keys: str) -> list[tuple[str, str]]:
    """Edits that take facts or questions out of the file."""
    source = (SAMPLE / "facts/rivers.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    edits = []
    for key in keys:
        start = next(i for i, line in enumerate(source) if line.strip() == f"- key: {key}")
        depth = len(source[start]) - len(source[start].lstrip())
        end = next(
            (i for i in range(start + 1, len(source)) if len(source[i]) - len(source[i].lstrip()) <= depth),
            len(source),
        )
        edits.append(("".join(source[start:end]), ""))
    return edits


PROMPT = ("Which explorer saw Lake Victoria in 1858?", "Who saw Lake Victoria in 1858?")
STATEMENT = ("statement: Speke reached Lake Victoria on", "statement: John Speke reached Lake Victoria on")


def test_it_works(session: Session) -> None:
    stored = fact(session, "nile-source")
    assert (stored.topic, stored.passages, stored.date, stored.actors) == ("actors", [1], "1858-08-03", ["speke"])
    assert stored.leads_to == {"nile-quarrel": "Burton doubted what Speke claimed."}
    assert [q.key for q in stored.questions] == ["nile-source-choice", "nile-source-cloze", "nile-source-typed"]
    typed = versions(session, "nile-source-typed")[0]
    assert (typed.number, typed.body["kind"], question(session, "nile-source-typed").current) == (1, "typed", 1)


def test_spellings_of_a_name_are_in_what_is_stored(session: Session) -> None:
    body = versions(session, "nile-source-typed")[0].body
    assert "Speke" in body["accept"]


def test_loading_again_changes_nothing(session: Session, load: Load) -> None:
    before = session.execute(select(func.count(), func.max(QuestionVersion.id)).select_from(QuestionVersion)).one()
    loaded = load()
    assert counts(loaded) == {"added": 0, "changed": 0, "archived": 0, "unchanged": 10}
    assert loaded.conflicts == ()
    assert not session.dirty
    after = session.execute(select(func.count(), func.max(QuestionVersion.id)).select_from(QuestionVersion)).one()
    assert after == before


def test_a_changed_question_is_a_new_version_and_the_old_one_stays(session: Session, load: Load) -> None:
    assert counts(load(PROMPT)) == {"added": 0, "changed": 1, "archived": 0, "unchanged": 9}
    old, new = versions(session, "nile-source-typed")
    assert (old.number, old.body["prompt"]) == (1, PROMPT[0])
    assert (new.number, new.body["prompt"], new.created_at) == (2, PROMPT[1], LATER)
    assert question(session, "nile-source-typed").current == 2
    assert counts(load(PROMPT))["changed"] == 0


def test_going_back_is_a_version_too(session: Session, load: Load) -> None:
    load(PROMPT)
    load()
    assert [v.body["prompt"] for v in versions(session, "nile-source-typed")] == [PROMPT[0], PROMPT[1], PROMPT[0]]
    assert question(session, "nile-source-typed").current == 3


def test_a_changed_fact_keeps_its_questions_as_they_are(session: Session, load: Load) -> None:
    assert counts(load(STATEMENT))["changed"] == 1
    assert fact(session, "nile-date").statement.startswith("John Speke")
    assert len(versions(session, "nile-date-date")) == 1


@pytest.mark.one_database
def test_a_vanished_fact_is_archived_and_what_is_remembered_of_it_stays(session: Session, load: Load) -> None:
    learner = User(created_at=LATER)
    session.add(learner)
    session.flush()
    gone = fact(session, "nile-source")
    session.add(
        Memory(
            learner_id=learner.id, fact_id=gone.id, version=3, state=2, stability=20.0, difficulty=5.0,
            last_day=date(2026, 3, 2), due_day=date(2026, 3, 20), reps=3, lapses=0,
        )
    )  # fmt: skip
    assert counts(load(*without("nile-source"))) == {"added": 0, "changed": 0, "archived": 1, "unchanged": 6}
    assert fact(session, "nile-source").archived_at == LATER
    assert session.get_one(Memory, (learner.id, gone.id)).stability == 20.0
    assert [f.key for f in read_stored_set(session, "sample").facts] == ["nile-quarrel", "nile-date"]
    assert counts(load(*without("nile-source"), now=LATER + timedelta(days=1)))["archived"] == 0
    assert fact(session, "nile-source").archived_at == LATER

    load()
    assert fact(session, "nile-source").archived_at is None
    assert session.get_one(Memory, (learner.id, gone.id)).stability == 20.0
    assert len(versions(session, "nile-source-typed")) == 1


def test_a_vanished_question_is_archived_and_comes_back_as_it_was(session: Session, load: Load) -> None:
    assert counts(load(*without("nile-source-typed")))["archived"] == 1
    assert question(session, "nile-source-typed").archived_at == LATER
    load()
    assert question(session, "nile-source-typed").archived_at is None
    assert len(versions(session, "nile-source-typed")) == 1


def test_a_new_question_and_a_new_fact_are_added(session: Session, tmp_path: Path) -> None:
    session.delete(fact(session, "nile-date"))
    session.delete(question(session, "nile-quarrel-card"))
    session.flush()
    session.expire_all()
    loaded = load_set(session, edited(tmp_path / "set"), now=LATER)
    assert counts(loaded) == {"added": 4, "changed": 0, "archived": 0, "unchanged": 6}


def test_an_edited_fact_is_not_overwritten(session: Session, load: Load) -> None:
    stored = fact(session, "nile-date")
    stored.statement, stored.edited_at = "Edited.", LATER
    assert load().conflicts == ()  # the file has not changed since: nothing to decide
    loaded = load(STATEMENT)
    assert [conflict.split(" was ")[0] for conflict in loaded.conflicts] == ["The fact nile-date"]
    assert fact(session, "nile-date").statement == "Edited."
    assert load(STATEMENT).conflicts == loaded.conflicts  # it is told until it is resolved


def test_an_edited_question_is_not_overwritten(session: Session, load: Load) -> None:
    stored = question(session, "nile-source-typed")
    body = stored.versions[0].body | {"prompt": "Edited?"}
    stored.versions.append(QuestionVersion(number=2, body=body, bank_hash=None, created_at=LATER))
    stored.current = 2
    assert load().conflicts == ()
    loaded = load(PROMPT)
    assert [conflict.split(" was ")[0] for conflict in loaded.conflicts] == ["The question nile-source-typed"]
    assert question(session, "nile-source-typed").current == 2
    assert [v.body["prompt"] for v in versions(session, "nile-source-typed")] == [PROMPT[0], "Edited?"]


def test_what_was_written_in_the_app_is_not_archived(session: Session, load: Load) -> None:
    set_id = session.scalars(select(QuestionSet.id)).one()
    own = Fact(
        set_id=set_id, key="own", position=9, topic="dates", statement="Own.", passages=[], notes=[], actors=[],
        leads_to={},
    )  # fmt: skip
    session.add(own)
    body = versions(session, "nile-date-date")[0].body | {"key": "own-question"}
    added = Question(key="own-question", position=9, current=1)
    added.versions = [QuestionVersion(number=1, body=body, bank_hash=None, created_at=LATER)]
    parent = fact(session, "nile-date")
    parent.questions.append(added)
    session.flush()
    assert counts(load())["archived"] == 0
    assert fact(session, "own").archived_at is None
    assert question(session, "own-question").archived_at is None


def test_what_is_stored_reads_as_the_file_does(session: Session, tmp_path: Path) -> None:
    source, stored = edited(tmp_path / "set"), read_stored_set(session, "sample")
    assert stored.header == source.header
    assert stored.names == source.names
    assert [f.model_dump(exclude={"questions"}) for f in stored.facts] == [
        f.model_dump(exclude={"questions"}) for f in source.facts
    ]
    assert [[q.key for q in f.questions] for f in stored.facts] == [[q.key for q in f.questions] for f in source.facts]


def test_there_is_no_set_of_another_key(session: Session) -> None:
    assert set_keys(session) == ["sample"]
    with pytest.raises(NotFound):
        read_stored_set(session, "none")


def test_a_fact_with_a_new_key_keeps_what_is_remembered_of_it(session: Session, tmp_path: Path) -> None:
    kept = fact(session, "nile-source").id
    source = edited(tmp_path / "set", ("key: nile-source\n", "key: source-of-the-nile\n"))
    header = source.header.model_copy(update={"renamed": {"nile-source": "source-of-the-nile"}})
    loaded = load_set(session, replace(source, header=header), now=LATER)
    assert counts(loaded) == {"added": 0, "changed": 1, "archived": 0, "unchanged": 9}
    assert fact(session, "source-of-the-nile").id == kept
    again = load_set(session, replace(source, header=header), now=LATER)
    assert counts(again)["unchanged"] == 10


def test_a_former_key_does_not_displace_a_fact_that_is_there(session: Session, tmp_path: Path) -> None:
    source = edited(tmp_path / "set", *without("nile-source"))
    header = source.header.model_copy(update={"renamed": {"nile-source": "nile-date"}})
    there = fact(session, "nile-date").id
    load_set(session, replace(source, header=header), now=LATER)
    assert fact(session, "nile-date").id == there
    assert fact(session, "nile-source").archived_at == LATER


def test_facts_are_met_in_the_order_of_introduction(session: Session, tmp_path: Path) -> None:
    source = edited(tmp_path / "set")
    header = source.header.model_copy(update={"first": [source.facts[-1].key]})
    load_set(session, replace(source, header=header), now=LATER)
    assert session.scalars(select(Fact.key).order_by(Fact.position)).first() == source.facts[-1].key
