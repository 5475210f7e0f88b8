-- grain: one row a person who is the victim of three or more offences within 365 days
-- owner: lead analyst, vulnerability
-- about: Whom it happens to again and again, whichever forces recorded it: one force alone may see
--   but one of the offences. The 365 days are those of mart.span. Only the part of victim counts, as
--   mart.person_offence has it; what the person is suspected of stands in mart.person_profile, apart.
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
WITH suffered AS (
    SELECT person_id, forces, offence_group, occurred_on, harm_days
    FROM mart.person_offence CROSS JOIN mart.span
    WHERE part = 'victim' AND is_notifiable AND occurred_on > after_365d
), again AS (
    SELECT person_id, count(*) AS offences, min(occurred_on) AS first_date,
           max(occurred_on) AS last_date,
           CAST(sum(CAST(harm_days AS DECIMAL(18, 6))) AS DOUBLE) AS harm_days
    FROM suffered GROUP BY person_id HAVING count(*) >= 3
), held AS (
    SELECT person_id, string_agg(force, ',' ORDER BY force) AS forces, count(*) AS force_count
    FROM (
        SELECT DISTINCT person_id, unnest(string_split(forces, ',')) AS force
        FROM suffered SEMI JOIN again USING (person_id)
    )
    GROUP BY person_id
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
SELECT person_id, offences, held.forces, held.force_count, offence_groups, first_date, last_date,
       harm_days, person.weakest_link_weight
FROM again JOIN held USING (person_id) JOIN grouped USING (person_id)
JOIN core.person AS person USING (person_id)
ORDER BY person_id
