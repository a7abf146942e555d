"""Damaged and odd files for all importers: a few of those that `python tests/fuzz.py` tries."""

import fuzzing
from limited import limited
from sampling import sample


def test_no_file_raises_an_undeclared_error() -> None:
    numbers = sample(range(1_200), every=6)

    def read_all() -> list[str]:
        results = [fuzzing.read_one(number, seed=1) for number in numbers]
        return [result.outcome for result in results if result.outcome not in ("read", "refused")]

    assert limited(read_all, seconds=60) == []
