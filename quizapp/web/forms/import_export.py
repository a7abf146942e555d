"""Forms for a file or pasted text, and for importing it after the preview."""

import base64
import binascii
import zlib
from collections.abc import Iterable

from flask_wtf.file import FileField
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField

from quizapp.core.formats.format import FILE_TOO_LARGE, HIDDEN, MAX_UPLOAD
from quizapp.core.formats.registry import IMPORT_FORMATS
from quizapp.core.translation import gettext
from quizapp.services.import_export import Upload
from quizapp.web.forms.fields import OWN_DIRECTION
from quizapp.web.requests import PageForm

GUESS = "guess"


def one_line(typed: str | None) -> str:
    """Return typed text on one line, without characters that cannot be seen."""
    return " ".join(HIDDEN.sub("", typed or "").split())[:120]


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
    file = FileField(gettext("File"), render_kw={"accept": ".csv,.tsv,.txt,.gift,.xml,.apkg,.yaml,.yml,.zip,.json"})
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
    title = HiddenField(filters=[one_line])
    fingerprint = HiddenField()
    packed = HiddenField()

    def carry(self, upload: Upload, form: str, fingerprint: str, title: str = "") -> None:
        """Put the file into the form."""
        self.filename.data, self.format.data, self.topic.data = upload.filename, form, upload.topic or ""
        self.title.data, self.fingerprint.data = title, fingerprint
        self.packed.data = base64.b64encode(zlib.compress(upload.data)).decode()

    def upload(self) -> Upload | None:
        """Return the file, or None if the form no longer has all of it."""
        try:
            packed = base64.b64decode(self.packed.data or "", validate=True)
            data = zlib.decompressobj().decompress(packed, MAX_UPLOAD + 1)
        except (binascii.Error, ValueError, zlib.error):
            return None
        if not data or len(data) > MAX_UPLOAD or self.format.data not in IMPORT_FORMATS:
            return None
        return Upload((self.filename.data or "")[:200], data, self.format.data, self.topic.data or None)
