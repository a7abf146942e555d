"""Each kind of question, answered in three ways: by keyboard alone, without JavaScript, and by touch on a telephone."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from quizapp.core.bank import read_set
from quizapp.models import Fact, Plan, QuestionSet
from quizapp.services.bank import load_set

KINDS = Path(__file__).parents[1] / "data" / "kinds"
TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def site(site_in: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A site that has a set with every kind of question."""
    with site_in(tmp_path_factory.mktemp("kinds")) as site:
        source, problems = read_set(KINDS)
        assert source, problems
        with site.session() as session:
            load_set(session, source, now=site.noon)
        yield site


class Hands:
    """Somebody who studies that set, and how they work a page. Here: with a mouse."""

    def __init__(self, visitor: Any) -> None:
        self.visitor, self.page = visitor, visitor.page
        network = self.page.context.request
        token = re.search(r'name="csrf_token" value="([^"]+)"', network.get("/").text())
        assert token
        network.post("/start", form={"csrf_token": token[1], "set": "kinds", "timezone": "UTC"}, max_redirects=0)
        with visitor.site.session() as session:
            plan = session.scalars(select(Plan).order_by(Plan.learner_id.desc()).limit(1)).one()
            plan.new_per_day = 50
            visitor.id = plan.learner_id
            in_set = select(Fact.key, Fact.id).join(QuestionSet).where(QuestionSet.key == "kinds")
            self.ids = dict(session.execute(in_set).all())

    def ask(self, key: str) -> Page:
        """Have the question of that fact on the screen."""
        self.page.goto(f"/review?fact={self.ids[key]}")
        expect(self.page.locator("form.answer")).to_have_attribute("action", f"/review/{self.ids[key]}")
        return self.page

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def sees(self, verdict: str) -> None:
        expect(self.page.locator("#verdict > strong")).to_have_text(verdict)


class Keyboard(Hands):
    def _go_to(self, target: Locator) -> None:
        for _ in range(60):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {target}")

    def press(self, target: Locator) -> None:
        self._go_to(target)
        self.page.keyboard.press("Space")

    def write(self, label: str, text: str) -> None:
        self._go_to(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(text)

    def choose(self, label: str, option: str) -> None:
        self.write(label, option)


class Finger(Hands):
    def press(self, target: Locator) -> None:
        target.tap()


WAYS = {
    "keyboard": (Keyboard, {}),
    "no-javascript": (Hands, {"java_script_enabled": False}),
    "touch": (Finger, TELEPHONE),
}


@pytest.fixture(params=WAYS)
def hands(request: pytest.FixtureRequest, arrive: Callable[..., Any]) -> Hands:
    way, options = WAYS[request.param]
    return way(arrive(**options))


@pytest.fixture
def mouse(arrive: Callable[..., Any]) -> Hands:
    return Hands(arrive())


def scripted(hands: Hands) -> bool:
    return hands.page.locator(".ordering--moving, .matching--tapping").count() > 0


# Each kind in three ways


def test_a_card_is_turned_and_rated(hands: Hands) -> None:
    page = hands.ask("card")
    expect(page.locator(".flashcard__answer")).to_be_hidden()
    hands.press(page.get_by_text("Show the answer", exact=True))
    expect(page.locator(".flashcard__answer")).to_have_text("For centuries.")
    hands.press(page.get_by_role("button", name="Good"))
    expect(page.locator(".flashcard__answer")).to_have_count(0)
    assert [review.rating for review in hands.visitor.reviews()] == [3]


def test_one_choice_is_picked(hands: Hands) -> None:
    page = hands.ask("single")
    group = page.get_by_role("group", name="Into which sea does the Nile flow?")
    expect(group.get_by_role("button")).to_have_count(4)
    hands.press(group.get_by_role("button", name="The Red Sea"))
    hands.sees("Not right")
    expect(page.get_by_text("wrong, your choice")).to_be_visible()
    expect(page.get_by_role("heading", name="Why not “The Red Sea”?")).to_be_visible()


def test_a_statement_is_judged(hands: Hands) -> None:
    page = hands.ask("statement")
    hands.press(page.get_by_role("group", name="Whales are fish.").get_by_role("button", name="False"))
    hands.sees("Right")
    expect(page.get_by_text("right answer, your choice")).to_be_visible()


def test_several_are_ticked(hands: Hands) -> None:
    page = hands.ask("several")
    group = page.get_by_role("group", name="More than one is right.")
    for text in ("Red", "Blue", "Green"):
        hands.press(group.get_by_role("checkbox", name=text))
        expect(group.get_by_role("checkbox", name=text)).to_be_checked()
    hands.press(hands.button("Check"))
    hands.sees("Partly right")
    expect(page.get_by_text("2 hits, 1 false alarm of 3: 33 %")).to_be_visible()
    expect(page.get_by_text("Hits less false alarms.")).to_be_hidden()
    hands.press(page.get_by_text("How this is counted"))
    expect(page.get_by_text("Hits less false alarms.")).to_be_visible()


def test_gaps_are_typed_into(hands: Hands) -> None:
    page = hands.ask("gaps")
    hands.write("Gap: animal", "fox")
    hands.write("Gap: what it does", "sleeps")
    hands.press(hands.button("Check"))
    hands.sees("Partly right")
    expect(page.get_by_text("Gaps: 1 of 2: 50 %")).to_be_visible()
    expect(page.locator(".cloze__key")).to_have_text(["fox", "jumps"])


def test_gaps_are_chosen_for_and_typed_into(hands: Hands) -> None:
    page = hands.ask("mixed")
    expect(page.get_by_role("combobox")).to_have_count(2)
    hands.choose("Gap: direction", "east")
    hands.write("Gap: first capital", "Wien")
    hands.choose("Gap: sea", "Baltic")
    hands.press(hands.button("Check"))
    hands.sees("Partly right")
    expect(page.get_by_text("Gaps: 2 of 3: 67 %")).to_be_visible()
    expect(page.get_by_role("heading", name="Why not “Baltic”?")).to_be_visible()


def test_a_word_is_typed_and_its_slip_pointed_out(hands: Hands) -> None:
    page = hands.ask("name")
    hands.write("Your answer", "Каспиский")
    hands.press(hands.button("Check"))
    hands.sees("Right, but for the spelling")
    expect(page.get_by_text("You wrote Каспиский, spelled Каспийский.")).to_be_visible()
    expect(page.locator("q + em")).to_have_attribute("lang", "ru")


def test_a_date_is_typed(hands: Hands) -> None:
    page = hands.ask("day")
    expect(page.get_by_label("Your answer, as a date")).to_have_accessible_description(re.compile("The day is asked"))
    hands.write("Your answer, as a date", "28 April 1920")
    hands.press(hands.button("Check"))
    hands.sees("Close, but not right")
    expect(page.locator(".credit")).to_have_text("Close: year right, month right, day another")


def test_a_figure_is_typed(hands: Hands) -> None:
    page = hands.ask("figure")
    field = page.get_by_label("Your answer, as a figure")
    expect(field).to_have_accessible_description(re.compile("A figure, such as 1,250.* men"))
    hands.write("Your answer, as a figure", "many")
    hands.press(hands.button("Check"))
    hands.sees("Not right")
    expect(page.locator(".field__error")).to_have_text(re.compile("That could not be read"))
    expect(page.get_by_text("You wrote many.")).to_be_visible()


def test_things_are_put_in_order(hands: Hands) -> None:
    page = hands.ask("order")
    seasons = ["Spring", "Summer", "Autumn", "Winter"]
    if scripted(hands):
        for place, season in enumerate(seasons):
            for _ in range(order_on(page).index(season) - place):
                hands.press(hands.button(f"Move up: {season}"))
        if not given(page):  # it stood right from the beginning
            hands.press(hands.button("Check"))
            hands.press(hands.button("Yes, as shown"))
        else:
            hands.press(hands.button("Check"))
    else:
        for place, season in enumerate(seasons, start=1):
            hands.choose(season, str(place))
        hands.press(hands.button("Check"))
    hands.sees("Right")
    assert page.locator(".parts tbody td:nth-child(2)").all_inner_texts() == seasons


def test_things_are_matched(hands: Hands) -> None:
    page = hands.ask("pairs")
    for city, country in (("Paris", "France"), ("Rome", "Italy"), ("Milan", "Spain")):
        if scripted(hands):
            hands.press(item(page, city))
            expect(item(page, city)).to_have_attribute("aria-pressed", "true")
            hands.press(item(page, country))
        else:
            hands.choose(city, country)
    hands.press(hands.button("Check"))
    hands.sees("Partly right")
    expect(page.get_by_text("Right pairs: 2 of 3: 67 %")).to_be_visible()


# An order


def order_on(page: Page) -> list[str]:
    return page.locator(".ordering__text").all_inner_texts()


def given(page: Page) -> list[str]:
    """The places that would be sent, from the top."""
    return [
        value for value in page.locator(".ordering select").evaluate_all("all => all.map(one => one.value)") if value
    ]


def test_an_order_that_nobody_touched_is_not_taken_for_an_answer(mouse: Hands) -> None:
    page = mouse.ask("order")
    mouse.button("Check").click()
    expect(page.get_by_text("Nothing has been moved yet. Is this your order?")).to_be_visible()
    expect(mouse.button("Yes, as shown")).to_be_focused()
    expect(mouse.button("Yes, as shown")).to_have_accessible_description(re.compile("Is this your order?"))
    mouse.button("Check").click()
    assert given(page) == []
    assert mouse.visitor.reviews() == []
    shown = order_on(page)
    mouse.button("Yes, as shown").click()
    page.locator("#verdict").wait_for()
    (review,) = mouse.visitor.reviews()
    places = review.response["places"]
    assert [shown[place - 1] for place in places] == ["Spring", "Summer", "Autumn", "Winter"]


def test_moving_there_and_back_makes_an_order_ones_own(mouse: Hands) -> None:
    page = mouse.ask("order")
    first, second, *_ = order_on(page)
    mouse.button("Check").click()
    mouse.button(f"Move down: {first}").click()
    expect(page.get_by_text("Is this your order?")).to_be_hidden()
    mouse.button(f"Move up: {first}").click()
    assert order_on(page)[:2] == [first, second]
    mouse.button("Check").click()
    expect(page.locator("#verdict")).to_be_visible()


def test_an_order_untouched_may_be_given_up(mouse: Hands) -> None:
    mouse.ask("order")
    mouse.button("I don’t know").click()
    mouse.sees("Here is the answer")


def test_moving_tells_the_place_and_keeps_the_focus_at_the_ends(mouse: Hands) -> None:
    page = mouse.ask("order")
    last = order_on(page)[-1]
    up = mouse.button(f"Move up: {last}")
    for place in (3, 2, 1):
        up.press("Enter")
        expect(page.locator(".ordering [role=status]")).to_have_text(f"{last}: place {place} of 4")
        expect(up).to_be_focused()
    expect(up).to_have_attribute("aria-disabled", "true")
    up.press("Enter")
    assert order_on(page)[0] == last


def middle(box: Any) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_mouse_drags_from_anywhere_on_the_line(mouse: Hands) -> None:
    page = mouse.ask("order")
    first, *others = order_on(page)
    page.mouse.move(*middle(page.locator(".ordering__text").first.bounding_box()))
    page.mouse.down()
    page.mouse.move(*middle(page.locator(".ordering__item").last.bounding_box()), steps=4)
    x, y = middle(page.locator(".ordering__item").last.bounding_box())
    page.mouse.move(x, y + 40)
    page.mouse.up()
    assert order_on(page) == [*others, first]
    assert given(page) == ["1", "2", "3", "4"]
    expect(page.locator(".ordering [role=status]")).to_have_text(f"{first}: place 4 of 4")
    expect(page.locator(".ordering__item--dragged")).to_have_count(0)


def test_a_thing_picked_up_and_put_back_was_not_moved(mouse: Hands) -> None:
    page = mouse.ask("order")
    x, y = middle(page.locator(".ordering__text").first.bounding_box())
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 8, steps=2)
    page.mouse.up()
    assert given(page) == []


def test_a_finger_drags_by_the_handle_and_scrolls_elsewhere(arrive: Callable[..., Any]) -> None:
    hands = Finger(arrive(**TELEPHONE))
    page = hands.ask("order")
    *others, last = order_on(page)
    touch = page.context.new_cdp_session(page)

    def drag(start: tuple[float, float], by: int) -> None:
        x, y = start
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for step in range(1, 9):
            point = {"x": x, "y": y + by * step / 8}
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    drag(middle(page.locator(".ordering__text").last.bounding_box()), -200)
    assert order_on(page) == [*others, last]
    page.evaluate("scrollTo(0, 0)")
    drag(middle(page.locator(".ordering__handle").last.bounding_box()), -300)
    expect(page.locator(".ordering__text").first).to_have_text(last)
    assert order_on(page) == [last, *others]


# Pairs


def item(page: Page, text: str) -> Locator:
    return page.locator(".matching__item").filter(has=page.get_by_text(text, exact=True)).first


def matched(page: Page) -> dict[str, str]:
    """The target chosen for each stem, as it would be sent."""
    return dict(
        page.locator(".matching__pair").evaluate_all(
            "all => all.map(one => [one.querySelector('label').textContent, one.querySelector(':checked').text])"
        )
    )


def test_a_pair_is_made_from_either_side_told_and_taken_back(mouse: Hands) -> None:
    page = mouse.ask("pairs")
    told = page.locator(".matching__told")
    expect(page.get_by_role("list", name="To be matched").get_by_role("button")).to_have_count(3)
    expect(page.get_by_role("list", name="What may belong to them").get_by_role("button")).to_have_count(3)
    item(page, "Paris").click()
    expect(told).to_have_text("Paris: Now choose what belongs to it.")
    item(page, "France").click()
    expect(told).to_have_text("Paris: matched with France. 1 of 3 matched.")
    expect(page.get_by_role("button", name="Paris matched with France")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="France matched", exact=True)).to_be_visible()
    item(page, "Italy").click()  # the target first
    item(page, "Rome").click()
    item(page, "Milan").click()
    item(page, "Italy").click()  # a target may serve twice
    assert matched(page) == {"Paris": "France", "Rome": "Italy", "Milan": "Italy"}
    item(page, "Rome").click()
    expect(told).to_have_text("Rome: taken back. Now choose what belongs to it.")
    assert matched(page) == {"Paris": "France", "Rome": "choose", "Milan": "Italy"}
    item(page, "Rome").click()
    expect(told).to_have_text("Rome: let go.")
    expect(page.locator(".matching__item[aria-pressed=true]")).to_have_count(0)


def test_tapping_another_on_the_same_side_changes_ones_mind(mouse: Hands) -> None:
    page = mouse.ask("pairs")
    item(page, "Paris").click()
    item(page, "Milan").click()
    item(page, "Italy").click()
    assert matched(page) == {"Paris": "choose", "Rome": "choose", "Milan": "Italy"}


# What is shown stays as it is


def shown(page: Page) -> list[str]:
    return page.locator(".choice__text, .cloze__gap option").all_text_contents()


@pytest.mark.parametrize("key", ["single", "several", "mixed"])
def test_reload_back_a_second_tab_and_the_verdict_show_one_order(mouse: Hands, key: str) -> None:
    page = mouse.ask(key)
    order = shown(page)
    page.reload()
    assert shown(page) == order
    page.goto("/today")
    page.go_back()
    assert shown(page) == order
    second = page.context.new_page()
    second.goto(f"/review?fact={mouse.ids[key]}")
    assert shown(second) == order
    mouse.visitor.answer(rightly=False)
    if key != "mixed":  # a sentence is shown whole, not with what else was on offer
        assert [text.strip() for text in shown(page)] == order


def test_an_order_and_the_targets_of_a_matching_stay_as_well(mouse: Hands) -> None:
    page = mouse.ask("order")
    first = order_on(page)
    page.reload()
    assert order_on(page) == first
    page = mouse.ask("pairs")
    first = page.locator(".matching__text").all_inner_texts()
    page.reload()
    assert page.locator(".matching__text").all_inner_texts() == first


# For everybody


def test_everything_to_be_touched_is_as_large_as_a_finger(arrive: Callable[..., Any]) -> None:
    hands = Finger(arrive(**TELEPHONE))
    for key in hands.ids:
        page = hands.ask(key)
        targets = "button, select, summary, label.choice, input:not([type=hidden], [type=checkbox])"
        small = page.locator(f"form.answer :is({targets})").evaluate_all(
            """all => all.filter(one => one.checkVisibility())
                .filter(one => { const box = one.getBoundingClientRect(); return box.width < 44 || box.height < 44; })
                .map(one => one.outerHTML)"""
        )
        assert small == [], key


def test_questions_and_verdicts_pass_axe(mouse: Hands) -> None:
    """Those that other pages do not show already."""
    page = mouse.ask("mixed")
    check(page)
    mouse.choose("Gap: direction", "west")
    mouse.button("Check").click()
    mouse.sees("Not right")
    page.get_by_text("How this is counted").click()
    check(page)

    mouse.ask("order")
    mouse.button("Check").click()
    check(page)

    mouse.ask("pairs")
    for text in ("Paris", "France", "Rome"):
        item(page, text).click()
    check(page)
    item(page, "Spain").click()
    mouse.button("Check").click()
    mouse.sees("Partly right")
    check(page)


def test_typed_answers_and_long_words_pass_axe(mouse: Hands) -> None:
    page = mouse.ask("figure")
    check(page)
    page.get_by_label("Your answer, as a figure").fill("many")
    mouse.button("Check").click()
    mouse.sees("Not right")
    check(page)

    mouse.ask("name")
    page.get_by_label("Your answer").fill("Каспиский")
    mouse.button("Check").click()
    mouse.sees("Right, but for the spelling")
    check(page)

    for key in ("wordy", "wordy-pairs"):
        mouse.ask(key)
        check(page)
        mouse.button("I don’t know").click()
        mouse.sees("Here is the answer")
        check(page)
