"""Checks of wrong choices: too similar to a right one, or easy to spot."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from quizapp.core.kinds import Question
from quizapp.core.kinds.accepting import Accepting
from quizapp.core.kinds.choice import SingleChoice
from quizapp.core.kinds.cloze import Cloze, Gap
from quizapp.core.kinds.date import Date
from quizapp.core.kinds.fields import Distractor
from quizapp.core.kinds.matching import Matching
from quizapp.core.kinds.multiple import Multiple
from quizapp.core.kinds.number import Number
from quizapp.core.kinds.point import Point
from quizapp.core.kinds.true_false import TrueFalse
from quizapp.core.sets.parsed_set import ParsedSet, PlacedQuestion, SourceLine
from quizapp.core.sets.schema import Name, Problem
from quizapp.core.sets.spellings import forms_of, known_forms
from quizapp.core.sets.stems import is_right_figure, right_dates
from quizapp.core.sets.strict_yaml import YamlPath
from quizapp.core.text.answers import Match, answer_form, compare
from quizapp.core.text.normal import fold
from quizapp.core.translation import gettext

# With fewer questions a share means nothing.
ENOUGH = 20
# With four choices, the key is the longest in a quarter of the questions by chance.
MOST_LONGEST, MOST_ON_ONE_SIDE = 0.4, 0.7

# Words that add nothing, as in “not Park” or “it was the Nile”, in the most common language of sets.
# fmt: off
_FILLERS = frozenset({
    "a", "an", "answer", "false", "incorrect", "is", "it", "no", "not", "right", "that", "the", "this", "true",
    "was", "were", "wrong",
})
# fmt: on

_LISTING = re.compile(r"[,;&]|\b(?:and|with|və|ilə|и|с)\b", re.IGNORECASE)

Accepts = Callable[[str], bool]
_Offered = SingleChoice | Multiple | Gap


def keys_told_by_their_length(draft: ParsedSet) -> Iterator[Problem]:
    """Yield a problem if the key is too often the longest or the shortest choice."""
    choices = [(asked.at(*inside, "answer"), choice) for asked in draft.questions for choice, inside in asked.choices]
    for sign in (1, -1):
        giveaways = [place for place, choice in choices if _stands_out(choice, sign)]
        if draft.header and len(choices) >= ENOUGH and len(giveaways) > MOST_LONGEST * len(choices):
            yield draft.header.at().problem(_told_by_length(giveaways, len(choices), sign))


def _told_by_length(giveaways: Sequence[SourceLine], total: int, sign: int) -> str:
    values = {
        "count": len(giveaways), "total": total, "share": f"{len(giveaways) / total:.0%}",
        "most": f"{MOST_LONGEST:.0%}", "places": ", ".join(map(str, giveaways[:5])),
    }  # fmt: skip
    if sign > 0:
        return gettext(
            "The answer is the longest option in %(count)s of %(total)s choice questions (%(share)s), so it "
            "can be guessed. Allow no more than %(most)s. The first ones are at %(places)s.",
            **values,
        )
    return gettext(
        "The answer is the shortest option in %(count)s of %(total)s choice questions (%(share)s), so it can "
        "be guessed. Allow no more than %(most)s. The first ones are at %(places)s.",
        **values,
    )


def one_sided_statements(draft: ParsedSet) -> Iterator[Problem]:
    """Yield a problem if too many of the statements to judge are true, or false."""
    answers = Counter(asked.question.answer for asked in draft.questions if isinstance(asked.question, TrueFalse))
    for answer, count in answers.items():
        if draft.header and answers.total() >= ENOUGH and count > MOST_ON_ONE_SIDE * answers.total():
            values = {"count": count, "total": answers.total(), "share": f"{count / answers.total():.0%}"}
            message = (
                gettext(
                    "%(count)s of %(total)s statements are true (%(share)s). Make about half of them false.", **values
                )
                if answer
                else gettext(
                    "%(count)s of %(total)s statements are false (%(share)s). Make about half of them true.", **values
                )
            )
            yield draft.header.at().problem(message)


def lone_distractors(draft: ParsedSet) -> Iterator[Problem]:
    """Yield questions with only two choices, where half of all guesses are right."""
    for asked in draft.questions:
        for choice, inside in asked.choices:
            if len(choice.distractors) < 2:
                message = gettext("There is only one wrong choice, so half of all guesses are right. Add another.")
                yield asked.at(*inside).problem(message)


def choices_too_near(draft: ParsedSet) -> Iterator[Problem]:
    """Yield distractors too similar to the key or to each other, or accepted as right by another question."""
    names = [entry.value for entry in draft.names]
    for asked in draft.questions:
        for texts in _placed_options(asked):
            for (one, _), (other, inside) in combinations(texts, 2):
                # If a choice equals the key, the set cannot be loaded anyway: see checks.py.
                one_picked = isinstance(asked.question, SingleChoice | Cloze)
                refused = one_picked and answer_form(other) == answer_form(texts[0][0])
                if _near(one, other) and not refused and not _two_names(one, other, names):
                    message = gettext(
                        "“%(one)s” and “%(other)s” are almost the same. Change one.", one=one, other=other
                    )
                    yield asked.at(*inside).problem(message)
        for choice, inside in asked.choices:
            for sibling in asked.fact.questions:
                yield from _right_elsewhere(asked, choice, inside, sibling, names)


def empty_reasons(draft: ParsedSet) -> Iterator[Problem]:
    """Yield why_nots that are missing, only repeat the distractor, or are used for two distractors."""
    for asked in draft.questions:
        several = [(asked.question, ())] if isinstance(asked.question, Multiple) else []
        first: dict[str, str] = {}
        for distractor, inside in _placed_distractors([*asked.choices, *several]):
            place, reason = asked.at(*inside, "why_not"), fold(distractor.why_not)
            if not distractor.why_not:
                yield place.problem(gettext("Say why “%(choice)s” is wrong (why_not).", choice=distractor.text))
            elif only_repeats(distractor.why_not, distractor.text):
                message = gettext("This only repeats “%(choice)s”. Say why it is wrong.", choice=distractor.text)
                yield place.problem(message)
            elif reason in first:
                message = gettext(
                    "This has the same reason as “%(choice)s”. Say what is wrong with this choice.",
                    choice=first[reason],
                )
                yield place.problem(message)
            first.setdefault(reason, distractor.text)


def only_repeats(text: str, said: str) -> bool:
    """Return whether every word of a text has already been said."""
    return set(fold(text).split()) <= set(fold(said).split()) | _FILLERS


def _stands_out(question: SingleChoice | Gap, sign: int) -> bool:
    if isinstance(question, Point):
        question = question.as_choice()  # names are shown with the feedback only
    return all(sign * len(question.answer) > sign * len(distractor.text) for distractor in question.distractors)


def _placed_options(asked: PlacedQuestion) -> list[list[tuple[str, YamlPath]]]:
    """Return the texts offered together, each with its path; for a cloze, one list per gap with choices."""
    match question := asked.question:
        case Multiple():
            keys = [(text, ("answers", i)) for i, text in enumerate(question.answers)]
            return [[*keys, *_placed_texts(question, ())]]
        case Matching():
            places = {pair.right: ("pairs", i, "right") for i, pair in reversed(list(enumerate(question.pairs)))}
            extra = {text: ("extra", i) for i, text in enumerate(question.extra)}
            return [[(text, (places | extra)[text]) for text in question.options]]
        case Point():
            return []  # areas are told apart by their places
        case _:
            chosen = asked.choices
            return [[(choice.answer, (*at, "answer")), *_placed_texts(choice, at)] for choice, at in chosen]


def _placed_texts(offered: _Offered, at: YamlPath) -> list[tuple[str, YamlPath]]:
    return [(distractor.text, (*inside, "text")) for distractor, inside in _placed_distractors([(offered, at)])]


def _placed_distractors(offered: Iterable[tuple[_Offered, YamlPath]]) -> Iterator[tuple[Distractor, YamlPath]]:
    for choice, at in offered:
        for i, distractor in enumerate(choice.distractors):
            yield distractor, (*at, "distractors", i)


def _near(one: str, other: str) -> bool:
    """Return whether two texts are the same except for a typing slip or the order of a list."""
    if _listed(one) == _listed(other) != []:
        return True
    return any(compare(a, [b]).verdict is not Match.WRONG for a, b in ((one, other), (other, one)))


def _two_names(one: str, other: str, names: Sequence[Name]) -> bool:
    """Return whether the texts are different names in names.yaml: Iran and Iraq."""
    first, second = ({name.key for name in names if fold(text) in map(fold, forms_of(name))} for text in (one, other))
    return bool(first and second) and first.isdisjoint(second)


def _listed(text: str) -> list[str]:
    """Return the items of a list with commas and “and”: “Lenin and Chicherin”, but not “arms, not men”."""
    return sorted(filter(None, map(fold, _LISTING.split(text))))


def _right_elsewhere(
    asked: PlacedQuestion, choice: SingleChoice | Gap, at: YamlPath, sibling: Question, names: Sequence[Name]
) -> Iterator[Problem]:
    """Yield distractors that are right in another question of the fact which asks for the same answer."""
    judges = _judges(sibling, choice.answer, names)
    for text, inside in _placed_texts(choice, at):
        if not _near(text, choice.answer) and any(accepts(text) for accepts in judges):
            message = gettext(
                "“%(choice)s” is wrong here, but “%(key)s” accepts it. Change one of them.",
                choice=text,
                key=sibling.key,
            )
            yield asked.at(*inside).problem(message)


def _judges(question: Question, key: str, names: Sequence[Name]) -> list[Accepts]:
    """Return tests for other right answers to a question, one for each typed answer that accepts `key`.

    If `key` is not accepted, the question asks for something else: whom, not who.
    """
    judges: list[Accepts]
    match question:
        case Number():
            judges = [lambda text: is_right_figure(question, text)]
        case Date() if by_key := right_dates(question, key):
            # Two days in the month that is asked for are the same answer.
            return [lambda text: bool(right_dates(question, text) - by_key)]
        case _:
            judges = [_accepting(answer, names) for answer in question.text_answers.values()]
    return [accepts for accepts in judges if accepts(key)]


def _accepting(answer: Accepting, names: Sequence[Name]) -> Accepts:
    accepted = known_forms(answer, names)
    return lambda text: compare(text, accepted, answer.reject).verdict is not Match.WRONG
