"""Digests of weights that onnxruntime.quantization quantizes, for quantized_reference_test.ts.

Takes the folder that `deno run -A quantized_reference.ts FOLDER` has written and prints JSON. Made
with onnxruntime 1.32.0, onnx 1.23.2, numpy 2.4.6 on x64.
"""

import hashlib
import json
import re
import sys

import onnx
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

MADE = re.compile(r"_(Q4|scales|zero_points|quantized|scale|zero_point)$")


def digest(model):
    sha = hashlib.sha256()
    for tensor in sorted(model.graph.initializer, key=lambda tensor: tensor.name):
        if MADE.search(tensor.name):
            sha.update(tensor.name.encode())
            sha.update(numpy_helper.to_array(tensor).tobytes())
    return sha.hexdigest()


def int4(path, block_size, is_symmetric):
    quantizer = MatMulNBitsQuantizer(
        onnx.load(path), block_size=block_size, is_symmetric=is_symmetric
    )
    quantizer.process()
    return digest(quantizer.model.model)


def int8(path):
    quantize_dynamic(
        path, "/tmp/int8.onnx", op_types_to_quantize=["MatMul"], weight_type=QuantType.QInt8
    )
    return digest(onnx.load("/tmp/int8.onnx"))


digests = {}
for family in ["llama", "qwen2", "mixtral", "phi", "gpt2"]:
    full, half = (f"{sys.argv[1]}/{family}/{p}/model.onnx" for p in ["fp32", "fp16"])
    digests[f"{family} int8"] = int8(full)
    if family == "gpt2":
        continue  # it leaves Gemm at int4
    for block_size in [16, 32]:
        for is_symmetric in [True, False]:
            for precision, path in [("fp32", full), ("fp16", half)]:
                key = f"{family} int4 {block_size} {str(is_symmetric).lower()} {precision}"
                digests[key] = int4(path, block_size, is_symmetric)
print(json.dumps(digests, indent=2))
