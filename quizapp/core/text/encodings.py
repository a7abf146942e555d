"""Encodings of text files."""

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
