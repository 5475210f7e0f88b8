"""The SQL that a model scores with, as Splink writes it.

Splink turns a model into SQL in a second or more, most of it spent on parsing, and a night scores
its pairs in less. So Splink is asked once a model, over empty tables; the SQL is kept with the
model, and is run as it stands on the tables named here.
"""

import re
from functools import cache

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.comparison import Comparison as SplinkComparison
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator
from splink.internals.input_column import InputColumn
from splink.internals.settings import Settings

from linkage.entities import FEATURES
from linkage.model import NOT_KNOWN, Comparison, frequency_features

# Tables that the SQL reads: the records on both sides, and the pairs of them.
RECORDS, PAIRS = "records_to_score", "pairs_to_score"


def frequency_table(feature: str) -> str:
    """Table of a feature's frozen frequencies that the SQL reads."""
    return f"frequency_{feature}"


@cache
def compile_scoring(comparisons: tuple[Comparison, ...], prior: float, entity: str) -> str:
    """SELECT of every pair of ``PAIRS`` with Splink's weight (``mw_``) and level (``gamma_``) a
    comparison; the same comparisons and prior give the same text.

    Reads ``RECORDS``, ``PAIRS`` (``match_key``, ``join_key_l``, ``join_key_r``) and a
    ``frequency_table`` a feature whose frequency weighs.
    """
    with duckdb.connect() as con:
        columns = ", ".join(f"{name} {kind}" for name, kind in FEATURES[entity].items())
        con.execute(f"CREATE TABLE {RECORDS} (record BIGINT, {columns})")
        con.execute(
            f"CREATE TABLE {PAIRS} (match_key VARCHAR, join_key_l BIGINT, join_key_r BIGINT)"
        )
        api = _Recorder(connection=con)
        linker = Linker(
            api.register(RECORDS, dataset_display_name="records"),
            _settings(comparisons, prior),
            log_level="ERROR",
            validate_settings=False,
        )
        for feature in frequency_features(comparisons):
            name = frequency_table(feature)
            con.execute(f"CREATE TABLE {name} ({feature} VARCHAR, tf_{feature} DOUBLE)")
            linker.table_management.register_term_frequency_lookup(
                api.register(name, dataset_display_name=name), feature
            )
        linker.table_management.register_blocked_pairs_for_predict(api.register(PAIRS))
        api.made.clear()
        linker.inference.predict(warning_mode="never")
    scoring = _name_records(api.made)
    wanted = frequency_features(comparisons)
    return _look_up_once(scoring, wanted) if wanted else scoring


class _Recorder(DuckDBAPI):
    """Splink's connection, keeping what it makes: table and SELECT, in order."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection=connection)
        self.made: list[tuple[str, str]] = []

    def _setup_for_execute_sql(self, sql: str, physical_name: str) -> str:
        self.made.append((physical_name, sql))
        return super()._setup_for_execute_sql(sql, physical_name)


def _name_records(made: list[tuple[str, str]]) -> str:
    """The last SELECT, reading ``RECORDS`` where Splink read copies of the records in question."""
    *copies, (_, scoring) = made
    for name, _ in copies:
        scoring = re.sub(rf"\b{re.escape(name)}\b", RECORDS, scoring)
    return scoring


# Where Splink joins the frequencies to the records that stand right.
_RIGHT = re.compile(rf"(_with_tf_r as \(\s+select\s+{RECORDS}\.\*).*?\n\)", re.DOTALL)


def _look_up_once(scoring: str, features: tuple[str, ...]) -> str:
    """The SELECT with the frequencies of the record that stands left alone.

    A frequency weighs where the two values are the same one (``_comparison``), and Splink takes the
    greater of those known: to look it up again of the right record changes nothing, and costs a
    join of all records a feature.
    """
    nulls = ", ".join(f"NULL::DOUBLE AS tf_{feature}" for feature in features)
    once, places = _RIGHT.subn(rf"\1, {nulls} from {RECORDS})", scoring)
    if places != 1:
        raise RuntimeError("this version of Splink writes its SQL otherwise than it is read here")
    return once


def _settings(comparisons: tuple[Comparison, ...], prior: float) -> SettingsCreator:
    return _SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        probability_two_random_records_match=prior,
        comparisons=[_comparison(each) for each in comparisons],
        # Pairs are registered: this rule only stands where Splink wants one.
        blocking_rules_to_generate_predictions=[block_on("record")],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )


class _InOrder(Settings):
    """Settings that name columns in one order. Splink walks sets of them, so that its SQL, of which
    a model's id is a hash, differed from one process to the next."""

    @property
    def _term_frequency_columns(self) -> list[InputColumn]:
        return sorted(super()._term_frequency_columns, key=lambda column: column.name)

    @property
    def _columns_to_select_for_blocking(self) -> list[str]:
        return sorted(super()._columns_to_select_for_blocking)


class _SettingsCreator(SettingsCreator):
    def get_settings(self, sql_dialect_str: str) -> Settings:
        settings = super().get_settings(sql_dialect_str)
        settings.__class__ = _InOrder
        return settings


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
            if level.when != f"{level.frequency}_l = {level.frequency}_r":
                raise ValueError(f"{comparison.name}, {level.says}: a frequency is of one value")
            made = made.configure(tf_adjustment_column=level.frequency)
        levels.append(made)
    m, u = comparison.otherwise
    levels.append(cll.ElseLevel().configure(m_probability=m, u_probability=u))
    return _Creator(levels, output_column_name=comparison.name)
