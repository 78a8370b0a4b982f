"""The venue's messages: what they say, and that nothing but a message or a ParseError comes out of any bytes."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.errors import ParseError
from cockpit.feeds.binance.decimals import Grid, nano_of
from cockpit.feeds.binance.instruments import MarketKind, instrument_of, make_instrument, parse_listings
from cockpit.feeds.binance.levels import Grids
from cockpit.feeds.binance.parse import Answer, Diff, Mark, Other, Snapshot, Ticker, Trade, parse
from cockpit.feeds.binance.rows import RowBuilder
from cockpit.instruments import Instrument
from tests.feeds.binance import messages
from tests.feeds.files.reading import mutated

BTC = make_instrument(MarketKind.USDM, "BTCUSDT", 100_000_000, 1_000_000, "definition")
EVENTS = {
    "depth@100ms": messages.diff(11, 14, 9, [("61250.10", "3.412"), ("61248.00", "0")], [("61250.20", "1.005")]),
    "aggTrade": messages.trade(),
    "bookTicker": messages.ticker(14, "61250.10", "61250.20"),
    "markPrice@1s": messages.mark(),
}
WORTHLESS = [b"", b"null", b"5", b"{}", b"[]", b"<html><body>502 Bad Gateway</body></html>", b"[" * 100_000,
             b"\xff\xfe", b'{"e":"\xff"}', b'{"stream":5}', b'{"stream":"btcusdt@depth","data":{}}',
             b'{"e":"trade"}',
             b'{"lastUpdateId":"x","bids":[],"asks":[]}', b'{"lastUpdateId":1,"bids":[["1"]],"asks":[]}',
             messages.diff(15, 14, 9), messages.diff(11, 14, 99), messages.diff(1, 2**70, 0),
             messages.diff(1, 2, 0, symbol="btc usdt"), messages.diff(1, 2, 0, sent=-1),
             messages.framed("btcusdt@depth@100ms", messages.trade())]  # fmt: skip


def test_each_event_is_the_same_bare_and_wrapped() -> None:
    kinds = {"depth@100ms": Diff, "aggTrade": Trade, "bookTicker": Ticker, "markPrice@1s": Mark}
    for stream, event in EVENTS.items():
        bare, wrapped = parse(event), parse(messages.framed(f"btcusdt@{stream}", event))
        assert bare == wrapped
        assert isinstance(bare, kinds[stream])


def test_a_change_keeps_its_ids_and_times() -> None:
    found = parse(EVENTS["depth@100ms"])
    assert isinstance(found, Diff)
    assert (found.first_id, found.final_id, found.previous_id) == (11, 14, 9)
    assert (found.sent_ms, found.matched_ms) == (1_760_000_000_123, 1_760_000_000_119)
    assert found.bids == [("61250.10", "3.412"), ("61248.00", "0")]


def test_spot_says_less_and_is_understood() -> None:
    change = parse(messages.diff(5, 7, None))
    assert isinstance(change, Diff)
    assert (change.previous_id, change.matched_ms) == (-1, None)
    quote = parse(b'{"u":7,"s":"BTCUSDT","b":"1.00","B":"2","a":"1.01","A":"3"}')
    assert isinstance(quote, Ticker)
    assert (quote.update_id, quote.sent_ms) == (7, None)
    book = parse(b'{"lastUpdateId":7,"bids":[["1.00","2"]],"asks":[]}')
    assert isinstance(book, Snapshot)
    assert (book.last_id, book.sent_ms) == (7, None)


def test_answers_and_unknown_kinds_are_told_apart_from_events() -> None:
    assert parse(b'{"result":null,"id":1}') == Answer(1)
    refused = parse(b'{"error":{"code":2,"msg":"Invalid request"},"id":3}')
    assert isinstance(refused, Answer)
    assert (refused.request_id, refused.error) == (3, "code 2: Invalid request")
    body = parse(b'{"code":-1003,"msg":"Too many requests"}')
    assert isinstance(body, Answer)
    assert "Too many requests" in body.error
    assert parse(b'{"e":"serverShutdown","E":1}') == Other("serverShutdown")
    assert parse(b'{"stream":"btcusdt@kline_1m","data":{"e":"kline","k":{}}}') == Other("kline")


def test_unknown_keys_are_ignored() -> None:
    assert parse(messages.trade(st=1, ps="BTCUSD", whatever=[1, {"a": 2}])) == parse(messages.trade())


@pytest.mark.parametrize("payload", WORTHLESS, ids=lambda each: repr(each[:30]))
def test_what_is_no_message_is_refused_in_one_line(payload: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        parse(payload)
    assert "\n" not in str(caught.value)


def consumed(payload: bytes) -> None:
    """Take a text as far as rows; ParseError is the only error there may be."""
    grids, builder = Grids(BTC), RowBuilder()
    try:
        message = parse(payload)
        if isinstance(message, Diff):
            grids.change(message, 1)
        elif isinstance(message, Snapshot):
            grids.start(message, 1)
        elif isinstance(message, Trade):
            builder.trade(0, grids, message, 1)
        elif isinstance(message, Ticker):
            builder.quote(0, grids, message, 1)
        elif isinstance(message, Mark):
            builder.mark(0, message, 1)
    except ParseError:
        pass
    builder.take()


@pytest.mark.parametrize("seed", range(40))
def test_spoilt_messages_give_rows_or_a_parse_error(seed: int) -> None:
    rng = random.Random(seed)
    texts = [*EVENTS.values(), messages.snapshot(9, [("1.0", "2")], [("1.1", "3")])]
    texts += [messages.framed(f"btcusdt@{stream}", event) for stream, event in EVENTS.items()]
    for _ in range(200):
        text = rng.choice(texts).decode()
        consumed(mutated(text, rng, b'0123456789-+eE.,:{}[]" \xffnaN\0', (1, 2, 5, 20), 3, b"{"))


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_rows_or_a_parse_error(payload: bytes) -> None:
    consumed(payload)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(EVENTS)), st.data())
@settings(max_examples=300, deadline=None)
def test_any_value_in_any_field_gives_rows_or_a_parse_error(stream: str, data: st.DataObject) -> None:
    import json

    body = json.loads(EVENTS[stream])
    body[data.draw(st.sampled_from(sorted(body)))] = data.draw(JSON)
    consumed(json.dumps(body).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("text", ["-1", "+1", "NaN", "inf", "Infinity", "1e3", "", ".5", "1.", "1_000", " 1", "1 ",
                                  "٣", "1,5", "0x10", "1.0000000001", "1" * 13])  # fmt: skip
def test_what_is_no_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        nano_of(text)


@given(st.integers(0, 10**12 - 1), st.integers(0, 10**9 - 1), st.integers(0, 6))
def test_decimals_are_exact(whole: int, part: int, zeros: int) -> None:
    assert nano_of(f"{whole}.{part:09d}{'0' * zeros}") == whole * 10**9 + part


def test_a_grid_refuses_what_lies_between_its_steps_and_forgets_nothing_it_needs() -> None:
    grid = Grid(100_000_000, "price")
    assert (grid["61250.20"], grid["61250.2"], grid["61250.20"]) == (612_502, 612_502, 612_502)
    with pytest.raises(ParseError, match=r"price 61250\.25 is not a multiple of 0\.1"):
        grid["61250.25"]
    for number in range(70_000):
        assert grid[f"{number}.1"] == 10 * number + 1
    assert len(grid) <= 1 << 16


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (messages.diff(1, 2, 0, [("1.05", "1")]), "price 1.05 is not a multiple"),
        (messages.diff(1, 2, 0, [("1.0", "0.0005")]), "size 0.0005 is not a multiple"),
        (messages.diff(1, 2, 0, [("-1.0", "1")]), "not a plain decimal number"),
        (messages.diff(1, 2, 0, [("1.0", "NaN")]), "not a plain decimal number"),
        (messages.diff(1, 2, 0, [("0.0", "1")]), "a level at price 0"),
        (messages.diff(1, 2, 0, [("1.2", "1")], [("1.2", "1")]), "crossed in one message"),
        (messages.snapshot(1, [("1.3", "1")], [("1.2", "1")]), "crossed in one message"),
    ],
)
def test_unusable_levels_are_named(payload: bytes, said: str) -> None:
    message, grids = parse(payload), Grids(BTC)
    with pytest.raises(ParseError, match=said):
        grids.change(message, 1) if isinstance(message, Diff) else grids.start(message, 1)  # type: ignore[arg-type]


def test_removed_levels_do_not_cross_a_message() -> None:
    message = parse(messages.diff(1, 2, 0, [("1.3", "0"), ("1.1", "2")], [("1.2", "1"), ("1.0", "0.000")]))
    assert isinstance(message, Diff)
    change = Grids(BTC).change(message, 1)
    assert (change.prices, change.sizes, change.bids) == ((13, 11, 12, 10), (0, 2000, 1000, 0), 2)


def test_tick_and_lot_come_from_the_filters() -> None:
    body = messages.listings(messages.listing(), messages.listing("ETHUSDT", "0.01", "0.001"), {"symbol": 5})
    found = parse_listings(body)
    assert found.server_ms == 1_760_000_000_000
    assert [instrument_of(MarketKind.USDM, each) for each in found.by_symbol.values()] == [
        Instrument("BTCUSDT-PERP.BINANCE", "BTCUSDT", "BTCUSDT perpetual", 100_000_000, 1, kind="crypto",
                   origin="definition", lot_nano=1_000_000),
        Instrument("ETHUSDT-PERP.BINANCE", "ETHUSDT", "ETHUSDT perpetual", 10_000_000, 2, kind="crypto",
                   origin="definition", lot_nano=1_000_000),
    ]  # fmt: skip


def test_names_follow_the_market() -> None:
    names = [
        (MarketKind.USDM, "BTCUSDT", "BTCUSDT-PERP.BINANCE"),
        (MarketKind.USDM, "BTCUSDT_240927", "BTCUSDT_240927.BINANCE"),
        (MarketKind.SPOT, "BTCUSDT", "BTCUSDT.BINANCE"),
        (MarketKind.COINM, "BTCUSD_PERP", "BTCUSD-PERP.BINANCECOIN"),
        (MarketKind.COINM, "ETHUSD_210924", "ETHUSD_210924.BINANCECOIN"),
    ]
    for market, raw, symbol in names:
        assert make_instrument(market, raw, 1, 1, "inferred").symbol == symbol


def test_the_list_is_searched_by_what_symbols_begin_with_first() -> None:
    names = ["BTCUSDT", "WBTCUSDT", "BTCDOMUSDT", "ETHBTC"]
    gone = messages.listing("BTCOLD", status="SETTLING")
    found = parse_listings(messages.listings(*map(messages.listing, names), gone))
    assert [each.raw for each in found.search("btc")] == ["BTCUSDT", "BTCDOMUSDT", "ETHBTC", "WBTCUSDT"]


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b'{"symbols":[]}', b'{"symbols":[5]}', b"\xff"])
def test_a_list_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse_listings(body)


def test_a_listing_without_steps_makes_no_instrument() -> None:
    found = parse_listings(messages.listings(messages.listing("A", "0"), messages.listing("B", filters=[])))
    for each in found.by_symbol.values():
        with pytest.raises(ParseError, match="no price or size step"):
            instrument_of(MarketKind.USDM, each)
