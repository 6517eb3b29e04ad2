/**
 * The settings of the SFT and reward stages: the tutorial's flags with its defaults, and beside them the fixed recipe of the
 * models in `models/`, which holds when no path is given.
 */
import type { SettingTable, SettingValues } from "./setting_spec.ts";

const COMMON = {
  device: {
    kind: "text",
    default: "auto",
    pattern: /^(auto|cpu|webgpu|-?\d+)$/,
    form: 'auto, cpu, webgpu or a number ("0": the first GPU, or the CPU where there is none)',
    help: "where to compute",
  },
  adam_epsilon: { kind: "number", default: 1e-8, above: 0, help: "Adam's epsilon" },
  warmup_proportion: {
    kind: "number",
    default: 0.1,
    min: 0,
    max: 1,
    help: "share of the steps in which the learning rate rises",
  },
  max_grad_norm: { kind: "number", default: 1, above: 0, help: "the global gradient norm is cut to this" },
  logging_steps: { kind: "integer", default: 5, min: 1, help: "steps between two lines of progress" },
  seed: { kind: "integer", default: 42, min: 0, help: "start of all random numbers" },
  max_len: { kind: "integer", default: 768, min: 1, help: "longest sequence in tokens" },
  query_max_len: { kind: "integer", default: 64, min: 1, help: "longest answer in tokens" },
  names_file_path: {
    kind: "text",
    default: "",
    help: "CMRC JSON whose titles are the passages' names, for rename_proportion",
  },
  rename_proportion: {
    kind: "number",
    default: 0,
    min: 0,
    max: 1,
    help: "share of the examples whose passage gets a random name",
  },
} satisfies SettingTable;
