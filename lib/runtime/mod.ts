/** Running graphs: devices, arrays and compiled programs. */
export * from "./array.ts";
export { chooseDevice } from "./choose_device.ts";
export { type Device, type DeviceKind, type Executable, openDevice, zeros } from "./device.ts";
export * from "./jit.ts";
export * from "./leaves.ts";
export * from "./tree.ts";
