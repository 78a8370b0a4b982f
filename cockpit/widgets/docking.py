"""Docks: panels side by side, in tabs and floating, on QtAds; described and rebuilt as ``arrangement`` trees.

Our trees and not QtAds' saved states: they are readable, survive other monitors, and one way of building serves
presets, saved layouts, small windows and docking back (what restoring states gets wrong: ``desktop-testing.md`` 3).
A lone panel has no tab: its own header drags and floats it (``header_drag``).

No wrapper of a QtAds object is kept. The bindings take what a method returns for a child of the object it was
asked of: after ``area.currentDockWidget()`` the dock, and our frame in it, become invalid when that area goes,
while the widgets live on in another (seen: "Internal C++ object already deleted" two seconds after a drop). So
docks are asked of the manager by name each time, which also puts that right, and ``currentDockWidget`` is never
called.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget
from PySide6QtAds import ads

from cockpit.widgets.arrangement import Home, Node, Tabs, home_of, panels, split, structure
from cockpit.widgets.header_drag import DoubleClick, HeaderDrag
from cockpit.widgets.panel_frame import PanelFrame

OFFSET: Final = 24  # a floated panel steps aside, so that one sees it left
_SCALE: Final = 10_000  # shares as whole numbers, for a splitter that has no size yet

_PREFIX: Final = "panel."  # of object names; unique, or QtAds loses a dock without a word

_config_is_set = False


def configure() -> None:
    """Set QtAds' static flags; before the first manager, once a process."""
    global _config_is_set  # noqa: PLW0603  QtAds' flags are process-wide statics
    if _config_is_set:
        return
    flags = ads.CDockManager.eConfigFlag
    wanted = (
        flags.OpaqueSplitterResize,
        flags.EqualSplitOnInsertion,
        flags.FloatingContainerHasWidgetTitle,
        flags.FloatingContainerForceQWidgetTitleBar,  # else a float cannot be dragged back (desktop-testing.md 3)
        flags.DisableStylesheet,  # style.py styles docks with everything else
    )
    unwanted = (
        flags.ActiveTabHasCloseButton,
        flags.DockAreaHasCloseButton,
        flags.DockAreaHasUndockButton,
        flags.DockAreaHasTabsMenuButton,
        flags.DragPreviewShowsContentPixmap,  # it grabs the panel, blank for OpenGL
        flags.DoubleClickUndocksWidget,  # ``header_drag`` does it, both ways, and when the button is up
    )
    for flag in wanted:
        ads.CDockManager.setConfigFlag(flag, True)
    for flag in unwanted:
        ads.CDockManager.setConfigFlag(flag, False)
    # A floating window asks for its native window before it is shown; Qt then makes its siblings and ancestors in
    # the main window native, too, and the second float came up dead: half painted, deaf to the mouse (seen, X11)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)
    _config_is_set = True


class Docks(QObject):
    """The dock area of the main window and the windows torn off it.

    Args:
        parent: Where the dock area lives; gets a layout.
        provide: Makes the frame of a panel when it is first needed.

    Signals:
        floated: With the container of a new floating window.
        toggle_wanted: A header was double-clicked: float the panel, or dock it back; its id.
    """

    floated = Signal(object)
    toggle_wanted = Signal(str)

    def __init__(self, parent: QWidget, provide: Callable[[str], PanelFrame]) -> None:
        super().__init__(parent)
        if not QCoreApplication.testAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts):
            raise RuntimeError(
                "AA_ShareOpenGLContexts must be set before the application: floating GL panels crash"
            )
        configure()
        self._provide = provide
        self._frames: dict[str, PanelFrame] = {}
        self._homes: dict[str, Home] = {}
        self._stood: dict[str, Node] = {}
        self._drags: dict[str, HeaderDrag] = {}
        column = QVBoxLayout(parent)
        column.setContentsMargins(0, 0, 0, 0)
        self.manager = ads.CDockManager(parent)
        column.addWidget(self.manager)
        self.manager.dockAreaCreated.connect(self._dress_area)
        self.manager.floatingWidgetCreated.connect(self._float_created)

    # panels

    def frame(self, panel: str) -> PanelFrame | None:
        """The panel's frame; None when it was never shown."""
        return self._frames.get(panel)

    def frames(self) -> tuple[PanelFrame, ...]:
        """Every frame there is."""
        return tuple(self._frames.values())

    def dock(self, panel: str) -> Any:
        """The panel's CDockWidget, made on the first call; not to be kept."""
        found = self._found(panel)
        if found is not None:
            return found
        frame = self._provide(panel)
        dock = self.manager.createDockWidget(frame.spec.title)
        dock.setObjectName(_dock_name(panel))
        dock.setMinimumSizeHintMode(ads.CDockWidget.eMinimumSizeHintMode.MinimumSizeHintFromContentMinimumSize)
        dock.setWidget(frame, ads.CDockWidget.eInsertMode.ForceNoScrollArea)
        dock.setFocusProxy(frame)
        dock.tabWidget().setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # its words are not ours
        self._frames[panel] = frame
        self._drags[panel] = HeaderDrag(frame.header, lambda: self.drag_handle(panel))
        frame.header.double_clicked.connect(lambda: self.toggle_wanted.emit(panel))
        DoubleClick(dock.tabWidget(), lambda: self.toggle_wanted.emit(panel))
        frame.header.renamed.connect(lambda name: self.dock(panel).setWindowTitle(name))
        return dock

    def _found(self, panel: str) -> Any:
        """The panel's CDockWidget, or None before it was made."""
        return self.manager.findDockWidget(_dock_name(panel)) if panel in self._frames else None

    def drag_handle(self, panel: str) -> QWidget:
        """What QtAds drags the panel by: its tab, or the bar of the window that it has to itself."""
        dock = self.dock(panel)
        alone = dock.isFloating() and dock.dockAreaWidget().openDockWidgetsCount() == 1
        return dock.floatingDockContainer().titleBarWidget() if alone else dock.tabWidget()

    def is_open(self, panel: str) -> bool:
        """Whether it stands somewhere, docked or floating."""
        dock = self._found(panel)
        return dock is not None and not dock.isClosed() and dock.dockAreaWidget() is not None

    def is_floating(self, panel: str) -> bool:
        """Whether it is in a floating window, alone or with others."""
        dock = self._found(panel)
        return dock is not None and not dock.isClosed() and dock.isInFloatingContainer()

    def show_tab(self, panel: str) -> None:
        """Bring it to the front of its tabs."""
        dock = self._found(panel)
        if dock is not None and self.is_open(panel) and not dock.isCurrentTab():
            dock.setAsCurrentTab()

    def close(self, panel: str) -> None:
        """Take it off the screen."""
        if self.is_open(panel):
            self._remember_homes()
            self.dock(panel).toggleView(False)

    # arrangement of the main window

    def tree(self) -> Node | None:
        """The arrangement of the main window's panels as it is now."""
        return read(self.manager.rootSplitter())

    def apply(self, tree: Node) -> None:
        """Arrange the main window so; panels that are docked and not in the tree are closed, floats stay."""
        wanted = set(panels(tree))
        if structure(self.tree()) != structure(tree) or any(self.is_floating(panel) for panel in wanted):
            self.manager.setUpdatesEnabled(False)
            try:
                self._build(tree, self._place(_first(tree), _side(tree), None))
                for panel in tuple(self._frames):
                    if panel not in wanted and self.is_open(panel) and not self.is_floating(panel):
                        self.dock(panel).toggleView(False)
            finally:
                self.manager.setUpdatesEnabled(True)
        self._settle(tree, self.manager.rootSplitter())

    def _place(self, tabs: Tabs, side: Any, anchor: Any) -> Any:
        """Put one tab group beside ``anchor``, or at the edge of the main window; returns its area."""
        first = self.dock(tabs.panels[0])
        if anchor is None:
            area = self.manager.addDockWidget(side, first)
        else:
            area = self.manager.addDockWidget(side, first, anchor)
        for panel in tabs.panels[1:]:
            self.manager.addDockWidgetTabToArea(self.dock(panel), area)
        for panel in tabs.panels:
            if self.dock(panel).isClosed():
                self.dock(panel).toggleView(True)
        area.setCurrentIndex(tabs.current)
        return area

    def _build(self, node: Node, area: Any) -> None:
        """Grow a node out of the area that holds its first tab group."""
        if isinstance(node, Tabs):
            return
        areas = [area]
        for item in node.items[1:]:
            areas.append(self._place(_first(item), _side(node), areas[-1]))
        for item, place in zip(node.items, areas, strict=True):
            self._build(item, place)

    def _settle(self, node: Node, widget: Any) -> None:
        """Give every split its shares and every group its current tab, from the outside in."""
        if isinstance(node, Tabs):
            area = next(iter(_areas(widget)), None)
            if area is not None and 0 <= node.current < len(node.panels):
                area.setCurrentDockWidget(self.dock(node.panels[node.current]))
            return
        while isinstance(widget, QSplitter) and len(_shown(widget)) == 1:
            widget = _shown(widget)[0]
        shown = _shown(widget)
        if len(shown) != len(node.items):
            return  # a panel refused to go there; the next reading takes what there is
        room = sum(widget.sizes()) if widget.isVisible() else _SCALE
        shares = iter(node.sizes)
        children = [widget.widget(i) for i in range(widget.count())]
        widget.setSizes([round(room * next(shares)) if child in shown else 0 for child in children])
        for item, child in zip(node.items, shown, strict=True):
            self._settle(item, child)

    # floating

    def float_panel(self, panel: str, place: QRect | None = None) -> None:
        """Tear the panel off into a window of its own, beside its old place or at ``place`` (client rectangle)."""
        dock = self.dock(panel)
        if self.is_floating(panel) and dock.isFloating():
            return
        frame = self._frames[panel]
        if self.is_open(panel):
            corner = frame.mapToGlobal(QPoint(0, 0)) + QPoint(OFFSET, OFFSET)
            target = place or QRect(corner, frame.size())
            dock.setFloating()
        else:
            target = place or QRect(self.manager.mapToGlobal(QPoint(OFFSET, OFFSET)), frame.sizeHint())
            self.manager.addDockWidgetFloating(dock)
            dock.toggleView(True)
        container = dock.floatingDockContainer()
        container.setGeometry(target)
        container.show()

    def home(self, panel: str) -> Home | None:
        """Where the panel stood when something was last torn off or closed; None when it never stood here."""
        return self._homes.get(panel)

    def stood(self, panel: str) -> Node | None:
        """The arrangement that the panel stood in then."""
        return self._stood.get(panel)

    def lend(self, panel: str) -> PanelFrame:
        """Take the panel's frame out of its dock, which keeps its place; ``take_back`` ends it."""
        self.dock(panel).takeWidget()
        return self._frames[panel]

    def take_back(self, panel: str) -> None:
        """Put a lent frame into its dock again."""
        dock, frame = self.dock(panel), self._frames[panel]
        dock.setWidget(frame, ads.CDockWidget.eInsertMode.ForceNoScrollArea)
        dock.setFocusProxy(frame)
        frame.show()

    def floating_windows(self) -> Iterator[tuple[Any, Node]]:
        """Every visible floating window and the arrangement in it. Never keep the window: docking deletes it."""
        for container in self.manager.floatingWidgets():
            if shiboken6.isValid(container) and not container.isHidden():
                tree = read(container.dockContainer().rootSplitter())
                if tree is not None:
                    yield container, tree

    def build_float(self, tree: Node, place: QRect) -> Any:
        """Open a floating window with an arrangement; returns its container."""
        first = _first(tree)
        self.float_panel(first.panels[0], place)
        area = self.dock(first.panels[0]).dockAreaWidget()
        for panel in first.panels[1:]:
            self.manager.addDockWidgetTabToArea(self.dock(panel), area)
        self._build(tree, area)
        container = self.dock(first.panels[0]).floatingDockContainer()
        self._settle(tree, container.dockContainer().rootSplitter())
        return container

    def close_all(self) -> None:
        """At the very end: hide what floats and let the manager go."""
        for container in tuple(self.manager.floatingWidgets()):
            if shiboken6.isValid(container):
                container.hide()

    def _float_created(self, container: Any) -> None:
        self._remember_homes()  # the panel still stands in the main window now
        self.floated.emit(container)

    def _remember_homes(self) -> None:
        tree = self.tree()
        if tree is not None:
            found = {panel: home_of(tree, panel) for panel in panels(tree)}
            self._homes |= {panel: home for panel, home in found.items() if home is not None}
            self._stood |= dict.fromkeys(panels(tree), tree)

    def _dress_area(self, area: Any) -> None:
        area.setDockAreaFlag(ads.CDockAreaWidget.eDockAreaFlag.HideSingleWidgetTitleBar, True)


def _dock_name(panel: str) -> str:
    return f"{_PREFIX}{panel}"


def _panel_of(dock: Any) -> str:
    return str(dock.objectName()).removeprefix(_PREFIX)


def read(widget: Any) -> Node | None:
    """The arrangement below a splitter or an area: open docks only; None when there is none."""
    if widget is None:
        return None
    if not isinstance(widget, QSplitter):
        docks, current = widget.dockWidgets(), widget.currentIndex()
        names = tuple(_panel_of(dock) for dock in docks if not dock.isClosed())
        shown = _panel_of(docks[current]) if 0 <= current < len(docks) else ""
        return Tabs(names, names.index(shown) if shown in names else 0) if names else None
    direction = "h" if widget.orientation() == Qt.Orientation.Horizontal else "v"
    found = [(read(widget.widget(i)), size) for i, size in enumerate(widget.sizes())]
    items = [(node, max(size, 1)) for node, size in found if node is not None]
    return split(direction, [node for node, _ in items], [float(size) for _, size in items]) if items else None


def _first(node: Node) -> Tabs:
    while not isinstance(node, Tabs):
        node = node.items[0]
    return node


def _side(node: Node) -> Any:
    vertical = not isinstance(node, Tabs) and node.direction == "v"
    return ads.DockWidgetArea.BottomDockWidgetArea if vertical else ads.DockWidgetArea.RightDockWidgetArea


def _shown(widget: Any) -> list[Any]:
    """Children of a splitter that hold open docks."""
    if not isinstance(widget, QSplitter):
        return []
    return [child for i in range(widget.count()) if any(_areas(child := widget.widget(i)))]


def _areas(widget: Any) -> Iterator[Any]:
    """Areas with open docks below a splitter or in an area."""
    if not isinstance(widget, QSplitter):
        if widget.openDockWidgetsCount():
            yield widget
        return
    for i in range(widget.count()):
        yield from _areas(widget.widget(i))
