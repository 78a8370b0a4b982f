"""The one table of everything a key can do. Shortcuts, palette, buttons and the F1 page all come from it.

A key is written as Qt's portable text (``Ctrl+Shift+Right``, ``Space``, ``>``); two strokes stand apart by a
space (``Ctrl+G 1``, ``; F``). Keys of layers that are not built yet (F4, F5) are absent.
Source: ``architecture.md`` 6, ``contracts.md`` 12.
"""

import string
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from cockpit.state.commands import (
    CloseEvidence,
    CloseSources,
    GoLive,
    InstantReplay,
    NextOverlay,
    OpenLive,
    OpenMarket,
    RestartEngines,
    SeekTo,
    SetLink,
    SetSpeed,
    ShowEvidence,
    StepBars,
    StepEvents,
    StepEvidence,
    StepHorizon,
    StepSeconds,
    StepSpeed,
    StopRecording,
    ToggleLayer,
    TogglePlay,
    ToggleShare,
)
from cockpit.state.linking import RECEIVES, SENDS, shared_by
from cockpit.state.views import Pane
from cockpit.widgets.action_spec import (
    ALWAYS,
    CHART,
    CHART_PANE,
    FAULT,
    MARKET,
    OPEN,
    PANE,
    SPAN,
    ActionSpec,
    Need,
    Run,
    body,
    cap,
    holders,
)
from cockpit.widgets.action_spec import on_chart as _chart
from cockpit.widgets.action_spec import sending as _send
from cockpit.widgets.desk import ExplainsRows, Hands, HeatKeys, RangeKeys, Recentres, ThinksOrders, TurnKeys
from cockpit.widgets.hand_actions import CHART_HANDS, PANE_HANDS, STEPS, WINDOW_HANDS, crosshair
from cockpit.widgets.hand_actions import stepping as _stepping
from cockpit.widgets.pane_settings import BUCKET, METHOD, SCOPE, SIGN, VWAP_BANDS, Setting
from cockpit.widgets.presets import BOOK
from cockpit.widgets.workspace_verbs import COPY, NEW, RENAME, VERSION, WORKSPACE

if TYPE_CHECKING:
    from cockpit.widgets.workspace_desk import WorkspaceDesk  # for its type: keys know no docks

__all__ = ["ACTIONS", "ALWAYS", "ActionSpec", "by_id", "cap", "holders", "put_in_force", "words"]

FAR_BARS: Final = 10  # Shift+arrow
BACK_S: Final = -10.0  # Backspace
MONITORS: Final = 9
# preset -> second stroke after ;
PRESETS: Final = {"1": "1", "1+2": "2", "2x2": "4", "1+3": "3", "3x2": "6", BOOK: "5"}

# what a pane shares -> second strokes after Ctrl+G: the first letter sends, another receives
SHARES: Final = {"symbol": ("S", "Y"), "interval": ("I", "N"), "crosshair": ("C", "R"), "time": ("T", "M")}

NEWEST: Final = 10**9  # events on: past the last one
EVIDENCE: Final = Need(
    "open the evidence of an event first", lambda hands: hands.screen.evidence.value.key is not None
)
WORKSPACES: Final = Need("this window has none", lambda hands: hands.desk.workspaces is not None)


def _recentre(hands: Hands) -> None:
    market = body(hands)
    if isinstance(market, Recentres):
        market.recentre()


def _pan(bars: int) -> Run:
    return _stepping(bars, 0, _chart(lambda chart: chart.pan(bars)))


def _zoom(steps: int) -> Run:
    return _chart(lambda chart: chart.zoom(steps))


HEAT: Final = Need("focus the heatmap first", lambda hands: isinstance(body(hands), HeatKeys))


def _on_heat(act: "Callable[[HeatKeys], None]") -> Run:
    def run(hands: Hands) -> None:
        heat = body(hands)
        if isinstance(heat, HeatKeys):
            act(heat)

    return run


CURVE: Final = Need("focus the depth curve first", lambda hands: isinstance(body(hands), RangeKeys))
SURFACE: Final = Need("focus the depth surface first", lambda hands: isinstance(body(hands), TurnKeys))


def _next_range(hands: Hands) -> None:
    curve = body(hands)
    if isinstance(curve, RangeKeys):
        curve.next_range()


def _reset_turn(hands: Hands) -> None:
    picture = body(hands)
    if isinstance(picture, TurnKeys):
        picture.reset_turn()


def _walk(by: int) -> Run:
    def run(hands: Hands) -> None:
        panes, focused = hands.desk.panes(), hands.desk.focused_pane()
        if not panes:
            return
        at = panes.index(focused) + by if focused in panes else min(by, 0)
        hands.desk.focus_pane(panes[at % len(panes)])

    return run


def _think(act: Callable[[ThinksOrders], None]) -> Run:
    """Something about the impact calculator, which is brought to the front first."""

    def run(hands: Hands) -> None:
        if not isinstance(hands.desk.panel("impact"), ThinksOrders):
            hands.desk.toggle_panel("impact")
        body = hands.desk.panel("impact")
        if isinstance(body, ThinksOrders):
            act(body)

    return run


def _formula(hands: Hands) -> None:
    """Of the selected row of the feature strips, which are brought to the front first."""
    if not isinstance(hands.desk.panel("strips"), ExplainsRows):
        hands.desk.toggle_panel("strips")
    body = hands.desk.panel("strips")
    if isinstance(body, ExplainsRows):
        body.toggle_formula()


def _nth_pane(number: int) -> Run:
    def run(hands: Hands) -> None:
        panes = hands.desk.panes()
        if number <= len(panes):
            hands.desk.focus_pane(panes[number - 1])

    return run


def _link(group: int) -> Run:
    def run(hands: Hands) -> None:
        name = hands.desk.focused_pane()
        if shared_by(name):
            hands.commands.send(SetLink(name, group))
        else:
            hands.surfaces.say("Links: focus a chart or the ladder first")

    return run


def _share(what: str, way: str) -> Run:
    def run(hands: Hands) -> None:
        name = hands.desk.focused_pane()
        pane = hands.screen.workspace.value.panes.get(name, Pane(name))
        if what not in shared_by(name):
            hands.surfaces.say(f"Links: {name} has no {what} to share")
            return
        hands.commands.send(ToggleShare(name, what, way))
        no_longer = " no longer" if what in getattr(pane, way) else ""
        group = f"group {pane.link}" if pane.link else "its group, once it is linked"
        hands.surfaces.say(f"{name}{no_longer} {way} {what} {'to' if way == SENDS else 'from'} {group}")

    return run


def _bars(by: int) -> Run:
    return lambda hands: hands.commands.send(StepBars(by, hands.desk.focused_pane()))


def _layer(layer: str) -> Run:
    return lambda hands: hands.commands.send(ToggleLayer(layer, hands.desk.focused_pane()))


def _next_value(setting: Setting) -> Run:
    return lambda hands: hands.commands.send(NextOverlay(hands.desk.focused_pane(), setting.name))


def _seek_edge(last: bool) -> Run:
    def run(hands: Hands) -> None:
        replay = hands.screen.replay.value
        edge = replay.last_ns if last else replay.first_ns
        if edge is not None:
            hands.commands.send(SeekTo(edge))

    return run


def _record(hands: Hands) -> None:
    if hands.screen.replay.value.recording:
        hands.commands.send(StopRecording())
    else:
        hands.surfaces.choose_tape_folder()


def _step_out(hands: Hands) -> None:
    if hands.surfaces.step_out():
        return
    chart = crosshair(hands)
    if chart is not None:
        chart.toggle_key_cross()
    else:
        hands.desk.step_out()


def _monitor(number: int) -> Run:
    return lambda hands: hands.desk.send_to_monitor(number)


def _preset(name: str) -> Run:
    return lambda hands: hands.desk.apply_preset(name)


def _next_look(trait: str) -> Run:
    return lambda hands: hands.surfaces.next_look(trait)


def _undo(hands: Hands) -> None:
    if not hands.desk.undo_layout():
        hands.surfaces.say("Undo: nothing was changed")


def _redo(hands: Hands) -> None:
    if not hands.desk.redo_layout():
        hands.surfaces.say("Redo: nothing was undone")


def _workspaces(act: "Callable[[WorkspaceDesk], object]") -> Run:
    def run(hands: Hands) -> None:
        if hands.desk.workspaces is not None:
            act(hands.desk.workspaces)

    return run


def _nth_workspace(number: int) -> Run:
    def run(hands: Hands) -> None:
        desk = hands.desk.workspaces
        if desk is not None and not desk.nth(number):
            hands.surfaces.say(f"Workspace {number}: there are {len(desk.names)}")

    return run


_LETTERS: Final = tuple(string.ascii_uppercase)
_DIGITS: Final = (*"123456789", ",")

_FIND: Final = (
    ActionSpec("palette", "Search actions, symbols, recordings", ("Ctrl+K",), "Find",
               lambda hands: hands.surfaces.palette(), ALWAYS),
    ActionSpec("symbol", "Search a symbol", _LETTERS, "Find",
               lambda hands: hands.surfaces.symbol_search(), ALWAYS, "Type letters: search a symbol",
               keeps_key=True, fixed="every letter begins a search"),
    ActionSpec("interval", "Set the interval", _DIGITS, "Find",
               lambda hands: hands.surfaces.interval_entry(), CHART_PANE, "Type digits, or , and text: interval",
               keeps_key=True, fixed="every digit begins an interval"),
    ActionSpec("open", "Open a recording", ("Ctrl+O",), "Find",
               lambda hands: hands.surfaces.open_recording(), ALWAYS),
    ActionSpec("open.tape", "Open a tape folder", ("Ctrl+Shift+O",), "Find",
               lambda hands: hands.surfaces.open_tape(), ALWAYS),
    ActionSpec("sessions", "Recorded sessions", ("Ctrl+R",), "Find",
               lambda hands: hands.surfaces.sessions(), ALWAYS),
    ActionSpec("market", "Simulated market", ("Ctrl+M",), "Find", _send(OpenMarket()), ALWAYS),
    ActionSpec("binance", "Live Binance", ("Ctrl+Shift+B",), "Find", _send(OpenLive()), ALWAYS),
    ActionSpec("close", "Close the recording", ("; X",), "Find", _send(CloseSources()), OPEN),
)  # fmt: skip

_PANES: Final = (
    ActionSpec("pane.next", "Next pane", ("Tab",), "Panes", _walk(1), ALWAYS, repeats=True),
    ActionSpec("pane.previous", "Previous pane", ("Shift+Tab",), "Panes", _walk(-1), ALWAYS, repeats=True),
    *(ActionSpec(f"pane.{n}", f"Pane {n}", (f"Ctrl+{n}",), "Panes", _nth_pane(n), ALWAYS, "Pane 1 to 9")
      for n in range(1, 10)),
    ActionSpec("pane.maximise", "Maximise the pane, and back", ("F11",), "Panes",
               lambda hands: hands.desk.maximise(hands.desk.focused_pane()), PANE),
    ActionSpec("pane.float", "Float the pane", ("; F",), "Panes",
               lambda hands: hands.desk.float_panel(hands.desk.focused_pane()), PANE),
    ActionSpec("pane.dock", "Dock the pane again", ("; D",), "Panes",
               lambda hands: hands.desk.dock_panel(hands.desk.focused_pane()), PANE),
    *(ActionSpec(f"link.{n}", f"Link group {n}", (f"Ctrl+G {n}",), "Panes", _link(n), PANE,
                 "Link the pane to group 1 to 9") for n in range(1, 10)),
    ActionSpec("link.0", "Unlink the pane", ("Ctrl+G 0",), "Panes", _link(0), PANE),
    ActionSpec("pane.settings", "Settings of the pane", ("Ctrl+.",), "Panes",
               lambda hands: hands.surfaces.pane_settings(hands.desk.focused_pane()), PANE),
    ActionSpec("pane.copy", "Copy the pane's settings", ("Ctrl+Shift+C",), "Panes",
               lambda hands: hands.surfaces.copy_settings(hands.desk.focused_pane()), PANE),
    ActionSpec("pane.paste", "Paste the pane's settings", ("Ctrl+Shift+V",), "Panes",
               lambda hands: hands.surfaces.paste_settings(hands.desk.focused_pane()), PANE),
    ActionSpec("pane.reset", "First settings of the pane", ("; U",), "Panes",
               lambda hands: hands.surfaces.reset_settings(hands.desk.focused_pane()), PANE),
    *(ActionSpec(f"link.{what}.{way}", f"Pane {way} {what} {side} its group, or not", (f"Ctrl+G {stroke}",),
                 "Panes", _share(what, way), PANE, f"Pane {way} symbol, interval, crosshair, time, or not")
      for way, side, place in ((SENDS, "to", 0), (RECEIVES, "from", 1))
      for what, strokes in SHARES.items() for stroke in (strokes[place],)),
    ActionSpec("pane.picture", "Picture of the pane", ("Ctrl+Shift+P",), "Panes",
               lambda hands: hands.surfaces.picture_of_pane(hands.desk.focused_pane()), PANE),
    ActionSpec("pane.picture_copy", "Picture of the pane to the clipboard", ("; P",), "Panes",
               lambda hands: hands.surfaces.copy_picture_of_pane(hands.desk.focused_pane()), PANE),
)  # fmt: skip

_CHART: Final = (
    ActionSpec("chart.left", "Scroll back one bar; turn a picture", ("Left",), "Chart", _pan(-1), STEPS,
               repeats=True),
    ActionSpec("chart.right", "Scroll on one bar; turn a picture", ("Right",), "Chart", _pan(1), STEPS,
               repeats=True),
    ActionSpec("chart.far_left", "Scroll back ten bars", ("Shift+Left",), "Chart",
               _pan(-FAR_BARS), STEPS, repeats=True),
    ActionSpec("chart.far_right", "Scroll on ten bars", ("Shift+Right",), "Chart",
               _pan(FAR_BARS), STEPS, repeats=True),
    ActionSpec("chart.zoom_in", "Zoom time in", ("+",), "Chart", _zoom(1), CHART, repeats=True),
    ActionSpec("chart.up", "Zoom time in; the crosshair up", ("Up",), "Chart", _stepping(0, 1, _zoom(1)), STEPS,
               repeats=True),
    ActionSpec("chart.zoom_out", "Zoom time out", ("-",), "Chart", _zoom(-1), CHART, repeats=True),
    ActionSpec("chart.down", "Zoom time out; the crosshair down", ("Down",), "Chart", _stepping(0, -1, _zoom(-1)),
               STEPS, repeats=True),
    ActionSpec("chart.live", "Go to the newest bar", ("End",), "Chart", _chart(lambda chart: chart.to_live()),
               CHART),
    ActionSpec("chart.oldest", "Go to the oldest bar", ("Home",), "Chart",
               _chart(lambda chart: chart.to_oldest()), CHART),
    ActionSpec("ruler", "Ruler; arrows move its end, again: the other end", ("; /",), "Chart",
               _chart(lambda chart: chart.toggle_ruler()), CHART),
    ActionSpec("recentre", "Recentre the price", ("`",), "Chart", _recentre, MARKET),
    ActionSpec("layer.gex", "Gamma exposure on the chart", ("F3",), "Chart", _layer("gex"), CHART_PANE),
    ActionSpec("layer.cone", "Cone on the chart", ("F6",), "Chart", _layer("cone"), CHART_PANE),
    ActionSpec("layer.profile", "Volume profile on the chart", ("F7",), "Chart", _layer("profile"), CHART_PANE,
               "Volume profile, VWAP, cumulative delta"),
    ActionSpec("layer.vwap", "VWAP on the chart", ("Shift+F7",), "Chart", _layer("vwap"), CHART_PANE,
               "Volume profile, VWAP, cumulative delta"),
    ActionSpec("layer.cvd", "Cumulative delta on the chart", ("Ctrl+F7",), "Chart", _layer("cvd"), CHART_PANE,
               "Volume profile, VWAP, cumulative delta"),
    ActionSpec("heat.lower", "Lower cut-offs of the heatmap", ("{",), "Chart", _on_heat(lambda heat: heat.cut(-1)),
               HEAT, "Cut-offs of the heatmap", repeats=True),
    ActionSpec("heat.raise", "Raise cut-offs of the heatmap", ("}",), "Chart", _on_heat(lambda heat: heat.cut(1)),
               HEAT, "Cut-offs of the heatmap", repeats=True),
    ActionSpec("heat.contrast", "Next contrast of the heatmap", ("\\",), "Chart",
               _on_heat(lambda heat: heat.next_contrast()), HEAT),
    ActionSpec("layer.marks", "Detector marks on the heatmap", ("F8",), "Chart",
               _on_heat(lambda heat: heat.toggle_marks()), HEAT),
    ActionSpec("depth_curve.range", "Next range of the depth curve", ("; Shift+X",), "Chart", _next_range, CURVE),
    ActionSpec("depth_surface.reset", "Depth surface as it is turned at first; R while it has the focus",
               ("; Shift+R",), "Chart", _reset_turn, SURFACE),
    ActionSpec(BUCKET.action, "Next gamma expiries", ("; G",), "Chart", _next_value(BUCKET), CHART_PANE),
    ActionSpec(SIGN.action, "Next gamma sign model", ("; N",), "Chart", _next_value(SIGN), CHART_PANE),
    ActionSpec(METHOD.action, "Other cone method", ("; C",), "Chart", _next_value(METHOD), CHART_PANE),
    ActionSpec(VWAP_BANDS.action, "Next VWAP bands", ("; Q",), "Chart", _next_value(VWAP_BANDS), CHART_PANE,
               "VWAP bands, span of the profile"),
    ActionSpec(SCOPE.action, "Volume profile of session or view", ("; Z",), "Chart", _next_value(SCOPE),
               CHART_PANE, "VWAP bands, span of the profile"),
)  # fmt: skip

_REPLAY: Final = (
    ActionSpec("play", "Play or pause", ("Space",), "Replay", _send(TogglePlay()), OPEN),
    ActionSpec("rewind", "Last five minutes again", ("Ctrl+Shift+R",), "Replay", _send(InstantReplay()), OPEN),
    ActionSpec("slower", "Slower", ("[",), "Replay", _send(StepSpeed(-1)), OPEN, repeats=True),
    ActionSpec("faster", "Faster", ("]",), "Replay", _send(StepSpeed(1)), OPEN, repeats=True),
    ActionSpec("speed.one", "Speed 1×", ("; S",), "Replay", _send(SetSpeed(1.0)), OPEN),
    ActionSpec("speed.max", "Speed max", ("; M",), "Replay", _send(SetSpeed(float("inf"))), OPEN),
    ActionSpec("event.on", "One event on", (">",), "Replay", _send(StepEvents(1)), OPEN, repeats=True),
    ActionSpec("event.back", "One event back", ("<",), "Replay", _send(StepEvents(-1)), OPEN, repeats=True),
    ActionSpec("second.on", "One second on", ("Ctrl+Right",), "Replay", _send(StepSeconds(1.0)), OPEN,
               repeats=True),
    ActionSpec("second.back", "One second back", ("Ctrl+Left",), "Replay", _send(StepSeconds(-1.0)), OPEN,
               repeats=True),
    ActionSpec("bar.on", "One bar on", ("Ctrl+Shift+Right",), "Replay", _bars(1), OPEN, repeats=True),
    ActionSpec("bar.back", "One bar back", ("Ctrl+Shift+Left",), "Replay", _bars(-1), OPEN, repeats=True),
    ActionSpec("back", "Back 10 seconds", ("Backspace",), "Replay", _send(StepSeconds(BACK_S)), OPEN, repeats=True),
    ActionSpec("jump", "Jump to a time", ("Ctrl+T",), "Replay", lambda hands: hands.surfaces.jump(), OPEN),
    ActionSpec("replay.start", "Start of the recording", ("; B",), "Replay", _seek_edge(last=False), SPAN),
    ActionSpec("live", "Back to live, or the end of the recording", ("Ctrl+L",), "Replay", _send(GoLive()), OPEN),
    ActionSpec("record", "Start or stop recording", ("; R",), "Replay", _record, OPEN),
)  # fmt: skip

_WORKSPACES: Final = (
    ActionSpec("workspace.next", "Next workspace", ("Ctrl+PgDown",), "Workspaces",
               _workspaces(lambda desk: desk.step(1)), WORKSPACES),
    ActionSpec("workspace.previous", "Previous workspace", ("Ctrl+PgUp",), "Workspaces",
               _workspaces(lambda desk: desk.step(-1)), WORKSPACES),
    *(ActionSpec(f"workspace.{n}", f"Workspace {n}", (f"Ctrl+W {n}",), "Workspaces", _nth_workspace(n), WORKSPACES,
                 "Workspace 1 to 9") for n in range(1, 10)),
    ActionSpec("workspace.list", "Every workspace", ("Ctrl+W W",), "Workspaces",
               lambda hands: hands.surfaces.palette(WORKSPACE), WORKSPACES),
    ActionSpec("workspace.new", "New workspace", ("Ctrl+W N",), "Workspaces",
               lambda hands: hands.surfaces.name_workspace(NEW), WORKSPACES),
    ActionSpec("workspace.duplicate", "Duplicate the workspace", ("Ctrl+W D",), "Workspaces",
               lambda hands: hands.surfaces.name_workspace(COPY), WORKSPACES),
    ActionSpec("workspace.rename", "Rename the workspace", ("Ctrl+W R",), "Workspaces",
               lambda hands: hands.surfaces.name_workspace(RENAME), WORKSPACES),
    ActionSpec("workspace.delete", "Delete the workspace", ("Ctrl+W X",), "Workspaces",
               _workspaces(lambda desk: desk.delete(desk.current)), WORKSPACES),
    ActionSpec("workspace.versions", "Earlier versions of the workspace", ("Ctrl+W V",), "Workspaces",
               lambda hands: hands.surfaces.palette(VERSION), WORKSPACES),
)  # fmt: skip

_WINDOW: Final = (
    *(ActionSpec(f"preset.{name}", f"Arrange panes {name}", (f"; {stroke}",), "Window", _preset(name), ALWAYS)
      for name, stroke in PRESETS.items()),
    ActionSpec("layout.undo", "Undo the last layout change", ("Ctrl+Z",), "Window", _undo, ALWAYS, repeats=True),
    ActionSpec("layout.redo", "Redo the layout change", ("Ctrl+Shift+Z", "Ctrl+Y"), "Window", _redo, ALWAYS,
               repeats=True),
    ActionSpec("layout.save", "Save the workspace", ("Ctrl+Shift+S",), "Window",
               lambda hands: hands.desk.save_layout(), ALWAYS),
    ActionSpec("layout.reset", "Reset the layout", ("; 0",), "Window",
               lambda hands: hands.desk.reset_layout(), ALWAYS),
    *(ActionSpec(f"monitor.{n}", f"Window to monitor {n}", (f"Ctrl+Shift+{n}",), "Window", _monitor(n), ALWAYS,
                 "Window to monitor 1 to 9") for n in range(1, MONITORS + 1)),
    ActionSpec("on_top", "Window always on top, or not", ("Ctrl+Shift+T",), "Window",
               lambda hands: hands.desk.toggle_on_top(), ALWAYS),
    ActionSpec("health", "Data health", ("F9",), "Window",
               lambda hands: hands.desk.toggle_panel("health"), ALWAYS),
    ActionSpec("heatmap", "Liquidity heatmap", ("F2",), "Window",
               lambda hands: hands.desk.toggle_panel("heatmap"), ALWAYS),
    ActionSpec("depth_curve", "Depth curve", ("; Shift+C",), "Window",
               lambda hands: hands.desk.toggle_panel("depth_curve"), ALWAYS),
    ActionSpec("depth_surface", "Depth surface", ("; Shift+D",), "Window",
               lambda hands: hands.desk.toggle_panel("depth_surface"), ALWAYS),
    ActionSpec("vix", "VIX regime", ("; V",), "Window",
               lambda hands: hands.desk.toggle_panel("vix"), ALWAYS),
    ActionSpec("impact", "Market impact", ("Ctrl+I",), "Window",
               lambda hands: hands.desk.toggle_panel("impact"), ALWAYS),
    ActionSpec("impact.size", "Size of the market order", ("; Shift+S",), "Window", _think(ThinksOrders.ask_size),
               ALWAYS),
    ActionSpec("impact.side", "Buy or sell in the impact calculator", ("; Shift+B",), "Window",
               _think(ThinksOrders.other_side), ALWAYS),
    ActionSpec("strips", "Book, last 180 s", ("; Shift+N",), "Window",
               lambda hands: hands.desk.toggle_panel("strips"), ALWAYS),
    ActionSpec("strips.formula", "Formula of a row of the feature strips", ("; Shift+M",), "Window", _formula,
               ALWAYS),
    ActionSpec("detectors", "Detectors", ("; Shift+E",), "Window",
               lambda hands: hands.desk.toggle_panel("detectors"), ALWAYS),
    ActionSpec("fates", "Liquidity fate", ("; Shift+F",), "Window",
               lambda hands: hands.desk.toggle_panel("fates"), ALWAYS),
    ActionSpec("detectors.horizon", "Judge detectors over the next time", ("; Shift+H",), "Window",
               _send(StepHorizon(1)), ALWAYS),
    ActionSpec("detectors.tune", "Tuning bench: try other rules of detectors", ("; Shift+T",), "Window",
               lambda hands: hands.surfaces.tuning_bench(), OPEN),
    ActionSpec("evidence.newest", "Evidence of the newest event of a detector", ("; Shift+O",), "Window",
               _send(StepEvidence(NEWEST)), OPEN),
    ActionSpec("evidence.next", "Evidence of the next event", ("; ]",), "Window", _send(StepEvidence(1)), OPEN,
               repeats=True),
    ActionSpec("evidence.previous", "Evidence of the event before", ("; [",), "Window", _send(StepEvidence(-1)),
               OPEN, repeats=True),
    ActionSpec("evidence.replay", "Show the event in replay", ("; Shift+V",), "Window", _send(ShowEvidence()),
               EVIDENCE),
    ActionSpec("evidence.close", "Close the evidence", ("; Shift+W",), "Window", _send(CloseEvidence()), EVIDENCE),
    ActionSpec("performance", "Performance read-out", ("F12",), "Window",
               lambda hands: hands.surfaces.toggle_performance(), ALWAYS),
    ActionSpec("restart", "Restart stopped engines", ("; E",), "Window", _send(RestartEngines()), FAULT),
    ActionSpec("help", "Every key", ("F1",), "Window", lambda hands: hands.surfaces.key_help(), ALWAYS),
    ActionSpec("step_out", "One level out", ("Esc",), "Window", _step_out, ALWAYS,
               fixed="Esc leads out of everything, always"),
)  # fmt: skip

_LOOK: Final = (
    ActionSpec("desk.picture", "Picture of the desk", ("Ctrl+Shift+D",), "Look",
               lambda hands: hands.surfaces.picture_of_desk(), ALWAYS),
    ActionSpec("desk.picture_copy", "Picture of the desk to the clipboard", ("; J",), "Look",
               lambda hands: hands.surfaces.copy_picture_of_desk(), ALWAYS),
    ActionSpec("tip.pin", "Pin the tooltip", ("; I",), "Look", lambda hands: hands.surfaces.pin_tip(), ALWAYS),
    ActionSpec("tip.unpin", "Take pinned tooltips off", ("; O",), "Look",
               lambda hands: hands.surfaces.unpin_tips(), ALWAYS),
    ActionSpec("settings", "Settings", ("Ctrl+,",), "Look", lambda hands: hands.surfaces.settings(), ALWAYS),
    ActionSpec("look.theme", "Dark or light theme", ("; T",), "Look", _next_look("theme"), ALWAYS),
    ActionSpec("look.sides", "Next colours of the sides", ("; H",), "Look", _next_look("sides"), ALWAYS),
    ActionSpec("look.density", "Next density of rows", ("; Y",), "Look", _next_look("density"), ALWAYS),
    ActionSpec("look.motion", "Less motion, or all of it", ("; A",), "Look", _next_look("motion"), ALWAYS),
)  # fmt: skip

ACTIONS: Final[tuple[ActionSpec, ...]] = (
    *_FIND, *_REPLAY, *_PANES, *PANE_HANDS, *_CHART, *CHART_HANDS, *_WORKSPACES, *_WINDOW, *WINDOW_HANDS, *_LOOK,
)  # fmt: skip

_in_force: dict[str, ActionSpec] = {spec.id: spec for spec in ACTIONS}


def by_id(action_id: str) -> ActionSpec:
    """The action of that id with the keys it has now; KeyError when there is none."""
    return _in_force[action_id]


def put_in_force(actions: tuple[ActionSpec, ...]) -> None:
    """Print these keys from now on: there is one keyboard, and whoever prints a key asks ``by_id``."""
    _in_force.update({spec.id: spec for spec in actions})


def words(action_id: str, text: str = "") -> str:
    """What a tooltip says: ``Faster  ]``; without a key the text alone.

    Args:
        text: Instead of the action's own.
    """
    spec = by_id(action_id)
    shown = text or spec.text
    return f"{shown}  {cap(spec.keys[0])}" if spec.keys else shown
