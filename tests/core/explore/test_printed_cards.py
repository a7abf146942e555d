"""Cards on sheets: eight a page, each back behind its front."""

import pytest

from quizapp.core.explore.printed_cards import COLUMNS, lay_out


@pytest.mark.parametrize(("cards", "sheets"), [(0, 0), (1, 1), (8, 1), (9, 2), (24, 3)])
def test_eight_cards_are_on_a_sheet_and_turned_over_each_back_is_behind_its_front(cards: int, sheets: int) -> None:
    found = lay_out(range(cards))
    assert len(found) == sheets
    assert [card for sheet in found for card in sheet.fronts if card is not None] == list(range(cards))
    for sheet in found:
        assert len(sheet.fronts) == len(sheet.backs) == 8
        for place, front in enumerate(sheet.fronts):
            row, column = divmod(place, COLUMNS)
            assert sheet.backs[row * COLUMNS + COLUMNS - 1 - column] == front
