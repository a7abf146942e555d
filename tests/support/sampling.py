"""How much of a long sweep is tried: a fixed sample by default, everything with `--exhaustive`."""

from collections.abc import Iterable
from typing import TypeVar

import hypothesis

Case = TypeVar("Case")

exhaustive = False
accessibility = False  # whether the run is about accessibility alone

# How long an example takes says more about the machine than about the program.
ANY_TIME = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("sample", max_examples=12, derandomize=True, **ANY_TIME)
hypothesis.settings.register_profile("exhaustive", max_examples=200, **ANY_TIME)


def choose(*, everything: bool, all_accessibility: bool) -> None:
    """Set how much this run tries, before any test is collected."""
    global accessibility, exhaustive
    accessibility, exhaustive = all_accessibility, everything
    hypothesis.settings.load_profile("exhaustive" if everything else "sample")


def sample(cases: Iterable[Case], *, every: int) -> list[Case]:
    """Return every n-th case, or all of them with `--exhaustive`."""
    return list(cases)[:: 1 if exhaustive else every]
