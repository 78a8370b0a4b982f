"""Docks under a real X server with a window manager: floated, dragged, unplugged, restored, and nothing grows."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.drive import Cockpit, Hand
from tests.desktop.virtual_desktop import Monitor, VirtualDesktop
from tests.desktop.waiting import wait_until

# the shell with panels that count their draws; it tells where everything is, and does what it is told in a file
PROGRAM = """
import json, os, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QApplication
QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
app = QApplication([])
app.setDoubleClickInterval(2000)  # the hand may be held up between two clicks on a loaded machine
from cockpit.state.screen import Screen
from cockpit.widgets.arrangement import dump
from cockpit.widgets.layouts import LayoutStore
from cockpit.widgets.main_window import MainWindow
from cockpit.widgets.style import dress
from tests.widgets.shell import PANELS, Sent, publish, theme

dress(app, theme())
screen = Screen()
window = MainWindow(theme(), screen, Sent(screen), panels=PANELS, store=LayoutStore())
if len(sys.argv) > 1:
    window.setGeometry(*map(int, sys.argv[1].split(",")))
publish(screen)
window.show()
orders, done, last = Path(os.environ["ORDERS"]), 0, None

def place(widget):
    corner = widget.mapToGlobal(QPoint(0, 0))
    return [corner.x(), corner.y(), widget.width(), widget.height()]

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

def facts():
    bench = window.bench
    floats = list(bench.docks.floating_windows())
    return {
        "headers": {frame.pane: place(frame.header) for frame in bench.frames() if frame.seen},
        "panels": {frame.pane: place(frame) for frame in bench.frames() if frame.seen},
        "tabs": {frame.pane: place(bench.docks.dock(frame.pane).tabWidget()) for frame in bench.frames()
                 if bench.is_open(frame.pane) and bench.docks.dock(frame.pane).tabWidget().isVisible()},
        "tree": dump(bench.docks.tree()),
        "floats": [[container.geometry().getRect(), dump(tree)] for container, tree in floats],
        "window": window.geometry().getRect(),
        "screen": window.screen().name(),
        "screens": {each.name(): each.geometry().getRect() for each in app.screens()},
        "maximised": bench.maximised,
        "drawn": {frame.pane: len(frame.body.states) for frame in bench.frames() if frame.body},
        "done": done,
    }

def tell():
    global last, done
    for line in orders.read_text().splitlines()[done:] if orders.exists() else []:
        name, *arguments = json.loads(line)
        done += 1
        if name == "publish":
            publish(screen)
        elif name == "place":
            window.bench.docks.dock(arguments[0]).floatingDockContainer().setGeometry(*arguments[1:])
        elif name == "count":
            app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            say(count=[len(app.allWidgets()), len(app.topLevelWindows()), len(os.listdir("/proc/self/fd"))],
                resident=resident(), **facts())
        else:
            getattr(window, name)(*arguments)
    now = facts()
    if now != last:
        last = now
        say(**now)

def say(**what):
    with open(os.environ["COCKPIT_PROBE"], "a") as file:
        file.write(json.dumps(what) + "\\n")

timer = QTimer()
timer.timeout.connect(tell)
timer.start(20)
sys.exit(app.exec())
"""

ROOT = str(Path(__file__).resolve().parents[2])
PLACE = "100,60,1700,900"


class Shell:
    """The program, and how to drive it."""

    def __init__(self, app: Cockpit, orders: Path) -> None:
        self.app = app
        self._orders = orders
        self._given = 0
        app.wait_for(lambda seen: len(seen["headers"]) >= 5 or seen["maximised"], "the panels")

    @property
    def hand(self) -> Hand:
        return self.app.hand

    def order(self, *words: Any) -> dict[str, Any]:
        """Call a method of the window, and see what came of it."""
        with self._orders.open("a", encoding="utf-8") as file:
            file.write(json.dumps(words) + "\n")
        self._given += 1
        return self.app.wait_for(lambda seen: seen["done"] >= self._given, f"{words} done")

    def seen(self, condition: Callable[[dict[str, Any]], Any], what: str) -> dict[str, Any]:
        return self.app.wait_for(condition, what)

    def now(self) -> dict[str, Any]:
        return self.app.lines()[-1]

    def grip(self, pane: str) -> tuple[int, int]:
        """A place on the pane's header beside chip, words and marks."""
        x, y, width, _ = self.now()["headers"][pane]
        return x + width // 2 - 10, y + 15

    def middle(self, pane: str) -> tuple[int, int]:
        """The middle of a panel: where docks offer to make tabs."""
        x, y, width, height = self.now()["panels"][pane]
        return x + width // 2, y + height // 2

    def floats(self, *panes: str) -> dict[str, Any]:
        """Wait until exactly these panes float, each alone, and lie above the main window on the X server.

        A window is there before it is above: a click in between reaches what lies below it.
        """
        wanted = sorted([{"tabs": [pane], "current": 0} for pane in panes], key=str)
        self.seen(lambda seen: sorted([tree for _, tree in seen["floats"]], key=str) == wanted, f"{panes} float")

        def above() -> bool:
            there = {(each.x, each.y): int(each.id, 16) for each in self.app.windows()}
            ids = {there.get((x, y)) for (x, y, _, _), _ in self.now()["floats"]}
            stacked = self.app._desktop.ask("xprop", "-root", "_NET_CLIENT_LIST_STACKING")
            ours = [number for number in map(_number, _IDS.findall(stacked)) if number in there.values()]
            return len(ours) == len(panes) + 1 and set(ours[1:]) == ids

        wait_until(above, lambda: f"{panes} on the screen; there are {self.app.windows()}")
        return self.now()


_IDS = re.compile(r"0x[0-9a-f]+")


def _number(text: str) -> int:
    return int(text, 16)


def groups(tree: dict[str, Any]) -> list[list[str]]:
    """The tab groups of an arrangement, sorted inside."""
    if "tabs" in tree:
        return [sorted(tree["tabs"])]
    return [group for item in tree["items"] for group in groups(item)]


Start = Callable[..., Shell]


@pytest.fixture
def begin(start: Callable[..., Cockpit], tmp_path: Path) -> Start:
    """``begin(place, home=None, on=None)``: the shell in a real window."""
    program = tmp_path / "shell.py"
    program.write_text(PROGRAM, encoding="utf-8")
    number = [0]

    def go(place: str | None = PLACE, home: Path | None = None, on: VirtualDesktop | None = None) -> Shell:
        number[0] += 1
        orders = tmp_path / f"orders-{number[0]}"
        env = {
            "PYTHONPATH": ROOT,
            "ORDERS": str(orders),
            "COCKPIT_CONFIG": str((home or tmp_path / "home") / "config"),
        }
        arguments = () if place is None else (place,)
        app = start(
            *arguments, program=(sys.executable, str(program)), env=env, home=home or tmp_path / "home", on=on
        )
        return Shell(app, orders)

    return go


def test_a_double_click_on_a_header_floats_the_panel_and_another_brings_it_back(begin: Start) -> None:
    shell = begin()
    before = shell.now()
    for pane in ("chart.1", "ladder", "chart.4"):
        shell.hand.click(*shell.grip(pane), times=2)
        shell.floats(pane)
        shell.hand.click(*shell.grip(pane), times=2)
        after = shell.floats()
        assert after["tree"] == before["tree"]
        assert after["headers"] == before["headers"]


def test_a_panel_is_dragged_to_the_other_monitor_and_back_onto_another(begin: Start) -> None:
    shell = begin()
    right = shell.now()["screens"]["R"]
    shell.hand.drag(shell.grip("ladder"), (right[0] + 600, 400))
    seen = shell.floats("ladder")
    (x, _, _, _), _ = seen["floats"][0]
    assert right[0] <= x < right[0] + right[2]
    shell.hand.drag(shell.grip("ladder"), shell.middle("chart.2"))
    seen = shell.floats()
    assert ["chart.2", "ladder"] in groups(seen["tree"])
    assert set(seen["tabs"]) == {"chart.2", "ladder"}


def test_a_tab_floats_its_panel_by_double_click_and_the_header_docks_it_among_the_tabs(begin: Start) -> None:
    shell = begin("60,60,1280,720")
    x, y, width, height = shell.now()["tabs"]["health"]
    shell.hand.click(x + width // 2, y + height // 2, times=2)
    shell.floats("health")
    shell.hand.click(*shell.grip("health"), times=2)
    seen = shell.floats()
    assert ["health", "ladder", "vix"] in groups(seen["tree"])


def test_twenty_times_out_and_back_leave_nothing_behind(begin: Start) -> None:
    shell = begin()

    def cycle(times: int) -> dict[str, Any]:
        for _ in range(times):
            shell.hand.click(*shell.grip("chart.3"), times=2)
            shell.floats("chart.3")
            shell.hand.click(*shell.grip("chart.3"), times=2)
            shell.floats()
        shell.order("count")
        return next(line for line in reversed(shell.app.lines()) if "count" in line)

    first, last = cycle(5), cycle(20)
    assert last["count"] == first["count"]
    assert last["resident"] - first["resident"] < 8  # MB; 20 cycles that kept their windows would be 30


def test_the_layout_comes_back_in_the_next_process(begin: Start, tmp_path: Path) -> None:
    home = tmp_path / "kept"
    shell = begin(home=home)
    right = shell.now()["screens"]["R"]
    shell.order("apply_preset", "1+2")
    shell.order("float_panel", "ladder")
    place = [right[0] + 200, 150, 420, 640]
    shell.order("place", "ladder", *place)
    before = shell.seen(lambda seen: [rect for rect, _ in seen["floats"]] == [place], "the float at its place")
    shell.app.close()

    again = begin(None, home=home)
    after = again.seen(lambda seen: [rect for rect, _ in seen["floats"]] == [place], "the float at its place again")
    assert after["window"] == before["window"]
    assert after["tree"] == before["tree"]


def test_closing_the_main_window_ends_the_program_though_a_panel_floats(begin: Start) -> None:
    shell = begin()
    shell.order("float_panel", "chart.2")
    shell.floats("chart.2")
    main = next(window for window in shell.app.windows() if window.title == "Cockpit")
    shell.app._desktop.ask("wmctrl", "-i", "-c", main.id)
    assert shell.app.ended() == 0


def test_a_minimised_window_draws_nothing_and_catches_up(begin: Start) -> None:
    shell = begin()
    main = shell.app.window("Cockpit")
    shell.app._desktop.ask("xdotool", "windowminimize", str(int(main.id, 16)))
    before = shell.seen(lambda seen: not seen["headers"], "no header seen")["drawn"]
    for _ in range(3):
        shell.order("publish")
    assert shell.now()["drawn"] == before
    shell.app.focus(main)
    after = shell.seen(lambda seen: seen["drawn"]["chart.1"] > before["chart.1"], "chart 1 drawn again")
    assert after["drawn"]["chart.1"] == before["chart.1"] + 1


def noted(file: Path, place: list[int]) -> bool:
    """Whether a layout holds a float at this place."""
    return any(entry["place"] == place for entry in json.loads(file.read_text(encoding="utf-8"))["floats"])


def inside(rect: list[int], screen: list[int]) -> bool:
    """Whether a client rectangle lies on a screen, frame aside."""
    return (
        screen[0] <= rect[0]
        and screen[1] <= rect[1]
        and rect[0] + rect[2] <= screen[0] + screen[2]
        and rect[1] + rect[3] <= screen[1] + screen[3]
    )


def test_windows_follow_when_their_monitor_goes_and_go_home_when_it_is_back(begin: Start) -> None:
    with VirtualDesktop((Monitor("L", 1920, 1080), Monitor("R", 1600, 1080))) as desktop:
        shell = begin(on=desktop)
        shell.order("float_panel", "ladder")
        home = [2400, 200, 400, 600]
        shell.order("place", "ladder", *home)
        shell.seen(lambda seen: [rect for rect, _ in seen["floats"]] == [home], "the float on R")
        main = shell.now()["window"]
        # where it stands is noted every two seconds; a layout that was saved is one that was noted
        saved = shell.app.home / "config" / "layouts"
        wait_until(lambda: any(noted(file, home) for file in saved.glob("*.json")), "the layout saved")
        desktop.unplug("R")
        left = [0, 0, 1920, 1080]
        shell.seen(lambda seen: seen["floats"] and inside(seen["floats"][0][0], left), "the float on L")
        desktop.plug(Monitor("R", 1600, 1080, (1920, 0)))
        shell.seen(lambda seen: [rect for rect, _ in seen["floats"]] == [home], "the float home on R")
        desktop.unplug("L")
        right = [1920, 0, 1600, 1080]
        shell.seen(lambda seen: inside(seen["window"], right), "the main window on R")
        desktop.plug(Monitor("L", 1920, 1080, (0, 0)))
        shell.seen(lambda seen: seen["window"] == main, "the main window home on L")


def test_a_layout_saved_on_two_monitors_is_reachable_on_one(begin: Start, tmp_path: Path) -> None:
    home = tmp_path / "kept"
    with VirtualDesktop((Monitor("L", 1920, 1080), Monitor("R", 1600, 1080))) as two:
        shell = begin("1950,40,1500,900", home=home, on=two)
        shell.order("float_panel", "ladder")
        shell.order("place", "ladder", 3000, 300, 400, 600)
        shell.seen(lambda seen: [rect for rect, _ in seen["floats"]] == [[3000, 300, 400, 600]], "the float on R")
        shell.app.close()
    with VirtualDesktop((Monitor("L", 1366, 768),)) as one:
        again = begin(None, home=home, on=one)
        screen = [0, 0, 1366, 768]
        again.seen(
            lambda seen: inside(seen["window"], screen) and seen["floats"] and inside(seen["floats"][0][0], screen),
            "both windows on the only monitor",
        )
        again.app.close()


def test_a_panel_torn_onto_a_monitor_of_twice_the_scale_fits_there(begin: Start) -> None:
    with VirtualDesktop((Monitor("L", 1920, 1080), Monitor("R", 1600, 1080, None, 2.0))) as desktop:
        shell = begin(on=desktop)
        shell.hand.drag(shell.grip("ladder"), (2600, 300))
        screen = shell.now()["screens"]["R"]
        assert screen[2:] == [800, 540]
        shell.seen(lambda seen: seen["floats"] and inside(seen["floats"][0][0], screen), "the float inside R")


def test_a_window_is_sent_to_the_other_monitor_and_back(begin: Start) -> None:
    shell = begin()
    screens = shell.now()["screens"]
    shell.order("send_to_monitor", 2)
    shell.seen(lambda seen: seen["screen"] == "R" and inside(seen["window"], screens["R"]), "the window on R")
    shell.order("send_to_monitor", 1)
    shell.seen(lambda seen: seen["screen"] == "L" and inside(seen["window"], screens["L"]), "the window on L")
    shell.order("send_to_monitor", 7)
    assert shell.now()["screen"] == "L"


def test_always_on_top_is_obeyed_by_the_window_manager(begin: Start) -> None:
    shell = begin()

    def above() -> bool:
        main = next(window for window in shell.app.windows() if window.title == "Cockpit")
        return "_NET_WM_STATE_ABOVE" in shell.app._desktop.ask("xprop", "-id", main.id, "_NET_WM_STATE")

    assert not above()
    shell.order("toggle_on_top")
    wait_until(above, "the window above")
    shell.order("toggle_on_top")
    wait_until(lambda: not above(), "the window no longer above")
