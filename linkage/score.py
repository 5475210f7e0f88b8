"""Score pairs of records with Splink, and say which band each is in."""

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.comparison import Comparison as SplinkComparison
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator

from linkage.model import DIFFERENT, NOT_KNOWN, Comparison, Model
from warehouse.schema import quote

# Weights are multiples of this many bits: any sum of them in double precision is exact, whatever
# the order, so that the weights of an explanation add up to the total to the last digit.
STEP = 1 / 1024


def score_pairs(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    *,
    records: str = "record",
    pairs: str = "pair",
    into: str = "scored",
    at_least: float | None = None,
) -> None:
    """Make the table ``into``: pairs with their weights, total and band.

    Args:
        con: in-memory connection that holds the tables; Splink leaves tables of its own in it.
        model: the model.
        records: table with the unique BIGINT ``record`` and the features.
        pairs: table ``record_l``, ``record_r``, ``block`` (index of the block that found it).
        into: table to make: ``record_l``, ``record_r``, ``match_weight`` (bits), ``link_at`` and
            ``review_at`` (bits that a pair of its kind needs), ``band`` (link, review, possible or
            none), ``weights`` (DOUBLE[]: bits a comparison, the prior last; their sum is
            ``match_weight`` exactly), ``levels`` (TINYINT[]: index of each comparison's level,
            -1 not known), ``block``.
        at_least: bits below which a pair is left out; None keeps every pair.
    """
    con.execute(
        f"CREATE OR REPLACE TABLE pairs_to_score AS SELECT block::VARCHAR AS match_key, "
        f"record_l AS join_key_l, record_r AS join_key_r FROM {pairs}"
    )
    api = DuckDBAPI(connection=con)
    table = api.register(records, dataset_display_name="records")
    linker = Linker(table, _settings(model), log_level="ERROR")
    for feature in model.frequency_features:
        _register_frequencies(con, api, linker, model, records, feature)
    linker.table_management.register_blocked_pairs_for_predict(api.register("pairs_to_score"))
    # Splink's total is not rounded: a margin keeps what rounding lifts to the bound.
    bound = None if at_least is None else at_least - len(model.comparisons) * STEP
    scored = linker.inference.predict(threshold_match_weight=bound, warning_mode="never")
    kept = "" if at_least is None else f"WHERE match_weight >= {at_least!r}"
    query = f"FROM ({_pairs_query(model, scored.physical_name)}) {kept}"
    con.execute(f"CREATE OR REPLACE TABLE {into} AS {query}")
    scored.drop_table_from_database_and_remove_from_cache()


def _register_frequencies(
    con: duckdb.DuckDBPyConnection,
    api: DuckDBAPI,
    linker: Linker,
    model: Model,
    records: str,
    feature: str,
) -> None:
    # Every value gets a row: Splink leaves one that is not in the table unadjusted.
    con.register("known", model.frequencies[feature])
    con.execute(
        f"CREATE OR REPLACE TABLE frequency_{feature} AS "
        f"SELECT r.{feature}, coalesce(known.frequency, {model.floors[feature]!r}) AS tf_{feature} "
        f"FROM (SELECT DISTINCT {feature} FROM {records} WHERE {feature} IS NOT NULL) AS r "
        f"LEFT JOIN known ON known.value = r.{feature}"
    )
    con.unregister("known")
    frame = api.register(f"frequency_{feature}", dataset_display_name=f"frequency_{feature}")
    linker.table_management.register_term_frequency_lookup(frame, feature)


def _settings(model: Model) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        probability_two_random_records_match=model.prior,
        comparisons=[_comparison(each) for each in model.comparisons],
        # Pairs are registered: this rule only stands where Splink wants one.
        blocking_rules_to_generate_predictions=[block_on("record")],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )


class _WithLevels(SplinkComparison):
    """A comparison whose level is among the scored columns. Splink writes it only beside the
    compared columns themselves, which for millions of pairs are most of the cost."""

    def _columns_to_select_for_predict(
        self,
        retain_matching_columns: bool,
        retain_intermediate_calculation_columns: bool,
        training_mode: bool,  # noqa: ARG002
    ) -> list[str]:
        return super()._columns_to_select_for_predict(
            retain_matching_columns, retain_intermediate_calculation_columns, training_mode=True
        )


class _Creator(cl.CustomComparison):
    # Splink marks this final for its users; it is the one place where the class is chosen.
    def get_comparison(self, sql_dialect_str: str) -> SplinkComparison:  # type: ignore[misc]
        return _WithLevels(
            sqlglot_dialect=sql_dialect_str, **self.create_comparison_dict(sql_dialect_str)
        )


def _comparison(comparison: Comparison) -> ComparisonCreator:
    unknown = cll.CustomLevel(comparison.unknown, NOT_KNOWN).configure(is_null_level=True)
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
    return _Creator(levels, output_column_name=comparison.name)


def _pairs_query(model: Model, scored: str) -> str:
    """The scored pairs in our own columns. Splink's ``gamma`` counts levels from the weakest."""
    names = [comparison.name for comparison in model.comparisons]
    weights = ", ".join(f"w_{name}" for name in names)
    rounded = ", ".join(
        f"{_round(_weight(comparison))} AS w_{comparison.name}" for comparison in model.comparisons
    )
    levels = ", ".join(
        f"CASE WHEN gamma_{c.name} < 0 THEN -1 ELSE {len(c.levels)} - gamma_{c.name} END::TINYINT"
        for c in model.comparisons
    )
    words = ", ".join(
        f"{_words(comparison)} AS {comparison.name}" for comparison in model.comparisons
    )
    link, review = (_threshold(model, bound) for bound in ("link", "review"))
    total = " + ".join(f"w_{name}" for name in [*names, "prior"])
    return f"""
        WITH part AS (
            SELECT record_l, record_r, match_key::UTINYINT AS block, {rounded},
                   {_round(f"log2({model.prior!r} / (1 - {model.prior!r}))")} AS w_prior,
                   [{levels}] AS levels, {words}
            FROM {scored}
        ),
        whole AS (
            SELECT record_l, record_r, block, levels, {total} AS match_weight,
                   [{weights}, w_prior] AS weights, {link} AS link_at, {review} AS review_at
            FROM part
        )
        SELECT record_l, record_r, match_weight, link_at, review_at,
               CASE WHEN match_weight >= link_at THEN 'link'
                    WHEN match_weight >= review_at THEN 'review'
                    WHEN match_weight >= {model.possible!r} THEN 'possible' ELSE 'none' END AS band,
               weights, levels, block
        FROM whole
    """


def _round(bits: str) -> str:
    return f"round(({bits}) / {STEP}) * {STEP}"


def _weight(comparison: Comparison) -> str:
    """Splink adds the weight of a value's frequency to that of the level it belongs to."""
    has_frequency = any(level.frequency for level in comparison.levels)
    own = f"mw_{comparison.name}"
    return f"{own} + mw_tf_adj_{comparison.name}" if has_frequency else own


def _words(comparison: Comparison) -> str:
    count = len(comparison.levels)
    cases = " ".join(
        f"WHEN {count - index} THEN {quote(level.says)}"
        for index, level in enumerate(comparison.levels)
    )
    return f"CASE gamma_{comparison.name} WHEN -1 THEN '{NOT_KNOWN}' {cases} ELSE '{DIFFERENT}' END"


def _threshold(model: Model, bound: str) -> str:
    cases = " ".join(f"WHEN {each.when} THEN {getattr(each, bound)!r}" for each in model.thresholds)
    return f"CASE {cases} END::DOUBLE"
