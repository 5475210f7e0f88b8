"""What must hold of a finished store's counts of crime."""

from warehouse.store_checks import Check

CRIME_CHECKS: tuple[Check, ...] = (
    Check(
        "recorded_crime_adds_up",
        "in mart.recorded_crime every record of crime counts, or does not for one reason",
        """SELECT force FROM (
               SELECT force, sum(own_records) AS told,
                      sum(counted + cancelled + transferred_out + repeated + counted_elsewhere)
                          AS explained
               FROM mart.recorded_crime GROUP BY force
           )
           FULL JOIN (
               SELECT force, count(*) AS held FROM core.offence_record WHERE is_notifiable
               GROUP BY force
           ) USING (force)
           WHERE told IS DISTINCT FROM held OR explained IS DISTINCT FROM told""",
    ),
    Check(
        "crimes_count_once",
        "mart.recorded_crime counts no more crimes than there are offences, and every offence of "
        "which a record is neither cancelled nor transferred",
        """FROM (
               SELECT (SELECT coalesce(sum(counted), 0) FROM mart.recorded_crime) AS counted,
                      count(*) AS offences, count(*) FILTER (is_live) AS live
               FROM (
                   -- Transferred to nowhere, as no record quotes another's reference, is not away.
                   SELECT offence_id,
                          bool_or(status IS DISTINCT FROM 'cancelled'
                                  AND status IS DISTINCT FROM 'transferred')
                          OR (bool_or(status = 'transferred')
                              AND NOT bool_or(status = 'transferred' AND core.references_quoted(
                                  other_force_ref, crime_ref) IS NOT NULL))
                              AS is_live
                   FROM core.offence_record WHERE is_notifiable GROUP BY offence_id
               )
           )
           WHERE counted NOT BETWEEN live AND offences""",
    ),
)
