"""The simulator: the same bytes twice, faults at their rates, and a truth that the deliveries bear
out."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from forces.declaration import Declaration, load_declarations
from forces.simulator import typos
from forces.simulator.chance import stream
from forces.simulator.delivery import group_deliverers, write_delivery
from forces.simulator.extract import Extract, Renderer
from forces.simulator.gazetteer import lonlat
from forces.simulator.observe import TRAPS
from forces.simulator.rates import read_rates
from forces.simulator.simulate import simulate
from forces.simulator.truth import OFFENCE_TRAPS
from tests.forces.simulation import (
    FIRST,
    FORCES,
    PERSONS,
    SECOND,
    SINGLE,
    Simulation,
    declared,
    run,
)
from warehouse.contract import delivered_table
from warehouse.errors import DeclarationError, UsageError
from warehouse.identifiers import CHECK_ALPHABET, pnc_check_letter
from warehouse.outcome_limits import refused_outcomes


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def usual(tmp_path_factory) -> Simulation:
    return run(tmp_path_factory.mktemp("usual") / "out")


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Simulation:
    return run(tmp_path_factory.mktemp("clean") / "out", FORCES[:4], dirt="none", persons=600)


@pytest.fixture(scope="module")
def heavy(tmp_path_factory) -> Simulation:
    return run(tmp_path_factory.mktemp("heavy") / "out", FORCES[:4], dirt="heavy", persons=3000)


# What comes out


def test_the_same_arguments_give_the_same_bytes(usual, tmp_path):
    again = run(tmp_path / "again")
    assert digest(again.out) == digest(usual.out)
    assert again.summary == usual.summary


def test_another_seed_gives_other_people(tmp_path):
    one, other = (
        run(tmp_path / str(seed), FORCES[:2], persons=60, seed=seed, nights=1) for seed in (1, 2)
    )
    assert not one.table("person_record")["surname"].equals(other.table("person_record")["surname"])


def test_every_deliverer_has_a_folder_a_night_and_the_weekly_one_only_the_first(usual):
    nights = {
        name: sorted(path.name for path in (usual.out / name).iterdir())
        for name in (*SINGLE, "athena")
    }
    assert nights["athena"] == [FIRST]
    missing = [m["deliverer"] for m in usual.planted["deliveries"][SECOND]
               if m["fault"] == "missing_delivery"]  # fmt: skip
    for name in SINGLE:
        assert nights[name] == ([FIRST] if name in missing else [FIRST, SECOND])


def test_a_weekly_deliverer_delivers_again_on_the_eighth_night(tmp_path):
    simulation = run(tmp_path / "out", ("kent", "essex"), persons=40, nights=8)
    assert sorted(p.name for p in (simulation.out / "athena").iterdir()) == [FIRST, "2026-01-19"]


def test_a_killed_simulation_leaves_nothing_behind(tmp_path, monkeypatch):
    def killed(*_args) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("forces.simulator.simulate._write_reference", killed)
    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path / "out", declared("durham"), persons=20, nights=1)
    assert not (tmp_path / "out").exists()
    monkeypatch.undo()
    assert simulate(tmp_path / "out", declared("durham"), persons=20, nights=1).persons == 20


def test_handed_tables_are_the_contracts_own(usual):
    left_out = {"source_system", "record_key", "batch_id", "source_file", "source_row"}
    for extract in usual.extracts:
        for name, rows in extract.tables.items():
            schema = delivered_table(name).polars_schema()
            expected = {n: t for n, t in schema.items() if n not in left_out}
            assert dict(rows.schema) == expected | {"operation": pl.String, "sequence": pl.Int64}
            assert rows["force"].is_in(list(extract.declarations)).all()


def test_values_keep_to_what_the_contract_allows(usual):
    for extract in usual.extracts:
        for name, rows in extract.tables.items():
            upserts = rows.filter(pl.col("operation") == "upsert")
            for column in delivered_table(name).columns:
                if column.name not in upserts.columns:
                    continue
                values = upserts[column.name]
                where = f"{extract.deliverer} {name}.{column.name}"
                assert not column.required or values.null_count() == 0, where
                if column.allowed:
                    assert values.drop_nulls().is_in(column.allowed).all(), where
                if column.pattern:
                    assert values.drop_nulls().str.contains(column.pattern).all(), where


def test_nothing_dangles(usual):
    """A person, an offence or an object that is named is delivered in the same night or before."""
    for extract in usual.extracts:
        before = [e for e in usual.extracts if e.deliverer == extract.deliverer
                  and e.delivery_date <= extract.delivery_date]  # fmt: skip

        def known(name: str, before: list[Extract] = before) -> pl.DataFrame:
            held = pl.concat(e.tables[name] for e in before if name in e.tables)
            gone = held.filter(pl.col("operation") == "delete")
            return held.join(gone, on=["force", "source_record_id"], how="anti").select(
                "force", id="source_record_id"
            )

        roles = extract.tables["event_role"]
        named = roles.select("force", id="person_source_record_id")
        assert named.join(known("person_record"), on=["force", "id"], how="anti").is_empty()
        for event, rows in roles.group_by("event_type"):
            named = rows.select("force", id="source_record_id")
            assert named.join(known(event[0]), on=["force", "id"], how="anti").is_empty()
        custody = extract.tables.get("custody", usual.table("custody").clear()).select(
            "force", id="offence_source_record_id"
        )
        assert custody.join(known("offence_record"), on=["force", "id"], how="anti").is_empty()
        objects = extract.tables.get("event_object", pl.DataFrame())
        for kind, rows in objects.group_by("object_type") if objects.height else ():
            named = rows.select("force", id="object_source_record_id")
            assert named.join(known(kind[0]), on=["force", "id"], how="anti").is_empty()


def test_ids_are_unique_within_their_table(usual):
    for name in ("person_record", "offence_record", "incident", "custody", "outcome",
                 "vehicle_record"):  # fmt: skip
        rows = usual.table(name)
        assert not rows.select("force", "source_record_id").is_duplicated().any(), name


def test_nothing_happens_after_the_night_that_brings_it(usual):
    for on in (FIRST, SECOND):
        midnight = pl.lit(date.fromisoformat(on)).cast(pl.Datetime("us"))
        for name in ("offence_record", "incident", "stop_search", "person_record"):
            late = usual.table(name, on).filter(pl.col("recorded_at") > midnight)
            assert late.is_empty(), name
        offences = usual.table("offence_record", on)
        times = offences.select("occurred_from", "occurred_to", "reported_at", "recorded_at")
        for earlier, later in zip(times.columns, times.columns[1:], strict=False):
            assert (times[earlier] <= times[later]).fill_null(value=True).all()


# The gazetteer


def test_the_gazetteer_is_unique_and_its_degrees_agree_with_its_metres(usual):
    places = pl.read_csv(usual.out / "reference" / FIRST / "postcode.csv")
    assert places.columns == ["postcode", "easting", "northing", "longitude", "latitude"]
    assert not places["postcode"].is_duplicated().any()
    assert places["postcode"].str.contains(r"^[A-Z]{1,2}[7-9]\d \d[A-Z]{2}$").all()
    longitude, latitude = lonlat(places["easting"].to_numpy(), places["northing"].to_numpy())
    assert abs(places["longitude"].to_numpy() - longitude).max() < 1e-9
    assert abs(places["latitude"].to_numpy() - latitude).max() < 1e-9


def test_most_postcodes_are_in_the_gazetteer_and_the_planted_ones_are_not(usual):
    known = pl.read_csv(usual.out / "reference" / FIRST / "postcode.csv")["postcode"]
    offences = usual.table("offence_record").with_columns(
        is_known=pl.col("postcode").is_in(known.implode())
    )
    truth = usual.truth("offence")
    spoilt = truth.filter(
        pl.col("traps").list.contains("unknown_postcode")
        | pl.col("traps").list.contains("placeholder_postcode")
    )
    keys = ["force", "source_record_id"]
    assert offences.join(spoilt, on=keys, how="semi")["is_known"].sum() == 0
    assert offences.join(spoilt, on=keys, how="anti")["is_known"].all()


# People and their numbers


def check_letter_is_right(value: str) -> bool:
    year, rest = value.split("/")
    return pnc_check_letter(int(year), int(rest[:-1])) == rest[-1]


def test_check_letters_are_right_but_for_those_mistyped(usual):
    pnc = usual.table("person_identifier").filter(pl.col("type") == "pnc")
    assert pnc.height > 200
    for value, is_valid in pnc.select("value", "is_valid").iter_rows():
        assert check_letter_is_right(value) == is_valid
    assert 0 < (~pnc["is_valid"]).sum() < 0.1 * pnc.height


def test_cro_check_letters_are_right_but_for_those_mistyped(usual):
    cro = usual.table("person_identifier").filter(pl.col("type") == "cro")
    for value, is_valid in cro.select("value", "is_valid").iter_rows():
        if value.startswith("SF"):
            number = int(value[2:4] + value[5:-1])
        else:
            number = int(value[7:9] + value[:6])
        assert (CHECK_ALPHABET[number % 23] == value[-1]) == is_valid


def test_the_names_have_a_realistic_skew_and_many_origins(usual):
    people = usual.table("person_record")
    commonest = people["surname"].value_counts(sort=True)
    assert commonest["surname"][0] in ("SMITH", "JONES", "WILLIAMS", "TAYLOR", "BROWN")
    assert 0.008 < commonest["count"][0] / people.height < 0.05
    assert people["surname"].n_unique() > 500
    assert people["ethnicity_self_defined"].n_unique() >= 10


# Truth


def test_the_truth_names_every_record_that_was_delivered(usual):
    truth = usual.truth("person")
    delivered = pl.concat([usual.table("person_record", on) for on in (FIRST, SECOND)])
    keys = ["force", "source_record_id"]
    assert delivered.join(truth, on=keys, how="anti").is_empty()
    first = truth.filter(pl.col("first_night") == date.fromisoformat(FIRST))
    assert first.height == usual.table("person_record").height
    assert not truth.select(keys).is_duplicated().any()
    assert usual.summary.nominals == truth.height


def test_the_truth_agrees_with_the_files_that_a_force_sent(usual):
    """Read the zip itself, not what the renderer was handed."""
    with zipfile.ZipFile(next((usual.out / "durham" / FIRST).glob("*.zip"))) as archive:
        text = io.TextIOWrapper(archive.open("Persons.csv"), encoding="cp1252", newline="")
        sent = {row["PersonId"] for row in csv.DictReader(text)}
    truth = usual.truth("person").filter(
        pl.col("force") == "durham", pl.col("first_night") == date.fromisoformat(FIRST)
    )
    assert sent == set(truth["source_record_id"])


def test_records_of_one_person_share_what_no_fault_has_touched(usual):
    """Births of one person differ only where a fault of births is noted."""
    faults = ("missing_birth", "placeholder_birth", "day_month_swap", "birth_typo")
    truth = usual.truth("person")
    sound = truth.filter(
        ~pl.any_horizontal(pl.col("traps").list.contains(fault) for fault in faults)
    )
    people = usual.table("person_record").join(sound, on=["force", "source_record_id"])
    births = people.group_by("truth_person_id").agg(pl.col("birth_date").n_unique())
    assert births.height > 1000
    assert (births["birth_date"] == 1).all()


def test_the_truth_tells_where_a_persons_name_is_from_and_no_delivery_does(usual):
    origins = usual.truth("person").group_by("truth_person_id").agg(
        pl.col("name_origin").n_unique(), is_known=pl.col("name_origin").is_not_null().all()
    )  # fmt: skip
    assert (origins["name_origin"] == 1).all()
    assert origins["is_known"].all()
    assert "name_origin" not in usual.table("person_record").columns


def test_every_kind_of_trap_is_planted_and_counted(usual):
    traps = usual.truth("person_trap").group_by("trap").len()
    assert set(traps["trap"]) == set(TRAPS)
    planted = usual.planted["planted"]
    for trap, count in traps.iter_rows():
        assert planted[trap] == count
    offences = usual.truth("offence")["traps"].explode(empty_as_null=False, keep_nulls=False)
    assert set(offences) <= set(OFFENCE_TRAPS)
    assert set(offences) >= {
        "shared_offence", "repeated_offence", "unknown_postcode", "placeholder_postcode"
    }  # fmt: skip


# The Home Office Counting Rules


def breaks(simulation: Simulation) -> dict[str, set[tuple[str, str]]]:
    """Offences of the first night that break a counting rule, as the tables handed over show it."""
    keys = ["force", "source_record_id"]
    offences = simulation.table("offence_record")
    roles = simulation.table("event_role").filter(
        (pl.col("event_type") == "offence_record") & (pl.col("role") == "victim")
    )
    several = roles.group_by(keys).agg(pl.col("person_source_record_id").n_unique()).filter(
        pl.col("person_source_record_id") > 1
    )  # fmt: skip
    late = pl.col("recorded_at") - pl.col("reported_at") > timedelta(hours=24)
    refused = refused_outcomes()
    found = {
        "late_recording": offences.filter(late),
        "outcome_not_allowed": offences.join(
            refused,
            left_on=["last_outcome_code", "offence_code"],
            right_on=["outcome_code", "offence"],
        ),
        "outcome_of_removed": offences.filter(
            pl.col("status").is_in(["cancelled", "transferred"])
            & pl.col("last_outcome_code").is_not_null()
        ),
        "transfer_unquoted": offences.filter(
            (pl.col("status") == "transferred") & pl.col("other_force_ref").is_null()
        ),
        "further_victim": several,
    }
    return {name: set(rows.select(keys).iter_rows()) for name, rows in found.items()}


def test_without_dirt_no_counting_rule_is_broken(clean):
    assert not any(breaks(clean).values())


def test_every_break_of_a_counting_rule_is_planted_and_said(heavy):
    truth = heavy.truth("offence").filter(pl.col("first_night") == date.fromisoformat(FIRST))
    for fault, found in breaks(heavy).items():
        is_said = pl.col("traps").list.contains(fault)
        said = set(truth.filter(is_said).select("force", "source_record_id").iter_rows())
        assert said, fault
        assert found <= said, fault
        # Now and then the further victim drawn is the one that the offence has.
        assert len(found) > 0.8 * len(said), fault


def test_a_crime_that_is_recorded_twice_has_the_same_victim(heavy):
    keys = ["force", "source_record_id"]
    truth = heavy.truth("offence").filter(pl.col("traps").list.contains("repeated_offence"))
    roles = heavy.table("event_role").filter(pl.col("role") == "victim")
    victims = roles.join(truth, on=keys).group_by("force", "truth_offence_id").agg(
        pl.col("source_record_id").n_unique(), pl.col("person_source_record_id").n_unique()
    )  # fmt: skip
    assert victims.height > 5
    assert (victims["source_record_id"] == 2).all()
    assert (victims["person_source_record_id"] == 1).all()


def in_pairs(usual: Simulation, trap: str) -> pl.DataFrame:
    truth = usual.truth("person").filter(pl.col("traps").list.contains(trap))
    return usual.table("person_record").join(truth, on=["force", "source_record_id"])


def test_twins_share_surname_and_birth_but_are_two_people(usual):
    twins = in_pairs(usual, "twins").group_by("surname", "birth_date").agg(
        pl.col("truth_person_id").n_unique()
    )  # fmt: skip
    assert (twins["truth_person_id"] == 2).sum() >= 6


def test_father_and_son_share_a_name_but_not_a_birth(usual):
    named = in_pairs(usual, "father_and_son").group_by("forename", "surname").agg(
        people=pl.col("truth_person_id").n_unique(),
        years=pl.col("birth_date").max().dt.year() - pl.col("birth_date").min().dt.year(),
    )  # fmt: skip
    pairs = named.filter(pl.col("people") == 2)
    assert pairs.filter(pl.col("years").is_between(18, 36)).height >= 5


def test_strangers_share_a_name_and_a_birth(usual):
    alike = in_pairs(usual, "same_name_and_birth").group_by("forename", "surname", "birth_date")
    assert (alike.agg(pl.col("truth_person_id").n_unique())["truth_person_id"] == 2).sum() >= 3


def test_cross_border_people_have_records_in_several_forces_and_others_do_not(usual):
    truth = usual.truth("person").with_columns(
        is_marked=pl.col("traps").list.contains("cross_border"),
        forces=pl.col("force").n_unique().over("truth_person_id"),
    )
    assert (truth["is_marked"] == (truth["forces"] > 1)).all()


# Rates


def test_duplicates_lie_between_the_declared_shares_and_one_force_stands_out(tmp_path):
    simulation = run(tmp_path / "out", FORCES[:3], persons=3000, nights=1)
    rates = read_rates("default").world
    people = simulation.truth("person").group_by("force", "truth_person_id").len()
    shares = dict(
        people.group_by("force").agg(1 - pl.len() / pl.col("len").sum()).iter_rows()
    )  # fmt: skip
    one = simulation.summary.duplicated_force
    assert shares.pop(one) == pytest.approx(rates["duplicate_one_force"], abs=0.06)
    for share in shares.values():
        assert rates["duplicate_lowest"] - 0.03 < share < rates["duplicate_highest"] + 0.03


@pytest.mark.parametrize(
    "trap", ["typo_forename", "typo_surname", "missing_birth", "placeholder_birth", "swapped_name",
             "birth_typo", "alias"]
)  # fmt: skip
def test_faults_of_records_are_hit_at_their_rate(usual, heavy, trap):
    for simulation, level in ((usual, "default"), (heavy, "heavy")):
        rate, size = read_rates(level).world[trap], simulation.summary.nominals
        expected, tolerance = rate * size, 5 * (rate * size) ** 0.5 + 3
        assert simulation.summary.planted[trap] == pytest.approx(expected, abs=tolerance)


def test_the_share_of_pairs_is_exact(usual):
    rates = read_rates("default").world
    records = usual.truth("person")
    for trap in ("twins", "father_and_son", "same_name_and_birth"):
        marked = records.filter(pl.col("traps").list.contains(trap))["truth_person_id"].n_unique()
        assert marked == 2 * round(rates[trap] * PERSONS)


def test_heavy_dirt_is_heavier_and_no_rate_is_certain():
    default, heavy = read_rates("default"), read_rates("heavy")
    for fault, rate in default.world.items():
        assert rate < heavy.world[fault] <= 0.9


def test_an_unknown_level_of_dirt_is_refused():
    with pytest.raises(UsageError, match="filthy"):
        read_rates("filthy")


def test_every_fault_that_the_file_of_rates_names_is_known_to_its_renderer():
    """A rate whose name no renderer knows would silently plant nothing."""
    for system, rates in read_rates("default").systems.items():
        module = Path(simulate.__code__.co_filename).parent / "renderers" / f"{system}.py"
        text = module.read_text(encoding="utf-8")
        for fault in rates:
            assert f'"{fault}"' in text, f"{system}: {fault}"


# Nights


def test_the_second_night_brings_new_changed_and_deleted_records(usual):
    first, second = usual.table("person_record"), usual.table("person_record", SECOND)
    # The weekly deliverer is not there on the second night.
    first = first.filter(pl.col("force").is_in(SINGLE))
    keys = ["force", "source_record_id"]
    deleted = second.filter(pl.col("operation") == "delete")
    sent = second.filter(pl.col("operation") == "upsert")
    new, changed = sent.join(first, on=keys, how="anti"), sent.join(first, on=keys, how="semi")
    for rows in (deleted, new, changed):
        assert 0.002 < rows.height / first.height < 0.04
    assert deleted.join(first, on=keys, how="anti").is_empty()
    assert deleted.drop(*keys, "operation").null_count().row(0) == (
        deleted.height,
    ) * (len(deleted.columns) - 3)  # fmt: skip


def test_changed_people_come_with_all_that_belongs_to_them(usual):
    keys = ["force", "source_record_id"]
    first, second = usual.table("person_record"), usual.table("person_record", SECOND)
    changed = second.join(first, on=keys, how="semi").filter(pl.col("operation") == "upsert")
    for name in ("person_identifier", "person_address"):
        before = usual.table(name).join(changed, on=keys, how="semi")
        now = usual.table(name, SECOND).join(changed, on=keys, how="semi")
        assert now.height >= before.height > 0
    moved = usual.table("person_address", SECOND).join(changed, on=keys, how="semi")
    assert (moved["from_date"] == date.fromisoformat(FIRST)).any()


def test_a_concluded_offence_brings_its_outcome(usual):
    keys = ["force", "source_record_id"]
    first, second = usual.table("offence_record"), usual.table("offence_record", SECOND)
    concluded = second.filter(pl.col("last_outcome_code").is_not_null()).join(
        first.filter(pl.col("last_outcome_code").is_null()), on=keys, how="semi"
    )
    outcomes = usual.table("outcome", SECOND).filter(pl.col("operation") == "upsert")
    assert concluded.height > 0
    given = outcomes.select("force", source_record_id="offence_source_record_id")
    assert concluded.join(given, on=keys, how="anti").is_empty()


def test_a_full_delivery_lacks_what_was_deleted(tmp_path):
    simulation = run(tmp_path / "out", ("kent", "essex"), persons=300, nights=8)
    truth = simulation.truth("person")
    last = simulation.table("person_record", "2026-01-19")
    gone = truth.filter(pl.col("deleted_night").is_not_null())
    assert gone.height > 0
    assert last.join(gone, on=["force", "source_record_id"], how="semi").is_empty()
    assert last.height == truth.height - gone.height


# Spoilt deliveries


def spoilt(simulation: Simulation) -> dict[str, dict]:
    return {m["fault"]: m for m in simulation.planted["deliveries"][SECOND]}


def test_all_four_faults_of_deliveries_befall_different_forces_on_the_second_night(usual):
    faults = spoilt(usual)
    assert set(faults) == {"missing_delivery", "truncated_file", "other_schema", "sent_twice"}
    victims = {m["deliverer"] for m in faults.values()}
    assert len(victims) == 4
    assert "athena" not in victims
    assert len(set(SINGLE) - victims) == 1
    assert usual.planted["not_planted"][SECOND] == []


@pytest.fixture(scope="module")
def unspoilt(tmp_path_factory) -> Path:
    """The same deliveries before any was spoilt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("forces.simulator.simulate.plant_mishaps", lambda *_args: ([], []))
        return run(tmp_path_factory.mktemp("unspoilt") / "out").out


def test_a_missing_delivery_is_not_there(usual, unspoilt):
    victim = spoilt(usual)["missing_delivery"]["deliverer"]
    assert not (usual.out / victim / SECOND).exists()
    assert (unspoilt / victim / SECOND).exists()


def test_a_truncated_file_is_the_beginning_of_the_right_one(usual, unspoilt):
    victim = spoilt(usual)["truncated_file"]["deliverer"]
    before, after = digest(unspoilt / victim / SECOND), digest(usual.out / victim / SECOND)
    (changed,) = [name for name in before if before[name] != after[name]]
    whole, cut = ((f / victim / SECOND / changed).read_bytes() for f in (unspoilt, usual.out))
    assert 0 < len(cut) < len(whole)
    assert whole.startswith(cut)


def test_another_systems_form_stands_in_one_folder(usual, unspoilt):
    fault = spoilt(usual)["other_schema"]
    victim, donor = fault["deliverer"], fault["note"].removeprefix("the delivery of ")
    everyone = load_declarations()
    assert everyone[victim].system != everyone[donor].system
    assert digest(usual.out / victim / SECOND) == digest(unspoilt / donor / SECOND)


def test_a_delivery_sent_twice_has_every_file_again_under_another_name(usual, unspoilt):
    victim = spoilt(usual)["sent_twice"]["deliverer"]
    before, after = digest(unspoilt / victim / SECOND), digest(usual.out / victim / SECOND)
    assert after == before | {f"copy_of_{name}": value for name, value in before.items()}


def test_first_night_and_sound_deliveries_are_left_alone(usual, unspoilt):
    victims = {m["deliverer"] for m in spoilt(usual).values()}
    for name in (*SINGLE, "athena"):
        assert digest(usual.out / name / FIRST) == digest(unspoilt / name / FIRST)
        if name not in victims:
            assert digest(usual.out / name) == digest(unspoilt / name)


def test_with_few_forces_one_stays_sound_and_the_rest_is_said(tmp_path):
    simulation = run(tmp_path / "out", ("durham", "lancashire"), persons=40)
    assert len(simulation.planted["deliveries"][SECOND]) == 1
    assert len(simulation.planted["not_planted"][SECOND]) == 3


# No dirt


def test_without_dirt_nothing_is_planted(clean):
    assert clean.summary.planted == {}
    assert clean.truth("person_trap").is_empty()
    assert clean.truth("person")["truth_person_id"].n_unique() == clean.summary.nominals
    assert clean.planted["deliveries"][SECOND] == []
    people = clean.table("person_record")
    assert people["birth_date"].null_count() == 0
    assert people["birth_date"].min() > date(1900, 1, 1)
    assert set(people["sex"]) == {"M", "F"}
    assert clean.table("person_identifier")["is_valid"].drop_nulls().all()


def test_without_dirt_every_postcode_is_in_the_gazetteer(clean):
    known = pl.read_csv(clean.out / "reference" / FIRST / "postcode.csv")["postcode"]
    for name in ("offence_record", "incident", "stop_search", "person_address"):
        assert clean.table(name)["postcode"].is_in(known.implode()).all(), name


# Refusals


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"persons": 1}, "too few"),
        ({"nights": 0}, "nights"),
        ({"seed": -1}, "seed"),
        ({"dirt": "filthy"}, "filthy"),
    ],
)
def test_senseless_arguments_are_refused_and_nothing_is_written(tmp_path, terms, words):
    with pytest.raises(UsageError, match=words):
        simulate(tmp_path / "out", declared("durham", "kent"), **{"persons": 20} | terms)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="empty"):
        simulate(tmp_path, declared("durham"), persons=20)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_no_forces_are_refused(tmp_path):
    with pytest.raises(UsageError, match="forces"):
        simulate(tmp_path / "out", {}, persons=20)


def test_a_record_system_without_a_renderer_is_refused_by_name():
    declaration = declared("durham")["durham"]
    odd = Declaration(**{**vars(declaration), "system": "paper"})
    with pytest.raises(DeclarationError, match="paper"):
        group_deliverers({"durham": odd})


# Slips


@pytest.mark.parametrize("word", ["SMITH", "O'BRIEN", "LI"])
def test_a_slip_changes_a_word_by_one_letter_or_one_exchange(word):
    slips = typos.mistype(pl.Series([word] * 200), stream(3, "slips"))
    assert slips.str.len_chars().is_in([len(word) - 1, len(word), len(word) + 1]).all()
    assert (slips != word).mean() > 0.8


def test_a_swap_of_day_and_month_is_only_made_where_both_are_dates():
    births = pl.DataFrame({"birth": [date(1990, 3, 4), date(1990, 3, 25), date(1990, 5, 5)]})
    swapped = births.select(typos.swap_day_and_month(pl.col("birth"))).to_series()
    assert swapped.to_list() == [date(1990, 4, 3), None, None]


def test_a_renderer_is_told_the_rates_of_its_own_system(tmp_path):
    heard: list[Extract] = []

    def note(_folder: Path, extract: Extract) -> dict[str, int]:
        heard.append(extract)
        return {}

    deliverer = group_deliverers(declared("durham"))["durham"]
    same: Callable[..., pl.Expr] = deliverer.renderer.person_id
    silent = Renderer("niche", same, deliverer.renderer.event_id, note)
    one = type(deliverer)("durham", silent, deliverer.declarations)
    rates = read_rates("default")
    write_delivery(tmp_path, one, [{}], date(2026, 1, 12), 0, rates, 1)
    assert heard[0].rates == rates.systems["niche"]
    assert heard[0].kind == "full"
