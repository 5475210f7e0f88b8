"""Stage what one delivery holds of one force: canonical tables, quarantine and findings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from forces.declaration import Declaration
from transforms.accounting import count_received, extra_columns, lost_records
from transforms.apply_mapping import Applied, apply_mapping
from transforms.coverage import covered
from transforms.geography import Geography
from transforms.identifiers import is_valid_identifier
from transforms.mapping import System, TableMapping
from transforms.places import NULLED_RULES, locate
from transforms.profiles import profile
from transforms.split_forces import ForceRecords
from transforms.superseded import end_superseded
from warehouse.batch import Batch, Finding
from warehouse.contract import CONTROL, STAGING_COLUMNS, delivered_table

_QUARANTINE = next(table for table in CONTROL if table.name == "quarantine")


@dataclass(frozen=True)
class Staged:
    """A batch and its rows, ready to be written.

    Attributes:
        batch: the batch.
        tables: by delivered table, the rows in staged shape.
        quarantine: the contract's quality.quarantine, and ``raw``.
    """

    batch: Batch
    tables: dict[str, pl.DataFrame]
    quarantine: pl.DataFrame

    def write(self, folder: Path) -> None:
        """Write the batch's files into ``folder``; ``batch.json`` last."""
        for name, rows in self.tables.items():
            rows.write_parquet(folder / f"{name}.parquet")
        self.quarantine.write_parquet(folder / "quarantine.parquet")
        self.batch.write(folder)


def stage_force(
    batch: Batch,
    system: System,
    declaration: Declaration,
    own: ForceRecords,
    geography: Geography,
) -> Staged:
    """Apply the system's mappings to what a delivery holds of a force.

    Args:
        batch: what is known of the batch before its rows are.
        system: record system.
        declaration: the force.
        own: its records.
        geography: what its places are held against.

    Raises:
        StoreError: a record that was read is in neither rows nor quarantine.
    """
    mappings = system.mappings_for(declaration)
    applied = [
        apply_mapping(m, own.records[m.entity], declaration.known_bad,
                      by_part=batch.kind == "part")
        for m in mappings if m.entity in own.records
    ]  # fmt: skip
    lost = lost_records(own, mappings)
    received = count_received(own, mappings, applied, lost)
    tables, ended = end_superseded(_gather(applied))
    located, placed = _locate(_judge_identifiers(tables, declaration), declaration, geography)
    staged = {name: _shape(name, rows, batch) for name, rows in located.items() if rows.height}
    complete = replace(
        batch,
        received=received,
        covers=covered(
            batch.kind, mappings, list(own.records), located, _parts(applied, own, mappings)
        ),
        findings=_merge(
            [
                *extra_columns(own, mappings),
                *(f for a in applied for f in a.findings),
                *ended,
                *placed,
            ]
        ),
    )
    return Staged(complete, staged, _shape_quarantine(batch, applied, lost))


def empty_quarantine() -> pl.DataFrame:
    """A quarantine without rows."""
    return pl.DataFrame(schema={**_QUARANTINE.polars_schema(), "raw": pl.String()})


def _gather(applied: Iterable[Applied]) -> dict[str, pl.DataFrame]:
    parts: dict[str, list[pl.DataFrame]] = {}
    for result in applied:
        parts.setdefault(result.table.name, []).append(result.rows)
    return {name: pl.concat(several) for name, several in parts.items()}


def _parts(
    applied: Iterable[Applied], own: ForceRecords, mappings: Iterable[TableMapping]
) -> dict[str, list[str]]:
    """By table the parts that came, those of files without a record included."""
    found: dict[str, set[str]] = {}
    for result in applied:
        found.setdefault(result.table.name, set()).update(result.scopes)
    for mapping in mappings:
        if mapping.scope is not None and mapping.entity in own.empty:
            scopes = own.empty[mapping.entity].select(mapping.scope).to_series().drop_nulls()
            found.setdefault(mapping.table, set()).update(scopes)
    return {name: sorted(scopes) for name, scopes in found.items()}


def _judge_identifiers(
    tables: dict[str, pl.DataFrame], declaration: Declaration
) -> dict[str, pl.DataFrame]:
    """Identifiers with the verdict on their check letters, where the country has such.

    Told from the values as they stand: as part of each mapping the rules would be repeated within
    one another and cost seconds a force.
    """
    found = tables.get("person_identifier")
    if found is None or not profile(declaration.profile).has_identifiers:
        return tables
    is_valid = is_valid_identifier(pl.col("type"), pl.col("value"))
    return {**tables, "person_identifier": found.with_columns(is_valid=is_valid)}


def _locate(
    tables: Mapping[str, pl.DataFrame], declaration: Declaration, geography: Geography
) -> tuple[dict[str, pl.DataFrame], list[Finding]]:
    located, findings = dict(tables), []
    rules = profile(declaration.profile)
    centres = geography.postcodes if rules.has_postcodes else None
    for name, rows in tables.items():
        if "h3_r8" not in delivered_table(name):
            continue
        located[name], counts = locate(rows, centres, rules)
        findings += [
            Finding(name, "longitude", rule, rows.height, counts[rule], "mended")
            for rule in NULLED_RULES
        ]
    return located, findings


def _shape(name: str, rows: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """Rows in staged shape: the contract's columns, then the staging columns."""
    schema = delivered_table(name).polars_schema(STAGING_COLUMNS)
    return rows.with_columns(
        force=pl.lit(batch.force),
        source_system=pl.lit(batch.source_system),
        batch_id=pl.lit(batch.batch_id),
    ).select(pl.col(column).cast(kind) for column, kind in schema.items())


def _shape_quarantine(
    batch: Batch, applied: Iterable[Applied], lost: Mapping[str, list[pl.DataFrame]]
) -> pl.DataFrame:
    parts = [(result.table.name, result.quarantine) for result in applied]
    parts += [(table, part) for table, several in lost.items() for part in several]
    named = [
        part.with_columns(
            batch_id=pl.lit(batch.batch_id), force=pl.lit(batch.force), table_name=pl.lit(table)
        )
        for table, part in parts
        if part.height
    ]
    shape = empty_quarantine()
    # One record can break one rule in two mappings of one table, yet stands once.
    return pl.concat([shape, *(part.select(shape.columns) for part in named)]).unique(
        maintain_order=True
    )


def _merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of several mappings on one table, column and rule as one."""
    merged: dict[tuple[str, str | None, str], Finding] = {}
    for finding in findings:
        key = (finding.table, finding.column, finding.rule)
        before = merged.get(key)
        merged[key] = finding if before is None else replace(
            before, checked=before.checked + finding.checked, failed=before.failed + finding.failed
        )  # fmt: skip
    return tuple(merged.values())
