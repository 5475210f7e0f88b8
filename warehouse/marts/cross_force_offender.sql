-- grain: one row a person who is a suspect in offences of two or more forces within 12 months
-- owner: lead analyst, cross-border crime
-- about: Who offends across borders, and how sure the link is. Offences are those of
--   mart.person_offence in which the person is a suspect, the 12 months those of mart.span. An offence
--   counts for every force that recorded the person as a suspect in it, and by itself crosses no
--   border: listed is who has two offences, one of one force and the other of another. An offence that
--   Kent and Essex both recorded and a second of Kent alone are such two. A suspect is not an
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
-- weakest_agrees: What speaks for these two records being one person, in words.
-- weakest_differs: What speaks against it; null where nothing does.
-- bridge_weight: Weight in bits of the weakest link on the way between records of two forces; null
--   where no link joins two forces.
-- bridge_record_l: First record of that link.
-- bridge_record_r: Second record of it.
-- bridge_agrees: What speaks for these two, in words.
-- bridge_differs: What speaks against them; null where nothing does.
WITH suspected AS (
    SELECT person_id, forces, force_count, occurred_on, harm_days
    FROM mart.person_offence CROSS JOIN mart.span
    WHERE part = 'suspect' AND occurred_on > after_12m
), summed AS (
    SELECT person_id, count(*) AS offences, min(occurred_on) AS first_date,
           max(occurred_on) AS last_date,
           CAST(sum(CAST(harm_days AS DECIMAL(18, 6))) AS DOUBLE) AS harm_days
    FROM suspected GROUP BY person_id
    HAVING count(*) >= 2 AND (max(force_count) >= 2 OR min(forces) <> max(forces))
), held AS (
    SELECT person_id, string_agg(force, ',' ORDER BY force) AS forces, count(*) AS force_count
    FROM (
        SELECT DISTINCT person_id, unnest(string_split(forces, ',')) AS force
        FROM suspected SEMI JOIN summed USING (person_id)
    )
    GROUP BY person_id
), tie AS (
    SELECT person_id, tie, match_weight, agrees, differs,
           concat_ws('/', force_l, source_system_l, source_record_id_l) AS record_l,
           concat_ws('/', force_r, source_system_r, source_record_id_r) AS record_r
    FROM link.person_tie
)
SELECT person_id, held.forces, held.force_count, offences, first_date, last_date, harm_days,
       person.weakest_link_weight,
       weakest.record_l AS weakest_record_l, weakest.record_r AS weakest_record_r,
       weakest.agrees AS weakest_agrees, weakest.differs AS weakest_differs,
       bridge.match_weight AS bridge_weight, bridge.record_l AS bridge_record_l,
       bridge.record_r AS bridge_record_r, bridge.agrees AS bridge_agrees,
       bridge.differs AS bridge_differs
FROM summed JOIN held USING (person_id) JOIN core.person AS person USING (person_id)
LEFT JOIN (FROM tie WHERE tie = 'weakest') AS weakest USING (person_id)
LEFT JOIN (FROM tie WHERE tie = 'bridge') AS bridge USING (person_id)
ORDER BY person_id
