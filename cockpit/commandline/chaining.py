"""`cockpit chain SOURCE`: an option chain's gamma exposure, its walls, flips and buckets, and its own VIX."""

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cockpit.commandline.output import Output
from cockpit.errors import ConfigError
from cockpit.events.dtypes import GapReason, Kind
from cockpit.events.market import by_instrument, whole_snapshots
from cockpit.feeds.files.sniff import open_source
from cockpit.feeds.source import CHAIN, Source
from cockpit.instants import eastern, iso_utc, parse_instant
from cockpit.instruments import Instrument
from cockpit.units import Rows

if TYPE_CHECKING:
    from cockpit.engines.options.chain import Chain
    from cockpit.engines.options.gex import Gex
    from cockpit.engines.options.vix_index import ChainVix, Term

TAPE: Final = "tape"  # format of tapes, which hold anything
MODEL_NAMES: Final = {
    "calls_minus_puts": "calls plus, puts minus",
    "flow": "signed option flow",
    "skew_adjusted": "signed by the skew",
    "short_all": "dealers short of everything",
}
OTHER_FLIPS: Final = 4  # listed beside the nearest


def run(arguments: Namespace) -> int:
    """Value one chain; 1 when contracts of the source were refused or it ends in the middle."""
    from cockpit.engines.options.chain import solve_chain  # noqa: PLC0415  numba only when it is needed
    from cockpit.engines.options.gex import exposure  # noqa: PLC0415
    from cockpit.engines.options.vix_index import chain_vix  # noqa: PLC0415

    out = Output(arguments.json)
    source = open_source(arguments.source)
    as_of = None if arguments.as_of is None else parse_instant(arguments.as_of)
    found = Snapshots(source, as_of).read(out)
    root = found.underlying.root
    chain = solve_chain(
        found.rows,
        root=root,
        as_of_ns=as_of,
        spot=arguments.spot,
        rate=arguments.rate,
        greeks=arguments.greeks,
    )
    gex = exposure(chain, arguments.sign)
    vix = chain_vix(found.rows, chain.as_of_ns, arguments.rate) if arguments.vix else None
    refused: Mapping[str, int] = getattr(source, "dropped", {})
    dropped = Counter(chain.dropped)
    dropped.update(refused)
    notes = [f"VIX of the chain: {vix.note}"] if vix is not None and vix.note else []
    warnings = [*source.warnings, *found.warnings, *chain.warnings, *notes]
    _say(out, chain, gex, vix, dropped)
    for warning in warnings:
        out.warn(warning)
    out.write(
        {
            "command": "chain",
            "root": root,
            "spot": chain.spot,
            "as_of": iso_utc(chain.as_of_ns),
            "contracts": chain.listed,
            "expiries": chain.expiries,
            "dropped": dropped,
            "warnings": warnings,
            "gex": gex_document(gex),
            "vix": None if vix is None or vix.value is None else vix_document(vix),
        }
    )
    return 1 if sum(refused.values()) or found.is_torn else 0


# which snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The snapshot to value.

    Attributes:
        underlying: What its contracts are about.
        rows: CHAIN (n,).
        warnings: What was passed over to get to it.
        is_torn: Whether the source ends in the middle.
    """

    underlying: Instrument
    rows: Rows
    warnings: tuple[str, ...]
    is_torn: bool


class Snapshots:
    """Finds the snapshot to value in a source: the last one at or before an instant, else the last of all.

    Where the only snapshot is later than that instant, it is taken and a warning says so: its file may be dated
    wrongly.

    Args:
        source: Any source; its other events are passed over.
        as_of_ns: The instant; None: the end.
    """

    def __init__(self, source: Source, as_of_ns: int | None) -> None:
        self._source = source
        self._as_of = as_of_ns
        self._parts: dict[int, tuple[Rows, ...]] = {}  # instrument -> rows of the snapshot under way
        self._best: dict[int, Rows] = {}
        self._count: dict[int, int] = {}
        self._later: dict[int, Rows] = {}  # the first one after the instant

    def read(self, out: Output) -> Found:
        """Read the source to its end.

        Raises:
            ConfigError: It holds no option chain, or none as early as that and several later.
        """
        info = self._source.info
        if info.schema != CHAIN and info.format != TAPE:  # said before gigabytes are read in vain
            raise ConfigError(f"{info.path}: no option chain ({info.format} {info.schema})")
        is_torn = False
        seen = 0
        for chunk in self._source.chunks():
            for batch in chunk.batches:
                is_torn |= batch.kind is Kind.GAP and bool((batch.rows["reason"] == GapReason.TRUNCATED).any())
                for instrument, rows in by_instrument(batch.rows) if batch.kind is Kind.CHAIN else ():
                    self._take(instrument, rows)
            seen += chunk.events
            out.progress(f"{seen:,} events read")
        return self._chosen(is_torn)

    def _take(self, instrument: int, rows: Rows) -> None:
        whole, rest = whole_snapshots(rows, self._parts.pop(instrument, ()))
        for snapshot in whole:
            self._file(instrument, snapshot)
        if rest:
            self._parts[instrument] = rest

    def _file(self, instrument: int, rows: Rows) -> None:
        self._count[instrument] = self._count.get(instrument, 0) + 1
        if self._as_of is None or int(rows["clock_ns"][-1]) <= self._as_of:
            self._best[instrument] = rows
        else:
            self._later.setdefault(instrument, rows)

    def _chosen(self, is_torn: bool) -> Found:
        known = self._best or (self._later if sum(self._count.values()) == 1 else {})
        if not known:
            raise ConfigError(f"{self._source.info.path}: {self._lack()}")
        at = max(known, key=lambda each: len(known[each]))
        underlying = self._source.info.instruments[at]
        return Found(underlying, known[at], tuple(self._doubts(at, known[at])), is_torn or bool(self._parts))

    def _lack(self) -> str:
        if self._later:
            first = min(int(rows["clock_ns"][0]) for rows in self._later.values())
            return f"its first option chain is of {iso_utc(first)}, later than --as-of"
        return "its only option chain is cut off before its end" if self._parts else "no option chain in it"

    def _doubts(self, at: int, rows: Rows) -> Iterator[str]:
        names = [each.symbol for each in self._source.info.instruments]
        others = sorted(names[each] for each in self._count if each != at)
        if others:
            yield f"chains of {', '.join(others)} are there too; this is the largest, {names[at]}"
        if self._count[at] > 1:
            yield f"{self._count[at]:,} chains of {names[at]}; this is the last one that counts"
        clock = int(rows["clock_ns"][-1])
        if self._as_of is not None and clock > self._as_of:
            yield f"the chain is of {iso_utc(clock)}, later than --as-of, and valued as if it were not"
        if self._parts:
            yield "the last chain is cut off before its end and not used"


# documents


def gex_document(gex: "Gex") -> dict[str, Any]:
    """The ``gex`` of ``contracts.md`` 3; USD per 1 %, rows of strike, call, put."""
    columns = zip(gex.strikes.tolist(), gex.calls.tolist(), gex.puts.tolist(), strict=True)
    return {
        "unit": "usd_per_1pct",
        "sign": gex.sign,
        "total": gex.total,
        "call": gex.call,
        "put": gex.put,
        "flips": list(gex.flips),
        "call_wall": gex.call_wall,
        "put_wall": gex.put_wall,
        "abs_strike": gex.abs_strike,
        "by_strike": [list(row) for row in columns],
        "by_expiry_bucket": gex.by_bucket,
    }


def vix_document(vix: "ChainVix") -> dict[str, Any]:
    """The ``vix`` of the command: the value and its two terms."""
    return {"value": vix.value, "near": _term_document(vix.near), "next": _term_document(vix.next)}


def _term_document(term: "Term | None") -> dict[str, Any] | None:
    if term is None:
        return None
    return {
        "expiry": iso_utc(term.expiry_ns),
        "forward": term.forward,
        "k0": term.k0,
        "sigma2": term.sigma2,
        "strikes": term.strikes,
    }


# for people


def _say(out: Output, chain: "Chain", gex: "Gex", vix: "ChainVix | None", dropped: Mapping[str, int]) -> None:
    at = eastern(chain.as_of_ns)
    greeks = "own greeks" if chain.greeks == "own" else "the file's greeks"
    out.say(f"{chain.root}  {at:%Y-%m-%d %H:%M:%S} New York  spot {chain.spot:,.2f}")
    out.say(f"  basis      {MODEL_NAMES[gex.sign]}; {greeks}; rate {chain.rate:.2%}; open interest as published")
    out.say(f"  contracts  {chain.listed:,} of {chain.expiries} expiries; {len(chain):,} count{_origins(chain)}")
    reasons = ", ".join(
        f"{count:,} {reason}" for reason, count in sorted(dropped.items(), key=lambda each: -each[1])
    )
    out.say(f"  dropped    {reasons or 'none'}")
    unit, name = _unit(max(abs(gex.call), abs(gex.put)))
    out.say(
        f"  gamma      {gex.total / unit:+,.2f} {name} USD per 1 %: "
        f"calls {gex.call / unit:+,.2f}, puts {gex.put / unit:+,.2f}"
    )
    out.say(
        f"  walls      calls {_strike(gex.call_wall)}, puts {_strike(gex.put_wall)}, both {_strike(gex.abs_strike)}"
    )
    out.say(f"  flip       {_flips(gex)}")
    buckets = ", ".join(f"{bucket}: {value / unit:+,.2f}" for bucket, value in gex.by_bucket.items())
    out.say(f"  by days    {buckets} {name}")
    if vix is not None:
        out.say(f"  VIX        {_vix(vix)}")


def _origins(chain: "Chain") -> str:
    own = int(np.count_nonzero(chain.is_own_iv))
    if chain.greeks != "own":
        return ""
    return f": {own:,} by the volatility of their mid, {len(chain) - own:,} by the file's"


def _unit(largest: float) -> tuple[float, str]:
    return (1e9, "bn") if largest >= 1e9 else (1e6, "m")


def _strike(strike: float | None) -> str:
    return "–" if strike is None else f"{strike:,g}"


def _flips(gex: "Gex") -> str:
    if not gex.flips:
        return "none within 10 % of the spot"
    nearest, *others = gex.flips
    text = f"{nearest:,.2f} ({nearest / gex.spot - 1:+.2%} from the spot)"
    if others:
        more = ", ".join(f"{each:,.2f}" for each in others[:OTHER_FLIPS])
        text += f"; also {more}" + (f" and {len(others) - OTHER_FLIPS} more" if len(others) > OTHER_FLIPS else "")
    return text


def _vix(vix: "ChainVix") -> str:
    if vix.value is None or vix.near is None or vix.next is None:
        return f"– ({vix.note})"
    terms = ", ".join(
        f"{name} {eastern(term.expiry_ns):%Y-%m-%d} forward {term.forward:,.2f} K0 {term.k0:,g} "
        f"variance {term.sigma2:.6f} of {term.strikes} strikes"
        for name, term in (("near", vix.near), ("next", vix.next))
    )
    return f"{vix.value:.2f} ({terms})"
