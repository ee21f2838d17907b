"""Writes reference.json: what SciPy, NumPy and statsmodels say of the inputs below.

    python -m venv venv && venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    venv/bin/python tests/vectors/statistics/reference.py

Large inputs are written as a rule: {"count", "seed", "scale", "shift", "levels"} is the minimal standard generator
x = 16807 x mod (2^31 - 1) from the seed, u = x / (2^31 - 1); then floor(u * levels) where there are levels, 1 / (1 - u) where
"tail" is true, and times scale plus shift.
"""

import json
import math
import pathlib

import numpy
import scipy
import statsmodels
from scipy import stats
from scipy.spatial.distance import jensenshannon
from statsmodels.stats.multitest import multipletests


def made(rule):
    if isinstance(rule, list):
        return numpy.array(rule, dtype=float)
    values = numpy.empty(rule["count"])
    x = rule["seed"]
    for at in range(rule["count"]):
        x = 16807 * x % 2147483647
        u = x / 2147483647
        if rule.get("levels"):
            u = math.floor(u * rule["levels"])
        if rule.get("tail"):
            u = 1 / (1 - u)
        values[at] = u * rule.get("scale", 1) + rule.get("shift", 0)
    return values


def rule(count, seed, **more):
    return {"count": count, "seed": seed, **more}


SAMPLES = [
    ([1, 2, 3], [2, 3, 4]),
    ([1, 1, 1, 2, 2, 5], [1, 2, 2, 2, 5, 5, 5]),
    ([7, 7, 7], [7, 7, 7, 7]),
    ([7, 7, 7], [8, 8]),
    ([0], [0]),
    ([0], [1]),
    ([3, -1, 4, 1, -5, 9, 2, 6], [2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5]),
    ([1e300, -1e300, 1e299], [1e300, 5e299]),
    ([1e-300, 2e-300], [1e-300, 3e-300, 4e-300]),
    ([10, 20, 30, 40], [1, 2, 3]),
    (rule(100, 1), rule(100, 2)),
    (rule(100, 1), rule(100, 2, shift=0.2)),
    (rule(64, 3, levels=4), rule(48, 4, levels=5)),
    (rule(1000, 5), rule(1500, 6, shift=0.05)),
    (rule(997, 7), rule(1009, 8)),
    (rule(10000, 9), rule(10000, 10, shift=0.02)),
    (rule(10000, 11), rule(9999, 12, shift=0.01)),
    (rule(300, 13, tail=True), rule(500, 14, tail=True, scale=1.3)),
    (rule(12000, 15), rule(8000, 16, shift=0.01)),
    (rule(12000, 15, levels=12), rule(8000, 16, levels=12)),
    (rule(200000, 17), rule(150000, 18, shift=0.003)),
    (rule(200000, 17), rule(150000, 19)),
    (rule(5, 20), rule(20000, 21)),
    (rule(2, 22), rule(10001, 23, shift=0.4)),
    (rule(1, 22), rule(10001, 23)),
    (rule(120, 24), rule(20000, 25, shift=0.1)),
    (rule(150, 26, levels=10), rule(20000, 27, levels=10)),
    (rule(400, 28), rule(50000, 29, shift=0.01)),
    (rule(1000000, 30), rule(1000000, 31, shift=0.001)),
    (rule(1000000, 30), rule(700000, 32, shift=0.01)),
]

COUNTS = [
    ([10, 20, 30], [10, 20, 30]),
    ([10, 20, 30], [30, 20, 10]),
    ([100, 0, 5], [90, 10, 5]),
    ([1, 1, 1, 1], [1000000, 1, 1, 1]),
    ([5, 0, 0], [0, 0, 7]),
    ([12], [7]),
    ([123456789, 987654321], [123456789, 987000000]),
    ([3, 5, 7, 11, 13, 17, 19, 23], [29, 31, 37, 41, 43, 47, 53, 59]),
    ([int(x) for x in made(rule(200, 33, levels=50))], [int(x) for x in made(rule(200, 34, levels=60))]),
    ([int(x) for x in made(rule(3000, 35, levels=9))], [int(x) for x in made(rule(3000, 36, levels=9))]),
]

FITS = [
    ([16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8]),
    ([10, 20, 30], [20, 20, 20]),
    ([5, 5], [5, 5]),
    ([90, 10], [50, 50]),
]

P_VALUES = [
    [0.01, 0.04, 0.03, 0.005],
    [0.5, 0.5, 0.5],
    [0.2],
    [0, 1e-20, 1, 0.049, 0.051, 0.049],
    [float(x) for x in made(rule(200, 37))],
]

NUMBERS = [
    [1, 2, 3, 4, 5, 100],
    [1e8 + 1, 1e8 + 2, 1e8 + 4],
    rule(100000, 38, tail=True),
    rule(100000, 39, scale=1e-6, shift=1000),
    [-5, -5, -5, 5, 5, 6],
]


def stability(before, after):
    p = numpy.array(before) / sum(before)
    q = numpy.array(after) / sum(after)
    clipped = numpy.clip(p, 1e-4, None), numpy.clip(q, 1e-4, None)
    terms = (clipped[1] - clipped[0]) * numpy.log(clipped[1] / clipped[0])
    return float(numpy.sum(numpy.where(p == q, 0, terms)))


def contingency(before, after):
    table = numpy.array([pair for pair in zip(before, after) if sum(pair) > 0]).T
    found = stats.chi2_contingency(table, correction=False)
    return {"statistic": float(found.statistic), "degrees": int(found.dof), "pValue": float(found.pvalue)}


def of_samples(a, b):
    x, y = made(a), made(b)
    test = stats.ks_2samp(x, y)
    return {
        "a": a,
        "b": b,
        "statistic": float(test.statistic),
        "pValue": float(test.pvalue),
        "wasserstein": float(stats.wasserstein_distance(x, y)),
    }


def of_numbers(values):
    x = made(values)
    return {
        "values": values,
        "mean": math.fsum(x) / len(x),
        "standardDeviation": float(numpy.std(x.astype(numpy.longdouble), ddof=1)),
        "skewness": float(stats.skew(x.astype(numpy.longdouble))),
        "excessKurtosis": float(stats.kurtosis(x.astype(numpy.longdouble))),
    }


def main():
    written = {
        "madeBy": "tests/vectors/statistics/reference.py",
        "versions": {"scipy": scipy.__version__, "numpy": numpy.__version__, "statsmodels": statsmodels.__version__},
        "samples": [of_samples(a, b) for a, b in SAMPLES],
        "counts": [
            {
                "before": before,
                "after": after,
                "chiSquare": contingency(before, after),
                "jensenShannon": float(jensenshannon(before, after)),
                "stability": stability(before, after),
            }
            for before, after in COUNTS
        ],
        "fits": [
            {
                "observed": observed,
                "expected": expected,
                "statistic": float(stats.chisquare(observed, expected).statistic),
                "pValue": float(stats.chisquare(observed, expected).pvalue),
            }
            for observed, expected in FITS
        ],
        "corrections": [
            {
                "pValues": p,
                "holm": [float(x) for x in multipletests(p, method="holm")[1]],
                "benjamini-hochberg": [float(x) for x in stats.false_discovery_control(p)],
            }
            for p in P_VALUES
        ],
        "numbers": [of_numbers(values) for values in NUMBERS],
    }
    target = pathlib.Path(__file__).with_name("reference.json")
    target.write_text(json.dumps(written, indent="\t") + "\n")


if __name__ == "__main__":
    main()
