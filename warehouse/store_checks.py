"""What must hold of a finished store, whatever its tables and night: each a question whose answer
must be no rows."""

from dataclasses import dataclass

from warehouse.contract.series import SERIES_FEATURES
from warehouse.contract.units import UNIT_NAMES
from warehouse.orphans import orphans_sql, owned_tables


@dataclass(frozen=True)
class Check:
    """One check: what must hold, and a query for the rows where it does not."""

    name: str
    says: str
    sql: str


_RECORD = "force, source_system, source_record_id"


def _ends(side: str) -> str:
    parts = ("force", "source_system", "source_record_id")
    return " AND ".join(f"{side}.{part} = e.{part}_{side}" for part in parts)


_SERIES_BITS = " + ".join(["prior_bits", *(f"{name}_bits" for name in SERIES_FEATURES)])

CHECKS: tuple[Check, ...] = (
    Check(
        "balance",
        "received = stored + unchanged + quarantined + deleted, for every batch and table",
        """FROM quality.reconciliation
           WHERE received <> stored + unchanged + quarantined + deleted""",
    ),
    Check(
        "held_batches_store_nothing",
        "every row of a held batch is kept out",
        """SELECT batch_id FROM quality.reconciliation JOIN quality.batch USING (batch_id)
           WHERE status = 'held' AND received <> quarantined""",
    ),
    Check(
        "quarantine_is_counted",
        "as many rows are listed in quarantine as the reconciliation of a loaded batch counts",
        """SELECT batch_id, table_name, quarantined, listed
           FROM quality.reconciliation
           JOIN quality.batch USING (batch_id)
           LEFT JOIN (
               SELECT batch_id, table_name, count(*) AS listed FROM (
                   SELECT DISTINCT batch_id, table_name, source_file, source_row, record_key
                   FROM quality.quarantine
               ) GROUP BY ALL
           ) USING (batch_id, table_name)
           WHERE status = 'loaded' AND quarantined <> coalesce(listed, 0)""",
    ),
    Check(
        "records_have_a_person",
        "every person record is resolved to a person",
        "FROM core.person_record WHERE person_id IS NULL",
    ),
    Check(
        "offences_are_resolved",
        "every offence record is resolved to an offence",
        "FROM core.offence_record WHERE offence_id IS NULL",
    ),
    Check(
        "roles_follow_their_record",
        "a role bears the person of its person record, and none where that is not held",
        """SELECT role.record_key FROM core.event_role AS role
           LEFT JOIN core.person_record AS record
             ON record.force = role.force AND record.source_system = role.source_system
            AND record.source_record_id = role.person_source_record_id
           WHERE role.person_id IS DISTINCT FROM record.person_id""",
    ),
    Check(
        "persons_are_their_records",
        "core.person has each person of the records once, with as many records",
        """SELECT person_id FROM core.person FULL JOIN (
               SELECT person_id, count(*) AS held FROM core.person_record GROUP BY person_id
           ) USING (person_id)
           WHERE record_count IS DISTINCT FROM held""",
    ),
    Check(
        "offences_are_their_records",
        "core.offence has each offence of the records once, with as many records",
        """SELECT offence_id FROM core.offence FULL JOIN (
               SELECT offence_id, count(*) AS held FROM core.offence_record GROUP BY offence_id
           ) USING (offence_id)
           WHERE record_count IS DISTINCT FROM held""",
    ),
    Check(
        "members_are_held",
        "a membership is open only while its record is held",
        f"""(SELECT {_RECORD} FROM link.person_membership WHERE valid_to IS NULL
             EXCEPT SELECT {_RECORD} FROM core.person_record)
            UNION ALL
            (SELECT {_RECORD} FROM link.offence_membership WHERE valid_to IS NULL
             EXCEPT SELECT {_RECORD} FROM core.offence_record)""",
    ),
    Check(
        "members_are_resolved_so",
        "a record's open membership is that of its person, and it has one",
        f"""(SELECT {_RECORD}, person_id FROM core.person_record
             EXCEPT SELECT {_RECORD}, person_id FROM link.person_membership WHERE valid_to IS NULL)
            UNION ALL
            SELECT {_RECORD}, any_value(person_id) FROM link.person_membership
            WHERE valid_to IS NULL GROUP BY {_RECORD} HAVING count(*) > 1""",
    ),
    Check(
        "edges_join_held_records",
        "both ends of an edge are records that are held",
        f"""SELECT force_l, source_system_l, source_record_id_l FROM link.person_edge
            UNION SELECT force_r, source_system_r, source_record_id_r FROM link.person_edge
            EXCEPT SELECT {_RECORD} FROM core.person_record""",
    ),
    Check(
        "persons_are_tied_by_links",
        "a person of several records has a link or a judgement between them",
        f"""SELECT person_id FROM core.person
            WHERE record_count > 1 AND weakest_link_weight IS NULL
            EXCEPT
            SELECT l.person_id FROM link.judgement AS e
            JOIN core.person_record AS l ON {_ends("l")}
            JOIN core.person_record AS r ON {_ends("r")}
            WHERE verdict = 'same' AND l.person_id = r.person_id""",
    ),
    Check(
        "weights_add_up",
        "the weights of every edge sum to its total, exactly",
        """FROM link.person_edge
           WHERE list_sum(CAST(json_extract(weights, '$.*') AS DOUBLE[])) <> match_weight""",
    ),
    Check(
        "laid_links_join",
        "a link that nothing cut joins two records of one person",
        f"""SELECT 1 FROM link.person_edge AS e
            JOIN core.person_record AS l ON {_ends("l")}
            JOIN core.person_record AS r ON {_ends("r")}
            WHERE e.band = 'link' AND (e.cut IS NULL) <> (l.person_id = r.person_id)""",
    ),
    Check(
        "edges_name_their_model",
        "the model of every edge is in the register",
        """SELECT model_id FROM link.person_edge UNION SELECT model_id FROM link.linkage_night
           EXCEPT SELECT model_id FROM governance.model_register""",
    ),
    Check(
        "approvals_are_kept",
        "the register shows each model's last approval, and every approval is of a model there",
        """SELECT model_id FROM governance.model_register FULL JOIN (
               SELECT model_id, last(row(approved_by, approved_at, reason) ORDER BY approval_id)
                      AS given
               FROM governance.model_approval GROUP BY model_id
           ) USING (model_id)
           WHERE (approved_by, approved_at, approval_reason, status = 'approved')
                 IS DISTINCT FROM
                 (given[1], given[2], given[3], given IS NOT NULL)""",
    ),
    Check(
        "trials_are_kept",
        "every trial is of a model of the register, and has figures where it had a truth, and only "
        "there",
        """SELECT trial_id FROM governance.model_trial FULL JOIN (
               SELECT trial_id, count(*) AS figures FROM governance.model_trial_figure GROUP BY ALL
           ) USING (trial_id) LEFT JOIN governance.model_register USING (model_id)
           WHERE entity IS DISTINCT FROM 'person'
              OR (truth_sha256 IS NULL) <> (figures IS NULL)""",
    ),
    Check(
        "series_pairs_add_up",
        "the bits of a pair of series sum to its total, exactly, and name a model of the register",
        f"""SELECT offence_id_l, offence_id_r FROM link.series_pair
            WHERE {_SERIES_BITS} <> total_bits
               OR model_id NOT IN (SELECT model_id FROM governance.model_register)""",
    ),
    Check(
        "series_join_held_offences",
        "both ends of a pair of series, and every offence of a lead, are offences that are held",
        """SELECT offence_id_l FROM link.series_pair UNION SELECT offence_id_r FROM link.series_pair
           UNION SELECT offence_id FROM link.series_lead_offence
           EXCEPT SELECT offence_id FROM core.offence""",
    ),
    Check(
        "series_leads_are_their_offences",
        "a series lead has as many offences as it lists",
        """SELECT lead_id FROM link.series_lead FULL JOIN (
               SELECT lead_id, count(*) AS listed FROM link.series_lead_offence GROUP BY lead_id
           ) USING (lead_id)
           WHERE offences IS DISTINCT FROM listed""",
    ),
    Check(
        "every_force_has_a_status",
        "quality.force_status has each force of reference.force",
        "SELECT force FROM reference.force EXCEPT SELECT force FROM quality.force_status",
    ),
    Check(
        "loaded_forces_are_listed",
        "whatever a loaded batch brought belongs to a force of reference.force",
        """SELECT DISTINCT force FROM quality.batch WHERE status = 'loaded'
           EXCEPT SELECT force FROM reference.force""",
    ),
    Check(
        "owned_rows_have_their_owner",
        "a row that belongs to a record is held only while a version of that record is",
        " UNION ALL ".join(orphans_sql(table) for table in owned_tables()),
    ),
    Check(
        "hotspots_add_up",
        "under each unit, mart.hotspot_cell_month counts every dated offence that has a cell",
        """FROM (VALUES
               ('h3_r8', (SELECT count(*) FROM core.offence_record
                          WHERE h3_r8 IS NOT NULL AND occurred_on IS NOT NULL)),
               ('bng_250m', (SELECT count(*) FROM core.offence_record
                             WHERE bng_250m IS NOT NULL AND occurred_on IS NOT NULL))
           ) AS expected (unit, offences)
           WHERE offences <> (SELECT coalesce(sum(mart.offences), 0)
                              FROM mart.hotspot_cell_month AS mart
                              WHERE mart.unit = expected.unit)""",
    ),
    Check(
        "hotspot_cells_are_named_as_their_unit",
        "every area of mart.hotspot has the form of the names of its unit",
        "SELECT DISTINCT unit, area FROM mart.hotspot WHERE "
        + " OR ".join(
            f"(unit = '{unit.name}' AND NOT regexp_full_match(area, '{unit.pattern}'))"
            for unit in UNIT_NAMES
        ),
    ),
    Check(
        "hotspot_forecasts_are_in_order",
        "mart.hotspot tells the interval of the next month's offences of cells that are compared, "
        "and of no others, its low end first",
        """SELECT unit, area, force, offence_group, measure FROM mart.hotspot
           WHERE next_month_low > next_month_high
              OR (measure = 'offences' AND unit NOT IN ('force', 'local_area'))
                 <> (next_month_low IS NOT NULL AND next_month_high IS NOT NULL)""",
    ),
    Check(
        "everything_is_explained",
        "every table and column has a comment",
        """SELECT schema_name || '.' || table_name FROM duckdb_tables()
           WHERE database_name = current_database() AND NOT temporary AND comment IS NULL
           UNION ALL
           SELECT schema_name || '.' || table_name || '.' || column_name FROM duckdb_columns()
           WHERE database_name = current_database() AND comment IS NULL
             AND schema_name IN ('core', 'link', 'mart', 'quality', 'governance', 'reference')""",
    ),
)
