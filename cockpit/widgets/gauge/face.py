"""Every text of the VIX gauge with its place at one size: what is written is what can be read and measured."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF

from cockpit.instruments import DASH
from cockpit.state.views import VixState, is_old
from cockpit.widgets.gauge import ring, words
from cockpit.widgets.gauge.places import ASIDE, REMARK_LINE, Places
from cockpit.widgets.gauge.text import LEFT, MIDDLE, RIGHT, Text, middle_base, place
from cockpit.widgets.theme import Theme
from cockpit.widgets.wrapping import wrapped

VALUE_EDGE: Final = 0.58  # of the content: where figures of the inputs end
GAP: Final = 10.0
ICON: Final = 16.0
BOX_PAD: Final = 24.0
BOX_LEAST: Final = 108.0
REMARK_LINES: Final = 2  # of each
REASON_DOWN: Final = 20.0  # from the value's base line to the reason's
REASON_LINE: Final = 16.0
REASON_LINES: Final = 4
WORD_DOWN: Final = 13.0  # from the ring's ends to the middle of the words under them
DASHED: Final = ("dashed: day before", "dashed: before", "")


def remark_lines(theme: Theme, room: float, state: VixState) -> list[str]:
    """Why the regime is held and what is doubtful about the chain, broken into lines of ``room`` pixels."""
    font = theme.font("label")
    return [line for text in words.remarks(state) for line in wrapped(text, font, room, REMARK_LINES)]


def ring_texts(theme: Theme, at: Places, needle: float | None, *, is_dim: bool) -> list[Text]:
    """Figures at the ticks, but not under the needle; the three words where they fit."""
    center, found = QPointF(*at.center), list[Text]()
    if at.radius < ring.SMALL:
        return found
    for tick in ring.labelled(at.radius, needle):
        spot = ring.on_circle(center, at.radius - ring.LABEL_IN, ring.angle(tick))
        base = middle_base(theme, "axis", spot.y())
        found.append(place(theme, "axis", "text2", (str(tick),), spot.x(), base, anchor=MIDDLE))
    if not at.has_words:
        return found
    over = ring.on_circle(center, at.radius + ring.WORD_OUT, ring.angle(ring.MIDDLE_OF_TENSE))
    under = center.y() + WORD_DOWN
    for word, x, y in (
        ("calm", center.x() - at.radius, under),
        ("tense", over.x(), over.y()),
        ("panic", center.x() + at.radius, under),
    ):
        token = "text2" if word == "calm" or is_dim else words.HUES[word]
        found.append(place(theme, "label", token, (word,), x, middle_base(theme, "label", y), anchor=MIDDLE))
    return found


def value_texts(theme: Theme, at: Places, state: VixState) -> list[Text]:
    """Level, change and regime, or why there is no level."""
    x, anchor = at.value[0], LEFT if at.is_aside else MIDDLE
    quiet = state.value is None or is_old(state.head.freshness)
    level = words.level_text(state)
    found = [place(theme, "hero", "text3" if quiet else "text1", (level,), x, at.value[1], anchor=anchor)]
    if state.value is None:
        return [*found, *_reason_texts(theme, at, state)]
    change = words.change_text(state)
    if change:
        side = state.change or 0.0
        hue = "text3" if quiet or not side else "bid" if side > 0 else "ask"
        found.append(place(theme, "number", hue, (change,), x, at.change, anchor=anchor))
    box = regime_box(theme, at, state)
    if not box.isEmpty():
        base = middle_base(theme, "title", box.center().y())
        name = (state.regime.upper(),)  # capitals are for words of state (design.md 3)
        found.append(place(theme, "title", words.HUES[state.regime], name, box.center().x(), base, anchor=MIDDLE))
    return found


def _reason_texts(theme: Theme, at: Places, state: VixState) -> list[Text]:
    room = ASIDE if at.is_aside else at.right - at.left
    lines = wrapped(words.reason_text(state), theme.font("label"), room, REASON_LINES)
    anchor, first = LEFT if at.is_aside else MIDDLE, at.value[1] + REASON_DOWN
    return [
        place(theme, "label", "text3", (line,), at.value[0], first + number * REASON_LINE, anchor=anchor)
        for number, line in enumerate(lines)
    ]


def regime_box(theme: Theme, at: Places, state: VixState) -> QRectF:
    """The tinted box around the regime's name; empty without one."""
    if not state.regime or state.value is None:
        return QRectF()
    name = place(theme, "title", "text1", (state.regime.upper(),), 0, 0)
    wide = max(name.area.width() + 2 * BOX_PAD, BOX_LEAST)
    left = at.value[0] if at.is_aside else at.value[0] - wide / 2
    return QRectF(left, at.box[0], wide, at.box[1])


def row_texts(theme: Theme, at: Places, state: VixState, remarks: list[str]) -> tuple[list[Text], list[QRectF]]:
    """The inputs and the remarks; and the places of marks before what is doubtful."""
    texts: list[Text] = []
    doubts: list[QRectF] = []
    for number, row in enumerate(words.rows(state)):
        middle = at.rows + (number + 0.5) * at.row
        label, value, says = _row(theme, at, middle, row, state.regime)
        texts += [label, value, says]
        if row.is_doubtful:
            doubts.append(QRectF(says.area.left() - ICON - 2, middle - ICON / 2, ICON, ICON))
    for number, line in enumerate(remarks):
        base = middle_base(theme, "label", at.remarks + (number + 0.5) * REMARK_LINE)
        texts.append(place(theme, "label", "text3", (line,), at.left, base))
    return texts, doubts


def _row(theme: Theme, at: Places, middle: float, row: words.Row, regime: str) -> tuple[Text, Text, Text]:
    """Name, figure and what it says; an input that makes the regime what it is wears its hue."""
    edge = at.left + VALUE_EDGE * (at.right - at.left)
    quiet = row.is_old or row.value == DASH
    bold = middle_base(theme, "number_bold", middle)
    value = place(theme, "number_bold", "text3" if quiet else "text1", (row.value,), edge, bold, anchor=RIGHT)
    base = middle_base(theme, "label", middle)
    label = place(theme, "label", "text2", row.labels, at.left, base, room=value.area.left() - at.left - GAP)
    decides = row.regime == regime and regime in ("tense", "panic") and not row.is_old
    token = words.HUES[regime] if decides else "text3"
    room = at.right - edge - GAP - (ICON if row.is_doubtful else 0.0)
    says = place(theme, "label", token, row.says, at.right, base, anchor=RIGHT, room=room)
    return label, value, says


def title_texts(theme: Theme, at: Places, state: VixState) -> list[Text]:
    """Title of the term structure, and what the dashed line is where there is one."""
    base = middle_base(theme, "label", at.chart[0] - at.title / 2)
    title = place(theme, "label", "text2", ("Term structure",), at.left, base)
    if all(point.previous is None for point in words.term(state)):
        return [title]
    room = at.right - title.area.right() - GAP
    return [title, place(theme, "label", "text3", DASHED, at.right, base, anchor=RIGHT, room=room)]
