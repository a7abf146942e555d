"""Texts with gaps on pages: no character in them is taken for a gap, and every gap is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.formats.markup import html_with_gaps
from quizapp.core.kinds.gaps import GAP
from quizapp.web.rendering import cloze_parts

PIECES = st.sampled_from(
    ["**", "*", "`", "a", "b c", "\ue000", "{{river}}", "{{ sea }}", "{", "}", "\n", "\n\n", "- ", "    ", "[l](/x)",
     "[", "](/{{river}})", "<b>", "&amp;", "\\", "<https://a.b/{{sea}}>", "~~~", "#"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join))
def test_every_gap_is_filled_once_and_in_order(text: str) -> None:
    filled: list[str] = []
    html_with_gaps(text, lambda name: filled.append(name) or "")
    assert filled[-len(GAP.findall(text)) :] == GAP.findall(text) or not GAP.findall(text)
    numbers = [part for part in cloze_parts(text) if isinstance(part, int)]
    assert numbers == list(range(len(GAP.findall(text))))


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("a **b {{x}} c**", "a <strong>b [0] c</strong>"),
        ("\ue000 {{x}} \ue000", "\ue000 [0] \ue000"),
        ("`<{{x}}>` *{{y}}*", "<code>&lt;[0]&gt;</code> <em>[1]</em>"),
        ("<b>{{x}}</b> & [l](http://a.b)", "&lt;b&gt;[0]&lt;/b&gt; &amp; l"),
        ("**a** [l](/{{x}})", "**a** [l](/[0])"),
    ],
)
def test_a_page_shows_the_text_with_its_gaps(text: str, page: str) -> None:
    assert "".join(f"[{part}]" if isinstance(part, int) else part for part in cloze_parts(text)) == page
