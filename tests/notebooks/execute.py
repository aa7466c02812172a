"""Executes notebooks with the Deno kernel and prints one line of JSON per execution.

    execute.py [--plain] [--times N] [--out FOLDER] NOTEBOOK...

It judges nothing: what each cell put out (type, MIME types, sizes) goes to standard output, and
tasks/test/outputs.ts decides. With --out the executed notebooks are saved there.
"""

import argparse
import json
import queue
import sys
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionComplete, CellExecutionError, DeadKernelError

CELL_TIMEOUT_S = 300
# Late outputs arrive within 5 ms of idle (shared notes on Deno, section 1.1); ten times that.
QUIET_S = 0.05
STARTS = 3
NO_START = "Kernel died before replying"


class PatientClient(NotebookClient):
    """Goes on reading after idle, which in the Deno kernel can overtake a cell's last outputs."""

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        await super()._async_poll_output_msg(parent_msg_id, cell, cell_index)
        while True:
            try:
                message = await self.kc.iopub_channel.get_msg(timeout=QUIET_S)
            except queue.Empty:
                return
            if message["parent_header"].get("msg_id") == parent_msg_id:
                try:
                    self.process_message(message, cell, cell_index)
                except CellExecutionComplete:
                    pass


def execute(path, client_class):
    # Clients that start at once can choose one free port for two kernels, of which one then dies.
    for _ in range(STARTS):
        notebook, failure = execute_once(path, client_class)
        if failure is None or NO_START not in failure:
            break
    return notebook, failure


def execute_once(path, client_class):
    notebook = nbformat.read(path, as_version=4)
    # The kernel named by the notebook could be another machine's; the tour runs on Deno.
    client = client_class(
        notebook,
        timeout=CELL_TIMEOUT_S,
        kernel_name="deno",
        kernel_manager_class=AsyncKernelManager,
        resources={"metadata": {"path": str(path.parent)}},
    )
    failure = None
    try:
        client.execute()
    except CellExecutionError as error:
        failure = f"{error.ename}: {error.evalue}"
    except (CellControlSignal, DeadKernelError, RuntimeError) as error:
        failure = f"{type(error).__name__}: {error}"
    return notebook, failure


def size(value):
    return len(value if isinstance(value, str) else json.dumps(value))


def describe_output(output):
    kind = output["output_type"]
    if kind == "error":
        return {"type": kind, "mimes": {}, "error": f"{output['ename']}: {output['evalue']}"}
    if kind == "stream":
        return {"type": kind, "mimes": {output["name"]: size(output["text"])}}
    return {"type": kind, "mimes": {mime: size(data) for mime, data in output["data"].items()}}


def describe(path, notebook, failure):
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {
        "notebook": path.name,
        "failure": failure,
        "cells": [
            {
                "number": number,
                "source": cell.source,
                "outputs": [describe_output(output) for output in cell.outputs],
            }
            for number, cell in enumerate(cells, start=1)
        ],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plain", action="store_true", help="read as nbclient does: stop at idle")
    parser.add_argument("--times", type=int, default=1, help="executions of each notebook")
    parser.add_argument("--out", type=Path, help="folder for the executed notebooks")
    parser.add_argument("notebooks", nargs="+", type=lambda text: Path(text).resolve())
    options = parser.parse_args()
    client_class = NotebookClient if options.plain else PatientClient
    for path in options.notebooks:
        for _ in range(options.times):
            notebook, failure = execute(path, client_class)
            if options.out:
                options.out.mkdir(parents=True, exist_ok=True)
                nbformat.write(notebook, options.out / path.name)
            print(json.dumps(describe(path, notebook, failure)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
