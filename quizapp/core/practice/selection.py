"""What a learner chose to practise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quizapp.core.practice.groups import Scope

DEFAULT_SIZE, MOST_QUESTIONS = 10, 100


@dataclass(frozen=True, slots=True)
class Selection:
    """Up to `size` facts of the group `value` of a scope; without topics or kinds, of all topics or kinds."""

    scope: Scope = Scope.ALL
    value: str = ""
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    size: int = DEFAULT_SIZE

    @property
    def is_everything(self) -> bool:
        """Return whether no fact and no question of a set is left out."""
        return self.scope is Scope.ALL and not self.topics and not self.kinds

    def as_json(self) -> dict[str, Any]:
        """Return what `read_selection` reads, as it is stored with an attempt."""
        return {
            "scope": self.scope.value,
            "value": self.value,
            "topics": list(self.topics),
            "kinds": list(self.kinds),
            "size": self.size,
        }


def read_selection(about: Mapping[str, Any]) -> Selection:
    """Return the selection that an attempt was begun with; earlier versions stored no topics and kinds."""
    scope = Scope(about["scope"])
    return Selection(
        scope, about["value"], tuple(about.get("topics", ())), tuple(about.get("kinds", ())), about["size"]
    )
