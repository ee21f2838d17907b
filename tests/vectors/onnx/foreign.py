"""Writes foreign/*.onnx, small models of other makers, and foreign.json: what scikit-learn says of the rows there.

    python -m venv venv && venv/bin/pip install scikit-learn skl2onnx onnxruntime
    venv/bin/python tests/vectors/onnx/foreign.py

Numbers are made by the rule of tests/vectors/statistics/reference.py (x = 16807 x mod (2^31 - 1)), as float32.
"""

import json
import pathlib

import numpy
import onnx
import sklearn
import skl2onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, Normalizer, OneHotEncoder, StandardScaler
from sklearn.svm import SVR
from sklearn.tree import DecisionTreeClassifier

ROWS, ASKED = 300, 60
here = pathlib.Path(__file__).parent
x = 7


def uniform(count):
    global x
    values = numpy.empty(count, dtype=numpy.float32)
    for at in range(count):
        x = 16807 * x % 2147483647
        values[at] = x / 2147483647
    return values


table = numpy.column_stack([uniform(ROWS) * 4 - 2 for _ in range(3)]).astype(numpy.float32)
price = (table[:, 0] * 2 - table[:, 1] + numpy.abs(table[:, 2])).astype(numpy.float32)
two = (price + uniform(ROWS) > 1).astype(numpy.int64)
three = numpy.array(["low", "mid", "high"])[numpy.digitize(price, [0, 2])]
city = numpy.array(["Bern", "Basel", "Genève"], dtype=object)[(uniform(ROWS) * 3).astype(int)]
mixed = numpy.column_stack([table[:, 0].astype(object), city])
gaps = table.copy()
gaps[uniform(ROWS) < 0.1, 1] = numpy.nan

matrix = [("input", FloatTensorType([None, 3]))]
columns = [("size", FloatTensorType([None, 1])), ("city", StringTensorType([None, 1]))]
one_hot = ColumnTransformer([("size", StandardScaler(), [0]), ("city", OneHotEncoder(handle_unknown="ignore"), [1])])
made = {
    "forest": (RandomForestClassifier(8, max_depth=4, random_state=1), table, three, matrix),
    "forest-two": (RandomForestClassifier(8, max_depth=4, random_state=1), table, two, matrix),
    "tree": (DecisionTreeClassifier(max_depth=4, random_state=1), table, two, matrix),
    "boosting": (GradientBoostingRegressor(n_estimators=12, max_depth=3, random_state=1), table, price, matrix),
    "linear": (make_pipeline(MinMaxScaler(), LinearRegression()), table, price, matrix),
    "logistic": (make_pipeline(SimpleImputer(), Normalizer(), LogisticRegression()), gaps, two, matrix),
    "columns": (make_pipeline(one_hot, LogisticRegression()), mixed, three, columns),
    "support": (make_pipeline(StandardScaler(), SVR()), table[:80], price[:80], matrix),
    "network": (MLPClassifier((6,), max_iter=300, random_state=1), table, two, matrix),
    "clusters": (KMeans(4, n_init=2, random_state=1), table, None, matrix),
}

told = {}
for name, (model, given, wanted, inputs) in made.items():
    model.fit(given, wanted)
    file = skl2onnx.convert_sklearn(model, name, initial_types=inputs, target_opset={"": 17, "ai.onnx.ml": 3})
    onnx.save(file, here / "foreign" / f"{name}.onnx")
    asked = given[:ASKED]
    answer = {"prediction": [one if isinstance(one, str) else float(one) for one in model.predict(asked).tolist()]}
    if hasattr(model, "predict_proba"):
        answer["classes"] = [str(label) for label in model.classes_]
        answer["shares"] = [[float(f"{share:.7g}") for share in row] for row in model.predict_proba(asked)]
    told[name] = answer

versions = {"scikit-learn": sklearn.__version__, "skl2onnx": skl2onnx.__version__}
plain = [[None if numpy.isnan(value) else float(f"{value:.9g}") for value in row] for row in gaps[:ASKED].astype(float)]
rows = {
    "table": [[float(f"{value:.9g}") for value in row] for row in table[:ASKED].astype(float)],
    "gaps": plain,
    "city": city[:ASKED].tolist(),
}
text = json.dumps({"versions": versions, "rows": rows, "models": told}, ensure_ascii=False, separators=(",", ":"))
(here / "foreign.json").write_text(text + "\n")
