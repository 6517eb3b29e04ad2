/**
 * One output of a cell that changes while the cell runs, e.g. a learning curve that grows.
 * Messages are sent synchronously, because the kernel sends awaited ones late, and at most four
 * times a second, because front ends redraw everything each time.
 */

import { type Displayable, displaySymbol, type MimeBundle } from "../display/mod.ts";
import { broadcast, isNotebook } from "./kernel.ts";

/**
 * An output: its forms by media type, a value that shows itself, or a function that makes either.
 */
export type Showable = MimeBundle | Displayable | (() => Showable | Promise<Showable>);

/** An output that can be replaced. */
export interface LiveDisplay {
  /**
   * Shows `what` if the last output is at least a quarter of a second old, else keeps it for
   * later.
   */
  update(what: Showable): Promise<void>;
  /** Shows `what`, or else the output that was kept last, at once. */
  finish(what?: Showable): Promise<void>;
}

/**
 * Opens an output in the running cell. Pass functions to `update` where drawing takes time: they
 * are called only when their output is shown. Outside a notebook nothing is drawn.
 *
 * @param options.interval the least time between two outputs; default 250 ms (four a second)
 * @example
 * ```ts
 * import { liveDisplay } from "ppo/notebook/mod.ts";
 *
 * const display = liveDisplay();
 * for (let step = 0; step < 100; step++) await display.update({ "text/plain": `step ${step}` });
 * await display.finish();
 * ```
 */
export function liveDisplay({ interval = 250 }: { interval?: number } = {}): LiveDisplay {
  const displayId = crypto.randomUUID();
  let shown = false;
  let lastTime = -Infinity;
  let kept: Showable | null = null;

  async function show(what: Showable): Promise<void> {
    kept = null;
    lastTime = performance.now();
    const data = await bundleOf(what);
    const type = shown ? "update_display_data" : "display_data";
    shown = true;
    broadcast(type, { data, metadata: {}, transient: { display_id: displayId } });
  }

  return {
    async update(what) {
      if (!isNotebook()) return;
      if (performance.now() - lastTime >= interval) await show(what);
      else kept = what;
    },
    async finish(what = kept ?? undefined) {
      if (isNotebook() && what !== undefined) await show(what);
    },
  };
}

async function bundleOf(what: Showable): Promise<MimeBundle> {
  if (typeof what === "function") return bundleOf(await what());
  return isDisplayable(what) ? await what[displaySymbol]() : what;
}

const isDisplayable = (what: MimeBundle | Displayable): what is Displayable =>
  displaySymbol in what;
