"""What expires and what stays, what is migrated, and whose licence holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from hyperlora.errors import RegistryError
from hyperlora.lora.adapter import Adapter
from hyperlora.lora.card import Card
from hyperlora.peft_io.folder import write_adapter_files
from hyperlora.registry import Kind, Query, Registry
from hyperlora.registry.entry import now
from hyperlora.registry.housekeeping import collect_garbage, expire, migrate, verify

MakeAdapter = Callable[..., Adapter]
DAY = 24 * 3600 * 1000


def references(registry: Registry) -> list[str]:
    return [entry.reference for entry in registry.catalogue.entries(Query(kind=None, archived=None))]


def card(text: str, parents: Sequence[str] = (), licence: str = "apache-2.0") -> Card:
    return Card(description=text, parents=tuple(parents), licence=licence)


# --- expiry --------------------------------------------------------------------------------------------


def test_what_has_reached_its_end_goes_unless_it_is_named_or_a_parent(
    registry: Registry, make_adapter: MakeAdapter
) -> None:
    for seed, name in enumerate(("gone", "named", "parent", "later", "lasting")):
        ends = {"later": now() + DAY, "lasting": None}.get(name, now() - 1)
        registry.register(make_adapter(seed), name, expires=ends)
    registry.set_alias("registry:named@1", "keep")
    child = make_adapter(9, card=card("A child", ["registry:parent@1"]))
    registry.register(child, "child")
    dry = collect_garbage(registry, dry_run=True)
    assert (dry.expired, len(references(registry))) == (["registry:gone@1"], 6)
    assert [(entry.name, why) for entry, why in expire(registry)] == [("gone", "expired")]
    assert references(registry) == [f"registry:{name}@1" for name in ("child", "lasting", "later", "named", "parent")]
    assert registry.record.kind("gone") is None, "nothing is left of its name"
    assert registry.sync() == []
    registry.delete("registry:child@1")
    assert collect_garbage(registry).expired == ["registry:parent@1"]


def test_the_quota_keeps_the_newest_of_what_expires(registry: Registry, make_adapter: MakeAdapter) -> None:
    registry.register(make_adapter(0), "lasting")
    for seed in range(1, 5):
        registry.register(make_adapter(seed), f"adapt-{seed}", expires=now() + DAY)
    assert [(entry.name, why) for entry, why in expire(registry, quota=2)] == [
        ("adapt-1", "over quota"),
        ("adapt-2", "over quota"),
    ]
    assert references(registry) == ["registry:adapt-3@1", "registry:adapt-4@1", "registry:lasting@1"]


def test_registering_again_never_shortens_what_stays_and_belongs_to_the_newest_run(
    registry: Registry, make_adapter: MakeAdapter
) -> None:
    adapter, soon, later = make_adapter(), now() + DAY, now() + 2 * DAY
    assert registry.register(adapter, "a", expires=later, identity="run-1").expires == later
    assert registry.register(adapter, "a", expires=soon).expires == later
    registry.archive("registry:a@1")
    lasting = registry.register(adapter, "a", identity="run-2")
    assert (lasting.version, lasting.expires, lasting.archived, lasting.identity) == (1, None, None, "run-2")
    assert registry.register(adapter, "a", expires=soon) == lasting
    assert [entry.reference for entry in registry.find("adapter", "run-2")] == ["registry:a@1"]
    assert registry.find("adapter", "run-1") == []


# --- formats -------------------------------------------------------------------------------------------


def test_versions_of_the_first_format_are_read_and_brought_to_todays(
    registry: Registry, make_adapter: MakeAdapter
) -> None:
    """Format 1 was a PEFT folder without `MLmodel`, whose tags said less and named no format."""
    adapter = make_adapter()
    fields = {"description": "An old one", "origin": "trained", "weights": adapter.content_hash, "metrics": {"m": 0.5}}

    def old(folder: Path) -> None:
        write_adapter_files(adapter, folder)

    registry.put("adapter", "old", old, {**fields, "format": 1, "base": adapter.base.fingerprint}, tags={"team": "a"})
    registry.set_alias("registry:old@1", "champion")
    assert registry.load("registry:old@champion").content_hash == adapter.content_hash
    assert migrate(registry) == [("registry:old@1", "registry:old@2")]
    new = registry.get("registry:old@champion")
    assert (new.version, "MLmodel" in new.manifest, new.tags, new.base_id) == (2, True, {"team": "a"}, adapter.base.id)
    assert registry.load("registry:old").content_hash == adapter.content_hash
    with pytest.raises(RegistryError, match=r"deleted on .* \(migrated, now @2\)"):
        registry.get("registry:old@1")
    assert migrate(registry) == []
    assert verify(registry) == (1, [])


def test_a_version_of_a_newer_format_is_refused_by_name_and_hides_no_other(
    registry: Registry, make_adapter: MakeAdapter
) -> None:
    registry.register(make_adapter(1), "sound")
    registry.register(make_adapter(2), "new")
    registry.record.client.set_model_version_tag("new", "1", "hyperlora.format", "99")
    with pytest.raises(RegistryError, match="registry:new@1 was registered by a newer HyperLoRA"):
        registry.load("registry:new")
    registry.rebuild()
    assert references(registry) == ["registry:sound@1"]
    assert collect_garbage(registry).contents == [], "what cannot be read is no garbage"


# --- licences ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        (["registry:mit@1", "registry:apache@1"], "apache-2.0 AND mit"),
        (["registry:mit@1", "registry:unknown@1"], "unknown"),
        (["registry:mit@1", "registry:elsewhere@7"], "unknown"),
        (["registry:elsewhere@7"], "bsd-3-clause"),
        ([], "bsd-3-clause"),
    ],
)
def test_what_was_made_from_others_has_their_licences(
    registry: Registry, make_adapter: MakeAdapter, parents: list[str], expected: str
) -> None:
    for seed, (name, licence) in enumerate((("mit", "mit"), ("apache", "apache-2.0"), ("unknown", "unknown"))):
        registry.register(make_adapter(seed, card=card(name, licence=licence)), name)
    made = make_adapter(5, card=card("Made", parents, licence="bsd-3-clause"))
    entry = registry.register(made, "made")
    assert entry.licence == registry.load("registry:made").card.licence == expected


# --- verify --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["adapter", "generator", "retriever"])
def test_weights_that_are_not_finite_are_damaged_although_they_are_what_was_registered(
    kind: Kind, registry: Registry, make_adapter: MakeAdapter
) -> None:
    registry.register(make_adapter(1), "sound")
    bad = torch.tensor([1.0, torch.nan, 2.0])

    def write(folder: Path) -> None:
        save_file({"good": torch.ones(3), "bad": bad, "half": bad.half()}, folder / f"{kind}.safetensors")

    registry.put(kind, "poisoned", write, {})
    checked, [problem] = verify(registry)
    assert (checked, problem.reference) == (2, "registry:poisoned@1")
    assert problem.problem == f"2 tensors of this {kind} hold NaN or Inf (bad, half)"
    assert problem.remedy == "Delete it: hyperlora registry delete registry:poisoned@1 --force"
    registry.delete("registry:poisoned@1", force=True)
    assert verify(registry) == (1, [])
