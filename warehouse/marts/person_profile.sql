-- grain: one row a person who has a part in an offence, or a warning marker
-- owner: lead analyst, offender and victim management
-- about: What is recorded of a person, by role: offences as a suspect, as a victim and as a witness
--   stand in columns of their own and are never added up. A suspect is not an offender. Parts and
--   offences are those of mart.person_offence: each counts once a part, whatever forces recorded it,
--   with the highest harm that they give it (Cambridge Crime Harm Index, days). The 12 months and the
--   two half years are those of mart.span; what is not dated counts as before.
-- person_id [personal]: Person: core.person.
-- forces [personal]: Forces that hold records of the person, in alphabetical order, comma between.
-- suspect_offences_12m [personal]: Offences as a suspect in the last 12 months.
-- suspect_harm_12m [personal]: Harm of these, days.
-- suspect_offences_before [personal]: Offences as a suspect before that.
-- suspect_harm_before [personal]: Harm of these, days.
-- suspect_forces_12m [personal]: Forces that recorded those of the last 12 months, comma between;
--   null where there are none.
-- victim_offences_12m [personal]: Offences as a victim in the last 12 months.
-- victim_harm_12m [personal]: Harm of these, days.
-- victim_offences_before [personal]: Offences as a victim before that.
-- victim_harm_before [personal]: Harm of these, days.
-- witness_offences_12m [personal]: Offences as a witness in the last 12 months.
-- witness_offences_before [personal]: Offences as a witness before that.
-- suspect_harm_6m [personal]: Harm of the offences as a suspect in the last 6 months, days.
-- suspect_harm_6m_before [personal]: The same of the 6 months before.
-- is_escalating [personal]: True where the harm of the last 6 months is more than that of the 6
--   before, and both are more than none.
-- last_area [personal]: Last known area: LSOA of the latest event, or outcode of the latest address or
--   event without one; null where none is known.
-- last_area_date [personal]: Date on which it was known: of an event its own; of an address the day
--   to which, else from which, it held, of these the first that is not later than the latest offence.
--   Null for an address without such a date, which stands only where nothing is dated.
-- last_area_source [personal]: person_address, or the event's table; of two on one date the event.
-- last_area_force [personal]: Force that holds it.
-- warning_markers [special category]: Codes of the markers on any of the person's records, in
--   alphabetical order, comma between; null where none is.
-- weakest_link_weight: Weight in bits of the weakest link that ties the person's records together;
--   null where it is a single record.
WITH dated AS (
    SELECT offence.* EXCLUDE (harm_days), CAST(harm_days AS DECIMAL(18, 6)) AS harm,
           coalesce(occurred_on > after_12m, false) AS is_12m,
           coalesce(occurred_on > after_6m, false) AS is_6m
    FROM mart.person_offence AS offence CROSS JOIN mart.span
), summed AS (
    SELECT person_id,
           count(*) FILTER (part = 'suspect' AND is_12m) AS suspect_offences_12m,
           coalesce(sum(harm) FILTER (part = 'suspect' AND is_12m), 0) AS suspect_harm_12m,
           count(*) FILTER (part = 'suspect' AND NOT is_12m) AS suspect_offences_before,
           coalesce(sum(harm) FILTER (part = 'suspect' AND NOT is_12m), 0) AS suspect_harm_before,
           count(*) FILTER (part = 'victim' AND is_12m) AS victim_offences_12m,
           coalesce(sum(harm) FILTER (part = 'victim' AND is_12m), 0) AS victim_harm_12m,
           count(*) FILTER (part = 'victim' AND NOT is_12m) AS victim_offences_before,
           coalesce(sum(harm) FILTER (part = 'victim' AND NOT is_12m), 0) AS victim_harm_before,
           count(*) FILTER (part = 'witness' AND is_12m) AS witness_offences_12m,
           count(*) FILTER (part = 'witness' AND NOT is_12m) AS witness_offences_before,
           coalesce(sum(harm) FILTER (part = 'suspect' AND is_6m), 0) AS harm_6m,
           coalesce(sum(harm) FILTER (part = 'suspect' AND is_12m AND NOT is_6m), 0)
               AS harm_6m_before
    FROM dated GROUP BY person_id
), suspected AS (
    SELECT person_id, string_agg(force, ',' ORDER BY force) AS forces
    FROM (
        SELECT DISTINCT person_id, unnest(string_split(forces, ',')) AS force
        FROM dated WHERE part = 'suspect' AND is_12m
    )
    GROUP BY person_id
), marked AS (
    SELECT person_id, string_agg(DISTINCT marker_code, ',' ORDER BY marker_code) AS markers
    FROM core.warning_marker AS marker
    JOIN core.person_record USING (force, source_system, source_record_id)
    GROUP BY person_id
), happened AS (
    SELECT 'offence_record' AS source, force, source_system, source_record_id, occurred_on,
           coalesce(lsoa_code, split_part(postcode, ' ', 1)) AS area FROM core.offence_record
    UNION ALL
    SELECT 'incident', force, source_system, source_record_id, occurred_on,
           coalesce(lsoa_code, split_part(postcode, ' ', 1)) FROM core.incident
    UNION ALL
    SELECT 'stop_search', force, source_system, source_record_id, occurred_on,
           coalesce(lsoa_code, split_part(postcode, ' ', 1)) FROM core.stop_search
), seen AS (
    SELECT role.person_id, area, occurred_on AS on_date, source, role.force
    FROM core.event_role AS role
    JOIN happened
      ON happened.source = role.event_type AND happened.force = role.force
     AND happened.source_system = role.source_system
     AND happened.source_record_id = role.source_record_id
    CROSS JOIN mart.span
    WHERE role.person_id IS NOT NULL AND area IS NOT NULL AND occurred_on <= span.latest
    UNION ALL
    SELECT person_id, split_part(address.postcode, ' ', 1),
           CASE WHEN address.to_date <= span.latest THEN address.to_date
                WHEN address.from_date <= span.latest THEN address.from_date END,
           'person_address', address.force
    FROM core.person_address AS address
    JOIN core.person_record USING (force, source_system, source_record_id)
    CROSS JOIN mart.span
    WHERE address.postcode IS NOT NULL
), lived AS (
    -- The greatest of date, then events before addresses, then an order that never changes.
    SELECT person_id,
           max({'is_dated': on_date IS NOT NULL, 'on_date': on_date,
                'is_event': source <> 'person_address', 'source': source, 'force': force,
                'area': area}) AS last
    FROM seen GROUP BY person_id
)
SELECT person_id, person.forces,
       coalesce(suspect_offences_12m, 0) AS suspect_offences_12m,
       CAST(coalesce(suspect_harm_12m, 0) AS DOUBLE) AS suspect_harm_12m,
       coalesce(suspect_offences_before, 0) AS suspect_offences_before,
       CAST(coalesce(suspect_harm_before, 0) AS DOUBLE) AS suspect_harm_before,
       suspected.forces AS suspect_forces_12m,
       coalesce(victim_offences_12m, 0) AS victim_offences_12m,
       CAST(coalesce(victim_harm_12m, 0) AS DOUBLE) AS victim_harm_12m,
       coalesce(victim_offences_before, 0) AS victim_offences_before,
       CAST(coalesce(victim_harm_before, 0) AS DOUBLE) AS victim_harm_before,
       coalesce(witness_offences_12m, 0) AS witness_offences_12m,
       coalesce(witness_offences_before, 0) AS witness_offences_before,
       CAST(coalesce(harm_6m, 0) AS DOUBLE) AS suspect_harm_6m,
       CAST(coalesce(harm_6m_before, 0) AS DOUBLE) AS suspect_harm_6m_before,
       coalesce(harm_6m > harm_6m_before AND harm_6m_before > 0, false) AS is_escalating,
       lived.last.area AS last_area, lived.last.on_date AS last_area_date,
       lived.last.source AS last_area_source, lived.last.force AS last_area_force,
       marked.markers AS warning_markers, person.weakest_link_weight
FROM core.person AS person
LEFT JOIN summed USING (person_id)
LEFT JOIN suspected USING (person_id)
LEFT JOIN marked USING (person_id)
LEFT JOIN lived USING (person_id)
WHERE summed.person_id IS NOT NULL OR marked.person_id IS NOT NULL
ORDER BY person_id
