/**
 * The log of a stage in its output folder: `metrics.jsonl`, and the same numbers for TensorBoard.
 */
import { join } from "node:path";
import { appendTo, eventFileHead, scalarEvent, writeAtomically } from "../lib/files/mod.ts";

/** The numbers of one step under the tutorial's names: `lr`, `train_loss`, `test_loss`. */
export type Scalars = Readonly<Record<string, number>>;

/** Logs the numbers of a step. */
export type StageLog = (step: number, scalars: Scalars) => Promise<void>;

/** TensorBoard recognises its files by `tfevents` in the name. */
const EVENTS = "events.out.tfevents.stage";

/** Starts a new log in `folder`; nothing is logged if it is undefined. */
export async function openStageLog(folder: string | undefined): Promise<StageLog> {
  if (folder === undefined) return () => Promise.resolve();
  const [metrics, events] = [join(folder, "metrics.jsonl"), join(folder, EVENTS)];
  await writeAtomically(metrics, "");
  await writeAtomically(events, eventFileHead());
  return async (step, scalars) => {
    await appendTo(metrics, JSON.stringify({ step, ...scalars }) + "\n");
    await appendTo(events, scalarEvent(scalars, { step }));
  };
}
