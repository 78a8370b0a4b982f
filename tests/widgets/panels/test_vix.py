"""The VIX gauge: what can be read at which size, what is said of old and unknown inputs, and why a regime."""

from dataclasses import replace
from itertools import combinations, product
from typing import Any

import pytest
from PySide6.QtCore import QPointF, QRectF

from cockpit.instruments import DASH
from cockpit.state.screen import Screen
from cockpit.state.views import Freshness, Head, Provenance, TermPoint, VixState
from cockpit.units import NS_PER_S
from cockpit.widgets.catalog import PANELS
from cockpit.widgets.gauge.text import Text
from cockpit.widgets.panel import PanelContext
from cockpit.widgets.panels.vix import VIX, VixPanel
from tests.widgets.keyboard import Sent
from tests.widgets.shell import NOW_NS, known, pixels, theme

FRESH, STALE = Freshness.FRESH, Freshness.STALE
AGE = 9 * NS_PER_S
LONG_AGO = 22 * 3600 * NS_PER_S
HEAD = Head(known("VIX.CBOE"), Provenance.REPLAY, FRESH, AGE)
TENSE = VixState(
    head=HEAD,
    value=17.02,
    as_of_ns=NOW_NS,
    change=-0.41,
    regime="tense",
    by_level="tense",
    by_percentile="tense",
    percentile=0.61,
    closes=252,
    year_low=12.4,
    year_high=21.4,
    vix_vix3m=0.902,
    vix9d_vix=0.931,
    chain_vix=17.11,
    chain_as_of_ns=NOW_NS - 120 * NS_PER_S,
    term=(
        TermPoint("9D", 15.84, 16.40, FRESH, AGE),
        TermPoint("VIX", 17.02, 17.43, FRESH, AGE),
        TermPoint("3M", 18.87, 18.60, FRESH, AGE),
        TermPoint("6M", 19.74, 19.50, FRESH, AGE),
    ),
)
OLD = replace(
    TENSE,
    head=replace(HEAD, freshness=STALE, age_ns=LONG_AGO),
    chain_note="one expiry only, 30 days are not bracketed",
    term=tuple(replace(point, freshness=STALE, age_ns=LONG_AGO) for point in TENSE.term),
)
PANIC = replace(
    TENSE,
    value=131.2,
    change=114.8,
    regime="panic",
    by_level="panic",
    by_percentile="panic",
    by_term="panic",
    percentile=1.0,
    year_high=28.4,
    vix_vix3m=1.112,
    held="Held at panic since 13:41:20: the VIX was below 27.16 for 1 m 12 s, two minutes are needed",
    term=(
        TermPoint("9D", 135.10, 28.20, FRESH, 0),
        TermPoint("VIX", 131.20, 26.40, FRESH, 0),
        TermPoint("3M"),
        TermPoint("6M", 26.10, 25.00, Freshness.AGING, LONG_AGO),
    ),
)
NOTHING = VixState(head=Head(known("VIX.CBOE"), Provenance.REPLAY, None, None, "no VIX in what is open"))
STATES = {"tense": TENSE, "old": OLD, "panic": PANIC, "nothing": NOTHING, "empty": VixState()}
SIZES = (
    (240, 140),
    (240, 180),
    (240, 260),
    (300, 288),
    (300, 300),
    (300, 388),
    (300, 419),
    (300, 420),
    (365, 536),
    (365, 730),
    (400, 900),
    (900, 300),
)


@pytest.fixture
def panel(qtbot: Any) -> VixPanel:
    made = VIX.build(PanelContext("vix", theme(), Screen(), Sent()))
    assert isinstance(made, VixPanel)
    qtbot.addWidget(made)
    made.resize(365, 730)
    made.show()
    return made


def words_of(panel: VixPanel) -> list[str]:
    return [text.text for text in panel.texts()]


def found(panel: VixPanel, text: str) -> Text:
    return next(each for each in panel.texts() if each.text == text)


def test_the_catalog_has_it_once_with_the_topic_of_the_screen() -> None:
    screen = Screen()
    assert [spec.topic(screen) is screen.vix for spec in PANELS if spec.id == "vix"] == [True]


def test_everything_can_be_read(panel: VixPanel) -> None:
    panel.draw(TENSE)
    assert panel.lines() == [
        "VIX 17.02 −0.41 today tense",
        "Level 17.02 ≥ 16 tense",
        "Percentile, 252 d 61 50–90 tense",
        "VIX / VIX3M 0.902 contango",
        "VIX of the chain 17.11 18:18:00",
        "9D 15.84",
        "VIX 17.02",
        "3M 18.87",
        "6M 19.74",
    ]
    for text in (
        "17.02",
        "−0.41 today",
        "TENSE",
        "calm",
        "tense",
        "panic",
        "≥ 16 tense",
        "18:18:00",
        "19.74",
        "3M",
    ):
        assert text in words_of(panel)
    assert panel.accessibleName() == "VIX regime, 17.02, tense"


@pytest.mark.parametrize(
    ("level", "degrees"),
    [(9.0, 180.0), (25.0, 90.0), (41.0, 0.0), (3.0, 180.0), (131.2, 0.0), (16.0, 140.625), (17.02, 134.8875)],
)
def test_the_needle_points_at_the_level_and_stops_at_the_ends(
    panel: VixPanel, level: float, degrees: float
) -> None:
    panel.draw(replace(TENSE, value=level))
    assert panel.needle_angle() == pytest.approx(degrees)


def test_without_a_level_there_is_no_needle_and_the_reason_is_said(panel: VixPanel) -> None:
    panel.draw(NOTHING)
    assert panel.needle_angle() is None
    assert found(panel, "no VIX in what is open").role == "label"
    assert found(panel, DASH).token == "text3"
    assert panel.lines()[1:6] == [
        "no VIX in what is open",
        "Level – unknown",
        "Percentile – n 0 < 60",
        "VIX / VIX3M – no VIX",
        "VIX of the chain – no chain open",
    ]
    assert not {"TENSE", "CALM", "PANIC"} & set(words_of(panel))


def test_before_anything_was_said_it_says_that(panel: VixPanel) -> None:
    assert panel.lines()[:2] == ["VIX –", "no VIX heard yet"]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"by_level": "calm", "value": 13.0}, "Level 13.00 < 16 calm"),
        ({"by_level": "panic", "value": 31.0}, "Level 31.00 ≥ 28 panic"),
        ({"by_percentile": "calm", "percentile": 0.04, "closes": 121}, "Percentile, 121 d 4 < 50 calm"),
        ({"by_percentile": "panic", "percentile": 0.96}, "Percentile, 252 d 96 ≥ 90 panic"),
        ({"by_percentile": "tense", "percentile": 0.96}, "Percentile, 252 d 96 VIX < 22 tense"),
        ({"by_percentile": "", "percentile": None, "closes": 59}, "Percentile, 59 d – n 59 < 60"),
        ({"by_term": "tense", "vix_vix3m": 0.99}, "VIX / VIX3M 0.990 ≥ 0.98 tense"),
        ({"by_term": "tense", "vix_vix3m": 0.95, "vix9d_vix": 1.06}, "VIX / VIX3M 0.950 9D/VIX ≥ 1.05 tense"),
        ({"by_term": "panic", "vix_vix3m": 1.1}, "VIX / VIX3M 1.100 ≥ 1.08 panic"),
        ({"by_term": "tense", "vix_vix3m": 1.1}, "VIX / VIX3M 1.100 ≥ 0.98 tense"),
        ({"vix_vix3m": None}, "VIX / VIX3M – of different days"),
        ({"vix_vix3m": None, "by_term": "tense"}, "VIX / VIX3M – 9D/VIX ≥ 1.05 tense"),
        ({"vix_vix3m": None, "term": ()}, "VIX / VIX3M – no VIX3M"),
        ({"chain_vix": None}, "VIX of the chain – no chain open"),
        ({"chain_as_of_ns": NOW_NS - 86_400 * NS_PER_S}, "VIX of the chain 17.11 24 Dec 18:20"),
    ],
)
def test_an_input_says_its_threshold_or_why_it_is_unknown(
    panel: VixPanel, changes: dict[str, Any], line: str
) -> None:
    panel.draw(replace(TENSE, **changes))
    assert line in panel.lines()


def test_the_inputs_that_make_the_regime_wear_its_hue(panel: VixPanel) -> None:
    panel.draw(TENSE)
    assert found(panel, "≥ 16 tense").token == "resist"
    assert found(panel, "contango").token == "text3"
    panel.draw(replace(TENSE, regime="panic", by_term="panic", vix_vix3m=1.1))
    assert found(panel, "≥ 16 tense").token == "text3"
    assert found(panel, "≥ 1.08 panic").token == "failed"


def test_a_change_of_another_day_is_not_called_todays(panel: VixPanel) -> None:
    panel.draw(replace(TENSE, head=replace(HEAD, age_ns=LONG_AGO)))
    assert "−0.41 on 25 Dec" in words_of(panel)
    panel.draw(replace(TENSE, change=None))
    assert not any("today" in text or " on " in text for text in words_of(panel))
    panel.draw(replace(TENSE, change=0.004))
    assert found(panel, "0.00 today").token == "bid"


def test_old_inputs_are_dimmed_each_with_its_age_and_fresh_ones_are_not(panel: VixPanel) -> None:
    term = (*TENSE.term[:2], replace(TENSE.term[2], freshness=STALE, age_ns=LONG_AGO), TENSE.term[3])
    panel.draw(replace(TENSE, term=term))
    assert found(panel, "0.902").token == "text3"
    assert "22 h 0 m old" in words_of(panel), "what it says gives way to its age where both do not fit"
    assert found(panel, "18.87").token == "text3"
    assert "3M 22 h" in words_of(panel)
    assert {text.token for text in panel.texts() if text.text == "17.02"} == {"text1", "accent"}
    assert found(panel, "61").token == found(panel, "17.11").token == "text1"
    panel.draw(OLD)
    assert {found(panel, text).token for text in ("61", "0.902", "−0.41 on 25 Dec")} == {"text3"}
    assert found(panel, "17.11").token == "text1", "the chain's own VIX is another source"
    assert words_of(panel).count("tense, 22 h 0 m old") == 2


def test_a_held_regime_and_a_doubtful_chain_are_explained_below_the_inputs(panel: VixPanel) -> None:
    panel.draw(replace(PANIC, chain_note="one expiry only"))
    below = [text for text in panel.texts() if text.area.top() >= panel.layout_now().remarks]
    told = " ".join(text.text for text in below)
    assert told.startswith(f"{PANIC.held} Chain: one expiry only")
    panel.draw(replace(TENSE, chain_vix=None, chain_note="no expiry within 23 to 37 days"))
    assert "Chain: no expiry within 23 to 37 days" in words_of(panel)
    assert "no chain open" not in words_of(panel)


def test_an_unknown_maturity_is_a_dash_and_leaves_a_hole(panel: VixPanel) -> None:
    panel.draw(PANIC)
    term = panel.term_now()
    assert term is not None
    assert [at is None for at in term.at] == [False, False, True, False]
    assert [at is None for at in term.before] == [False, False, True, False]
    assert panel.lines()[-2:] == ["3M –", "6M 22 h 26.10"]
    assert "dashed: day before" in words_of(panel)
    panel.draw(replace(TENSE, term=tuple(replace(point, previous=None) for point in TENSE.term)))
    assert "dashed: day before" not in words_of(panel)


def test_higher_volatility_stands_higher_and_a_flat_curve_is_drawn_flat(panel: VixPanel) -> None:
    panel.draw(TENSE)
    term = panel.term_now()
    assert term is not None
    heights = [at.y() for at in term.at if at is not None]
    assert heights == sorted(heights, reverse=True)
    panel.draw(replace(TENSE, term=(TermPoint("9D", 17.00), TermPoint("VIX", 17.02))))
    term = panel.term_now()
    assert term is not None
    first, second = term.at[0], term.at[1]
    assert first is not None
    assert second is not None
    assert 0 < first.y() - second.y() < 3


# sizes


@pytest.mark.parametrize(("name", "size"), [*product(STATES, SIZES)])
def test_no_text_is_outside_cut_or_over_another(panel: VixPanel, name: str, size: tuple[int, int]) -> None:
    panel.resize(*size)
    panel.draw(STATES[name])
    texts = panel.texts()
    inside = QRectF(panel.rect())
    assert [text.text for text in texts if not inside.contains(text.area)] == []
    assert [text.text for text in texts if text.is_cut] == []
    over = [(a.text, b.text) for a, b in combinations(texts, 2) if a.area.intersects(b.area) and a.text and b.text]
    assert over == []


@pytest.mark.parametrize("size", SIZES)
def test_the_ring_its_arc_and_the_box_stay_inside(panel: VixPanel, size: tuple[int, int]) -> None:
    panel.resize(*size)
    panel.draw(TENSE)
    at = panel.layout_now()
    (x, y), reach = at.center, at.radius + (5 if at.is_aside else 15)
    assert x - reach >= 0
    assert x + reach <= panel.width()
    assert y - reach >= 0
    assert at.box[0] + at.box[1] <= panel.height()


def test_what_gives_way_first_is_the_term_structure_then_the_inputs_then_the_words(panel: VixPanel) -> None:
    kept: list[tuple[bool, bool, bool, bool]] = []
    for height in range(730, 139, -2):
        panel.resize(300, height)
        panel.draw(TENSE)
        at = panel.layout_now()
        now = (at.has_term, at.has_rows, at.has_words, not at.is_aside)
        if not kept or kept[-1] != now:
            kept.append(now)
    assert kept == [
        (True, True, True, True),
        (False, True, True, True),
        (False, False, True, True),
        (False, False, False, True),
        (False, False, False, False),
    ]


def test_the_sizes_of_the_shipped_layout_show_the_whole_gauge(panel: VixPanel) -> None:
    for width, height in ((365, 730), (300, 419)):  # 2560x1440, and 1600x900
        panel.resize(width, height)
        panel.draw(TENSE)
        at = panel.layout_now()
        assert (at.has_term, at.has_rows, at.has_words) == (True, True, True)
    panel.resize(400, 900)
    panel.draw(TENSE)
    assert panel.layout_now().radius == pytest.approx(150.0), "never larger (design.md 7)"


# why


def test_pointing_at_an_input_tells_its_rule_and_numbers(panel: VixPanel) -> None:
    panel.draw(TENSE)
    level, percentile, ratio, chain = (
        panel.tip_at(found(panel, text).area.center()) for text in ("Level", "61", "0.902", "18:18:00")
    )
    assert level.startswith("Level 17.02: tense\nRule: calm below 16, tense from 16, panic from 28")
    assert "Published 17.02 of 25 Dec 18:20 ET, 9.0 s old" in level
    assert percentile.startswith("61.0 % of the last 252 closes are at or below the level: tense")
    assert "12.40 to 21.40" in percentile
    assert ratio.startswith("VIX / VIX3M 0.902, VIX9D / VIX 0.931: says nothing")
    assert chain.startswith("VIX of the chain 17.1100, chain of 25 Dec 18:18 ET")
    assert "Published 17.02" in chain


def test_pointing_at_the_ring_tells_why_the_regime_is_what_it_is(panel: VixPanel) -> None:
    panel.draw(PANIC)
    told = panel.tip_at(QPointF(*panel.layout_now().center)).replace("\n", " ")
    assert told.startswith("Panic: level: panic, percentile: panic, term structure: panic")
    assert PANIC.held in told
    panel.draw(NOTHING)
    assert panel.tip_at(QPointF(5, 5)) == "Regime unknown: no VIX in what is open"


def test_pointing_at_a_maturity_tells_both_days_and_its_age(panel: VixPanel) -> None:
    panel.draw(PANIC)
    assert panel.tip_at(found(panel, "6M 22 h").area.center()) == "VIX6M 26.10, 25.00 the day before, 22 h 0 m old"
    assert panel.tip_at(found(panel, "3M").area.center()) == "VIX3M –: not heard"


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_every_tooltip_says_something(panel: VixPanel, state: VixState) -> None:
    panel.draw(state)
    for y in range(0, panel.height(), 7):
        assert panel.tip_at(QPointF(60.0, y))


# painting


def count(panel: VixPanel, token: str, alpha: float = 1.0) -> int:
    """Pixels of a theme's colour."""
    return int((pixels(panel) == theme().mixed(token, alpha)).sum())


def test_drawing_twice_shows_the_same_and_an_older_age_that_reads_the_same_paints_nothing(panel: VixPanel) -> None:
    panel.draw(TENSE)
    first, texts = pixels(panel), panel.texts()
    panel.draw(replace(TENSE, head=replace(HEAD, age_ns=AGE + 1), term=TENSE.term))
    assert [*map(id, panel.texts())] == [*map(id, texts)]
    assert (pixels(panel) == first).all()
    panel.draw(replace(TENSE, value=17.03))
    assert (pixels(panel) != first).any()


def test_a_stale_needle_is_dimmed_and_an_unknown_one_is_not_there(panel: VixPanel) -> None:
    lone = replace(TENSE, term=())  # the point of the VIX is in the needle's colour, too
    panel.draw(lone)
    assert count(panel, "accent") > 100
    panel.draw(replace(lone, head=OLD.head))
    assert count(panel, "accent") == 0
    assert count(panel, "accent", 0.5) > 100
    panel.draw(NOTHING)
    assert count(panel, "accent") == 0
    assert count(panel, "bg3") > 1000, "the empty ring"


@pytest.mark.parametrize("name", ["graphite", "daylight"])
def test_it_paints_in_any_size_and_state_in_both_themes(qtbot: Any, name: str) -> None:
    made = VixPanel(PanelContext("vix", theme(name), Screen(), Sent()))
    qtbot.addWidget(made)
    for size, state in product(SIZES, STATES.values()):
        made.resize(*size)
        made.draw(state)
        assert not made.grab().isNull()


def chosen(qtbot: Any, size: tuple[int, int] = (365, 730), **values: str) -> VixPanel:
    made = VIX.build(PanelContext("vix", theme(), Screen(), Sent()))
    assert isinstance(made, VixPanel)
    qtbot.addWidget(made)
    made.resize(*size)
    made.draw(TENSE)
    for name, value in values.items():
        made.choose(name, value)
    return made


def test_the_user_chooses_what_stands_on_the_gauge_and_it_changes_at_once(qtbot: Any) -> None:
    whole = chosen(qtbot)
    term = whole.term_now()
    assert term is not None
    assert all(term.before)
    today = chosen(qtbot, term="today")
    term = today.term_now()
    assert term is not None
    assert all(term.at)
    assert not any(term.before)
    hidden = chosen(qtbot, term="hidden", inputs="hidden")
    assert hidden.term_now() is None
    assert not hidden.layout_now().has_rows
    assert "17.02" in [text.text for text in hidden.texts()]
    bare = pixels(chosen(qtbot, year="hidden"))
    assert (bare != pixels(whole)).any()


def test_without_inputs_the_term_structure_takes_their_room(qtbot: Any) -> None:
    small = (300, 320)
    assert chosen(qtbot, small).term_now() is None
    assert chosen(qtbot, small, inputs="hidden").term_now() is not None
    for size in SIZES:
        panel = chosen(qtbot, size, inputs="hidden")
        for text in panel.texts():
            assert QRectF(panel.rect()).contains(text.area), (size, text)


def test_what_was_chosen_on_the_gauge_survives_a_restart_and_nonsense_does_not(qtbot: Any) -> None:
    kept = chosen(qtbot, term="today", year="hidden").view_state()
    again = chosen(qtbot)
    again.restore_view({**kept, "inputs": "upside down", "more": 1})
    assert {choice.name: choice.value for choice in again.choices()} == {
        "term": "today", "inputs": "shown", "year": "hidden",
    }  # fmt: skip
    with pytest.raises(KeyError):
        again.choose("term", "yesterday")
