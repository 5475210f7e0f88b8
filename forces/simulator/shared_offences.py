"""Offences that two or three forces record, and ones of one evening that only look so.

Five kinds: transferred to the force where it happened; fraud reported to several forces; a vehicle
taken in one force's area and found in another's; a theft on a train, which the British Transport
Police hold beside the county's force; and one at a border that each places on its own side. The
same true people and things stand on all records of an offence, where its force knows them.
"""

import numpy as np
import polars as pl

from forces.simulator.chance import chance, strike
from forces.simulator.drafts import NO_ROLES, Drafts, Stage
from forces.simulator.quotes import draw_forms
from forces.simulator.shared_conflicts import date_to_day, retell
from forces.simulator.shared_kinds import BRITISH_TRANSPORT, VARIANTS, list_firsts
from forces.simulator.shared_objects import list_shared_objects
from forces.simulator.shared_people import (
    SAME_OFFENDER,
    THIRD_FORCE,
    Meeting,
    has_victim,
)
from forces.simulator.shared_places import Borders, Place, anywhere, on_the_railway, put_at

REMOVED = ("transfer", "fraud")  # the second force's record has the status transferred
CONFLICTS = ("time_shifted", "code_differs", "method_reworded", "day_only", "ref_lost",
             "quote_reformatted", "quote_mistyped")  # fmt: skip
TRAPS = (*(f"shared_{variant}" for variant in VARIANTS), "near_offence", *CONFLICTS)
QUOTED_BY_FIRST = 0.3  # of references quoted where nothing was transferred


def plan_shared(stage: Stage) -> Drafts:
    """The drafts of all forces' shared offences, and of those that only look so."""
    random = stage.random("shared offences")
    firsts = pl.concat(list_firsts(setting, stage) for setting in stage.settings.values())
    firsts, copies, roles = _with_people(firsts, stage, random)
    firsts, copies = _placed(firsts, copies, stage, random)
    setting = next(iter(stage.settings.values()))
    world = setting.world
    copies = retell(copies, setting.first_night, world, random)
    copies = date_to_day(copies, strike(random, world["day_only"], copies.height))
    firsts = date_to_day(firsts, strike(random, world["day_only"] / 2, firsts.height))
    copies = copies.with_columns(quotes_first="quotes")
    objects = list_shared_objects(firsts, copies, random)
    firsts, copies = _quoting(firsts, copies, stage, random)
    offences = pl.concat([firsts, copies.drop("quotes_first")], how="diagonal").sort("draft")
    named = offences.select("draft", "force")
    known = stage.known.with_columns(pl.col("person").cast(pl.Int64))
    roles = roles.join(named, on="draft", maintain_order="left")
    roles = roles.join(known, on=["force", "person"], how="semi", maintain_order="left")
    suspects = roles.filter(pl.col("role") == "suspect").group_by("draft").agg(suspects=pl.len())
    offences = offences.drop("suspects").join(
        suspects, on="draft", how="left", maintain_order="left"
    ).with_columns(
        pl.col("suspects").cast(pl.Int64).fill_null(0),
        late_recording=pl.lit(value=False),
        is_victim_open=pl.lit(value=False),
        truth_series_id=pl.lit(None, pl.String),
        truth_offenders=pl.lit(None, pl.List(pl.Int64)),
        shared_offence=pl.col("variant") != "near",
        near_offence=pl.col("variant") == "near",
        **{f"shared_{one}": pl.col("variant") == one for one in VARIANTS},
    )  # fmt: skip
    return Drafts(offences.drop("variant", "number"), roles.select(*NO_ROLES), objects)


def _with_people(
    firsts: pl.DataFrame, stage: Stage, random: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """First records and copies, with ``draft`` and ``truth_offence_id``, and their roles: draft,
    person, role."""
    meeting = Meeting(stage)
    told: list[tuple[int, str, int, str]] = []  # row of the first, force, draft, true offence
    roles: list[tuple[int, int | None, str]] = []
    draft = firsts.height
    columns = ("force", "variant", "kind", "suspects", "number")
    for row, (force, variant, kind, wanted, number) in enumerate(firsts.select(columns).rows()):
        is_train = variant == "train" and force != BRITISH_TRANSPORT
        given = BRITISH_TRANSPORT if is_train else None
        second, victim = meeting.draw_pair(force, given, random)
        offenders = meeting.draw_offenders(force, second, wanted, random)
        is_named = variant in ("fraud", "near") or has_victim(kind, random)
        people = [(p, "suspect") for p in offenders if p != victim]
        people += [(victim, "victim")] if is_named and victim is not None else []
        roles += [(row, person, role) for person, role in people]
        forces = [second]
        if variant in REMOVED and random.random() < THIRD_FORCE:
            third = meeting.second_force(force, random)
            forces += [third] if third not in (force, second) else []
        truth = f"{force}-S{number}"
        if variant == "near":
            truth = f"{force}-N{number}"
            people = [p for p in people if p[1] == "suspect"]
            people = people if random.random() < SAME_OFFENDER else []
            other = meeting.draw_known(second, random)
            people += [(other, "victim")] if other not in (None, victim) else []
        for one in forces:
            told.append((row, one, draft, truth))
            roles += [(draft, person, role) for person, role in people]
            draft += 1
    listed = pl.DataFrame(
        told, schema={"row": pl.Int64, "force": pl.String, "draft": pl.Int64, "truth": pl.String},
        orient="row",
    )  # fmt: skip
    letter = pl.when(pl.col("variant") == "near").then(pl.lit("N")).otherwise(pl.lit("S"))
    firsts = firsts.with_columns(
        draft=pl.int_range(pl.len(), dtype=pl.Int64),
        truth_offence_id=pl.format("{}-{}{}", "force", letter, "number"),
    )
    copies = firsts[listed["row"]].with_columns(
        force=listed["force"], draft=listed["draft"], quotes=listed["row"]
    )
    # What happened to somebody else that evening is another offence.
    other_id = pl.when(pl.col("variant") == "near").then(pl.lit("b")).otherwise(pl.lit(""))
    copies = copies.with_columns(truth_offence_id=pl.col("truth_offence_id") + other_id)
    return firsts, copies, pl.DataFrame(roles, schema=NO_ROLES, orient="row")


def _placed(
    firsts: pl.DataFrame, copies: pl.DataFrame, stage: Stage, random: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both with the places that their forces give."""
    own, told = dict[int, Place](), dict[int, Place]()
    borders, forces = Borders(stage), firsts["force"].to_list()
    columns = ("variant", "force", "quotes")
    for row, (variant, force, first) in enumerate(copies.select(columns).iter_rows()):
        if variant in ("border", "near"):
            own[first], told[row] = borders.at(forces[first], force, random)
        elif variant == "train":
            county = force if forces[first] == BRITISH_TRANSPORT else forces[first]
            own[first], told[row] = on_the_railway(stage, county, random)
        elif variant in ("vehicle", "fraud"):
            told[row] = anywhere(stage, force, random)
    firsts = put_at(firsts, list(own), list(own.values()), stage, random)
    return firsts, put_at(copies, list(told), list(told.values()), stage, random)


def _quoting(
    firsts: pl.DataFrame, copies: pl.DataFrame, stage: Stage, random: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both with ``quotes``, ``quote_form``, ``is_transferred`` and ``ref_lost``: a transfer quotes
    its first record (``spoil_outcomes`` takes some out), of the rest some."""
    world = next(iter(stage.settings.values())).world
    size = copies.height
    is_removed = pl.col("variant").is_in(REMOVED)
    is_near = pl.col("variant") == "near"
    is_lost = pl.lit(strike(random, world["ref_lost"], size)) & ~is_removed & ~is_near
    is_by_first = pl.lit(pl.Series(chance(random, QUOTED_BY_FIRST, size))) & ~is_removed
    rates = world["quote_reformatted"], world["quote_mistyped"]
    copies = copies.with_columns(ref_lost=is_lost, is_by_first=is_by_first & ~is_lost & ~is_near)
    back = copies.filter("is_by_first").select(draft="quotes", quotes="draft")
    firsts = firsts.join(back, on="draft", how="left", maintain_order="left").with_columns(
        quote_form=draw_forms(firsts.height, *rates, random), is_transferred=pl.lit(value=False)
    )
    is_quoting = ~(pl.col("ref_lost") | pl.col("is_by_first") | is_near)
    return firsts, copies.with_columns(
        quotes=pl.when(is_quoting).then("quotes"),
        quote_form=draw_forms(size, *rates, random),
        is_transferred=is_removed,
    ).drop("is_by_first")
