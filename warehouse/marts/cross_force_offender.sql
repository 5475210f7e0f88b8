-- grain: one row a person who is a suspect in offences of two or more forces within 12 months
-- owner: lead analyst, cross-border crime
-- about: Who offends across borders, and how sure the link is. The 12 months end with the latest
--   offence in the store that is not dated after its night. An offence that several forces recorded
--   is one offence, and by itself crosses no border. Cancelled crimes do not count. A suspect is not an
--   offender: it is a lead to be checked, beginning with the weakest link, whose two records are
--   named here.
-- person_id [personal]: Person: core.person.
-- forces [personal]: Forces of the offences, in alphabetical order, comma between.
-- force_count: Number of those forces.
-- offences [personal]: Offences as a suspect, each counted once.
-- first_date [personal]: Date of the first of them.
-- last_date [personal]: Date of the last of them.
-- harm_days [personal]: Cambridge Crime Harm Index of these offences, days, of an offence that
--   several forces recorded the highest; null where the index gives none.
-- weakest_link_weight: Weight in bits of the weakest link that ties the person's records together;
--   null where it is a single record, or only judgements tie them.
-- weakest_record_l: First record of that link: force/source_system/source_record_id.
-- weakest_record_r: Second record of it.
-- weakest_agrees: What these two records agree on, in words.
-- weakest_differs: What they differ in; null where in nothing.
-- bridge_weight: Weight in bits of the weakest link on the way between records of two forces; null
--   where no link joins two forces.
-- bridge_record_l: First record of that link.
-- bridge_record_r: Second record of it.
-- bridge_agrees: What these two agree on, in words.
-- bridge_differs: What they differ in; null where in nothing.
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
      AND role.person_id IS NOT NULL
      AND offence.status IS DISTINCT FROM 'cancelled'
      AND offence.occurred_on > span.latest - INTERVAL 12 MONTH
      AND offence.occurred_on <= span.latest
), across AS (
    SELECT person_id FROM suspected
    GROUP BY person_id
    HAVING count(DISTINCT force) >= 2 AND count(DISTINCT offence_id) >= 2
), weighed AS (
    SELECT person_id, offence_id, list(DISTINCT force) AS forces,
           min(occurred_on) AS first_date, max(occurred_on) AS last_date,
           max(CAST(coalesce(offence_code.harm_days, offence_group.harm_days) AS DECIMAL(18, 6)))
               AS harm
    FROM (FROM suspected SEMI JOIN across USING (person_id)) AS suspected
    LEFT JOIN reference.offence_code USING (offence_code)
    LEFT JOIN reference.offence_group ON offence_group.offence_group = suspected.offence_group
    GROUP BY person_id, offence_id
), summed AS (
    SELECT person_id, list_sort(list_distinct(flatten(list(forces)))) AS forces,
           count(*) AS offences, min(first_date) AS first_date, max(last_date) AS last_date,
           CAST(sum(harm) AS DOUBLE) AS harm_days
    FROM weighed GROUP BY person_id
), tie AS (
    SELECT person_id, tie, match_weight, agrees, differs,
           concat_ws('/', force_l, source_system_l, source_record_id_l) AS record_l,
           concat_ws('/', force_r, source_system_r, source_record_id_r) AS record_r
    FROM link.person_tie
)
SELECT person_id, array_to_string(summed.forces, ',') AS forces,
       len(summed.forces) AS force_count, offences,
       first_date, last_date, harm_days, person.weakest_link_weight,
       weakest.record_l AS weakest_record_l, weakest.record_r AS weakest_record_r,
       weakest.agrees AS weakest_agrees, weakest.differs AS weakest_differs,
       bridge.match_weight AS bridge_weight, bridge.record_l AS bridge_record_l,
       bridge.record_r AS bridge_record_r, bridge.agrees AS bridge_agrees,
       bridge.differs AS bridge_differs
FROM summed JOIN core.person AS person USING (person_id)
LEFT JOIN (FROM tie WHERE tie = 'weakest') AS weakest USING (person_id)
LEFT JOIN (FROM tie WHERE tie = 'bridge') AS bridge USING (person_id)
ORDER BY person_id
