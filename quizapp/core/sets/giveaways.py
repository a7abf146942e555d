"""Questions that give an answer away, and questions that ask the same thing twice."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from quizapp.core.kinds import Question
from quizapp.core.kinds.cloze import Cloze
from quizapp.core.kinds.date import Date
from quizapp.core.kinds.matching import Matching
from quizapp.core.kinds.ordering import Ordering
from quizapp.core.kinds.true_false import TrueFalse
from quizapp.core.sets.parsed_set import ParsedSet, PlacedQuestion, SourceLine
from quizapp.core.sets.schema import Problem
from quizapp.core.sets.stems import answer_in, is_dated, says, words_in
from quizapp.core.text.normal import fold
from quizapp.core.translation import gettext

# A stem states what another question asks if it contains the answer and this share of the other's rare words. Questions
# on the same fact, and on events named by their date, share more words anyway.
STATED, STATED_AMONG_KIN = 0.5, 0.8
# Words in more than this share of the stems belong to the subject of the set, not to one question.
COMMON = 0.1


def own_answers_shown(draft: ParsedSet) -> Iterator[Problem]:
    """Yield stems that contain their own answer, and things to order or match that give it away."""
    names = [entry.value for entry in draft.names]
    for asked in draft.questions:
        question = asked.question
        if shown := answer_in(question.stem, question, names):
            message = gettext("The question gives the answer away: “%(answer)s”. Reword it.", answer=shown)
            yield asked.at("prompt").problem(message)
        if isinstance(question, Ordering) and all(map(is_dated, question.options)):
            message = gettext("Every item has a date, which gives the order away. Leave the dates out.")
            yield asked.at("items").problem(message)
        if isinstance(question, Matching):
            yield from _obvious_pairs(asked, question)
        if isinstance(question, Cloze):
            yield from _choices_ruled_out(asked, question)


def _obvious_pairs(asked: PlacedQuestion, question: Matching) -> Iterator[Problem]:
    for i, pair in enumerate(question.pairs):
        if says(pair.left, pair.right) or says(pair.right, pair.left):
            message = gettext(
                "“%(left)s” and “%(right)s” share words, which gives the pair away. Reword one of them.",
                left=pair.left, right=pair.right,
            )  # fmt: skip
            yield asked.at("pairs", i).problem(message)


def _choices_ruled_out(asked: PlacedQuestion, question: Cloze) -> Iterator[Problem]:
    """Yield distractors of a gap that the sentence rules out."""
    for name, gap in question.gaps.items():
        article = re.search(rf"\b(an?)\s+{{{{\s*{re.escape(name)}\s*}}}}", question.text, re.IGNORECASE)
        for i, distractor in enumerate(gap.distractors):
            place = asked.at("gaps", name, "distractors", i, "text")
            if says(question.stem, distractor.text):
                message = gettext(
                    "“%(choice)s” is already in the question, so nobody will choose it. Write another.",
                    choice=distractor.text,
                )
                yield place.problem(message)
            if article and _begins_with_vowel(distractor.text) != _begins_with_vowel(gap.answer):
                message = gettext(
                    "“%(choice)s” does not fit the “%(article)s” before the gap. Write one that does.",
                    choice=distractor.text, article=article[1],
                )  # fmt: skip
                yield place.problem(message)


def _begins_with_vowel(text: str) -> bool:
    return fold(text)[:1] in "aeiou"


def answers_betrayed(draft: ParsedSet) -> Iterator[Problem]:
    """Yield stems that state the answer to another question, which is to be recalled.

    Two questions that ask for each other's stem (when did Speke reach it? who reached it in 1858?) are two ways to ask
    for one fact, and so is a statement to judge.
    """
    names = [entry.value for entry in draft.names]
    stems = [_Stem(asked, words_in(asked.question.stem)) for asked in draft.questions]
    spread = Counter(word for stem in stems for word in set(stem.words.split()))
    rare = {word for word, count in spread.items() if count <= max(3, COMMON * len(stems))}
    recalled = [stem for stem in stems if stem.asked.question.has_typed_answer]
    for stem in stems:
        for other in recalled:
            if stem is other or isinstance(stem.asked.question, TrueFalse) or not stem.states(other, rare):
                continue
            shown = answer_in(stem.asked.question.stem, other.asked.question, names)
            if shown and not answer_in(other.asked.question.stem, stem.asked.question, names):
                message = gettext(
                    "The question gives away the answer to “%(key)s”: “%(answer)s”. Reword it.",
                    key=other.asked.question.key, answer=shown,
                )  # fmt: skip
                yield stem.asked.at("prompt").problem(message)


@dataclass(frozen=True, slots=True)
class _Stem:
    asked: PlacedQuestion
    words: str

    def states(self, other: "_Stem", rare: set[str]) -> bool:
        wanted = set(other.words.split()) & rare
        kin = isinstance(other.asked.question, Date) or other.asked.entry is self.asked.entry
        share = STATED_AMONG_KIN if kin else STATED
        return len(wanted & set(self.words.split())) >= share * len(wanted) > 0


def stems_asked_twice(draft: ParsedSet) -> Iterator[Problem]:
    """Yield questions of similar kinds with the same stem."""
    first: dict[tuple[str, str], tuple[Question, SourceLine]] = {}
    for asked in draft.questions:
        key = (_family(asked.question), _identity(asked.question))
        if key in first:
            question, place = first[key]
            message = gettext(
                "“%(key)s” (%(place)s) already asks this. Ask about something else.", key=question.key, place=place
            )
            yield asked.at("prompt").problem(message)
        first.setdefault(key, (asked.question, asked.at("prompt")))


def _family(question: Question) -> str:
    match question.kind:
        case "choice" | "multiple":
            return "choose"
        case "cloze" if isinstance(question, Cloze) and question.is_chosen:
            return "choose-for-gaps"
        case "typed" | "date" | "number" | "flashcard":
            return "recall"
        case kind:
            return kind


def _identity(question: Question) -> str:
    """Return the text that makes a question different from others with the same prompt, such as “Put in order.”"""
    match question:
        case Cloze():
            return fold(question.text)
        case _ if question.kind in ("ordering", "matching"):
            return " ".join(sorted(map(fold, question.options)))
        case _:
            return fold(question.prompt)
