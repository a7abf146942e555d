"""The note types of our exports, from note_types.yaml: our own, and Anki's Basic."""

from pathlib import Path
from typing import Any

from quizapp.core.sets.strict_yaml import load

_TYPES, _ = load(Path(__file__).with_name("note_types.yaml").read_bytes())

OWN: dict[str, Any] = _TYPES["own"]
NAME: str = OWN["name"]
FIELDS: tuple[str, ...] = tuple(OWN["fields"])
PROMPT, PICTURE, CHOICES, ANSWER, EXPLANATION, WHY_NOT, TOPIC, KIND, FACT, KEY, DATA = FIELDS
SHOWN = (PROMPT, CHOICES, ANSWER, EXPLANATION, WHY_NOT)

FRONT, BACK = _TYPES["basic"]["fields"]
