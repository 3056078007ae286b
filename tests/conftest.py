"""What tests share: a closed-off environment, a tiny base model, adapters for it, the text encoder, processes apart."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from peft import PeftModel

    from generator.cvae import Cvae
    from generator.hypernet import Hypernet
    from hyperlora.bank import AdapterBank
    from hyperlora.embeddings.encoder import TextEncoder
    from hyperlora.lora.adapter import Adapter
    from hyperlora.lora.card import Card
    from hyperlora.models import BaseModel
    from hyperlora.registry import Registry

# The environment comes first: transformers, MLflow and OpenMP read it when they are imported. The converted base
# model of `real` tests outlives the session; what the caller chose as cache is used, else a folder that git ignores.
_ROOT = Path(__file__).parents[1]
_REAL_CACHE = Path(os.environ.get("HYPERLORA_CACHE") or _ROOT / ".cache").expanduser().absolute()
_SCRATCH = Path(tempfile.mkdtemp(prefix="hyperlora-tests-"))
_DEVICE = os.environ.get("HYPERLORA_DEVICE", "cpu")
for _name in [name for name in os.environ if name.startswith(("HYPERLORA_", "MLFLOW_"))]:
    del os.environ[_name]
os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "HYPERLORA_HOME": str(_SCRATCH / "home"),
    "HYPERLORA_CACHE": str(_SCRATCH / "cache"),
    "HYPERLORA_DEVICE": _DEVICE,
    "HYPERLORA_DTYPE": "float32",
    # the same numbers on every CPU
    "HYPERLORA_TRAINING_DTYPE": "float32",
}
os.environ.setdefault("OMP_NUM_THREADS", "2")

_SPECIAL_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_CORPUS = (
    "Input: cat\nOutput: cats",
    "Write the plural of the noun. Name the capital of the country. Spell the number in words.",
    "the quick brown fox jumps over the lazy dog and other animals in the house on the hill",
)


def pytest_unconfigure() -> None:
    shutil.rmtree(_SCRATCH, ignore_errors=True)


@pytest.fixture(autouse=True)
def hyperlora_home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh HYPERLORA_HOME for every test; `real` tests use the cache that lasts."""
    from hyperlora.settings import reload_settings

    home = tmp_path / "hyperlora-home"
    monkeypatch.setenv("HYPERLORA_HOME", str(home))
    if request.node.get_closest_marker("real"):
        monkeypatch.setenv("HYPERLORA_CACHE", str(_REAL_CACHE))
    reload_settings()
    yield home
    monkeypatch.undo()
    reload_settings()


def _make_tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE(unk_token=_SPECIAL_TOKENS[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=360,
        special_tokens=list(_SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_CORPUS * 4, trainer)
    unknown, start, end = _SPECIAL_TOKENS
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token=unknown,
        bos_token=start,
        eos_token=end,
        pad_token=end,
        chat_template=_CHAT_TEMPLATE,
    )


@pytest.fixture(scope="session")
def tiny_base_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random Llama of two layers and 100 k parameters with a byte-level tokenizer, as transformers saves them.

    Do not write to the folder: copy it first.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("tiny") / "tiny-llama"
    tokenizer = _make_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        tie_word_embeddings=True,
        # ten times the usual, so that a random model has opinions
        initializer_range=0.2,
        bos_token_id=tokenizer.bos_token_id,
        # no pad_token_id: its embedding would be zero, and it is the stop token's, which tests want to be written
        eos_token_id=tokenizer.eos_token_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_base(tiny_base_folder: Path) -> BaseModel:
    """The tiny model, loaded for inference in float32. Shared: leave its weights as they are."""
    from hyperlora.models import load_base_model

    return load_base_model(f"file:{tiny_base_folder}")


@pytest.fixture
def bank(tiny_base: BaseModel) -> Iterator[AdapterBank]:
    """A bank on the tiny model, taken off again afterwards."""
    from hyperlora.bank import AdapterBank

    bank = AdapterBank(tiny_base.model)
    yield bank
    bank.close()


@pytest.fixture(scope="session")
def make_adapter(tiny_base: BaseModel) -> Callable[..., Adapter]:
    """A maker of adapters for the tiny model with random A and B, both far from zero.

    `modules` are module paths or their last parts; the same arguments always give the same adapter.
    """
    import torch
    from torch import nn

    from hyperlora.lora.adapter import Adapter, LoraFactors
    from hyperlora.lora.card import Card, CardExample

    linears = {name: module for name, module in tiny_base.model.named_modules() if isinstance(module, nn.Linear)}

    def make(
        seed: int = 0,
        rank: int = 4,
        modules: Sequence[str] = ("q_proj", "v_proj"),
        scaling: float = 2.0,
        card: Card | None = None,
    ) -> Adapter:
        generator = torch.Generator().manual_seed(seed)
        factors = {}
        for name, linear in linears.items():
            if any(f".{name}".endswith(f".{wanted}") for wanted in modules):
                A = torch.randn(rank, linear.in_features, generator=generator) * 0.2
                B = torch.randn(linear.out_features, rank, generator=generator) * 0.2
                factors[name] = LoraFactors(A, B, scaling)
        card = card or Card(
            description=f"Answer like test adapter {seed}",
            paraphrases=(f"Do what test adapter {seed} does",),
            examples=(CardExample(input="cat", output="cats"),),
            origin="trained",
        )
        return Adapter(factors, tiny_base.identity, card)

    return make


@pytest.fixture(scope="session")
def encoder() -> TextEncoder:
    """The packaged text encoder, all-MiniLM-L6-v2; real, and quick enough for unit tests."""
    from hyperlora.embeddings.encoder import PACKAGED_ENCODER, TextEncoder

    return TextEncoder(PACKAGED_ENCODER)


@pytest.fixture
def load_peft(tiny_base_folder: Path) -> Callable[[Path], PeftModel]:
    """Load an adapter folder with plain PEFT onto a copy of the tiny model of its own."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    def load(folder: Path) -> PeftModel:
        return PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tiny_base_folder), folder).eval()

    return load


@pytest.fixture
def sampling(tiny_base: BaseModel, encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch) -> Cvae:
    """An untrained CVAE for the tiny model, which every runtime has for its generator."""
    import torch

    from generator.cvae import Cvae, CvaeConfig
    from hyperlora.lora.target_modules import find_target_modules

    config = CvaeConfig(
        base=tiny_base.identity,
        encoder=encoder.id,
        condition_size=encoder.dimensions,
        modules=find_target_modules(tiny_base.model, ("q_proj", "v_proj")),
        rank=2,
        alpha=2,
        latent_size=4,
        width=16,
        hidden_size=16,
        embedding_size=4,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = Cvae(config)
        common = {module.name: torch.randn(config.rank, module.in_features) for module in config.modules}
        network.fit(torch.randn(6, network.layout.size), common)
    network.eval().requires_grad_(False)
    _use(network, monkeypatch)
    return network


@pytest.fixture
def reading(tiny_base: BaseModel, encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch) -> Hypernet:
    """An untrained hypernet that the base model reads for, which every runtime has for its generator."""
    import torch

    from generator.condition_features import FeatureSizes
    from generator.hypernet import Hypernet, HypernetConfig
    from hyperlora.lora.target_modules import find_target_modules

    hidden = int(tiny_base.model.config.hidden_size)
    sizes = FeatureSizes(embedding=encoder.dimensions, hidden=hidden, reading_layer=1, examples_layer=2)
    config = HypernetConfig(
        base=tiny_base.identity,
        encoder=encoder.id,
        condition_size=sizes.total,
        views=sizes,
        modules=find_target_modules(tiny_base.model, ("q_proj", "v_proj")),
        rank=2,
        alpha=4,
        form="dictionary",
        atoms=5,
        width=16,
        embedding_size=4,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = Hypernet(config)
        assert network.dictionary is not None
        torch.nn.init.normal_(network.dictionary.whole.weight)
    network.eval().requires_grad_(False)
    _use(network, monkeypatch)
    return network


def _use(network: Cvae | Hypernet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every runtime has it in the place of the generator that its registry holds."""
    from pipelines.runtime import LoadedGenerator, Runtime

    own = Runtime.generator

    def generator(runtime: Runtime, reference: str | None = None) -> LoadedGenerator:
        registered = own(runtime, reference)
        assert registered is not None
        return LoadedGenerator(registered.entry, network)

    monkeypatch.setattr(Runtime, "generator", generator)


@pytest.fixture(scope="session")
def _empty_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import mlflow.store.db.utils

    from hyperlora.registry import Registry

    # for every database it opens, MLflow runs its seventy migration files to learn which is the newest
    mlflow.store.db.utils._get_latest_schema_revision = cache(mlflow.store.db.utils._get_latest_schema_revision)
    home = tmp_path_factory.mktemp("empty-registry")
    assert Registry(home).entries() == []
    return home


@pytest.fixture
def registry(_empty_registry: Path, hyperlora_home: Path) -> Registry:
    """An empty registry in this test's HYPERLORA_HOME; copied, because MLflow takes seconds to create its tables."""
    from hyperlora.registry import Registry

    shutil.copytree(_empty_registry, hyperlora_home, dirs_exist_ok=True)
    with closing(sqlite3.connect(hyperlora_home / "registry" / "mlflow.db")) as database, database:
        database.execute(
            "UPDATE experiments SET artifact_location = replace(artifact_location, ?, ?)",
            (str(_empty_registry), str(hyperlora_home)),
        )
    return Registry(hyperlora_home)


@pytest.fixture(scope="session")
def real_base() -> BaseModel:
    """SmolLM2-135M-Instruct; for tests marked `real`. The first use in a checkout converts it, for half a minute."""
    from hyperlora.models import DEFAULT_BASE, load_base_model
    from hyperlora.settings import reload_settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYPERLORA_CACHE", str(_REAL_CACHE))
        reload_settings()
        return load_base_model(DEFAULT_BASE)


@pytest.fixture(scope="session")
def start_apart() -> Callable[..., multiprocessing.process.BaseProcess]:
    """Start Python source in a process of its own, with environment variables added; `join` it for its `exitcode`.

    The processes come from a fork server that has imported what they need, MLflow's stores included: what is missing
    here, every process imports again, and no clock of the tests' own shows it. The fork server holds no database
    connection that a fork could break.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            "mlflow.store.model_registry.sqlalchemy_workspace_store",
            "mlflow.store.tracking.sqlalchemy_workspace_store",
            "sqlalchemy.dialects.sqlite",
            "hyperlora.registry.mlflow_model",
            "hyperlora.registry",
            "hyperlora.lora.sketches",
            "pipelines.quickstart",
            "faiss",
            "sentence_transformers",
            "transformers.models.bert.modeling_bert",
            "transformers.models.llama.modeling_llama",
        ]
    )

    def start(source: str, **environment: str) -> multiprocessing.process.BaseProcess:
        prelude = f"import os; os.environ |= {environment!r}\n"
        process = context.Process(target=exec, args=(prelude + source, {"__name__": "apart"}), daemon=True)
        process.start()
        return process

    return start


@pytest.fixture(scope="session")
def small_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder with a random encoder of two small layers, which trains in seconds."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel

    from hyperlora.embeddings.encoder import TextEncoder

    source = TextEncoder()._folder
    folder = tmp_path_factory.mktemp("small-encoder")
    config = BertConfig(
        vocab_size=30522, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    torch.manual_seed(0)
    BertModel(config).save_pretrained(folder / "bert")
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
        if (source / name).is_file():
            shutil.copy(source / name, folder / "bert" / name)
    layers = Transformer(str(folder / "bert"))
    pooling = Pooling(layers.get_embedding_dimension())
    SentenceTransformer(modules=[layers, pooling, Normalize()], device="cpu").save(str(folder / "encoder"))
    return folder / "encoder"
