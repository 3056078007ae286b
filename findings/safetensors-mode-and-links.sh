#!/usr/bin/env bash
# safetensors 0.8.0, numpy 2.2.6 (Python 3.11 to 3.13, Linux), seen on 2026-11-30.
#
# Expected: `save_file` writes a file as `open(path, "wb")` does: readable by others where the umask allows it (0644 with
#   umask 022), and through a symbolic link into the link's target, as 0.7.0 does for links and modes alike.
# Seen: the file has mode 0600, whatever the umask, and a symbolic link is replaced by a file: its target keeps the old
#   contents. An adapter saved for a server that runs as another user cannot be read by it; a hub cache's link to a blob
#   becomes a file of its own.
#
# Exits with 0 while this is so, and with 1 when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
seen() {
  python3 -m venv "venv-$1"
  "venv-$1/bin/pip" install --quiet --disable-pip-version-check "$1" "numpy==2.2.6"
  "venv-$1/bin/python" - <<'PY'
import os, stat, safetensors
import numpy as np
from pathlib import Path
from safetensors.numpy import load_file, save_file

os.umask(0o022)
name = safetensors.__version__
old, new = {"x": np.zeros(2, np.float32)}, {"x": np.ones(2, np.float32)}
plain, target, link = Path(f"{name}-plain.safetensors"), Path(f"{name}-target.safetensors"), Path(f"{name}-link.safetensors")
save_file(old, plain)
save_file(old, target)
link.symlink_to(target)
save_file(new, link)
mode = stat.S_IMODE(plain.stat().st_mode)
print(f"{name}: mode {mode:04o}, still a link: {link.is_symlink()}, target written: {bool(load_file(target)['x'][0] == 1)}")
PY
}
seen safetensors==0.7.0 | tee before
seen safetensors==0.8.0 | tee after
grep -qx '0.8.0: mode 0600, still a link: False, target written: False' after
