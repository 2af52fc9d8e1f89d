"""Keys: what a visitor said can be read while its key exists, and by nobody afterwards.

Every conversation has a random key per purpose. It stands in the database wrapped by a key of its
region, day and purpose, which stands outside the database, wrapped by the master key. Destroying
the day's file is the erasure that backups and write-ahead logs cannot undo; a deleted row is not.

    master key (environment)  ->  KEYS/<region>/<day>.<purpose>.key  ->  conversation_key.wrapped

AES-256-GCM throughout, with what a ciphertext belongs to as associated data: a row that is moved
to another place does not decrypt.
"""

from __future__ import annotations

import base64
import contextlib
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Purpose = Literal["talk", "return", "registration"]
PURPOSES: tuple[Purpose, ...] = ("talk", "return", "registration")

KEY_BYTES = 32
NONCE_BYTES = 12
#: 96 random bits: the nonce of AES-GCM (NIST SP 800-38D); far below 2^32 messages a key.
RandomBytes = Callable[[int], bytes]
#: So many bytes are fetched at once for what needs no more than to be different every time.
STOCK_BYTES = 3072


class NoKey(Exception):
    """Raised when a key is missing, unreadable, or not the one that wrapped."""


class Stock:
    """Random bytes, many fetched at once, for nonces and ids: each fetch lets the writing thread
    in, and waiting until it is out again takes longer than all the rest. Keys are never out of it.
    """

    def __init__(self, random: RandomBytes = os.urandom) -> None:
        self.random = random
        self._bytes = b""
        self._at = 0
        # two threads that got the same nonce would open up what they sealed
        self._lock = threading.Lock()

    def __call__(self, size: int) -> bytes:
        with self._lock:
            if self._at + size > len(self._bytes):
                self._bytes, self._at = self.random(max(size, STOCK_BYTES)), 0
            start, self._at = self._at, self._at + size
            return self._bytes[start : self._at]


@dataclass(frozen=True, slots=True)
class ConversationKeys:
    """The open key of one conversation for one purpose, and how it is stored."""

    purpose: Purpose
    key_id: str
    wrapped: bytes
    cipher: AESGCM


class Vault:
    """Opens and makes keys. `folder` is one file system for all nodes, or replicated.

    `days_ahead`: keys of coming days are made by whichever node comes first, so that a full disk
    is noticed before it matters; `ready` is false when tomorrow's is missing.
    """

    def __init__(self, folder: Path, master: bytes, random: RandomBytes = os.urandom) -> None:
        self.folder = folder
        self.master = AESGCM(master)
        self.random = random
        self.nonces = Stock(random)
        self._days: dict[str, AESGCM] = {}

    def new(self, conversation: str, region: str, day: date, purpose: Purpose) -> ConversationKeys:
        """A fresh key for a conversation. Raises `NoKey` when the day's key cannot be made."""
        key_id = key_name(region, day, purpose)
        key = self.random(KEY_BYTES)
        wrapped = seal(self._day(key_id), self.nonces, key, _wrap_of(conversation, purpose))
        return ConversationKeys(purpose, key_id, wrapped, AESGCM(key))

    def open(
        self, conversation: str, purpose: Purpose, key_id: str, wrapped: bytes
    ) -> ConversationKeys:
        """The key of a stored conversation. Raises `NoKey` when it was destroyed."""
        day = self._days.get(key_id) or self._day(key_id, make=False)
        key = unseal(day, wrapped, _wrap_of(conversation, purpose))
        return ConversationKeys(purpose, key_id, wrapped, AESGCM(key))

    def make_ahead(self, regions: Iterable[str], today: date, days: int) -> int:
        """Makes the keys of today and the coming `days`; how many were new."""
        made = 0
        for region in regions:
            for offset in range(days + 1):
                for purpose in PURPOSES:
                    name = key_name(region, today + timedelta(days=offset), purpose)
                    made += self._make(name)
        return made

    def ready(self, regions: Iterable[str], today: date) -> bool:
        """Whether tomorrow's keys are there."""
        tomorrow = today + timedelta(days=1)
        return all(
            self._file(key_name(region, tomorrow, purpose)).exists()
            for region in regions
            for purpose in PURPOSES
        )

    def check(self) -> None:
        """Raises `NoKey` when there are day keys that this master key does not open: with it a
        conversation that is there would be told to be over."""
        found = days_in(self.folder)
        strange = 0
        for key_id in found:
            try:
                self._day(key_id, make=False)
            except NoKey:
                # one that another node destroyed meanwhile is no sign of anything
                strange += self._file(key_id).exists()
        if strange:
            raise NoKey(
                f"{strange} of the {len(found)} keys in {self.folder} were made with another master"
                " key: give that one, or another folder"
            )

    def days(self) -> list[str]:
        """The ids of all day keys that exist; one that another node destroyed is forgotten here."""
        found = days_in(self.folder)
        self._days = {key_id: day for key_id, day in self._days.items() if key_id in found}
        return found

    def destroy(self, key_id: str) -> None:
        """Destroys a day key: everything below it is gone for good."""
        self._days.pop(key_id, None)
        destroy(self.folder, key_id, self.random)

    def _day(self, key_id: str, *, make: bool = True) -> AESGCM:
        if key_id not in self._days:
            if make:
                self._make(key_id)
            try:
                raw = self._file(key_id).read_bytes()
            except OSError as error:
                raise NoKey(f"the key {key_id} is not there") from error
            self._days[key_id] = AESGCM(unseal(self.master, raw, key_id.encode()))
        return self._days[key_id]

    def _make(self, key_id: str) -> bool:
        """Makes a day key unless another node just did: the file that is linked first counts."""
        path = self._file(key_id)
        if path.exists():
            return False
        sealed = seal(self.master, self.nonces, self.random(KEY_BYTES), key_id.encode())
        draft = path.with_suffix(f".{self.random(8).hex()}")
        try:
            _private_folder(path.parent)
            with open(draft, "xb", opener=_private) as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
            _sync(path.parent)
        except FileExistsError:
            return False
        except OSError as error:
            raise NoKey(f"the key {key_id} cannot be written: {error.strerror}") from error
        finally:
            draft.unlink(missing_ok=True)
        return True

    def _file(self, key_id: str) -> Path:
        return file_of(self.folder, key_id)


def file_of(folder: Path, key_id: str) -> Path:
    """Where a day key stands."""
    return folder / f"{key_id}.key"


def days_in(folder: Path) -> list[str]:
    """The ids of all day keys in a folder."""
    return sorted(
        path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob("*/*.key")
    )


def destroy(folder: Path, key_id: str, random: RandomBytes = os.urandom) -> None:
    """Overwrites the file of a day key, then removes it. The master key is not needed for it."""
    path = file_of(folder, key_id)
    with contextlib.suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(random(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        _sync(path.parent)


def key_name(region: str, day: date, purpose: Purpose) -> str:
    """`groningen/2026-11-21.talk`: the day is that on which the conversation began, in UTC."""
    return f"{region}/{day.isoformat()}.{purpose}"


def day_of(key_id: str) -> date:
    """The day of a key. Raises `ValueError` for a name that is not ours."""
    return date.fromisoformat(key_id.rpartition("/")[2].partition(".")[0])


def seal(cipher: AESGCM, nonces: RandomBytes, plain: bytes, belongs_to: bytes) -> bytes:
    """Nonce and ciphertext of `plain`, bound to what it belongs to."""
    nonce = nonces(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, belongs_to)


def unseal(cipher: AESGCM, sealed: bytes, belongs_to: bytes) -> bytes:
    """The plain bytes. Raises `NoKey` when the key or the place is another one."""
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], belongs_to)
    except (InvalidTag, ValueError) as error:
        raise NoKey("does not decrypt: another key, another place, or damaged") from error


def place(table: str, row: str, column: str, purpose: Purpose) -> bytes:
    """The associated data of one value."""
    return f"{table}|{row}|{column}|{purpose}".encode()


def _wrap_of(conversation: str, purpose: Purpose) -> bytes:
    return place("conversation_key", conversation, "wrapped", purpose)


def new_master() -> str:
    """A fresh master key, as it is kept in a file or the environment."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def read_master(text: str) -> bytes:
    """The master key of a text. Raises `NoKey` when it is not 32 bytes in base64."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError as error:
        raise NoKey("the master key is not base64; `voordeur key new` makes one") from error
    if len(key) != KEY_BYTES:
        raise NoKey(f"the master key has {len(key)} bytes instead of {KEY_BYTES}")
    return key


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _private_folder(folder: Path) -> None:
    """Makes a folder and those above it for us alone, and makes sure that a power cut keeps them:
    a key that is gone while what it wrapped is on disk is text that nobody can read."""
    if not folder.exists():
        _private_folder(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
