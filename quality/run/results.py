"""The rows of ``quality.check_result``: every rule that was looked at, failed or not."""

from collections.abc import Iterator, Sequence

import duckdb
import polars as pl

from quality.gate.checks import WHOLE_BATCH, GateCheck
from quality.rules.places import NEEDS
from quality.rules.rule import UPSERTS, Rule
from quality.source import Source
from warehouse.batch import Batch
from warehouse.contract import TABLES
from warehouse.release import Finding

CHECK_RESULT = TABLES["quality.check_result"]
_SCHEMA = CHECK_RESULT.polars_schema()
_COUNTED = tuple(name for name in CHECK_RESULT.names if name not in ("batch_id", "force"))

_ACTION = {"critical": "held", "warning": "quarantined", "info": "counted"}


def rule_results(
    con: duckdb.DuckDBPyConnection,
    rules: Sequence[Rule],
    sources: Sequence[Source],
    counts: pl.DataFrame,
) -> pl.DataFrame:
    """Results of the rules about rows, ``batch_no`` first: a row for each rule and batch that has
    rows of the rule's table, and whose force the rule is for. A rule that needs reference data
    which is not loaded looked at no row of the batch: ``not_run``."""
    failed = con.sql(
        "SELECT batch_no, rule_no, count(*)::BIGINT AS failed FROM failure GROUP BY ALL"
    ).pl()
    profiles = pl.DataFrame(
        [(source.number, source.profile) for source in sources],
        schema={"batch_no": pl.Int32, "profile": pl.String},
        orient="row",
    )
    is_for_batch = pl.col("only_profile").is_null() | (pl.col("only_profile") == pl.col("profile"))
    return (
        _frame_rules(rules)
        .join(counts, on="table_name")
        .join(profiles, on="batch_no")
        .filter(is_for_batch)
        .join(_needed(con), on=["batch_no", "needs"], how="left")
        .filter(
            ~pl.col("needs").is_in(NEEDS).fill_null(value=False) | pl.col("is_given").is_not_null()
        )
        .join(failed, on=["batch_no", "rule_no"], how="left")
        .with_columns(
            pl.col("failed").fill_null(0),
            is_run=pl.col("is_given").fill_null(value=True),
            checked=pl.when("only_upserts").then("upserts").otherwise("rows"),
        )
        .with_columns(
            checked=pl.when("is_run").then("checked").otherwise(0),
            action=pl.when("is_run")
            .then(_action(pl.col("failed"), pl.col("severity")))
            .otherwise(pl.lit("not_run")),
        )
        .select("batch_no", *_COUNTED)
    )


def _needed(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Whether each batch can be held against what a rule needs."""
    return con.sql("SELECT batch_no, needs, is_given FROM reference_state").pl()


def _frame_rules(rules: Sequence[Rule]) -> pl.DataFrame:
    conditions = [rule.condition for rule in rules]
    return pl.DataFrame(
        {
            "rule_no": pl.Series(range(len(rules)), dtype=pl.Int32),
            "table_name": [rule.table for rule in rules],
            "column_name": [rule.column for rule in rules],
            "rule": [rule.name for rule in rules],
            "severity": [rule.severity for rule in rules],
            "needs": pl.Series([rule.needs for rule in rules], dtype=pl.String),
            "only_upserts": [condition == UPSERTS for condition in conditions],
            "only_profile": pl.Series(
                [c.value if c and c.column == "profile" else None for c in conditions],
                dtype=pl.String,
            ),
        }
    )


def _action(failed: pl.Expr, severity: pl.Expr) -> pl.Expr:
    acted = severity.replace_strict(_ACTION, return_dtype=pl.String)
    return pl.when(failed > 0).then(acted).otherwise(pl.lit("none"))


def batch_results(
    batch: Batch,
    row_rules: pl.DataFrame,
    gate: Sequence[GateCheck],
    overruled: frozenset[Finding] = frozenset(),
) -> pl.DataFrame:
    """All results of one batch, as ``check_result.parquet`` holds them: of the rules about rows, of
    the gate, and what standardise found.

    Where standardise and a rule of the contract bear the same name for the same column, they stand
    in one row, with the rows that failed either. What was ``overruled`` when the batch was released
    holds it no more: rows that fail it are quarantined.
    """
    found = _frame([(f.table, f.column, f.rule, "warning" if f.action == "quarantined" else "info",
                     f.checked, f.failed, f.action if f.failed else "none")
                    for f in batch.findings])  # fmt: skip
    gated = _frame([(g.table, g.column, g.rule, g.severity, g.checked, g.failed,
                     _gate_action(g, overruled)) for g in gate])  # fmt: skip
    row_rules = _quarantine_overruled(row_rules, overruled)
    held = _frame([
        *_held_row(batch, {g.rule for g in gate if g.is_broken}, row_rules),
        *_overruled_rows(batch, {g.rule for g in gate}, overruled),
    ])  # fmt: skip
    key = ["table_name", "column_name", "rule"]
    return (
        pl.concat([row_rules.select(_as_in_contract(_COUNTED)), gated, held, found])
        .sort(pl.col("failed") > 0, descending=True, maintain_order=True)
        .group_by(key, maintain_order=True)
        .agg(pl.first("severity"), pl.max("checked"), pl.sum("failed"), pl.first("action"))
        .with_columns(batch_id=pl.lit(batch.batch_id), force=pl.lit(batch.force))
        .select(_as_in_contract(CHECK_RESULT.names))
        .sort(key)
    )


def _gate_action(check: GateCheck, overruled: frozenset[Finding]) -> str:
    if not check.failed:
        return "none"
    is_overruled = (check.table, check.column, check.rule) in overruled
    return "overruled" if is_overruled else _ACTION[check.severity]


def _quarantine_overruled(row_rules: pl.DataFrame, overruled: frozenset[Finding]) -> pl.DataFrame:
    key = ["table_name", "column_name", "rule"]
    listed = pl.DataFrame(list(overruled), schema=dict.fromkeys(key, pl.String), orient="row")
    named = row_rules.join(listed.with_columns(named=True), on=key, how="left", nulls_equal=True)
    is_overruled = pl.col("named").is_not_null() & (pl.col("action") == "held")
    action = pl.when(is_overruled).then(pl.lit("quarantined")).otherwise("action")
    return named.with_columns(action=action).drop("named")


def _overruled_rows(
    batch: Batch, gated: set[str], overruled: frozenset[Finding]
) -> Iterator[tuple[str, str | None, str, str, int, int, str]]:
    """Rows for what held the batch before it was checked: nothing else names it any more."""
    rows = max(sum(batch.received.values()), 1)
    for table, column, rule in sorted(overruled, key=str):
        if table == WHOLE_BATCH and rule not in gated:
            yield (table, column, rule, "critical", rows, rows, "overruled")


def _as_in_contract(names: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(name).cast(_SCHEMA[name]) for name in names]


def _held_row(
    batch: Batch, named: set[str], row_rules: pl.DataFrame
) -> list[tuple[str, str | None, str, str, int, int, str]]:
    """A row for the rule that holds the batch, where no other row names it."""
    rule = batch.held_rule
    by_row = row_rules.filter(pl.col("action") == "held").get_column("rule").to_list()
    if rule is None or rule in named or rule in by_row:
        return []
    rows = sum(batch.received.values())
    return [(WHOLE_BATCH, None, rule, "critical", max(rows, 1), max(rows, 1), "held")]


def _frame(rows: list[tuple[str, str | None, str, str, int, int, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={name: _SCHEMA[name] for name in _COUNTED}, orient="row")
