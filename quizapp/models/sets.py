"""Question sets: facts, the questions that ask for them, and every version of each question.

`searched` is what a row is searched by, folded: the statement of a fact, the stem of what a question asks now;
`searched_names` of a set are all spellings of its names.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship, validates

from quizapp.core.sets.schema import NORMAL
from quizapp.models.base import Base
from quizapp.models.database import FoldedText, Labels, kind_in_body


def has_word(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    """Return whether a word of core.text.search.search_words occurs in a column of FoldedText, or in a word of it.

    A plain scan of the texts of a set: 10,000 facts take 4 ms, so that no index of words needs to be kept.
    """
    if not word.isprintable():  # no text has it, and PostgreSQL refuses to be asked about NUL
        return false()
    return column.contains(word, autoescape=True)


def spellings_of(name: dict[str, Any]) -> str:
    """Return every spelling of a name, which is a core.sets.schema.Name as JSON."""
    return " ".join([name["name"], *name.get("spellings", ())])


class QuestionSet(Base):
    """A set. `header` and `names` hold the documents of core.sets.schema: SetHeader, and a list of Name.

    A set without an owner came from files, or its owner left. A copy knows the set it was made from, and of each fact
    and question the hash (`bank_hash`) of what was copied, as a set from files does of its files.
    """

    __tablename__ = "question_set"
    __table_args__ = (Index(None, "owner_id"), Index(None, "visibility"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    header: Mapped[dict[str, Any]]
    names: Mapped[list[Any]]
    created_at: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    visibility: Mapped[str] = mapped_column(default="public", server_default="public")  # private, link or public
    folded: Mapped[str] = mapped_column(default="", server_default=text("''"))  # title and summary, for searching
    searched_names: Mapped[str] = mapped_column(FoldedText(), deferred=True, default="", server_default=text("''"))
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("question_set.id", ondelete="SET NULL"))
    archived_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    loaded_from: Mapped[str | None]  # program and files (see cli.setup.load_bank) that it was last loaded by and from
    # core.formats.tables.table.RememberedMapping of the table imported last
    column_mapping: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)

    @validates("names")
    def _make_searchable(self, attribute: str, names: list[Any]) -> list[Any]:
        self.searched_names = " ".join(map(spellings_of, names))
        return names


class SetAuthor(Base):
    """Somebody whom the owner lets write in a set."""

    __tablename__ = "set_author"
    __table_args__ = (Index(None, "user_id"),)

    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]


class SetFolder(Base):
    """The folder that somebody keeps a set in, in their own list. A folder exists as long as a set is in it."""

    __tablename__ = "set_folder"
    __table_args__ = (Index(None, "set_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str]


class Fact(Base):
    """One thing worth remembering. `bank_hash` is that of the file it was loaded from."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("set_id", "key"), Index(None, "set_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"))
    key: Mapped[str]
    position: Mapped[int]
    topic: Mapped[str]
    statement: Mapped[str]
    passages: Mapped[list[int]]
    notes: Mapped[list[int]]
    date: Mapped[str | None]  # EDTF
    importance: Mapped[int] = mapped_column(
        default=NORMAL, server_default=text(str(NORMAL))
    )  # 3 essential, 2 normal, 1 detail
    actors: Mapped[list[str]]
    leads_to: Mapped[dict[str, str]]
    caution: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(Labels(), default=list, server_default=text("''"))
    searched: Mapped[str] = mapped_column(FoldedText(), deferred=True, default="", server_default=text("''"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))  # counts edits: see FactVersion
    bank_hash: Mapped[str | None]
    edited_at: Mapped[datetime | None]  # last changed in the app, not by loading a file
    archived_at: Mapped[datetime | None]

    questions: Mapped[list["Question"]] = relationship(
        back_populates="fact", order_by="Question.position", cascade="all, delete-orphan", passive_deletes=True
    )

    @validates("statement")
    def _make_searchable(self, attribute: str, statement: str) -> str:
        self.searched = statement
        return statement

    def topic_in(self, header: dict[str, Any]) -> dict[str, Any]:
        """Return the fact's topic as the header of its set describes it."""
        return next(topic for topic in header["topics"] if topic["key"] == self.topic)

    def passages_in(self, header: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the passages that the fact is drawn from, from the header of its set."""
        return [passage for passage in header["passages"] if passage["number"] in self.passages]

    def notes_in(self, header: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the notes that the fact refers to, from the header of its set."""
        return [note for note in header["notes"] if note["number"] in self.notes]


class FactAnswer(Base):
    """A short text that is a right or a wrong answer to one of a fact's questions, by which similar facts are found.

    services.sets.contents.renew_answers keeps these in line with the questions.
    """

    __tablename__ = "fact_answer"
    __table_args__ = (Index(None, "set_id", "answer"),)

    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True)
    answer: Mapped[str] = mapped_column(primary_key=True)  # folded
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"))
    right: Mapped[bool]


class Question(Base):
    """One way to ask a fact. `current` is the number of the version that is asked now.

    `made` names the way in which it was made from the fact's card (core.sets.cards); None: an author wrote it.
    """

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("fact_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"))
    key: Mapped[str]
    position: Mapped[int]
    current: Mapped[int]
    searched: Mapped[str] = mapped_column(FoldedText(), deferred=True, default="", server_default=text("''"))
    made: Mapped[str | None]
    archived_at: Mapped[datetime | None]

    fact: Mapped[Fact] = relationship(back_populates="questions")
    current_version: Mapped["QuestionVersion"] = relationship(
        primaryjoin="(Question.id == QuestionVersion.question_id) & (Question.current == QuestionVersion.number)",
        viewonly=True,
        uselist=False,
    )
    versions: Mapped[list["QuestionVersion"]] = relationship(
        order_by="QuestionVersion.number", cascade="all, delete-orphan", passive_deletes=True
    )


class QuestionVersion(Base):
    """What a learner saw. Never updated: an edit appends the next. `bank_hash` is None for one written in the app.

    `kind` is that of its body, so that queries by kind read no bodies.
    """

    __tablename__ = "question_version"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    number: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)  # a question of core.kinds
    kind: Mapped[str] = mapped_column(default=kind_in_body, server_default=text("''"))
    bank_hash: Mapped[str | None]
    created_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class FactVersion(Base):
    """What a fact said before an edit, and after it: the first edit keeps version 1 as well. `body` is a Fact of
    core.sets.schema without key and questions, and without fields that there were not yet."""

    __tablename__ = "fact_version"

    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]

    @property
    def document(self) -> dict[str, Any]:
        """Return what it says, in all fields of a fact."""
        return {"importance": NORMAL, **self.body}


class Draft(Base):
    """What somebody typed into a form of the editor and has not saved yet. `form` holds the posted fields."""

    __tablename__ = "draft"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)  # "question:12", "fact:3", "new:choice", "new:3:choice"
    form: Mapped[list[Any]]  # pairs of name and value
    saved_at: Mapped[datetime]


class StoredPicture(Base):
    """A picture under the SHA-256 of its bytes, which nobody guesses who was not shown it.

    Uploads are re-encoded as WebP; a picture that came with a set in files is stored as it is, and may be an SVG.
    """

    __tablename__ = "picture"

    digest: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    uploader_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]
