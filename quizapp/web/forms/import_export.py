"""Forms for a file or pasted text, and for importing it after the preview."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Mapping
from itertools import takewhile

from flask_wtf.file import FileField
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField

from quizapp.core.formats.format import FILE_TOO_LARGE, HIDDEN, MAX_UPLOAD
from quizapp.core.formats.registry import IMPORT_FORMATS
from quizapp.core.formats.tables.mapping import ROLES, write_mapping
from quizapp.core.formats.tables.table import MAX_COLUMNS, ColumnMapping, TableOptions
from quizapp.core.text.encodings import ENCODINGS
from quizapp.core.translation import gettext
from quizapp.services.import_export import Upload
from quizapp.web.forms.fields import OWN_DIRECTION
from quizapp.web.requests import PageForm

GUESS = "guess"
ACCEPTED = ".csv,.tsv,.xlsx,.ods,.txt,.gift,.xml,.apkg,.yaml,.yml,.zip,.json"

_ROW = re.compile(r"row-(\d{1,7})")


def one_line(typed: str | None) -> str:
    """Return typed text on one line, without characters that cannot be seen."""
    return " ".join(HIDDEN.sub("", typed or "").split())[:120]


_CUTTING = ("sheet", "separator")  # what columns depend on


def read_table_options(posted: Mapping[str, str]) -> TableOptions:
    """Return what was chosen for the columns and rows of a table. Raises ValueError for what no page offers.

    The fields are a role for each column (`role-0`, `role-1`, …), `heading`, `encoding`, `separator`, `sheet`, a
    decision for each row (`row-<line>`) and `skip_open`. `read_mapping`, `read_encoding`, `read_separator` and
    `read_sheet` are what the page was made with; decisions count only for rows that were read in the same way.
    `guessed` says that the page showed a guess, which is made again for another encoding; another separator or sheet
    gives other columns in any case.
    """
    names = takewhile(posted.__contains__, (f"role-{number}" for number in range(MAX_COLUMNS)))
    roles, heading = tuple(posted[name] for name in names), posted.get("heading", "").strip()
    encoding, sheet, separator = (posted.get(name, "") for name in ("encoding", "sheet", "separator"))
    if not ROLES.keys() >= set(roles) or encoding not in ENCODINGS.keys() | {""}:
        raise ValueError(roles, encoding)
    read_as = TableOptions.model_validate({"encoding": encoding, "sheet": sheet, "separator": separator})
    mapping = ColumnMapping(roles=roles, heading=int(heading[:3]) if heading else None)
    is_same_mapping = posted.get("read_mapping", "") in ("", write_mapping(mapping))
    is_same_encoding = posted.get("read_encoding", encoding) == encoding
    has_same_columns = all(posted.get(f"read_{name}", posted.get(name)) == posted.get(name) for name in _CUTTING)
    is_guess = "guessed" in posted and is_same_mapping
    if not roles or not has_same_columns or (is_guess and not is_same_encoding):
        return read_as
    is_same = is_same_mapping and is_same_encoding and "forget" not in posted
    decisions = _read_decisions(posted) if is_same else {}
    skip_open = "skip_open" in posted and is_same
    chosen = {"mapping": mapping, "decisions": decisions, "skip_open": skip_open}
    return TableOptions.model_validate(read_as.model_dump() | chosen)


def _read_decisions(posted: Mapping[str, str]) -> dict[int, str]:
    found = ((_ROW.fullmatch(name), value) for name, value in posted.items())
    return {int(line[1]): value for line, value in found if line and value}


class _FormatForm(PageForm):
    format = SelectField(
        gettext("Format"),
        choices=[
            SelectChoice(GUESS, gettext("Detect automatically")),
            *(SelectChoice(n, f.title) for n, f in IMPORT_FORMATS.items()),
        ],
        default=GUESS,
    )

    @property
    def chosen_format(self) -> str | None:
        return None if self.format.data == GUESS else self.format.data


class UploadForm(_FormatForm):
    file = FileField(gettext("File"), render_kw={"accept": ACCEPTED})
    pasted = TextAreaField(gettext("Or paste text"), render_kw={"rows": 8, "spellcheck": "false"})
    topic = SelectField(gettext("Topic"), validate_choice=True)

    def offer(self, topics: Iterable[tuple[str, str]]) -> None:
        """Offer the set's topics (key, title) in the form."""
        self.topic.choices = [SelectChoice(key, title, OWN_DIRECTION) for key, title in topics]

    def upload(self) -> Upload | None:
        """Return the file, or else the pasted text; without either, put the error at the field and return None."""
        topic = self.topic.data if "topic" in self else None
        if sent := self.file.data:
            data = sent.read(MAX_UPLOAD + 1)
            sent.close()
            if len(data) > MAX_UPLOAD:
                self.file.errors = [FILE_TOO_LARGE]
                return None
            if data:
                return Upload(sent.filename or "", data, self.chosen_format, topic)
        if text := (self.pasted.data or "").strip("\r\n"):
            return Upload("", text.encode("utf-8", "replace"), self.chosen_format, topic)
        self.file.errors = [gettext("Choose a file, or paste text below.")]
        return None


class NewSetUploadForm(UploadForm):
    topic = None
    title = StringField(
        gettext("Title of the set"),
        filters=[one_line],
        render_kw={"maxlength": 120},
    )


class ImportForm(PageForm):
    """The form contains the file itself, packed, so that any server process can finish what another began."""

    filename = HiddenField()
    format = HiddenField()
    topic = HiddenField()
    title = StringField(gettext("Title of the set"), filters=[one_line], render_kw={"maxlength": 120})
    fingerprint = HiddenField()
    packed = HiddenField()

    def carry(self, upload: Upload, form: str, fingerprint: str, title: str = "") -> None:
        """Put the file into the form."""
        self.filename.data, self.format.data, self.topic.data = upload.filename, form, upload.topic or ""
        self.title.data, self.fingerprint.data = title, fingerprint
        self.packed.data = base64.b64encode(zlib.compress(upload.data)).decode()

    def upload(self, posted: Mapping[str, str]) -> Upload | None:
        """Return the file with what was posted for its table, or None if the form no longer has all of it."""
        try:
            options = read_table_options(posted)
            packed = base64.b64decode(self.packed.data or "", validate=True)
            data = zlib.decompressobj().decompress(packed, MAX_UPLOAD + 1)
        except (binascii.Error, ValueError, zlib.error):
            return None
        if not data or len(data) > MAX_UPLOAD or self.format.data not in IMPORT_FORMATS:
            return None
        return Upload((self.filename.data or "")[:200], data, self.format.data, self.topic.data or None, options)
