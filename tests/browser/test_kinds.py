"""Each kind of question, answered in three ways: by keyboard alone, without JavaScript, and by touch on a telephone."""

import re
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
import sampling
from axe import check
from input_devices import DEVICES, TELEPHONE, Mouse, Touch, given, item, load_kinds, order_on
from offline_pages import until, wait_for_offline_questions
from playwright.sync_api import Page, expect

TURNS = cycle(DEVICES)


@pytest.fixture(scope="module")
def site(site: Any) -> Any:
    """A site that has a set with every kind of question."""
    load_kinds(site)
    return site


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Answer each kind in one of the ways, by turns; with `--exhaustive`, in all of them.

    Each kind is also answered by keyboard in test_keys.py, and without JavaScript in test_no_javascript.py.
    """
    if "hands" in metafunc.fixturenames:
        ways = list(DEVICES) if sampling.exhaustive else [next(TURNS)]
        metafunc.parametrize("hands", ways, indirect=True)


@pytest.fixture
def hands(request: pytest.FixtureRequest, arrive: Callable[..., Any]) -> Mouse:
    way, options = DEVICES[request.param]
    return way(arrive(**options))


@pytest.fixture
def mouse(arrive: Callable[..., Any]) -> Mouse:
    return Mouse(arrive())


# Each kind in three ways


def test_a_card_is_turned_and_rated(hands: Mouse) -> None:
    page = hands.ask("card")
    expect(page.locator(".flashcard__answer")).to_be_hidden()
    hands.press(page.get_by_text("Show the answer", exact=True))
    expect(page.locator(".flashcard__answer")).to_have_text("For centuries.")
    hands.press(page.get_by_role("button", name="Good"))
    expect(page.locator(".flashcard__answer")).to_have_count(0)
    assert [review.rating for review in hands.visitor.reviews()] == [3]


def test_an_essay_is_written_compared_and_rated(hands: Mouse) -> None:
    hands.visitor.set(asks_essays=True)
    page = hands.ask("essay")
    expect(page.get_by_text("A river slows where it meets")).to_be_hidden()
    hands.write("Your answer", "The river slows down; 1 it drops sand.")
    hands.press(page.get_by_text("Show the model answer", exact=True))
    expect(page.get_by_text("A river slows where it meets")).to_be_visible()
    hands.press(page.get_by_label("The river slows down", exact=True))
    hands.press(page.get_by_role("button", name="Good"))
    expect(page.get_by_text("A river slows where it meets")).to_have_count(0)
    (review,) = hands.visitor.reviews()
    assert (review.rating, review.response["points"]) == (3, [0])
    assert review.response["text"] == "The river slows down; 1 it drops sand."


def test_one_choice_is_picked(hands: Mouse) -> None:
    page = hands.ask("single")
    group = page.get_by_role("group", name="Into which sea does the Nile flow?")
    expect(group.get_by_role("button")).to_have_count(4)
    hands.press(group.get_by_role("button", name="The Red Sea"))
    hands.sees("Not right")
    expect(page.get_by_text("wrong, your choice")).to_be_visible()
    expect(page.get_by_role("heading", name="Why not “The Red Sea”?")).to_be_visible()


def test_a_place_is_pointed_at(hands: Mouse) -> None:
    page = hands.ask("place")
    expect(page.get_by_role("img", name="A map of a lake")).to_be_visible()
    group = page.get_by_role("group", name="Where is the island?")
    hands.press(group.get_by_role("button", name="On the western shore"))
    hands.sees("Not right")
    expect(page.locator(".point__area--key .point__name")).to_have_text("The island")
    expect(page.locator(".point__area--wrong .point__name")).to_have_text("The harbour")
    expect(page.get_by_role("heading", name="Why not “The harbour”?")).to_be_visible()
    expect(page.get_by_text("The spring")).to_be_hidden()
    hands.press(page.get_by_text("Other options"))
    expect(page.get_by_text("The spring")).to_be_visible()


@pytest.mark.parametrize("way", [Mouse, Touch])
def test_an_area_is_clicked_or_tapped_on_the_picture(arrive: Callable[..., Any], way: type[Mouse]) -> None:
    hands = way(arrive(**TELEPHONE) if way is Touch else arrive())
    page = hands.ask("place")
    number = page.get_by_role("button", name="In the north").get_attribute("data-key")
    hands.press(page.locator(f'.point__area[data-presses="{number}"] .point__box'))
    hands.sees("Right")


def test_an_area_is_named_by_its_digit(mouse: Mouse) -> None:
    page = mouse.ask("place")
    number = page.get_by_role("button", name="In the south").get_attribute("data-key")
    page.keyboard.press(number)
    mouse.sees("Not right")
    expect(page.locator(".point__area--wrong .point__name")).to_have_text("The spring")


@pytest.mark.parametrize("service_workers", [True])
def test_a_picture_is_kept_for_offline_study(mouse: Mouse) -> None:
    page = mouse.page
    wait_for_offline_questions(page)
    kept = """async () => (await (await caches.open("quizapp-questions")).keys())
        .map(({ url }) => new URL(url).pathname).filter((path) => path.startsWith("/pictures/"))"""
    (address,) = until(lambda: page.evaluate(kept), "the picture is kept")
    page.context.set_offline(True)
    size = f"""async () => {{ const picture = new Image(); picture.src = "{address}"; await picture.decode();
        return picture.width; }}"""
    assert page.evaluate(size) > 0


def test_a_statement_is_judged(hands: Mouse) -> None:
    page = hands.ask("statement")
    hands.press(page.get_by_role("group", name="Whales are fish.").get_by_role("button", name="False"))
    hands.sees("Right")
    expect(page.get_by_text("The statement is false.")).to_be_visible()


def test_several_are_ticked(hands: Mouse) -> None:
    page = hands.ask("several")
    group = page.get_by_role("group", name="More than one is right.")
    for text in ("Red", "Blue", "Green"):
        hands.press(group.get_by_role("checkbox", name=text))
        expect(group.get_by_role("checkbox", name=text)).to_be_checked()
    hands.press(hands.button("Check"))
    hands.sees("Partly right")
    expect(page.get_by_text("Right ticks: 2 of 3, wrong ticks: 1 (33%)")).to_be_visible()
    expect(page.get_by_text("Each wrong tick cancels a right one")).to_be_hidden()
    hands.press(page.get_by_text("How is this calculated?"))
    expect(page.get_by_text("Each wrong tick cancels a right one")).to_be_visible()


def test_gaps_are_typed_into(hands: Mouse) -> None:
    page = hands.ask("gaps")
    hands.write("Gap: animal", "fox")
    hands.write("Gap: what it does", "sleeps")
    hands.press(hands.button("Check"))
    hands.sees("Partly right")
    expect(page.get_by_text("Gaps right: 1 of 2 (50%)")).to_be_visible()
    expect(page.locator(".cloze__key")).to_have_text(["fox", "jumps"])


def test_a_long_word_in_a_gap_does_not_widen_the_page(arrive: Callable[..., Any]) -> None:
    mouse = Mouse(arrive(viewport={"width": 390, "height": 844}))
    page = mouse.ask("gaps")
    mouse.write("Gap: animal", "x" * 500)
    mouse.button("Check").click()
    mouse.sees("Not right")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_gaps_are_chosen_for_and_typed_into(hands: Mouse) -> None:
    page = hands.ask("mixed")
    expect(page.get_by_role("combobox")).to_have_count(2)
    hands.choose("Gap: direction", "east")
    hands.write("Gap: first capital", "Wien")
    hands.choose("Gap: sea", "Baltic")
    hands.press(hands.button("Check"))
    hands.sees("Partly right")
    expect(page.get_by_text("Gaps right: 2 of 3 (67%)")).to_be_visible()
    expect(page.get_by_role("heading", name="Why not “Baltic”?")).to_be_visible()


def test_a_word_is_typed_and_its_slip_pointed_out(hands: Mouse) -> None:
    page = hands.ask("name")
    hands.write("Your answer", "Каспиский")
    hands.press(hands.button("Check"))
    hands.sees("Right, but check the spelling")
    expect(page.get_by_text("You wrote Каспиский. It’s spelled Каспийский.")).to_be_visible()
    expect(page.locator("q + em bdi")).to_have_attribute("lang", "ru")


def test_a_date_is_typed(hands: Mouse) -> None:
    page = hands.ask("day")
    expect(page.get_by_label("Your answer (a date)")).to_have_accessible_description(re.compile("Type the day"))
    hands.write("Your answer (a date)", "28 April 1920")
    hands.press(hands.button("Check"))
    hands.sees("Close, but not right")
    expect(page.locator(".credit")).to_have_text("year right, month right, day wrong")


def test_a_figure_is_typed(hands: Mouse, complaints: Any) -> None:
    complaints.expect("status of 422")
    page = hands.ask("figure")
    field = page.get_by_label("Your answer (a number)")
    expect(field).to_have_accessible_description(re.compile("Type a number, such as 1,250.* men"))
    hands.write("Your answer (a number)", "many")
    hands.press(hands.button("Check"))
    expect(page.get_by_role("alert")).to_have_text(re.compile("many can’t be read as one number"))
    hands.press(hands.button("Check"))
    hands.sees("Not right")
    expect(page.locator(".field__error")).to_have_text(re.compile("This can’t be read"))
    expect(page.get_by_text("You wrote many.")).to_be_visible()


def test_things_are_put_in_order(hands: Mouse) -> None:
    page = hands.ask("order")
    seasons = ["Spring", "Summer", "Autumn", "Winter"]
    if hands.scripts:
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


def test_things_are_matched(hands: Mouse) -> None:
    page = hands.ask("pairs")
    for city, country in (("Paris", "France"), ("Rome", "Italy"), ("Milan", "Spain")):
        if hands.scripts:
            hands.press(item(page, city))
            expect(item(page, city)).to_have_attribute("aria-pressed", "true")
            hands.press(item(page, country))
        else:
            hands.choose(city, country)
    hands.press(hands.button("Check"))
    hands.sees("Partly right")
    expect(page.get_by_text("Right pairs: 2 of 3 (67%)")).to_be_visible()


# What is shown stays as it is


def shown(page: Page) -> list[str]:
    return page.locator(".choice__text, .cloze__gap option").all_text_contents()


@pytest.mark.parametrize("key", ["single", "several", "mixed"])
def test_reload_back_a_second_tab_and_the_verdict_show_one_order(mouse: Mouse, key: str) -> None:
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
    for listed in page.locator(".prompt--answered .choices").all():  # those right or picked, and the others
        texts = [text.strip() for text in listed.locator(".choice__text").all_text_contents()]
        assert texts == [text for text in order if text in texts]


def test_an_order_and_the_targets_of_a_matching_stay_as_well(mouse: Mouse) -> None:
    page = mouse.ask("order")
    first = order_on(page)
    page.reload()
    assert order_on(page) == first
    page = mouse.ask("pairs")
    targets = page.locator(".matching__text")
    first = targets.all_inner_texts()
    page.reload()
    expect(targets).to_have_text(first)


# For everybody


def test_everything_to_be_touched_is_as_large_as_a_finger(arrive: Callable[..., Any]) -> None:
    hands = Touch(arrive(**TELEPHONE))
    hands.visitor.set(asks_essays=True)
    for key in hands.ids:
        page = hands.ask(key)
        targets = "button, select, summary, label.choice, .button, input:not([type=hidden], [type=checkbox])"
        small = page.locator(f"main :is({targets})").evaluate_all(
            """all => all.filter(one => one.checkVisibility()).filter(one => {
                const box = one.getBoundingClientRect();
                return box.height < 44 || (one.closest("form.answer") && box.width < 44);
            }).map(one => one.outerHTML)"""
        )
        assert small == [], key


@pytest.mark.accessibility
def test_questions_and_verdicts_pass_axe(mouse: Mouse) -> None:
    """Those that other pages do not show already."""
    page = mouse.ask("mixed")
    check(page)
    mouse.choose("Gap: direction", "west")
    mouse.button("Check").click()
    mouse.sees("Not right")
    page.get_by_text("How is this calculated?").click()
    check(page)

    mouse.ask("place")
    check(page)
    page.get_by_role("button", name="In the south").click()
    mouse.sees("Not right")
    page.get_by_text("Other options").click()
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


@pytest.mark.accessibility
def test_typed_answers_and_long_words_pass_axe(mouse: Mouse, complaints: Any) -> None:
    complaints.expect("status of 422")
    page = mouse.ask("figure")
    check(page)
    page.get_by_label("Your answer (a number)").fill("many")
    mouse.button("Check").click()
    page.get_by_role("alert").wait_for()
    check(page)
    mouse.button("Check").click()
    mouse.sees("Not right")
    check(page)

    mouse.ask("name")
    page.get_by_label("Your answer").fill("Каспиский")
    mouse.button("Check").click()
    mouse.sees("Right, but check the spelling")
    check(page)

    for key in ("wordy", "wordy-pairs"):
        mouse.ask(key)
        check(page)
        mouse.button("I don’t know").click()
        mouse.sees("Here is the answer")
        check(page)
