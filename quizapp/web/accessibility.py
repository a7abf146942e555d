"""The success criteria of WCAG 2.2, levels A and AA: what the program does about each, and how that is checked."""

from typing import NamedTuple

from quizapp.core.translation import gettext


class Criterion(NamedTuple):
    """A success criterion. `tests` are files or tests in the directory `tests`; without any, people look.

    `axe`: it is also checked by axe on every page.
    """

    number: str
    level: str
    name: str
    evidence: str
    tests: tuple[str, ...] = ()
    axe: bool = False


NO_MEDIA = gettext("There is no audio and no video.")

# fmt: off
CRITERIA = [
    Criterion("1.1.1", "A", gettext("Non-text content"),
              gettext("Authors must describe every picture. Charts have a title and a table or list with the same "
                      "data. Icons only decorate the word next to them."),
              ("core/sets/test_picture_files.py",
               "browser/test_explore.py::test_the_picture_has_every_fact_of_the_list"), axe=True),
    Criterion("1.2.1", "A", gettext("Audio-only and video-only (prerecorded)"), NO_MEDIA),
    Criterion("1.2.2", "A", gettext("Captions (prerecorded)"), NO_MEDIA),
    Criterion("1.2.3", "A", gettext("Audio description or media alternative (prerecorded)"), NO_MEDIA),
    Criterion("1.2.4", "AA", gettext("Captions (live)"), NO_MEDIA),
    Criterion("1.2.5", "AA", gettext("Audio description (prerecorded)"), NO_MEDIA),
    Criterion("1.3.1", "A", gettext("Info and relationships"),
              gettext("Headings, lists, tables, groups and labels are HTML elements. Help texts and error messages are "
                      "linked to their fields."),
              ("browser/test_pages.py::test_a_form_with_errors",), axe=True),
    Criterion("1.3.2", "A", gettext("Meaningful sequence"),
              gettext("Pages are written in the order in which they are read, and make sense without styles. On a "
                      "phone, the navigation at the bottom comes first in this order."),
              ("browser/test_no_javascript.py::test_a_newcomer_studies",)),
    Criterion("1.3.3", "A", gettext("Sensory characteristics"),
              gettext("Instructions name a button or field by its words, never only by shape, place or sound.")),
    Criterion("1.3.4", "AA", gettext("Orientation"),
              gettext("Pages work in portrait and landscape, and the installed app doesn’t lock the screen to either."),
              ("web/test_manifest.py",
               "browser/test_page_layout.py::test_elsewhere_they_stand_in_the_running_head")),
    Criterion("1.3.5", "AA", gettext("Identify input purpose"),
              gettext("Browsers can fill in the fields for your user name, password, e-mail address and log-in code."),
              ("web/test_accounts.py::test_password_managers_know_which_field_is_which",), axe=True),
    Criterion("1.4.1", "A", gettext("Use of color"),
              gettext("An icon, a word and a colour show whether an answer is right. Topics have a name and an icon. "
                      "Links in text are underlined."),
              ("browser/test_page_layout.py::test_what_is_drawn_is_seen_where_the_readers_own_colours_rule",),
              axe=True),
    Criterion("1.4.2", "A", gettext("Audio control"),
              gettext("No sound plays by itself.")),
    Criterion("1.4.3", "AA", gettext("Contrast (minimum)"),
              gettext("All text has a contrast of 4.5:1 or more, in light and in dark colours."),
              ("web/test_accessibility.py::test_text_and_edges_have_enough_contrast",), axe=True),
    Criterion("1.4.4", "AA", gettext("Resize text"),
              gettext("You can enlarge text to twice its size in the browser, or choose one of two larger sizes at the "
                      "bottom of every page. Nothing is cut off."),
              ("browser/test_page_layout.py::test_everything_grows_with_the_size_of_type_and_nothing_is_lost",)),
    Criterion("1.4.5", "AA", gettext("Images of text"),
              gettext("Text is real text, in charts too. Only pictures that authors add, such as maps, contain "
                      "lettering.")),
    Criterion("1.4.10", "AA", gettext("Reflow"),
              gettext("At a width of 320 pixels no page scrolls sideways; wide tables and charts scroll in a frame of "
                      "their own."),
              ("browser/test_pages.py::test_open_to_everyone",
               "browser/test_progress.py::test_a_narrow_screen_scrolls_the_table_and_not_the_page")),
    Criterion("1.4.11", "AA", gettext("Non-text contrast"),
              gettext("Edges of fields and buttons, icons and the focus ring have a contrast of 3:1 or more."),
              ("web/test_accessibility.py::test_text_and_edges_have_enough_contrast",)),
    Criterion("1.4.12", "AA", gettext("Text spacing"),
              gettext("With more space between lines, words and letters, nothing is cut off or covered."),
              ("browser/test_page_layout.py::test_wider_spacing_cuts_nothing_off",)),
    Criterion("1.4.13", "AA", gettext("Content on hover or focus"),
              gettext("Nothing appears on hover or focus, except the link that skips to the content and what browsers "
                      "show for titles in charts.")),
    Criterion("2.1.1", "A", gettext("Keyboard"),
              gettext("Everything works with the keyboard alone: studying, quizzes, games, charts and writing sets."),
              ("browser/test_keys.py::test_a_whole_session_needs_no_mouse",
               "browser/test_quizzes.py::test_by_keyboard_alone",
               "browser/test_practice_games.py::test_a_match_game_by_keys_alone",
               "browser/test_editor.py::test_a_choice_is_written_without_a_mouse"), axe=True),
    Criterion("2.1.2", "A", gettext("No keyboard trap"),
              gettext("You can leave any part of a page with Tab. Escape closes a dialog, and the focus returns to "
                      "where it was."),
              ("browser/test_keys.py::test_a_question_mark_shows_the_keys_on_any_page_and_gives_the_focus_back",)),
    Criterion("2.1.4", "A", gettext("Character key shortcuts"),
              gettext("Single-key shortcuts can be turned off on the account page, and never work in a field."),
              ("browser/test_keys.py::test_single_keys_can_be_switched_off_and_the_others_still_work",
               "browser/test_keys.py::test_what_is_typed_into_a_field_is_only_typed")),
    Criterion("2.2.1", "A", gettext("Timing adjustable"),
              gettext("Studying has no time limit. You choose whether your own quizzes have one. For assigned quizzes "
                      "the teacher can give a student more time. Two-step log-in waits ten minutes for the code; after "
                      "that you type the password again, and nothing is lost."),
              ("services/test_assignments.py::test_extensions_hold_for_one_student_and_are_noted",
               "browser/test_nothing_is_lost.py::test_an_answer_after_the_session_ended_is_sent_after_logging_in")),
    Criterion("2.2.2", "A", gettext("Pause, stop, hide"),
              gettext("Nothing moves, blinks or scrolls by itself. The time left in a timed quiz is the one thing that "
                      "changes, because it is part of the test."),
              ("browser/test_quizzes.py::test_the_time_left_is_shown_twice_and_no_oftener",)),
    Criterion("2.3.1", "A", gettext("Three flashes or below threshold"),
              gettext("Nothing flashes.")),
    Criterion("2.4.1", "A", gettext("Bypass blocks"),
              gettext("The first link of every page skips to its content, and the parts of a page are landmarks."),
              ("web/test_accessibility.py::test_every_page_has_its_frame",), axe=True),
    Criterion("2.4.2", "A", gettext("Page titled"),
              gettext("Every page has a title that says what it is about."),
              ("web/test_accessibility.py::test_every_page_has_its_frame",), axe=True),
    Criterion("2.4.3", "A", gettext("Focus order"),
              gettext("The focus follows the order of the page. After an answer it goes to Continue, then to the next "
                      "question."),
              ("browser/test_study.py::test_focus_goes_to_continue_after_an_answer_and_to_the_question_after_that",),
              axe=True),
    Criterion("2.4.4", "A", gettext("Link purpose (in context)"),
              gettext("Links say where they lead. Where several have the same word, screen readers also read out what "
                      "each is about."), axe=True),
    Criterion("2.4.5", "AA", gettext("Multiple ways"),
              gettext("Each section can be reached from the navigation and from the home page or Today. Facts can be "
                      "reached from the set, the timeline, people, causes, passages and feedback; sets by search."),
              ("browser/test_explore.py::test_the_views_follow_from_one_to_the_next",)),
    Criterion("2.4.6", "AA", gettext("Headings and labels"),
              gettext("Each page has one main heading. Headings and labels say what is below or beside them."),
              ("browser/test_pages.py::test_open_to_everyone",), axe=True),
    Criterion("2.4.7", "AA", gettext("Focus visible"),
              gettext("A ring three pixels wide shows where the focus is."),
              ("browser/test_explore.py::test_a_mark_is_reached_and_opened_by_the_keyboard",)),
    Criterion("2.4.11", "AA", gettext("Focus not obscured (minimum)"),
              gettext("The bars at the bottom of the screen never cover what has the focus."),
              ("browser/test_page_layout.py::test_the_bar_covers_nothing_that_has_the_focus_nor_the_end_of_the_page",)),
    Criterion("2.5.1", "A", gettext("Pointer gestures"),
              gettext("Nothing needs a gesture with several fingers or along a path."),
              ("browser/test_ordering_and_matching.py"
               "::test_moving_announces_the_place_and_keeps_the_focus_at_the_ends",)),
    Criterion("2.5.2", "A", gettext("Pointer cancellation"),
              gettext("Buttons act when you let go. What you drag can be put back where it was, and answers can be "
                      "undone."),
              ("browser/test_ordering_and_matching.py::test_a_thing_picked_up_and_put_back_was_not_moved",
               "browser/test_undo.py::test_undo_brings_the_question_back")),
    Criterion("2.5.3", "A", gettext("Label in name"),
              gettext("The name of a button or link that screen readers and voice control use contains the words you "
                      "see."),
              ("browser/test_page_layout.py::test_names_contain_the_words_on_the_screen",)),
    Criterion("2.5.4", "A", gettext("Motion actuation"),
              gettext("Nothing reacts to moving the device.")),
    Criterion("2.5.7", "AA", gettext("Dragging movements"),
              gettext("Everything you can drag can also be moved with buttons, or by typing its place."),
              ("browser/test_ordering_and_matching.py::test_moving_announces_the_place_and_keeps_the_focus_at_the_ends",
               "browser/test_facts.py::test_a_fact_is_dragged_to_its_place_or_sent_there")),
    Criterion("2.5.8", "AA", gettext("Target size (minimum)"),
              gettext("Buttons and fields are at least 44 pixels high, and other targets at least 24 pixels apart."),
              ("browser/test_study.py::test_everything_to_touch_is_large_enough",
               "browser/test_kinds.py::test_everything_to_be_touched_is_as_large_as_a_finger"), axe=True),
    Criterion("3.1.1", "A", gettext("Language of page"),
              gettext("Every page says that it is in English."),
              ("web/test_accessibility.py::test_every_page_has_its_frame",), axe=True),
    Criterion("3.1.2", "AA", gettext("Language of parts"),
              gettext("The text of a set is marked with the language of the set. Names in another language are marked "
                      "if their letters show which one it is."),
              ("web/test_direction.py::test_a_text_has_the_language_of_its_set",
               "browser/test_study.py::test_a_name_in_another_tongue_is_marked_as_such"), axe=True),
    Criterion("3.2.1", "A", gettext("On focus"),
              gettext("Nothing happens just because something gets the focus.")),
    Criterion("3.2.2", "A", gettext("On input"),
              gettext("Choosing or typing never sends a form or opens another page; only buttons do. Some numbers and "
                      "previews on the same page change as you type."),
              ("browser/test_plans.py::test_the_forecast_follows_what_is_typed",)),
    Criterion("3.2.3", "AA", gettext("Consistent navigation"),
              gettext("The navigation and the end of the page have the same links in the same order on every page."),
              ("web/test_accessibility.py::test_every_page_has_its_frame",)),
    Criterion("3.2.4", "AA", gettext("Consistent identification"),
              gettext("The same thing has the same word and icon on every page; the README lists the words."),
              ("test_translation.py",)),
    Criterion("3.2.6", "A", gettext("Consistent help"),
              gettext("The list of keys, this page and the privacy page are linked at the end of every page, in the "
                      "same order."),
              ("web/test_accessibility.py::test_every_page_has_its_frame",)),
    Criterion("3.3.1", "A", gettext("Error identification"),
              gettext("An error is described in words next to its field, and the field gets the focus."),
              ("web/test_accounts.py::test_a_sign_up_that_will_not_do_says_so_at_the_field",
               "browser/test_pages.py::test_a_form_with_errors")),
    Criterion("3.3.2", "A", gettext("Labels or instructions"),
              gettext("Every field has a label you can see, except where the question itself is the label. Unusual "
                      "formats are explained."),
              ("browser/test_pages.py::test_a_question_with_fields_and_its_verdicts",), axe=True),
    Criterion("3.3.3", "AA", gettext("Error suggestion"),
              gettext("Messages say what to type instead, for example by giving the smallest and largest numbers "
                      "allowed."),
              ("web/test_quizzes.py::test_what_will_not_do_is_said_where_it_is_and_nothing_is_made",)),
    Criterion("3.3.4", "AA", gettext("Error prevention (legal, financial, data)"),
              gettext("You’re asked to confirm before you delete your account or hand in a quiz. Answers, changes to "
                      "sets and archiving can be undone."),
              ("web/test_accounts.py::test_deleting_asks_for_the_password_and_ends_everything",
               "browser/test_undo.py::test_undo_brings_the_question_back")),
    Criterion("3.3.7", "A", gettext("Redundant entry"),
              gettext("Forms keep what you typed when there is an error, or when you have to log in again. Only a new "
                      "password has to be typed twice, for safety."),
              ("web/test_kept_forms.py::test_sign_up_comes_back_filled_but_for_the_passwords",)),
    Criterion("3.3.8", "AA", gettext("Accessible authentication (minimum)"),
              gettext("You don’t have to solve a puzzle to log in. Passwords and codes can be pasted and filled in by "
                      "a password manager."),
              ("browser/test_accounts.py::test_a_password_manager_finds_the_fields",)),
    Criterion("4.1.2", "A", gettext("Name, role, value"),
              gettext("Controls are HTML elements with a name. Those that scripts add, such as buttons to move things, "
                      "also have a name and state that screen readers can read."),
              ("browser/test_ordering_and_matching.py::test_a_pair_is_made_from_either_side_announced_and_taken_back",),
              axe=True),
    Criterion("4.1.3", "AA", gettext("Status messages"),
              gettext("Results, messages and the time left are read out by screen readers without taking the focus."),
              ("browser/test_study.py::test_the_verdict_is_announced",
               "browser/test_quizzes.py::test_the_time_left_is_shown_twice_and_no_oftener")),
]
# fmt: on
