"""Who commits no series: of the kinds of offences that have series, nobody else is named twice.

Else most pairs of offences that name one suspect would be chance, without a habit between them.
"""

import numpy as np
import polars as pl

from forces.simulator.chance import draw_without_repeats
from forces.simulator.drafts import Plot
from forces.simulator.habits import SERIES_KINDS
from forces.simulator.offence_kinds import KINDS
from forces.simulator.roles import Cast
from forces.simulator.setting import Setting


def spread_suspects(
    roles: pl.DataFrame, offences: pl.DataFrame, plot: Plot, cast: Cast, setting: Setting
) -> pl.DataFrame:
    """The roles, with suspects named for a second time in one kind of offences, and those who have
    a series of that kind, changed for others while there are others."""
    random = setting.random("suspects named once")
    records = cast.records.select(
        "person", "night", "cross_border", person_source_record_id="source_record_id"
    )
    rows = roles.with_row_index("row").join(
        offences.select("source_record_id", "kind"), on="source_record_id", maintain_order="left"
    ).join(records, on="person_source_record_id", maintain_order="left")  # fmt: skip
    rows = rows.filter(pl.col("role") == "suspect")
    # Several forces would choose the same people of those whom several know.
    local = (pl.col("night") == 0) & ~pl.col("cross_border")
    first = records.filter(local).unique("person", keep="first", maintain_order=True)
    people = first["person"].to_numpy()
    order = draw_without_repeats(
        np.arange(len(people)), cast.suspect_weights(first["person_source_record_id"]),
        len(people), random,
    )  # fmt: skip
    own = plot.offences.select("kind", "truth_offenders").explode(
        "truth_offenders", empty_as_null=False, keep_nulls=False
    )
    changed = np.arange(roles.height + first.height)[: roles.height]
    for kind, one in enumerate(KINDS):
        if one.methods not in SERIES_KINDS:
            continue
        serial = own.filter(pl.col("kind") == kind)["truth_offenders"].implode()
        named = rows.filter(pl.col("kind") == kind)
        is_again = named["person"].is_in(serial) | ~named["person"].is_first_distinct()
        again = named.filter(is_again)["row"].to_numpy()
        is_free = ~np.isin(people[order], np.r_[named["person"].to_numpy(), serial.explode()])
        others = order[is_free][: len(again)]
        changed[again[: len(others)]] = roles.height + others
    names = pl.concat([roles["person_source_record_id"], first["person_source_record_id"]])
    return roles.with_columns(person_source_record_id=names.gather(changed))
