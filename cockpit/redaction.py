"""Takes secrets out of text that leaves the machine: keys and tokens by name and by shape, the home folder.

Rather too much than too little: what looks like a secret is taken out, whatever it was.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cockpit.errors import CockpitError

GONE: Final = "[redacted]"
SHORTEST: Final = 4  # a shorter value would be taken out of words everywhere; a secret it is not
SECRET_NAME: Final = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH|COOKIE|SIGNATURE", re.IGNORECASE)

_NAMED: Final = re.compile(
    r"""(?P<name>[\w.-]*(?:key|token|secret|passw(?:or)?d|passphrase|credentials?|authorization|cookie|signature))
        (?P<sign>["']?\s*(?:[:=]|=>)\s*)
        (?P<value>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?:(?:bearer|basic|token)\s+)?[^\s,;&"'}\]]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_SHAPES: Final = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    re.compile(r"\b(?:bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE),
    re.compile(r"\bdb-\w{16,}"),  # Databento
    re.compile(r"\b(?:sk|pk|rk)[-_]\w[\w-]{14,}"),
    re.compile(r"\bgh[pousr]_\w{16,}|\bxox[abprs]-[\w-]{10,}"),
    re.compile(r"\bA(?:KIA|SIA)[0-9A-Z]{12,}"),
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*"),  # a signed web token
    re.compile(r"\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{32,}\b"),  # long and random
)
_LOGIN: Final = re.compile(r"(?P<scheme>\w+://)[^\s/@:]+:[^\s/@]+@")


class Redactor:
    """Redacts texts.

    Args:
        environment: Values of variables with a secret's name are taken out wherever they stand.
        home: Written as ``~``.
    """

    def __init__(self, environment: Mapping[str, str], home: Path) -> None:
        secrets = {value for name, value in environment.items() if is_secret(name) and len(value) >= SHORTEST}
        self._secrets = sorted(secrets, key=len, reverse=True)
        self._homes = sorted({str(home), home.as_posix(), str(home).replace("\\", "\\\\")}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, GONE)
        for shape in _SHAPES:
            text = shape.sub(GONE, text)
        text = _LOGIN.sub(lambda found: f"{found['scheme']}{GONE}@", text)
        text = _NAMED.sub(_without_value, text)
        for home in self._homes:
            if len(home) > 1:
                text = re.sub(re.escape(home) + r"(?![\w.-])", "~", text)
        return text

    def check(self, text: str) -> None:
        """Refuse a text that still holds a secret of the environment.

        Raises:
            CockpitError: It does; the secret itself is not in the message.
        """
        if any(secret in text for secret in self._secrets):
            raise CockpitError("a secret would have left the machine: nothing was written; please report this")


def is_secret(name: str) -> bool:
    """Whether a variable of that name may hold a secret."""
    return bool(SECRET_NAME.search(name))


def _without_value(found: "re.Match[str]") -> str:
    value = found["value"]
    quote = value[0] if value[0] in "\"'" else ""
    return f"{found['name']}{found['sign']}{quote}{GONE}{quote}"
