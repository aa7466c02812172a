"""The peer of the parser: Python's plistlib. Reads `{"path": …, "times": N}`, answers `{"ms": …}` a record."""

import json
import plistlib
import sys
import time

print("{}", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    with open(order["path"], "rb") as file:
        xml = file.read()
    began = time.perf_counter()
    for _ in range(order["times"]):
        plistlib.loads(xml)
    took = (time.perf_counter() - began) * 1000 / order["times"]
    print(json.dumps({"ms": took}), flush=True)
