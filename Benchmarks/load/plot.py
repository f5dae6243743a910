"""Lines over a logarithmic axis, as SVG: readable on a light page and on a dark one."""

import dataclasses
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 440, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 32, 62, 48
STYLE = """
    text { font: 12px system-ui, sans-serif; fill: #1f2328 }
    .title { font-weight: 600; font-size: 14px }
    .axis { fill: #59636e }
    .grid { stroke: #d1d9e0; stroke-width: 1 }
    .first { --colour: #0969da }
    .second { --colour: #bc4c00 }
    .line { fill: none; stroke: var(--colour); stroke-width: 2; stroke-linejoin: round }
    .dot, .name { fill: var(--colour) }
    .range { stroke: var(--colour); stroke-width: 1.5; opacity: .5 }
    @media (prefers-color-scheme: dark) {
        text { fill: #f0f6fc }
        .axis { fill: #9198a1 }
        .grid { stroke: #3d444d }
        .first { --colour: #4493f8 }
        .second { --colour: #f0883e }
    }
"""
COLOURS = ["first", "second"]


@dataclasses.dataclass(frozen=True)
class Series:
    name: str
    points: dict            # of x: the spread of its rounds


@dataclasses.dataclass(frozen=True)
class Panel:
    title: str
    unit: str
    x_axis: str
    series: tuple


def steps(most):
    """Round numbers from 0 to what holds `most`: three to six of them."""
    size = 10 ** math.floor(math.log10(most))
    step = next(size * part for part in (0.2, 0.5, 1, 2) if most / (size * part) <= 5)
    return [step * number for number in range(math.ceil(most / step) + 1)]


def number(value):
    return f"{value:,.0f}" if value == round(value) else f"{value:g}"


def drawn(panel):
    """The elements of a panel."""
    x0, x1, y0, y1 = LEFT, WIDTH - RIGHT, HEIGHT - BOTTOM, TOP
    places = sorted({x for series in panel.series for x in series.points})
    ticks = steps(max(spread.most for series in panel.series for spread in series.points.values()))
    low, high = math.log10(places[0]), math.log10(places[-1])

    def across(x):
        return round(x0 + (math.log10(x) - low) / (high - low) * (x1 - x0), 1)

    def up(y):
        return round(y0 - y / ticks[-1] * (y0 - y1), 1)

    yield f'<text class="title" x="8" y="20">{escape(panel.title)}</text>'
    yield f'<text class="axis" x="8" y="40">{escape(panel.unit)}</text>'
    yield f'<text class="axis" x="{(x0 + x1) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(panel.x_axis)}</text>'
    for tick in ticks:
        yield f'<line class="grid" x1="{x0}" x2="{x1}" y1="{up(tick)}" y2="{up(tick)}"/>'
        yield f'<text class="axis" x="{x0 - 8}" y="{up(tick) + 4}" text-anchor="end">{number(tick)}</text>'
    for x in places:
        if math.log10(x) == round(math.log10(x)) or x == places[-1]:
            yield f'<text class="axis" x="{across(x)}" y="{y0 + 18}" text-anchor="middle">{x:,}</text>'
    for series, colour in zip(panel.series, COLOURS):
        yield f'<g class="{colour}">'
        points = [(across(x), spread) for x, spread in sorted(series.points.items())]
        for x, spread in points:
            if spread.least < spread.most:
                yield f'<line class="range" x1="{x}" x2="{x}" y1="{up(spread.least)}" y2="{up(spread.most)}"/>'
        yield f'<polyline class="line" points="{" ".join(f"{x},{up(spread.median)}" for x, spread in points)}"/>'
        for x, spread in points:
            yield f'<circle class="dot" cx="{x}" cy="{up(spread.median)}" r="3.5"/>'
        x, spread = points[-1]
        yield f'<text class="name" x="{x}" y="{up(spread.most) - 10}" text-anchor="end">{escape(series.name)}</text>'
        yield "</g>"


def svg(panels):
    """Two side by side, and more below them."""
    width, height = 2 * WIDTH, HEIGHT * math.ceil(len(panels) / 2)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
             f"<style>{STYLE}</style>"]
    for place, panel in enumerate(panels):
        lines += [f'<g transform="translate({place % 2 * WIDTH} {place // 2 * HEIGHT})">', *drawn(panel), "</g>"]
    return "\n".join([*lines, "</svg>", ""])
