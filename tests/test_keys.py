"""What was said can be read while its key exists, and by nobody afterwards (R42)."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from handoff.storage import keys
from handoff.storage.keys import NoKey, Vault, key_name, place, seal, unseal
from handoff.storage.schema import sqlite_path
from handoff.storage.units import Unit
from tests.support.storing import event, opened, opening

MASTER = b"m" * 32
DAY = date(2026, 11, 23)
REGION = "north"
KEY_ID = "north/2026-11-23.talk"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An empty vault."""
    return Vault(tmp_path / "keys", MASTER)


def another(vault: Vault, master: bytes = MASTER) -> Vault:
    """The same folder, as another node sees it."""
    return Vault(vault.folder, master)


# keys of conversations


def test_a_conversation_opens_on_another_node(vault: Vault) -> None:
    made = vault.new("c1", REGION, DAY, "talk")
    sealed = seal(made.cipher, os.urandom, b"hello", b"here")

    found = another(vault).open("c1", "talk", made.key_id, made.wrapped)

    assert made.key_id == KEY_ID
    assert unseal(found.cipher, sealed, b"here") == b"hello"


def test_every_conversation_has_a_key_of_its_own(vault: Vault) -> None:
    one, two = (vault.new(id, REGION, DAY, "talk") for id in ("c1", "c2"))
    sealed = seal(one.cipher, os.urandom, b"hello", b"here")

    with pytest.raises(NoKey):
        unseal(two.cipher, sealed, b"here")


def test_a_wrapped_key_opens_for_its_own_conversation_and_purpose_only(vault: Vault) -> None:
    made = vault.new("c1", REGION, DAY, "talk")
    vault.new("c1", REGION, DAY, "return")

    for id, purpose, key_id in (
        ("c2", "talk", KEY_ID),
        ("c1", "return", KEY_ID),
        ("c1", "talk", "north/2026-11-23.return"),
    ):
        with pytest.raises(NoKey):
            vault.open(id, purpose, key_id, made.wrapped)  # type: ignore[arg-type]


def test_another_master_key_opens_nothing(vault: Vault) -> None:
    made = vault.new("c1", REGION, DAY, "talk")

    with pytest.raises(NoKey):
        another(vault, b"x" * 32).open("c1", "talk", made.key_id, made.wrapped)


def test_a_day_key_that_is_put_in_the_place_of_another_opens_nothing(vault: Vault) -> None:
    made = vault.new("c1", REGION, DAY, "talk")
    vault.new("c2", "south", DAY, "talk")
    shutil.copy(
        vault.folder / "north/2026-11-23.talk.key", vault.folder / "south/2026-11-23.talk.key"
    )

    with pytest.raises(NoKey):
        another(vault).open("c1", "talk", "south/2026-11-23.talk", made.wrapped)


def test_opening_makes_no_key(vault: Vault) -> None:
    with pytest.raises(NoKey):
        vault.open("c1", "talk", KEY_ID, b"wrapped")

    assert vault.days() == []
    assert not vault.folder.exists()


# destroyed


def test_with_its_day_a_conversation_is_gone(vault: Vault) -> None:
    made = vault.new("c1", REGION, DAY, "talk")
    kept = vault.new("c2", REGION, DAY + timedelta(days=1), "talk")

    vault.destroy(made.key_id)

    for node in (vault, another(vault)):
        with pytest.raises(NoKey):
            node.open("c1", "talk", made.key_id, made.wrapped)
        node.open("c2", "talk", kept.key_id, kept.wrapped)
    vault.destroy(made.key_id)


def test_a_key_that_another_node_destroyed_is_not_kept_in_memory(vault: Vault) -> None:
    made = vault.new("c1", REGION, DAY, "talk")
    other = another(vault)
    other.open("c1", "talk", made.key_id, made.wrapped)

    vault.destroy(made.key_id)

    # every node looks which days there are before it destroys its own
    assert other.days() == []
    with pytest.raises(NoKey):
        other.open("c1", "talk", made.key_id, made.wrapped)


def test_a_destroyed_key_is_overwritten_before_it_is_removed(vault: Vault, tmp_path: Path) -> None:
    vault.new("c1", REGION, DAY, "talk")
    second_name = tmp_path / "second name"
    os.link(vault.folder / f"{KEY_ID}.key", second_name)
    before = second_name.read_bytes()

    vault.destroy(KEY_ID)

    assert len(second_name.read_bytes()) == len(before)
    assert second_name.read_bytes() != before


async def test_without_the_day_key_rows_log_and_backup_are_unreadable(
    sqlite_database: str, vault: Vault, tmp_path: Path
) -> None:
    """The proof of the erasure: the ciphertext is everywhere, and opens nowhere."""
    made = vault.new("c1", REGION, DAY, "talk")
    where = place("event", "c1/e1", "body", "talk")
    body = seal(made.cipher, os.urandom, b"what was said", where)
    first = opening("c1", event(body, id="e1"))
    first.keys = [("c1", "talk", made.key_id, made.wrapped)]
    file = sqlite_path(sqlite_database)
    assert file is not None

    async with opened(sqlite_database) as db:
        # a reader outside keeps the log from being emptied
        with closing(sqlite3.connect(file)) as reader:
            reader.execute("BEGIN").execute("SELECT * FROM event").fetchall()
            await db.write(first)
            await db.write(Unit("c1", [event(b"more")]))
            copies = copies_of(file, tmp_path / "backup.db")
    copies["file"] = file.read_bytes()
    node = another(vault)
    opened_key = node.open("c1", "talk", made.key_id, made.wrapped)
    assert unseal(opened_key.cipher, body, where) == b"what was said"

    another(vault).destroy(made.key_id)

    for name, raw in copies.items():
        assert body in raw, name
        assert made.wrapped in raw, name
        assert b"what was said" not in raw, name
    with pytest.raises(NoKey):
        another(vault).open("c1", "talk", made.key_id, made.wrapped)


def copies_of(file: Path, backup: Path) -> dict[str, bytes]:
    """The log of a SQLite file, and a backup of it, byte for byte."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    return {"log": Path(f"{file}-wal").read_bytes(), "backup": backup.read_bytes()}


# made by whoever comes first


def test_two_nodes_that_make_a_day_key_at_once_have_the_same_one(vault: Vault) -> None:
    nodes = [another(vault) for _ in range(8)]
    begin = threading.Barrier(len(nodes))
    made: list[keys.ConversationKeys] = []

    def node(number: int) -> None:
        begin.wait()
        made.append(nodes[number].new(f"c{number}", REGION, DAY, "talk"))

    threads = [threading.Thread(target=node, args=(number,)) for number in range(len(nodes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert os.listdir(vault.folder / REGION) == ["2026-11-23.talk.key"]
    assert len({one.wrapped for one in made}) == len(nodes)
    readers = [another(vault) for _ in made]
    for number in range(len(nodes)):
        (one,) = [found for found in made if opens(readers[number], f"c{number}", found)]
        assert one.key_id == KEY_ID


def opens(vault: Vault, id: str, made: keys.ConversationKeys) -> bool:
    try:
        vault.open(id, "talk", made.key_id, made.wrapped)
    except NoKey:
        return False
    return True


def test_who_is_second_by_a_hair_takes_the_key_of_the_first(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other node makes its file after we looked and before we link ours."""
    first, link = another(vault), os.link

    def late(draft: Path, path: Path) -> None:
        monkeypatch.setattr(os, "link", link)
        first.new("other", REGION, DAY, "talk")
        link(draft, path)

    monkeypatch.setattr(os, "link", late)
    made = vault.new("c1", REGION, DAY, "talk")

    assert opens(first, "c1", made)
    assert os.listdir(vault.folder / REGION) == ["2026-11-23.talk.key"]


# made ahead


def test_keys_are_made_ahead_once_for_every_region_day_and_purpose(vault: Vault) -> None:
    made = vault.make_ahead(["north", "south"], DAY, 2)

    assert made == 2 * 3 * 3
    assert vault.make_ahead(["north", "south"], DAY, 2) == 0
    assert vault.make_ahead(["north", "south"], DAY, 3) == 2 * 3
    assert len(vault.days()) == made + 6
    assert vault.days()[0] == "north/2026-11-23.registration"


def test_ready_means_that_the_keys_of_tomorrow_are_there(vault: Vault) -> None:
    assert not vault.ready(["north"], DAY)
    vault.make_ahead(["north"], DAY, 1)

    assert vault.ready(["north"], DAY)
    assert not vault.ready(["north"], DAY + timedelta(days=1))
    assert not vault.ready(["north", "south"], DAY)
    vault.destroy("north/2026-11-24.return")
    assert not vault.ready(["north"], DAY)


def test_keys_of_another_master_are_told_and_not_those_that_were_destroyed(
    vault: Vault, tmp_path: Path
) -> None:
    vault.make_ahead((REGION,), DAY, 1)
    vault.check()
    made = len(vault.days())
    other = Vault(vault.folder, b"o" * 32)
    other.new("c1", "south", DAY, "talk")

    with pytest.raises(NoKey, match=f"{made} of the {made + 1} keys .* another master key"):
        Vault(vault.folder, b"o" * 32).check()
    other.destroy(key_name("south", DAY, "talk"))
    Vault(vault.folder, MASTER).check()


def test_the_name_of_a_key_says_its_day() -> None:
    assert keys.day_of(keys.key_name("north", DAY, "registration")) == DAY


# files


def test_keys_are_for_us_alone(vault: Vault) -> None:
    before = os.umask(0)
    try:
        vault.new("c1", REGION, DAY, "talk")
    finally:
        os.umask(before)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in vault.folder.rglob("*")}
    assert modes == {"north": 0o700, "2026-11-23.talk.key": 0o600}
    assert stat.S_IMODE(vault.folder.stat().st_mode) == 0o700


def test_no_key_stands_in_its_file_in_plain(tmp_path: Path) -> None:
    made: list[bytes] = []

    def random(size: int) -> bytes:
        made.append(os.urandom(size))
        return made[-1]

    vault = Vault(tmp_path / "keys", MASTER, random)
    vault.new("c1", REGION, DAY, "talk")

    raw = (vault.folder / f"{KEY_ID}.key").read_bytes()
    secret = [value for value in made if len(value) == keys.KEY_BYTES]
    assert len(secret) == 2
    assert not any(value in raw for value in secret)


@pytest.mark.parametrize("step", ["fsync", "link"])
def test_a_full_disk_leaves_no_half_file_and_says_so(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    vault.make_ahead(["south"], DAY, 0)
    (vault.folder / REGION).mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(os, step, full)
        with pytest.raises(NoKey, match="No space left"):
            vault.new("c1", REGION, DAY, "talk")

    assert os.listdir(vault.folder / REGION) == []
    assert vault.new("c1", REGION, DAY, "talk").key_id == KEY_ID


def test_what_a_killed_node_left_unfinished_is_no_key(vault: Vault) -> None:
    folder = vault.folder / REGION
    folder.mkdir(parents=True)
    (folder / "2026-11-23.talk.0123456789abcdef").write_bytes(b"half")

    assert vault.days() == []
    assert vault.make_ahead([REGION], DAY, 0) == 3
    assert len(vault.days()) == 3


def test_a_damaged_file_opens_nothing(vault: Vault) -> None:
    made = vault.new("c1", REGION, DAY, "talk")
    file = vault.folder / f"{KEY_ID}.key"

    for damaged in (b"", file.read_bytes()[:-1], b"x" * 60):
        file.write_bytes(damaged)
        with pytest.raises(NoKey):
            another(vault).open("c1", "talk", made.key_id, made.wrapped)


# the master key


def test_a_fresh_master_key_reads_back() -> None:
    one, two = keys.new_master(), keys.new_master()

    assert one != two
    assert len(keys.read_master(f" {one}\n")) == keys.KEY_BYTES


@pytest.mark.parametrize(
    "text", ["", "short", "not base64 at all!", "QUJD", "A" * 44 + "B" * 4, "é"]
)
def test_a_master_key_that_is_none_says_so(text: str) -> None:
    with pytest.raises(NoKey, match="master key"):
        keys.read_master(text)
