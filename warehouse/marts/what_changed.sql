-- grain: one row a change that a night made, and force that it concerns
-- owner: lead analyst
-- about: What is new since somebody last looked: WHERE night > that date. Only nights after the first
--   that the store knows of, on which everything is new, and of the 92 days up to the store's night. A
--   person is named by the id that stands today; where an id was given up, other_person_id is the
--   one that was.
-- night: Night that made the change.
-- person_id [personal]: Person whom it concerns: core.person; of a person that is no more, the id that
--   it had.
-- force: Force: of the event, of the record, or each that holds records of the person.
-- change: new event (the person has a part in it), new link (the model joins two of the person's
--   records), merged (other_person_id was given up), split (the person came out of other_person_id),
--   left (records went from the person to other_person_id, or were deleted), retired (the last
--   record was deleted).
-- role [personal]: Of a new event, the part that the person has in it.
-- other_person_id [personal]: The other person, of a change of identity.
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
), holder AS (
    SELECT person_id, unnest(string_split(forces, ',')) AS force FROM core.person
), moved AS (
    SELECT event.night, event.event, event.records, event.cause, event.event_id,
           CASE WHEN event.event = 'merged' THEN event.other_person_id ELSE event.person_id END
               AS person_id,
           CASE WHEN event.event = 'merged' THEN event.person_id ELSE event.other_person_id END
               AS other_person_id
    FROM link.identity_event AS event JOIN since ON night >= since AND night <= latest
    WHERE event.event IN ('merged', 'split', 'left', 'retired')
), linked AS (
    SELECT edge.*, l.person_id
    FROM link.person_edge AS edge
    JOIN since ON night >= since AND night <= latest
    JOIN core.person_record AS l
      ON l.force = edge.force_l AND l.source_system = edge.source_system_l
     AND l.source_record_id = edge.source_record_id_l
    WHERE edge.band = 'link' AND edge.cut IS NULL
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
