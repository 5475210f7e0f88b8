-- grain: one row a network: a community of three persons or more, two of them suspected together
-- owner: lead analyst, organised crime
-- about: Circles that no single force sees. A lead to be checked, never proof that its people act
--   together: link.association and link.association_evidence say what ties them. Spans are
--   those of mart.span. An offence is a network's where one of its people is a suspect in it, as
--   mart.person_offence has it.
-- network_id: Opaque id; it goes on with the network that holds most of last night's people.
-- persons: People in it.
-- central_people [personal]: person_id of its central people, those between most others first, comma
--   between; null where all stand alike.
-- forces: Forces that hold records of its people, in alphabetical order, comma between.
-- force_count: Number of those forces.
-- strength: Sum of the strengths of the associations within it.
-- offences_12m [personal]: Offences in 12 months, each counted once.
-- harm_days_12m [personal]: Cambridge Crime Harm Index of these, days; null where the index gives
--   none, and of groups that police find rather than are told of.
-- harm_days_month [personal]: The same of the last month.
-- harm_days_month_before [personal]: The same of the month before.
-- since: Night on which a network of this id was first found.
-- joined: People in it now none of whose records was in it a month ago: a person who merely has
--   another id by now did not join. Null where the store goes back less.
-- left_it: People who are not in it now and hold records that were in it a month ago; whose records
--   were all deleted since is not counted. Null likewise.
WITH night AS (
    SELECT max(night) - INTERVAL 1 MONTH AS month_ago, min(night) AS first
    FROM governance.night
), member AS (
    SELECT network_id, person_id, is_central, betweenness, strength FROM link.network_standing
), weighed AS (
    -- An offence of which several of its people are suspects counts once, as the heaviest of them.
    SELECT network_id, offence_id, min(occurred_on) AS occurred_on,
           max(CAST(told_harm_days AS DECIMAL(18, 6))) AS harm
    FROM mart.person_offence JOIN member USING (person_id) CROSS JOIN mart.span
    WHERE part = 'suspect' AND occurred_on > after_12m
    GROUP BY network_id, offence_id
), harm AS (
    SELECT network_id, count(*) AS offences, sum(harm) AS harm,
           sum(harm) FILTER (occurred_on > after_1m) AS month,
           sum(harm) FILTER (occurred_on > after_2m AND occurred_on <= after_1m) AS before
    FROM weighed CROSS JOIN mart.span GROUP BY network_id
), held AS (
    SELECT network_id, string_agg(DISTINCT force, ',' ORDER BY force) AS forces,
           count(DISTINCT force) AS force_count
    FROM core.person_record JOIN member USING (person_id) GROUP BY network_id
), begun AS (
    SELECT network_id, min(valid_from) AS since FROM link.network_membership GROUP BY network_id
), kept AS (
    -- Who holds today the records that its people of a month ago held then.
    SELECT DISTINCT was.network_id, today.person_id
    FROM link.network_membership AS was CROSS JOIN night
    JOIN link.person_membership AS record USING (person_id)
    JOIN core.person_record AS today USING (force, source_system, source_record_id)
    WHERE was.valid_from <= month_ago AND coalesce(was.valid_to > month_ago, true)
      AND record.valid_from <= month_ago AND coalesce(record.valid_to > month_ago, true)
), moved AS (
    SELECT network_id, count(*) FILTER (kept.person_id IS NULL) AS joined,
           count(*) FILTER (member.person_id IS NULL) AS left_it
    FROM member FULL JOIN kept USING (network_id, person_id) GROUP BY network_id
), tied AS (
    SELECT l.network_id, CAST(sum(CAST(a.strength AS DECIMAL(18, 9))) AS DOUBLE) AS strength
    FROM link.association AS a
    JOIN member AS l ON l.person_id = a.person_id_l
    JOIN member AS r ON r.person_id = a.person_id_r AND r.network_id = l.network_id
    GROUP BY l.network_id
), peopled AS (
    SELECT network_id, count(*) AS persons,
           string_agg(person_id, ',' ORDER BY betweenness DESC, strength DESC, person_id)
               FILTER (is_central) AS central_people
    FROM member GROUP BY network_id
)
SELECT network_id, persons, central_people, forces, force_count, tied.strength,
       coalesce(offences, 0) AS offences_12m, CAST(harm AS DOUBLE) AS harm_days_12m,
       CAST(month AS DOUBLE) AS harm_days_month, CAST(before AS DOUBLE) AS harm_days_month_before,
       since,
       CASE WHEN first <= month_ago THEN joined END AS joined,
       CASE WHEN first <= month_ago THEN left_it END AS left_it
FROM peopled JOIN held USING (network_id) JOIN tied USING (network_id)
JOIN begun USING (network_id) JOIN moved USING (network_id)
LEFT JOIN harm USING (network_id) CROSS JOIN night
ORDER BY network_id
