"""The text of a file in one of the encodings that spreadsheets and editors save.

Without a choice, UTF-8 is read if the file fits it, UTF-16 if it has a mark or the zero bytes of one, and otherwise the
8-bit encoding that chardet finds most likely. A file of which only a few bytes are not UTF-8 is refused with the line:
read in another encoding, all its other letters would be wrong.
"""

import re

from quizapp.core.translation import gettext

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1251": "Windows-1251",
    "cp1252": "Windows-1252",
    "cp1254": "Windows-1254",
    "mac-roman": "MacRoman",
    "mac-cyrillic": "MacCyrillic",
}

# The ISO encodings of the same letters are parts of the Windows ones: ISO-8859-1 of cp1252, ISO-8859-9 of cp1254.
_EIGHT_BITS = ("cp1251", "cp1252", "cp1254", "mac-roman", "mac-cyrillic")
_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}

_START = 64_000  # bytes in which zero bytes are counted
_AROUND = 64_000  # bytes on each side of a broken one
_SAMPLE = 16_000  # bytes for chardet
_CONTEXT = 40  # bytes on each side of a letter in them
_NEARLY = 0.8  # of the best confidence: below it, an encoding is out of the question

_FOREIGN = re.compile(rb"[\x80-\xff]+")
_NOT_TEXT = re.compile("[\0-\x08\x0e-\x19\x1b-\x1f]")  # \x1a ends texts of DOS
_ZERO = re.compile("\0")
_SIGNS = frozenset("“”‘’«»„–—…°£€№§©×\xa0")  # in any text; other signs among letters point to a wrong encoding
_OPENING, _CLOSING = frozenset("“«„№"), frozenset("”»")

_NO_TEXT_FILE = gettext("This is not a text file. Choose another file or format.")
_NEARLY_UTF8 = gettext(
    "This line has a character that isn’t UTF-8, unlike the rest of the file. Type it again and save the file as UTF-8."
)


class UndecodableText(ValueError):
    """A file is not text in an encoding. `message` is a sentence, `line` where, from 1, or 0 for the whole file."""

    def __init__(self, message: str, line: int = 0) -> None:
        place = gettext("Line %(number)s", number=line)
        super().__init__(f"{place}: {message}" if line else message)
        self.message = message
        self.line = line


def decode(data: bytes, encoding: str = "") -> tuple[str, str]:
    """Return a file's text with "\\n" line ends, and the name of its encoding, a key of ENCODINGS.

    The encoding is detected if none is given. Raises UndecodableText. The caller has limited the size.
    """
    if encoding and encoding not in ENCODINGS:
        raise UndecodableText(gettext("Choose one of these encodings: %(names)s.", names=", ".join(ENCODINGS.values())))
    marked = marked_encoding(data)
    if marked and encoding and encoding != marked:
        raise UndecodableText(_marked_message(ENCODINGS[encoding], ENCODINGS[marked]))
    name = encoding or marked or _detected(data)
    text = _decoded(data, name).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if found := (_NOT_TEXT if name in _EIGHT_BITS else _ZERO).search(text):
        raise UndecodableText(_NO_TEXT_FILE, _last_line(text[: found.start()]))
    return text, name


def marked_encoding(data: bytes) -> str:
    """Return the encoding that a mark at the beginning of a file states, or ""."""
    return next((name for mark, name in _MARKS.items() if data.startswith(mark)), "")


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        line = _last_line(data[: error.start].decode(name))
    if name == "utf-8":
        raise UndecodableText(gettext("This is not UTF-8 text. Save the file as UTF-8."), line)
    raise UndecodableText(
        gettext("This is not %(encoding)s text. Choose another encoding.", encoding=ENCODINGS[name]), line
    )


def _last_line(text: str) -> int:
    return 1 + len(re.findall("\r\n?|\n", text))


def _marked_message(chosen: str, marked: str) -> str:
    return gettext(
        "This file isn’t %(chosen)s text: its mark says %(marked)s. Choose %(marked)s.", chosen=chosen, marked=marked
    )


# Detection


def _detected(data: bytes) -> str:
    """Return the encoding of a file without a mark."""
    if wide := _wide(data):
        return wide
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_nearly_utf8(data, error.start):
            raise UndecodableText(_NEARLY_UTF8, _last_line(data[: error.start].decode())) from None
        return _eight_bits(_sample(data))
    return "utf-8"


def _wide(data: bytes) -> str:
    """Return UTF-16's name if a file's zero bytes have the positions they have there: line ends alone make some."""
    start = data[:_START]
    firsts, seconds = start[::2].count(0), start[1::2].count(0)
    if max(firsts, seconds) <= 9 * min(firsts, seconds):
        return ""
    name = "utf-16-be" if firsts > seconds else "utf-16-le"
    text = start[: len(start) // 2 * 2].decode(name, "replace")
    alphabetic = sum(sign < "\u0530" for sign in text)
    return name if 2 * alphabetic > len(text) and not _NOT_TEXT.search(text) else ""


def _is_nearly_utf8(data: bytes, broken: int) -> bool:
    """Return whether at least half of the letters around the first broken byte are UTF-8."""
    start = max(0, broken - _AROUND)
    around = data[start : broken + _AROUND].decode("utf-8", "replace").lstrip("\ufffd" if start else "")
    wrong = around.count("\ufffd")
    return sum(not sign.isascii() for sign in around) >= 2 * wrong


def _sample(data: bytes) -> bytes:
    """Return the first letters beyond ASCII with what is around them."""
    pieces, size, end = [], 0, 0
    for found in _FOREIGN.finditer(data):
        start, end = max(end, found.start() - _CONTEXT), max(end, found.end() + _CONTEXT)
        pieces.append(data[start:end])
        size += end - start
        if size >= _SAMPLE:
            break
    return b"".join(pieces)[: 2 * _SAMPLE]


def _eight_bits(sample: bytes) -> str:
    """Return the 8-bit encoding of a text.

    Chardet often finds several equally likely for a text of a few words. The one with the fewest oddities is taken.
    """
    import chardet  # here, because it takes longer to import than most files to read

    found = chardet.detect_all(sample, include_encodings=_EIGHT_BITS, ignore_threshold=True, compat_names=False)
    best = found[0]["confidence"] * _NEARLY
    likely = [str(guess["encoding"]) for guess in found if guess["confidence"] >= best]
    texts = {name: sample.decode(name, "replace") for name in likely if name in _EIGHT_BITS}
    if not texts:
        return "cp1252"
    oddities = {name: _count_oddities(text) for name, text in texts.items()}
    name = min(oddities, key=lambda name: oddities[name])
    is_turkish = name == "cp1252" and oddities.get("cp1254") == oddities[name] and texts["cp1254"] != texts[name]
    return "cp1254" if is_turkish else name


def _count_oddities(text: str) -> int:
    """Return how many letters and signs beyond ASCII have neighbours that they would not have in words."""
    return sum(_is_odd(*signs) for signs in zip(" " + text, text, text[1:] + " ", strict=False) if signs[1] > "\x7f")


def _is_odd(before: str, sign: str, after: str) -> bool:
    if not sign.isalpha():
        inside = before.isalpha() and after.isalpha() and sign != "’"
        misplaced = (sign in _OPENING and before.isalpha()) or (sign in _CLOSING and after.isalpha())
        return sign not in _SIGNS or inside or misplaced or (sign == "\xa0" and before.isspace())
    beside = [letter for letter in (before, after) if letter.isalpha()]
    if any((letter >= "\u0400") != (sign >= "\u0400") for letter in beside):  # Cyrillic beside Latin
        return True
    rises = (before.islower() and sign.isupper()) or (sign.islower() and after.isupper())
    return rises or before.isdigit() or after.isdigit()
