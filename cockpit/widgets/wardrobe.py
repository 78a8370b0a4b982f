"""The look that is worn now: changes the theme in place, dresses the application anew and remembers the choice."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from cockpit.widgets.appearance import REDUCED, TRAITS, Appearance, AppearanceFile, Trait
from cockpit.widgets.style import redress
from cockpit.widgets.theme import Theme, load_theme

_TRAITS = {trait.name: trait for trait in TRAITS}


def theme_for(appearance: Appearance) -> Theme:
    """A theme that looks like that."""
    still = appearance.motion == REDUCED
    return load_theme(appearance.theme, appearance.sides, appearance.density, still=still)


class Wardrobe(QObject):
    """Holds what is worn.

    Args:
        theme: The one theme everything draws with.
        file: Where choices are kept; None keeps none.
        worn: What ``theme`` looks like now; what it says of itself when left out.

    Signals:
        changed: Something else is worn.
    """

    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        file: AppearanceFile | None = None,
        worn: Appearance | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._file = theme, file
        self._worn = worn or Appearance(theme.name, theme.sides, theme.density, REDUCED if theme.still else "full")
        self._kept = file.load() if file is not None else self._worn

    @property
    def worn(self) -> Appearance:
        """The look now."""
        return self._worn

    def choose(self, name: str, value: str) -> None:
        """Wear another value of a trait from now on, and remember it.

        What the command line asked for is worn and not remembered.
        """
        trait = _TRAITS[name]
        if value not in [option.value for option in trait.options]:
            raise KeyError(value)
        self._kept = replace(self._kept, **{name: value})
        if self._file is not None:
            self._file.save(self._kept)
        self._wear(replace(self._worn, **{name: value}))

    def next(self, name: str) -> tuple[Trait, str]:
        """Go to the next value of a trait; returns it in words."""
        trait = _TRAITS[name]
        value = trait.after(self._worn)
        self.choose(name, value)
        return trait, trait.words(value)

    def _wear(self, appearance: Appearance) -> None:
        if appearance == self._worn:
            return
        self._worn = appearance
        self._theme.become(theme_for(appearance))
        application = QApplication.instance()
        if isinstance(application, QApplication):
            redress(application, self._theme)
        for widget in QApplication.allWidgets():
            widget.update()
        self.changed.emit()
