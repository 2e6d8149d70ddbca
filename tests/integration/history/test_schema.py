"""The tables: made once however many begin at once, as the code says, and never touched when they are newer."""

from __future__ import annotations

import multiprocessing
import stat

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from safedeploy.adapters.history import schema
from safedeploy.adapters.history.place import StoreError
from safedeploy.adapters.history.store import Store
from safedeploy.adapters.history.tables import METADATA


def test_the_scripts_are_the_versions_that_the_program_knows():
    scripts = ScriptDirectory(str(schema._SCRIPTS))
    assert tuple(reversed([one.revision for one in scripts.walk_revisions()])) == schema.REVISIONS


def test_the_scripts_make_the_tables_of_the_code(at):
    with Store(at).writing() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def _begin(at, barrier, told):
    barrier.wait()
    try:
        with Store(at).writing() as connection:
            told.put(schema.version(connection))
    except StoreError as error:
        told.put(str(error))


def test_two_first_writers_at_once_do_not_collide(at):
    fork = multiprocessing.get_context("fork")
    barrier, told = fork.Barrier(4), fork.Queue()
    writers = [fork.Process(target=_begin, args=(at, barrier, told)) for _ in range(4)]
    for writer in writers:
        writer.start()
    assert [told.get(timeout=60) for _ in writers] == [schema.REVISIONS[-1]] * 4
    for writer in writers:
        writer.join()


def test_tables_of_a_newer_version_are_refused_and_left_alone(at):
    with Store(at).writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '99'"))
    with pytest.raises(StoreError, match="of version 99, which a newer safedeploy has made; this one knows"):
        Store(at).writing().__enter__()
    with pytest.raises(StoreError, match="update safedeploy on this machine"):
        Store(at).reading().__enter__()


def test_the_file_is_of_its_user_alone(file):
    with Store(file).writing():
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.file.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(file.file.parent.stat().st_mode) == 0o700


def test_a_file_that_is_no_database_is_said_in_one_line(file):
    file.file.parent.mkdir()
    file.file.write_text("something else\n" * 100)
    with pytest.raises(StoreError, match=r"^file is not a database$"):
        Store(file).writing().__enter__()


def test_nothing_is_made_by_reading(at):
    with Store(at).reading() as connection:
        assert connection is None
    assert at.file is None or not at.file.exists()
