"""Whether this CPU multiplies bfloat16 faster than float32: measured once, because no flag of a CPU says so.

With AMX tiles it does; with AVX-512 bfloat16 alone it was found twice as fast on one processor and half as fast on
another.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_FILE = "cpu-speed.json"
# A base model in bfloat16 loses digits; that must be worth it.
_WORTH_IT = 1.25
_ROUNDS = 7


def bfloat16_pays(cache_dir: Path) -> bool:
    """True if bfloat16 products are at least a quarter faster; kept in the cache folder, so that runs agree."""
    import torch

    if not torch.backends.mkldnn.is_available() or not _has_bfloat16():
        return False
    about = [torch.__version__, platform.machine(), *_processor()]
    path = cache_dir / _FILE
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["about"] == about:
            return float(known["ratio"]) >= _WORTH_IT
    ratio = _ratio()
    with suppress(OSError):
        from hyperlora.files.durable import write_json

        write_json(path, {"about": about, "ratio": round(ratio, 3)})
    return ratio >= _WORTH_IT


def _has_bfloat16() -> bool:
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def _processor() -> Iterator[str]:
    """Model and flags of the processor, as Linux names them; elsewhere what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        yield platform.processor()
        return
    for field in ("model name", "model", "stepping"):
        yield next((line.partition(":")[2].strip() for line in lines if line.startswith(field)), "")


def _ratio() -> float:
    """Time of a float32 product over that of a bfloat16 one, in the shapes of a small model's training step."""
    import torch

    best = []
    for dtype in (torch.float32, torch.bfloat16):
        left, right = torch.ones(384, 576, dtype=dtype), torch.ones(576, 1536, dtype=dtype)
        times = []
        for _ in range(_ROUNDS):
            started = time.perf_counter()
            for _ in range(4):
                left @ right
            times.append(time.perf_counter() - started)
        best.append(min(times))
    return best[0] / best[1]
