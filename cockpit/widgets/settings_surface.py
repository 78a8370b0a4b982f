"""Ctrl+,: the look of the program, changed at once, and how it looks to eyes that see fewer hues."""

from functools import partial
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from cockpit.widgets.actions import by_id, cap
from cockpit.widgets.appearance import TRAITS
from cockpit.widgets.choice_rows import Row
from cockpit.widgets.pick_list import paint_text
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
    """

    name = "settings"

    def __init__(self, window: QWidget, theme: Theme, wardrobe: Wardrobe) -> None:
        super().__init__(window, theme, "Settings", HINT, WIDTH, BELOW)
        self._wardrobe = wardrobe
        self._seen: list[Theme] = []
        wardrobe.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is worn now."""
        if self.is_left:
            return
        self._seen = [self._theme.seen_with(vision) for vision in VISIONS]
        worn, choose = self._wardrobe.worn, self._wardrobe.choose
        self.show_rows(
            tuple(
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
        )
        self.update()

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
