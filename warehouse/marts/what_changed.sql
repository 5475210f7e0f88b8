-- grain: one row a change that a night made, and force that it concerns
-- owner: lead analyst
-- about: What is new since somebody last looked: WHERE night > that date. Only nights after the first
--   that the store knows of, on which everything is new, and of the 92 days up to the store's night. A
--   person is named by the id that stands today: an id that was given up since gives way to the one
--   that holds most of its last records, of equals the lowest.
-- night: Night that made the change.
-- person_id [personal]: Person whom it concerns: core.person; of a person that is no more, the id that
--   it had.
-- force: Force: of the event, of the record, or each that holds records of the person; of a person that
--   is no more, each that held its last.
-- change: new event (the person has a part in it), new link (the model joins two of the person's
--   records; of a night that linked everything anew, as another model does, only where one of the
--   records came or changed on it, and none of the nights before), merged (other_person_id was given up), split (the person came out of other_person_id),
--   left (records went from the person to other_person_id, or were deleted), retired (the last
--   record was deleted), returned (records that had been deleted came back under a new id;
--   other_person_id is the one that they had).
-- role [personal]: Of a new event, the part that the person has in it.
-- other_person_id [personal]: The other person, of a change of identity, by the id of that night: the
--   same as person_id where the two are one again. Of a retired person whose records came back since,
--   the id that it had.
-- records: Records concerned, of a change of identity.
-- event_type: Of a new event, its table.
-- record [personal]: What is new: the event, or the force's own record of the link (of a link within
--   the force the first of the two), as source_system/source_record_id.
-- detail [personal]: Of a link the other record and its weight in bits; of a change of identity its
--   cause.
WITH span AS (
    SELECT min(night) AS first, max(night) AS latest FROM governance.night
), since AS (
    SELECT greatest(first + 1, latest - 91) AS since, latest FROM span
), told AS (
    SELECT night, event, records, cause,
           CASE WHEN event = 'merged' THEN other_person_id ELSE person_id END AS person_id,
           CASE WHEN event = 'merged' THEN person_id ELSE other_person_id END AS other_person_id
    FROM link.identity_event JOIN since ON night >= since AND night <= latest
    WHERE event IN ('merged', 'split', 'left', 'retired')
    UNION ALL
    SELECT night, 'returned', count(*), any_value(cause), person_id, was_id
    FROM (
        SELECT event.night, event.cause, event.person_id,
               arg_max(before.person_id, before.valid_to) AS was_id,
               max(before.valid_to) AS was_until
        FROM link.identity_event AS event
        JOIN since ON night >= since AND night <= latest
        JOIN link.person_membership AS back
          ON back.person_id = event.person_id AND back.valid_from = event.night
        JOIN link.person_membership AS before
          ON before.force = back.force AND before.source_system = back.source_system
         AND before.source_record_id = back.source_record_id AND before.valid_to <= back.valid_from
        WHERE event.event = 'created'
        GROUP BY event.night, event.cause, event.person_id, back.force, back.source_system,
                 back.source_record_id
    )
    -- What had no gap was moved, not deleted.
    WHERE was_until < night GROUP BY night, person_id, was_id
), gone AS (
    SELECT person_id, max(valid_to) AS until
    FROM link.person_membership SEMI JOIN told USING (person_id)
    WHERE person_id NOT IN (SELECT person_id FROM core.person)
    GROUP BY person_id
), held_last AS (
    SELECT person_id, force, source_system, source_record_id
    FROM link.person_membership JOIN gone USING (person_id) WHERE valid_to = until
), heir AS (
    SELECT held_last.person_id, record.person_id AS heir_id
    FROM held_last
    JOIN core.person_record AS record USING (force, source_system, source_record_id)
    GROUP BY held_last.person_id, record.person_id
    QUALIFY row_number() OVER (
        PARTITION BY held_last.person_id ORDER BY count(*) DESC, record.person_id
    ) = 1
), moved AS (
    SELECT night, event, records, cause, coalesce(heir_id, told.person_id) AS person_id,
           CASE WHEN event = 'retired' AND heir_id IS NOT NULL THEN told.person_id
                ELSE other_person_id END AS other_person_id
    FROM told LEFT JOIN heir USING (person_id)
), holder AS (
    SELECT person_id, unnest(string_split(forces, ',')) AS force FROM core.person
    UNION ALL
    SELECT DISTINCT person_id, force FROM held_last
), linked AS (
    SELECT edge.*, l.person_id
    FROM link.person_edge AS edge
    JOIN since ON night >= since AND night <= latest
    JOIN core.person_record AS l
      ON l.force = edge.force_l AND l.source_system = edge.source_system_l
     AND l.source_record_id = edge.source_record_id_l
    JOIN core.person_record AS r
      ON r.force = edge.force_r AND r.source_system = edge.source_system_r
     AND r.source_record_id = edge.source_record_id_r
    WHERE edge.band = 'link' AND edge.cut IS NULL
      -- Where everything was linked anew every link is of that night.
      AND (edge.night NOT IN (SELECT night FROM link.linkage_night WHERE is_full)
           OR greatest(l.valid_from, r.valid_from) = edge.night)
), change AS (
    SELECT role.valid_from AS night, role.person_id, role.force, 'new event' AS change, role.role,
           NULL AS other_person_id, NULL AS records, role.event_type,
           role.source_system || '/' || role.source_record_id AS record, NULL AS detail
    FROM core.event_role AS role JOIN since ON valid_from >= since AND valid_from <= latest
    WHERE role.version = 1 AND role.person_id IS NOT NULL
    UNION ALL
    SELECT night, person_id, force_l, 'new link', NULL, NULL, NULL, NULL,
           source_system_l || '/' || source_record_id_l,
           concat_ws('/', force_r, source_system_r, source_record_id_r)
               || format(', {:.1f} bits', match_weight)
    FROM linked
    UNION ALL
    SELECT night, person_id, force_r, 'new link', NULL, NULL, NULL, NULL,
           source_system_r || '/' || source_record_id_r,
           concat_ws('/', force_l, source_system_l, source_record_id_l)
               || format(', {:.1f} bits', match_weight)
    FROM linked WHERE force_l <> force_r
    UNION ALL
    SELECT night, person_id, force, event, NULL, other_person_id, records, NULL, NULL, cause
    FROM moved LEFT JOIN holder USING (person_id)
)
SELECT night, person_id, force, change, role, other_person_id, CAST(records AS INTEGER) AS records,
       event_type, record, detail
FROM change
ORDER BY night, person_id, force, change, record, role, other_person_id, detail
