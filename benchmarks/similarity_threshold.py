"""How often the closest description is the right task, by similarity; prints JSON.

Each training description of the starter suite's seen tasks is asked against the others (leave one out). With
`--foreign FILE`, a JSONL of `{"task": …, "descriptions": […]}`, the first description of each foreign task is asked
too.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from hyperlora.embeddings.encoder import TextEncoder
from pipelines.starter import starter_suite

THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--foreign", type=Path)
    arguments = parser.parse_args()
    encoder, tasks = TextEncoder(), starter_suite().part("seen")
    owners = np.array([position for position, task in enumerate(tasks) for _ in task.descriptions])
    vectors = encoder.encode([text for task in tasks for text in task.descriptions])
    similarities = vectors @ vectors.T
    np.fill_diagonal(similarities, -1)
    best, right = similarities.max(axis=1), owners[similarities.argmax(axis=1)] == owners
    report: dict[str, object] = {"encoder": encoder.id, "descriptions": len(owners), "top_1": float(right.mean())}
    foreign = None
    if arguments.foreign:
        lines = [json.loads(line) for line in arguments.foreign.read_text().splitlines()]
        foreign = (encoder.encode([line["descriptions"][0] for line in lines]) @ vectors.T).max(axis=1)
        report["foreign_tasks"] = len(lines)
    report["thresholds"] = [
        {
            "similarity": threshold,
            "right_and_trusted": float((right & (best >= threshold)).mean()),
            "wrong_and_trusted": float((~right & (best >= threshold)).mean()),
            "foreign_trusted": None if foreign is None else float((foreign >= threshold).mean()),
        }
        for threshold in THRESHOLDS
    ]
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
