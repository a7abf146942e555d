"""What led to what: what is drawn at first, the whole map, and the causes and effects of one fact."""

import pytest
from explore import NOW, add_facts, make_reader, remember
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from study import statements

from quizapp.models import Fact, QuestionSet, User
from quizapp.services.errors import NotFound
from quizapp.services.explore.causes import BESIDE_PICTURE, GROUPS, ON_A_PAGE, READABLE, causes_page


@pytest.fixture
def learner(session: Session) -> User:
    return make_reader(session)


def join(session: Session, *links: str) -> None:
    """Add facts that lead to each other: "a b" lets dates-a lead to dates-b."""
    ends = sorted({end for link in links for end in link.split()})
    set_id = session.scalars(select(QuestionSet.id)).one()
    for position, end in enumerate(ends):
        leads = {f"dates-{link.split()[1]}": f"Why {link}." for link in links if link.split()[0] == end}
        session.add(
            Fact(
                set_id=set_id, key=f"dates-{end}", position=100 + position, topic="dates", statement=f"Fact {end}.",
                passages=[], notes=[], actors=[], leads_to=leads,
            )
        )  # fmt: skip
    session.flush()


def chain(length: int) -> list[str]:
    return [f"{number} {number + 1}" for number in range(length - 1)]


def test_a_small_group_is_drawn_whole_and_every_arrow_explained(session: Session) -> None:
    found = causes_page(session, "sample", None, now=NOW)
    (group,) = found.groups
    assert (found.facts, found.links, found.not_drawn, found.circles) == (2, 1, 0, 0)
    assert ([box.key for box in group.picture.boxes], group.chain) == (["nile-source", "nile-quarrel"], False)
    assert [(reason.cause.key, reason.effect.key, reason.why) for reason in found.reasons] == [
        ("nile-source", "nile-quarrel", "Burton doubted what Speke claimed.")
    ]


def test_of_a_large_group_the_longest_chain_is_drawn(session: Session) -> None:
    join(session, *chain(20), *(f"side-{number} 19" for number in range(10)))
    found = causes_page(session, "sample", None, now=NOW)
    large, small = found.groups
    assert (large.chain, len(large.picture.boxes), large.total) == (True, READABLE, 30)
    assert (large.causes["dates-19"], large.causes["dates-18"]) == (10, 0)
    assert (small.chain, len(small.picture.boxes)) == (False, 2)
    assert (found.found, len(found.reasons)) == (READABLE - 1 + 1, BESIDE_PICTURE)
    second = causes_page(session, "sample", None, page=2, now=NOW)
    assert (second.groups, len(second.reasons)) == ((), BESIDE_PICTURE)


def test_the_chain_ends_where_the_set_says_all_causes_lead(session: Session) -> None:
    join(session, *chain(30), "a b", "b z", "a 0")
    header = session.scalars(select(QuestionSet)).one()
    header.header = {**header.header, "end": "dates-z"}
    session.flush()
    group = causes_page(session, "sample", None, now=NOW).groups[0]
    assert [box.key for box in group.picture.boxes] == ["dates-a", "dates-b", "dates-z"]


def test_the_list_has_every_reason_and_no_picture(session: Session) -> None:
    join(session, *chain(20), *(f"side-{number} 19" for number in range(10)))
    pages = [causes_page(session, "sample", None, listed=True, page=page, now=NOW) for page in (1, 2, 3, 4)]
    assert [page.groups for page in pages] == [()] * 4
    assert sum(len(page.reasons) for page in pages) == pages[0].found == pages[0].links == 30
    assert len(pages[0].reasons) == ON_A_PAGE


@pytest.mark.parametrize(("query", "found"), [("DOUBTED speke", 1), ("burton nile", 1), ("no such words", 0)])
def test_links_are_found_by_the_words_of_their_facts_and_reasons(session: Session, query: str, found: int) -> None:
    page = causes_page(session, "sample", None, listed=True, query=query, now=NOW)
    assert (page.found, len(page.reasons), page.links) == (found, found, 1)


def test_very_many_groups_are_not_all_drawn(session: Session) -> None:
    join(session, *(f"a{number} b{number}" for number in range(10)))
    found = causes_page(session, "sample", None, now=NOW)
    assert (len(found.groups), found.not_drawn) == (GROUPS, 11 - GROUPS)


def test_a_fact_is_shown_with_what_led_to_it_and_what_it_led_to(session: Session) -> None:
    join(session, "a c", "b c", "c d", "d e", "x d", "a e")
    found = causes_page(session, "sample", None, fact="dates-c", now=NOW)
    assert found.selected is not None and found.selected.key == "dates-c"
    (group,) = found.groups
    assert {box.key for box in group.picture.boxes} == {f"dates-{key}" for key in "abcde"}
    assert [reason.why for reason in found.reasons] == ["Why a c.", "Why b c.", "Why c d."]
    assert (found.further, found.found, found.pages) == (0, 4, 2)


def test_of_many_causes_and_effects_the_nearest_are_drawn(session: Session) -> None:
    join(session, *chain(60))
    found = causes_page(session, "sample", None, fact="dates-30", now=NOW)
    boxes = len(found.groups[0].picture.boxes)
    assert boxes <= READABLE
    assert found.further == 60 - boxes
    assert {f"dates-{number}" for number in range(28, 33)} <= found.groups[0].facts.keys()


def test_all_direct_causes_are_drawn_however_many(session: Session) -> None:
    join(session, *(f"{number} z" for number in range(40)))
    found = causes_page(session, "sample", None, fact="dates-z", now=NOW)
    assert len(found.groups[0].picture.boxes) == 41


def test_a_circle_is_drawn_and_described(session: Session) -> None:
    join(session, "a b", "b c", "c a")
    found = causes_page(session, "sample", None, now=NOW)
    assert found.circles == 1
    assert [line.source for line in found.groups[0].picture.lines if line.against] == ["dates-c"]


def test_a_learner_sees_what_they_know(session: Session, learner: User) -> None:
    remember(session, learner, "nile-source")
    facts = causes_page(session, "sample", learner, now=NOW).groups[0].facts
    assert [fact.knowledge and fact.knowledge.reps for fact in (facts["nile-source"], facts["nile-quarrel"])] == [3, 0]
    assert causes_page(session, "sample", None, now=NOW).groups[0].facts["nile-source"].knowledge is None


def test_a_fact_that_is_gone_leads_nowhere(session: Session) -> None:
    session.execute(update(Fact).where(Fact.key == "nile-quarrel").values(archived_at=NOW))
    add_facts(session, 1, leads_to={"dates-0": "Itself.", "no-such": "Nothing."})
    found = causes_page(session, "sample", None, now=NOW)
    assert (found.links, found.groups, found.reasons) == (0, (), ())


@pytest.mark.parametrize("wanted", [{"fact": "no-such"}, {"fact": "nile-date"}, {"page": 0}, {"page": 2}])
def test_what_there_is_not_is_not_found(session: Session, wanted: dict[str, object]) -> None:
    with pytest.raises(NotFound):
        causes_page(session, "sample", None, now=NOW, **wanted)  # type: ignore[arg-type]


def test_a_set_there_is_not_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        causes_page(session, "no-such", None, now=NOW)


@pytest.mark.one_database
def test_a_larger_set_takes_no_more_statements(session: Session, learner: User) -> None:
    few = statements(session, lambda: causes_page(session, "sample", learner, now=NOW))
    join(session, *chain(200), *(f"side-{number} {number}" for number in range(200)))
    session.expunge_all()
    assert statements(session, lambda: causes_page(session, "sample", learner, now=NOW)) == few == 4
    assert statements(session, lambda: causes_page(session, "sample", learner, listed=True, now=NOW)) == few
