"""Ctrl+,: the look of the program and what its recorder keeps, changed at once; how eyes with fewer hues see it."""

from functools import partial
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from cockpit.widgets.actions import by_id, cap
from cockpit.widgets.appearance import TRAITS
from cockpit.widgets.choice_rows import Row
from cockpit.widgets.pick_list import paint_text
from cockpit.widgets.recorder_bounds import TITLES, RecorderBounds
from cockpit.widgets.rows_surface import RowsSurface
from cockpit.widgets.samples import paint_named
from cockpit.widgets.theme import PADDING, Theme
from cockpit.widgets.vision import VISIONS, separation
from cockpit.widgets.wardrobe import Wardrobe

WIDTH: Final = 720
BELOW: Final = 286  # samples with their heading
HEADING: Final = 30
HINT: Final = "↑ ↓ walk   ← → choose   Esc closes"
NAMES: Final = {"normal": "Normal vision"}


class Settings(RowsSurface):
    """The choices of the look over four samples.

    Args:
        wardrobe: Wears what is chosen.
        recorder: Bounds of the flight recorder; None: there is none.
    """

    name = "settings"

    def __init__(
        self, window: QWidget, theme: Theme, wardrobe: Wardrobe, recorder: RecorderBounds | None = None
    ) -> None:
        super().__init__(window, theme, "Settings", HINT, WIDTH, BELOW)
        self._wardrobe, self._recorder = wardrobe, recorder
        self._seen: list[Theme] = []
        wardrobe.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is worn now."""
        if self.is_left:
            return
        self._seen = [self._theme.seen_with(vision) for vision in VISIONS]
        worn, choose = self._wardrobe.worn, self._wardrobe.choose
        looks = (
            Row(
                trait.name,
                trait.title,
                trait.of(worn),
                trait.options,
                partial(choose, trait.name),
                cap(by_id(trait.action).keys[0]),
            )
            for trait in TRAITS
        )
        self.show_rows((*looks, *self._bounds()))
        self.update()

    def _bounds(self) -> tuple[Row, ...]:
        recorder = self._recorder
        if recorder is None:
            return ()
        values = recorder.values()
        return tuple(
            Row(name, title, f"{values[name]:g}", recorder.options(name), partial(self._bound, name))
            for name, title in TITLES.items()
        )

    def _bound(self, name: str, value: str) -> None:
        if self._recorder is not None:
            self._recorder.choose(name, value)
            self.refresh()

    def notes(self) -> tuple[str, ...]:
        """How far the two sides are apart to each kind of eyes, CIEDE2000; 25 is enough to tell marks apart."""
        apart = separation(self._theme.tokens["bid"], self._theme.tokens["ask"])
        return tuple(f"bid to ask {value:.0f}" for value in apart)

    def paint_foot(self, painter: QPainter, area: QRectF) -> None:
        """The four samples side by side."""
        theme = self._theme
        head = QRectF(area.left(), area.top(), area.width(), HEADING)
        used = paint_text(painter, theme, head, "strong", "text2", "As other eyes see it")
        note = "simulated; 25 and more is told apart at a glance"
        paint_text(painter, theme, head.adjusted(used + 12, 0, 0, 0), "label", "text3", note, right=True)
        wide = (area.width() - PADDING * (len(VISIONS) - 1)) / len(VISIONS)
        for place, (vision, drawn, apart) in enumerate(zip(VISIONS, self._seen, self.notes(), strict=True)):
            box = QRectF(area.left() + place * (wide + PADDING), head.bottom(), wide, area.height() - HEADING)
            paint_named(painter, box, theme, NAMES.get(vision, vision.capitalize()), apart, drawn)
