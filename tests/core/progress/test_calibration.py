"""Whether certainty tells, on counts worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.progress.calibration import CalibrationFinding, Confidence, calibration

UNSURE, FAIRLY, CERTAIN = Confidence


def test_every_level_is_there_in_order_even_without_an_answer() -> None:
    found = calibration({CERTAIN: (12, 9)})
    assert [level.confidence for level in found.levels] == [UNSURE, FAIRLY, CERTAIN]
    assert [(level.share.answers, level.share.correct) for level in found.levels] == [(0, 0), (0, 0), (12, 9)]
    assert (found.answers, found.certain_but_wrong) == (12, 3)


@pytest.mark.parametrize(
    ("unsure", "certain", "finding"),
    [
        # Wilson: 20 of 40 is .352 to .648, 36 of 40 is .769 to .960
        ((40, 20), (40, 36), CalibrationFinding.TELLS),
        ((40, 36), (40, 20), CalibrationFinding.MISLEADS),
        # 9 of 12 is .468 to .911, 11 of 12 is .646 to .985: they overlap
        ((12, 9), (12, 11), CalibrationFinding.OPEN),
        ((40, 20), (9, 9), None),  # nine are too few
        ((9, 0), (40, 40), None),
        ((0, 0), (0, 0), None),
    ],
)
def test_certainty_tells_where_the_intervals_do_not_touch(
    unsure: tuple[int, int], certain: tuple[int, int], finding: CalibrationFinding | None
) -> None:
    assert calibration({UNSURE: unsure, FAIRLY: (5, 5), CERTAIN: certain}).finding is finding


@given(st.tuples(st.integers(0, 500), st.integers(0, 500)), st.tuples(st.integers(0, 500), st.integers(0, 500)))
def test_turned_round_the_finding_turns_round(one: tuple[int, int], other: tuple[int, int]) -> None:
    counts = [(max(pair), min(pair)) for pair in (one, other)]
    turned = {
        CalibrationFinding.TELLS: CalibrationFinding.MISLEADS,
        CalibrationFinding.MISLEADS: CalibrationFinding.TELLS,
    }
    there = calibration({UNSURE: counts[0], CERTAIN: counts[1]}).finding
    back = calibration({UNSURE: counts[1], CERTAIN: counts[0]}).finding
    assert back == (turned.get(there, there) if there else None)
