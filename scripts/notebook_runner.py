"""Executes a notebook through its kernel and writes it, executed, and as an HTML page.

    .venv/bin/python scripts/notebook_runner.py NOTEBOOK OUTPUT_FOLDER [--page-only]

With --page-only nothing is executed: the page shows the outputs that the notebook holds.

The output of the cells appears on standard output as it comes. An error in a cell ends the run: the notebook so far is
written, the error is printed, and the exit code is 3. The page still contains marked-up TeX and links to external
scripts; notebook_page.ts replaces both.
"""

import asyncio
import sys
from html import escape
from pathlib import Path
from queue import Empty

if sys.platform == "win32":  # pyzmq needs it
    asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.client import CellExecutionComplete
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbclient.util import ensure_async
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer

CELL_FAILED = 3  # an exit code unlike Python's own 1

# Deno's kernel reports "idle" before it has sent a cell's last outputs, so reading continues this long.
GRACE_SECONDS = 0.25


class PatientClient(NotebookClient):
    """A client that waits for late outputs and shows printed output as it comes."""

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        idle = False
        while True:
            try:
                timeout = GRACE_SECONDS if idle else None
                message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=timeout))
            except Empty:
                return
            if message["parent_header"].get("msg_id") != parent_msg_id:
                continue
            try:
                self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                idle = True

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] == "stream":
            sys.stdout.write(msg["content"]["text"])
            sys.stdout.flush()
        return super().process_message(msg, cell, cell_index)


def clear(notebook):
    """Removes old outputs, so that cells that are not reached do not seem to have run."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def execute(notebook, folder):
    """Runs all cells in `folder`; returns the error that stopped the run as text, or None."""
    client = PatientClient(
        notebook,
        kernel_name="deno",
        kernel_manager_class=AsyncKernelManager,
        timeout=None,
        startup_timeout=180,
        coalesce_streams=True,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return describe(notebook, error)
    except DeadKernelError:
        return "The kernel ended while a cell was running (out of memory, or stopped from outside)."
    return None


def describe(notebook, error):
    """The cell that failed and its error."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                if output.ename == "DivergenceError":  # its sentence says what to do, the code is fine
                    return f"Cell {number} ended: {output.evalue}"
                lines = output.traceback or [f"{output.ename}: {output.evalue}"]
                return f"Cell {number} failed:\n\n{indent(cell.source)}\n\n" + "\n".join(lines)
    return str(error)


def indent(source):
    return "\n".join("    " + line for line in source.splitlines())


def normalise(notebook):
    """Normalises the file to what JupyterLab writes: counts from 1, no timings, no pictures made by extensions."""
    notebook.metadata.kernelspec = {"display_name": "Deno", "language": "typescript", "name": "deno"}
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if cell.execution_count is None:
            continue  # not reached
        count += 1
        cell.execution_count = count
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
            if "application/vnd.plotly.v1+json" in output.get("data", {}):
                output.data.pop("image/png", None)


def mark_formula(tex, display):
    """A formula as an element that can be found and typeset afterwards."""
    return f'<span class="tex" data-display="{display}">{escape(tex, quote=False)}</span>'


def to_page(notebook, source):
    """The notebook as one HTML page, in the language of its folder."""
    IPythonRenderer.block_math = lambda _, tex: mark_formula(tex, "true")
    IPythonRenderer.inline_math = lambda _, tex: mark_formula(tex, "false")
    IPythonRenderer.latex_environment = lambda _, name, tex: mark_formula(
        f"\\begin{{{name}}}{tex}\\end{{{name}}}", "true"
    )
    exporter = HTMLExporter(language_code="zh" if source.parent.name == "zh" else "en")
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": source.stem}})
    return page


def main():
    source, output = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    output.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(source, as_version=4)
    error = None
    if "--page-only" not in sys.argv[3:]:
        clear(notebook)
        error = execute(notebook, source.parent)
        normalise(notebook)
        nbformat.write(notebook, output / source.name)
    (output / f"{source.stem}.html").write_text(to_page(notebook, source), encoding="utf-8")
    if error is not None:
        print(error, file=sys.stderr)
        sys.exit(CELL_FAILED)


if __name__ == "__main__":
    main()
