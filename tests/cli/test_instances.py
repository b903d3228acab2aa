# SPDX-License-Identifier: Apache-2.0
"""info, preview and compare of instances: what they say is what a slow look at all voxels finds."""

import csv
import random

import harness
from harness import INPUT, NEGATIVE, OUTPUT, USAGE, CliTest
from test_preview import read_png
from volumes import write_volume

SIZE = (60, 50, 1)


def assign(costs):
    """The column of each row of a square matrix, so that the sum of costs is the least (Kuhn and Munkres, by shortest
    augmenting paths)."""
    count = len(costs)
    rows, columns = [0.0] * (count + 1), [0.0] * (count + 1)  # potentials
    row_of, before = [0] * (count + 1), [0] * (count + 1)  # by column, from 1
    for row in range(1, count + 1):
        row_of[0], column = row, 0
        least, done = [float("inf")] * (count + 1), [False] * (count + 1)
        while row_of[column]:
            done[column] = True
            step, following = float("inf"), 0
            for other in range(1, count + 1):
                if done[other]:
                    continue
                cost = costs[row_of[column] - 1][other - 1] - rows[row_of[column]] - columns[other]
                if cost < least[other]:
                    least[other], before[other] = cost, column
                if least[other] < step:
                    step, following = least[other], other
            for other in range(count + 1):
                if done[other]:
                    rows[row_of[other]] += step
                    columns[other] -= step
                else:
                    least[other] -= step
            column = following
        while column:
            row_of[column] = row_of[before[column]]
            column = before[column]
    found = [0] * count
    for column in range(1, count + 1):
        found[row_of[column] - 1] = column - 1
    return found


def match(truth, predicted, threshold):
    """As StarDist's matching does with criterion iou: true positives, and the sum of their IoU."""
    in_truth, in_predicted, both = {}, {}, {}
    for a, b in zip(truth, predicted, strict=True):
        for key, counts in ((a, in_truth), (b, in_predicted)):
            counts[key] = counts.get(key, 0) + (key != 0)
        if a and b:
            both[a, b] = both.get((a, b), 0) + 1
    rows, columns = sorted(set(in_truth) - {0}), sorted(set(in_predicted) - {0})
    count = max(len(rows), len(columns))
    scores = [[0.0] * count for _ in range(count)]
    for (a, b), shared in both.items():
        scores[rows.index(a)][columns.index(b)] = shared / (in_truth[a] + in_predicted[b] - shared)
    fewer = max(1, min(len(rows), len(columns)))
    found = assign([[-float(score >= threshold) - score / (2 * fewer) for score in row] for row in scores])
    good = [scores[row][column] for row, column in enumerate(found) if scores[row][column] >= threshold]
    return len(rows), len(columns), len(good), sum(good)


def scatter(seed, count, size=SIZE):
    """Rectangles of numbers 3, 6, 9, ..., over each other."""
    chance, voxels = random.Random(seed), [0] * (size[0] * size[1])
    for number in range(1, count + 1):
        left, top = chance.randrange(size[0] - 6), chance.randrange(size[1] - 6)
        for row in range(top, top + chance.randrange(3, 7)):
            for column in range(left, left + chance.randrange(4, 7)):
                voxels[row * size[0] + column] = 3 * number
    return voxels


def disturb(seed, voxels, size=SIZE):
    """Other numbers, some instances moved by a voxel, some divided, some gone."""
    chance = random.Random(seed)
    numbers = {number: place for place, number in enumerate(chance.sample(range(1, 2000), 2000 - 1))}
    moved = [0] * len(voxels)
    for number in sorted(set(voxels) - {0}):
        kind, own = chance.randrange(5), numbers[number]
        for at in (at for at, value in enumerate(voxels) if value == number):
            if kind == 1 and at % size[0] > 0:
                moved[at - 1] = own
            elif kind == 2:
                moved[at] = own if at // size[0] % 2 else own + 4000
            elif kind != 3:
                moved[at] = own
    return moved


class Instances(CliTest):
    def write(self, name, voxels, size=SIZE):
        write_volume(self.dir / name, voxels, "I", size)


class Info(Instances):
    def test_counts(self):
        voxels = scatter(1, 30)
        self.write("a.nii", voxels)
        found = self.dseg("info", "a.nii", "--instances", "--json").json()
        numbers = sorted(set(voxels) - {0})
        self.assertEqual(found["instances"]["count"], len(numbers))
        self.assertTrue(found["instances"]["other_numbers"])
        self.assertNotIn("present", found["instances"])
        self.assertEqual([segment["instances"] for segment in found["segments"]], [len(numbers)])
        self.assertNotIn("instances", self.dseg("info", "a.nii", "--json").json())

    def test_statistics(self):
        voxels = scatter(2, 30)
        self.write("a.nii", voxels)
        found = self.dseg("info", "a.nii", "--instances", "--json", "--instance-table", "a.csv").json()["instances"]
        places = {}
        for at, number in enumerate(voxels):
            if number:
                places.setdefault(number, []).append((at % SIZE[0], at // SIZE[0]))
        counts = sorted(len(pixels) for pixels in places.values())
        self.assertEqual((found["present"], found["least_voxels"], found["median_voxels"], found["most_voxels"]),
                         (len(counts), counts[0], counts[(len(counts) - 1) // 2], counts[-1]))  # fmt: skip
        with open(self.dir / "a.csv", newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        self.assertEqual([int(line["instance"]) for line in lines], sorted(places))
        for line in lines:
            pixels = places[int(line["instance"])]
            self.assertEqual(int(line["voxels"]), len(pixels))
            self.assertAlmostEqual(float(line["volume_ml"]), len(pixels) * 0.8 * 0.9 * 2.5 / 1000, places=6)
            for axis, name in enumerate(("column", "row")):
                along = [pixel[axis] for pixel in pixels]
                self.assertEqual((int(line[f"first_{name}"]), int(line[f"last_{name}"])), (min(along), max(along)))
                self.assertAlmostEqual(float(line[f"centroid_{name}"]), sum(along) / len(along), places=6)

    def test_text(self):
        self.write("a.nii", scatter(3, 9))
        text = self.dseg("info", "a.nii", "--instances", "--statistics").out
        self.assertRegex(text, r"\n  instances +9\n +9 have voxels: \d+ to \d+ each, the median \d+\n")
        self.assertRegex(text, r"AUTOMATIC; 9 instances\n")

    def test_mistakes(self):
        self.write("a.nii", scatter(4, 3))
        self.assertIn("--instances", self.fails("info", "a.nii", "--instance-table", "t.csv", code=INPUT).err)
        self.fails("info", "a.nii", "a.nii", "--instances", "--instance-table", "t.csv", code=USAGE)
        self.fails("info", "a.nii", "--instances", "--instance-table", "a.nii", code=USAGE)
        self.dseg("info", "a.nii", "--instances", "--instance-table", "t.csv")
        self.fails("info", "a.nii", "--instances", "--instance-table", "t.csv", code=OUTPUT)
        self.dseg("info", "a.nii", "--instances", "--instance-table", "t.csv", "--force")


class Compare(Instances):
    def compare(self, first, second, *options, code=NEGATIVE):
        return self.dseg("compare", first, second, "--instances", "--json", *options, code=code).json()

    def test_matching(self):
        for seed in range(12):
            truth = scatter(seed, 5 + 3 * seed)
            predicted = disturb(seed, truth)
            self.write("a.nii", truth)
            self.write("b.nii", predicted)
            found = self.compare("a.nii", "b.nii")["instances"]
            for threshold, matched in found["matched_at"].items():
                in_truth, in_predicted, good, sum_iou = match(truth, predicted, float(threshold))
                self.assertEqual(matched, good, (seed, threshold))
                if threshold == "0.50":
                    self.assertEqual((found["present_a"], found["present_b"]), (in_truth, in_predicted))
                    self.assertEqual((found["matched"], found["missed"], found["extra"]),
                                     (good, in_truth - good, in_predicted - good))  # fmt: skip
                    self.assertAlmostEqual(found["mean_iou"], sum_iou / good)
                    self.assertAlmostEqual(found["recall"], good / in_truth)
                    self.assertAlmostEqual(found["precision"], good / in_predicted)
                    self.assertAlmostEqual(found["f1"], 2 * good / (in_truth + in_predicted))
                    self.assertAlmostEqual(found["panoptic_quality"], 2 * sum_iou / (in_truth + in_predicted))

    def test_same(self):
        voxels = scatter(20, 40)
        self.write("a.nii", voxels)
        self.write("b.nii", [5000 - number if number else 0 for number in voxels])
        result = self.dseg("compare", "a.nii", "a.nii", "--instances").out
        self.assertIn(f"same: {len(set(voxels)) - 1} instances in 1 segment\n", result)
        other = self.compare("a.nii", "b.nii")
        self.assertEqual(other["differs"], ["numbers"])
        self.assertEqual(other["instances"]["equal"], other["instances"]["matched"])
        self.assertTrue(self.compare("a.nii", "b.nii", "--ignore", "numbers", code=0)["same"])

    def test_what_differs(self):
        voxels = scatter(21, 20)
        self.write("a.nii", voxels)
        gone = max(voxels)
        self.write("b.nii", [0 if number == gone else number for number in voxels])
        self.assertEqual(self.compare("a.nii", "b.nii")["differs"], ["instances"])
        self.compare("a.nii", "b.nii", "--ignore", "instances", code=0)
        text = self.dseg("compare", "a.nii", "b.nii", "--instances", code=NEGATIVE).out
        self.assertIn(" match, 1 in A alone, 0 in B alone; mean IoU 1.000000, ", text)

    def test_axes_run_otherwise(self):
        """A volume that is turned round has the same instances."""
        voxels = scatter(22, 20)
        self.write("a.nii", voxels)
        affine = [list(row) for row in harness.AFFINE]
        affine[0][3] += affine[0][0] * (SIZE[0] - 1)
        affine[0][0] = -affine[0][0]
        turned = [voxels[at // SIZE[0] * SIZE[0] + SIZE[0] - 1 - at % SIZE[0]] for at in range(len(voxels))]
        write_volume(self.dir / "b.nii", turned, "I", SIZE, affine=affine)
        self.compare("a.nii", "b.nii", code=0)


class Preview(Instances):
    def test_colours(self):
        """Each has a colour of its own, its edges apart, which are darker."""
        size = (40, 20, 1)
        self.write("a.nii", [1 + at % 40 // 10 + 4 * (at // 40 // 10) if at % 10 and at // 40 % 10 else 0 for at in range(800)], size)
        self.dseg("preview", "a.nii", "a.png", "--instances", "--size", 500)
        picture = read_png((self.dir / "a.png").read_bytes())
        counts = {}
        for row in picture:
            for pixel in row:
                counts[pixel] = counts.get(pixel, 0) + 1
        colours = [pixel for pixel, count in counts.items() if count > 1000 and max(pixel) - min(pixel) > 40]
        self.assertEqual(len(colours), 8)
        self.dseg("preview", "a.nii", "a.svg", "--instances", "--size", 500)
        self.assertIn("8 instances of 1 segment", (self.dir / "a.svg").read_text())

    def test_volume(self):
        """Sections and what is seen from the front."""
        size = (20, 16, 12)
        self.write("a.nii", [at % 20 // 5 + 4 * (at // 20 % 16 // 8) for at in range(20 * 16 * 12)], size)
        self.dseg("preview", "a.nii", "a.png", "--instances")


if __name__ == "__main__":
    harness.main()
