-- grain: one row a force and table for which something was received
-- owner: data-quality leads of the forces
-- about: What became of the rows of each force and table. Counts of rows are over all nights;
--   records, shares and duplicates are of the rows held now. Rates by night, with their intervals and
--   ranks, are in mart.force_quality.
-- force: Force.
-- table_name: Table of the contract.
-- received: Rows received.
-- stored: Rows stored, new or as a new version.
-- unchanged: Rows that said what was held already.
-- quarantined: Rows kept out, those of held batches included.
-- deleted: Deletions received and applied.
-- quarantine_rate: Quarantined rows over received rows, 0 to 1; null where none were received.
-- records: Rows held now.
-- unlocated: Rows held now that have no coordinates; null for tables without a place.
-- unlocated_share: The same over records, 0 to 1.
-- unmapped: Offences held now whose code is not known; null for other tables.
-- unmapped_share: The same over records, 0 to 1.
-- persons: Persons that the records are resolved to, for person_record; else null.
-- duplicates: Person records beyond the first of each person within the force; else null.
WITH received AS (
    SELECT force, table_name,
           CAST(sum(received) AS BIGINT) AS received,
           CAST(sum(stored) AS BIGINT) AS stored,
           CAST(sum(unchanged) AS BIGINT) AS unchanged,
           CAST(sum(quarantined) AS BIGINT) AS quarantined,
           CAST(sum(deleted) AS BIGINT) AS deleted
    FROM quality.reconciliation
    GROUP BY force, table_name
), placed AS (
    SELECT 'offence_record' AS table_name, force, location_precision FROM core.offence_record
    UNION ALL SELECT 'incident', force, location_precision FROM core.incident
    UNION ALL SELECT 'stop_search', force, location_precision FROM core.stop_search
    UNION ALL SELECT 'lfr_deployment', force, location_precision FROM core.lfr_deployment
    UNION ALL SELECT 'outcome', force, location_precision FROM core.outcome
), without_place AS (
    SELECT 'person_record' AS table_name, force FROM core.person_record
    UNION ALL SELECT 'person_name', force FROM core.person_name
    UNION ALL SELECT 'person_identifier', force FROM core.person_identifier
    UNION ALL SELECT 'person_address', force FROM core.person_address
    UNION ALL SELECT 'person_contact', force FROM core.person_contact
    UNION ALL SELECT 'warning_marker', force FROM core.warning_marker
    UNION ALL SELECT 'custody', force FROM core.custody
    UNION ALL SELECT 'intelligence_report', force FROM core.intelligence_report
    UNION ALL SELECT 'vehicle_record', force FROM core.vehicle_record
    UNION ALL SELECT 'phone_record', force FROM core.phone_record
    UNION ALL SELECT 'property_record', force FROM core.property_record
    UNION ALL SELECT 'event_role', force FROM core.event_role
    UNION ALL SELECT 'event_object', force FROM core.event_object
), held AS (
    SELECT force, table_name, count(*) AS records,
           count(*) FILTER (location_precision = 'none') AS unlocated
    FROM placed GROUP BY force, table_name
    UNION ALL
    SELECT force, table_name, count(*), NULL FROM without_place GROUP BY force, table_name
), mapped AS (
    SELECT force, 'offence_record' AS table_name,
           count(*) FILTER (offence_group = 'unmapped') AS unmapped
    FROM core.offence_record GROUP BY force
), resolved AS (
    SELECT force, 'person_record' AS table_name, count(DISTINCT person_id) AS persons
    FROM core.person_record GROUP BY force
)
SELECT received.force, received.table_name, received, stored, unchanged, quarantined, deleted,
       quarantined / nullif(received, 0) AS quarantine_rate,
       coalesce(records, 0) AS records,
       unlocated, unlocated / records AS unlocated_share,
       unmapped, unmapped / records AS unmapped_share,
       persons, records - persons AS duplicates
FROM received
LEFT JOIN held USING (force, table_name)
LEFT JOIN mapped USING (force, table_name)
LEFT JOIN resolved USING (force, table_name)
ORDER BY received.force, received.table_name
