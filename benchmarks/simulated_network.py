"""A nation's people and what they have in common, straight into a home's state.

Invented by numpy, not by the simulator: only the tables that objects, offences, series,
associations and networks are made of, in a nation's proportions. People live in districts of a
thousand, each with a force. One in ten has a second record, with another force. Households are of
two or three; hostels and solicitors' numbers are held by hundreds. The first two hundred of a
district are those who are ever suspects, in circles of eight; four offences in ten have a suspect,
one in four of these several, all of one circle but for one in ten. When, where and how offences
happened is that of ``made_up_series.py``, each in its own force; those of a series have one
suspect. Two offences in a
hundred are recorded by a second force too, six in ten of which quote the first.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.made_up_series import FORCES as MADE_UP_FORCES
from benchmarks.made_up_series import make_up
from benchmarks.unlinked_offences import each_its_own
from warehouse.contract import delivered_table
from warehouse.contract.person import HASHED
from warehouse.contract.record_hash import record_hash_sql
from warehouse.home import Home
from warehouse.night import close_night
from warehouse.state import writer

FIRST_NIGHT = date(2026, 1, 12)
FORCES, DISTRICT, OFFENDERS, CIRCLE = 43, 1000, 200, 8
# Within a year of the first night as within years before: days are drawn from before it.
LONG_AGO = datetime(2016, 1, 1)  # noqa: DTZ001 - the state's times are UTC and do not say so
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Shape:
    """How many persons (a multiple of a district) and offences; the share that a night brings; and
    whether each offence record is an offence of its own already, or that is for linking to find."""

    persons: int
    offences: int
    share: float = 0.01
    is_linked: bool = True


class Nation:
    """Writes the nights of one nation into a state.

    Args:
        con: the state.
        shape: its size.
        night: the night that brings what is written.
        seed: of all chance.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, shape: Shape, night: date, seed: list[int]
    ) -> None:
        self.con, self.shape, self.night = con, shape, night
        self.random = np.random.default_rng(seed)

    def first_night(self) -> None:
        """Everybody, and all offences."""
        persons = np.arange(self.shape.persons)
        again = persons[self.random.random(len(persons)) < 0.1] + self.shape.persons
        records = np.concatenate([persons, again])
        days = self.random.integers(0, 3000, len(records))
        self._store("person_record", records, source_record_id=name("P", records),
                    sex=pl.lit("U"), recorded_at=LONG_AGO + days_of(days))  # fmt: skip
        self.con.execute(
            "INSERT INTO linkage.record_key SELECT row_number() OVER (ORDER BY source_record_id), "
            "force, source_system, source_record_id, record_hash, $night FROM core.person_record",
            {"night": self.night},
        )
        self.con.execute(
            "INSERT INTO linkage.cluster SELECT record, record, "
            f"'P-' || (substr(source_record_id, 2)::BIGINT % {self.shape.persons}) "
            "FROM linkage.record_key"
        )
        self._open_memberships()
        self.addresses(records)
        self._phones(records)
        self.offences(np.arange(self.shape.offences))

    def later_night(self, index: int) -> None:
        """New offences, changed addresses, and records that are now another person's."""
        share = self.shape.share
        new = round(self.shape.offences * share)
        self.offences(self.shape.offences + (index - 1) * new + np.arange(new))
        count = round(self.shape.persons * share)
        moved = self.random.choice(self.shape.persons, count, replace=False)
        self.con.register("moved", pl.DataFrame({"source_record_id": name("P", moved)}))
        self.con.execute(
            "UPDATE core.person_address SET valid_to = $night, closed_sequence = '1' "
            "WHERE valid_to IS NULL AND source_record_id IN (FROM moved)",
            {"night": self.night},
        )
        self.addresses(moved)
        self.con.execute(
            "UPDATE linkage.cluster SET person_id = 'P-' || (substr(source_record_id, 2)::BIGINT "
            "+ 1) FROM linkage.record_key SEMI JOIN (FROM moved LIMIT $few) USING "
            "(source_record_id) WHERE cluster.record = record_key.record",
            {"few": count // 5},
        )
        self.con.execute(
            "INSERT INTO link.identity_event SELECT (SELECT count(*) FROM link.identity_event) "
            "+ row_number() OVER (ORDER BY record), $night, held.person_id, 'left', "
            "cluster.person_id, 1, 'changed record', 'invented' FROM linkage.membership AS held "
            "JOIN linkage.cluster USING (record) "
            "WHERE valid_to IS NULL AND held.person_id <> cluster.person_id",
            {"night": self.night},
        )
        self.con.execute(
            "UPDATE linkage.membership AS held SET valid_to = $night FROM linkage.cluster "
            "WHERE held.record = cluster.record AND valid_to IS NULL "
            "AND held.person_id <> cluster.person_id",
            {"night": self.night},
        )
        self._open_memberships()

    def _open_memberships(self) -> None:
        self.con.execute(
            "INSERT INTO linkage.membership SELECT record, person_id, $night, NULL "
            "FROM linkage.cluster ANTI JOIN (FROM linkage.membership WHERE valid_to IS NULL) "
            "USING (record)",
            {"night": self.night},
        )

    def addresses(self, records: Numbers) -> None:
        """Where the records' people live: a tenth elsewhere than with their household."""
        chance, size = self.random.random(len(records)), len(records)
        household = records % self.shape.persons * 2 // 5
        hostel = self.random.integers(0, self.shape.persons // 5000 + 1, size) + 10**8
        other = self.random.integers(0, self.shape.persons, size)
        house = np.where(chance < 0.005, hostel, np.where(chance < 0.1, other, household))
        street = pl.lit(pl.Series(house // 60)).cast(pl.String)
        self._store("person_address", records, source_record_id=name("P", records),
                    record_key=name(f"A{self.night:%d}-", records),
                    address=pl.lit(pl.Series(house % 60)).cast(pl.String) + " HIGH STREET",
                    postcode="NE1 1AA " + street, locality="TOWN " + street,
                    from_date=LONG_AGO.date() + days_of(self.random.integers(0, 3000, size)),
                    )  # fmt: skip

    def _phones(self, records: Numbers) -> None:
        records = records[self.random.random(len(records)) < 0.7]
        chance = self.random.random(len(records))
        shared = self.random.integers(0, self.shape.persons, len(records))
        number = np.where(chance < 0.05, shared, records % self.shape.persons)
        number = np.where(chance < 0.01, number % 60, number)
        self._store("person_contact", records, source_record_id=name("P", records),
                    record_key=name("C", records), type=pl.lit("phone"),
                    value=name("+447", number + 100_000_000))  # fmt: skip

    def offences(self, numbers: Numbers) -> None:
        """Offences with suspects, victims, custody, vehicles, telephones and property."""
        draw, size = self.random, len(numbers)
        made = make_up(size, int(draw.integers(1 << 31)))
        series = made.truth["series"].to_numpy()
        own = series >= 0
        # The active few are named most; a series is one's.
        lead = (draw.random(size) ** 2 * OFFENDERS).astype(np.int64)
        lead[own] = draw.integers(0, OFFENDERS, size)[series[own]]
        # Districts of a force are those whose number it leaves over.
        place = draw.integers(0, 1 + self.shape.persons // DISTRICT // FORCES, size)
        place[own] = place[series[own]]
        force = np.array([MADE_UP_FORCES.index(name) for name in made.truth["force"]])
        district = (place * FORCES + force) % (self.shape.persons // DISTRICT) * DISTRICT
        several = np.where(draw.random(size) < 0.25, 1 + draw.geometric(0.6, size), 1)
        several[own] = 1
        row = np.repeat(np.arange(size), np.where(draw.random(size) < 0.4, several, 0))
        near = lead[row] // CIRCLE * CIRCLE + draw.integers(0, CIRCLE, len(row))
        far = draw.integers(0, OFFENDERS, len(row))
        who = np.where(draw.random(len(row)) < 0.9, near, far)
        who = district[row] + np.where(own[row], lead[row], who)
        # Some are known by the record of another force, if they have one: seven districts on.
        home = 7 * DISTRICT
        is_away = (draw.random(len(row)) < 0.15) & (who >= home)
        who = np.where(is_away, who - home + self.shape.persons, who)
        # A record names a person once.
        row, who = np.unique(np.stack([row, who]), axis=1)
        self._roles("O", numbers[row], who, "offence_record", "suspect")
        victim = district + draw.integers(0, DISTRICT, size)
        self._roles("O", numbers, victim, "offence_record", "victim")
        happened = made.tables["offence_record"].drop("force", "source_system", "source_record_id")
        self._offence_records(numbers, district, happened)
        twice = draw.random(size) < 0.02
        self._second_records(numbers[twice], victim[twice], happened.filter(pl.Series(twice)))
        held = draw.random(len(row)) < 0.3
        self._custody(numbers[row[held]], who[held])
        self._objects(numbers, district)
        if self.shape.is_linked:
            each_its_own(self.con, self.night)

    def _offence_records(self, numbers: Numbers, district: Numbers, happened: pl.DataFrame) -> None:
        self._store("offence_record", district, source_record_id=name("O", numbers),
                    crime_ref=name("42/", numbers + 10_000_000),
                    **{each.name: each for each in happened})  # fmt: skip

    def _second_records(self, numbers: Numbers, victim: Numbers, happened: pl.DataFrame) -> None:
        """Of the same offences, by the force that has the victim's second record, if there is one;
        told half an hour later."""
        elsewhere, half_hour = victim + self.shape.persons, pl.duration(minutes=30)
        later = happened.with_columns(pl.col("occurred_from", "occurred_to") + half_hour)
        quotes = self.random.random(len(numbers)) < 0.6
        quoted = pl.select(pl.when(pl.Series(quotes)).then(name("42/", numbers + 10_000_000)))
        self._store("offence_record", elsewhere, source_record_id=name("R", numbers),
                    crime_ref=name("43/", numbers + 50_000_000), other_force_ref=quoted.to_series(),
                    **{each.name: each for each in later})  # fmt: skip
        self._roles("R", numbers, elsewhere, "offence_record", "victim")

    def _custody(self, offences: Numbers, persons: Numbers) -> None:
        # As many custody records as persons detained; the number tells the offence.
        custody = offences * 100 + np.arange(len(offences)) % 100
        hours = pl.duration(hours=pl.lit(pl.Series(self.random.integers(0, 24, len(offences)))))
        self._store("custody", persons, source_record_id=name("D", custody),
                    offence_source_record_id=name("O", offences),
                    detained_at=LONG_AGO + hours)  # fmt: skip
        self._roles("D", custody, persons, "custody", "detained")

    def _objects(self, offences: Numbers, district: Numbers) -> None:
        """Vehicles of a tenth of the offences, telephones of a twentieth, property of a third."""
        draw, persons = self.random, self.shape.persons
        has, which = draw.random((3, len(offences))), draw.integers(0, persons // 10, len(offences))
        self._parts("vehicle_record", has[0] < 0.1, offences, district, vrm=name("AB", which))
        self._parts("phone_record", has[1] < 0.05, offences, district,
                    number=name("+447", which + 100_000_000))  # fmt: skip
        serial = pl.select(
            pl.when(pl.Series(draw.random(len(offences)) < 0.3)).then(name("SN", which + 100_000))
        )
        self._parts("property_record", has[2] < 0.33, offences, district,
                    property_type=pl.Series(["LAPTOP"]).new_from_index(0, len(offences)),
                    serial_number=serial.to_series())  # fmt: skip

    def _parts(
        self, table: str, has: npt.NDArray[np.bool_], offences: Numbers, district: Numbers,
        **columns: pl.Series,
    ) -> None:  # fmt: skip
        """A thing of the kind at each of the offences that have one."""
        kept, letter = pl.Series(has), table[0].upper()
        offences, district = offences[has], district[has]
        things = name(letter, offences)
        roles = ("used",) if table == "phone_record" else ("stolen", "recovered", "used")
        role = pl.Series(self.random.choice(roles, len(offences)))
        given = {column: values.filter(kept) for column, values in columns.items()}
        self._store(table, district, source_record_id=things, **given)
        self._store("event_object", district, source_record_id=name("O", offences),
                    record_key=name(f"X{table[1]}", offences), event_type=pl.lit("offence_record"),
                    object_type=pl.lit(table), object_source_record_id=things,
                    role=role)  # fmt: skip

    def _roles(
        self, letter: str, events: Numbers, persons: Numbers, event_type: str, role: str
    ) -> None:
        self._store("event_role", persons, source_record_id=name(letter, events),
                    record_key=name(f"{letter}{role[0]}", events) + name("-", persons),
                    event_type=pl.lit(event_type),
                    person_source_record_id=name("P", persons), role=pl.lit(role))  # fmt: skip

    def _store(self, table: str, persons: Numbers, **columns: pl.Expr | pl.Series) -> None:
        """Rows of the force of each person's district."""
        district = (persons % self.shape.persons) // DISTRICT + persons // self.shape.persons * 7
        force = name("force-", district % FORCES)
        given = [value.alias(column) for column, value in columns.items()]
        rows = pl.select(given).with_columns(
            force=force, source_system=pl.lit("niche"),
            batch_id=pl.lit("b"), source_file=pl.lit("f"), source_row=1, version=1,
            valid_from=self.night, delivery_sequence=pl.lit("1"),
        )  # fmt: skip
        if "record_key" in delivered_table(table).names and "record_key" not in rows.columns:
            rows = rows.with_columns(record_key="source_record_id")
        self.con.register("rows_made", rows)
        hashed = f", {record_hash_sql()} AS record_hash" if delivered_table(table) in HASHED else ""
        self.con.execute(f"INSERT INTO core.{table} BY NAME SELECT *{hashed} FROM rows_made")
        self.con.unregister("rows_made")


def name(letter: str, numbers: Numbers) -> pl.Series:
    """Ids: the letter and the number."""
    return letter + pl.Series(numbers).cast(pl.String)


def days_of(days: Numbers) -> pl.Expr:
    """So many days each."""
    return pl.duration(days=pl.lit(pl.Series(days)))


def first_night(home: Home, shape: Shape) -> None:
    """Fill a home's state with the first night."""
    with writer(home, "simulated network") as con:
        Nation(con, shape, FIRST_NIGHT, [1, 0]).first_night()


def next_night(home: Home, shape: Shape, index: int) -> date:
    """Close the night before, and bring night ``index``, from 1."""
    night = FIRST_NIGHT + timedelta(index)
    before = night - timedelta(1)
    with writer(home, "simulated network") as con:
        con.execute("INSERT INTO governance.night BY NAME SELECT $night AS night, "
                    "'invented' AS crimelink_version, $night AS published_at",
                    {"night": before})  # fmt: skip
        Nation(con, shape, night, [1, index]).later_night(index)
    # No store was published: nothing here reads one.
    close_night(home, before, home.store / "none.duckdb")
    return night
