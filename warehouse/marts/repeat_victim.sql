-- grain: one row a person who is the victim of three or more offences within 365 days
-- owner: lead analyst, vulnerability
-- about: Whom it happens to again and again, whichever forces recorded it: one force alone may see
--   but one of the offences. The 365 days end with the latest offence in the store that is not dated
--   after its night. Only the role of victim counts; what the person is suspected of stands in
--   mart.person_profile, apart. Crimes taken out of the figures (cancelled) do not count.
-- person_id [personal]: Person: core.person.
-- offences [personal]: Crimes as a victim in the 365 days, each counted once.
-- forces [personal]: Forces that recorded them, in alphabetical order, comma between.
-- force_count: Number of those forces.
-- offence_groups [personal]: Their groups, the most frequent first, with how often, comma between.
-- first_date [personal]: Date of the first of them.
-- last_date [personal]: Date of the last of them.
-- harm_days [personal]: Cambridge Crime Harm Index of these crimes, days; null where the index gives
--   none.
-- weakest_link_weight: Weight in bits of the weakest link that ties the person's records together;
--   null where it is a single record.
WITH span AS (
    SELECT max(occurred_on) AS latest
    FROM core.offence_record
    WHERE occurred_on <= (SELECT max(night) FROM governance.night)
), suffered AS (
    SELECT role.person_id, offence.offence_id, list(DISTINCT offence.force) AS forces,
           min(offence.offence_group) AS offence_group, min(offence.occurred_on) AS occurred_on,
           max(CAST(coalesce(offence_code.harm_days, offence_group.harm_days) AS DECIMAL(18, 6)))
               AS harm
    FROM core.event_role AS role
    JOIN core.offence_record AS offence
      ON offence.force = role.force
     AND offence.source_system = role.source_system
     AND offence.source_record_id = role.source_record_id
    LEFT JOIN reference.offence_code ON offence_code.offence_code = offence.offence_code
    LEFT JOIN reference.offence_group ON offence_group.offence_group = offence.offence_group
    CROSS JOIN span
    WHERE role.event_type = 'offence_record' AND role.role = 'victim'
      AND role.person_id IS NOT NULL AND offence.is_notifiable
      AND offence.status IS DISTINCT FROM 'cancelled'
      AND offence.occurred_on > span.latest - 365 AND offence.occurred_on <= span.latest
    GROUP BY role.person_id, offence.offence_id
), again AS (
    SELECT person_id, count(*) AS offences,
           list_sort(list_distinct(flatten(list(forces)))) AS forces,
           min(occurred_on) AS first_date, max(occurred_on) AS last_date,
           CAST(sum(harm) AS DOUBLE) AS harm_days
    FROM suffered GROUP BY person_id HAVING count(*) >= 3
), grouped AS (
    SELECT person_id,
           string_agg(offence_group || ' ' || times, ',' ORDER BY times DESC, offence_group)
               AS offence_groups
    FROM (
        SELECT person_id, offence_group, count(*) AS times
        FROM suffered SEMI JOIN again USING (person_id) GROUP BY ALL
    )
    GROUP BY person_id
)
SELECT person_id, offences, array_to_string(again.forces, ',') AS forces,
       len(again.forces) AS force_count,
       offence_groups, first_date, last_date, harm_days, person.weakest_link_weight
FROM again JOIN grouped USING (person_id) JOIN core.person AS person USING (person_id)
ORDER BY person_id
