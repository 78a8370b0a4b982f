"""Times of day of New York, in ns, as instants."""

from typing import Final

import numpy as np

from cockpit.feeds.files.columns import MISSING
from cockpit.feeds.files.local_time import to_utc
from cockpit.instants import NEW_YORK
from cockpit.units import NS_PER_DAY, Times

_LONGEST: Final = 2 * NS_PER_DAY  # a session may run past midnight; beyond, it is no time of day


def since_midnight(of_day_ns: Times, day: int) -> Times:
    """Instants of ns after the midnight of New York that begins ``day``, int64 (n,); MISSING where it is none.

    Daylight saving changes at night: the offset of noon holds for the session.
    """
    noon = np.array([day * NS_PER_DAY + NS_PER_DAY // 2], np.int64)
    begin = int(to_utc(noon, NEW_YORK)[0]) - NS_PER_DAY // 2
    good = (of_day_ns >= 0) & (of_day_ns < _LONGEST)
    return np.where(good, begin + np.where(good, of_day_ns, 0), MISSING)
