"""A panel on the screen: its header, its body, and what stands there when the body cannot draw."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, cast

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from cockpit.instants import clock_text
from cockpit.state.commands import RestartPanel
from cockpit.state.screen import BOOK_PANES, CHART_PANES
from cockpit.state.views import Freshness, Head, Provenance
from cockpit.widgets.edges import SimulatedStrip, frame_margins, paint_frame
from cockpit.widgets.header import PanelHeader
from cockpit.widgets.panel import PanelBody, PanelContext, PanelSpec
from cockpit.widgets.theme import PADDING, Theme
from cockpit.widgets.tips import TipSource

COMMANDED: Final = frozenset((*CHART_PANES, *BOOK_PANES))  # panes that show a market of a link group
FOCUSED: Final = COMMANDED | {"vix", "health", "impact", "strips", "detectors", "fates"}  # panes that keys act on
MOST_GONE: Final = 420  # logical pixels of the note over a panel whose source is gone
GONE_RADIUS: Final = 6.0


class PanelFrame(QWidget):
    """Header and body of one panel.

    The body is built when the panel is first drawn: a hidden tab costs no import and no memory.

    Signals:
        body_built: With this frame, after the body exists.
        retry_wanted: The button of a failed panel was pressed.
        appeared: It came into view, perhaps in another window than before.
        focus_taken: Keys act on this pane from now on; its id. Never of a panel that keys do not act on.
    """

    body_built = Signal(object)
    retry_wanted = Signal(object)
    appeared = Signal(object)
    focus_taken = Signal(str)

    def __init__(self, spec: PanelSpec, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.context = context
        self.setObjectName(f"frame.{spec.id}")
        self.header = PanelHeader(spec.title, context.theme, spec.id in COMMANDED, self)
        self.header.pressed.connect(self.focus_body)
        TipSource(self.header, context.tips, lambda _: self.header.toolTip())
        self._body: QWidget | None = None
        self._pending_view: dict[str, Any] | None = None
        self._failure: FailureNote | None = None
        self._gone: SourceGone | None = None
        self._seen = False
        self._has_head = True
        self._edge: Provenance | None = None
        self._strip = SimulatedStrip(context.theme, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._strip)
        self._column.addWidget(self.header)
        self._column.addStretch(1)
        wide, high = spec.minimum
        self.setMinimumSize(wide, high + self.header.height())

    @property
    def pane(self) -> str:
        """The pane's id."""
        return self.spec.id

    @property
    def body(self) -> QWidget | None:
        """The content; None until it was first drawn."""
        return self._body

    @property
    def seen(self) -> bool:
        """Whether it is shown: exact for tabs, floats, closed docks and minimised windows."""
        return self._seen

    def draw(self, state: Any) -> None:
        """Hand the state to header and body."""
        head = getattr(state, "head", None)
        self._has_head = isinstance(head, Head)
        if isinstance(head, Head):
            self.header.show_head(head)
        else:
            self.header.show_provenance(self.context.screen.workspace.value.provenance)
        cast("PanelBody", self._ensure_body()).draw(state)
        self._say_gone(head if isinstance(head, Head) else None)

    def fail(self, reason: str) -> None:
        """Cover the body with the reason and one button."""
        if self._failure is None:
            self._failure = FailureNote(self.context.theme, self, self._retry)
        now_ns = self.context.screen.workspace.value.now_ns
        self._failure.explain(self.spec.title, reason, "" if now_ns is None else f"since {clock_text(now_ns)}")
        if self._has_head:
            self.header.show_head(replace(self.header.head, freshness=Freshness.FAILED, reason=reason))
        self._place_over_body()
        self._failure.show()
        self._failure.raise_()

    @property
    def failure(self) -> str:
        """The reason on the screen; empty when the panel draws."""
        return self._failure.reason if self._failure is not None and not self._failure.isHidden() else ""

    def clear_failure(self) -> None:
        """Show the body again."""
        if self._failure is not None:
            self._failure.hide()

    def _retry(self) -> None:
        self.clear_failure()
        self.retry_wanted.emit(self)
        self.context.commands.send(RestartPanel(self.pane))

    def _say_gone(self, head: Head | None) -> None:
        """Why the source of the panel is gone, and the one button; nothing while it is not."""
        if head is None or head.freshness is not Freshness.FAILED:
            if self._gone is not None:
                self._gone.hide()
            return
        if self._gone is None:
            self._gone = SourceGone(
                self.context.theme, self, lambda: self.context.commands.send(RestartPanel(self.pane))
            )
        if self._gone.explain(head.reason) or self._gone.isHidden():
            self._place_over_body()
            self._gone.show()

    def focus_body(self) -> None:
        """Give the body the keyboard and tell."""
        self.tell_focus()
        if self._body is not None:
            self._body.setFocus(Qt.FocusReason.MouseFocusReason)

    def tell_focus(self) -> None:
        """Say that keys act on this pane, unless it is none that keys act on."""
        if self.pane in FOCUSED:
            self.focus_taken.emit(self.pane)

    def show_provenance(self, provenance: Provenance | None) -> None:
        """Where the data comes from, for a panel whose own state does not say."""
        if not self._has_head:
            self.header.show_provenance(provenance)

    def wear(self, provenance: Provenance | None) -> None:
        """Wear the window's mark of provenance inside a floating window; None takes it off."""
        if provenance is not self._edge:
            self._edge = provenance
            self._column.setContentsMargins(frame_margins(provenance))
            self._strip.show_for(provenance)
            self.update()

    def view_state(self) -> dict[str, Any]:
        """What the body wants to find again after a restart; empty when it has nothing to say."""
        if self._body is None:
            return self._pending_view or {}
        tell = getattr(self._body, "view_state", None)
        return cast("dict[str, Any]", tell()) if callable(tell) else {}

    def restore_view(self, view: dict[str, Any]) -> None:
        """Give the body its saved view, now or when it is built."""
        restore = getattr(self._body, "restore_view", None)
        if self._body is None:
            self._pending_view = view
        elif callable(restore):
            restore(view)

    def _ensure_body(self) -> QWidget:
        if self._body is None:
            body = self.spec.build(self.context)
            self._body = body
            self._column.takeAt(self._column.count() - 1)  # the stretch that held its place
            self._column.addWidget(body, 1)
            self.setFocusProxy(body)
            if self._pending_view is not None:
                view, self._pending_view = self._pending_view, None
                self.restore_view(view)
            self.body_built.emit(self)
        return self._body

    def _place_over_body(self) -> None:
        below = self.rect().adjusted(0, self.header.geometry().bottom() + 1, 0, 0)
        if self._failure is not None:
            self._failure.setGeometry(below)
        if self._gone is not None:
            self._gone.fit(below)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, and the frame of a floating window in replay."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.context.theme.color("bg1"))
        paint_frame(painter, self.rect(), self.context.theme, self._edge)

    def resizeEvent(self, event: Any) -> None:
        """Keep note and button over the body."""
        self._place_over_body()

    def showEvent(self, event: QShowEvent) -> None:
        """Remember that it is seen."""
        self._seen = True
        self.appeared.emit(self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Remember that it is not: a minimised window sends this too, while ``isVisible`` stays true."""
        self._seen = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click that nothing inside took still focuses the panel."""
        self.focus_body()
        event.accept()


class FailureNote(QWidget):
    """Why a panel does not draw, and one button that tries again."""

    def __init__(self, theme: Theme, parent: QWidget, again: Callable[[], None]) -> None:
        super().__init__(parent)
        self.reason = ""
        self._theme = theme
        self._title = QLabel(self)
        self._title.setFont(theme.font("title"))
        self._text = QLabel(self)
        self._text.setFont(theme.font("label"))
        self._text.setWordWrap(True)
        button = QPushButton("Restart", self)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: again())
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        column.addStretch(1)
        for widget in (self._title, self._text, button):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def explain(self, title: str, reason: str, since: str = "") -> None:
        """Say which panel, why and since when."""
        self.reason = reason
        self._title.setText(f"{title} FAILED {since}".strip())
        self._text.setText(f"It cannot draw: {reason}. The others go on.")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Cover what is below: a picture that no longer follows the data must not be seen."""
        QPainter(self).fillRect(self.rect(), self._theme.color("bg1"))


class SourceGone(QWidget):
    """Over a dimmed body: why its source is gone, and one button that starts it again (``design.md`` 5)."""

    def __init__(self, theme: Theme, parent: QWidget, again: Callable[[], None]) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = QLabel(self)
        self._text.setFont(theme.font("strong"))
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        button = QPushButton("Restart", self)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setToolTip("Start again what stopped behind this panel")
        button.clicked.connect(lambda: again())
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        column.setSpacing(10)
        column.addWidget(self._text)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    def explain(self, reason: str) -> bool:
        """Say why; whether that is another text than before."""
        text = (reason[:1].upper() + reason[1:]) or "No data"
        is_new = text != self._text.text()
        if is_new:
            self._text.setText(text)
            self.setAccessibleName(text)
        return is_new

    def fit(self, body: QRect) -> None:
        """Stand in the middle of the body, as wide as it allows and as high as the words need."""
        room = min(body.width() - 2 * PADDING, MOST_GONE)
        words = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 1
        inner = min(words, room - 2 * PADDING)
        self._text.setFixedWidth(max(inner, 1))
        self._text.setFixedHeight(self._text.heightForWidth(self._text.width()))
        self.resize(self.sizeHint())
        self.move(body.center() - self.rect().center())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground on which the words can be read whatever lies below."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.color("line2"))
        painter.setBrush(self._theme.color("bg1"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), GONE_RADIUS, GONE_RADIUS)
