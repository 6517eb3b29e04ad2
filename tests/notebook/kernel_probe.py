"""Talks to the real Deno kernel and prints, as JSON, what came back.

    kernel_probe.py outputs FOLDER    40 quick cells, read by a client that stops listening at "idle"
    kernel_probe.py stop FOLDER       a loop, interrupted; then two more cells in the same kernel
"""

import json
import sys
import time

import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

IMPORT = 'import { interruptSignal } from "../lib/notebook/mod.ts";'
LOOP = """let steps = 0;
async function train() {
  const signal = interruptSignal();
  for (;;) { signal.throwIfAborted(); steps += 1; await new Promise((r) => setTimeout(r, 10)); }
}
console.log("ready");"""


def outputs(folder):
    cells = [IMPORT] + [f"await new Promise((r) => setTimeout(r, 5)); {i}" for i in range(40)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="deno", resources={"metadata": {"path": folder}}).execute()
    kept = [[o.data["text/plain"] for o in cell.outputs] for cell in notebook.cells[1:]]
    return {"right": sum(texts == [str(i)] for i, texts in enumerate(kept))}


def stop(folder):
    manager, client = start_new_kernel(kernel_name="deno", cwd=folder)
    try:
        client.execute_interactive(IMPORT + LOOP, timeout=60, output_hook=lambda message: None)
        stops = []
        for _ in range(2):  # a second run is not stopped by the first Stop, and can be stopped itself
            client.execute("await train()")
            time.sleep(0.5)
            started = time.monotonic()
            manager.interrupt_kernel()
            content = client.get_shell_msg(timeout=20)["content"]
            stops.append({"error": f"{content.get('ename')}: {content.get('evalue')}", "quick": time.monotonic() - started < 2})
        texts = []
        client.execute_interactive(
            "steps > 2 && !interruptSignal().aborted",
            timeout=20,
            output_hook=lambda message: texts.append(message["content"].get("data", {}).get("text/plain")),
        )
        return {"stops": stops, "alive": manager.is_alive(), "state": [text for text in texts if text]}
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


print(json.dumps({"outputs": outputs, "stop": stop}[sys.argv[1]](sys.argv[2])))
