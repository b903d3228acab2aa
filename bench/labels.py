# SPDX-License-Identifier: Apache-2.0
"""Names beside points of a plot: none lies on another, on a point, or outside, and no line to a name crosses anything."""

import random

ORDERS = 24  # in which names are placed; the best result is taken
GAP = 2  # pixels between a name and what is beside it
NEAR = 16  # pixels from the point from which on a line leads to the name


def crosses(a, b, c, d):
    """Whether the segments ab and cd cross."""
    side = lambda p, q, r: (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def through(box, a, b):
    """Whether the segment ab goes through or into the box (left, right, low, high): then it crosses a diagonal, or ends in it."""
    left, right, low, high = box
    if any(left < x < right and low < y < high for x, y in (a, b)):
        return True
    return crosses(a, b, (left, low), (right, high)) or crosses(a, b, (left, high), (right, low))


def overlap(one, other):
    return one[0] < other[1] and one[1] > other[0] and one[2] < other[3] and one[3] > other[2]


def places(width, height):
    """Where a name may stand, as its box relative to the point; the nearest first."""
    box = lambda left, low: (left, left + width, low, low + height)
    yield from (box(6, -height / 2), box(-8 - width, -height / 2), box(-width / 2, 6), box(-width / 2, -6 - height))
    yield from (box(5, 3), box(5, -3 - height), box(-6 - width, 3), box(-6 - width, -3 - height))
    for distance in range(10, 130, 8):
        for across in (8, -8 - width, -width / 2, 24, -24 - width):
            yield box(across, distance)
            yield box(across, -distance - height)
        yield from (box(distance, -height / 2), box(-distance - width, -height / 2))


def leader(point, box):
    """The line from a point to the nearest place of its name's box; None where the name is near."""
    x, y = min(max(point[0], box[0]), box[1]), min(max(point[1], box[2]), box[3])
    return ((point[0], point[1]), (x, y)) if (x - point[0]) ** 2 + (y - point[1]) ** 2 > NEAR**2 else None


class Taken:
    """What is on the plot so far: boxes of points and of names, and lines."""

    def __init__(self, spots, frame):
        self.spots = [(x - 4, x + 4, y - 4, y + 4) for x, y in spots]
        self.boxes, self.lines, self.frame = [], [], frame

    def free(self, index, box, line):
        left, right, low, high = box
        wide = (left - GAP, right + GAP, low, high)
        if left < self.frame[0] or right > self.frame[1] or low < self.frame[2] or high > self.frame[3]:
            return False
        if any(overlap(wide, other) for other in self.boxes) or any(through(wide, *other) for other in self.lines):
            return False
        if any(overlap(box, spot) for number, spot in enumerate(self.spots) if number != index):
            return False
        if line is None:
            return True
        return not (any(through(other, *line) for other in self.boxes) or any(crosses(*line, *other) for other in self.lines)
                    or any(through(spot, *line) for number, spot in enumerate(self.spots) if number != index))  # fmt: skip


def arrange(spots, sizes, frame, lines=()):
    """spots and sizes: of points and of their names, pixels; frame: left, right, low, high; lines: pairs of ends that no name
    lies on. For each name its box and line, or None where no place is left."""
    best, least = None, None
    source = random.Random(1)
    order = sorted(range(len(spots)), key=lambda index: -spots[index][1])
    for _ in range(ORDERS):
        taken, found, cost = Taken(spots, frame), [None] * len(spots), 0
        taken.lines += lines
        for index in order:
            x, y = spots[index]
            for rank, (left, right, low, high) in enumerate(places(*sizes[index])):
                box = (x + left, x + right, y + low, y + high)
                line = leader(spots[index], box)
                if taken.free(index, box, line):
                    taken.boxes.append(box)
                    taken.lines += [line] if line else []
                    found[index] = (box, line)
                    cost += rank
                    break
            else:
                cost += 1000
        if least is None or cost < least:
            best, least = found, cost
        source.shuffle(order)
    return best


def place_labels(axes, points, size, corners=()):
    """points: (x, y, name, color) in the data's coordinates; size: of the letters, points; corners: of a line that no name lies on."""
    figure = axes.figure
    figure.canvas.draw()
    figure.set_layout_engine("none")  # the axes stay where names are placed
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else figure._get_renderer()
    spots = [tuple(axes.transData.transform(point[:2])) for point in points]
    sizes = []
    for _, _, name, _ in points:
        text = figure.text(0, 0, name, fontsize=size)
        extent = text.get_window_extent(renderer)
        sizes.append((extent.width, 1.05 * extent.height))
        text.remove()
    window = axes.get_window_extent()
    frame = (window.x0 + 2, figure.bbox.x1 - 2, window.y0 + 2, window.y1 + 6)
    back = axes.transData.inverted()
    ways = [tuple(axes.transData.transform(corner)) for corner in corners]
    for (_, _, name, color), place in zip(points, arrange(spots, sizes, frame, list(zip(ways, ways[1:])))):
        if place is None:
            continue
        box, line = place
        x, y = back.transform((box[0], 0.8 * box[2] + 0.2 * box[3]))  # letters stand above the box's lower fifth
        axes.text(x, y, name, fontsize=size, color=color, ha="left", va="baseline", clip_on=False)
        if line:
            ends = back.transform(line)
            axes.plot(ends[:, 0], ends[:, 1], color="#888888", lw=0.6, zorder=1.5)
