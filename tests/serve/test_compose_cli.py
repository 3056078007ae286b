"""`hyperlora compose`: weights from where they are asked for, one adapter with its parents, and clear refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import hyperlora
from hyperlora.embeddings.encoder import TextEncoder
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.algebra import cosine
from hyperlora.peft_io.folder import read_adapter, write_adapter
from hyperlora.registry import Registry
from retrieval.compose import METHODS, compose

Run = Callable[..., Any]
PAIR = ("registry:plural", "registry:capital")


def test_compose_writes_and_registers_one_adapter_with_its_parents(pool: Registry, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "both"
    outcome = run(
        "compose", *PAIR, "--method", "svd", "--weights", "0.7", "-0.3", "--rank", "3", "--out", out,
        "--name", "both", "--description", "Plural and capital", "--json",
    )  # fmt: skip
    value = outcome.value
    assert (value["weights"], value["ranks"], value["parents"]) == ([0.7, -0.3], [3], list(PAIR))
    assert value["adapter"]["reference"] == "registry:both@1"
    written, registered = read_adapter(out), pool.load("registry:both")
    expected = compose([pool.load(reference) for reference in PAIR], [0.7, -0.3], rank=3)
    assert written.content_hash == registered.content_hash == expected.content_hash == value["content"]
    assert (registered.card.origin, registered.card.parents) == ("composed", PAIR)
    assert registered.card.description == "Plural and capital"
    assert registered.card.decision == {"method": "svd", "weights": [0.7, -0.3], "rank": 3, "options": {}}
    assert registered.card.recipe_hash == written.card.recipe_hash != ""
    # it is of the pool now, so the search finds it
    assert run("search", "Plural and capital", "-k", "1", "--json").value[0]["name"] == "both"


def test_a_recipe_gives_what_the_same_options_give(pool: Registry, run: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "mix.yaml"
    recipe.write_text(
        yaml.safe_dump(
            {"adapters": list(PAIR), "method": "ties", "weights": [0.5, 1], "options": {"density": 0.3}, "rank": 2}
        )
    )
    one = run("compose", "--recipe", recipe, "--out", tmp_path / "one", "--json").value
    other = run(
        "compose", *PAIR, "--method", "ties", "--option", "density=0.3", "--rank", "2", "--weights", "0.5", "1",
        "--out", tmp_path / "other", "--json",
    ).value  # fmt: skip
    assert one["content"] == other["content"]
    assert (tmp_path / "one" / "adapter_model.safetensors").read_bytes() == (
        tmp_path / "other" / "adapter_model.safetensors"
    ).read_bytes()
    called = hyperlora.compose(PAIR, "ties", weights=[0.5, 1], rank=2, options={"density": 0.3})
    assert called.adapter.content_hash == one["content"]
    assert (called.folder, called.entry) == (None, None)


def test_explain_shows_what_was_kept_and_how_the_adapters_get_on(pool: Registry, run: Run, tmp_path: Path) -> None:
    text = run("compose", *PAIR, "--rank", "1", "--out", tmp_path / "both", "--explain").out
    first, second = (pool.load(reference) for reference in PAIR)
    assert f"registry:capital   norm {hyperlora_norm(second):7.3f}   cosines {cosine(first, second):5.2f}  1.00" in text
    assert "kept of the weighted sum's energy: 0." in text
    assert all(name in text for name in first.modules)
    plain = run("compose", *PAIR, "--rank", "1", "--out", tmp_path / "again").out.splitlines()
    assert len(plain) == 3
    assert plain[0] == f"{tmp_path / 'again'}: svd of 2 adapters, rank 1"


def hyperlora_norm(adapter: Adapter) -> float:
    return float(np.sqrt(sum(float((part.weight_change() ** 2).sum()) for part in adapter.modules.values())))


def test_weights_by_similarity_are_a_softmax_over_the_closest_wordings(
    pool: Registry, run: Run, encoder: TextEncoder, tmp_path: Path
) -> None:
    asked = "Turn the word into its plural"
    value = run(
        "compose", *PAIR, "--weights", "similarity", "--description", asked, "--out", tmp_path / "one", "--json"
    ).value
    (query,) = encoder.encode([asked])
    closest = [
        float(max(encoder.encode([card.description, *card.paraphrases]) @ query))
        for card in (pool.load(reference).card for reference in PAIR)
    ]
    shares = np.exp(np.array(closest) / 0.1)
    assert value["weights"] == pytest.approx((shares / shares.sum()).tolist(), rel=1e-4)
    assert value["weights"][0] > 0.95
    missing = run("compose", *PAIR, "--weights", "similarity", "--out", tmp_path / "two")
    assert (missing.code, missing.err.startswith("error: the description is empty")) == (1, True)


def test_lorahub_fits_its_weights_to_examples(pool: Registry, run: Run, tmp_path: Path) -> None:
    examples = tmp_path / "examples.jsonl"
    examples.write_text("".join(json.dumps({"input": word, "output": f"{word}s"}) + "\n" for word in ("cat", "dog")))
    asked = ("compose", *PAIR, "--method", "lorahub", "--examples", examples, "--json")
    one = run(*asked, "--out", tmp_path / "one").value
    assert len(one["weights"]) == 2
    assert all(abs(weight) <= 1.5 for weight in one["weights"])
    assert one["content"] == run(*asked, "--out", tmp_path / "two").value["content"]
    adapters = [pool.load(reference) for reference in PAIR]
    assert one["content"] == compose(adapters, one["weights"], method="fuse").content_hash
    assert "no examples" in run("compose", *PAIR, "--method", "lorahub", "--out", tmp_path / "three").err
    given = run(*asked, "--weights", "1", "1", "--out", tmp_path / "four")
    assert "lorahub fits its weights" in given.err


def test_adapters_of_unlike_prompts_are_composed_when_it_is_said_which_are_meant(
    pool: Registry, run: Run, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    adapter = make_adapter(9)
    write_adapter(
        adapter.with_card(adapter.card.model_copy(update={"prompt_template": "Q: {input}\nA:"})), tmp_path / "q"
    )
    pair = ("registry:plural", f"file:{tmp_path / 'q'}")
    refused = run("compose", *pair, "--out", tmp_path / "out")
    assert (refused.code, "--template" in refused.err, "Q: {input}" in refused.err) == (1, True, True)
    value = run("compose", *pair, "--template", "Q: {input}\\nA:", "--out", tmp_path / "out", "--json").value
    assert value["prompt_template"] == "Q: {input}\nA:"


def test_the_methods_are_listed(run: Run) -> None:
    listed = run("compose", "--methods", "--json").value
    assert [each["name"] for each in listed] == list(METHODS)
    assert {each["name"]: each["options"] for each in listed}["ties"] == {"density": 0.2}
    assert all(each["name"] in run("compose", "--methods").out for each in listed)


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (PAIR, 2, "Say where the result goes"),
        (("--out", "x"), 2, "Name the adapters"),
        ((*PAIR, "--recipe", "mix.yaml", "--out", "x"), 2, "--recipe says all; leave out adapters"),
        ((*PAIR, "--weights", "0.5", "uniform", "--out", "x"), 2, "--weights takes numbers"),
        (("--recipe", "nowhere.yaml", "--out", "x"), 1, "cannot be read"),
        ((*PAIR, "--method", "slerp", "--out", "x"), 1, "there is no composition method 'slerp'"),
        ((*PAIR, "--weights", "1", "--out", "x"), 1, "2 adapters and 1 weights"),
        ((*PAIR, "--weights", "0", "0", "--out", "x"), 1, "all weights are 0"),
        ((*PAIR, "--rank", "0", "--out", "x"), 1, "rank"),
        (("registry:plural", "registry:nothing", "--out", "x"), 1, "registry:nothing"),
        (("registry:plural", "registry:plural", "--out", "x"), 1, "registry:plural is there twice"),
        ((*PAIR, "--option", "density=0.5", "--out", "x"), 1, "svd has no option 'density'"),
    ],
)
def test_what_cannot_be_composed_is_refused_in_a_line(
    arguments: tuple[str, ...], code: int, problem: str, shared_pool: Registry, run: Run, tmp_path: Path
) -> None:
    outcome = run("compose", *(str(tmp_path / "x") if part == "x" else part for part in arguments))
    assert (outcome.code, outcome.out) == (code, "")
    assert problem in outcome.err
    assert not (tmp_path / "x").exists()
