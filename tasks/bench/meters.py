"""The peers of the power monitor: a decode loop on ONNX Runtime, with and without CodeCarbon or Zeus.

Called with the model, its prompt as JSON and a number of threads; reads orders from stdin, a JSON
object a line, and answers each with one on stdout:
  {"meter": "codecarbon" | "zeus" | null}  ->  {}, from then on it measures, or does not
  {"tokens": N}  ->  {"ids": [...], "endsMs": [...]}, N greedy tokens
"""

import json
import logging
import sys
import time

logging.disable(logging.CRITICAL)

import numpy
import onnxruntime

CADENCE_S = 0.1  # As Tokenwatt's monitor has it; CodeCarbon's own is 15 s.


class Decoder:
    def __init__(self, path, prompt, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"]
        )
        self.prompt = prompt
        inputs = self.session.get_inputs()
        self.names = {one.name for one in inputs}
        self.empty = {
            one.name: numpy.zeros((1, one.shape[1], 0, one.shape[3]), numpy.float32)
            for one in inputs
            if one.name.startswith("past_key_values.")
        }
        self.fetches = ["logits"] + [
            name.replace("past_key_values", "present") for name in self.empty
        ]

    def answer(self, tokens):
        ids, ends, cache, past, read = [], [], self.empty, 0, self.prompt
        for _ in range(tokens):
            count = len(read)
            feeds = {
                "input_ids": numpy.array([read], numpy.int64),
                "attention_mask": numpy.ones((1, past + count), numpy.int64),
                "position_ids": numpy.arange(past, past + count, dtype=numpy.int64)[None],
            }
            feeds = {name: value for name, value in feeds.items() if name in self.names}
            logits, *present = self.session.run(self.fetches, {**feeds, **cache})
            cache = dict(zip(self.empty, present))
            past += count
            read = [int(logits[0, -1].argmax())]
            ids += read
            ends.append(time.perf_counter() * 1000)
        return {"ids": ids, "endsMs": ends}


class Zeus:
    """Reads its counters at both ends of a window; without any, only its own calls cost."""

    def __init__(self):
        from zeus.monitor import ZeusMonitor

        self.monitor = ZeusMonitor(gpu_indices=[])

    def around(self, work):
        self.monitor.begin_window("answer")
        result = work()
        self.monitor.end_window("answer")
        return result

    def stop(self):
        pass


class CodeCarbon:
    """Samples on a thread of its own; here the CPU's load times a stated power."""

    def __init__(self):
        from codecarbon import OfflineEmissionsTracker

        self.tracker = OfflineEmissionsTracker(
            country_iso_code="USA",
            measure_power_secs=CADENCE_S,
            save_to_file=False,
            log_level="critical",
            allow_multiple_runs=True,
        )
        self.tracker.start()

    def around(self, work):
        return work()

    def stop(self):
        self.tracker.stop()


METERS = {"codecarbon": CodeCarbon, "zeus": Zeus}


def main():
    path, prompt, threads = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
    decoder = Decoder(path, prompt, threads)
    # Packages print to stdout too: answers go where it was.
    out, sys.stdout = sys.stdout, sys.stderr
    print("{}", file=out, flush=True)
    meter = None
    for line in sys.stdin:
        order = json.loads(line)
        answer = {}
        if "tokens" in order:
            work = lambda: decoder.answer(order["tokens"])
            answer = work() if meter is None else meter.around(work)
        else:
            if meter is not None:
                meter.stop()
            meter = METERS[order["meter"]]() if order["meter"] else None
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()
