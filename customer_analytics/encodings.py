"""Detects the encoding of a text file from its bytes."""

import codecs
import re
from collections.abc import Iterable

from charset_normalizer import from_bytes

SAMPLE = 1 << 16
MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8-sig",
}
OTHER_FORMATS = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "an Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an old or password-protected Excel file",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF file",
}
# Byte pairs of common Chinese characters and punctuation in GBK.
EVERYDAY_CHINESE = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]|[\xa1-\xa3][\xa1-\xfe]")
OTHER_PAIR = re.compile(rb"[\x80-\xff][\x00-\xff]")
# Bytes that are letters in Polish, Czech or Hungarian, but symbols in Western European encodings.
CENTRAL_EUROPEAN = re.compile(rb"[A-Za-z][\x9d\x9f\xb3\xb9\xbe]|[\xa3\x8f\xaf][A-Za-z\xf3]")
SINGLE_BYTE = re.compile(r"cp125[0247]|latin_1|iso8859_(1|2|9|15|16)|cp85\d|mac_|cp437|hp_roman8")


def other_format(head: bytes) -> str | None:
    """Return the file format if the bytes are clearly not text, else None."""
    return next((name for magic, name in OTHER_FORMATS.items() if head.startswith(magic)), None)


def wide_encoding(head: bytes) -> str | None:
    """Return the encoding indicated by a byte order mark or by regular zero bytes, else None."""
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    sample = head[:2000]
    # in UTF-16 every second byte of ASCII letters, delimiters and newlines is zero
    zeros = (sample[0::2].count(0), sample[1::2].count(0))
    if sum(zeros) > len(sample) / 5 and min(zeros) < max(zeros) / 10:
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    return None


def detect_encoding(chunks: Iterable[bytes]) -> str | None:
    """Return the encoding of a file given in chunks; None if no encoding fits.

    A file that is UTF-8 except for a few invalid bytes counts as UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding = "utf-8"
    lines = []
    for position, chunk in enumerate(chunks):
        if position == 0 and wide_encoding(chunk):
            return wide_encoding(chunk)
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            decoder.reset()
            encoding = None
        if encoding is None:
            # the last line of a chunk may end within a character
            lines += [line for line in chunk.splitlines()[:-1] or [chunk] if not line.isascii()]
            if sum(map(len, lines)) > SAMPLE:
                break
    return encoding or _guess(lines)


def _guess(lines: list[bytes]) -> str | None:
    if sum(map(_is_utf8, lines)) > 0.9 * len(lines):
        return "utf-8"
    return guess_encoding(b"\n".join(lines)[:SAMPLE])


def guess_encoding(sample: bytes) -> str | None:
    """Return the most likely encoding of a text that is not UTF-8.

    Chinese is tried first: Chinese Excel exports GBK, and charset-normalizer mistakes short texts
    for Korean or Japanese.
    """
    everyday = EVERYDAY_CHINESE.findall(sample)
    others = OTHER_PAIR.findall(EVERYDAY_CHINESE.sub(b"", sample))
    # the first byte of a Korean syllable is at most C8
    may_be_korean = len(everyday) > 8 and all(pair[0] <= 0xC8 for pair in everyday)
    if len(everyday) > 4 * len(others) and not may_be_korean:
        return "gb18030"
    best = from_bytes(sample).best()
    if best and SINGLE_BYTE.match(best.encoding):
        # too similar to distinguish by names of persons and cities alone
        return "cp1250" if CENTRAL_EUROPEAN.search(sample) else "cp1252"
    return best.encoding if best else None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
