/** Models and runs for other programs: ONNX, OpenRLHF, TRL. */
export * from "./launch_files.ts";
export * from "./onnx_model.ts";
export * from "./transformers_folders.ts";
