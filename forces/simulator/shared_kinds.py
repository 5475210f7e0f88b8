"""The first records of offences that two forces record, by the kind of sharing."""

import numpy as np
import polars as pl

from forces.simulator.chance import draw_index
from forces.simulator.drafts import Stage
from forces.simulator.offence_kinds import KINDS
from forces.simulator.offences import draw_kinds, make_offences
from forces.simulator.setting import Setting

VARIANTS = ("transfer", "fraud", "vehicle", "train", "border")
BRITISH_TRANSPORT = "btp"
FRAUD_CODES = ("053/40", "053/42")
TAKEN_CODES = ("048/01", "130/01")
NEAR_GROUPS = ("violence-and-sexual-offences", "robbery", "theft-from-the-person", "vehicle-crime")
# Groups of the kinds that have some of their own.
GROUPS = {"fraud": ("other-crime",), "vehicle": ("vehicle-crime",), "near": NEAR_GROUPS,
          "train": ("other-theft", "theft-from-the-person", "bicycle-theft")}  # fmt: skip


def list_firsts(setting: Setting, stage: Stage) -> pl.DataFrame:
    """A force's first records, each with its ``variant``."""
    random = setting.random("shared kinds")
    count = near = 0
    if len(stage.settings) > 1:
        count = round(setting.world["shared_offence"] * stage.offences[setting.force])
        near = round(setting.world["near_offence"] * stage.offences[setting.force])
    life = setting.rates.life
    shares = np.array([life[f"shared_{one}"] for one in VARIANTS[1:]])
    drawn = draw_index(random, np.array([1 - shares.sum(), *shares]), count)
    variant = [VARIANTS[i] for i in drawn]
    if BRITISH_TRANSPORT not in stage.settings:
        variant = ["border" if one == "train" else one for one in variant]
    variant += ["near"] * near
    kind = draw_kinds(count + near, random)
    for row, one in enumerate(variant):
        allowed = [i for i, k in enumerate(KINDS) if k.group in GROUPS.get(one, (k.group,))]
        if int(kind[row]) not in allowed:
            kind[row] = allowed[int(random.integers(len(allowed)))]
    made = make_offences(setting, np.zeros(len(variant), np.int64), "shared offences", kind)
    fraud = pl.Series(FRAUD_CODES).gather(random.integers(0, len(FRAUD_CODES), made.height))
    taken = pl.Series(TAKEN_CODES).gather(random.integers(0, len(TAKEN_CODES), made.height))
    said = pl.Series(variant, dtype=pl.String)
    code = (
        pl.when(said == "fraud").then(pl.lit(fraud))
        .when(said == "vehicle").then(pl.lit(taken))
        .otherwise("offence_code")
    )  # fmt: skip
    return made.with_columns(
        force=pl.lit(setting.force), variant=said, number=pl.int_range(pl.len()),
        offence_code=code, offence_code_raw=code,
    )  # fmt: skip
