"""Things to put in order."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from quizapp.core.kinds.base import Grade, Method, Part, QuestionBase, ResponseBase, Stage, Tally, Verdict, in_parts
from quizapp.core.kinds.fields import Line, refuse_twins
from quizapp.core.kinds.mixups import Mixup, MixupKind
from quizapp.core.kinds.reading import CannotCarryOver, NoSuchChoice, find_option, pad, read_place, require_shown
from quizapp.core.translation import gettext


class OrderingResponse(ResponseBase):
    """The place (from 1) given to each of `Ordering.options`; None if no place was given."""

    kind: Literal["ordering"]
    places: Annotated[list[Annotated[int, Field(ge=1, le=99)] | None], Field(max_length=20)] = []


class Ordering(QuestionBase):
    """Things to put in order, from first to last. Things that share a place, written as a list, may be in any order."""

    label: ClassVar[str] = gettext("Put in order")
    summary: ClassVar[str] = gettext("Items to put in the right order.")
    form_field: ClassVar[str] = "place-"

    kind: Literal["ordering"]
    items: Annotated[list[Line | Annotated[list[Line], Field(min_length=2)]], Field(min_length=2)]

    @model_validator(mode="after")
    def _items_fit(self) -> Self:
        refuse_twins(self.options)
        if not 3 <= len(self.options) <= 7:
            raise ValueError(gettext("an ordering question needs three to seven items"))
        return self

    @property
    def places(self) -> list[list[str]]:
        """Return the things in each place, the first place first."""
        return [[item] if isinstance(item, str) else item for item in self.items]

    @property
    def options(self) -> list[str]:
        """Return all things in a right order; they are never shown in this order."""
        return [text for place in self.places for text in place]

    @property
    def ranks(self) -> list[int]:
        """Return the place (from 0) of each option."""
        return [rank for rank, place in enumerate(self.places) for _ in place]

    @property
    def option_ranges(self) -> dict[str, range]:
        return {"options": range(len(self.options))}

    @property
    def stage(self) -> Stage:
        return Stage.COMPLETE

    @property
    def guess_chance(self) -> float:
        right = math.prod(math.factorial(len(place)) for place in self.places)
        return right / math.factorial(len(self.options))

    @property
    def right_answer(self) -> str:
        return " → ".join(" / ".join(place) for place in self.places)

    def read_form(self, form: Mapping[str, str], order: Sequence[int]) -> OrderingResponse:
        """Read `place-0`, `place-1`, …: the places, from 1, given to the things in the order shown."""
        places = {index: read_place(form.get(f"place-{shown}", "")) or None for shown, index in enumerate(order)}
        return OrderingResponse(kind="ordering", places=[places[index] for index in sorted(places)])

    def grade(self, response: ResponseBase) -> Grade:
        """Return concordant pairs / all pairs, C(n, 2), as the credit; things sharing a place may be in any order."""
        ranks, options = self.ranks, self.options
        given = self.expect(response, OrderingResponse).places
        if len(given) > len(options) or any(place is not None and place > len(options) for place in given):
            raise NoSuchChoice(f"places {given}")
        places = pad(given, len(options))

        def concordant(one: int, other: int) -> bool:
            first, second = places[one], places[other]
            if first is None or second is None:
                return False
            return ranks[one] == ranks[other] or first < second

        pairs = list(combinations(range(len(options)), 2))
        right = [pair for pair in pairs if concordant(*pair)]
        parts = tuple(
            Part(
                text,
                given=str(places[index] or ""),
                expected=str(ranks[index] + 1),
                verdict=Verdict.RIGHT if all(pair in right for pair in pairs if index in pair) else Verdict.WRONG,
            )
            for index, text in enumerate(options)
        )
        tally = Tally(Method.CONCORDANT_PAIRS, len(right), len(pairs))
        return in_parts(tally, self.right_answer, parts, answered=any(places))

    def describe_answer(self, response: ResponseBase) -> str:
        placed: dict[int, list[str]] = {}
        for place, text in zip(self.expect(response, OrderingResponse).places, self.options, strict=False):
            if place is not None:
                placed.setdefault(place, []).append(text)
        return " → ".join(" / ".join(placed[place]) for place in sorted(placed))

    def find_mixups(self, response: ResponseBase) -> list[Mixup]:
        """Return the pairs in the wrong order, except for things that share a place or were given the same place."""
        placed = list(zip(self.options, self.ranks, self.expect(response, OrderingResponse).places, strict=False))
        return [
            Mixup(MixupKind.ORDER, earlier, later)
            for (earlier, rank, first), (later, other_rank, second) in combinations(placed, 2)
            if first is not None and second is not None and rank != other_rank and first > second
        ]

    def carry_over(self, response: ResponseBase, new: QuestionBase) -> ResponseBase:
        if not isinstance(new, Ordering):
            raise CannotCarryOver
        require_shown(new.options, self.options)
        require_shown(self.options, new.options)
        places = pad(self.expect(response, OrderingResponse).places, len(self.options))
        return OrderingResponse(
            kind="ordering", places=[places[find_option(text, self.options)] for text in new.options]
        )

    def sample_responses(self) -> list[ResponseBase]:
        right = [rank + 1 for rank in self.ranks]
        swapped = [right[1], right[0], *right[2:]]
        return [OrderingResponse(kind="ordering", places=[*places]) for places in (right, swapped)]
