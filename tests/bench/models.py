"""scikit-learn and xgboost growing what `npm run bench:models` grows, on the same rows. Prints milliseconds and R2 as JSON.

Arguments: rows, rows held out, features, trees, threads, rounds, and an ONNX file whose rows per second are wanted (or nothing). Rows
are Friedman's first, made by the rule of tests/model-rows.ts.
"""

import json
import os
import sys
import time

count, held, width, trees, threads, rounds = map(int, sys.argv[1:7])
onnx = sys.argv[7] if len(sys.argv) > 7 else None
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(threads)

import numpy
import sklearn
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import r2_score

MODULUS = 2147483647


def uniform(seed: int, wanted: int) -> numpy.ndarray:
    """x = 16807 x mod (2^31 - 1), as many at once as there are already."""
    drawn, step = numpy.array([seed * 16807 % MODULUS], numpy.int64), 16807
    while len(drawn) < wanted:
        drawn = numpy.concatenate([drawn, drawn * step % MODULUS])
        step = step * step % MODULUS
    return drawn[:wanted] / MODULUS


def friedman_rows(rows: int, seed: int):
    draws = uniform(seed, rows * (width + 12)).reshape(rows, width + 12)
    x = draws[:, :width].astype(numpy.float32)
    a, b, c, d, e = (x[:, at].astype(float) for at in range(5))
    noise = draws[:, width:].sum(axis=1) - 6
    y = 10 * numpy.sin(numpy.pi * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e + noise
    return x, y.astype(numpy.float32)


def least(work) -> float:
    fastest = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        fastest = min(fastest, time.perf_counter() - start)
    return 1000 * fastest


x, y = friedman_rows(count + held, 17)
train, test = (x[:count], y[:count]), (x[count:], y[count:])
scored = numpy.ascontiguousarray(x[:1_000_000])
told = {}

model = HistGradientBoostingRegressor(max_iter=trees, learning_rate=0.1, max_leaf_nodes=31, min_samples_leaf=20, early_stopping=False)
told["scikit-learn"] = {
    "version": sklearn.__version__,
    "trainMs": least(lambda: model.fit(*train)),
    "r2": r2_score(test[1], model.predict(test[0])),
    "scoreMs": least(lambda: model.predict(scored)),
}
try:
    import xgboost

    options = {"n_estimators": trees, "learning_rate": 0.1, "max_leaves": 31, "max_depth": 0, "grow_policy": "lossguide"}
    boosted = xgboost.XGBRegressor(**options, tree_method="hist", max_bin=255, min_child_weight=20, reg_lambda=0, n_jobs=threads)
    told["xgboost"] = {
        "version": xgboost.__version__,
        "trainMs": least(lambda: boosted.fit(*train)),
        "r2": r2_score(test[1], boosted.predict(test[0])),
        "scoreMs": least(lambda: boosted.predict(scored)),
    }
except ImportError:
    pass
if onnx:
    try:
        import onnxruntime

        chosen = onnxruntime.SessionOptions()
        chosen.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(onnx, chosen, providers=["CPUExecutionProvider"])
        inputs = {entry.name: numpy.ascontiguousarray(scored[:, at : at + 1]) for at, entry in enumerate(session.get_inputs())}
        told["onnxruntime"] = {"version": onnxruntime.__version__, "scoreMs": least(lambda: session.run(None, inputs))}
    except ImportError:
        pass
print(json.dumps(told))
