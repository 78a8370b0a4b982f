"""The date of a download as a browser writes it, in several languages, to an instant.

``December 12, 2022 at 8:31 PM EST``, ``22 March 2024, 9:46 PM EDT``, ``9 декабря 2023 г. в 13:49 GMT-5``,
``27 de agosto de 2025 às 21:30 GMT-4``. Words that are not understood are handed back, for nothing is guessed.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final

from cockpit.instants import CHICAGO, NEW_YORK

# full names in English, Portuguese, Spanish, French, German, Italian, Russian (as in a date, and alone)
_MONTHS: Final = (
    "january janeiro enero janvier januar jänner gennaio января январь",
    "february fevereiro febrero février februar febbraio февраля февраль",
    "march março marzo mars märz марта март",
    "april abril avril aprile апреля апрель",
    "may maio mayo mai maggio мая май",
    "june junho junio juin juni giugno июня июнь",
    "july julho julio juillet juli luglio июля июль",
    "august agosto août августа август",
    "september setembro septiembre setiembre septembre settembre сентября сентябрь",
    "october outubro octubre octobre oktober ottobre октября октябрь",
    "november novembro noviembre novembre ноября ноябрь",
    "december dezembro diciembre décembre dezember dicembre декабря декабрь",
)
# words between the parts; weekdays are looked up by their first letters
_JOINTS: Final = "at of the on st nd rd th de del da das em às a à la las los le d um uhr h alle ore г года год в"
_WEEKDAYS: Final = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "segunda terça quarta quinta sexta sábado domingo feira",
    "lunes martes miércoles jueves viernes",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "понедельник вторник среда четверг пятница суббота воскресенье",
)
_HOURS: Final = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_PLACES: Final[dict[str, tzinfo]] = {"ET": NEW_YORK, "CT": CHICAGO, "UTC": UTC, "GMT": UTC, "Z": UTC}
_ZONE: Final = re.compile(r"(?<!\w)(?:GMT|UTC)\s*([+\-\u2212])\s*(\d{1,2})(?::?(\d{2}))?(?!\w)")
_CLOCK: Final = re.compile(
    r"(?<![\d:])(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?![\d:])\s*([AP]\.?\s?M\b\.?)?", re.IGNORECASE
)
_ISO: Final = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_SLASHED: Final = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20|21)\d{2})(?!\d)")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORTEST: Final = 3  # letters that tell a month


def _plain(text: str) -> str:
    """Lower case without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


_MONTH_OF: Final = {_plain(name): month for month, names in enumerate(_MONTHS, 1) for name in names.split()}
_QUIET: Final = frozenset(_plain(word) for word in _JOINTS.split())
_DAY_NAMES: Final = tuple(_plain(word) for names in _WEEKDAYS for word in names.split())


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """What a text tells.

    Attributes:
        year, month, day: None where unreadable; the day and month of an all-numeric date that fits both orders are
            the American ones, with ``is_ambiguous`` set.
        clock: Hour, minute, second; None where unreadable.
        zone: None where none is written that is known.
        strange: Words nobody here understands.
        is_ambiguous: Whether day and month could be the other way round.
    """

    year: int | None
    month: int | None
    day: int | None
    clock: tuple[int, int, int] | None
    zone: tzinfo | None
    strange: tuple[str, ...]
    is_ambiguous: bool = False


def read_date(text: str) -> WrittenDate:
    """The parts of a written date and time; never fails, parts that are not there are None."""
    zone, rest = _zone(text.replace("\u202f", " ").replace("\xa0", " "))
    clock, rest = _clock(rest)
    numeric = _numeric(rest)
    if numeric is not None:
        year, month, day, ambiguous, rest = numeric
        return WrittenDate(year, month, day, clock, zone, tuple(_strange(_words(rest))), ambiguous)
    year_match = _YEAR.search(rest)
    if year_match is not None:
        rest = _without(rest, year_match)
    words = _words(rest)
    months = [month for word in words if (month := _month(word)) is not None]
    strange = tuple(_strange(word for word in words if _month(word) is None))
    numbers = [int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", rest)]
    day = numbers[0] if numbers and 1 <= numbers[0] <= 31 else None
    month = months[0] if len(months) == 1 else None
    return WrittenDate(None if year_match is None else int(year_match[1]), month, day, clock, zone, strange)


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _zone(text: str) -> tuple[tzinfo | None, str]:
    match = _ZONE.search(text)
    if match is not None:
        sign = 1 if match[1] == "+" else -1
        hours, minutes = int(match[2]), int(match[3] or 0)
        if hours <= 14 and minutes < 60:
            return timezone(sign * timedelta(hours=hours, minutes=minutes)), _without(text, match)
        return None, text
    for match in _WORD.finditer(text):
        word = match[0]
        if word in _HOURS:
            return timezone(timedelta(hours=_HOURS[word]), word), _without(text, match)
        if word in _PLACES:
            return _PLACES[word], _without(text, match)
    return None, text


def _clock(text: str) -> tuple[tuple[int, int, int] | None, str]:
    match = next((one for one in _CLOCK.finditer(text) if not _SLASHED.match(text, one.start())), None)
    if match is None:
        return None, text
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    half = (match[4] or "")[:1].upper()
    rest = _without(text, match)
    if hour > (12 if half else 23) or (half and hour == 0) or minute > 59 or second > 59:
        return None, rest
    if half:
        hour = hour % 12 + (12 if half == "P" else 0)
    return (hour, minute, second), rest


def _numeric(text: str) -> tuple[int, int, int, bool, str] | None:
    """Year, month, day, whether the last two could be swapped, and the rest, of an all-numeric date."""
    iso = _ISO.search(text)
    if iso is not None:
        return int(iso[1]), int(iso[2]), int(iso[3]), False, _without(text, iso)
    match = _SLASHED.search(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    month, day = (second, first) if first > 12 else (first, second)
    return year, month, day, first <= 12 and second <= 12 and first != second, _without(text, match)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _month(word: str) -> int | None:
    """The month of a name, or of three or more letters that begin names of one month only."""
    plain = _plain(word)
    if plain in _MONTH_OF:
        return _MONTH_OF[plain]
    if len(plain) < _SHORTEST:
        return None
    found = {month for name, month in _MONTH_OF.items() if name.startswith(plain)}
    return found.pop() if len(found) == 1 else None


def _strange(words: Iterable[str]) -> list[str]:
    return [word for word in words if not _is_quiet(_plain(word))]


def _is_quiet(plain: str) -> bool:
    if plain in _QUIET:
        return True
    return len(plain) >= 2 and any(day.startswith(plain) for day in _DAY_NAMES)


def instant_of(day: date, clock: tuple[int, int, int], zone: tzinfo) -> datetime:
    """The instant, aware; a time shown twice is the first of the two."""
    return datetime(day.year, day.month, day.day, *clock, tzinfo=zone)
