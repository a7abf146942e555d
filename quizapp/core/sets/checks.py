"""Checks of the whole set: duplicate keys, references to nothing, cycles, answers that clash."""

import re
from collections.abc import Collection, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from quizapp.core.kinds.accepting import Accepting
from quizapp.core.kinds.cloze import Cloze
from quizapp.core.kinds.gaps import GAP
from quizapp.core.sets.error_messages import suggest
from quizapp.core.sets.parsed_set import ParsedSet, SourceLine
from quizapp.core.sets.schema import Name, Problem
from quizapp.core.sets.spellings import known_forms
from quizapp.core.sets.strict_yaml import YamlPath
from quizapp.core.text.answers import answer_form
from quizapp.core.text.normal import fold
from quizapp.core.translation import gettext


def check(draft: ParsedSet) -> Iterator[Problem]:
    """Yield every problem that cannot be seen in a single entry."""
    for checked in (
        _repeated_keys,
        _unknown_topics_and_numbers,
        _topics_without_facts,
        _unknown_names,
        _unknown_and_own_effects,
        _unknown_keys_in_header,
        _circles,
        _clashing_answers,
    ):
        yield from checked(draft)


def _repeated_keys(draft: ParsedSet) -> Iterator[Problem]:
    if header := draft.header:
        for field, key in (("topics", "key"), ("passages", "number"), ("notes", "number")):
            parts = enumerate(getattr(header.value, field))
            yield from _repeated((getattr(part, key), header.at(field, i, key)) for i, part in parts)
    yield from _repeated((entry.value.key, entry.at("key")) for entry in draft.names)
    yield from _repeated((entry.value.key, entry.at("key")) for entry in draft.facts)
    yield from _repeated((asked.question.key, asked.at("key")) for asked in draft.questions)


def _repeated(keys: Iterable[tuple[str | int, SourceLine]]) -> Iterator[Problem]:
    first: dict[str | int, SourceLine] = {}
    for key, place in keys:
        if key in first:
            message = gettext("“%(key)s” is already used (%(place)s). Choose another.", key=key, place=first[key])
            yield place.problem(message)
        first.setdefault(key, place)


def _unknown_topics_and_numbers(draft: ParsedSet) -> Iterator[Problem]:
    if not draft.header:
        return
    header = draft.header.value
    topics = [topic.key for topic in header.topics]
    numbers = {"passages": {p.number for p in header.passages}, "notes": {n.number for n in header.notes}}
    for entry in draft.facts:
        topic = entry.value.topic
        if topic not in topics:
            unknown = gettext("set.yaml has no topic “%(topic)s”.", topic=topic)
            yield entry.at("topic").problem(unknown + suggest(topic, topics, _add_it_there()))
        for field, known in numbers.items():
            for i, number in enumerate(getattr(entry.value, field)):
                if number not in known:
                    unknown = (
                        gettext("set.yaml has no passage %(number)s.", number=number)
                        if field == "passages"
                        else gettext("set.yaml has no note %(number)s.", number=number)
                    )
                    yield entry.at(field, i).problem(f"{unknown} {_add_it_there()}")


def _add_it_there() -> str:
    return gettext("Add it there, or change it here.")


def _topics_without_facts(draft: ParsedSet) -> Iterator[Problem]:
    if not draft.header or not draft.whole:
        return
    used = {entry.value.topic for entry in draft.facts}
    for i, topic in enumerate(draft.header.value.topics):
        if topic.key not in used:
            message = gettext(
                "No fact belongs to the topic “%(topic)s”. Add one, or remove the topic.", topic=topic.key
            )
            yield draft.header.at("topics", i).problem(message)


def _unknown_names(draft: ParsedSet) -> Iterator[Problem]:
    if draft.name_keys is None:
        return
    for key, place in _references_to_names(draft):
        if key not in draft.name_keys:
            unknown = gettext("names.yaml has no name “%(key)s”.", key=key)
            yield place.problem(unknown + suggest(key, draft.name_keys, _add_it_there()))


def _references_to_names(draft: ParsedSet) -> Iterator[tuple[str, SourceLine]]:
    for entry in draft.facts:
        for i, key in enumerate(entry.value.actors):
            yield key, entry.at("actors", i)
    for asked in draft.questions:
        for inside, answer in asked.question.text_answers.items():
            for i, key in enumerate(answer.spellings_of):
                yield key, asked.at(*inside, "spellings_of", i)


def _unknown_and_own_effects(draft: ParsedSet) -> Iterator[Problem]:
    for entry in draft.facts:
        for key in entry.value.leads_to:
            if key == entry.value.key:
                yield entry.at("leads_to", key).problem(gettext("A fact can’t lead to itself. Remove this."))
            elif draft.fact_keys is not None and key not in draft.fact_keys:
                yield entry.at("leads_to", key).problem(_unknown_fact(key, draft.fact_keys))


def _unknown_fact(key: str, known: Collection[str]) -> str:
    unknown = gettext("There is no fact “%(key)s”.", key=key)
    return unknown + suggest(key, known, gettext("Add it, or write another key here."))


def _unknown_keys_in_header(draft: ParsedSet) -> Iterator[Problem]:
    """Yield the keys of facts in the header that no fact has, and former keys that a fact has again."""
    if not draft.header or draft.fact_keys is None:
        return
    header, known = draft.header, draft.fact_keys
    named = [(key, header.at("first", i)) for i, key in enumerate(header.value.first)]
    named += [(key, header.at("renamed", former)) for former, key in header.value.renamed.items()]
    if header.value.end:
        named.append((header.value.end, header.at("end")))
    for key, place in named:
        if key not in known:
            yield place.problem(_unknown_fact(key, known))
    for former in header.value.renamed:
        if former in known:
            message = gettext("A fact still has the key “%(key)s”. List only keys that are no longer used.", key=former)
            yield header.at("renamed", former).problem(message)


def _circles(draft: ParsedSet) -> Iterator[Problem]:
    """Yield the cycles of `leads_to`, one at a time: the edge that closes a cycle is left out of the next search."""
    entries = {entry.value.key: entry for entry in draft.facts}
    effects = {key: set(entry.value.leads_to) - {key} for key, entry in entries.items()}
    while circle := _circle(effects):
        start = min(range(len(circle)), key=lambda i: list(entries).index(circle[i]))
        keys = circle[start:] + circle[:start]
        effects[keys[-1]].remove(keys[0])
        place = entries[keys[-1]].at("leads_to", keys[0])
        circled = " → ".join([*keys, keys[0]])
        yield place.problem(gettext("leads_to goes in a circle: %(keys)s. Remove one of these links.", keys=circled))


def _circle(effects: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter({key: sorted(targets) for key, targets in effects.items()}).prepare()
    except CycleError as error:
        # The sorter expects predecessors but gets effects, so its cycle is reversed.
        backwards: list[str] = error.args[1]
        return backwards[:0:-1]
    return []


def _clashing_answers(draft: ParsedSet) -> Iterator[Problem]:
    names = [entry.value for entry in draft.names]
    for asked in draft.questions:
        question = asked.question
        for choice, inside in asked.choices:
            for i, distractor in enumerate(choice.distractors):
                if answer_form(distractor.text) == answer_form(choice.answer):
                    message = gettext(
                        "The wrong choice “%(choice)s” says the same as the answer. Write another.",
                        choice=distractor.text,
                    )
                    yield asked.at(*inside, "distractors", i, "text").problem(message)
        if isinstance(question, Cloze):
            for message, inside in _gap_faults(question):
                yield asked.at(*inside).problem(message)
        for inside, answer in question.text_answers.items():
            for message, i in _refused_yet_accepted(answer, names):
                yield asked.at(*inside, "reject", i).problem(message)


def _gap_faults(question: Cloze) -> Iterator[tuple[str, YamlPath]]:
    shown = GAP.sub(" … ", question.text)
    if "{{" in shown or "}}" in shown:
        yield gettext("There is a {{ or }} without its partner. Write a gap as {{label}}."), ("text",)
    for label, gap in question.gaps.items():
        if _says(label, gap.answer):
            yield gettext("The label “%(label)s” gives the answer away. Choose another.", label=label), ("gaps", label)
        if _says(shown, gap.answer):
            yield gettext("The text gives away the answer to the gap “%(label)s”. Reword it.", label=label), ("text",)


def _says(text: str, answer: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(fold(answer))}(?!\w)", fold(text)) is not None


def _refused_yet_accepted(answer: Accepting, names: list[Name]) -> Iterator[tuple[str, int]]:
    accepted = {answer_form(form) for form in known_forms(answer, names)}
    for i, form in enumerate(answer.reject):
        if answer_form(form) in accepted:
            yield gettext("“%(form)s” is both rejected and accepted. Remove one of the two.", form=form), i
