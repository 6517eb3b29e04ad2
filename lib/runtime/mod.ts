/** Running graphs: devices, arrays and compiled programs. */
export * from "./array.ts";
export { type Adapter, adapterText } from "./adapter.ts";
export { chooseDevice, type ChooseOptions, type Machine } from "./choose_device.ts";
export type { Device, DeviceKind, Executable, OpenOptions } from "./device.ts";
export type { Crossing, DeviceUsage } from "./device_usage.ts";
export { keepLittleMemory, keepMuchMemory, newFloats, trimMemory } from "./host_memory.ts";
export * from "./jit.ts";
export { type JoinedArrays, joinedZeros } from "./joined_arrays.ts";
export * from "./leaves.ts";
export * from "./tree.ts";
export { openDevice } from "./open_device.ts";
export { zeros } from "./ort_arrays.ts";
