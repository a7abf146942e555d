"""Reading a set: its facts by topic, its passages, one fact; and what a learner knows of each."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from explore import NOW, TODAY, add_facts, make_reader, remember
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import statements

from quizapp.core.progress.mastery import Mastery
from quizapp.core.scheduling.scheduler import State
from quizapp.models import Fact, QuestionSet, User
from quizapp.services.errors import NotFound
from quizapp.services.explore.fact_list import FactFilters, fact_list_page
from quizapp.services.explore.facts import FACTS_ON_A_PAGE, fact_page, list_sets
from quizapp.services.explore.passages import PASSAGES_ON_A_PAGE, passages_page


@pytest.fixture
def learner(session: Session) -> User:
    return make_reader(session)


# The sets


def test_the_list_shows_each_sets_title_and_size(session: Session) -> None:
    session.add(QuestionSet(key="other", title="Other", header={"summary": "None."}, names=[], created_at=NOW))
    session.flush()
    found = [(each.key, each.title, each.summary, each.facts) for each in list_sets(session, None)]
    assert found == [
        ("sample", "Three rivers", "A small set that the tests study.", 3),
        ("other", "Other", "None.", 0),
    ]


# A set's facts


def test_a_set_shows_its_facts_by_topic(session: Session) -> None:
    found = fact_list_page(session, "sample", None, page=1, now=NOW)
    assert (found.header.title, found.facts, found.pages) == ("Three rivers", 3, 1)
    assert [(section.topic.title, [fact.key for fact in section.facts]) for section in found.topics] == [
        ("Dates", ["nile-date"]),
        ("Actors", ["nile-source", "nile-quarrel"]),
    ]
    first = found.topics[0].facts[0]
    assert (first.statement, first.date, first.passages, first.knowledge) == (
        "Speke reached Lake Victoria on 3 August 1858.",
        "1858-08-03",
        [1, 2],
        None,
    )


def test_a_learner_sees_what_they_know_of_each_fact(session: Session, learner: User) -> None:
    remember(session, learner, "nile-source")
    remember(session, learner, "nile-quarrel", suspended=True)
    found = fact_list_page(session, "sample", learner, page=1, now=NOW)
    known = {fact.key: fact.knowledge for section in found.topics for fact in section.facts}
    source, quarrel, unmet = known["nile-source"], known["nile-quarrel"], known["nile-date"]
    assert source is not None and quarrel is not None and unmet is not None
    assert (source.state, source.days_to_go, source.suspended) == (State.REVIEW, 2, False)
    assert source.recall == pytest.approx(0.9)
    assert quarrel.suspended
    assert (unmet.state, unmet.days_to_go) == (State.NEW, None)


def test_a_skipped_fact_is_due_when_it_comes_back(session: Session, learner: User) -> None:
    remember(session, learner, "nile-source", due_day=TODAY, skipped_until=TODAY + timedelta(days=1))
    knowledge = fact_page(session, "sample", "nile-source", learner, now=NOW).knowledge
    assert knowledge is not None and knowledge.days_to_go == 1


def test_an_overdue_fact_is_due_today(session: Session, learner: User) -> None:
    remember(session, learner, "nile-source", due_day=TODAY - timedelta(days=9))
    knowledge = fact_page(session, "sample", "nile-source", learner, now=NOW).knowledge
    assert knowledge is not None and knowledge.days_to_go == 0


def test_what_another_learner_knows_is_not_shown(session: Session, learner: User) -> None:
    other = User(created_at=NOW)
    session.add(other)
    session.flush()
    remember(session, other, "nile-source")
    knowledge = fact_page(session, "sample", "nile-source", learner, now=NOW).knowledge
    assert knowledge is not None and knowledge.state is State.NEW


def test_a_large_set_comes_in_pages_and_each_topic_shows_where_it_begins(session: Session) -> None:
    add_facts(session, FACTS_ON_A_PAGE + 9)
    pages = [fact_list_page(session, "sample", None, page=page, now=NOW) for page in (1, 2)]
    assert [(page.page, page.pages) for page in pages] == [(1, 2), (2, 2)]
    shown = [fact.key for page in pages for section in page.topics for fact in section.facts]
    assert len(shown) == len(set(shown)) == FACTS_ON_A_PAGE + 12
    assert [(section.topic.key, section.total, section.page) for section in pages[0].topics] == [
        ("dates", FACTS_ON_A_PAGE + 10, 1),
        ("actors", 2, 2),
    ]


def test_a_full_page_is_not_followed_by_an_empty_one(session: Session) -> None:
    add_facts(session, FACTS_ON_A_PAGE - 3)
    assert fact_list_page(session, "sample", None, page=1, now=NOW).pages == 1


@pytest.mark.parametrize("page", [-1, 0, 2])
def test_a_page_there_is_not_is_not_found(session: Session, page: int) -> None:
    with pytest.raises(NotFound):
        fact_list_page(session, "sample", None, page=page, now=NOW)
    with pytest.raises(NotFound):
        passages_page(session, "sample", None, now=NOW, page=page)


def test_archived_facts_are_gone(session: Session) -> None:
    session.scalars(select(Fact).where(Fact.key == "nile-quarrel")).one().archived_at = NOW
    session.flush()
    assert fact_list_page(session, "sample", None, page=1, now=NOW).facts == 2
    assert fact_page(session, "sample", "nile-source", None, now=NOW).leads_to == ()
    (first, _) = passages_page(session, "sample", None, now=NOW).sections
    assert first.total == 2
    with pytest.raises(NotFound):
        fact_page(session, "sample", "nile-quarrel", None, now=NOW)


# Its passages


def test_each_passage_has_its_facts_and_the_notes_they_cite(session: Session) -> None:
    first, second = passages_page(session, "sample", None, now=NOW).sections
    assert (first.passage.title, first.total, [note.number for note in first.notes]) == ("Sources", 3, [1])
    assert (second.passage.title, second.total, second.notes) == ("Mouths", 1, ())


def test_many_passages_come_in_pages(session: Session) -> None:
    row = session.scalars(select(QuestionSet)).one()
    more = [{"number": number, "title": "More", "digest": "More."} for number in range(3, PASSAGES_ON_A_PAGE + 2)]
    row.header = {**row.header, "passages": [*row.header["passages"], *more]}
    session.flush()
    found = passages_page(session, "sample", None, now=NOW, holding=PASSAGES_ON_A_PAGE + 1)
    assert (found.page, found.pages) == (2, 2)
    assert [section.passage.number for section in found.sections] == [PASSAGES_ON_A_PAGE + 1]
    assert len(found.contents) == PASSAGES_ON_A_PAGE + 1
    with pytest.raises(NotFound):
        passages_page(session, "sample", None, now=NOW, holding=99)


def test_a_learner_sees_how_much_of_each_passage_they_know(session: Session, learner: User) -> None:
    assert [section.mastery for section in passages_page(session, "sample", None, now=NOW).sections] == [None, None]
    remember(session, learner, "nile-source")
    first, second = (section.mastery for section in passages_page(session, "sample", learner, now=NOW).sections)
    assert first is not None and (first.total, first.met) == (3, 1)
    assert first.known == pytest.approx(0.9)
    assert second == Mastery(1)


# A search


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (FactFilters("LAKE   spéké nile"), ["nile-source"]),  # all words, in any order, whatever the case and accents
        (FactFilters("no such words"), []),
        (FactFilters(topic="dates"), ["nile-date"]),
        (FactFilters(actor="burton"), ["nile-quarrel"]),
        (FactFilters(passage=2), ["nile-date"]),
        (FactFilters("speke", topic="actors", actor="speke", passage=1), ["nile-source", "nile-quarrel"]),
    ],
)
def test_filters_let_through_what_meets_all_of_them(session: Session, filters: FactFilters, found: list[str]) -> None:
    page = fact_list_page(session, "sample", None, filters=filters, now=NOW)
    assert [fact.key for section in page.topics for fact in section.facts] == found
    assert page.facts == len(found)


@pytest.mark.parametrize("filters", [FactFilters(topic="x"), FactFilters(actor="x\0"), FactFilters(passage=99)])
def test_a_filter_for_what_there_is_not_is_not_found(session: Session, filters: FactFilters) -> None:
    with pytest.raises(NotFound):
        fact_list_page(session, "sample", None, filters=filters, now=NOW)


# One fact


def test_a_fact_shows_all_that_hangs_on_it(session: Session) -> None:
    found = fact_page(session, "sample", "nile-source", None, now=NOW)
    assert found.topic.title == "Actors"
    assert [(name.name, name.role, name.spellings) for name in found.actors] == [("John Speke", "Explorer", ["Speke"])]
    assert [passage.number for passage in found.passages] == [1]
    assert [note.text for note in found.notes] == ["Writer, A. *On rivers*. 1999."]
    assert [(link.key, link.why) for link in found.leads_to] == [("nile-quarrel", "Burton doubted what Speke claimed.")]
    assert found.follows_from == ()
    assert found.knowledge is None


def test_a_fact_knows_what_led_to_it(session: Session) -> None:
    found = fact_page(session, "sample", "nile-quarrel", None, now=NOW)
    assert [(link.key, link.why) for link in found.follows_from] == [
        ("nile-source", "Burton doubted what Speke claimed.")
    ]
    assert found.fact.caution == "Biographers differ on who began it."


def test_related_facts_share_an_actor_before_a_passage_and_are_not_linked_twice(session: Session) -> None:
    add_facts(session, 1, topic="actors", actors=["speke"], passages=[2])
    found = fact_page(session, "sample", "nile-source", None, now=NOW)
    assert [link.key for link in found.related] == ["actors-0", "nile-date"]


def test_a_key_in_an_explanation_or_in_a_longer_key_leads_nowhere(session: Session) -> None:
    add_facts(session, 1, leads_to={"nile-quarrel": 'What "nile-source" means.', "no-such": "Gone."})
    add_facts(session, 1, topic="actors", leads_to={"nile-source-of": "Another."})
    assert fact_page(session, "sample", "nile-source", None, now=NOW).follows_from == ()
    assert [link.key for link in fact_page(session, "sample", "dates-0", None, now=NOW).leads_to] == ["nile-quarrel"]


def test_a_passage_is_not_taken_for_one_whose_number_it_ends(session: Session) -> None:
    add_facts(session, 1, passages=[12, 21], actors=["not-speke"])
    assert "dates-0" not in [link.key for link in fact_page(session, "sample", "nile-date", None, now=NOW).related]


def test_related_facts_are_few(session: Session) -> None:
    add_facts(session, 30)
    assert len(fact_page(session, "sample", "nile-source", None, now=NOW).related) == 6


@pytest.mark.parametrize(("set_key", "fact_key"), [("sample", "no-such"), ("no-such", "nile-source")])
def test_what_there_is_not_is_not_found(session: Session, set_key: str, fact_key: str) -> None:
    with pytest.raises(NotFound):
        fact_page(session, set_key, fact_key, None, now=NOW)


def test_a_set_there_is_not_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        fact_list_page(session, "no-such", None, page=1, now=NOW)
    with pytest.raises(NotFound):
        passages_page(session, "no-such", None, now=NOW)


@pytest.mark.one_database
def test_a_larger_set_takes_no_more_statements(session: Session, learner: User) -> None:
    remember(session, learner, "nile-source")
    reads: list[Callable[[], object]] = [
        lambda: fact_list_page(session, "sample", learner, page=1, now=NOW),
        lambda: passages_page(session, "sample", learner, now=NOW),
        lambda: fact_page(session, "sample", "nile-source", learner, now=NOW),
    ]
    few = [statements(session, read) for read in reads]
    add_facts(session, 2000)
    session.expunge_all()
    assert [statements(session, read) for read in reads] == few == [7, 4, 7]
