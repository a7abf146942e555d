"""The dated facts of a set on a scale, and as a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from quizapp.core.explore.timeline import Extent, Window, extent, stretch, zooms
from quizapp.core.explore.timeline_marks import ScaleDrawing, place
from quizapp.core.progress.mastery import Mastery
from quizapp.core.sets.schema import SetHeader
from quizapp.core.text.direction import isolate
from quizapp.core.text.edtf import Precision, display_date
from quizapp.core.translation import gettext
from quizapp.models import Fact, User
from quizapp.services.errors import NotFound
from quizapp.services.explore.facts import (
    FactRow,
    Knowledge,
    OpenSet,
    cut_page,
    fact_rows,
    find_set,
    in_order,
    knowledge_of,
    mastery_level,
    narrow,
    sum_mastery,
)

ROWS_ON_A_PAGE = 7  # below the picture
SIZES = {"wide": (672.0, 30), "narrow": (288.0, 22)}  # the width (units) and the characters of a label


@dataclass(frozen=True, slots=True)
class TimelineView:
    """One of the views there are; `facts` are those that it shows."""

    name: str
    title: str
    facts: int


@dataclass(frozen=True, slots=True)
class MarkFacts:
    """What stands at a mark: one fact, or a number of them of which `first` is the first in the list."""

    first: FactRow
    facts: int
    page: int  # of the list, on which the first is
    date: str  # for reading
    topic: str | None  # where all share it
    mastery: Mastery | None  # None for a reader without a record

    @property
    def level(self) -> int | None:
        return None if self.mastery is None else mastery_level(self.mastery)


@dataclass(frozen=True, slots=True)
class TimelinePicture:
    """A drawing, and what stands at each of its marks."""

    drawing: ScaleDrawing
    places: tuple[MarkFacts, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Facts under a heading of the list; `name` marks those outside of the scale: before, wider, after."""

    title: str
    name: str | None
    facts: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True)
class FactsOffScale:
    """Facts for which the scale has no place, their dates, and the page of the list on which they begin."""

    facts: int
    dates: str
    page: int


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """`pictures` by size (SIZES); None throughout for a set without dates. `undated` facts are not shown at all."""

    header: SetHeader
    parts: frozenset[str]
    undated: int
    views: tuple[TimelineView, ...]
    view: TimelineView | None
    pictures: Mapping[str, TimelinePicture]
    edges: Mapping[str, FactsOffScale]
    headings: tuple[Heading, ...]
    page: int
    pages: int
    knows: bool  # whether the reader has a record


@dataclass(frozen=True, slots=True)
class _DatedFacts:
    """The facts of a set that have a date, in the order of time, and how many have none."""

    rows: Sequence[Any]  # id, key, topic, date
    extents: Sequence[Extent]
    undated: int

    def reading(self, indices: Sequence[int]) -> str:
        """Return the date that these share, or the days from the first of them to the last."""
        dates = {self.rows[index].date for index in indices}
        return display_date(dates.pop()) if len(dates) == 1 else stretch(self.extents[index] for index in indices)


@dataclass(frozen=True, slots=True)
class _ListLine:
    """A line of the list: a fact (its index); for one outside of the scale, on which side."""

    index: int
    name: str | None


def timeline_page(
    session: Session,
    key: str,
    learner: User | None,
    *,
    now: datetime,
    view: str = "whole",
    query: str = "",
    page: int = 1,
    holding: str | None = None,
) -> TimelinePage:
    """Return the dated facts of a set in one of its views, those with the words of a search; of the list a page, or the
    one that holds a fact.

    Raises NotFound for an unknown set, a view that the set has not, a page or a fact that the list has not.
    """
    found = find_set(session, learner, key, now=now)
    dated = _dated_facts(session, found)
    windows = zooms(dated.extents)
    if view not in windows and (windows or view != "whole"):
        raise NotFound
    if query:
        dated = _dated_facts(session, narrow(session, found, query=query))
    if not windows:
        cut_page([], page)
        return TimelinePage(found.header, found.parts, dated.undated, (), None, {}, {}, (), 1, 1, learner is not None)
    drawings = {size: place(dated.extents, windows[view], width=w, chars=chars) for size, (w, chars) in SIZES.items()}
    lines = list(_lines(drawings["wide"], outside=view == "whole"))
    page_of = {line.index: number // ROWS_ON_A_PAGE + 1 for number, line in enumerate(lines)}
    if holding is not None:
        page = next((page_of[line.index] for line in lines if dated.rows[line.index].key == holding), 0)
    shown, pages = cut_page(lines, page, ROWS_ON_A_PAGE)
    known = knowledge_of(session, learner, [row.id for row in dated.rows], now=now, set_id=found.row.id)
    firsts = {mark.facts[0] for drawing in drawings.values() for mark in drawing.marks}
    ids = {dated.rows[index].id for index in firsts | {line.index for line in shown}}
    rows = fact_rows(session, found, ids, known)
    views = [TimelineView(name, window.title, _count(dated, window, name)) for name, window in windows.items()]
    return TimelinePage(
        header=found.header,
        parts=found.parts,
        undated=dated.undated,
        views=tuple(views),
        view=next(each for each in views if each.name == view),
        pictures=_pictures(drawings, dated, rows, known, page_of),
        edges=_edges(drawings["wide"], dated, page_of),
        headings=tuple(_headings(shown, dated, rows, windows[view], _unit(view, windows[view]))),
        page=page,
        pages=pages,
        knows=learner is not None,
    )


def _dated_facts(session: Session, found: OpenSet) -> _DatedFacts:
    rows = session.execute(in_order(found, Fact.id, Fact.key, Fact.topic, Fact.date)).all()
    dated = sorted((row for row in rows if row.date), key=lambda row: extent(row.date).order)
    return _DatedFacts(dated, [extent(row.date) for row in dated], len(rows) - len(dated))


def _unit(view: str, window: Window) -> Precision:
    """Return how finely the list of a view is divided: the whole by years or months, the others a step finer."""
    return window.precision if view == "whole" else Precision.DAY if view == "month" else Precision.TIME


def _count(dated: _DatedFacts, window: Window, name: str) -> int:
    """Return how many facts a view shows; the whole has room for the others at its edges."""
    if name == "whole":
        return len(dated.rows)
    return sum(not window.beyond(each) and not window.is_part_of(each) for each in dated.extents)


def _lines(drawing: ScaleDrawing, *, outside: bool) -> Iterator[_ListLine]:
    """Yield the facts of a view in the order of time, with those outside of its scale if it is to list them."""
    if outside:
        yield from (_ListLine(index, "before") for index in drawing.before)
        yield from (_ListLine(index, "wider") for index in drawing.wider)
    yield from (_ListLine(index, None) for index in sorted(index for mark in drawing.marks for index in mark.facts))
    if outside:
        yield from (_ListLine(index, "after") for index in drawing.after)


def _headings(
    shown: Sequence[_ListLine], dated: _DatedFacts, rows: Mapping[int, FactRow], window: Window, unit: Precision
) -> Iterator[Heading]:
    def title(line: _ListLine) -> tuple[str, str | None]:
        return _title(line, dated, window, unit), line.name

    for (heading, name), lines in groupby(shown, key=title):
        yield Heading(heading, name, tuple(rows[dated.rows[line.index].id] for line in lines))


def _title(line: _ListLine, dated: _DatedFacts, window: Window, unit: Precision) -> str:
    """Return what a fact stands under: the year, month, day or time it began, as closely as it is known."""
    match line.name:
        case "before":
            return gettext("Before %(period)s", period=isolate(window.title))
        case "wider":
            return gettext("Longer periods or less exact dates")
        case "after":
            return gettext("After %(period)s", period=isolate(window.title))
    if dated.extents[line.index].start < window.start:
        return gettext("Started earlier")
    first = dated.rows[line.index].date.partition("/")[0].rstrip("~?")
    return display_date(first[: {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10, Precision.TIME: 16}[unit]])


def _pictures(
    drawings: Mapping[str, ScaleDrawing],
    dated: _DatedFacts,
    rows: Mapping[int, FactRow],
    known: Mapping[int, Knowledge],
    page_of: Mapping[int, int],
) -> dict[str, TimelinePicture]:
    return {
        size: TimelinePicture(drawing, tuple(_place(mark.facts, dated, rows, known, page_of) for mark in drawing.marks))
        for size, drawing in drawings.items()
    }


def _place(
    indices: Sequence[int],
    dated: _DatedFacts,
    rows: Mapping[int, FactRow],
    known: Mapping[int, Knowledge],
    page_of: Mapping[int, int],
) -> MarkFacts:
    members = [dated.rows[index] for index in indices]
    topics = {row.topic for row in members}
    return MarkFacts(
        first=rows[members[0].id],
        facts=len(members),
        page=page_of[indices[0]],
        date=dated.reading(indices),
        topic=members[0].topic if len(topics) == 1 else None,
        mastery=sum_mastery(known[row.id] for row in members) if known else None,
    )


def _edges(drawing: ScaleDrawing, dated: _DatedFacts, page_of: Mapping[int, int]) -> dict[str, FactsOffScale]:
    """Return what the scale has no place for, where it is listed: before it, longer than it, after it."""
    outside = {"before": drawing.before, "wider": drawing.wider, "after": drawing.after}
    return {
        name: FactsOffScale(len(facts), dated.reading(facts), page_of[facts[0]])
        for name, facts in outside.items()
        if facts and facts[0] in page_of
    }
