"""HTML of other programs as our Markdown: every word stays, and what cannot be shown is named."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.formats import markup
from quizapp.core.formats.html_tree import MAX_HTML, Image
from quizapp.core.formats.markup import as_text, html_of, is_plain, line_of, markdown_of

# fmt: off
PIECES = [
    "<b>", "</b>", "<i>", "</i>", "<p>", "</p>", "<ul>", "</ul>", "<ol>", "<li>", "</li>", "<br>", "<code>",
    "</code>", '<a href="http://a.b">', "</a>", "<blockquote>", "</blockquote>", "<h2>", "</h2>", "a", "b c", "*",
    "_", "# ", "1. ", "- ", "`", "[x](y)", "[", "](", " ", "\n", "&lt;", "&amp;", "\\", "+ ", "=", "---", "~~~",
    ">", "&nbsp;", ".", "(", "1)", ":",
]
MARKS = ["**", "*", "a", "b ", "\n\n", "- ", "1. ", "> ", "`", "x", "[l](http://a.b)", " "]
# fmt: on


def words(html: str) -> str:
    return line_of(html).text


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("The <b>Red</b> <i>Army</i>", "The **Red** *Army*"),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("one<br>two", "one\\\ntwo"),
        ("<ul><li>a<ol><li>b<li>c</ol></li></ul>", "- a\n\n  1. b\n  2. c"),
        ("<blockquote>said</blockquote>", "> said"),
        ("<h2>Title</h2>text", "**Title**\n\ntext"),
        ("<b>a</b><b>b</b>", "**ab**"),
        ("a <b> b </b> c", "a **b** c"),
        ("5 * 3 &lt; 20 &amp;amp; 1_000", "5 \\* 3 < 20 \\&amp; 1_000"),
        ("1918. A year", "1918\\. A year"),
        ("# no heading", "\\# no heading"),
        ("[sic] and [a](b)", "[sic] and [a\\](b)"),
        ('<a href="https://a.b/c_d">link</a>', "[link](<https://a.b/c_d>)"),
        ('<a href="javascript:alert(1)">link</a>', "link"),
        ("<!-- hidden -->shown<script>run()</script><style>p{}</style>", "shown"),
        ("<div>a</div><div>b</div>", "a\n\nb"),
        ("", ""),
    ],
)
def test_html_as_markdown(html: str, markdown: str) -> None:
    assert markdown_of(html).text == markdown


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_every_word_stays_and_nothing_is_added(html: str) -> None:
    assert words(html_of(markdown_of(html).text)) == words(html)


@given(st.text(alphabet="ab*_`#[]()<>&;\\ \n-+=~.1!|{}:/", max_size=25))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert words(html_of(as_text(text))) == " ".join(text.split())


@given(
    st.lists(
        st.sampled_from(["**", "*", "a", "b ", "\n\n", "- ", "1. ", "> ", "`", "x", "[l](http://a.b)", " "]),
        max_size=12,
    )
)
def test_markdown_made_html_and_read_again_shows_the_same(pieces: list[str]) -> None:
    html = html_of("".join(pieces))
    assert words(html_of(markdown_of(html).text)) == words(html)


def test_html_inside_markdown_is_text() -> None:
    assert html_of("<b>x</b> **y**") == "<p>&lt;b&gt;x&lt;/b&gt; <strong>y</strong></p>"


@pytest.mark.parametrize(
    ("html", "warnings"),
    [
        ("<table><tr><td>a</td><td>b</td></tr></table>", "Tables become lines of text."),
        ("<u>a</u> b", "Underlining, colours and sizes are left out."),
        ("a<sup>2</sup>", "Superscript becomes plain text."),
        ("<iframe src=x></iframe>a", "Embedded pages are left out."),
        ("a <video src=x></video>", "Sound and video are left out."),
        ("\\(x^2\\)", "Formulas stay as they are written."),
        ("a<b>(b)</b>c", "Emphasis inside words is left out."),
    ],
)
def test_what_cannot_be_shown_is_named(html: str, warnings: str) -> None:
    marked = markdown_of(html)
    assert marked.warnings == {warnings}
    assert re.sub(r"\W", "", marked.text)


def test_pictures_are_told_apart() -> None:
    marked = markdown_of('<p>a <img src="x y.png" alt="A  flag"><IMG SRC=b.png></p>')
    assert marked.text == "a"
    assert marked.images == (Image("x y.png", "A flag"), Image("b.png", ""))


def test_a_picture_written_into_the_text_does_not_count_as_text() -> None:
    marked = markdown_of(f'<img src="data:image/png;base64,{"A" * MAX_HTML}">a')
    assert (marked.text, marked.images) == ("a", (Image("data:", ""),))


def test_html_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="At most"):
        markdown_of("x" * (MAX_HTML + 1))


@given(st.text("ab Я1.2)(:;!?%-–’“ '/,אé\u0301\u00a0ə", min_size=1, max_size=9))
def test_plain_text_is_what_the_parsers_would_make_of_it(text: str) -> None:
    if is_plain(text):
        assert html_of(text) == markup._markdown.render(text).strip()
        for source in (text, f"<p>{text}</p>"):
            assert markdown_of(source) == markup._converted(markup.read_html([source]))


@pytest.mark.parametrize(
    "text",
    ["1. A", "- a", "a  b", "*a*", "a_b", "<p>", "a & b", "a\nb", "שלום", "a ", " a", "", "[a](b)", "`a`"],
)
def test_text_that_a_parser_must_read_is_not_plain(text: str) -> None:
    assert not is_plain(text)
