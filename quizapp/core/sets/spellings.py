"""The forms of a typed answer: the spellings of its names, and similar forms of other names."""

from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from quizapp.core.kinds import Question
from quizapp.core.kinds.accepting import Accepting
from quizapp.core.sets.schema import Name
from quizapp.core.text.normal import fold


def expand(question: Question, names: Sequence[Name]) -> Question:
    """Return the question with the names that its typed answers refer to written out, so that it needs no names.yaml.

    Every spelling of the names in `spellings_of` is accepted. Similar forms of other names are refused, unless that
    name shares a form with the answer (Georgia and the Georgian government). Answers that refer to no name stay
    unchanged. Raises KeyError for an unknown name, which a set without problems does not have.
    """
    return question.update_text_answers(lambda answer: _expanded(answer, names))


def contract(question: Question, names: Sequence[Name]) -> Question:
    """Return the inverse of `expand`, for editing: names with all spellings written out become references again.

    A name becomes a reference only if expanding it gives the same accepted and refused forms.
    """
    return question.update_text_answers(lambda answer: _contracted(answer, names))


def forms_of(name: Name) -> list[str]:
    """Return all spellings of the name, the set's own first."""
    return [name.name, *name.spellings]


def accepted_forms(answer: Accepting, names: Sequence[Name]) -> list[str]:
    """Return the key, the accepted forms and the spellings of referenced names, without duplicates in any case."""
    by_key = {name.key: name for name in names}
    spellings = [form for key in answer.spellings_of for form in forms_of(by_key[key])]
    return _each_once([answer.answer, *answer.accept, *spellings])


def known_forms(answer: Accepting, names: Sequence[Name]) -> list[str]:
    """Return the accepted forms, ignoring references to unknown names."""
    known = {name.key for name in names}
    spellings_of = [key for key in answer.spellings_of if key in known]
    return accepted_forms(answer.model_copy(update={"spellings_of": spellings_of}), names)


def _expanded(answer: Accepting, names: Sequence[Name]) -> dict[str, list[str]]:
    if not answer.spellings_of:
        return {}
    accepted = accepted_forms(answer, names)
    others = [name for name in names if name.key not in answer.spellings_of]
    refused = _each_once([*answer.reject, *_mistakable(accepted, others)])
    return {"accept": accepted[1:], "spellings_of": [], "reject": refused}


def _contracted(answer: Accepting, names: Sequence[Name]) -> dict[str, list[str]]:
    key, accepted = answer.answer.casefold(), _folded([answer.answer, *answer.accept])
    known = [name for name in names if (forms := _folded(forms_of(name))) <= accepted and forms != {key}]
    if answer.spellings_of or not known:
        return {}
    spelled = {form for name in known for form in _folded(forms_of(name))}
    others = [name for name in names if name not in known]
    added = _folded(_mistakable(accepted_forms(answer, names), others))
    if not added <= _folded(answer.reject):
        return {}
    return {
        "accept": [form for form in answer.accept if form.casefold() not in spelled],
        "spellings_of": [name.key for name in known],
        "reject": [form for form in answer.reject if form.casefold() not in added],
    }


def _folded(forms: Iterable[str]) -> set[str]:
    return {form.casefold() for form in forms}


def _mistakable(accepted: list[str], others: Iterable[Name]) -> list[str]:
    """Return the forms of other names that could be taken for a slip of an accepted one."""
    targets = [fold(form) for form in accepted]
    shared = set(targets)
    found = []
    for name in others:
        folded = {form: fold(form) for form in forms_of(name)}
        if shared.isdisjoint(folded.values()):
            found += [form for form, text in folded.items() if _is_near(text, targets)]
    return found


def _is_near(text: str, targets: list[str]) -> bool:
    # This is more than the comparison of answers allows, which is nothing for two or three letters.
    near = max(2, len(text) // 4) if len(text) > 3 else 0
    return process.extractOne(text, targets, scorer=OSA.distance, score_cutoff=near) is not None


def _each_once(forms: Iterable[str]) -> list[str]:
    first: dict[str, str] = {}
    for form in forms:
        first.setdefault(form.casefold(), form)
    return list(first.values())
