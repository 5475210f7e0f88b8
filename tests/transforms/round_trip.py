"""Stage a folder as one delivery, without a home; compare what came with what was expected."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from forces.declaration import Declaration
from transforms.geography import Geography
from transforms.mapping import Delivery, System
from transforms.split_forces import split_by_force
from transforms.stage import Staged, stage_force
from warehouse.batch import Batch
from warehouse.contract import delivered_table


def stage_folder(
    system: System,
    folder: Path,
    declarations: Mapping[str, Declaration],
    delivery_date: date,
    postcodes: pl.DataFrame | None = None,
) -> dict[str, Staged]:
    """What the files of ``folder`` become, by force, in the order of ``declarations``."""
    first = next(iter(declarations.values()))
    files = tuple(sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()))
    delivery = Delivery(folder, files, first.deliverer, delivery_date, tuple(declarations.values()))
    control, read = system.control(delivery), system.read(delivery)
    for name, count in control.declared.items():
        came = read[name].frame.height + read[name].rejects.height
        assert came == count, f"{name}: {count} declared, {came} came"
    parts = split_by_force(system, delivery, read, tuple(declarations))
    return {
        force: stage_force(
            Batch(
                batch_id=f"{force}-{delivery_date}",
                delivery_id=control.delivery_id or "",
                deliverer=first.deliverer,
                force=force,
                source_system=system.name,
                delivery_date=delivery_date,
                sequence="1",
                kind=control.kind,
                environment=control.environment,
                content_hash="",
                bytes=0,
            ),
            system,
            declarations[force],
            parts[force],
            Geography(postcodes),
        )
        for force in declarations
    }


def table(staged: Mapping[str, Staged], name: str) -> pl.DataFrame:
    """The staged rows of a table, of every force."""
    parts = [one.tables[name] for one in staged.values() if name in one.tables]
    return pl.concat(parts) if parts else pl.DataFrame(schema=delivered_table(name).polars_schema())


def quarantine(staged: Mapping[str, Staged]) -> pl.DataFrame:
    """Where and by which rule records were kept out."""
    columns = ("force", "table_name", "source_file", "source_row", "column_name", "rule")
    return pl.concat([one.quarantine.select(columns) for one in staged.values()])


def findings(staged: Mapping[str, Staged]) -> pl.DataFrame:
    """Traps that were met: those with a count."""
    rows = [
        (force, f.table, f.column, f.rule, str(f.failed), f.action)
        for force, one in staged.items()
        for f in one.batch.findings
        if f.failed
    ]
    names = ("force", "table_name", "column_name", "rule", "failed", "action")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()), orient="row")


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as text, rows sorted, so that a CSV that a person wrote can be compared."""
    text = frame.select(pl.all().cast(pl.String).str.strip_suffix(".000000"))
    return text.sort(pl.all(), nulls_last=True)


def assert_golden(staged: Mapping[str, Staged], expected: Path) -> None:
    """Every table, the quarantine and the findings are those in ``expected``, and no others are.

    A table's CSV names the columns that are compared.
    """
    came = {name for one in staged.values() for name in one.tables}
    kept = {path.stem for path in expected.glob("*.csv")} - {"quarantine", "findings"}
    assert came == kept
    frames = {name: table(staged, name) for name in sorted(came)}
    frames |= {"quarantine": quarantine(staged), "findings": findings(staged)}
    for name, frame in frames.items():
        wanted = pl.read_csv(expected / f"{name}.csv", infer_schema=False)
        assert_frame_equal(
            as_text(frame.select(wanted.columns)), as_text(wanted), check_dtypes=False
        )


def assert_same(
    staged: Mapping[str, Staged], sent: pl.DataFrame, name: str, without: tuple[str, ...] = ()
) -> None:
    """The table came back as it was sent, in every column but those of ``without``."""
    columns = [c for c in sent.columns if c not in (*without, "sequence")]
    came = table(staged, name).select(columns)
    assert_frame_equal(
        came.sort(pl.all(), nulls_last=True), sent.select(columns).sort(pl.all(), nulls_last=True)
    )
