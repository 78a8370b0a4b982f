"""Rules of detectors as text: one name and value each, times with a unit. For the command line and the bench."""

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, Final

from cockpit.engines.detect.engine import Rules
from cockpit.errors import ConfigError
from cockpit.units import NS_PER_MIN, NS_PER_MS, NS_PER_S

_TIME: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|s|min)")
_UNITS: Final = {"ms": NS_PER_MS, "s": NS_PER_S, "min": NS_PER_MIN}
_SUFFIX: Final = "_ns"


def settings_of(rules: Rules) -> dict[str, str]:
    """Every parameter as text, ``wall.ratio`` -> ``3``, ``wall.persist`` -> ``5 s``, in their order."""
    found: dict[str, str] = {}
    for field in fields(rules):
        value = getattr(rules, field.name)
        if not hasattr(value, "_asdict"):
            found[field.name] = _text(field.name, value)
            continue
        for name, each in value._asdict().items():
            found[f"{field.name}.{name.removesuffix(_SUFFIX)}"] = _text(name, each)
    return found


def whole_of(rules: Rules) -> frozenset[str]:
    """Names of the parameters that are whole numbers, times left out."""
    names = set[str]()
    for field in fields(rules):
        value = getattr(rules, field.name)
        named = (
            {field.name: value}
            if not hasattr(value, "_asdict")
            else {
                f"{field.name}.{name}": each for name, each in value._asdict().items() if not name.endswith(_SUFFIX)
            }
        )
        names |= {name for name, each in named.items() if isinstance(each, int)}
    return frozenset(names)


def with_settings(rules: Rules, settings: Iterable[str]) -> Rules:
    """The rules with some parameters changed.

    Args:
        rules: As they are.
        settings: Of the form ``wall.ratio=4`` or ``wall.persist=2.5s``.

    Raises:
        ConfigError: A name that does not exist, or a value that is none; the message says what there is.
    """
    for setting in settings:
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not equals:
            raise ConfigError(f"{setting!r}: write NAME=VALUE, e.g. wall.ratio=4 or wall.persist=2.5s")
        rules = _changed(rules, name, text)
    return rules


def _changed(rules: Rules, name: str, text: str) -> Rules:
    if name not in settings_of(rules):
        raise ConfigError(f"no parameter {name!r}; there are {', '.join(settings_of(rules))}")
    detector, _, parameter = name.partition(".")
    rule: Any = getattr(rules, detector)
    if not parameter:
        return replace(rules, **{detector: _value(name, text, rule)})
    field = parameter if parameter in rule._fields else parameter + _SUFFIX
    value = _value(name, text, getattr(rule, field), is_time=field.endswith(_SUFFIX))
    return replace(rules, **{detector: rule._replace(**{field: value})})


def _value(name: str, text: str, now: float, *, is_time: bool = False) -> Any:
    if is_time:
        match = _TIME.fullmatch(text)
        if match is None:
            raise ConfigError(f"{name}={text}: a time such as 500ms, 5s or 3min is needed")
        return round(float(match["number"]) * _UNITS[match["unit"]])
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        raise ConfigError(f"{name}={text}: a number is needed, e.g. {now:g}") from None
    if not 0 <= number < 1e15 or (isinstance(now, int) and number != int(number)):
        kind = "a whole number" if isinstance(now, int) else "a number"
        raise ConfigError(f"{name}={text}: {kind} from 0 up is needed, e.g. {now:g}")
    return int(number) if isinstance(now, int) else number


def _text(name: str, value: float) -> str:
    if not name.endswith(_SUFFIX):
        return f"{value:g}"
    for unit in ("min", "s"):
        if value >= _UNITS[unit] and (unit == "s" or value % _UNITS[unit] == 0):
            return f"{value / _UNITS[unit]:g} {unit}"
    return f"{value / NS_PER_MS:g} ms"
