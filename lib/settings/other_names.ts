/**
 * What other libraries call the settings of this project, and which of their settings have no
 * counterpart here. Hints for unknown names come from this table and from `elsewhere.ts`, whose
 * rows have the same meaning in OpenRLHF and TRL.
 *
 * The names are from the tutorial's other stages, CleanRL, Stable-Baselines3, RLlib, older TRL,
 * verl, DeepSpeed-Chat, LLaMA-Factory, transformers' `TrainingArguments` and `generate`,
 * GPT2-Chinese, UER-py, nanoGPT, and older versions of this project.
 */
import { say, type Text } from "../text/mod.ts";
import { ELSEWHERE, namesElsewhere } from "./elsewhere.ts";

/** Names elsewhere, separated by blanks, by the setting of any command that they stand for. */
const OTHER_NAMES: { readonly [setting: string]: string } = {
  // paths
  train_file_path: "train_file train_path train_data train_dataset dataset dataset_name data " +
    "data_path raw_data_path prompt_data prompt_dataset corpus_path",
  test_file_path: "test_file test_path eval_file eval_data eval_dataset validation_file " +
    "dev_file dev_path dev_file_path",
  pretrained_model_path: "pretrained_model pretrain model model_name model_name_or_path " +
    "base_model init_from tokenizer_path",
  ori_model_path: "sft_model_path model model_name model_name_or_path pretrain " +
    "actor_model_name_or_path actor_model_path ref_model ref_model_path reference_model_path",
  reward_model_path: "reward_model reward_model_name_or_path reward_pretrain rm_path rm_model " +
    "rm_model_path critic_model_name_or_path critic_pretrain",
  model_path: "model model_name model_name_or_path load_model_path checkpoint ckpt ckpt_path " +
    "reward_model_path ori_model_path",
  output_dir: "output output_path out_dir save_dir save_path save_model_path output_model_path " +
    "logging_dir log_dir",
  output: "output_dir output_file output_path",
  export_dir: "output_dir output output_path out_dir",
  file: "input input_file input_path test_file prompt prompts prompt_file data_path test_path",
  data_dir: "vocab vocab_path vocab_file tokenizer_path",
  resume: "resume_from resume_from_checkpoint load_checkpoint continue_from",
  overwrite: "overwrite_output_dir force",
  // lengths and numbers
  max_len: "max_length max_seq_len max_seq_length max_source_length seq_length seq_len n_ctx " +
    "cutoff_len block_size context_length model_max_length",
  query_len: "query_max_len max_query_len max_new_tokens response_length max_response_length " +
    "max_target_length generate_max_len max_answer_seq_len output_len",
  query_max_len: "query_len max_query_len max_new_tokens response_length max_response_length " +
    "max_target_length generate_max_len max_answer_seq_len",
  min_length: "min_len min_new_tokens",
  num_questions: "num_return_sequences nsamples num_samples n_samples n",
  num_return_sequences: "num_generations nsamples num_samples n_samples n num_questions",
  batch_size: "train_batch_size rollout_batch_size per_device_train_batch_size",
  train_batch_size: "batch_size per_device_train_batch_size per_gpu_train_batch_size",
  test_batch_size: "eval_batch_size per_device_eval_batch_size dev_batch_size",
  mini_batch_size: "minibatch_size ppo_mini_batch_size sgd_minibatch_size",
  micro_batch_size: "micro_train_batch_size ppo_micro_batch_size gradient_accumulation_steps " +
    "ppo_micro_batch_size_per_gpu",
  gradient_accumulation_steps: "gradient_accumulation grad_accum accumulation_steps " +
    "gradient_accumulation_step",
  ppo_epoch: "ppo_epochs num_epochs n_epochs update_epochs num_sgd_iter noptepochs",
  num_train_epochs: "num_epochs n_epochs epochs epoch epochs_num max_epochs",
  max_steps: "total_steps max_iters max_train_steps",
  logging_steps: "log_step log_steps log_interval report_steps",
  save_every: "save_steps save_freq save_interval save_checkpoint_steps",
  update_timesteps: "update_steps n_steps num_steps rollout_steps",
  // optimisation
  learning_rate: "lr actor_lr critic_lr actor_learning_rate critic_learning_rate alpha step_size",
  lr_schedule: "lr_scheduler lr_scheduler_type lr_decay scheduler anneal_lr",
  warmup_proportion: "warmup warmup_ratio lr_warmup_ratio",
  weight_decay: "wd decay",
  adam_epsilon: "epsilon eps adam_eps",
  max_grad_norm: "grad_clip grad_norm max_norm clip_grad clip_grad_norm gradient_clip_val",
  dropout: "dropout_rate resid_pdrop hidden_dropout_prob",
  blocks_per_program: "gradient_checkpointing gradient_checkpointing_enable " +
    "actor_gradient_checkpointing enable_gradient_checkpointing",
  // PPO
  kl_coef: "init_kl_coef kl_penalty kl_beta beta kl_ctl kl_loss_coef kl_coeff",
  target_kl: "kl_target desired_kl",
  gamma: "discount discount_factor",
  lam: "lambda lmbda lambd gae_lambda",
  policy_clip_eps: "clip_range clip_ratio clip_coef clip_eps clip_param ppo_clip epsilon_clip",
  value_clip_eps: "clip_range_vf clip_range_value vf_clip_param value_clip_range",
  reward_clip_eps: "cliprange_reward reward_clip reward_clip_range clip_reward_value",
  whiten_advantages: "no_whitening norm_adv normalize_advantage whiten_rewards",
  normalise_scores: "no_score_normalisation normalize_scores normalize_reward use_score_norm " +
    "use_score_scaling",
  missing_eos_penalty: "no_missing_eos_penalty non_eos_penalty",
  // sampling
  temperature: "temp",
  top_k: "topk",
  top_p: "topp nucleus nucleus_p",
  repetition_penalty: "rep_pen repeat_penalty",
  // the machine
  device: "gpu gpus cuda device_id gpu_id use_gpu no_cuda use_cpu",
  threads: "num_threads nthreads n_threads cpu_threads omp_num_threads num_workers",
  seed: "random_seed rand_seed manual_seed",
  memory_gib: "memory max_memory memory_gb",
  spare_memory: "offload cpu_offload low_memory",
  jobs: "n_jobs num_jobs workers num_workers parallel",
  embed: "n_embd hidden_size emb_size d_model",
  layers: "n_layer num_layers num_hidden_layers layers_num",
  heads: "n_head num_heads num_attention_heads heads_num",
};

const FLOATS = { en: "everything is computed in float32", zh: "所有计算都用 float32" };
const PARALLEL = {
  en: "a run uses one device; `deno task export` moves it to libraries for several",
  zh: "一次训练只用一个设备；`deno task export` 可把它导出到支持多设备的库",
};
const LOGS = {
  en: "every run writes metrics.jsonl and an event file for TensorBoard",
  zh: "每次训练都会写出 metrics.jsonl 和 TensorBoard 的事件文件",
};
const ENTROPY = { en: "there is no entropy bonus", zh: "这里没有熵奖励" };
const VALUE_WEIGHT = {
  en: "the actor and the critic are separate models, so the value loss needs no weight",
  zh: "策略模型和价值模型是两个独立的模型，价值损失不需要权重",
};
const LORA = {
  en: "all weights are trained; there are no adapters",
  zh: "训练全部权重，没有适配器",
};
const BETAS = {
  en: "Adam's betas are 0.9 and 0.999",
  zh: "Adam 的 beta 是 0.9 和 0.999",
};
const ONE_STAGE = {
  en: "it is a setting of the reward stage only",
  zh: "它只是奖励模型阶段的设置",
};
const CONSTANT_KL = {
  en: "kl_coef stays constant; target_kl limits each update instead",
  zh: "kl_coef 保持不变；每次更新的幅度由 target_kl 限制",
};
const MINIBATCH_SIZE = {
  en: "mini_batch_size is the number of answers in each, not their number",
  zh: "mini_batch_size 是每个小批次的回答数，而不是小批次的个数",
};
const SCHEDULE = {
  en: "a run has num_episodes times max_timesteps timesteps of batch_size prompts",
  zh: "一次训练有 num_episodes × max_timesteps 个时间步，每步 batch_size 个提示",
};
const WARM_UP = {
  en: "warmup_proportion is the share of all steps",
  zh: "warmup_proportion 是预热占全部步数的比例",
};
const NO_BEAMS = {
  en: "questions are sampled, or greedy with do_sample false; there is no beam search",
  zh: "问题由采样生成，do_sample 为 false 时用贪心解码；没有束搜索",
};
const KEPT = {
  en: "a run keeps one policy per episode and the newest state",
  zh: "每轮保留一个策略模型，另外保留最新的训练状态",
};

/** Settings elsewhere that have no counterpart here, with the reason. */
const WITHOUT_COUNTERPART: ReadonlyMap<string, Text> = new Map(
  Object.entries({
    vf_coef: VALUE_WEIGHT,
    vf_loss_coeff: VALUE_WEIGHT,
    value_loss_coef: VALUE_WEIGHT,
    ent_coef: ENTROPY,
    entropy_coef: ENTROPY,
    entropy_coeff: ENTROPY,
    entropy_loss_coef: ENTROPY,
    unstable_log_sigmoid: ONE_STAGE,
    adap_kl_ctrl: CONSTANT_KL,
    horizon: CONSTANT_KL,
    num_mini_batches: MINIBATCH_SIZE,
    num_minibatches: MINIBATCH_SIZE,
    total_episodes: SCHEDULE,
    total_timesteps: SCHEDULE,
    warmup_steps: WARM_UP,
    num_warmup_steps: WARM_UP,
    num_beams: NO_BEAMS,
    beam_size: NO_BEAMS,
    adam_beta1: BETAS,
    adam_beta2: BETAS,
    fp16: FLOATS,
    bf16: FLOATS,
    tf32: FLOATS,
    dtype: FLOATS,
    torch_dtype: FLOATS,
    deepspeed: PARALLEL,
    zero_stage: PARALLEL,
    local_rank: PARALLEL,
    num_gpus: PARALLEL,
    world_size: PARALLEL,
    nproc_per_node: PARALLEL,
    report_to: LOGS,
    use_wandb: LOGS,
    track: LOGS,
    lora_rank: LORA,
    lora_alpha: LORA,
    use_peft: LORA,
    save_total_limit: KEPT,
  }),
);

const ROWS = Object.entries(ELSEWHERE).map(([setting, row]) => [setting, namesElsewhere(row)]);
const NAMES = [
  ...Object.entries(OTHER_NAMES).map(([setting, names]) => [setting, names.split(" ")] as const),
  ...ROWS.map(([setting, names]) => [String(setting), names] as const),
];

/** The form in which names are compared: `learningRate` and `Learning-Rate` as `learning_rate`. */
export const comparable = (name: string): string =>
  name.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toLowerCase().replaceAll("-", "_");

/** A name with its prefix, as in `actor.adam.lr`, and without. */
const withoutPrefix = (name: string): string => name.split(".").at(-1) ?? name;

/**
 * The settings of this project that another library calls `name`, those of all commands.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { settingsCalled } from "ppo/settings/mod.ts";
 * deepEqual(settingsCalled("cliprange"), ["policy_clip_eps"]);
 * deepEqual(settingsCalled("max_new_tokens"), ["query_len", "query_max_len"]);
 * ```
 */
export function settingsCalled(name: string): string[] {
  const wanted = comparable(name);
  const found = (exact: string) =>
    NAMES.filter(([, names]) => names.includes(exact)).map(([setting]) => setting);
  const settings = found(wanted);
  return [...new Set(settings.length > 0 ? settings : found(withoutPrefix(wanted)))];
}

/** Why a setting of another library has no counterpart; undefined if it is not known. */
export function reasonWithout(name: string): string | undefined {
  const reason = WITHOUT_COUNTERPART.get(comparable(name)) ??
    WITHOUT_COUNTERPART.get(withoutPrefix(comparable(name)));
  return reason && say(reason);
}
