"""Score pairs of person records with Splink."""

from typing import NamedTuple

import duckdb
import polars as pl
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator

from linkage.blocks import CAPPED, block_rule, make_blocks
from linkage.model_file import FrozenModel
from linkage.models import person

# Splink adds the weight of a name's frequency to that of the level it belongs to.
_EMPTY = {
    "unique_id_l": pl.Int64,
    "unique_id_r": pl.Int64,
    "match_weight": pl.Float64,
    "match_probability": pl.Float64,
    "match_key": pl.String,
    "weights": pl.String,
}


class Scored(NamedTuple):
    """Scored pairs, and the blocks too large to be compared, as ``make_blocks`` lists them."""

    pairs: pl.DataFrame
    capped: pl.DataFrame


def score_pairs(persons: pl.DataFrame, model: FrozenModel) -> Scored:
    """Every pair that a block brings together and that weighs at least ``REVIEW`` bits.

    Args:
        persons: one row a record, as ``linkage.features.read_persons`` gives them.
        model: the frozen model.

    Returns:
        Blocks left out, and pairs: ``unique_id_l`` < ``unique_id_r``, ``match_weight`` (bits),
        ``match_probability``,
        ``match_key`` (the name of the first block that brings the pair together) and ``weights``
        (JSON object of the bits of each comparison and of the prior, which sum to
        ``match_weight``), ordered by the ids.
    """
    if persons.height < 2:
        return Scored(pl.DataFrame(schema=_EMPTY), pl.DataFrame(schema=CAPPED))
    with duckdb.connect() as con:
        con.register("person_frame", persons)
        con.execute("CREATE TABLE persons AS SELECT * FROM person_frame")
        capped = make_blocks(con)
        con.execute("DROP TABLE persons")
        api = DuckDBAPI(connection=con)
        table = api.register("blocked", dataset_display_name="persons")
        linker = Linker(table, _settings(model), log_level="ERROR")
        for column in person.FREQUENCIES:
            _register_frequencies(con, api, linker, model, column)
        scored = linker.inference.predict(threshold_match_weight=person.REVIEW)
        return Scored(con.sql(_pairs_query(scored.physical_name)).pl(), capped)


def _register_frequencies(
    con: duckdb.DuckDBPyConnection, api: DuckDBAPI, linker: Linker, model: FrozenModel, column: str
) -> None:
    # Every value of the night gets a row: Splink leaves one that is not in the table unadjusted.
    con.register("known", model.frequencies[column])
    con.execute(
        f"CREATE TABLE frequency_{column} AS "
        f"SELECT p.{column}, coalesce(known.frequency, {model.floors[column]!r}) AS tf_{column} "
        f"FROM (SELECT DISTINCT {column} FROM blocked WHERE {column} IS NOT NULL) AS p "
        f"LEFT JOIN known ON known.value = p.{column}"
    )
    frame = api.register(f"frequency_{column}", dataset_display_name=f"frequency_{column}")
    linker.table_management.register_term_frequency_lookup(frame, column)


def _settings(model: FrozenModel) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        probability_two_random_records_match=model.prior,
        comparisons=[_comparison(each) for each in person.COMPARISONS],
        blocking_rules_to_generate_predictions=[
            block_rule(number, block) for number, block in enumerate(person.BLOCKS)
        ],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )


def _comparison(comparison: person.Comparison) -> ComparisonCreator:
    unknown = cll.CustomLevel(comparison.unknown, "not known").configure(is_null_level=True)
    levels: list[ComparisonLevelCreator | dict[str, object]] = [unknown]
    for level in comparison.levels:
        made = cll.CustomLevel(level.when, level.says).configure(
            m_probability=level.m, u_probability=level.u
        )
        if level.frequency:
            made = made.configure(tf_adjustment_column=level.frequency)
        levels.append(made)
    m, u = comparison.otherwise
    levels.append(cll.ElseLevel().configure(m_probability=m, u_probability=u))
    return cl.CustomComparison(levels, output_column_name=comparison.name)


def _pairs_query(scored: str) -> str:
    """The scored pairs in our own columns; ids ordered, weights summed per comparison."""
    weights = []
    for comparison in person.COMPARISONS:
        parts = [f"mw_{comparison.name}"]
        if any(level.frequency for level in comparison.levels):
            parts.append(f"mw_tf_adj_{comparison.name}")
        weights.append(f"'{comparison.name}', {' + '.join(parts)}")
    known = " + ".join(
        f"mw_{c.name}" + (f" + mw_tf_adj_{c.name}" if any(x.frequency for x in c.levels) else "")
        for c in person.COMPARISONS
    )
    names = ", ".join(f"'{block.name}'" for block in person.BLOCKS)
    return f"""
        SELECT least(unique_id_l, unique_id_r) AS unique_id_l,
               greatest(unique_id_l, unique_id_r) AS unique_id_r,
               match_weight, match_probability,
               [{names}][match_key::INTEGER + 1] AS match_key,
               json_object({", ".join(weights)}, 'prior', match_weight - ({known}))::VARCHAR
                   AS weights
        FROM {scored} ORDER BY 1, 2
    """
