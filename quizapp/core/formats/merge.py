"""Merge the contents of a file with an existing set, so that a format that holds less removes nothing.

For a question that is also in the set, three versions are compared: the one in the file, the one in the set, and the
one in the set after being written and read in this format (its echo). Parts of the file equal to the echo are
unchanged, so the set's own text is kept; parts that differ were edited in the file, so the file's text is used. So
importing an export changes nothing, whatever the format cannot hold.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from quizapp.core.formats.format import Format, FormatWarning, ImportedFact, ImportedSet, ImportFormat, Unreadable
from quizapp.core.formats.tables.reader import reader_of
from quizapp.core.formats.tables.separated import read_separated
from quizapp.core.formats.tables.writer import write as write_table
from quizapp.core.kinds import Question, parse_question
from quizapp.core.sets import schema
from quizapp.core.text.normal import fold
from quizapp.core.translation import gettext


@dataclass(frozen=True, slots=True)
class MergeResult:
    """The changes for a set: facts, and its header and names with additions from the file."""

    question_set: schema.QuestionSet
    warnings: tuple[FormatWarning, ...]


def merge(
    read: ImportedSet, stored: schema.QuestionSet, form: ImportFormat, *, pictures: Collection[str], now: datetime
) -> MergeResult:
    """Return the facts of a file as they should be saved in the set.

    `pictures` are the digests of the available pictures.
    """
    homes = {question.key: (fact, question) for fact in stored.facts for question in fact.questions}
    found = read.facts if form.keyed else _keyed(read.facts, homes, stored, form, now)
    echoes = _echoes(found, homes, stored, form, now)
    merging = _Merger(stored, {fact.key: fact for fact in stored.facts}, read, homes, echoes, pictures)
    for entry in found:
        merging.take(entry)
    return merging.result()


# Echoes


def _keyed(
    found: Sequence[ImportedFact],
    homes: Mapping[str, tuple[schema.Fact, Question]],
    stored: schema.QuestionSet,
    form: ImportFormat,
    now: datetime,
) -> list[ImportedFact]:
    """Return facts from a format without keys, with the keys of facts in the set that would be written the same."""
    known: dict[str, tuple[str, str]] = {}
    for fact, question in homes.values():
        echo = _echo(replace(stored, facts=(fact.model_copy(update={"questions": [question]}),)), form, now)
        for entry in echo:
            known.setdefault(entry.fact.key, (fact.key, question.key))
    return [_renamed(entry, *known[entry.fact.key]) if entry.fact.key in known else entry for entry in found]


def _renamed(found: ImportedFact, fact_key: str, question_key: str) -> ImportedFact:
    (question,) = found.fact.questions
    questions = [question.model_copy(update={"key": question_key})]
    return replace(found, fact=found.fact.model_copy(update={"key": fact_key, "questions": questions}))


def _echoes(
    found: Sequence[ImportedFact],
    homes: Mapping[str, tuple[schema.Fact, Question]],
    stored: schema.QuestionSet,
    form: ImportFormat,
    now: datetime,
) -> dict[str, Question]:
    """Return the echoes of those questions in the set that differ from the file."""
    questions = [question for entry in found for question in entry.fact.questions]
    differing = {q.key for q in questions if q.key in homes and homes[q.key][1] != q}
    facts = []
    for fact in stored.facts:
        if asked := [question for question in fact.questions if question.key in differing]:
            facts.append(fact.model_copy(update={"questions": asked}))
    if form.keyed:
        echo = _echo(replace(stored, facts=tuple(facts)), form, now) if facts else ()
        return {question.key: question for entry in echo for question in entry.fact.questions}
    alone = [
        (q.key, replace(stored, facts=(f.model_copy(update={"questions": [q]}),))) for f in facts for q in f.questions
    ]
    return {
        key: entry.fact.questions[0].model_copy(update={"key": key})
        for key, one in alone
        for entry in _echo(one, form, now)
    }


def _echo(question_set: schema.QuestionSet, form: ImportFormat, now: datetime) -> Sequence[ImportedFact]:
    topic = question_set.header.topics[0].key
    write, read = (form.write, form.read) if isinstance(form, Format) else (write_table, reader_of(read_separated))
    try:
        return read(write(question_set, {}, now=now).data, topic=topic).facts
    except Unreadable:  # nothing in it can be written in this format
        return ()


# Merging


@dataclass(slots=True)
class _Merger:
    stored: schema.QuestionSet
    by_key: Mapping[str, schema.Fact]
    read: ImportedSet
    homes: Mapping[str, tuple[schema.Fact, Question]]
    echoes: Mapping[str, Question]
    pictures: Collection[str]
    facts: dict[str, schema.Fact] = field(default_factory=dict)
    warnings: list[FormatWarning] = field(default_factory=list)

    def take(self, found: ImportedFact) -> None:
        """Add each question to its fact: the one it already has in the set, or else the one in the file."""
        by_home: dict[str, list[Question]] = {}
        for given in found.fact.questions:
            question = self._question(given)
            if question is None:
                continue
            home = self.homes[question.key][0].key if question.key in self.homes else found.fact.key
            if home != found.fact.key and found.keyed and found.fact.key in self.by_key:
                self.warnings.append(FormatWarning(question.key, _other_fact_message(home)))
            by_home.setdefault(home, []).append(question)
        for key, questions in by_home.items():
            self._fact(key, found, questions)

    def _question(self, question: Question) -> Question | None:
        """Return the question as it should be saved, or None if it is asked on a picture that is missing."""
        if question.key in self.homes:
            question = put_together(question, self.echoes.get(question.key), self.homes[question.key][1])
        if question.picture and question.picture.digest not in self.pictures:
            self.warnings.append(
                FormatWarning(
                    question.key, gettext("Pictures are left out if the file does not have them as PNG, JPEG or WebP.")
                )
            )
            question = question.model_copy(update={"picture": None})
        if question.draws_picture and not question.picture:
            what = gettext("Questions about a place on a picture are left out if the picture is missing.")
            self.warnings.append(FormatWarning(question.key, what, whole_question=True))
            return None
        return question

    def _fact(self, key: str, found: ImportedFact, questions: list[Question]) -> None:
        known = self.facts.get(key) or self.by_key.get(key)
        fields = found.fact.model_dump(exclude={"questions"}) | {"key": key}
        if known is not None:
            said = {name: value for name, value in fields.items() if name in found.says}
            fields = known.model_dump(exclude={"questions"}) | said
            first = known.questions[0]
            if "statement" not in found.says and known.statement == first.statement:
                now_first = next((question for question in questions if question.key == first.key), first)
                fields["statement"] = now_first.statement
        before = self.facts[key].questions if key in self.facts else []
        self.facts[key] = schema.Fact.model_validate(fields | {"questions": [*before, *questions]})

    def result(self) -> MergeResult:
        header, topics = self._header()
        names = self._names()
        facts = tuple(self._fitted(fact, header, topics, names) for fact in self.facts.values())
        return MergeResult(schema.QuestionSet(header, names, facts), (*self.read.warnings, *self.warnings))

    def _header(self) -> tuple[schema.SetHeader, dict[str, str]]:
        """Return the set's header with additions from the file, and the set's topic for each topic in the file."""
        header, other = self.stored.header, self.read.header
        topics = list(header.topics)
        titles = {topic.key: topic.title for topic in other.topics} if other else {}
        summaries = {topic.key: topic.summary for topic in other.topics} if other else {}
        by_file: dict[str, str] = {}
        for key, title in (titles | dict(self.read.topics)).items():
            if (known := _known_topic(topics, key, title)) is None:
                topics.append(schema.Topic(key=key, title=title, summary=summaries.get(key, title)))
                known = key
            by_file[key] = known
        passages = _added(header.passages, other.passages if other else [], "number")
        notes = _added(header.notes, other.notes if other else [], "number")
        return header.model_copy(update={"topics": topics, "passages": passages, "notes": notes}), by_file

    def _names(self) -> tuple[schema.Name, ...]:
        return tuple(_added(self.stored.names, self.read.names, "key"))

    def _fitted(
        self, fact: schema.Fact, header: schema.SetHeader, topics: Mapping[str, str], names: Sequence[schema.Name]
    ) -> schema.Fact:
        """Return the fact without references to things that do not exist."""
        known = {topic.key for topic in header.topics}
        topic = topics.get(fact.topic, fact.topic)
        fitting: dict[str, set[Any]] = {
            "passages": {passage.number for passage in header.passages},
            "notes": {note.number for note in header.notes},
            "actors": {name.key for name in names},
        }
        changed: dict[str, Any] = {"topic": topic if topic in known else header.topics[0].key}
        for name, there in fitting.items():
            referred = getattr(fact, name)
            if missing := [str(item) for item in referred if item not in there]:
                self.warnings.append(FormatWarning(fact.key, _missing_message(name, missing)))
                changed[name] = [item for item in referred if item in there]
        facts = (self.by_key, self.facts)
        if missing := [key for key in fact.leads_to if key == fact.key or not any(key in some for some in facts)]:
            self.warnings.append(FormatWarning(fact.key, _missing_message("leads_to", missing)))
            changed["leads_to"] = {key: why for key, why in fact.leads_to.items() if key not in missing}
        return fact.model_copy(update=changed)


def _other_fact_message(home: str) -> str:
    return gettext(
        "In the file, this question belongs to another fact. It stays with the fact “%(fact)s” in the set.", fact=home
    )


def _missing_message(field: str, missing: Sequence[str]) -> str:
    """Return the warning that a fact refers to things that the set does not have."""
    items = ", ".join(missing)
    match field:
        case "passages":
            return gettext("Passages that are not in the set are left out: %(items)s.", items=items)
        case "notes":
            return gettext("Source notes that are not in the set are left out: %(items)s.", items=items)
        case "actors":
            return gettext("Names that are not in the set are left out: %(items)s.", items=items)
    return gettext("Effects that are not in the set are left out: %(items)s.", items=items)


def _known_topic(topics: Sequence[schema.Topic], key: str, title: str) -> str | None:
    """Return the set's topic that the file means: with its key and title, else its title, else its key."""
    same = [topic.key for topic in topics if topic.key == key and topic.title == title]
    titled = [topic.key for topic in topics if fold(topic.title) == fold(title)]
    keyed = [topic.key for topic in topics if topic.key == key]
    return next(iter([*same, *titled, *keyed]), None)


def _added(own: Sequence[Any], others: Sequence[Any], name: str) -> list[Any]:
    """Return the set's own items, then the others with different keys."""
    known = {getattr(item, name) for item in own}
    return [*own, *(item for item in others if getattr(item, name) not in known)]


# Three versions of a question


def put_together(given: Question, echo: Question | None, stored: Question) -> Question:
    """Return the stored question with the changes made to `given` since it was exported as `echo`."""
    if echo is None or given == stored:
        return given
    if given == echo:
        return stored
    new, old, own = (question.model_dump() for question in (given, echo, stored))
    if given.kind == echo.kind == stored.kind:
        merged = _three_way(new, old, own)
    else:
        beside = ("prompt", "explanation", "picture")
        same_answer = given.kind == echo.kind and all(new[name] == old[name] for name in new if name not in beside)
        kept = {name: _three_way(new[name], old[name], own[name]) for name in beside}
        merged = own | kept if same_answer else new | kept
    try:
        return parse_question(merged)
    except ValidationError:  # the parts do not fit together
        return given


def _three_way(new: Any, old: Any, own: Any) -> Any:
    if new == old:
        return own
    if isinstance(new, dict) and isinstance(old, dict) and isinstance(own, dict):
        return {name: _three_way(value, old.get(name), own.get(name)) for name, value in new.items()}
    if _are_texts(new) and _are_texts(old) and _are_texts(own):
        before, mine = ({item["text"]: item for item in items} for items in (old, own))
        return [_three_way(item, before.get(item["text"]), mine.get(item["text"])) for item in new]
    return new


def _are_texts(items: Any) -> bool:
    """Return whether these are wrong choices, which are identified by their text."""
    return isinstance(items, list) and all(isinstance(item, dict) and "text" in item for item in items)
