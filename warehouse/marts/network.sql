-- grain: one row a network: a community of three persons or more, two of them suspected together
-- owner: lead analyst, organised crime
-- about: Circles that no single force sees. A lead to be checked, never proof that its people act
--   together: link.association and link.association_evidence say what ties them. The 12 months end
--   with the latest offence in the store that is not dated after its night. An offence is a
--   network's where one of its people is a suspect or was arrested in it.
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
-- harm_days_month [personal]: The same of the last month of them.
-- harm_days_month_before [personal]: The same of the month before.
-- since: Night on which a network of this id was first found.
-- joined: People who are in it now and were not a month ago; null where the store goes back less.
-- left_it: People who were in it a month ago and are not now; null likewise.
WITH night AS (
    SELECT max(night) AS night, max(night) - INTERVAL 1 MONTH AS month_ago, min(night) AS first
    FROM governance.night
), span AS (
    SELECT max(occurred_on) AS latest FROM core.offence_record, night
    WHERE occurred_on <= night.night
), member AS (
    SELECT network_id, person_id, is_central, betweenness, strength FROM link.network_standing
), suspected AS (
    SELECT DISTINCT member.network_id, offence.offence_id, offence.occurred_on,
           offence.offence_code, offence.offence_group
    FROM core.event_role AS role
    JOIN member USING (person_id)
    JOIN core.offence_record AS offence
      ON offence.force = role.force
     AND offence.source_system = role.source_system
     AND offence.source_record_id = role.source_record_id
    CROSS JOIN span
    WHERE role.event_type = 'offence_record' AND role.role IN ('suspect', 'arrested')
      AND offence.occurred_on > span.latest - INTERVAL 12 MONTH
      AND offence.occurred_on <= span.latest
), weighed AS (
    -- Records that several forces hold of one offence count once, as the heaviest of them.
    SELECT network_id, offence_id, max(occurred_on) AS occurred_on,
           max(CASE WHEN is_proactive THEN NULL
                    ELSE CAST(coalesce(offence_code.harm_days, offence_group.harm_days)
                              AS DECIMAL(18, 6)) END) AS harm
    FROM suspected
    LEFT JOIN reference.offence_code USING (offence_code)
    LEFT JOIN reference.offence_group ON offence_group.offence_group = suspected.offence_group
    GROUP BY network_id, offence_id
), harm AS (
    SELECT network_id, count(*) AS offences, sum(harm) AS harm,
           sum(harm) FILTER (occurred_on > span.latest - INTERVAL 1 MONTH) AS month,
           sum(harm) FILTER (occurred_on > span.latest - INTERVAL 2 MONTH
                             AND occurred_on <= span.latest - INTERVAL 1 MONTH) AS before
    FROM weighed CROSS JOIN span GROUP BY network_id
), held AS (
    SELECT network_id, string_agg(DISTINCT force, ',' ORDER BY force) AS forces,
           count(DISTINCT force) AS force_count
    FROM core.person_record JOIN member USING (person_id) GROUP BY network_id
), moved AS (
    SELECT network_id, min(valid_from) AS since,
           count(*) FILTER (is_now AND NOT was_then) AS joined,
           count(*) FILTER (was_then AND NOT is_now) AS left_it
    FROM (
        SELECT network_id, person_id, min(valid_from) AS valid_from,
               bool_or(valid_to IS NULL) AS is_now,
               bool_or(valid_from <= month_ago AND coalesce(valid_to > month_ago, true)) AS was_then
        FROM link.network_membership CROSS JOIN night GROUP BY network_id, person_id
    ) GROUP BY network_id
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
JOIN moved USING (network_id) LEFT JOIN harm USING (network_id) CROSS JOIN night
ORDER BY network_id
