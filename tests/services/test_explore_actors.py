"""The people, bodies and places of a set, and the facts in which they act."""

import pytest
from explore import NOW, add_facts, make_reader, remember
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import statements

from quizapp.models import QuestionSet, User
from quizapp.services.errors import NotFound
from quizapp.services.explore.actors import NAMES_ON_A_PAGE, actors_page


@pytest.fixture
def learner(session: Session) -> User:
    return make_reader(session)


def name(key: str, type: str = "person", **values: str) -> dict[str, object]:
    return {"key": key, "type": type, "name": key.title(), **values}


def use_names(session: Session, *names: dict[str, object]) -> None:
    found = session.scalars(select(QuestionSet)).one()
    found.names = [*found.names, *names]
    session.flush()


def test_each_stands_with_the_facts_in_which_it_acts(session: Session) -> None:
    found = actors_page(session, "sample", None, now=NOW)
    (side,) = found.sides
    assert [(actor.name.name, actor.total) for actor in side.actors] == [("Richard Burton", 1), ("John Speke", 2)]
    assert [actor.mastery for actor in side.actors] == [None, None]
    assert (found.page, found.pages) == (1, 1)


def test_they_stand_by_side_people_first_and_places_at_the_end(session: Session) -> None:
    use_names(
        session,
        name("company", "organisation", side="Traders"),
        name("zanzibar", "place", side="Traders"),
        name("tippu", side="Traders"),
        name("court", "organisation", side="Crown"),
        name("nowhere", "place"),
    )
    add_facts(session, 1, actors=["zanzibar"])
    found = actors_page(session, "sample", None, now=NOW)
    assert [(side.title, [actor.name.key for actor in side.actors]) for side in found.sides] == [
        ("Traders", ["tippu", "company"]),
        ("Crown", ["court"]),
        ("No side", ["burton", "speke"]),
        ("Places", ["zanzibar"]),
    ]
    assert [(side, [entry.name.key for entry in entries]) for side, entries in found.contents] == [
        (side.title, [actor.name.key for actor in side.actors]) for side in found.sides
    ]


def test_a_learner_sees_how_much_of_each_they_know(session: Session, learner: User) -> None:
    remember(session, learner, "nile-source")
    (side,) = actors_page(session, "sample", learner, now=NOW).sides
    burton, speke = (actor.mastery for actor in side.actors)
    assert burton is not None and (burton.total, burton.met, burton.known) == (1, 0, 0)
    assert speke is not None and (speke.total, speke.met, speke.known) == (2, 1, pytest.approx(0.9))


def test_many_names_come_in_pages(session: Session) -> None:
    use_names(session, *(name(f"chief-{number}") for number in range(NAMES_ON_A_PAGE - 1)))
    first = actors_page(session, "sample", None, now=NOW)
    assert (first.pages, first.names) == (2, NAMES_ON_A_PAGE + 1)
    second = actors_page(session, "sample", None, now=NOW, holding=f"chief-{NAMES_ON_A_PAGE - 2}")
    assert second.page == 2
    assert [actor.name.key for side in second.sides for actor in side.actors] == [f"chief-{NAMES_ON_A_PAGE - 2}"]
    assert first.contents == second.contents


@pytest.mark.parametrize(
    ("query", "found"), [("spéke JOHN", ["speke"]), ("explorer", ["burton", "speke"]), ("nobody", [])]
)
def test_names_are_found_by_their_words(session: Session, query: str, found: list[str]) -> None:
    page = actors_page(session, "sample", None, query=query, now=NOW)
    assert [actor.name.key for side in page.sides for actor in side.actors] == found
    assert (page.names, page.pages) == (len(found), 1)


@pytest.mark.parametrize("wanted", [{"page": 0}, {"page": 2}, {"holding": "nobody"}])
def test_what_there_is_not_is_not_found(session: Session, wanted: dict[str, object]) -> None:
    with pytest.raises(NotFound):
        actors_page(session, "sample", None, now=NOW, **wanted)  # type: ignore[arg-type]


def test_a_set_there_is_not_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        actors_page(session, "no-such", None, now=NOW)


def test_a_set_that_names_nobody_is_empty(session: Session) -> None:
    session.scalars(select(QuestionSet)).one().names = []
    session.flush()
    found = actors_page(session, "sample", None, now=NOW)
    assert (found.contents, found.sides) == ((), ())


@pytest.mark.one_database
def test_a_larger_set_takes_no_more_statements(session: Session, learner: User) -> None:
    few = statements(session, lambda: actors_page(session, "sample", learner, now=NOW))
    add_facts(session, 2000, actors=["burton", "speke"])
    session.expunge_all()
    assert statements(session, lambda: actors_page(session, "sample", learner, now=NOW)) == few == 4
