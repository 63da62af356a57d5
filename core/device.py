"""Where networks run: the best device of this machine, what to say about it, and seeds that repeat."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch

from core.errors import StartError

OVERRIDE = "VISION_LAB_DEVICE"


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What to show about a device. `memory` is in bytes, or None where the device shares the machine's."""

    device: str
    title: str
    detail: str
    memory: int | None


def best_device() -> torch.device:
    """The device experiments run on: `VISION_LAB_DEVICE` if set, else cuda, else mps, else cpu.

    Raises:
        StartError: `VISION_LAB_DEVICE` names a device this machine does not have.
    """
    wanted = os.environ.get(OVERRIDE, "").strip()
    if wanted:
        return _checked(wanted)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def describe(device: torch.device) -> DeviceInfo:
    """A short title ("CPU · 2 threads") and one line of detail."""
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        gigabytes = properties.total_memory / 2**30
        return DeviceInfo(
            str(device), f"GPU · {properties.name}", f"{gigabytes:.0f} GB of its own memory", properties.total_memory
        )
    threads = torch.get_num_threads()
    if device.type == "mps":
        return DeviceInfo(str(device), "GPU · Apple", "Shares the memory of this machine", None)
    return DeviceInfo(
        str(device),
        f"CPU · {threads} thread{'s' if threads != 1 else ''}",
        "No GPU in use; everything in the lab also runs without one",
        None,
    )


def seeded(seed: int, device: torch.device) -> torch.Generator:
    """A random generator of its own: the same seed gives the same numbers, whatever other sessions draw."""
    return torch.Generator(device=device).manual_seed(seed)


def _checked(wanted: str) -> torch.device:
    try:
        device = torch.device(wanted)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise StartError(
            f"{OVERRIDE} is set to '{wanted}', which this machine does not have.",
            f"Unset it, or set it to cpu. ({type(error).__name__})",
        ) from error
    return device
