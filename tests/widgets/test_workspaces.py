"""The shelf: workspaces by name, in order, renamed, copied, put away and brought back; broken lists are no end."""

import json
import random
from pathlib import Path

import pytest

from cockpit.errors import ConfigError
from cockpit.widgets.monitors import Monitor
from cockpit.widgets.workspaces import FIRST, LONGEST, Shelf, check_name

HERE = (Monitor("L", 0, 0, 1920, 1080, 100),)


def filled(folder: Path, *names: str) -> Shelf:
    """A shelf whose workspaces hold a layout with their own name; the last one is in use."""
    shelf = Shelf(folder)
    for name in names:
        shelf.use(name)
        assert shelf.store.save(HERE, {"preset": name})
    return shelf


def held(shelf: Shelf, name: str) -> str:
    """What the layout of a workspace says."""
    found = shelf.store_of(name).load(HERE)
    return "" if found is None else str(found["preset"])


def test_at_first_there_is_the_shipped_one(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    assert (shelf.names, shelf.current) == ((FIRST,), FIRST)
    assert shelf.store.folder == tmp_path / "layouts"


def test_names_order_and_the_one_in_use_outlive_the_session(tmp_path: Path) -> None:
    filled(tmp_path, FIRST, "Opening", "Book 2").use("Opening")
    again = Shelf(tmp_path)
    assert again.names == (FIRST, "Opening", "Book 2")
    assert again.current == "Opening"
    assert held(again, "Book 2") == "Book 2"


def test_a_copy_stands_beside_the_one_it_was_made_of(tmp_path: Path) -> None:
    shelf = filled(tmp_path, FIRST, "Opening", "Close")
    assert shelf.copy("Opening", " Opening calm ") == "Opening calm"
    assert shelf.names == (FIRST, "Opening", "Opening calm", "Close")
    assert held(shelf, "Opening calm") == "Opening"
    shelf.store_of("Opening calm").save(HERE, {"preset": "own"})
    assert held(shelf, "Opening") == "Opening"


@pytest.mark.parametrize("name", [FIRST, "Opening"])
def test_a_renamed_workspace_keeps_place_layouts_and_what_it_wrote(tmp_path: Path, name: str) -> None:
    shelf = filled(tmp_path, FIRST, "Opening")
    shelf.use(name)
    store, at = shelf.store, shelf.names.index(name)
    assert shelf.rename(name, "Morning") == "Morning"
    assert shelf.names[at] == "Morning"
    assert shelf.current == "Morning"
    assert shelf.store is store
    assert store.save(HERE, {"preset": "later"})
    assert held(Shelf(tmp_path), "Morning") == "later"
    assert name not in Shelf(tmp_path).names


def test_a_name_may_change_the_size_of_its_letters_but_not_meet_another(tmp_path: Path) -> None:
    shelf = filled(tmp_path, "opening", "Book")
    assert shelf.rename("opening", "Opening") == "Opening"
    with pytest.raises(ConfigError, match="there is a workspace Opening already"):
        shelf.rename("Book", "OPENING")
    with pytest.raises(ConfigError, match="there is a workspace Book already"):
        shelf.copy("Opening", "book")
    shelf.use("BOOK")
    assert shelf.current == "Book"


def test_what_is_deleted_can_be_brought_back(tmp_path: Path) -> None:
    shelf = filled(tmp_path, FIRST, "Opening", "Close")
    assert shelf.delete("Opening") == "Close"
    assert (shelf.names, shelf.current, shelf.deleted()) == ((FIRST, "Close"), "Close", ("Opening",))
    again = filled(tmp_path, "Opening")
    assert again.bring_back("Opening") == "Opening 2"
    assert held(again, "Opening 2") == "Opening"
    assert again.deleted() == ()


def test_deleting_the_one_in_use_goes_on_with_its_neighbour_and_the_last_one_stays(tmp_path: Path) -> None:
    shelf = filled(tmp_path, FIRST, "Opening")
    assert shelf.delete("Opening") == FIRST
    assert shelf.current == FIRST
    with pytest.raises(ConfigError, match="Cockpit is the only workspace"):
        shelf.delete(FIRST)


@pytest.mark.parametrize("name", ["", " ", "../up", "a/b", "a.b", "-", "x" * (LONGEST + 1), "a\nb"])
def test_a_name_that_is_no_folder_everywhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="letters, digits, spaces and dashes, at most 40"):
        check_name(name)
    with pytest.raises(ConfigError):
        Shelf(tmp_path).use(name)


def test_a_lost_or_broken_list_loses_no_workspace(tmp_path: Path) -> None:
    filled(tmp_path, FIRST, "Opening")
    file = tmp_path / "workspaces.json"
    file.write_text('{"version": 1, "names"', encoding="utf-8")
    shelf, told = Shelf(tmp_path), []
    shelf.hear(told.append)
    assert shelf.names == (FIRST, "Opening")
    assert len(told) == 1
    assert "set aside as workspaces.json.bad" in told[0]
    assert (tmp_path / "workspaces.json.bad").is_file()
    assert Shelf(tmp_path).names == (FIRST, "Opening")


@pytest.mark.parametrize("seed", range(60))
def test_a_mutated_list_is_read_or_set_aside(tmp_path: Path, seed: int) -> None:
    filled(tmp_path, FIRST, "Opening")
    file, rng = tmp_path / "workspaces.json", random.Random(seed)
    data = bytearray(file.read_bytes())
    for _ in range(rng.randrange(1, 9)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    file.write_bytes(data[: rng.randrange(len(data) + 1)])
    shelf = Shelf(tmp_path)
    assert set(shelf.names) == {FIRST, "Opening"}
    assert shelf.current in shelf.names


def test_a_list_that_names_what_is_gone_forgets_it(tmp_path: Path) -> None:
    filled(tmp_path, FIRST)
    listed = {"version": 1, "names": ["Gone", FIRST, FIRST], "current": "Gone"}
    (tmp_path / "workspaces.json").write_text(json.dumps(listed), encoding="utf-8")
    assert (Shelf(tmp_path).names, Shelf(tmp_path).current) == ((FIRST,), FIRST)


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    told: list[str] = []
    Shelf(tmp_path / "file", told.append).use("Opening")
    assert "cannot be written" in told[0]
