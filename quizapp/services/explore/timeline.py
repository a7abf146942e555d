"""The dated facts of a set on a scale, and as a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from sqlalchemy import func
from sqlalchemy.orm import Session

from quizapp.core.explore.timeline import Window, extent, stretch, zooms
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
    OpenSet,
    conditions_of,
    cut_page,
    fact_rows,
    facts_of,
    find_set,
    in_order,
    knowledge_of,
    mastery_level,
    narrow,
    recall_of,
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

    ids: Sequence[int]
    keys: Sequence[str]
    topics: Sequence[str]
    dates: tuple[str, ...]
    windows: Mapping[str, Window]
    undated: int

    def reading(self, indices: Sequence[int]) -> str:
        """Return the date that these share, or the days from the first of them to the last."""
        dates = {self.dates[index] for index in indices}
        return display_date(dates.pop()) if len(dates) == 1 else stretch(map(extent, dates))


@dataclass(frozen=True, slots=True)
class _ListLine:
    """A line of the list: a fact (its index); for one outside of the scale, on which side."""

    index: int
    name: str | None


@dataclass(frozen=True, slots=True)
class _Layout:
    """A view of dates that are in the order of time: its pictures by size, its list, and on which page each fact is."""

    drawings: Mapping[str, ScaleDrawing]
    lines: Sequence[_ListLine]
    page_of: Mapping[int, int]


# Placing 7,000 dates takes a tenth of a second and depends on nothing else: what one reader sees is kept for the next.
@lru_cache(maxsize=4)
def _lay_out(dates: tuple[str, ...], view: str, window: Window) -> _Layout:
    """Return a view of dates that are in the order of time."""
    extents = [extent(date) for date in dates]
    drawings = {size: place(extents, window, width=width, chars=chars) for size, (width, chars) in SIZES.items()}
    lines = list(_lines(drawings["wide"], outside=view == "whole"))
    page_of = {line.index: number // ROWS_ON_A_PAGE + 1 for number, line in enumerate(lines)}
    return _Layout(drawings, lines, page_of)


@lru_cache(maxsize=4)
def _in_time(dates: tuple[str, ...]) -> tuple[Sequence[int], Mapping[str, Window]]:
    """Return the places of the dates in the order of time, and the views they need."""
    extents = [extent(date) for date in dates]
    order = sorted(range(len(dates)), key=lambda index: extents[index].order)
    return order, zooms([extents[index] for index in order])


@lru_cache(maxsize=16)
def _count(dates: tuple[str, ...], window: Window, name: str) -> int:
    """Return how many facts a view shows; the whole has room for the others at its edges."""
    if name == "whole":
        return len(dates)
    return sum(not window.beyond(each) and not window.is_part_of(each) for each in map(extent, dates))


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
    windows = dated.windows
    if view not in windows and (windows or view != "whole"):
        raise NotFound
    if query:
        dated = _dated_facts(session, narrow(found, query=query))
    if not windows:
        cut_page([], page)
        return TimelinePage(found.header, found.parts, dated.undated, (), None, {}, {}, (), 1, 1, learner is not None)
    laid_out = _lay_out(dated.dates, view, windows[view])
    lines, page_of = laid_out.lines, laid_out.page_of
    if holding is not None:
        page = next((page_of[line.index] for line in lines if dated.keys[line.index] == holding), 0)
    shown, pages = cut_page(lines, page, ROWS_ON_A_PAGE)
    drawings = laid_out.drawings if page == 1 else {}
    firsts = {mark.facts[0] for drawing in drawings.values() for mark in drawing.marks}
    ids = {dated.ids[index] for index in firsts | {line.index for line in shown}}
    rows = fact_rows(session, found, ids, knowledge_of(session, learner, ids, now=now))
    recall = recall_of(session, learner, *conditions_of(found), Fact.date.is_not(None), now=now) if drawings else None
    views = [TimelineView(name, each.title, _count(dated.dates, each, name)) for name, each in windows.items()]
    return TimelinePage(
        header=found.header,
        parts=found.parts,
        undated=dated.undated,
        views=tuple(views),
        view=next(each for each in views if each.name == view),
        pictures=_pictures(drawings, dated, rows, recall, page_of),
        edges=_edges(laid_out.drawings["wide"], dated, page_of),
        headings=tuple(_headings(shown, dated, rows, windows[view], _unit(view, windows[view]))),
        page=page,
        pages=pages,
        knows=learner is not None,
    )


def _dated_facts(session: Session, found: OpenSet) -> _DatedFacts:
    dated = in_order(found, Fact.id, Fact.key, Fact.topic, Fact.date).where(Fact.date.is_not(None))
    rows = session.connection().execute(dated).all()  # thousands, and nothing of the ORM is needed
    order, windows = _in_time(tuple(date for *_, date in rows))
    ids, keys, topics, dates = zip(*(rows[index] for index in order), strict=True) if rows else ((), (), (), ())
    undated = session.scalar(facts_of(found, func.count()).where(Fact.date.is_(None))) or 0
    return _DatedFacts(ids, keys, topics, dates, windows, undated)


def _unit(view: str, window: Window) -> Precision:
    """Return how finely the list of a view is divided: the whole by years or months, the others a step finer."""
    return window.precision if view == "whole" else Precision.DAY if view == "month" else Precision.TIME


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
        yield Heading(heading, name, tuple(rows[dated.ids[line.index]] for line in lines))


def _title(line: _ListLine, dated: _DatedFacts, window: Window, unit: Precision) -> str:
    """Return what a fact stands under: the year, month, day or time it began, as closely as it is known."""
    match line.name:
        case "before":
            return gettext("Before %(period)s", period=isolate(window.title))
        case "wider":
            return gettext("Longer periods or less exact dates")
        case "after":
            return gettext("After %(period)s", period=isolate(window.title))
    if extent(dated.dates[line.index]).start < window.start:
        return gettext("Started earlier")
    first = dated.dates[line.index].partition("/")[0].rstrip("~?")
    return display_date(first[: {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10, Precision.TIME: 16}[unit]])


def _pictures(
    drawings: Mapping[str, ScaleDrawing],
    dated: _DatedFacts,
    rows: Mapping[int, FactRow],
    recall: Mapping[int, float] | None,
    page_of: Mapping[int, int],
) -> dict[str, TimelinePicture]:
    return {
        size: TimelinePicture(
            drawing, tuple(_place(mark.facts, dated, rows, recall, page_of) for mark in drawing.marks)
        )
        for size, drawing in drawings.items()
    }


def _place(
    indices: Sequence[int],
    dated: _DatedFacts,
    rows: Mapping[int, FactRow],
    recall: Mapping[int, float] | None,
    page_of: Mapping[int, int],
) -> MarkFacts:
    topics = {dated.topics[index] for index in indices}
    return MarkFacts(
        first=rows[dated.ids[indices[0]]],
        facts=len(indices),
        page=page_of[indices[0]],
        date=dated.reading(indices),
        topic=topics.pop() if len(topics) == 1 else None,
        mastery=sum_mastery([dated.ids[index] for index in indices], recall),
    )


def _edges(drawing: ScaleDrawing, dated: _DatedFacts, page_of: Mapping[int, int]) -> dict[str, FactsOffScale]:
    """Return what the scale has no place for, where it is listed: before it, longer than it, after it."""
    outside = {"before": drawing.before, "wider": drawing.wider, "after": drawing.after}
    return {
        name: FactsOffScale(len(facts), dated.reading(facts), page_of[facts[0]])
        for name, facts in outside.items()
        if facts and facts[0] in page_of
    }
