-- grain: one row a force, month of recording and offence group
-- owner: force crime registrars
-- about: A crime counts once, in the force that the Home Office Counting Rules say. own_records are
--   the force's own records of crime; each counts, or does not for one reason: own_records =
--   counted + cancelled + transferred_out + repeated + counted_elsewhere. General Rules, section C: a
--   cancelled crime is taken out. Section G and annex A: a crime belongs to the force where it
--   happened, and a record transferred there, quoting the other force's reference, no longer counts
--   here. Transferred without a reference (none, a placeholder, or the record's own), or in a circle
--   of forces that each transferred it to the next, it counts until a record is known that holds it
--   (transferred_unnamed). Of the records left of one offence (core.offence) one counts: that of the
--   force in whose area its LSOA lies, where reference.lsoa tells; else British Transport Police,
--   whose jurisdiction is the railway's; else the first recorded. Months are those of recording, as
--   the Home Office counts them.
-- force: Force.
-- month: First of the month in which it was recorded; reported or occurred where that is not known;
--   null where none is.
-- offence_group: Group: reference.offence_group.
-- own_records: Records of crime (is_notifiable) that the force holds.
-- counted: Of them crimes that count in this force.
-- cancelled: Not counted: taken out by the force.
-- transferred_out: Not counted: transferred to another force, whose reference it quotes, whether or
--   not that force delivers, or whose record is known.
-- repeated: Not counted: another record of this force of the same offence counts.
-- counted_elsewhere: Not counted: another force's record of the same offence counts.
-- transferred_unnamed: Of the counted those transferred without a reference or in a circle: no record
--   is known of the force that holds them.
WITH crime AS (
    SELECT record.force, record.source_system, record.source_record_id, offence_id,
           record.offence_group, status, recorded_at,
           core.reference_digits(crime_ref) AS own_ref,
           CASE WHEN status = 'transferred'
                THEN core.references_quoted(other_force_ref, crime_ref) END AS quoted,
           CAST(date_trunc('month', coalesce(recorded_at, reported_at, occurred_on)) AS DATE)
               AS month,
           coalesce(lsoa.force = record.force, false) AS is_at_home
    FROM core.offence_record AS record LEFT JOIN reference.lsoa USING (lsoa_code)
    WHERE is_notifiable
), several AS (
    SELECT offence_id,
           bool_or(status IS DISTINCT FROM 'cancelled' AND status IS DISTINCT FROM 'transferred')
               AS is_held_elsewhere
    FROM crime GROUP BY offence_id
), handed_on AS (
    -- Transferred under a reference of which no record is known that was transferred in its turn.
    SELECT DISTINCT offence_id FROM crime
    WHERE quoted IS NOT NULL AND NOT EXISTS (
        FROM crime AS other
        WHERE other.offence_id = crime.offence_id AND other.status = 'transferred'
          AND list_contains(crime.quoted, other.own_ref)
    )
), told AS (
    SELECT crime.*,
           CASE WHEN status = 'cancelled' THEN 'cancelled'
                WHEN status = 'transferred'
                     AND (is_held_elsewhere OR offence_id IN (FROM handed_on))
                THEN 'transferred_out' END AS reason
    FROM crime LEFT JOIN several USING (offence_id)
), placed AS (
    SELECT *,
           first_value(force) OVER chosen AS counting_force,
           row_number() OVER chosen = 1 AS is_first
    FROM told WHERE reason IS NULL
    WINDOW chosen AS (
        PARTITION BY offence_id
        ORDER BY is_at_home DESC, force = 'btp' DESC, recorded_at NULLS LAST, force, source_system,
                 source_record_id
    )
), judged AS (
    SELECT force, month, offence_group, reason, NULL AS status FROM told WHERE reason IS NOT NULL
    UNION ALL
    SELECT force, month, offence_group,
           CASE WHEN is_first THEN 'counted' WHEN counting_force = force THEN 'repeated'
                ELSE 'counted_elsewhere' END, status
    FROM placed
)
SELECT force, month, offence_group, count(*) AS own_records,
       count(*) FILTER (reason = 'counted') AS counted,
       count(*) FILTER (reason = 'cancelled') AS cancelled,
       count(*) FILTER (reason = 'transferred_out') AS transferred_out,
       count(*) FILTER (reason = 'repeated') AS repeated,
       count(*) FILTER (reason = 'counted_elsewhere') AS counted_elsewhere,
       count(*) FILTER (reason = 'counted' AND status = 'transferred') AS transferred_unnamed
FROM judged GROUP BY force, month, offence_group
ORDER BY force, month, offence_group
