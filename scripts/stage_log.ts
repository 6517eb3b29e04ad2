/** The log of a stage in its output folder: `metrics.jsonl`, a line of numbers at a time, and the same for TensorBoard. */
import { join } from "node:path";
import {
  appendLine,
  appendTo,
  eventFileHead,
  scalarEvent,
  writeAtomically,
} from "../lib/files/mod.ts";

/** Numbers of one step under the tutorial's names: `lr`, `train_loss`, `test_loss`. */
export type Scalars = Readonly<Record<string, number>>;

/** Takes the numbers of a step. */
export type StageLog = (step: number, scalars: Scalars) => Promise<void>;

/** TensorBoard knows its files by the middle of this name. */
const EVENTS = "events.out.tfevents.stage";

/** Starts a new log in `folder`; without one (`undefined`) nothing is kept. */
export async function openStageLog(folder: string | undefined): Promise<StageLog> {
  if (folder === undefined) return () => Promise.resolve();
  const [metrics, events] = [join(folder, "metrics.jsonl"), join(folder, EVENTS)];
  await writeAtomically(metrics, "");
  await writeAtomically(events, eventFileHead());
  return async (step, scalars) => {
    await appendLine(metrics, JSON.stringify({ step, ...scalars }));
    await appendTo(events, scalarEvent(scalars, { step }));
  };
}
