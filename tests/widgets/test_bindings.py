"""The user's own keys: what is refused and in which words, what is kept, what a damaged file does."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.errors import ConfigError
from cockpit.widgets.actions import ACTIONS, by_id
from cockpit.widgets.bindings import KeyStore, changed, holder_of, is_key, leaders, read, rebound, written
from cockpit.widgets.key_files import read_keys, write_keys


@pytest.mark.parametrize(
    "key", ["F5", "Ctrl+Shift+Right", "; F", "Ctrl+G 1", ">", "Ctrl++", "; Shift+Left", "Space"]
)
def test_keys_of_the_table_are_keys(key: str) -> None:
    assert is_key(key, leaders(ACTIONS))


@pytest.mark.parametrize(
    "key", ["", "Ctrl+", "Hyper+X", "ctrl+k", "Ctrl+K X", "; Ctrl+X", "; F G", "; ", "é", "Ctrl"]
)
def test_what_is_no_key_is_none(key: str) -> None:
    assert not is_key(key, leaders(ACTIONS))


def test_an_own_key_takes_the_place_of_the_shipped_ones() -> None:
    table = {spec.id: spec for spec in rebound(ACTIONS, {"faster": ["F5"]})}
    assert table["faster"].keys == ("F5",)
    assert table["slower"].keys == by_id("slower").keys


def test_two_actions_may_exchange_their_keys() -> None:
    table = {spec.id: spec for spec in rebound(ACTIONS, {"faster": ["["], "slower": ["]"]})}
    assert (table["faster"].keys, table["slower"].keys) == (("[",), ("]",))


def test_everything_wrong_is_named_and_nothing_taken() -> None:
    with pytest.raises(ConfigError) as refusal:
        rebound(ACTIONS, {"warp": ["F5"], "faster": ["Hyper+X"], "slower": ["F1"], "step_out": ["F4"]})
    assert str(refusal.value) == (
        "no action 'warp'; 'Hyper+X' is no key (Faster); One level out: Esc leads out of everything, always; "
        "F1 is Slower and Every key"
    )


def test_a_long_list_of_mistakes_is_cut_and_counted() -> None:
    with pytest.raises(ConfigError, match=r"no action 'x3'; 3 more$"):
        rebound(ACTIONS, {f"x{number}": ["F5"] for number in range(7)})


def test_a_held_key_names_its_holder() -> None:
    assert holder_of(ACTIONS, "F3", "faster") == "F3 belongs to “Gamma exposure on the chart”"
    assert holder_of(ACTIONS, "Q", "faster") == "Q belongs to “Search a symbol”"
    assert holder_of(ACTIONS, "Ctrl+G", "faster").startswith("Ctrl+G begins “Link group 1”")
    assert holder_of(ACTIONS, "F5", "faster") == ""
    assert holder_of(ACTIONS, "]", "faster") == "", "its own"
    letters = [replace(by_id("help"), keys=(";",))]
    assert holder_of(letters, "; F", "pane.float") == "; belongs to “Every key”"


def test_only_what_was_changed_is_kept_and_comes_back(tmp_path: Path) -> None:
    told: list[str] = []
    store = KeyStore(tmp_path / "config" / "keys.json", told.append)
    assert store.load(ACTIONS) == ACTIONS
    table = rebound(ACTIONS, {"faster": ["F5", "Ctrl+Up"], "prices.in": []})
    assert store.save(ACTIONS, table)
    kept = json.loads((tmp_path / "config" / "keys.json").read_text())
    assert kept == {"cockpit keys": 1, "keys": {"faster": ["F5", "Ctrl+Up"], "prices.in": []}}
    again = KeyStore(tmp_path / "config" / "keys.json", told.append).load(ACTIONS)
    assert changed(ACTIONS, again) == kept["keys"]
    assert told == []


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"keys": {}}', '{"cockpit keys": 9, "keys": {}}', '{"cockpit keys": 1}', "\x00",
     '{"cockpit keys": 1, "keys": {"faster": "F5"}}', '{"cockpit keys": 1, "keys": {"faster": ["Ctrl+K"]}}'],
)  # fmt: skip
def test_a_damaged_file_is_set_aside_and_told(tmp_path: Path, text: str) -> None:
    told: list[str] = []
    file = tmp_path / "keys.json"
    file.write_text(text)
    assert KeyStore(file, told.append).load(ACTIONS) == ACTIONS
    assert not file.exists()
    assert (tmp_path / "keys.json.bad").read_text() == text
    assert len(told) == 1
    assert "set aside as keys.json.bad" in told[0]


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "file").write_text("in the way")
    store = KeyStore(tmp_path / "file" / "keys.json", told.append)
    assert not store.save(ACTIONS, ACTIONS)
    assert "cannot be written" in told[0]


def test_exported_keys_are_all_keys_and_come_in_again(tmp_path: Path) -> None:
    own = rebound(ACTIONS, {"faster": ["F5"]})
    assert write_keys(tmp_path / "mine.json", own) == ("info", "Keys exported", str(tmp_path / "mine.json"))
    assert set(read((tmp_path / "mine.json").read_text())) == {spec.id for spec in ACTIONS}
    taken: list[object] = []

    def take(table: object) -> bool:
        taken.append(table)
        return True

    notice = read_keys(tmp_path / "mine.json", ACTIONS, take)
    assert notice == ("info", "Keys imported", "1 differ from the shipped ones")
    assert [spec.keys for spec in taken[0]] == [spec.keys for spec in own]  # pyright: ignore


def test_a_file_with_one_mistake_is_refused_whole(tmp_path: Path) -> None:
    (tmp_path / "theirs.json").write_text(written({"faster": ["F5"], "slower": ["Ctrl+K"]}))
    taken: list[object] = []
    severity, title, text = read_keys(tmp_path / "theirs.json", ACTIONS, lambda table: bool(taken.append(table)))
    assert (severity, title) == ("watch", "Keys not imported")
    assert text == "theirs.json: Ctrl+K is Search actions, symbols, recordings and Slower"
    assert taken == []
    assert "cannot be read" in read_keys(tmp_path / "nothing.json", ACTIONS, bool)[2]
