-- grain: one row a person, part and offence
-- owner: lead analyst
-- about: Who has which part in which offence, whatever forces recorded it: what every other mart of
--   persons counts. Cancelled records, and those dated after the store's night, are left out here; what
--   is not dated stays. A person of two parts in one offence has a row for each.
-- person_id [personal]: Person: core.person.
-- part [personal]: suspect (the role of suspect or arrested), victim (victim or aggrieved), witness.
--   A suspect is not an offender.
-- offence_id: Offence: core.offence.
-- forces [personal]: Forces whose records give the person that part, in alphabetical order, comma
--   between.
-- force_count: Number of those forces.
-- occurred_on [personal]: Earliest date that these records give; null where none is dated.
-- offence_group: Their group; of several the first in alphabetical order.
-- is_notifiable: True where one of these records is of a notifiable crime.
-- harm_days [personal]: Highest Cambridge Crime Harm Index that these records give, days; null where the
--   index gives none.
-- told_harm_days [personal]: The same of the records whose group is one that police are told of; null
--   where police find them all.
WITH weighed AS (
    SELECT force, source_system, source_record_id, offence_id, occurred_on,
           offence.offence_group, is_notifiable,
           coalesce(offence_code.harm_days, offence_group.harm_days) AS harm,
           CASE WHEN is_proactive THEN NULL ELSE harm END AS told_harm
    FROM core.offence_record AS offence
    LEFT JOIN reference.offence_code ON offence_code.offence_code = offence.offence_code
    LEFT JOIN reference.offence_group ON offence_group.offence_group = offence.offence_group
    CROSS JOIN mart.span
    WHERE status IS DISTINCT FROM 'cancelled'
      AND (occurred_on IS NULL OR coalesce(occurred_on <= span.latest, false))
), played AS (
    SELECT role.person_id, force, offence.* EXCLUDE (force, source_system, source_record_id),
           CASE WHEN role.role IN ('suspect', 'arrested') THEN 'suspect'
                WHEN role.role IN ('victim', 'aggrieved') THEN 'victim'
                ELSE role.role END AS part
    FROM core.event_role AS role
    JOIN weighed AS offence USING (force, source_system, source_record_id)
    WHERE role.event_type = 'offence_record' AND role.person_id IS NOT NULL
      AND role.role IN ('suspect', 'arrested', 'victim', 'aggrieved', 'witness')
), summed AS (
    SELECT person_id, part, offence_id, min(force) AS first_force, max(force) AS last_force,
           min(occurred_on) AS occurred_on, min(offence_group) AS offence_group,
           bool_or(is_notifiable) AS is_notifiable, max(harm) AS harm_days,
           max(told_harm) AS told_harm_days
    FROM played GROUP BY person_id, part, offence_id
), several AS (
    -- Few rows have several forces: to gather those of every row would take more than twice as long.
    SELECT person_id, part, offence_id, string_agg(force, ',' ORDER BY force) AS forces,
           count(*) AS force_count
    FROM (
        SELECT DISTINCT person_id, part, offence_id, force
        FROM played
        SEMI JOIN (FROM summed WHERE first_force <> last_force) AS shared
            USING (person_id, part, offence_id)
    )
    GROUP BY person_id, part, offence_id
)
SELECT person_id, part, offence_id, coalesce(several.forces, first_force) AS forces,
       CAST(coalesce(force_count, 1) AS INTEGER) AS force_count, occurred_on, offence_group,
       is_notifiable, harm_days, told_harm_days
FROM summed LEFT JOIN several USING (person_id, part, offence_id)
ORDER BY person_id, part, offence_id
