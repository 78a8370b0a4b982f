"""Where texts stand along one axis so that none touches another and their order stays. Pure; logical pixels."""

from collections.abc import Sequence


def spread(wanted: Sequence[float], height: float, low: float, high: float) -> list[float] | None:
    """Middles nearest to ``wanted`` (ascending) of boxes ``height`` high, in the same order, between two ends.

    Boxes that would touch become a stack about the mean of what they want, as often as stacks meet.

    Returns:
        None when they do not all fit.
    """
    if len(wanted) * height > high - low:
        return None
    stacks: list[tuple[float, int]] = []  # middle of a stack and how many boxes it holds
    for place in wanted:
        stacks.append((_inside(place, height, low, high), 1))
        while len(stacks) > 1 and _top(stacks[-1], height) < _base(stacks[-2], height):
            middle, number = stacks.pop()
            before, count = stacks.pop()
            together = (before * count + middle * number) / (count + number)
            stacks.append((_inside(together, height * (count + number), low, high), count + number))
    return [
        middle + (place - (count - 1) / 2) * height
        for middle, count in stacks
        for place in range(count)
    ]  # fmt: skip


def _inside(middle: float, size: float, low: float, high: float) -> float:
    return min(max(middle, low + size / 2), high - size / 2)


def _top(stack: tuple[float, int], height: float) -> float:
    return stack[0] - stack[1] * height / 2


def _base(stack: tuple[float, int], height: float) -> float:
    return stack[0] + stack[1] * height / 2


def settled(wanted: Sequence[float], height: float, low: float, high: float, most: float) -> dict[int, float]:
    """Middles by place in ``wanted``, whose order is that of importance: who cannot stand near enough is left out.

    Args:
        most: How far a box may be moved.
    """
    for count in range(len(wanted), 0, -1):
        order = sorted(range(count), key=lambda place: (wanted[place], place))
        middles = spread([wanted[place] for place in order], height, low, high)
        clamped = [_inside(wanted[place], height, low, high) for place in order]
        if middles is not None and all(abs(a - b) <= most for a, b in zip(middles, clamped, strict=True)):
            return dict(zip(order, middles, strict=True))
    return {}
