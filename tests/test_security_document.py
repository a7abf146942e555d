"""SECURITY.md: what it names exists, and every requirement of levels 1 and 2 of the ASVS has its place in it."""

import re
from collections.abc import Iterator
from pathlib import Path

from quizapp.config import PREFIX, Settings, variable

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

STATES = {"met", "partly", "not met"}
# The last number of level 1 or 2 in each section of the ASVS 5.0.0; what comes after it is of level 3.
LAST_OF_SECTION = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip

ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
GROUP = re.compile(r"(\d+\.\d+)\.(\d+)(?:–\1\.(\d+))?")  # 4.4.1–4.4.4
NAMED = re.compile(r"`([\w./-]+/|[\w./-]+\.(?:gz|html|js|md|py|toml|txt))(?:::(\w+))?`")


def not_used() -> Iterator[str]:
    """The requirements of the groups that do not apply."""
    groups = TEXT.partition("### Not used here")[2].partition("### ")[0]
    for section, first, last in GROUP.findall(groups):
        yield from (f"{section}.{number}" for number in range(int(first), int(last or first) + 1))


def test_every_requirement_has_its_place_once() -> None:
    expected = {f"{section}.{n}" for section, last in LAST_OF_SECTION.items() for n in range(1, last + 1)}
    found = [*(row[0] for row in ROW.findall(TEXT)), *not_used()]
    assert len(expected) == 253  # 70 of level 1, 183 of level 2
    assert sorted(found) == sorted(expected)


def test_every_row_has_a_state_and_what_is_not_met_has_a_reason() -> None:
    rows = ROW.findall(TEXT)
    assert len(rows) == len(re.findall(r"^\| \d+\.\d+\.\d+ ", TEXT, re.M))
    assert [number for number, _, state, _ in rows if state not in STATES] == []
    assert [number for number, _, _, where in rows if len(where) < 8] == []


def test_what_it_names_exists() -> None:
    found = NAMED.findall(TEXT)
    assert len(found) > 150
    assert [f"{path}::{name}" for path, name in sorted(set(found)) if not exists(path, name)] == []
    settings = {variable(name) for name in Settings.model_fields}
    assert set(re.findall(rf"`({PREFIX}\w+)", TEXT)) <= settings


def exists(path: str, name: str) -> bool:
    """Whether there is such a file below the root or the package, and in it what is named, if anything is."""
    file = next((place / path for place in (ROOT, ROOT / "quizapp") if (place / path).exists()), None)
    if file is None or not name:
        return file is not None
    return re.search(rf"^\s*(?:def|class) {name}\b|^[\w, ]*\b{name}\b.* = ", file.read_text("utf-8"), re.M) is not None


def test_links_inside_it_lead_somewhere() -> None:
    titles = re.findall(r"^#+ (.+)$", TEXT, re.M)
    anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors
