"""A plot of cost against work, both in powers of ten, as SVG that needs nothing to be looked at."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT, TOP = 720, 440, 70, 50, 130, 20
COLOURS = ("#0b6e99", "#c4552d", "#3f7d3a", "#7a4fa3", "#8a6d1c")


def svg(lines: Mapping[str, Sequence[tuple[int, float]]], across: str, up: str) -> str:
    """Lines by name, each of (how much, seconds)."""
    points = [(x, max(y, 1e-6)) for line in lines.values() for x, y in line]
    lowest = math.floor(math.log10(min(y for _, y in points)))
    highest = math.ceil(math.log10(max(y for _, y in points)))
    most = math.ceil(math.log10(max(x for x, _ in points)) or 1)

    def place(x: float, y: float) -> tuple[float, float]:
        along = math.log10(x) / most
        over = (math.log10(max(y, 1e-6)) - lowest) / ((highest - lowest) or 1)
        return LEFT + along * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - over * (HEIGHT - BOTTOM - TOP)

    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        "<style>text { font-size: 12px }</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for power in range(most + 1):
        x, _ = place(10**power, 1)
        rows.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        rows.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{10**power:,}</text>')
    for power in range(lowest, highest + 1):
        _, y = place(1, 10.0**power)
        rows.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        rows.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for (name, line), colour in zip(lines.items(), COLOURS * len(lines), strict=False):
        dots = [place(x, y) for x, y in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
        rows.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        rows += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in dots]
        if dots:
            rows.append(f'<text x="{dots[-1][0] + 8:.1f}" y="{dots[-1][1] + 4:.1f}" fill="{colour}">{name}</text>')
    rows.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{across}</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    rows.append(f'<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">{up}</text>')
    return "\n".join([*rows, "</svg>"]) + "\n"
