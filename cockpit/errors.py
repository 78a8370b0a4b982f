"""One tree of errors. Messages name the value, the place and the limit."""


class CockpitError(Exception):
    """Base of every error this program raises on purpose."""


class ConfigError(CockpitError):
    """A setting, an argument or a resource file is unusable."""


class FeedError(CockpitError):
    """A source of events failed."""


class ParseError(FeedError):
    """Input that does not have the shape its format promises."""


class AuthError(FeedError):
    """A provider refused the credentials."""


class LinkLost(FeedError):  # noqa: N818  the name of style.md 10
    """The connection to a provider ended."""


class SourceError(FeedError):
    """A file cannot be opened, recognised or read.

    Attributes:
        path: The file as the user named it.
        offset: Byte or line where reading stopped; None when not known.
        reason: What is wrong, without the path.
    """

    def __init__(self, path: object, reason: str, offset: int | str | None = None) -> None:
        self.path = str(path)
        self.reason = reason
        self.offset = offset
        where = "" if offset is None else f" at {offset if isinstance(offset, str) else f'byte {offset:,}'}"
        super().__init__(f"{self.path}{where}: {reason}")


class TapeError(CockpitError):
    """A tape cannot be written or read."""


class EngineError(CockpitError):
    """An engine was given something it cannot work with."""


class BookIntegrityError(EngineError):
    """A book broke one of its invariants."""
