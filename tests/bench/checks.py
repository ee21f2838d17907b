"""Native pandas and SciPy doing what Weir's statistics tell of a Parquet file, on one thread. Prints milliseconds as JSON.

Of each column: nulls, distinct values, the twenty most frequent ones; of numbers and times bounds, mean, deviation, quantiles and
outliers by z-score and by quartiles, of numbers skewness and kurtosis, a histogram of twenty bins, and correlations of all pairs; of
texts lengths and patterns.
"""

import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
import pyarrow
import scipy
from scipy import stats

pyarrow.set_cpu_count(1)
SHARES = [0.05, 0.25, 0.5, 0.75, 0.95]


def numbers(values: np.ndarray, told: dict) -> None:
    told["bounds"] = (values.min(), values.max())
    told["mean"], told["deviation"] = values.mean(), values.std(ddof=1)
    told["quantiles"] = quantiles = np.quantile(values, SHARES)
    spread = values.std()
    told["z_outliers"] = np.mean(np.abs(values - values.mean()) > 3 * spread)
    reach = 1.5 * (quantiles[3] - quantiles[1])
    told["iqr_outliers"] = np.mean((values < quantiles[1] - reach) | (values > quantiles[3] + reach))
    told["histogram"] = np.histogram(values, bins=20)
    told["shape"] = (stats.skew(values), stats.kurtosis(values))


def texts(values: pd.Series, told: dict) -> None:
    lengths = values.str.len()
    told["lengths"] = (lengths.min(), lengths.max(), lengths.mean())
    pattern = values.str.replace(r"[A-Z]+", "A", regex=True).str.replace(r"[a-z]+", "a", regex=True)
    told["patterns"] = pattern.str.replace(r"[0-9]+", "9", regex=True).value_counts().head(20)


def profile(table: pd.DataFrame) -> dict:
    found = {}
    for name in table.columns:
        column = table[name]
        told = {"nulls": column.isna().sum(), "distinct": column.nunique(), "top": column.value_counts().head(20)}
        present = column.dropna()
        if pd.api.types.is_datetime64_any_dtype(column):
            numbers(present.astype("int64").to_numpy() / 1000.0, told)
        elif pd.api.types.is_numeric_dtype(column):
            numbers(present.to_numpy(dtype="float64"), told)
        else:
            texts(present, told)
        found[name] = told
    found["correlations"] = table.select_dtypes("number").corr()
    return found


def best(work, rounds: int) -> float:
    fastest = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        fastest = min(fastest, time.perf_counter() - start)
    return 1000 * fastest


path, rounds = sys.argv[1], int(sys.argv[2])
read_ms = best(lambda: pd.read_parquet(path, use_threads=False), rounds)
table = pd.read_parquet(path, use_threads=False)
print(
    json.dumps(
        {
            "readMs": read_ms,
            "profileMs": best(lambda: profile(table), rounds),
            "versions": f"Python {sys.version.split()[0]}, pandas {pd.__version__}, SciPy {scipy.__version__}",
        }
    )
)
