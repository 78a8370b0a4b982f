"""Which detections the heatmap marks, and with which words."""

from collections.abc import Iterable, Mapping
from typing import Final

from cockpit.events.dtypes import DetectionPhase, Detector
from cockpit.instants import age_text, clock_text
from cockpit.instruments import Instrument
from cockpit.state.detections import Detection, amount
from cockpit.state.detector_views import FateRow, Key
from cockpit.state.heat_marks import HeatMark
from cockpit.units import NS_PER_S

TENTHS_UNDER: Final = 10  # seconds; ages have tenths there, and a label that ticks so fast is noise
MARKS: Final = 300  # rows that are looked at, the newest; the evidence panel steps through all of them


def marks_of(
    seen: Iterable[Detection],
    resting: Mapping[Key, FateRow],
    silent: frozenset[Detector],
    instrument: Instrument,
    made: dict[tuple[int, int, int], HeatMark],
) -> tuple[HeatMark, ...]:
    """One mark for each detection, as its last row tells it, ascending in time.

    Args:
        seen: Newest first; of a wall that ended the row of its end comes before that of its beginning.
        resting: Walls that rest now: their labels tell how long they have.
        silent: Detectors no better than chance, which leave no marks.
        instrument: Of the sizes.
        made: Marks that were made before, by detector, number and event; changed.
    """
    newest: dict[Key, Detection] = {}
    for it in seen:
        if it.detector not in silent:
            newest.setdefault(it.key, it)
    if len(made) > 4 * MARKS:
        made.clear()
    marks = list[HeatMark]()
    for it in newest.values():
        wall, name = resting.get(it.key), (*it.key, it.seq)
        mark = made.get(name) if wall is None else None
        if mark is None:
            mark = _mark(it, wall, instrument)
        if mark is not None:
            marks.append(mark)
            if wall is None:
                made[name] = mark
    return tuple(sorted(marks, key=lambda mark: mark.clock_ns))


def _mark(it: Detection, wall: FateRow | None, instrument: Instrument) -> HeatMark | None:
    ticks = it.mid if it.ticks is None else float(it.ticks)
    if ticks is None:
        return None
    begins = it.detector is Detector.WALL and it.phase is DetectionPhase.SEEN
    label = it.label
    if begins and wall is not None:
        seconds = wall.life_ns // NS_PER_S
        life = f"{seconds} s" if seconds < TENTHS_UNDER else age_text(seconds * NS_PER_S)
        label = f"{it.title} {amount(instrument, wall.peak)} \u00b7 {life}"
    told = (f"{it.title}, {it.where}".rstrip(", "), it.detail, clock_text(it.clock_ns, 3), "Click: its evidence")
    at = it.begin_ns if begins else it.clock_ns
    return HeatMark(it.key, at, ticks, it.is_bid, label, "\n".join(text for text in told if text))
