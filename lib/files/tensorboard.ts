/**
 * TensorBoard's event files: scalars as protobuf messages in TFRecord frames.
 *
 *     frame  = length (8 bytes)  masked(crc(length))  data  masked(crc(data))
 *     masked = rotate right by 15, plus 0xa282ead8
 *
 * Numbers are little-endian, and crc is CRC-32C.
 *
 * The functions return bytes, which `appendTo` writes to a file. Sources:
 * tensorflow/core/lib/io/record_writer.h (the frame), tensorboard/compat/proto/event.proto and
 * summary.proto (the messages; only the fields that scalars need).
 */
import { crc32c } from "@aws-crypto/crc32c";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

const now = () => Date.now() / 1000;

/**
 * The beginning of an event file.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { eventFileHead } from "ppo/files/mod.ts";
 *
 * equal(new TextDecoder().decode(eventFileHead({ wallTime: 0 })).includes("brain.Event:2"), true);
 * ```
 */
export function eventFileHead({ wallTime = now() }: { wallTime?: number } = {}): Uint8Array {
  return frame(event(wallTime).tag(3, WireType.LengthDelimited).string("brain.Event:2").finish());
}

/**
 * One event with scalars by tag. A scalar is stored as a 32-bit float.
 *
 * @param scalars the values by tag
 * @param options.step their position on the x-axis: a whole number
 * @param options.wallTime when they were measured: seconds since 1970 (default: now)
 * @throws {RangeError} if the step is not a whole number.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { scalarEvent } from "ppo/files/mod.ts";
 *
 * equal(scalarEvent({ mean_reward: 1.5 }, { step: 20, wallTime: 0 }).length, 49);
 * ```
 */
export function scalarEvent(
  scalars: Readonly<Record<string, number>>,
  { step, wallTime = now() }: { step: number; wallTime?: number },
): Uint8Array {
  if (!Number.isSafeInteger(step)) {
    throw new RangeError(`Cannot log at step ${step}: it must be a whole number`);
  }
  const summary = new BinaryWriter();
  for (const [tag, value] of Object.entries(scalars)) {
    const scalar = new BinaryWriter().tag(1, WireType.LengthDelimited).string(tag)
      .tag(2, WireType.Bit32).float(value).finish();
    summary.tag(1, WireType.LengthDelimited).bytes(scalar); // Summary.value
  }
  const stepped = event(wallTime).tag(2, WireType.Varint).int64(step);
  // Event.summary
  return frame(stepped.tag(5, WireType.LengthDelimited).bytes(summary.finish()).finish());
}

/** An event that has only its wall_time. */
const event = (wallTime: number): BinaryWriter =>
  new BinaryWriter().tag(1, WireType.Bit64).double(wallTime);

function frame(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(crc32c(bytes.subarray(0, 8))), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, masked(crc32c(data)), true);
  return bytes;
}

const masked = (crc: number): number => ((crc >>> 15 | crc << 17) + 0xa282ead8) >>> 0;
