"""What is named when a force's delivery differs from its earlier ones, and what is not."""

import numpy as np
import pytest

from forces.drift_limits import DriftLimits
from quality.gate.chance import usual_swing, widening
from tests.quality.deliveries import Deliveries, draw, make_frame

SEX = {"M": 0.6, "F": 0.3, "U": 0.05}
# A long tail, as vendors' offence codes have: the commonest is a tenth, the rarest one in 2,000.
WEIGHTS = [1 / (n + 3) for n in range(120)]
OFFENCES = {f"C{n:03}": weight / sum(WEIGHTS) for n, weight in enumerate(WEIGHTS)}


def persons(rng, rows, sex=SEX, named=0.97):
    return {
        "person_record": make_frame(
            "person_record", rows, sex=draw(rng, sex, rows),
            surname=draw(rng, {"SMITH": named}, rows),
        )
    }  # fmt: skip


def offences(rng, rows, codes=OFFENCES):
    return {
        "offence_record": make_frame(
            "offence_record", rows, offence_code_raw=draw(rng, codes, rows)
        )
    }


def usual(deliveries, number, rows=800, seed=7, make=persons):
    """So many usual deliveries, a tenth more or fewer rows each."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        deliveries.send(make(rng, int(rows * rng.normal(1, 0.1))))
    return rng


def volume_of(deliveries, rows, **values):
    """Which rules of volume a delivery of so many persons breaks."""
    frame = {"person_record": make_frame("person_record", rows)}
    return set(deliveries.failing(frame, **values)) & {
        "volume person_record", "unusual_volume person_record"
    }  # fmt: skip


NOTED = {"unusual_volume person_record"}
HELD = NOTED | {"volume person_record"}


@pytest.mark.parametrize(
    ("past", "rows", "found"),
    [
        ([800], 1, set()),
        ([800, 820], 24, HELD),
        ([800, 820], 2500, HELD),
        # Wider bounds while only two deliveries are known.
        ([800, 820], 2000, NOTED),
        ([800, 820, 790, 840, 760], 1640, HELD),
        ([800, 820, 790, 840, 760], 1350, NOTED),
        ([800, 820, 790, 840, 760], 300, NOTED),
        ([800, 820, 790, 840, 760], 700, set()),
        ([800, 820, 790, 840, 760], 0, HELD),
        # A table that sometimes does not come may stay away, and a Monday may be large again.
        ([800, 0, 790, 840, 0], 0, set()),
        ([800, 820, 790, 2000, 760], 1900, set()),
        # So few rows that a quiet day is none.
        ([40, 60, 49, 45, 38], 1, set()),
        # The first may have brought everything; it is neither usual nor the largest to be expected.
        ([90_000, 800, 820], 2600, HELD),
        ([90_000, 800], 810, set()),
    ],
)  # fmt: skip
def test_volume_is_judged_by_the_forces_own_deliveries(tmp_path, past, rows, found):
    deliveries = Deliveries(tmp_path)
    for count in past:
        deliveries.send({"person_record": make_frame("person_record", count)} if count else {})
    assert volume_of(deliveries, rows) == found


def test_changes_that_piled_up_while_none_came_are_no_doubling(tmp_path):
    for kind, found in (("delta", set()), ("full", HELD)):
        deliveries = Deliveries(tmp_path / kind, kind=kind)
        for _ in range(6):
            deliveries.send({"person_record": make_frame("person_record", 500)})
        assert volume_of(deliveries, 1_500, days=8) == found


def test_a_delivery_of_several_months_is_compared_by_the_month(tmp_path):
    deliveries = Deliveries(tmp_path, kind="part")

    def months(*names):
        return {"covers": {"person_record": list(names)}}

    for month in ("1", "2", "3", "4", "5"):
        deliveries.send({"person_record": make_frame("person_record", 400)}, **months(month))
    assert volume_of(deliveries, 1_200, **months("6", "7", "8")) == set()
    assert volume_of(deliveries, 1_200, **months("9")) == HELD
    assert volume_of(deliveries, 90, **months("10", "11", "12")) == HELD


def test_only_loaded_deliveries_of_the_same_kind_count_as_history(tmp_path):
    deliveries = Deliveries(tmp_path)
    for _ in range(3):
        deliveries.send({"person_record": make_frame("person_record", 800)}, status="held")
        deliveries.send({"person_record": make_frame("person_record", 90_000)}, kind="full")
    assert deliveries.send({"person_record": make_frame("person_record", 800)}) == []
    deliveries.send({"person_record": make_frame("person_record", 800)})
    assert volume_of(deliveries, 8) == HELD


@pytest.mark.parametrize("number", [2, 10])
def test_a_column_that_goes_null_is_noted_and_nothing_else_is(tmp_path, number):
    deliveries = Deliveries(tmp_path)
    rng = usual(deliveries, number)
    found = deliveries.failing(persons(rng, 800, named=0))
    assert found == {"null_share person_record.surname": "info"}


def test_a_code_set_that_is_swapped_is_noted(tmp_path):
    deliveries = Deliveries(tmp_path)
    rng = usual(deliveries, 5)
    found = deliveries.failing(persons(rng, 800, sex={"F": 0.6, "M": 0.3, "U": 0.05}))
    assert found == {"code_distribution person_record.sex": "info"}


@pytest.mark.parametrize(("number", "share"), [(2, 0.05), (3, 0.03), (10, 0.015)])
def test_a_new_code_of_the_vendor_is_noted_when_it_stands_in_a_few_hundredths(
    tmp_path, number, share
):
    deliveries = Deliveries(tmp_path)
    rng = usual(deliveries, number, make=offences)
    codes = {code: weight * (1 - share) for code, weight in OFFENCES.items()} | {"NEW1": share}
    found = deliveries.failing(offences(rng, 800, codes))
    assert found == {"unseen_values offence_record.offence_code_raw": "info"}
    # It has been sent now.
    assert deliveries.failing(offences(rng, 800, codes)) == {}


@pytest.mark.parametrize("rows", [20, 2_000])
@pytest.mark.parametrize("kind", ["delta", "full"])
def test_a_dozen_usual_deliveries_of_small_and_large_forces_break_no_rule(tmp_path, rows, kind):
    deliveries = Deliveries(tmp_path, kind=kind)
    rng = np.random.default_rng(rows)
    found = []
    for _ in range(12):
        size = max(int(rows * rng.normal(1, 0.15)), 1)
        found += deliveries.failing(persons(rng, size) | offences(rng, size))
    assert found == []


def test_a_declared_limit_holds_and_a_wider_one_keeps_silent(tmp_path):
    holding = Deliveries(tmp_path / "holding", limits=DriftLimits(null_share_held=0.5))
    rng = usual(holding, 5)
    checks = holding.send(persons(rng, 800, named=0))
    held = [c for c in checks if c.is_broken]
    assert [(c.rule, c.column) for c in held] == [("null_share", "surname")]
    assert held[0].reason.startswith("person_record.surname is null in 100.0% of rows where ")

    patient = Deliveries(tmp_path / "patient", limits=DriftLimits(volume_high=4, volume_low=0.01))
    rng = usual(patient, 5)
    assert "volume person_record" not in patient.failing(persons(rng, 2_400))


def test_failed_is_the_number_of_rows_by_which_a_delivery_differs(tmp_path):
    deliveries = Deliveries(tmp_path)
    frame = {"person_record": make_frame("person_record", 1_000, sex=["M"] * 500 + ["F"] * 500)}
    for _ in range(5):
        deliveries.send(frame)
    turned = {"person_record": make_frame("person_record", 1_000, sex=["M"] * 900 + ["F"] * 100)}
    found = [c for c in deliveries.send(turned) if c.failed]
    assert [(c.rule, c.checked, c.failed) for c in found] == [("code_distribution", 1_000, 400)]


def test_bounds_narrow_to_the_declared_ones_as_deliveries_come_in():
    assert [round(widening(n), 2) for n in (2, 3, 4, 5, 10)] == [1.58, 1.29, 1.12, 1, 1]


def test_one_outlier_does_not_widen_what_is_usual():
    steady = [1_000.0] * 9
    assert usual_swing([*steady, 50_000.0]) == pytest.approx(usual_swing(steady))
    assert usual_swing([500.0, 2_000.0] * 5) > 4
