"""Writes reference.json: what scikit-learn learns of the rows below, and what it says of predictions.

    python -m venv venv && venv/bin/pip install scikit-learn==1.7.2
    venv/bin/python tests/vectors/models/reference.py

Rows are made by the rules of tests/model-rows.ts, draw by draw: x = 16807 x mod (2^31 - 1) from the seed, u = x / (2^31 - 1); a
normal number is the sum of twelve less six. Features and targets are float32.
"""

import json
import math
import pathlib

import numpy
import sklearn
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge


def uniform(seed):
    x = seed

    def draw():
        nonlocal x
        x = 16807 * x % 2147483647
        return x / 2147483647

    return draw


def normal(draw):
    total = -6.0
    for _ in range(12):
        total += draw()
    return total


def friedman(x):
    return 10 * math.sin(math.pi * x[0] * x[1]) + 20 * (x[2] - 0.5) ** 2 + 10 * x[3] + 5 * x[4]


def single(value):
    return float(numpy.float32(value))


def linear_rows(count, seed):
    draw = uniform(seed)
    features, target = numpy.empty((count, 10), numpy.float32), numpy.empty(count, numpy.float32)
    for row in range(count):
        x = [single(normal(draw)) for _ in range(10)]
        features[row] = x
        target[row] = 2 * x[0] + x[1] - x[2] / 2 + 0.1 * normal(draw)
    return features, target


def friedman_rows(count, seed):
    draw = uniform(seed)
    features, target = numpy.empty((count, 10), numpy.float32), numpy.empty(count, numpy.float32)
    for row in range(count):
        x = [single(draw()) for _ in range(10)]
        features[row] = x
        target[row] = friedman(x) + normal(draw)
    return features, target


def target_for(loss, value, draw):
    if loss == "poisson":
        return math.floor(value / 5 * 2 * draw())
    if loss == "logistic":
        return 1 if draw() < 1 / (1 + math.exp((20 - value) / 3)) else 0
    if loss == "softmax":
        return 0 if value < 17 else 1 if value < 23 else 2
    return value


def boosting_rows(count, seed, loss):
    draw = uniform(seed)
    features = numpy.empty((count, 12), numpy.float32)
    target, weights = numpy.empty(count, numpy.float32), numpy.empty(count, numpy.float32)
    for row in range(count):
        x = [single(draw()) for _ in range(10)]
        a, b = math.floor(6 * draw()), math.floor(200 * draw() ** 2)
        few = math.nan if draw() < 0.05 else a
        value = friedman(x) + a * 5 % 6 + b % 7 + normal(draw)
        target[row] = target_for(loss, value, draw)
        weights[row] = 0.5 + draw()
        if draw() < 1 / 7:
            x[2] = math.nan
        features[row] = [*x, few, b]
    return features, target, weights


OPTIONS = {"max_iter": 100, "learning_rate": 0.1, "max_leaf_nodes": 31, "min_samples_leaf": 20, "early_stopping": False, "random_state": 0}
LOSSES = {"squared": "squared_error", "absolute": "absolute_error", "poisson": "poisson", "quantile": "quantile"}


def boosting():
    told = []

    def tell(name, rows, count, seed, loss, metric, value, **more):
        told.append({"name": name, "rows": rows, "count": count, "seed": seed, "loss": loss, "metric": metric, "value": value, **more})

    x, y = linear_rows(1500, 1)
    model = HistGradientBoostingRegressor(**OPTIONS).fit(x[:1000], y[:1000])
    tell("a line, 1,000 rows", "linear", 1500, 1, "squared", "r2", metrics.r2_score(y[1000:], model.predict(x[1000:])), train=1000)
    for count in (10_000, 100_000):
        x, y = friedman_rows(count + 10_000, 2)
        model = HistGradientBoostingRegressor(**OPTIONS).fit(x[:count], y[:count])
        value = metrics.r2_score(y[count:], model.predict(x[count:]))
        tell(f"Friedman's first, {count:,} rows", "friedman", count + 10_000, 2, "squared", "r2", value, train=count)
    for loss in ("squared", "absolute", "quantile", "poisson", "logistic", "softmax"):
        for weighted in (False, True) if loss == "squared" else (False,):
            count, seed = 12_000, 3
            x, y, weights = boosting_rows(count, seed, loss)
            held = numpy.arange(count) % 6 == 5
            own = {**OPTIONS, "categorical_features": [10, 11]}
            fit = {"sample_weight": weights[~held]} if weighted else {}
            if loss in LOSSES:
                more = {"quantile": 0.9} if loss == "quantile" else {}
                model = HistGradientBoostingRegressor(loss=LOSSES[loss], **more, **own).fit(x[~held], y[~held], **fit)
                said = model.predict(x[held])
            else:
                model = HistGradientBoostingClassifier(**own).fit(x[~held], y[~held], **fit)
                said = model.predict_proba(x[held])
            name = f"missing values and categories, {loss}{', weighted' if weighted else ''}"
            of = lambda metric, value: tell(name, "mixed", count, seed, loss, metric, float(value), weighted=weighted)
            if loss == "squared":
                of("r2", metrics.r2_score(y[held], said))
            elif loss == "absolute":
                of("mae", metrics.mean_absolute_error(y[held], said))
            elif loss == "quantile":
                of("pinball", metrics.mean_pinball_loss(y[held], said, alpha=0.9))
            elif loss == "poisson":
                of("poissonDeviance", metrics.mean_poisson_deviance(y[held], said))
            elif loss == "logistic":
                of("auc", metrics.roc_auc_score(y[held], said[:, 1]))
                of("logLoss", metrics.log_loss(y[held], said))
            else:
                of("accuracy", metrics.accuracy_score(y[held], said.argmax(axis=1)))
                of("logLoss", metrics.log_loss(y[held], said))
    return told


def linear():
    x, y = linear_rows(1500, 4)
    x, y = x.astype(float), y.astype(float)
    ordinary, ridge = LinearRegression().fit(x, y), Ridge(alpha=50, solver="cholesky").fit(x, y)
    two = (y + x[:, 3] > 0.5).astype(int)
    three = numpy.digitize(y + x[:, 3], [-1, 1])
    sure = {"tol": 1e-10, "max_iter": 2000}
    logistic = LogisticRegression(C=0.1, **sure).fit(x, two)
    several = LogisticRegression(C=0.1, **sure).fit(x, three)
    return {
        "count": 1500,
        "seed": 4,
        "ordinary": [*ordinary.coef_, ordinary.intercept_],
        "ridge": {"l2": 50, "weights": [*ridge.coef_, ridge.intercept_]},
        "logistic": {"l2": 10, "weights": [*logistic.coef_[0], logistic.intercept_[0]]},
        "softmax": {"l2": 10, "shares": several.predict_proba(x[:5]).tolist()},
    }


def clusters():
    x, _ = friedman_rows(3000, 5)
    x = x[:, :3].astype(float)
    return [
        {"count": 3000, "seed": 5, "clusters": k, "inertia": KMeans(k, n_init=20, random_state=0).fit(x).inertia_}
        for k in (2, 5, 9)
    ]


def measures():
    draw = uniform(6)
    scores = [round(draw(), 2) for _ in range(500)]
    labels = [1 if draw() < score else 0 for score in scores]
    said = [1 if score >= 0.5 else 0 for score in scores]
    classes = [math.floor(3 * draw()) for _ in range(300)]
    raw = [[draw() + (1 if of == is_ else 0) for of in range(3)] for is_ in classes]
    shares = [[value / sum(row) for value in row] for row in raw]
    chosen = numpy.argmax(shares, axis=1)
    wanted = [10 * draw() for _ in range(400)]
    told = [value + normal(draw) for value in wanted]
    return {
        "seed": 6,
        "binary": {
            "auc": metrics.roc_auc_score(labels, scores),
            "averagePrecision": metrics.average_precision_score(labels, scores),
            "logLoss": metrics.log_loss(labels, numpy.clip(scores, 2**-24, 1 - 2**-24)),
            "brier": metrics.brier_score_loss(labels, scores),
            "accuracy": metrics.accuracy_score(labels, said),
            "precision": metrics.precision_score(labels, said),
            "recall": metrics.recall_score(labels, said),
            "f1": metrics.f1_score(labels, said),
            "mcc": metrics.matthews_corrcoef(labels, said),
        },
        "classes": {
            "accuracy": metrics.accuracy_score(classes, chosen),
            "macroF1": metrics.f1_score(classes, chosen, average="macro"),
            "mcc": metrics.matthews_corrcoef(classes, chosen),
            "logLoss": metrics.log_loss(classes, shares),
            "macroAuc": metrics.roc_auc_score(classes, shares, multi_class="ovr", average="macro"),
        },
        "regression": {
            "r2": metrics.r2_score(wanted, told),
            "rmse": metrics.root_mean_squared_error(wanted, told),
            "mae": metrics.mean_absolute_error(wanted, told),
            "medianError": metrics.median_absolute_error(wanted, told),
            "maxError": metrics.max_error(wanted, told),
        },
    }


reference = {
    "madeBy": "tests/vectors/models/reference.py",
    "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__},
    "boosting": boosting(),
    "linear": linear(),
    "clusters": clusters(),
    "measures": measures(),
}
path = pathlib.Path(__file__).with_name("reference.json")
path.write_text(json.dumps(reference, indent="\t", default=float) + "\n")
