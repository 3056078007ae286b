"""Which base model a folder is for: the one it names, or the only one it fits; each is located once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TypeVar

from hyperlora.errors import AdapterFormatError, BaseModelError, HyperLoRAError
from hyperlora.models import BaseIdentity, locate_base
from hyperlora.models.config_only import is_config_only
from hyperlora.models.hub_cache import find_snapshot
from hyperlora.models.sources import LocatedBase
from hyperlora.peft_io.folder.features import shown
from hyperlora.references.base_names import DEFAULT_BASE, is_default_base, is_hub_id
from hyperlora.settings import get_settings

T = TypeVar("T")

_HUB = "https://huggingface.co/"
_NAME_IT = "Name its base model with --base."


@dataclass(frozen=True)
class OnBase(Generic[T]):
    """What was made of a folder on the base model it is for.

    Attributes:
        base: the base model.
        reference: what `load_base_model` takes for it.
        value: what was made.
        note: how the base model was found, if not by name.
    """

    base: LocatedBase
    reference: str
    value: T
    note: str = ""


@dataclass
class KnownBases:
    """Base models by reference.

    Attributes:
        given: those that were named for this import; with any, no others are looked for.
        fallback: of a folder that names none that is known, where none is given; None leaves such a folder out.
    """

    given: tuple[str, ...] = ()
    fallback: str | None = None
    _located: dict[str, LocatedBase] = field(default_factory=dict)
    _failed: dict[str, HyperLoRAError] = field(default_factory=dict)

    def locate(self, reference: str) -> LocatedBase:
        """The base model of a reference, looked for once.

        Raises:
            BaseModelError: it is not there.
            InputError: the reference is malformed.
        """
        if reference in self._failed:
            raise self._failed[reference]
        if reference not in self._located:
            try:
                self._located[reference] = locate_base(reference, need_weights=False)
            except HyperLoRAError as error:
                self._failed[reference] = error
                raise
        return self._located[reference]

    def choose(self, says: str | None, record: BaseIdentity | None, attempt: Callable[[LocatedBase], T]) -> OnBase[T]:
        """Take a folder in on its base model.

        Args:
            says: its config's `base_model_name_or_path`.
            record: the base model of its `hyperlora.json`, whose fingerprint decides.
            attempt: takes it in; raises `AdapterFormatError` where it does not fit.

        Raises:
            BaseModelError: its base model is not known, or not there.
            AdapterFormatError: it does not fit its base model.
        """
        if record is not None and not is_config_only(record):
            return self._on(self._recorded(record), record.hub_id, attempt)
        named = self._named(says)
        if named is not None:
            return self._on(named, says, attempt)
        if not self.given:
            if self.fallback is None:
                raise BaseModelError(f"{_saying(says)}, which is not known here", _NAME_IT)
            return self._on(self.fallback, says, attempt)
        return self._only_fitting(says, attempt)

    def _on(self, reference: str, says: str | None, attempt: Callable[[LocatedBase], T]) -> OnBase[T]:
        return OnBase(self.locate(reference), reference, self._fitting(reference, says, attempt))

    def _only_fitting(self, says: str | None, attempt: Callable[[LocatedBase], T]) -> OnBase[T]:
        fitting: list[tuple[str, T]] = []
        misfits: list[AdapterFormatError] = []
        for reference in self.given:
            try:
                fitting.append((reference, self._fitting(reference, says, attempt)))
            except AdapterFormatError as error:
                misfits.append(error)
        if len(fitting) == 1:
            reference, value = fitting[0]
            located = self.locate(reference)
            note = f"its config {_saying(says)}; it was taken for {located.identity.id}, whose shapes it fits"
            return OnBase(located, reference, value, note)
        # what is wrong on every base model alike is the adapter's own fault
        if not fitting and len({error.problem for error in misfits}) == 1:
            raise misfits[0]
        problem = f"fits {len(fitting)} of the {len(self.given)} base models given, and its config {_saying(says)}"
        raise BaseModelError(problem, "Give its own base model alone with --base.")

    def _fitting(self, reference: str, says: str | None, attempt: Callable[[LocatedBase], T]) -> T:
        located = _as_others_name_it(self.locate(reference), says)
        try:
            return attempt(located)
        except _MisfitError as error:
            raise AdapterFormatError(f"does not fit {located.identity.id}: {error.problem}", _NAME_IT) from error

    def _recorded(self, record: BaseIdentity) -> str:
        """The reference of the base model with a record's fingerprint."""
        for reference in self.given or self._likely(record):
            if self._is_there(reference) and self.locate(reference).identity.fingerprint == record.fingerprint:
                return reference
        raise BaseModelError(
            f"the adapter was made for {shown(record.id)} (weights {shown(record.fingerprint[:12])}), "
            f"not for {', '.join(self._ids()) or 'a base model that is known here'}",
            "Name the base model that it was made for with --base.",
        )

    def _likely(self, record: BaseIdentity) -> list[str]:
        own = record.id if record.id.startswith("file:") else None
        return [name for name in dict.fromkeys((self._named(record.hub_id), self._named(record.id), own)) if name]

    def _ids(self) -> list[str]:
        return [self.locate(reference).identity.id for reference in self.given]

    def _is_there(self, reference: str) -> bool:
        try:
            self.locate(reference)
        except HyperLoRAError:
            if reference in self.given:
                raise
            return False
        return True

    def _named(self, says: str | None) -> str | None:
        """The reference of the base model that a config names; None if it is not known."""
        if not says or not says.strip() or len(says) > 1024 or not says.isprintable():
            return None
        says = says.strip().removeprefix(_HUB)
        if _is_path(says) and not (_path(says) / "config.json").is_file():
            # a path into the cache of the machine that it was trained on says which repository that was
            says = _repository(says) or says
        if self.given:
            return next((reference for reference in self.given if self._is_named(reference, says)), None)
        # the setting is compared by its own name: to locate it may mean to convert it
        if _same(says, get_settings().base_model):
            return get_settings().base_model
        if _is_default(says):
            return DEFAULT_BASE
        if _is_path(says):
            folder = Path(says).expanduser()
            return f"file:{folder}" if folder.is_absolute() and (folder / "config.json").is_file() else None
        repository = says.removeprefix("hf:").rstrip("/")
        return f"hf:{repository}" if _is_at_hand(repository) else None

    def _is_named(self, reference: str, says: str) -> bool:
        identity = self.locate(reference).identity
        spelled = {says, _repository(says) or says}
        return any(_same(each, name) for each in spelled for name in (reference, identity.id, identity.hub_id))


class _MisfitError(AdapterFormatError):
    """An adapter's modules are not the base model's."""


def _as_others_name_it(base: LocatedBase, says: str | None) -> LocatedBase:
    """A base model known here by its path alone, under the hub's name that the adapter was trained with.

    By that name PEFT and servers find it on any machine; our id and the fingerprint stay.
    """
    hub_id = None if says is None or not _is_path(base.identity.hub_id) else _repository(says)
    if hub_id is None or not is_hub_id(hub_id):
        return base
    return replace(base, identity=base.identity.model_copy(update={"hub_id": hub_id}))


def check_shapes(check: Callable[[], None]) -> None:
    """Run a check whose `AdapterFormatError` means that a base model is the wrong one."""
    try:
        check()
    except AdapterFormatError as error:
        raise _MisfitError(error.problem, error.remedy) from error


def _saying(says: str | None) -> str:
    return f"names the base model {shown(says)}" if says and says.strip() else "names no base model"


def _same(says: str, name: str) -> bool:
    """Whether a config's name means a base model, in one of the spellings that tools write."""
    if name == DEFAULT_BASE and _is_default(says):
        return True
    if _folded(says) == _folded(name):
        return True
    if _is_path(says) and _is_path(name):
        return _path(says) == _path(name)
    # of a local path and a name of the hub, the last parts have to tell
    return (_is_path(says) or _is_path(name)) and _last(says) == _last(name)


def _is_default(says: str) -> bool:
    return is_default_base(_folded(says)) or (_is_path(says) and _last(says) == DEFAULT_BASE)


def _folded(name: str) -> str:
    return name.replace("\\", "/").removeprefix("hf:").removeprefix("file:").rstrip("/").casefold()


def _last(name: str) -> str:
    return _folded(name).rpartition("/")[2]


def _is_path(name: str) -> bool:
    name = name.removeprefix("file:")
    return name.startswith(("/", ".", "~", "\\")) or name[1:3] in (":\\", ":/") or name.rstrip("/").count("/") > 1


def _repository(says: str) -> str | None:
    """What a config's name is called on the hub; None for a path that is not one of its cache."""
    if _is_path(says):
        snapshot = find_snapshot(Path(says.replace("\\", "/")))
        return None if snapshot is None or snapshot.within else snapshot.repository
    return says.strip().removeprefix(_HUB).removeprefix("hf:").rstrip("/")


def _path(name: str) -> Path:
    return Path(name.removeprefix("file:")).expanduser().resolve()


def _is_at_hand(repository: str) -> bool:
    """Whether mirror or cache hold a model of the hub; nothing that a stranger's file names is downloaded."""
    if ".." in repository or repository.count("/") > 1:
        return False
    mirror = get_settings().hf_mirror
    if mirror is not None:
        return (mirror.expanduser() / repository / "config.json").is_file()
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        return isinstance(try_to_load_from_cache(repository, "config.json"), str)
    except HFValidationError:
        return False


def known_bases(given: Sequence[str], fallback: str | None = None) -> KnownBases:
    """The base models of an import, those given located now.

    Raises:
        BaseModelError: one that is given is not there.
        InputError: a reference is malformed.
    """
    bases = KnownBases(tuple(dict.fromkeys(given)), fallback)
    for reference in bases.given:
        bases.locate(reference)
    return bases
