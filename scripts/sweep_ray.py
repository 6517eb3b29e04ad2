"""Runs the trials of a sweep as tasks of an existing Ray cluster.

    python3 scripts/sweep_ray.py ADDRESS < trials.json

Standard input is {"folder": the project's folder, the same on every machine, "orders": [{"trial", "judged", "threads"}]}.
Each trial runs `scripts/sweep_trial.ts` in that folder on the machine that Ray chooses. Standard output receives a line
{"order", "row"} for each update, and {"order", "error"} for each failed trial.
"""

import json
import re
import shutil
import socket
import subprocess
import sys

DENO = "2.9.6"


def run_trial(folder, order, number, rows):
    """One trial on the machine where Ray put it; each line goes to the queue `rows`."""
    deno = ["deno"] if shutil.which("deno") else ["npx", "--yes", f"deno@{DENO}"]
    command = [*deno, "run", "-A", "scripts/sweep_trial.ts", json.dumps(order)]
    try:
        child = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
    except OSError as error:
        rows.put({"order": number, "error": f"Cannot start the trial in {folder}: {error}"})
        return
    for line in child.stdout:
        rows.put({"order": number, "row": json.loads(line)})
    errors = child.stderr.read().strip()
    if child.wait() != 0:
        rows.put({"order": number, "error": errors or f"The trial ended with code {child.returncode}"})
    else:
        rows.put({"order": number, "done": True})


def check_reachable(address):
    """Ray itself would try for minutes. `auto` and `local` name no machine."""
    found = re.fullmatch(r"(?:ray://)?\[?([^\]]+?)\]?:(\d+)", address)
    if found is None:
        return
    try:
        socket.create_connection((found[1], int(found[2])), timeout=10).close()
    except OSError as error:
        sys.exit(f"Cannot reach a Ray cluster at {address}: {error.strerror or error}")


def main():
    try:
        import ray
        from ray.util.queue import Queue
    except ImportError:
        sys.exit("Cannot use --ray: this Python has no Ray (pip install ray, or name another with --python)")
    address, work = sys.argv[1], json.load(sys.stdin)
    check_reachable(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR")
    except Exception as error:  # Ray has many kinds, none of its own for this
        sys.exit(f"Cannot reach a Ray cluster at {address}: {str(error).splitlines()[0]}")
    rows = Queue()
    task = ray.remote(num_cpus=1)(run_trial)
    orders = work["orders"]
    tasks = [
        task.options(num_cpus=order.get("threads", 1)).remote(work["folder"], order, number, rows)
        for number, order in enumerate(orders)
    ]
    ended = 0
    while ended < len(tasks):
        message = rows.get()
        ended += "row" not in message
        print(json.dumps(message), flush=True)
    ray.get(tasks)
    ray.shutdown()


if __name__ == "__main__":
    main()
