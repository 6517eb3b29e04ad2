/** The log of a stage: `metrics.jsonl` in its output folder, a line of numbers at a time. */
import { join } from "node:path";
import { appendLine, writeAtomically } from "../lib/files/mod.ts";

/** Numbers of one step under the tutorial's names: `lr`, `train_loss`, `test_loss`. */
export type Scalars = Readonly<Record<string, number>>;

/** Takes the numbers of a step. */
export type StageLog = (step: number, scalars: Scalars) => Promise<void>;

/** Starts a new log in `folder`; without one (`undefined`) nothing is kept. */
export async function openStageLog(folder: string | undefined): Promise<StageLog> {
  if (folder === undefined) return () => Promise.resolve();
  const path = join(folder, "metrics.jsonl");
  await writeAtomically(path, "");
  return (step, scalars) => appendLine(path, JSON.stringify({ step, ...scalars }));
}

/** Hands on every `every`-th step's learning rate and the mean loss since the one before, as the tutorial logs them. */
export function lossLog(log: StageLog, { every }: { every: number }) {
  let losses: number[] = [];
  return async ({ step, total, loss, learningRate }: {
    step: number;
    total: number;
    loss: number;
    learningRate: number;
  }): Promise<void> => {
    losses.push(loss);
    if (step % every !== 0 && step !== total) return;
    const mean = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    losses = [];
    await log(step, { lr: learningRate, train_loss: mean });
  };
}
