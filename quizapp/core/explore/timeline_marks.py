"""The geometry of a timeline: the marks of dated facts, and the lines of its scale.

Coordinates are in CSS pixels, x from the left and y from the top. Marks are in lanes, one below the other; the template
makes each lane as high as its labels need.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from quizapp.core.explore.timeline import DAY, HOUR, YEAR, Extent, Window, day_of, minute_of
from quizapp.core.text.edtf import MONTHS

POINT = 24  # anything up to this width is drawn as a point
MARGIN = 12  # on the left and right of the scale
CHARACTER = 6.8  # the width of a character in a label
BESIDE = 14  # from the centre of a glyph to the text beside it
BETWEEN = 8  # between two marks in a lane
MOST_LANES = 36
SINGLY = 3  # up to this many facts at one position are drawn separately


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale; at a `major` line a larger unit begins."""

    x: float
    label: str
    major: bool


@dataclass(frozen=True, slots=True)
class TimelineMark:
    """Facts (by their index) at one position: a point if x0 == x1, else a bar.

    `left` and `right` are the bounds of everything drawn for it; the glyph is at `glyph`, with text of up to `chars`
    characters per line beside it, on the left if `flipped`.
    """

    facts: tuple[int, ...]
    x0: float
    x1: float
    lasting: bool
    doubtful: bool
    begun: bool  # before the window
    goes_on: bool  # after it
    glyph: float
    flipped: bool
    chars: int
    left: float
    right: float
    lane: int = 0

    @property
    def is_point(self) -> bool:
        return self.x0 == self.x1


@dataclass(frozen=True, slots=True)
class ScaleDrawing:
    """All marks in a window; `before`, `after` and `wider` are the facts (indices) that do not fit in it."""

    width: float
    lanes: int
    marks: tuple[TimelineMark, ...]
    ticks: tuple[Tick, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    wider: tuple[int, ...]


def place(extents: Sequence[Extent], window: Window, *, width: float, chars: int) -> ScaleDrawing:
    """Return the drawing of a window, `width` pixels wide, with labels of up to `chars` characters per line.

    The extents are sorted. If more than MOST_LANES lanes are needed, facts at the same position, then facts near each
    other, are combined into one mark.
    """
    beyond = {index: window.beyond(each) for index, each in enumerate(extents)}
    wider = [index for index, each in enumerate(extents) if window.is_part_of(each)]
    inside = [index for index, side in beyond.items() if not side and not window.is_part_of(extents[index])]
    scale = Scale(window, width)
    drawn = (
        _in_lanes(_mark(group, extents, scale, chars) for group in sorted(groups))
        for groups in _groupings(inside, extents, scale)
    )
    marks = next(marks for marks in drawn if marks is not None)
    return ScaleDrawing(
        width=width,
        lanes=max((mark.lane + 1 for mark in marks), default=0),
        marks=tuple(marks),
        ticks=tuple(ticks(scale)),
        before=tuple(index for index, side in beyond.items() if side < 0),
        after=tuple(index for index, side in beyond.items() if side > 0),
        wider=tuple(wider),
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps the minutes of a window to x on a drawing of some width."""

    window: Window
    width: float

    @property
    def per_minute(self) -> float:
        return (self.width - 2 * MARGIN) / (self.window.end - self.window.start)

    def x(self, minute: int) -> float:
        """Return the x of a minute; outside of the window it is that of the edge."""
        inside = min(max(minute, self.window.start), self.window.end)
        return round(MARGIN + (inside - self.window.start) * self.per_minute, 1)


def ticks(scale: Scale) -> Iterator[Tick]:
    """Yield the lines of a scale, as many as there is room for labels."""
    window = scale.window
    fitting = (row for row in _STEPS if row[1] * row[2] * scale.per_minute >= row[3])
    unit, step, *_ = next(fitting, _STEPS[-1])
    for minute in _boundaries(window, unit, step):
        yield Tick(scale.x(minute), *_tick_label(minute, unit, first=minute == window.start))


# The unit, the number of units, its length in minutes, and the width of a label in pixels.
_STEPS = (
    *(("hour", step, HOUR, 44) for step in (1, 2, 3, 6, 12)),
    *(("day", step, DAY, 44) for step in (1, 2, 5)),
    *(("month", step, 30 * DAY, 58) for step in (1, 3, 6)),
    *(("year", step, YEAR, 44) for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)),
)


# The marks


def _groupings(inside: Sequence[int], extents: Sequence[Extent], scale: Scale) -> Iterator[list[list[int]]]:
    """Yield the facts in groups that become one mark each: small groups first, then larger ones."""
    ends = {index: (scale.x(extents[index].start), scale.x(extents[index].end)) for index in inside}

    def alike(size: float) -> list[list[int]]:
        """Return groups of similar facts with ends in the same cells of `size` pixels."""
        groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for index, (x0, x1) in ends.items():
            groups[extents[index].lasting, extents[index].doubtful, x0 // size, x1 // size].append(index)
        return list(groups.values())

    exact = alike(0.1)
    yield [part for group in exact for part in ([[one] for one in group] if len(group) <= SINGLY else [group])]
    yield exact
    size = POINT / 2
    while size < scale.width:
        yield alike(size)
        size *= 2
    yield alike(size)


def _mark(group: Sequence[int], extents: Sequence[Extent], scale: Scale, chars: int) -> TimelineMark:
    """Return the mark of a group, with a label if there is room; its lane is chosen later."""
    members = [extents[index] for index in group]
    start, end = min(each.start for each in members), max(each.end for each in members)
    x0, x1 = scale.x(start), scale.x(end)
    lasting = members[0].lasting
    if lasting:
        x1 = max(x1, x0 + 1)
    elif x1 - x0 <= POINT:
        x0 = x1 = round((x0 + x1) / 2, 1)
    glyph, flipped, chars = _label(x0, x1, scale.width, chars)
    text = BESIDE + chars * CHARACTER
    return TimelineMark(
        facts=tuple(group),
        x0=x0,
        x1=x1,
        lasting=lasting,
        doubtful=members[0].doubtful,
        begun=start < scale.window.start,
        goes_on=end > scale.window.end,
        glyph=round(glyph, 1),
        flipped=flipped,
        chars=chars,
        left=round(min(x0, glyph - (text if flipped else MARGIN)), 1),
        right=round(max(x1, glyph + (MARGIN if flipped else text)), 1),
    )


def _label(x0: float, x1: float, width: float, chars: int) -> tuple[float, bool, int]:
    """Return the x of a mark's glyph, whether its text is on the left, and the characters per line.

    A point is its own glyph; the glyph of a bar is below it, at the end that leaves room for the text.
    """
    text = BESIDE + chars * CHARACTER
    if x0 == x1:
        flipped = x0 + text > width and x0 > width - x0
        room = (x0 if flipped else width - x0) - BESIDE
        return x0, flipped, min(chars, int(room / CHARACTER))
    if x0 + MARGIN + text <= width:
        return x0 + MARGIN, False, chars
    if x1 - MARGIN - text >= 0:
        return x1 - MARGIN, True, chars
    return max(width - text, MARGIN), False, chars


def _in_lanes(marks: Iterable[TimelineMark]) -> list[TimelineMark] | None:
    """Return each mark in the first lane with room for it, or None if more than MOST_LANES lanes are needed."""
    taken: list[list[TimelineMark]] = []
    placed = []
    for mark in marks:
        lane = next((lane for lane, others in enumerate(taken) if _has_room(others, mark)), len(taken))
        if lane == MOST_LANES:
            return None
        taken[lane:] = taken[lane:] or [[]]
        taken[lane].append(mark)
        placed.append(replace(mark, lane=lane))
    return placed


def _has_room(others: Iterable[TimelineMark], mark: TimelineMark) -> bool:
    return all(other.right + BETWEEN <= mark.left or mark.right + BETWEEN <= other.left for other in others)


# The scale


def _boundaries(window: Window, unit: str, step: int) -> Iterator[int]:
    """Yield the minutes at which every `step`-th unit begins."""
    if unit in ("hour", "day"):
        yield from range(window.start, window.end, step * (HOUR if unit == "hour" else DAY))
        return
    first = day_of(window.start)
    months = step if unit == "month" else 12 * step
    number = first.year * 12 + first.month - 1
    number -= number % months
    while (minute := minute_of(number // 12, number % 12 + 1)) < window.end:
        if minute >= window.start and number >= 12:
            yield minute
        number += months


def _tick_label(minute: int, unit: str, *, first: bool) -> tuple[str, bool]:
    """Return the label of a line of the scale, and whether a larger unit begins there."""
    day = day_of(minute)
    month = MONTHS[day.month - 1][:3]
    if unit == "hour":
        midnight = minute % DAY == 0
        return (f"{day.day} {month}" if midnight else f"{minute % DAY // HOUR:02}:00"), midnight
    if unit == "day":
        return f"{day.day} {month}", day.day == 1
    if unit == "month":
        return (f"{month} {day.year}" if first or day.month == 1 else month), day.month == 1
    return str(day.year), day.year % 100 == 0
