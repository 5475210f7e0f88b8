"""Every way a delivery can be bad, in one night: what operators see, and that nothing is lost."""

import gzip
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.console.conftest import crimelink
from tests.console.small_nation import FIRST, SECOND, declare, deliver

PERSONS = 40


def truncated_gzip(to: Path) -> None:
    whole = gzip.compress((to / "person_record.csv").read_bytes(), mtime=0)
    (to / "person_record.csv").unlink()
    (to / "person_record.csv.gz").write_bytes(whole[: len(whole) // 2])


def _zipped(to: Path) -> Path:
    archive = to / "delivery.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as handle:
        for path in sorted(to.glob("*.csv")):
            handle.write(path, path.name)
            path.unlink()
    return archive


def truncated_zip(to: Path) -> None:
    archive = _zipped(to)
    archive.write_bytes(archive.read_bytes()[:-200])


def climbing_path(to: Path) -> None:
    with zipfile.ZipFile(_zipped(to), "a") as handle:
        handle.writestr("../../escaped.csv", "source_record_id\n1\n")


def zip_bomb(to: Path) -> None:
    with zipfile.ZipFile(_zipped(to), "a", zipfile.ZIP_DEFLATED) as handle:
        handle.writestr("custody.csv", b"0" * 400_000_000)


def wrong_encoding(to: Path) -> None:
    path = to / "person_record.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))


def header_renamed(to: Path) -> None:
    path = to / "person_record.csv"
    path.write_text(path.read_text().replace("source_record_id", "nominal_number", 1))


def column_missing(to: Path) -> None:
    path = to / "event_role.csv"
    lines = [line.rsplit(",", 2)[0] for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines) + "\n")


def empty_file(to: Path) -> None:
    (to / "person_record.csv").write_bytes(b"")


def symlink(to: Path) -> None:
    (to / "custody.csv").symlink_to("/etc/passwd")


def extra_column(to: Path) -> None:
    path = to / "person_record.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([f"{head},shoe_size", *(f"{row},9" for row in rows)]) + "\n")


def _with_field(to: Path, row: int, column: int, value: str) -> None:
    path = to / "person_record.csv"
    lines = path.read_text().splitlines()
    fields = lines[row].split(",")
    fields[column] = value
    lines[row] = ",".join(fields)
    path.write_text("\n".join(lines) + "\n")


def long_field(to: Path) -> None:
    _with_field(to, 3, 2, "X" * 1_000_000)


def embedded_nul(to: Path) -> None:
    _with_field(to, 3, 2, "PR\0YCE")


def february_31(to: Path) -> None:
    _with_field(to, 3, 3, "1980-02-31")


@dataclass(frozen=True)
class Case:
    spoil: Callable[[Path], None]
    rule: str


# The whole batch is held, and the force has nothing from this night.
HELD = {
    "truncated-gzip": Case(truncated_gzip, "truncated_gzip"),
    "truncated-zip": Case(truncated_zip, "truncated_zip"),
    "climbing-path": Case(climbing_path, "path_climbs"),
    "zip-bomb": Case(zip_bomb, "archive_too_large"),
    "wrong-encoding": Case(wrong_encoding, "wrong_encoding"),
    "header-renamed": Case(header_renamed, "column_missing"),
    "column-missing": Case(column_missing, "column_missing"),
    "empty-file": Case(empty_file, "empty_file"),
    "symlink": Case(symlink, "symlink"),
    # The standard form cannot tell a new column from a renamed one; systems that can, count it.
    "extra-column": Case(extra_column, "unknown_column"),
}
# One row is quarantined, with what belongs to it; the rest is stored.
ONE_ROW = {
    "long-field": Case(long_field, "field_too_long"),
    "embedded-nul": Case(embedded_nul, "nul_byte"),
    "february-31": Case(february_31, "date"),
}


@dataclass(frozen=True)
class Outcome:
    home: Path
    deliveries: Path
    forces: Path
    status: str

    def ask(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.home / "store" / "current.duckdb"), read_only=True) as con:
            return con.execute(query).fetchall()


@pytest.fixture(scope="module")
def outcome(tmp_path_factory, embedded_airflow) -> Outcome:
    folder = tmp_path_factory.mktemp("bad")
    deliveries, home = folder / "deliveries", folder / "home"
    forces = declare(folder / "forces", "sound", *HELD, *ONE_ROW)
    deliver(deliveries, "sound", FIRST)
    for force, case in (HELD | ONE_ROW).items():
        case.spoil(deliver(deliveries, force, FIRST, PERSONS))
    shutil.copytree(embedded_airflow, home / "airflow")
    ran = crimelink("--home", str(home), "run", "--deliveries", str(deliveries),
                    "--force-config", str(forces), "--night", FIRST)  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Outcome(home, deliveries, forces, crimelink("--home", str(home), "status").stdout)


def test_the_sound_force_is_published(outcome):
    query = "SELECT count(*) FROM core.person_record WHERE force = 'sound'"
    assert outcome.ask(query) == [(PERSONS,)]


@pytest.mark.parametrize("force", HELD)
def test_a_delivery_that_cannot_be_trusted_is_held_and_its_bytes_are_kept(outcome, force):
    [(status, rule, reason, size, unread)] = outcome.ask(
        "SELECT status, held_rule, held_reason, bytes, unreadable_bytes FROM quality.batch "
        f"WHERE force = '{force}'"
    )
    assert (status, rule) == ("held", HELD[force].rule)
    assert reason
    assert unread > 0
    assert outcome.ask(f"SELECT count(*) FROM core.person_record WHERE force = '{force}'") == [(0,)]
    # What the operator sees: status names the force and says why.
    line = next(line for line in outcome.status.splitlines() if line.split()[:1] == [force])
    assert "held" in line
    if force != "symlink":
        kept = sum(p.stat().st_size for p in (outcome.home / "landing" / force).rglob("*")
                   if p.is_file() and p.name != "manifest.json")  # fmt: skip
        assert kept == size


@pytest.mark.parametrize("force", ONE_ROW)
def test_one_bad_row_is_quarantined_with_its_place_and_the_rest_is_stored(outcome, force):
    rows = outcome.ask(
        "SELECT table_name, source_file, source_row, rule, reason FROM quality.quarantine "
        f"WHERE force = '{force}' AND table_name = 'person_record'"
    )
    assert len(rows) == 1, rows
    [(_, file, row, rule, reason)] = rows
    assert file.startswith("person_record.csv")
    assert row == 3
    assert rule == ONE_ROW[force].rule or ONE_ROW[force].rule in rule
    assert not {"1980-02-31", "XXX", "YCE"} & set(reason.split())
    stored = outcome.ask(f"SELECT count(*) FROM core.person_record WHERE force = '{force}'")
    assert stored == [(PERSONS - 1,)]
    # What belongs to the person waits with it.
    orphans = outcome.ask(
        "SELECT table_name, rule FROM quality.quarantine "
        f"WHERE force = '{force}' AND table_name <> 'person_record' ORDER BY 1"
    )
    assert [table for table, _ in orphans] == ["event_role", "person_address"]


def test_nothing_is_lost(outcome):
    assert outcome.ask(
        "SELECT * FROM quality.reconciliation "
        "WHERE received <> stored + unchanged + quarantined + deleted"
    ) == []  # fmt: skip
    assert not (outcome.deliveries.parent / "escaped.csv").exists()
    assert list(outcome.home.rglob("escaped.csv")) == []


def test_a_mended_delivery_is_taken_in_by_the_next_night(outcome, tmp_path):
    home, deliveries = tmp_path / "home", tmp_path / "deliveries"
    shutil.copytree(outcome.home, home, symlinks=True)
    for force in ("sound", "truncated-zip", "february-31"):
        deliver(deliveries, force, SECOND, PERSONS)
    ran = crimelink("--home", str(home), "run", "--deliveries", str(deliveries),
                    "--force-config", str(outcome.forces))  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with duckdb.connect(os.path.realpath(home / "store" / "current.duckdb"), read_only=True) as con:
        for force in ("truncated-zip", "february-31"):
            query = f"SELECT count(*) FROM core.person_record WHERE force = '{force}'"
            assert con.execute(query).fetchall() == [(PERSONS,)]
