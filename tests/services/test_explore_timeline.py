"""The dated facts of a set: what a view shows, lists and counts, and what the learner knows of it."""

import pytest
from explore import NOW, add_facts, make_reader, remember
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from study import statements

from quizapp.models import Fact, QuestionSet, User
from quizapp.services.errors import NotFound
from quizapp.services.explore import timeline
from quizapp.services.explore.timeline import ROWS_ON_A_PAGE, TimelinePage, timeline_page

DATES = ["1858-01~", "1858-02-03", "1858-08-03T06:00", "1858-08-03T18:00", "1858-08-05", "1850", "1858-07/1858-08"]


@pytest.fixture
def learner(session: Session) -> User:
    return make_reader(session)


def add_dates(session: Session, *dates: str) -> None:
    for number, date in enumerate(dates):
        add_facts(session, 1, topic=f"dated-{number}", date=date)
    session.execute(update(Fact).where(Fact.topic.like("dated-%")).values(topic="dates"))


def show(session: Session, learner: User | None = None, *, view: str = "whole", page: int = 1) -> TimelinePage:
    return timeline_page(session, "sample", learner, view=view, page=page, now=NOW)


def listed(found: TimelinePage) -> list[tuple[str, list[str]]]:
    return [(heading.title, [fact.date or "" for fact in heading.facts]) for heading in found.headings]


def test_dates_of_one_month_make_one_view(session: Session) -> None:
    found = show(session)
    assert [(view.name, view.title, view.facts) for view in found.views] == [("whole", "August 1858", 2)]
    assert (found.undated, found.knows, found.edges) == (1, False, {})
    assert [(heading.title, [fact.key for fact in heading.facts]) for heading in found.headings] == [
        ("August 1858", ["nile-source", "nile-date"])
    ]


@pytest.fixture
def long_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "ROWS_ON_A_PAGE", 400)


@pytest.mark.usefixtures("long_pages")
def test_each_view_lists_what_it_draws_under_its_own_headings(session: Session) -> None:
    add_dates(session, *DATES)
    whole, month, hours = (show(session, view=view) for view in ("whole", "month", "hours"))
    assert [(view.title, view.facts) for view in whole.views] == [
        ("January–August 1858", 9),
        ("August 1858", 5),
        ("3–4 August 1858", 4),
    ]
    assert listed(whole) == [
        ("Before January–August 1858", ["1850"]),
        ("January 1858", ["1858-01~"]),
        ("February 1858", ["1858-02-03"]),
        ("July 1858", ["1858-07/1858-08"]),
        ("August 1858", ["1858-08-03", "1858-08-03", "1858-08-03T06:00", "1858-08-03T18:00", "1858-08-05"]),
    ]
    assert listed(month) == [
        ("3 August 1858", ["1858-08-03", "1858-08-03", "1858-08-03T06:00", "1858-08-03T18:00"]),
        ("5 August 1858", ["1858-08-05"]),
    ]
    assert listed(hours) == [
        ("3 August 1858", ["1858-08-03", "1858-08-03"]),
        ("3 August 1858, 06:00", ["1858-08-03T06:00"]),
        ("3 August 1858, 18:00", ["1858-08-03T18:00"]),
    ]


@pytest.mark.usefixtures("long_pages")
def test_what_the_scale_has_no_place_for_is_counted_and_listed(session: Session) -> None:
    add_dates(session, *DATES, "1858", "1900-01-01", "1850")
    add_facts(session, 30, date="1858-08-05")
    found = show(session)
    assert {name: (edge.facts, edge.dates) for name, edge in found.edges.items()} == {
        "before": (2, "1850"),
        "wider": (1, "1858"),
        "after": (1, "1 January 1900"),
    }
    assert [heading.name for heading in found.headings if heading.name] == ["before", "wider", "after"]


@pytest.mark.usefixtures("long_pages")
@pytest.mark.parametrize("view", ["whole", "month", "hours"])
def test_the_list_has_every_fact_of_the_picture(session: Session, view: str) -> None:
    add_dates(session, *DATES, *DATES, *DATES)
    found = show(session, view=view)
    keys = [fact.key for heading in found.headings for fact in heading.facts]
    assert len(keys) == len(set(keys)) == found.view.facts if found.view else 0
    outside = sum(edge.facts for edge in found.edges.values())
    for picture in found.pictures.values():
        assert sum(place.facts for place in picture.places) == len(keys) - outside
        assert {place.first.key for place in picture.places} <= set(keys)


def test_many_facts_at_one_place_are_one_mark_that_leads_to_the_first(session: Session) -> None:
    add_facts(session, 9, date="1858-08-05")
    places = show(session).pictures["wide"].places
    assert [(place.facts, place.first.key, place.date, place.topic) for place in places] == [
        (1, "nile-source", "3 August 1858", "actors"),
        (1, "nile-date", "3 August 1858", "dates"),
        (9, "dates-0", "5 August 1858", "dates"),
    ]


def test_a_mark_shows_how_much_of_its_facts_is_known(session: Session, learner: User) -> None:
    add_facts(session, 4, date="1858-08-05")
    remember(session, learner, "nile-source")
    remember(session, learner, "dates-0")
    remember(session, learner, "dates-1", stability=1.0)
    found = show(session, learner)
    source, date, several = found.pictures["wide"].places
    assert found.knows
    assert (source.level, date.level, several.level) == (4, 0, 1)
    assert several.mastery is not None and (several.mastery.total, several.mastery.met) == (4, 2)
    assert show(session).pictures["wide"].places[0].level is None


def test_what_another_learner_knows_is_not_shown(session: Session, learner: User) -> None:
    other = User(created_at=NOW)
    session.add(other)
    session.flush()
    remember(session, other, "nile-source")
    assert [place.level for place in show(session, learner).pictures["wide"].places] == [0, 0]


@pytest.mark.one_database
def test_a_long_list_comes_in_pages_and_every_mark_knows_its_page(session: Session) -> None:
    add_facts(session, ROWS_ON_A_PAGE, date="1858-08-05")
    add_facts(session, 5, topic="actors", date="1858-09-05")
    first, second = show(session), show(session, page=2)
    assert (first.pages, sum(len(heading.facts) for heading in first.headings)) == (2, ROWS_ON_A_PAGE)
    assert [(heading.title, len(heading.facts)) for heading in second.headings] == [
        ("August 1858", 2),
        ("September 1858", 5),
    ]
    assert [(place.facts, place.page) for place in first.pictures["wide"].places] == [
        (1, 1),
        (1, 1),
        (ROWS_ON_A_PAGE, 1),
        (5, 2),
    ]
    found = timeline_page(session, "sample", None, holding="actors-3", now=NOW)
    assert found.page == 2


def test_a_search_shows_the_facts_with_its_words(session: Session) -> None:
    found = timeline_page(session, "sample", None, query="SPÉKE named", now=NOW)
    assert [fact.key for heading in found.headings for fact in heading.facts] == ["nile-source"]
    assert sum(place.facts for place in found.pictures["wide"].places) == 1
    nothing = timeline_page(session, "sample", None, query="no such words", now=NOW)
    assert (nothing.headings, nothing.pages, nothing.view and nothing.view.facts) == ((), 1, 0)


def test_a_set_without_dates_has_no_views(session: Session) -> None:
    session.execute(update(Fact).values(date=None))
    found = show(session)
    assert (found.views, found.view, found.undated) == ((), None, 3)


@pytest.mark.parametrize(
    "wanted",
    [
        {"view": "month"},
        {"view": "hours"},
        {"view": "april"},
        {"view": ""},
        {"page": 0},
        {"page": 2},
        {"holding": "nile-quarrel"},
        {"holding": "no-such"},
    ],
)
def test_what_there_is_not_is_not_found(session: Session, wanted: dict[str, object]) -> None:
    with pytest.raises(NotFound):
        timeline_page(session, "sample", None, now=NOW, **wanted)  # type: ignore[arg-type]


def test_a_set_there_is_not_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        timeline_page(session, "no-such", None, now=NOW)


def test_archived_facts_and_those_of_other_sets_are_not_shown(session: Session) -> None:
    session.scalars(select(Fact).where(Fact.key == "nile-date")).one().archived_at = NOW
    other = QuestionSet(key="other", title="Other", header={}, names=[], created_at=NOW)
    session.add(other)
    session.flush()
    session.scalars(select(Fact).where(Fact.key == "nile-quarrel")).one().set_id = other.id
    session.flush()
    assert listed(show(session)) == [("August 1858", ["1858-08-03"])]


@pytest.mark.one_database
def test_a_larger_set_takes_no_more_statements(session: Session, learner: User) -> None:
    few = statements(session, lambda: show(session, learner))
    add_facts(session, 2000, date="1858-08-05")
    session.expunge_all()
    assert statements(session, lambda: show(session, learner)) == few == 6
