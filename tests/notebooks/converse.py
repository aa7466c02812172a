"""Runs cells in the Deno kernel, one after the other, and prints what each put out, as one JSON.

    converse.py FOLDER < CELLS.json

Where a cell prints "interrupt me", the kernel is interrupted as Jupyter's stop button does it.
"""

import json
import queue
import sys

from jupyter_client.manager import KernelManager

CELL_TIMEOUT_S = 20
# Late outputs arrive within 5 ms of idle (shared notes on Deno, section 1.1); ten times that.
QUIET_S = 0.05
STARTS = 3


def run(manager, client, source):
    parent = client.execute(source)
    said, idle = [], False
    while True:
        try:
            message = client.get_iopub_msg(timeout=QUIET_S if idle else CELL_TIMEOUT_S)
        except queue.Empty:
            return "".join(said) if idle else None  # it hangs, or it is dead
        if message["parent_header"].get("msg_id") != parent:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            said.append(content["text"])
            if "interrupt me" in content["text"]:
                manager.interrupt_kernel()
        elif kind == "error":
            said.append(f"{content['ename']}: {content['evalue']}\n")
            said.append("\n".join(content["traceback"]) + "\n")
        elif kind == "status" and content["execution_state"] == "idle":
            idle = True


def started():
    # Clients that start at once can choose one free port for two kernels, of which one then dies.
    for last in [False] * (STARTS - 1) + [True]:
        manager = KernelManager(kernel_name="deno")
        manager.start_kernel(cwd=sys.argv[1])
        client = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=CELL_TIMEOUT_S)
            return manager, client
        except RuntimeError:
            end(manager, client)
            if last:
                raise


def end(manager, client):
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def main():
    manager, client = started()
    try:
        print(json.dumps([run(manager, client, source) for source in json.load(sys.stdin)]))
    finally:
        end(manager, client)


if __name__ == "__main__":
    main()
