"""The editor without JavaScript: previews, drafts, versions, and two authors at once."""

import json
import re
from typing import Any

import pytest
from editor import Author, Fields, edited, fields_of, text
from flask import Flask
from sets import write
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import statements

from quizapp.core.kinds import KINDS
from quizapp.extensions import db
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion, SetAuthor
from quizapp.services.editor import drafts

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it does not hang on the database


@pytest.fixture
def author(app: Flask) -> Author:
    return Author(app)


@pytest.fixture
def kinds(app: Flask) -> Author:
    """An author whose set has questions of every kind."""
    return Author(app, folder="kinds")


# The preview


def test_the_preview_shows_what_students_see(kinds: Author) -> None:
    form = edited(kinds, kinds.question_id("single-choice"), prompt="Into *which* sea?")
    part = kinds.post("preview/choice", form, part=True)
    assert "<html" not in part.text
    assert "Into <em>which</em> sea?" in part.text
    assert part.text.count('class="choice"') == 4
    page = kinds.post(f"questions/{kinds.question_id('single-choice')}", form, do="preview").text
    assert "Into <em>which</em> sea?" in page
    assert fields_of(page)["q-prompt"] == "Into *which* sea?"


def test_the_preview_can_be_answered_and_nothing_typed_is_lost(kinds: Author) -> None:
    form = edited(kinds, kinds.question_id("statement-tf"), explanation="They *breathe*.")
    typed = fields_of_answer(kinds.post("preview/true_false", form).text)
    assert json.loads(typed["typed"])
    page = kinds.post("preview/true_false", typed, picked="true").text
    assert "Whales are fish." in page
    assert "They <em>breathe</em>." in page
    assert 'id="verdict"' in page
    assert fields_of(page)["q-explanation"] == "They *breathe*."
    assert len(kinds.bodies(kinds.question_id("statement-tf"))) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_typed_is_lost_in_a_preview_or_a_conflict(kinds: Author, kind: str) -> None:
    question_id = first_question(kinds, kind)
    form = edited(kinds, question_id, explanation="Mine.", base="99")
    typed = fields_of_answer(kinds.post(f"preview/{kind}", form).text)["typed"]
    assert kinds.post(f"try/{kind}", {"typed": typed}).status_code == 200
    conflict = kinds.post(f"questions/{question_id}", form, do="save")
    assert conflict.status_code == 409
    kept = dict(re.findall(r'<input type="hidden" name="(q-[^"]+)" value="([^"]*)">', conflict.text))
    assert kept.keys() >= dict(form).keys()
    assert kept["q-explanation"] == "Mine."


def first_question(author: Author, kind: str) -> int:
    with author.app.app_context():
        of_kind = (
            select(Question.id)
            .join(Fact)
            .join(QuestionVersion)
            .where(Fact.set_id == author.set_id, QuestionVersion.body["kind"].as_string() == kind)
        )
        return db.session.scalars(of_kind.order_by(Question.id).limit(1)).one()


def fields_of_answer(page: str) -> Fields:
    form = re.search(r'<form class="answer preview__answer".*?</form>', page, re.S)
    assert form
    return fields_of(form[0].replace("<form", '<form id="answer"'), "answer")


@on_sqlite
def test_every_kind_can_be_answered_in_the_preview(kinds: Author) -> None:
    with kinds.app.app_context():
        found = db.session.query(Question).join(Fact).where(Fact.set_id == kinds.set_id)
        questions = [(question.id, question.versions[-1].body["kind"]) for question in found]
    assert len({kind for _, kind in questions}) == 12
    for question_id, kind in questions:
        form = fields_of(kinds.get(f"questions/{question_id}"))
        told = kinds.post(f"preview/{kind}", form, part=True, **{"answering": "1", "give-up": "1"})
        assert 'class="verdict' in told.text, kind


@on_sqlite
def test_an_unfinished_question_says_what_it_lacks(author: Author) -> None:
    page = author.get("new/choice")
    assert "To see the preview, complete: Question, Right answer, Wrong choices." in text(page)


def test_an_answer_is_tried_and_judged_with_the_reason(author: Author) -> None:
    form = edited(author, author.question_id("nile-source-typed"), accept="The lonely one", reject="Burton")

    def tried(attempt: str) -> str:
        return text(author.post("try/typed", form, part=True, attempt=attempt).text)

    assert tried("john speke") == "Right. Same as “John Speke” apart from capitals, accents and punctuation."
    assert tried("the lonelly one") == "Right. Counts as “The lonely one” with a typo."
    assert tried("Burtn") == "Wrong. Read as “Burton”, which is not accepted."
    assert tried("Livingstone") == "Wrong. Not close enough to any accepted answer."
    page = author.post("try/typed", form, attempt="Burtn").text
    assert "which is not accepted" in page
    assert fields_of(page)["q-accept"] == "The lonely one"


def test_hints_stand_beside_their_fields_and_stop_nobody(author: Author) -> None:
    question_id = author.question_id("nile-source-choice")
    form = edited(author, question_id, explanation="", **{"distractors-0-why_not": ""})
    page = author.post(f"questions/{question_id}", form, do="preview").text
    beside = dict(re.findall(r'<ul class="entry__hints" id="([\w-]+)-hints">(.+?)</ul>', page))
    assert "Say why “Richard Burton” is wrong." in beside["q-distractors-0-why_not"]
    assert "There is no explanation." in beside["q-explanation"]
    assert author.post(f"questions/{question_id}", form, do="save").status_code == 303


# Two at once


@pytest.fixture
def together(app: Flask, author: Author) -> tuple[Author, Author, int]:
    """Two who write in one set, and a question that both have open."""
    other = Author(app, "Rza", set_id=author.set_id)
    with app.app_context():
        since = db.session.get_one(QuestionSet, author.set_id).created_at
        db.session.add(SetAuthor(set_id=author.set_id, user_id=other.id, since=since))
        db.session.commit()
    return author, other, author.question_id("nile-source-choice")


def meet(together: tuple[Author, Author, int]) -> tuple[Author, int, Any]:
    """Rza saves while Olga writes; what Olga gets when she saves."""
    olga, rza, question_id = together
    address = f"questions/{question_id}"
    mine = edited(olga, question_id, prompt="Olga asks who?", explanation="From Olga.")
    rza.post(address, edited(rza, question_id, prompt="Rza asks who?"), do="save")
    return olga, question_id, olga.post(address, mine, do="save")


def test_two_at_once_get_both_texts_side_by_side(together: tuple[Author, Author, int]) -> None:
    olga, question_id, page = meet(together)
    assert page.status_code == 409
    said = text(page.text)
    assert "Rza saved this question" in said
    assert "Question different Rza asks who? Olga asks who?" in said
    assert "Explanation different" in said
    assert len(olga.bodies(question_id)) == 2
    kept = fields_of(olga.get(f"questions/{question_id}?draft=1"))
    assert kept["q-prompt"] == "Olga asks who?", "it would be lost with the page"


def test_taking_theirs_lets_go_of_mine(together: tuple[Author, Author, int]) -> None:
    olga, question_id, _ = meet(together)
    gone_on = olga.post("drafts/discard", subject=f"question:{question_id}")
    assert fields_of(olga.client.get(gone_on.location).text)["q-prompt"] == "Rza asks who?"
    assert "unsaved" not in olga.get(f"questions/{question_id}")
    assert len(olga.bodies(question_id)) == 2


def hidden_fields(page: str) -> Fields:
    return fields_of(page.replace(' class="cluster">', ' id="mine">'), "mine")


def test_taking_mine_comes_after_theirs(together: tuple[Author, Author, int]) -> None:
    olga, question_id, page = meet(together)
    saved = olga.post(f"questions/{question_id}", hidden_fields(page.text), do="save")
    assert saved.status_code == 303
    prompts = [body["prompt"] for body in olga.bodies(question_id)]
    assert prompts == ["Who named Lake Victoria as the source of the Nile?", "Rza asks who?", "Olga asks who?"]


def test_merging_by_hand_shows_theirs_beside_mine(together: tuple[Author, Author, int]) -> None:
    olga, question_id, page = meet(together)
    merging = olga.post(f"questions/{question_id}", hidden_fields(page.text), do="merge").text
    assert "Saved version" in merging
    assert "Rza asks who?" in text(merging)
    form = fields_of(merging)
    assert form["q-prompt"] == "Olga asks who?"
    form["q-prompt"] = "Both ask who?"
    assert olga.post(f"questions/{question_id}", form, do="save").status_code == 303
    assert olga.bodies(question_id)[-1]["prompt"] == "Both ask who?"


def test_who_changed_nothing_meets_no_conflict(together: tuple[Author, Author, int]) -> None:
    olga, rza, question_id = together
    mine = edited(olga, question_id)
    rza.post(f"questions/{question_id}", edited(rza, question_id, prompt="Rza asks who?"), do="save")
    assert olga.post(f"questions/{question_id}", mine, do="save").status_code == 303
    assert olga.bodies(question_id)[-1]["prompt"] == "Rza asks who?"


def test_tags_of_one_and_words_of_the_other_go_together(together: tuple[Author, Author, int]) -> None:
    olga, rza, question_id = together
    mine = edited(olga, question_id, statement="Speke named it.")
    rza.post(f"questions/{question_id}", edited(rza, question_id, tags="lakes"), do="save")
    assert olga.post(f"questions/{question_id}", mine, do="save").status_code == 303
    with olga.app.app_context():
        fact = db.session.get_one(Question, question_id).fact
        assert (fact.statement, fact.tags, fact.version) == ("Speke named it.", ["lakes"], 3)


@pytest.mark.both_databases
def test_two_statements_of_one_fact_are_a_conflict(together: tuple[Author, Author, int]) -> None:
    olga, rza, question_id = together
    mine = edited(olga, question_id, statement="Speke named it.")
    rza.post(f"questions/{question_id}", edited(rza, question_id, statement="It was Speke."), do="save")
    page = olga.post(f"questions/{question_id}", mine, do="save")
    assert page.status_code == 409
    assert "Statement different It was Speke. Speke named it." in text(page.text)


# Drafts


def test_a_draft_is_offered_continued_and_gone_once_saved(author: Author) -> None:
    question_id = author.question_id("nile-source-choice")
    address = f"questions/{question_id}"
    typed = edited(author, question_id, prompt="Half a ques")
    assert author.post("draft", typed).status_code == 204
    page = author.get(address)
    assert "You have unsaved changes from" in text(page)
    assert fields_of(page)["q-prompt"] != "Half a ques"
    going_on = fields_of(author.get(f"{address}?draft=1"))
    assert going_on == typed
    going_on["q-prompt"] = "A whole question?"
    author.post(address, going_on, do="save")
    assert "unsaved" not in author.get(address)
    assert author.bodies(question_id)[-1]["prompt"] == "A whole question?"


def test_a_draft_can_be_discarded(author: Author) -> None:
    form = fields_of(author.get("new/choice"))
    form["q-prompt"] = "A thought"
    author.post("draft", form)
    assert "A thought" in text(author.get("drafts"))
    assert "You have unsaved changes" in text(author.get("new/choice"))
    assert "You have unsaved changes" not in text(author.get("new/typed"))
    author.post("drafts/discard", subject="new:choice", to="list")
    assert "Everything you typed in this set is saved." in text(author.get("drafts"))


def test_a_draft_begun_before_somebody_else_saved_still_meets_the_conflict(
    together: tuple[Author, Author, int],
) -> None:
    olga, rza, question_id = together
    olga.post("draft", edited(olga, question_id, prompt="Olga asks who?"))
    rza.post(f"questions/{question_id}", edited(rza, question_id, prompt="Rza asks who?"), do="save")
    going_on = fields_of(olga.get(f"questions/{question_id}?draft=1"))
    assert olga.post(f"questions/{question_id}", going_on, do="save").status_code == 409


@pytest.mark.both_databases
def test_drafts_are_ones_own_and_of_things_that_are_there(together: tuple[Author, Author, int], app: Flask) -> None:
    olga, rza, question_id = together
    olga.post("draft", edited(olga, question_id, prompt="Half a ques"))
    assert "unsaved" not in rza.get(f"questions/{question_id}")
    assert "Half" not in rza.get("drafts")
    for subject in ("question:999999", "new:999999:choice", "new:poem", "fact:1:2", ""):
        assert olga.post("draft", {"q-subject": subject}).status_code == 404
    stranger = Author(app, "Zeynab")
    stranger.set_id = olga.set_id
    assert stranger.post("draft", {"q-subject": "new:choice"}).status_code == 404


@pytest.mark.both_databases
def test_a_draft_has_a_size(author: Author) -> None:
    enough = "x" * drafts.LARGEST
    assert author.post("draft", {"q-subject": "new:choice", "q-prompt": enough}).status_code == 413
    assert "Everything you typed in this set is saved." in text(author.get("drafts"))


@on_sqlite
def test_the_fullest_question_fits(author: Author) -> None:
    """A page takes more than other pages do: eight gaps to choose for, each choice with its reason."""
    form = fields_of(author.get("new/cloze"))
    form["q-text"] = " ".join(f"{{{{gap {n}}}}}" for n in range(8))
    for gap in range(8):
        form.type(**{f"gaps-{gap}-gap": f"gap {gap}", f"gaps-{gap}-answer": f"answer{gap}"})
        for row in range(7):
            at = f"gaps-{gap}-distractors-{row}"
            form.type(**{f"{at}-text": f"wrong{gap}{row}", f"{at}-why_not": f"ə{gap}{row} " * 400})
    assert author.post("new/cloze", form, do="save").status_code == 303
    assert author.post("preview/cloze", form, part=True).status_code == 200


# The question as a whole


def test_a_question_is_archived_and_restored(author: Author) -> None:
    question_id = author.question_id("nile-source-choice")
    author.post(f"questions/{question_id}/archive")
    page = text(author.get(f"questions/{question_id}"))
    assert "This question is archived, so it isn’t asked." in page
    author.post(f"questions/{question_id}/restore")
    assert "is archived" not in text(author.get(f"questions/{question_id}"))


def test_a_copy_asks_a_fact_of_its_own(author: Author) -> None:
    question_id = author.question_id("nile-source-typed")
    copied = author.post(f"questions/{question_id}/duplicate")
    copy_id = int(copied.location.rsplit("/", 1)[1])
    (original,), (copy,) = author.bodies(question_id), author.bodies(copy_id)
    assert copy == original | {"key": copy["key"]}
    assert copy["key"] != original["key"]
    with author.app.app_context():
        facts = [db.session.get_one(Question, each).fact for each in (question_id, copy_id)]
        assert facts[0].id != facts[1].id
        assert facts[0].topic == facts[1].topic


def test_the_forms_of_a_fact_change_places(author: Author) -> None:
    second = author.question_id("nile-source-cloze")
    author.post(f"questions/{second}/move", step="-1")
    page = author.get(f"questions/{second}")
    forms = page[page.index('id="forms"') :]
    assert forms.index("Complete the sentence.") < forms.index("Who named Lake Victoria")


@pytest.mark.both_databases
def test_versions_tell_who_when_and_what_and_lead_back(author: Author) -> None:
    question_id = author.question_id("nile-source-choice")
    author.post(f"questions/{question_id}", edited(author, question_id, prompt="Who named this lake?"), do="save")
    page = author.get(f"questions/{question_id}/history")
    said = text(page)
    assert "Version 2 (current)" in said
    assert "by Olga" in said
    assert "<ins>" in page
    assert "<del>" in page
    author.post(f"questions/{question_id}/history/1", base="1")
    assert len(author.bodies(question_id)) == 2, "somebody saved since: look first"
    author.post(f"questions/{question_id}/history/1", base="2")
    first, _, third = author.bodies(question_id)
    assert third == first
    assert author.post(f"questions/{question_id}/history/9", base="3").status_code == 404


def test_a_page_costs_the_same_however_large_the_set(author: Author, session: Session) -> None:
    question_id = author.question_id("nile-source-choice")
    pages = [f"questions/{question_id}", "new/choice", f"questions/{question_id}/history", "drafts"]

    def costs() -> list[int]:
        return [statements(session, lambda page=page: author.get(page)) for page in pages]  # type: ignore[misc]

    costs()  # what is fetched once and kept is fetched
    small = costs()
    assert all(cost <= 8 for cost in small), small
    write(session, session.get_one(QuestionSet, author.set_id), 100, topic="dates")
    session.commit()
    assert costs() == small


@on_sqlite
@pytest.mark.parametrize("typed", ["nonsense", "[1, 2]", '{"a": 1}', '[["q-prompt"]]'])
def test_a_preview_of_nonsense_is_refused(author: Author, typed: str) -> None:
    assert author.post("preview/typed", typed=typed).status_code == 400
