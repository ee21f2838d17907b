"""Writes reference.json: what ONNX's own checker and ONNX Runtime say of the models that write.ts has written.

    python -m venv venv && venv/bin/pip install onnx onnxruntime
    venv/bin/python tests/vectors/onnx/reference.py

Each model is checked in full and asked about the rows of rows.json on one thread; those in flat/ are the same with columns of one
dimension, as MLflow gives them, and must answer alike.
"""

import json
import pathlib

import numpy
import onnx
import onnxruntime

here = pathlib.Path(__file__).parent
rows = json.loads((here / "rows.json").read_text())
types = {"tensor(float)": numpy.float32, "tensor(double)": numpy.float64, "tensor(string)": object}

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
told = {}
for path in sorted(here.glob("*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = {
        given.name: numpy.array(
            [numpy.nan if value is None else value for value in rows[given.name]], dtype=types[given.type]
        )
        for given in session.get_inputs()
    }
    names = [output.name for output in session.get_outputs()]
    answers = session.run(names, {name: values.reshape(-1, 1) for name, values in inputs.items()})
    flat = onnxruntime.InferenceSession(str(here / "flat" / path.name), options, providers=["CPUExecutionProvider"])
    for one, other in zip(answers, flat.run(names, inputs)):
        numpy.testing.assert_array_equal(one, other)
    told[path.stem] = {
        "opsets": {opset.domain or "ai.onnx": opset.version for opset in model.opset_import},
        "metadata": {prop.key: prop.value for prop in model.metadata_props if prop.key != "weir.signature"},
        # A float32 has nine digits; texts stay as they are.
        "outputs": {
            name: [
                value if isinstance(value, str) else None if numpy.isnan(value) else float(f"{value:.9g}")
                for value in answer.ravel().tolist()
            ]
            for name, answer in zip(names, answers)
        },
    }

versions = {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
text = json.dumps({"versions": versions, "models": told}, ensure_ascii=False, separators=(",", ":"))
(here / "reference.json").write_text(text + "\n")
