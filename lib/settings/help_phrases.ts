/**
 * Chinese for the phrases in the tables of settings. Rows keep their English phrase, so that a
 * table reads as one; help texts and messages show `helpPhrase(phrase)`. A test checks that every
 * phrase of every command is in this table.
 */
import { say } from "../text/mod.ts";

/** A phrase of a table of settings in the language that is spoken. */
export const helpPhrase = (phrase: string): string =>
  say({ en: phrase, zh: CHINESE.get(phrase) ?? phrase });

const CHINESE: ReadonlyMap<string, string> = new Map(Object.entries({
  // forms of values
  "text": "文本",
  "a path": "路径",
  "en or zh": "en 或 zh",
  "auto, cpu, webgpu or a GPU number": "auto、cpu、webgpu 或 GPU 编号",
  // every command
  "language of all messages, by default that of LANG": "所有信息的语言，默认由 LANG 决定",
  // the machine
  "compute device": "计算设备",
  "how GPU buffers are reused": "GPU 缓冲区的复用方式",
  "random seed": "随机种子",
  "CPU threads; 0: one per core": "CPU 线程数；0 表示每个核心一个",
  "CPU memory budget in GiB; 0: 4/5 of the free memory":
    "CPU 内存预算（GiB）；0 表示空闲内存的 4/5",
  "load frozen models and caches only when needed": "冻结的模型和缓存用时才加载",
  "GPU dtype of frozen models": "冻结的模型在 GPU 上的数据类型",
  // paths and data files
  "passages: text, JSON, JSON lines, CSV or TSV": "短文：纯文本、JSON、JSON Lines、CSV 或 TSV",
  "passages: text, JSON, JSON lines, CSV, TSV; empty: standard input":
    "短文：纯文本、JSON、JSON Lines、CSV、TSV；留空则读标准输入",
  "questions: JSON, JSON lines, CSV, TSV": "问题：JSON、JSON Lines、CSV、TSV",
  "held-out questions": "留出的问题",
  "ranked lists, pairs or questions": "排序列表、偏好对或问题",
  "held-out lists, pairs or questions": "留出的排序列表、偏好对或问题",
  "questions or ranked lists; empty: standard input": "问题或排序列表；留空则读标准输入",
  "refuse data files with unusable rows": "数据文件只要有不可用的行就拒绝",
  "SFT model: initial actor and frozen reference":
    "SFT 模型：策略模型 (actor) 的初值，也是冻结的参考模型",
  "reward model; the critic starts from its weights": "奖励模型；价值模型 (critic) 以其权重为初值",
  "folder for checkpoints, logs and saved states": "保存检查点、日志和训练状态的文件夹",
  "folder for the trained model": "保存训练所得模型的文件夹",
  "replace the model that output_dir holds": "覆盖 output_dir 中已有的模型",
  "output folder": "输出文件夹",
  "initial model; empty: a new model": "初始模型；留空则新建模型",
  "model that the body starts from": "主体部分的初始模型",
  "model folder; empty: the embedded SFT model": "模型文件夹；留空则用内置的 SFT 模型",
  "reward model; empty: the embedded one": "奖励模型；留空则用内置的",
  "SFT model for ranked lists; empty: split the passages":
    "生成排序列表的 SFT 模型；留空则划分短文",
  "folder of a run to continue; same results as an uninterrupted run":
    "要续训的文件夹；结果与不中断时相同",
  // lengths
  "maximum tokens in a prompt and its answer together": "提示与回答合计的最大词元数",
  "maximum tokens in an answer": "回答的最大词元数",
  "maximum tokens in a passage and its question together": "短文与问题合计的最大词元数",
  "maximum tokens in a question": "问题的最大词元数",
  "minimum tokens in a question": "问题的最小词元数",
  // the schedule of PPO
  "prompts per timestep": "每个时间步的提示数",
  "answers per prompt": "每个提示的回答数",
  "episodes; a checkpoint is saved after each": "训练轮数；每轮结束后保存一个检查点",
  "timesteps per episode": "每轮的时间步数",
  "timesteps of experience per update": "每次更新所用经验的时间步数",
  "passes over the experience in each update": "每次更新中遍历经验池的次数",
  "answers per optimizer step; 0: a whole timestep": "每个优化器步的回答数；0 表示整个时间步",
  "answers per training pass; 0: the minibatch": "每次前向与反向计算的回答数；0 表示整个小批次",
  "blocks per checkpointing segment; 0: off": "激活重计算每段的块数；0 表示关闭",
  "answer tokens per chunk of actor logits; 0: all":
    "策略模型的 logits 每次计算的词元数；0 表示全部",
  "answers per scoring pass; 0: chosen for speed": "每次评分的回答数；0 表示按速度自动选择",
  "answers generated at once; 0: a whole timestep": "同时生成的回答数；0 表示整个时间步",
  "updates between saved states (two of 24 bytes per parameter)":
    "每隔多少次更新保存训练状态（保留两份，每个参数各占 24 字节）",
  "print the predicted memory, disk space and time, and exit":
    "打印预计的内存、磁盘空间和时间，然后退出",
  // PPO
  "Adam learning rate of the actor and the critic": "策略模型和价值模型的 Adam 学习率",
  "decay of the rate": "学习率的衰减方式",
  "share of steps used for warm-up": "预热步数所占比例",
  "end an update at 1.5 times this KL; 0: never": "KL 达到此值的 1.5 倍时结束本次更新；0 表示从不",
  "Adam epsilon": "Adam 的 epsilon",
  "maximum global norm of the gradient": "梯度全局范数的上限",
  "weight of the KL penalty against the reference model": "相对参考模型的 KL 惩罚系数",
  "discount factor": "折扣因子",
  "GAE lambda": "GAE 的 λ",
  "clip range of the probability ratio": "概率比率的裁剪范围",
  "clip range of the value update": "价值更新的裁剪范围",
  "scores are clipped at plus or minus this value": "分数裁剪到正负此值之间",
  "whiten the advantages of each update": "每次更新时对优势做白化",
  "normalise scores by their mean and std on SFT answers":
    "按 SFT 回答的均值和标准差对分数做归一化",
  "start the critic's value head at zero": "价值模型的价值头从零开始",
  "score penalty for an answer without an end token": "回答没有结束词元时扣除的分数",
  // sampling
  "sample answers; false decodes greedily": "采样生成回答；false 表示贪心解码",
  "sampling temperature": "采样温度",
  "sample from the k most likely tokens; 0: no limit": "只从概率最高的 k 个词元中采样；0 表示不限",
  "nucleus sampling threshold": "核采样 (top-p) 的阈值",
  "penalty on repeated tokens; 1: none": "对重复词元的惩罚；1 表示无",
  // the tutorial's defects
  "reproduce the tutorial, including all of its defects": "忠于原教程，包括其中所有的错误",
  "defect: position ids count the left padding": "错误：位置编号把左填充也算在内",
  "defect: GAE and KL include the padding": "错误：GAE 和 KL 把填充也算在内",
  "defect: dropout in updates, not in rollouts": "错误：更新时有 dropout，采样时没有",
  "defect: log-probs of raw logits": "错误：用未经处理的 logits 计算对数概率",
  "defect: shuffle whole batches, not answers": "错误：打乱的是整批，而不是单个回答",
  "defect: prompt order ignores the seed": "错误：提示的顺序不受随机种子控制",
  "defect: also decay layer norms": "错误：权重衰减也作用于层归一化",
  "defect: -log(sigmoid(x)), infinite below -89":
    "错误：直接计算 -log(sigmoid(x))，x 低于 -89 时为无穷大",
  // SFT and the reward model
  "passes over the training data": "遍历训练数据的次数",
  "examples per optimizer step": "每个优化器步的样本数",
  "examples per forward pass in evaluation": "评估时每次前向计算的样本数",
  "lists per optimizer step": "每个优化器步的列表数",
  "lists per forward pass in evaluation": "评估时每次前向计算的列表数",
  "micro-batches per optimizer step": "每个优化器步的微批次数（梯度累积）",
  "peak learning rate of AdamW": "AdamW 的最高学习率",
  "AdamW weight decay, except on biases and layer norms":
    "AdamW 的权重衰减，不作用于偏置和层归一化",
  "dropout rate of GPT-2 during training": "训练时 GPT-2 的 dropout 比例",
  "dropout before the value head": "价值头之前的 dropout 比例",
  "blocks per checkpointing segment (0: off); needs --dropout 0":
    "激活重计算每段的块数（0 表示关闭）；需要 --dropout 0",
  "write checkpoint-STEP and metrics.jsonl into output_dir":
    "把 checkpoint-STEP 和 metrics.jsonl 写入 output_dir",
  "steps between progress lines": "每隔多少步打印一行进度",
  "stop after this many steps; 0: after the last epoch": "到这么多步就停止；0 表示到最后一轮结束",
  "CMRC JSON whose titles serve as new names": "CMRC 格式的 JSON，其标题用作新名称",
  "share of passages with a random new name": "换上随机新名称的短文所占比例",
  "folder with the vocab.txt of a new model": "新模型的 vocab.txt 所在的文件夹",
  "loss weight of passage tokens (question tokens: 1)": "短文词元在损失中的权重（问题词元为 1）",
  "embedding width of a new model": "新模型的嵌入维度",
  "transformer blocks of a new model": "新模型的 Transformer 块数",
  "attention heads of a new model": "新模型的注意力头数",
  "passages for score statistics; empty: 200 held-out ones":
    "用于统计分数的短文；留空则用 200 段留出的短文",
  // ranked lists, predictions and scores
  "lists per training example; held-out examples get one": "每个训练样本的列表数；留出的样本各一个",
  "share of lists unanswerable at rank 3": "第 3 名无法回答的列表所占比例",
  "make lists per question; false: per passage": "按问题生成列表；false 表示按短文",
  "questions per passage": "每段短文的问题数",
  "a passage; needs --query": "一段短文；需要同时给出 --query",
  "a question about it": "关于这段短文的一个问题",
  // export and sweeps
  "export format": "导出格式",
  "model folder for --to onnx; empty: models/sft_model":
    "--to onnx 的模型文件夹；留空则为 models/sft_model",
  "folder to create; empty: out/ plus the format name": "要新建的文件夹；留空则为 out/ 加格式名",
  "output file; finished trials in it are kept": "输出文件；其中已完成的试验会保留",
  "held-out passages judged after each update; 0: none":
    "每次更新后由标准裁判判定的留出短文数；0 表示不判定",
  "trials at once; 0: limited by cores and memory": "同时运行的试验数；0 表示由核心数和内存决定",
  "CPU threads per trial; affects rounding": "每个试验的 CPU 线程数；会影响舍入",
  "address of a Ray cluster, such as auto or ray://host:10001":
    "Ray 集群的地址，例如 auto 或 ray://host:10001",
  "this project's folder on the cluster; empty: the same path":
    "本项目在集群上的文件夹；留空则路径相同",
  "Python executable with Ray installed": "已安装 Ray 的 Python 可执行文件",
  // notebooks
  "held-out passages for the gold judge; 0: all": "供标准裁判判定的留出短文数；0 表示全部",
  "make notebooks from notebooks/source/ without executing":
    "由 notebooks/source/ 生成笔记本，不执行",
  "compare notebooks with their sources and check their types": "对照笔记本与其源文件，并检查类型",
  "build, execute and keep the executed notebooks": "生成并执行笔记本，保留执行后的结果",
  "make pages from committed outputs without executing": "由已提交的输出生成网页，不执行",
  "also install JupyterLab, for the lab task": "同时安装 JupyterLab，供 lab 任务使用",
  "editions of the chapters": "章节的语言版本",
  // control
  "environment": "环境",
  "settings to start from": "以哪一组设置为起点",
  "random seeds; each one is a run of its own": "随机种子；每个种子单独训练一次",
  "whole numbers separated by commas, such as 1,2,3": "用逗号分隔的整数，例如 1,2,3",
  "steps of all environments together": "所有环境合计的步数",
  "environments that are stepped together": "同时推进的环境数",
  "steps of each environment per update": "每次更新前每个环境的步数",
  "steps per optimizer step": "每个优化步使用的环境步数",
  "passes over the steps of an update": "每次更新中数据的遍数",
  "Adam learning rate": "Adam 学习率",
  "decay of the learning rate": "学习率的衰减方式",
  "lambda of GAE": "GAE 的 lambda",
  "decay of the clip range": "裁剪范围的衰减方式",
  "clip range of values; 0: no clipping": "价值的裁剪范围；0 表示不裁剪",
  "whiten the advantages of each minibatch": "对每个小批量的优势做白化",
  "weight of the entropy bonus": "熵奖励的权重",
  "weight of the mean squared error of the values": "价值均方误差的权重",
  "limit of the gradient norm; 0: none": "梯度范数的上限；0 表示不限制",
  "normalise observations by their running mean and variance": "用滑动的均值和方差归一化观测",
  "divide rewards by the deviation of discounted returns": "奖励除以折扣回报的标准差",
  "count V after an episode that was truncated": "回合被截断时计入之后的价值 V",
  "exploration noise that depends on the state (gSDE)": "随状态变化的探索噪声（gSDE）",
  "steps between gSDE noise matrices; -1: n_steps": "gSDE 每隔多少步更换噪声矩阵；-1 表示 n_steps",
  "initial log standard deviation of continuous actions": "连续动作的初始对数标准差",
  "keep the standard deviation at its initial value": "标准差保持初始值不变",
  "orthogonal initial weights; false: PyTorch's uniform ones":
    "正交初始化；false 表示 PyTorch 的均匀初始化",
  "activation of the hidden layers": "隐藏层的激活函数",
  "numbers in each of the two hidden layers": "两个隐藏层各自的宽度",
  "Adam's epsilon": "Adam 的 epsilon",
  "episodes of the evaluation after training": "训练后评估的回合数",
  "folder of the runs; empty: out/control/ENV": "训练的文件夹；留空则为 out/control/ENV",
  "folder whose unfinished runs are continued exactly": "精确继续该文件夹中未完成的训练",
  "folder of a run whose policy is evaluated and drawn": "评估并绘制该文件夹中训练得到的策略",
  "updates between saved states": "每隔多少次更新保存一次状态",
  "runs at once; 0: one per core": "同时训练的个数；0 表示每个核心一个",
}));
