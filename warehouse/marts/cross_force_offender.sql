-- grain: one row a person who is a suspect in offences of two or more forces within 12 months
-- owner: lead analyst, cross-border crime
-- about: Who offends across borders, and how sure the link is. The 12 months end with the latest
--   offence in the store that is not dated after its night. A suspect is not an offender: it is a
--   lead to be checked, beginning with weakest_link_weight and link.person_edge.
-- person_id [personal]: Person: core.person.
-- forces [personal]: Forces of the offences, in alphabetical order, comma between.
-- force_count: Number of those forces.
-- offences [personal]: Offences as a suspect, each counted once.
-- first_date [personal]: Date of the first of them.
-- last_date [personal]: Date of the last of them.
-- harm_days [personal]: Cambridge Crime Harm Index of these offences, days; null where the index gives none.
-- weakest_link_weight: Weight in bits of the weakest link that ties the person's records together;
--   null where it is a single record.
WITH span AS (
    SELECT max(occurred_on) AS latest
    FROM core.offence_record
    WHERE occurred_on <= (SELECT max(night) FROM governance.night)
), suspected AS (
    SELECT DISTINCT role.person_id, offence.offence_id, offence.force, offence.occurred_on,
           offence.offence_code, offence.offence_group
    FROM core.event_role AS role
    JOIN core.offence_record AS offence
      ON offence.force = role.force
     AND offence.source_system = role.source_system
     AND offence.source_record_id = role.source_record_id
    CROSS JOIN span
    WHERE role.event_type = 'offence_record' AND role.role = 'suspect'
      AND offence.occurred_on > span.latest - INTERVAL 12 MONTH
      AND offence.occurred_on <= span.latest
), weighed AS (
    SELECT suspected.*,
           CAST(coalesce(offence_code.harm_days, offence_group.harm_days) AS DECIMAL(18, 6)) AS harm
    FROM suspected
    LEFT JOIN reference.offence_code USING (offence_code)
    LEFT JOIN reference.offence_group ON offence_group.offence_group = suspected.offence_group
)
SELECT person_id,
       string_agg(DISTINCT force, ',' ORDER BY force) AS forces,
       count(DISTINCT force) AS force_count,
       count(DISTINCT offence_id) AS offences,
       min(occurred_on) AS first_date,
       max(occurred_on) AS last_date,
       CAST(sum(harm) AS DOUBLE) AS harm_days,
       any_value(person.weakest_link_weight) AS weakest_link_weight
FROM weighed JOIN core.person USING (person_id)
GROUP BY person_id
HAVING count(DISTINCT force) >= 2
ORDER BY person_id
