"""Writes forest.json: what scikit-learn's IsolationForest says of the tables below.

    python -m venv venv && venv/bin/pip install scikit-learn==1.7.2
    venv/bin/python tests/vectors/anomaly/forest.py

Numbers are made by the rule of tests/vectors/statistics/reference.py (x = 16807 x mod (2^31 - 1)): `noise` is the sum of three such
streams of uniform numbers, of the seeds s, s + 1000 and s + 2000, each less a half, twice. tests/unit/check/forest.test.ts makes the
same tables. Scores are means over SEEDS forests of 100 trees of 256 rows, in ten-thousandths; `own` is what a single one of those
forests has in common with the others: the least rank correlation with the mean of all, and the least number of its first `outliers`
rows that are among those of the mean.
"""

import json
import pathlib

import numpy
import sklearn
from scipy.stats import spearmanr
from sklearn.ensemble import IsolationForest

SEEDS = 20
ROWS = 1000


def uniform(seed, count=ROWS):
    values = numpy.empty(count)
    x = seed
    for at in range(count):
        x = 16807 * x % 2147483647
        values[at] = x / 2147483647
    return values


def noise(seed):
    return 2 * sum(uniform(seed + more) - 0.5 for more in (0, 1000, 2000))


def blob():
    columns = [noise(20), noise(23), noise(26)]
    for at in range(10):
        for number, column in enumerate(columns):
            column[at * 97] = 4 + number + at / 10
    return columns


def clusters():
    side = uniform(31) < 0.8
    columns = [numpy.where(side, noise(32), 8 + noise(33) / 4), numpy.where(side, noise(34), 8 + noise(35) / 4)]
    for at in range(12):
        columns[0][at * 83], columns[1][at * 83] = -6 + at, 9 - at
    return columns


def line():
    x = uniform(41) * 10
    columns = [x, x + noise(42) / 5]
    for at in range(8):
        columns[1][at * 120] = 9 - columns[0][at * 120]
    return columns


def tails():
    return [1 / (1 - uniform(51)), numpy.floor(uniform(52) * 4), noise(53)]


tables = []
for make, outliers in ((blob, 10), (clusters, 12), (line, 8), (tails, 10)):
    table = numpy.stack(make(), axis=1)
    scores = numpy.stack(
        [
            -IsolationForest(n_estimators=100, max_samples=256, random_state=seed).fit(table).score_samples(table)
            for seed in range(SEEDS)
        ]
    )
    mean = scores.mean(axis=0)
    first = set(numpy.argsort(-mean, kind="stable")[:outliers].tolist())
    tables.append(
        {
            "name": make.__name__,
            "outliers": outliers,
            "own": {
                "correlation": round(min(float(spearmanr(one, mean).statistic) for one in scores), 4),
                "first": min(len(first & set(numpy.argsort(-one, kind="stable")[:outliers].tolist())) for one in scores),
            },
            "scores": [round(float(score) * 1e4) for score in mean],
        }
    )
out = {"about": f"scikit-learn {sklearn.__version__}, made by forest.py, which says how", "tables": tables}
pathlib.Path(__file__).with_name("forest.json").write_text(json.dumps(out) + "\n")
