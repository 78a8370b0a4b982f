"""Panels moved, tabbed and resized by keys, on the workbench; what cannot be done is answered in words."""

from typing import Final

from cockpit.widgets.hand_actions import SIDE_WORDS
from cockpit.widgets.moving import joined, moved, resized
from cockpit.widgets.workbench import Workbench

FLOATS: Final = "The pane floats: dock it first"


def move(bench: Workbench, pane: str, side: str) -> str:
    """Move the pane out of its tabs, or past its neighbour; why not, when it cannot."""
    if bench.docks.is_floating(pane):
        return FLOATS
    done = bench.rearrange(lambda tree: moved(tree, pane, side))
    return "" if done else f"Nothing stands {SIDE_WORDS[side]}"


def join(bench: Workbench, pane: str, side: str) -> str:
    """Put the pane into the tabs of its neighbour; why not, when there is none."""
    if bench.docks.is_floating(pane):
        return FLOATS
    done = bench.rearrange(lambda tree: joined(tree, pane, side))
    if done:
        bench.focus_pane(pane)
    return "" if done else f"Nothing stands {SIDE_WORDS[side]}"


def resize(bench: Workbench, pane: str, how: str) -> str:
    """Move the splitter beside the pane by a step; why not, when it cannot."""
    if bench.docks.is_floating(pane):
        return FLOATS
    done = bench.rearrange(lambda tree: resized(tree, pane, how), moves_panels=False)
    return "" if done else f"The pane cannot be {how}"
