"""The pyqtgraph scene under a market pane: coordinates for items of others, and nothing of its own.

pyqtgraph has no types; its ``Any`` stops here.
"""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from cockpit.widgets.plot.picture import Picture


class SceneLayer:
    """A ``PlotItem`` without axes, buttons or mouse of its own, laid over the composed plot."""

    def __init__(self) -> None:
        self.item: Any = pg.PlotItem(enableMenu=False)
        self._shown: QRectF | None = None
        for axis in ("left", "bottom"):
            self.item.hideAxis(axis)
        self.item.hideButtons()
        self.item.layout.setContentsMargins(0, 0, 0, 0)
        self.item.vb.setMouseEnabled(x=False, y=False)
        self.item.vb.disableAutoRange()

    def belong_to(self, view: QWidget) -> None:
        """Let the menu that every ``PlotItem`` makes, shown or not, die with the view."""
        menu: QWidget = self.item.ctrlMenu
        menu.setParent(view, menu.windowFlags())

    def has_items(self) -> bool:
        """Whether somebody added an item; else the scene need not paint at all."""
        return bool(self.item.items or self.item.vb.addedItems)

    def wants_pointer(self) -> bool:
        """Whether an item under the pointer takes clicks or drags, a handle of a drawing for example."""
        hover = self.item.scene().lastHoverEvent if self.has_items() else None
        return hover is not None and bool(hover.dragItems() or hover.clickItems())

    def has_focus(self) -> bool:
        """Whether an item takes the keys, a text being typed for example."""
        return self.item.scene().focusItem() is not None

    def place(self, picture: Picture) -> None:
        """Lay the coordinates over ours: x is the bar index, y the price in stored units."""
        bands, time, price = picture.bands, picture.time, picture.price
        right, below = (bands.columns - bands.right) / bands.ratio, (bands.rows - bands.plot_bottom) / bands.ratio
        self.item.layout.setContentsMargins(0, 0, right, below)
        self.item.layout.activate()
        left, width = time.bar_at(0), time.width / time.slot
        shown = QRectF(left, price.low, width, price.high - price.low)
        if shown != self._shown:
            self._shown = shown
            self.item.vb.setRange(shown, padding=0)
