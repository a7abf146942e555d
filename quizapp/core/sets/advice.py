"""Advice on the style of a set: the rules that the built-in set follows.

A set that breaks them can be good in its own way; so they are advice, apart from the findings of core.sets.quality.
"""

import re
from collections.abc import Iterator

from quizapp.core.kinds.true_false import TrueFalse
from quizapp.core.sets.parsed_set import ParsedSet, PlacedEntry
from quizapp.core.sets.schema import ESSENTIAL, Fact, Problem, SetHeader
from quizapp.core.translation import gettext

MAX_STATEMENT_WORDS = 25
MAX_NAMING_THE_SOURCE = 0.1
MAX_TRUE_FALSE = 0.2
# Shares of fewer questions say nothing.
ENOUGH_QUESTIONS = 20
FORMS_OF_ESSENTIAL_FACTS = 3

_PRONOUN = re.compile(
    r"(?:he|she|it|they|we|his|her|its|their|this|that|these|those|the same|both|there)\b", re.IGNORECASE
)
_SOURCE = re.compile(r"\b(?:the|this) (?:article|author|source|text|passage)\b", re.IGNORECASE)
_ATTRIBUTION = re.compile(
    r"\b(?:according to|in the (?:words|view|account|reading|opinion) of|in (?:\w+ ){1,4}(?:view|account|reading)"
    r"|\w+’s (?:words|view|account|reading|opinion)|reportedly|the article|the author"
    r"|argue[sd]?|claim(?:s|ed)|maintain(?:s|ed))\b",
    re.IGNORECASE,
)
_CONTESTED = re.compile("Contested")
_SENTENCE = re.compile(r"\(passage (\d{1,3}), sentence \d{1,3}\)\.?\Z")


def advise(draft: ParsedSet) -> Iterator[Problem]:
    """Yield every piece of advice. Shares of the whole set are left out while parts of it are refused."""
    if draft.header is None:
        return
    english = draft.header.value.language.split("-")[0] == "en"
    for entry in draft.facts:
        yield from _long_statement(entry)
        if english:
            yield from _statement_begins_with_a_pronoun(entry)
            yield from _contested_without_attribution(entry)
        yield from _few_forms(entry)
    if draft.header.value.passages:
        yield from _links_without_sentence(draft)
    if draft.whole:
        yield from _too_many_true_false(draft, draft.header)
        if english:
            yield from _too_many_prompts_naming_the_source(draft, draft.header)


def _long_statement(entry: PlacedEntry[Fact]) -> Iterator[Problem]:
    words = len(entry.value.statement.split())
    if words > MAX_STATEMENT_WORDS:
        message = gettext(
            "The statement has %(words)s words. Keep it to one idea, in at most %(most)s words.",
            words=words, most=MAX_STATEMENT_WORDS,
        )  # fmt: skip
        yield entry.at("statement").problem(message)


def _statement_begins_with_a_pronoun(entry: PlacedEntry[Fact]) -> Iterator[Problem]:
    if found := _PRONOUN.match(entry.value.statement):
        message = gettext(
            "The statement begins with “%(word)s”. Say who or what, so that it makes sense on its own.", word=found[0]
        )
        yield entry.at("statement").problem(message)


def _contested_without_attribution(entry: PlacedEntry[Fact]) -> Iterator[Problem]:
    """Yield statements given as certain although the caution of the fact begins with “Contested”."""
    fact = entry.value
    if not _CONTESTED.match(fact.caution or ""):
        return
    message = gettext("The caution says that this is contested. Say whose view it is, as in “According to …”.")
    if not _ATTRIBUTION.search(fact.statement):
        yield entry.at("statement").problem(message)
    for number, question in enumerate(fact.questions):
        if isinstance(question, TrueFalse) and not _ATTRIBUTION.search(question.prompt):
            yield entry.at("questions", number, "prompt").problem(message)


def _few_forms(entry: PlacedEntry[Fact]) -> Iterator[Problem]:
    if entry.value.importance == ESSENTIAL and len(entry.value.questions) < FORMS_OF_ESSENTIAL_FACTS:
        message = gettext(
            "This fact is essential. Ask about it in at least %(fewest)s ways.", fewest=FORMS_OF_ESSENTIAL_FACTS
        )
        yield entry.at("key").problem(message)


def _links_without_sentence(draft: ParsedSet) -> Iterator[Problem]:
    passages = {entry.value.key: set(entry.value.passages) for entry in draft.facts}
    for entry in draft.facts:
        for effect, reason in entry.value.leads_to.items():
            place = entry.at("leads_to", effect)
            found = _SENTENCE.search(reason)
            if not found:
                yield place.problem(
                    gettext("End with a reference to the sentence it is based on, as in “(passage 6, sentence 7)”.")
                )
            elif effect in passages and int(found[1]) not in passages[entry.value.key] | passages[effect]:
                message = gettext(
                    "Passage %(number)s belongs to neither fact. Choose one that belongs to either.", number=found[1]
                )
                yield place.problem(message)


def _too_many_true_false(draft: ParsedSet, header: PlacedEntry[SetHeader]) -> Iterator[Problem]:
    judged = [isinstance(asked.question, TrueFalse) for asked in draft.questions]
    if _share(judged) > MAX_TRUE_FALSE:
        message = gettext(
            "%(count)s of %(total)s questions are true-or-false questions. Use no more than %(most)s.",
            count=sum(judged), total=len(judged), most=f"{MAX_TRUE_FALSE:.0%}",
        )  # fmt: skip
        yield header.at("title").problem(message)


def _too_many_prompts_naming_the_source(draft: ParsedSet, header: PlacedEntry[SetHeader]) -> Iterator[Problem]:
    naming = [bool(_SOURCE.search(asked.question.prompt)) for asked in draft.questions]
    if _share(naming) > MAX_NAMING_THE_SOURCE:
        message = gettext(
            "%(count)s of %(total)s questions name the source. Ask about its subject instead; at most "
            "%(most)s should name the source.",
            count=sum(naming), total=len(naming), most=f"{MAX_NAMING_THE_SOURCE:.0%}",
        )  # fmt: skip
        yield header.at("title").problem(message)


def _share(hits: list[bool]) -> float:
    return sum(hits) / len(hits) if len(hits) >= ENOUGH_QUESTIONS else 0
