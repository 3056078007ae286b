"""The stored index: the old one or the new one, whoever is killed; and nothing at all rather than a damaged one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from hyperlora.identity import file_hash
from retrieval.index import Graph, VectorIndex, stored

D = 16
ID = "encoder-1"


def units(count: int, seed: int = 0) -> NDArray[np.float32]:
    drawn = np.random.default_rng(seed).standard_normal((count, D)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def make(count: int = 60, seed: int = 0, **shape: Any) -> VectorIndex:
    index = VectorIndex(D, **shape)
    index.add(range(count), units(count, seed))
    return index


def own_folder(folder: Path) -> Path:
    [own] = folder.iterdir()
    return own


def current(folder: Path) -> dict[str, Any]:
    return json.loads((own_folder(folder) / "current.json").read_text())


def files(folder: Path) -> Path:
    return own_folder(folder) / str(current(folder)["folder"])


@pytest.mark.parametrize("kind", ["flat", "hnsw"])
def test_what_is_loaded_is_what_was_saved_and_can_be_changed(tmp_path: Path, kind: Any) -> None:
    index = make(3000, kind=kind, graph=Graph(links=8, build_width=40, search_width=30))
    index.remove(range(100, 200))
    index.update([7], units(1, 9))
    index.add([5000, 6000], units(2, 9)[[0, 0]])  # equal ones, which share a row
    stored.save(tmp_path, index, ID, {"any": ["thing", 1]})
    found = stored.load(tmp_path, ID, kind=kind, graph=Graph(links=8, build_width=40, search_width=30))
    assert found is not None
    assert found.beside == {"any": ["thing", 1]}
    assert (len(found.vectors), found.vectors.kind) == (2902, kind)
    for allowed in (None, np.arange(6001) % 2 == 0):
        for mine, theirs in zip(
            index.search(units(20, 4), 9, allowed), found.vectors.search(units(20, 4), 9, allowed), strict=True
        ):
            np.testing.assert_array_equal(mine, theirs)
    assert found.vectors.search(units(1, 9), 5)[1][0, :3].tolist() == [7, 5000, 6000]
    found.vectors.add([100], units(1, 9))
    found.vectors.remove([5000])
    assert found.vectors.search(units(1, 9), 5)[1][0, :3].tolist() == [7, 100, 6000]
    assert found.vectors._inside.dead == index._inside.dead


def test_nothing_saved_is_nothing_found(tmp_path: Path) -> None:
    assert stored.load(tmp_path / "never", ID) is None
    stored.save(tmp_path, VectorIndex(D), ID, [])
    found = stored.load(tmp_path, ID)
    assert found is not None
    assert (len(found.vectors), found.beside) == (0, [])
    assert stored.load(tmp_path, "another encoder") is None


def test_every_embedder_has_its_own_and_each_save_replaces_the_one_before(tmp_path: Path) -> None:
    for count in (3, 4):
        stored.save(tmp_path, make(count), ID, count)
        stored.save(tmp_path, make(10 * count), "encoder-2", 10 * count)
    for embedder, count in ((ID, 4), ("encoder-2", 40)):
        found = stored.load(tmp_path, embedder)
        assert found is not None
        assert (len(found.vectors), found.beside) == (count, count)
    names = {"current.json", ".lock"}
    for own in tmp_path.iterdir():
        [folder] = {each.name for each in own.iterdir()} - names
        assert {each.name for each in (own / folder).iterdir()} == {"vectors.faiss", "keys.safetensors", "beside.json"}


def test_the_index_of_an_embedder_goes_when_it_was_not_used_for_a_month(tmp_path: Path) -> None:
    stored.save(tmp_path, make(3), "old", 0)
    old = own_folder(tmp_path) / "current.json"
    for age, left in ((29, 2), (31, 2), (31, 1)):
        os.utime(old, (time.time() - age * 24 * 3600,) * 2)
        if age == 31 and left == 2:
            assert stored.load(tmp_path, "old") is not None  # which is a use
        stored.save(tmp_path, make(3), ID, 0)
        assert len(list(tmp_path.iterdir())) == left
    assert stored.load(tmp_path, "old") is None


# --- kills --------------------------------------------------------------------------------------------------

SAVE = """
import numpy as np
from pathlib import Path
from retrieval.index import VectorIndex, stored
index = VectorIndex({d})
index.add(range({d}), np.eye({d}, dtype=np.float32))
stored.save(Path({folder!r}), index, "encoder-1", "new")
"""


@pytest.mark.parametrize(
    ("point", "says"), [("index-staged", "old"), ("index-committed", "old"), ("index-current", "new")]
)
def test_a_kill_leaves_the_old_or_the_new_and_the_next_save_cleans_up(
    start_apart: Callable[..., Any], tmp_path: Path, point: str, says: str
) -> None:
    stored.save(tmp_path, make(60), ID, "old")
    killed = start_apart(SAVE.format(folder=str(tmp_path), d=D), HYPERLORA_FAULT=point)
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    found = stored.load(tmp_path, ID)
    assert found is not None
    assert (found.beside, len(found.vectors)) == (says, 60 if says == "old" else D)
    stored.save(tmp_path, make(5), ID, "after")
    found = stored.load(tmp_path, ID)
    assert found is not None
    assert (found.beside, len(found.vectors)) == ("after", 5)
    folders = [each for each in own_folder(tmp_path).iterdir() if each.is_dir() and not each.name.startswith(".")]
    assert folders == [files(tmp_path)]


def test_readers_beside_writers_always_find_a_whole_one(tmp_path: Path) -> None:
    stored.save(tmp_path, make(1), ID, 1)
    done = threading.Event()
    wrong: list[str] = []

    def read() -> None:
        while not done.is_set():
            found = stored.load(tmp_path, ID)
            if found is None or len(found.vectors) != found.beside:
                wrong.append(str(found))

    def write(start: int) -> None:
        for count in range(start, start + 20):
            stored.save(tmp_path, make(count), ID, count)

    readers = [threading.Thread(target=read) for _ in range(2)]
    writers = [threading.Thread(target=write, args=(start,)) for start in (1, 100)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert wrong == []


# --- damage -------------------------------------------------------------------------------------------------


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def claim(folder: Path, name: str) -> None:
    """Let the hashes say that a file is as it was written."""
    said = current(folder)
    said["files"][name] = file_hash(files(folder) / name)
    (own_folder(folder) / "current.json").write_text(json.dumps(said))


def say(folder: Path, changes: dict[str, Any]) -> None:
    said = current(folder) | changes
    (own_folder(folder) / "current.json").write_text(json.dumps(said))


@pytest.mark.parametrize("name", ["vectors.faiss", "keys.safetensors", "beside.json"])
@pytest.mark.parametrize(
    "damage",
    [flip, Path.unlink, lambda path: path.write_bytes(b""), lambda path: path.write_bytes(path.read_bytes()[:-1])],
    ids=["flipped", "gone", "empty", "short"],
)
def test_a_damaged_file_is_noticed_and_said(
    tmp_path: Path, name: str, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    stored.save(tmp_path, make(), ID, 1)
    damage(files(tmp_path) / name)
    assert stored.load(tmp_path, ID) is None
    assert "cannot be used" in caplog.text
    stored.save(tmp_path, make(), ID, 2)
    assert stored.load(tmp_path, ID) is not None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "1" * 5000, "[" * 100_000, '{"format": "hyperlora-index-0"}', "\xff"]
)
def test_a_strange_word_of_what_is_current_is_noticed(tmp_path: Path, text: str) -> None:
    stored.save(tmp_path, make(), ID, 1)
    (own_folder(tmp_path) / "current.json").write_text(text, encoding="latin-1")
    assert stored.load(tmp_path, ID) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "hyperlora-index-2"},
        {"folder": "../" * 10 + "etc"},
        {"folder": "/" + "a" * 31},
        {"folder": "0" * 32},
        {"folder": None},
        {"files": {}},
        {"files": None},
        {"files": {"vectors.faiss": 1, "keys.safetensors": 2, "beside.json": 3}},
        {"embedder": None},
        {"embedder": "another"},
    ],
    ids=str,
)
def test_a_current_index_that_is_not_one_is_noticed(tmp_path: Path, changes: dict[str, Any]) -> None:
    stored.save(tmp_path, make(), ID, 1)
    say(tmp_path, changes)
    assert stored.load(tmp_path, ID) is None


def _other_faiss(index: Any) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        faiss.write_index(index, str(files(folder) / "vectors.faiss"))
        claim(folder, "vectors.faiss")

    return write


def _other_keys(**arrays: NDArray[Any]) -> Callable[[Path], None]:
    from safetensors.numpy import save_file

    def write(folder: Path) -> None:
        save_file(arrays, files(folder) / "keys.safetensors")
        claim(folder, "keys.safetensors")

    return write


@pytest.mark.parametrize(
    "damage",
    [
        _other_faiss(faiss.IndexFlatL2(D)),
        _other_faiss(faiss.IndexHNSWFlat(D, 8)),
        _other_faiss(faiss.IndexScalarQuantizer(D, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)),
        _other_faiss(faiss.IndexFlatIP(D)),  # empty, so that keys have no vector
        _other_keys(row_of=np.array([0, 60])),
        _other_keys(row_of=np.array([0, -2])),
        _other_keys(row_of=np.zeros((2, 2), dtype=np.int64)),
        _other_keys(row_of=np.zeros(2, dtype=np.float32)),
        _other_keys(another=np.zeros(2, dtype=np.int64)),
    ],
)
def test_files_of_something_else_are_noticed_though_their_hashes_are_right(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    stored.save(tmp_path, make(), ID, 1)
    damage(tmp_path)
    assert stored.load(tmp_path, ID) is None


def test_a_stored_index_of_another_shape_is_rebuilt_beside_itself(tmp_path: Path) -> None:
    stored.save(tmp_path, make(500), ID, 1)
    found = stored.load(tmp_path, ID, hnsw_from=300, graph=Graph(links=8))
    assert found is not None
    found.vectors.wait()
    assert found.vectors.kind == "hnsw"
    stored.save(tmp_path, found.vectors, ID, 2)
    again = stored.load(tmp_path, ID, hnsw_from=300, graph=Graph(links=8))
    assert again is not None
    assert (again.vectors.kind, again.vectors.rebuilding) == ("hnsw", False)
    for kind, graph in (("flat", None), ("hnsw", Graph(links=12))):
        other = stored.load(tmp_path, ID, kind=kind, graph=graph)  # type: ignore[arg-type]
        assert other is not None
        other.vectors.wait()
        assert (other.vectors.kind, other.vectors._inside.points.graph) == (kind, graph)
        np.testing.assert_array_equal(other.vectors.search(units(5), 1)[1][:, 0], np.arange(5))


def test_a_folder_that_may_not_be_written_to_says_so_and_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match="file"):
        stored.save(tmp_path / "file" / "index", make(), ID, 1)
    stored.save(tmp_path / "index", make(), ID, 1)
    moved = shutil.copytree(tmp_path / "index", tmp_path / "elsewhere")
    assert stored.load(moved, ID) is not None
