"""Findings on the quality of a set; none of them prevents loading and asking it."""

from collections.abc import Iterator

from quizapp.core.kinds import KINDS, Question
from quizapp.core.kinds.cloze import Cloze
from quizapp.core.kinds.true_false import TrueFalse
from quizapp.core.sets.chronology import effects_before_causes, questions_at_odds_with_facts
from quizapp.core.sets.error_messages import sentence
from quizapp.core.sets.giveaways import answers_betrayed, own_answers_shown, stems_asked_twice
from quizapp.core.sets.options import (
    choices_too_near,
    empty_reasons,
    keys_told_by_their_length,
    lone_distractors,
    one_sided_statements,
    only_repeats,
)
from quizapp.core.sets.parsed_set import ParsedSet
from quizapp.core.sets.patterns import matches
from quizapp.core.sets.schema import Fact, Problem
from quizapp.core.sets.stems import answers_of
from quizapp.core.translation import gettext

# Kinds that show the answer among others, and kinds that ask for it from memory. An ordering is neither; essays are not
# counted because only learners who want them are asked.
RECOGNITION = frozenset(kind for kind, cls in KINDS.items() if cls.offers_answer)
RECALL = frozenset(
    kind for kind, cls in KINDS.items() if (cls.typed_into or cls.self_graded) and not cls.marked_by_hand
)


def judge(draft: ParsedSet) -> Iterator[Problem]:
    """Yield every finding. Checks that need the whole set are skipped while parts of it are refused."""
    for judged in (
        choices_too_near,
        lone_distractors,
        empty_reasons,
        own_answers_shown,
        answers_betrayed,
        stems_asked_twice,
        _refused_forms,
        _empty_explanations,
        _missing_forms,
        effects_before_causes,
        questions_at_odds_with_facts,
    ):
        yield from judged(draft)
    if draft.whole:
        for judged in (
            keys_told_by_their_length,
            one_sided_statements,
            _unused_parts_of_the_source,
            _untitled_misconceptions,
            _dead_ends,
        ):
            yield from judged(draft)


def _refused_forms(draft: ParsedSet) -> Iterator[Problem]:
    refusals = draft.header.value.refuse if draft.header else []
    for asked in draft.questions:
        for refusal in refusals:
            if matches(refusal.pattern, asked.question.stem):
                message = gettext(
                    "This set doesn’t allow questions like “%(pattern)s”: %(reason)s",
                    pattern=refusal.pattern,
                    reason=refusal.why,
                )
                yield asked.at("prompt").problem(sentence(message))


def _empty_explanations(draft: ParsedSet) -> Iterator[Problem]:
    for asked in draft.questions:
        said, place = _said(asked.question, asked.fact), asked.at("explanation")
        if not asked.question.explanation:
            yield place.problem(gettext("There is no explanation. Say why the answer is right."))
        elif any(only_repeats(asked.question.explanation, text) for text in said):
            yield place.problem(gettext("The explanation only repeats what was just read. Add a reason or connection."))


def _said(question: Question, fact: Fact) -> list[str]:
    """Return the texts that a learner has read when the explanation is shown."""
    match question:
        case TrueFalse():
            answers = [question.prompt]
        case _ if question.self_graded:
            answers = [question.right_answer]
        case _:
            answers = answers_of(question, [])
    return [fact.statement, *answers]


def _missing_forms(draft: ParsedSet) -> Iterator[Problem]:
    for entry in draft.facts:
        kinds = {_form_of(question) for question in entry.value.questions}
        if kinds.isdisjoint(RECOGNITION):
            message = gettext(
                "No question lets learners recognise the fact. Add one of these kinds: %(kinds)s.",
                kinds=_listed(RECOGNITION),
            )
            yield entry.at("key").problem(message)
        if kinds.isdisjoint(RECALL):
            message = gettext(
                "No question lets learners recall the fact. Add one of these kinds: %(kinds)s.", kinds=_listed(RECALL)
            )
            yield entry.at("key").problem(message)


def _listed(kinds: frozenset[str]) -> str:
    return ", ".join(sorted(kinds))


def _form_of(question: Question) -> str:
    """Return the kind, but "choice" for a cloze whose gaps are all chosen, because it is also only recognised."""
    return "choice" if isinstance(question, Cloze) and question.is_chosen else question.kind


def _unused_parts_of_the_source(draft: ParsedSet) -> Iterator[Problem]:
    if not draft.header:
        return
    for field in ("passages", "notes"):
        used = {number for entry in draft.facts for number in getattr(entry.value, field)}
        for i, part in enumerate(getattr(draft.header.value, field)):
            if part.number not in used:
                message = (
                    gettext(
                        "No fact comes from passage %(number)s. Write one, or remove the passage.", number=part.number
                    )
                    if field == "passages"
                    else gettext(
                        "No fact comes from note %(number)s. Write one, or remove the note.", number=part.number
                    )
                )
                yield draft.header.at(field, i).problem(message)


def _untitled_misconceptions(draft: ParsedSet) -> Iterator[Problem]:
    """Yield misconceptions without a title, where they are first used, and titles that no wrong choice uses."""
    if not draft.header:
        return
    titles = draft.header.value.misconceptions
    used: set[str] = set()
    for asked in draft.questions:
        for option in asked.question.countable_options:
            key = option.misconception
            if key and key not in used | titles.keys():
                message = gettext("The misconception “%(key)s” has no title. Add one in set.yaml.", key=key)
                yield asked.at().problem(message)
            used |= {key} if key else set()
    for key in titles.keys() - used:
        message = gettext("No wrong choice has the misconception “%(key)s”. Remove its title, or use it.", key=key)
        yield draft.header.at("misconceptions", key).problem(message)


def _dead_ends(draft: ParsedSet) -> Iterator[Problem]:
    """Yield facts that have causes but lead nowhere, in a set that says where everything leads."""
    if not draft.header or not draft.header.value.end:
        return
    caused = {key for entry in draft.facts for key in entry.value.leads_to}
    for entry in draft.facts:
        fact = entry.value
        if fact.key in caused and not fact.leads_to and fact.key != draft.header.value.end:
            message = gettext(
                "The chain of causes ends here, before it reaches “%(key)s”. Add leads_to.", key=draft.header.value.end
            )
            yield entry.at("key").problem(message)
