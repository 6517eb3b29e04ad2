/** Comparing rows of metrics. */
import assert from "node:assert/strict";

/** Each metric equal to 1e-5 of its value; what hangs on rounding alone (a KL of 0) to 1e-6. */
export function assertMetrics(found: object, wanted: object, tolerance = 1e-5): void {
  const numbers = new Map<string, number>(Object.entries(found));
  for (const [name, value] of Object.entries(wanted)) {
    if (name.startsWith("seconds_")) continue;
    const difference = Math.abs((numbers.get(name) ?? NaN) - value);
    assert.ok(
      difference <= Math.max(tolerance * Math.abs(value), 1e-6),
      `${name}: ${numbers.get(name)}, ${value}`,
    );
  }
}
