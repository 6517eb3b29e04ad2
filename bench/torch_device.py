"""Where PyTorch computes, for the comparisons: TORCH_DEVICE (cpu, or cuda for the first GPU), TF32 (1: matrix products in TF32)."""

import os

import torch

DEVICE = os.environ.get("TORCH_DEVICE", "cpu")


def choose():
    """Tensors are made there from now on; returns what it is, for the greeting."""
    tf32 = os.environ.get("TF32", "0") == "1"
    torch.set_default_device(DEVICE)
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    name = torch.cuda.get_device_name() if DEVICE == "cuda" else DEVICE
    return {"device": name, "tf32": tf32}


def wait():
    """Until the device has done what it was given: a clock read before says nothing."""
    if DEVICE == "cuda":
        torch.cuda.synchronize()
