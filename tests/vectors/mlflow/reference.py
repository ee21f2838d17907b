"""Writes reference.json: what MLflow says of the folders that write.ts has written.

    python -m venv venv && venv/bin/pip install mlflow-skinny "pandas<3" onnx onnxruntime
    venv/bin/python tests/vectors/mlflow/reference.py

Each folder is loaded by mlflow.pyfunc with its signature enforced, and asked about the rows of ../onnx/rows.json as a DataFrame of the
types pandas gives them; mlflow.onnx must load the same file.
"""

import hashlib
import json
import pathlib

import mlflow
import mlflow.onnx
import numpy
import onnx
import onnxruntime
import pandas

here = pathlib.Path(__file__).parent
rows = json.loads((here.parent / "onnx" / "rows.json").read_text())
table = pandas.DataFrame(rows)

told = {}
for folder in sorted((here / "models").iterdir()):
    onnx.checker.check_model(mlflow.onnx.load_model(str(folder)), full_check=True)
    model = mlflow.pyfunc.load_model(str(folder))
    asked = table[[column.name for column in model.metadata.get_input_schema()]]
    answers = model.predict(asked)
    # Columns stand in any order, and others beside them.
    shuffled = table.assign(other=1)[list(reversed(table.columns)) + ["other"]]
    for name, values in model.predict(shuffled).items():
        numpy.testing.assert_array_equal(values, answers[name])
    told[folder.name] = {
        "signature": model.metadata.signature.to_dict(),
        "metadata": model.metadata.metadata,
        "files": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.iterdir())
            if path.is_file()
        },
        "outputs": {
            name: [
                value if isinstance(value, str) else None if numpy.isnan(value) else float(f"{value:.9g}")
                for value in numpy.asarray(values).ravel().tolist()
            ]
            for name, values in answers.items()
        },
    }

versions = {"mlflow": mlflow.__version__, "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
text = json.dumps({"versions": versions, "models": told}, ensure_ascii=False, separators=(",", ":"))
(here / "reference.json").write_text(text + "\n")
