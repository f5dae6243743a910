"""Lines over logarithmic axes, as SVG: readable on a light page and on a dark one."""

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
    .reference { fill: none; stroke: #818b98; stroke-width: 1.5; stroke-dasharray: 4 4 }
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
    # Both axes are logarithmic then, and a dashed line shows growth in proportion, to where the first series ends.
    is_proportional: bool = False


def steps(most):
    """Round numbers from 0 to what holds `most`: three to six of them."""
    size = 10 ** math.floor(math.log10(most))
    step = next(size * part for part in (0.2, 0.5, 1, 2) if most / (size * part) <= 5)
    return [step * number for number in range(math.ceil(most / step) + 1)]


def decades(least, most):
    """Powers of ten around both."""
    first, last = math.floor(math.log10(least)), math.ceil(math.log10(most))
    return [10.0 ** power for power in range(first, max(last, first + 1) + 1)]


def number(value):
    return f"{value:,.0f}" if value == round(value) else f"{value:g}"


class Scale:
    """Where a panel's values are."""

    def __init__(self, panel):
        spreads = [spread for series in panel.series for spread in series.points.values()]
        self.places = sorted({x for series in panel.series for x in series.points})
        self.is_logarithmic = panel.is_proportional
        most = max(spread.most for spread in spreads)
        self.ticks = decades(min(spread.least for spread in spreads), most) if self.is_logarithmic else steps(most)

    def across(self, x):
        low, high = math.log10(self.places[0]), math.log10(self.places[-1])
        return round(LEFT + (math.log10(x) - low) / (high - low) * (WIDTH - LEFT - RIGHT), 1)

    def up(self, y):
        low, high = self.ticks[0], self.ticks[-1]
        part = math.log10(y / low) / math.log10(high / low) if self.is_logarithmic else y / high
        return round(HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP), 1)


def axes(panel, scale):
    left, right, bottom = LEFT, WIDTH - RIGHT, HEIGHT - BOTTOM
    yield f'<text class="title" x="8" y="20">{escape(panel.title)}</text>'
    yield f'<text class="axis" x="8" y="40">{escape(panel.unit)}</text>'
    yield f'<text class="axis" x="{(left + right) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(panel.x_axis)}</text>'
    for tick in scale.ticks:
        y = scale.up(tick)
        yield f'<line class="grid" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
        yield f'<text class="axis" x="{left - 8}" y="{y + 4}" text-anchor="end">{number(tick)}</text>'
    for x in scale.places:
        if math.log10(x) == round(math.log10(x)) or x == scale.places[-1]:
            yield f'<text class="axis" x="{scale.across(x)}" y="{bottom + 18}" text-anchor="middle">{x:,}</text>'


def proportion(panel, scale):
    """From the lower edge to the end of the first series."""
    x, spread = max(panel.series[0].points.items())
    first = max(scale.places[0], x * scale.ticks[0] / spread.median)
    ends = [(scale.across(at), scale.up(spread.median * at / x)) for at in (first, x)]
    yield f'<polyline class="reference" points="{" ".join(f"{at},{y}" for at, y in ends)}"/>'
    at, y = ((ends[0][place] + ends[1][place]) / 2 for place in (0, 1))
    yield f'<text class="axis" x="{at + 8:.1f}" y="{y + 16:.1f}">in proportion</text>'


def lines(series, scale):
    points = [(scale.across(x), spread) for x, spread in sorted(series.points.items())]
    for x, spread in points:
        if spread.least < spread.most:
            yield f'<line class="range" x1="{x}" x2="{x}" y1="{scale.up(spread.least)}" y2="{scale.up(spread.most)}"/>'
    yield f'<polyline class="line" points="{" ".join(f"{x},{scale.up(spread.median)}" for x, spread in points)}"/>'
    for x, spread in points:
        yield f'<circle class="dot" cx="{x}" cy="{scale.up(spread.median)}" r="3.5"/>'
    x, spread = points[-1]
    yield f'<text class="name" x="{x}" y="{scale.up(spread.most) - 10}" text-anchor="end">{escape(series.name)}</text>'


def drawn(panel):
    """The elements of a panel."""
    scale = Scale(panel)
    yield from axes(panel, scale)
    if panel.is_proportional:
        yield from proportion(panel, scale)
    for series, colour in zip(panel.series, COLOURS):
        yield f'<g class="{colour}">'
        yield from lines(series, scale)
        yield "</g>"


def svg(panels):
    """Two side by side, and more below them."""
    width, height = 2 * WIDTH, HEIGHT * math.ceil(len(panels) / 2)
    elements = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
                f"<style>{STYLE}</style>"]
    for place, panel in enumerate(panels):
        elements += [f'<g transform="translate({place % 2 * WIDTH} {place // 2 * HEIGHT})">', *drawn(panel), "</g>"]
    return "\n".join([*elements, "</svg>", ""])
