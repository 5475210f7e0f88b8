-- grain: one row a force, measure and night, of the last five weeks
-- owner: data-quality leads of the forces
-- about: The league of forces, with what may be said of it: each rate has its interval, and a rank
--   is a span that only narrows where intervals part. How to read it: docs/quality-league.md. What
--   became of the rows of each table is in mart.table_quality.
-- night: Night of the store.
-- force: Force.
-- measure: completeness (cells filled, of those that linking and analysis stand on), validity
--   (checks passed, of all that rows of the force were put to), delivery_timeliness (nights on which
--   the newest data loaded was younger than the days between deliveries), recording_timeliness (crimes recorded within
--   24 hours of the report), late_rows (rows taken in on a night after the date of their delivery),
--   quarantine (rows kept out, of those received; not records that name no force), duplicates (person records beyond the first of
--   each person within the force), linkage (person records whose person has records of another
--   force), geocoding (rows with coordinates).
-- direction: Which rate is the better one: higher, lower, or neither: linkage says as much about
--   the people of a place as about its data, and is not ranked.
-- unit: What is counted: cells, checks, nights, crimes, rows or records.
-- numerator: What is counted, in the 28 days that end with the night; for completeness, geocoding,
--   duplicates and linkage, of what the force had in the store of that night.
-- denominator: Of how many.
-- rate: numerator over denominator, 0 to 1.
-- rate_low: Lower end of the 95% interval of the rate (Wilson, JASA 22, 1927).
-- rate_high: Upper end.
-- sample: Rows that the interval is of. Cells and checks of one row are not independent, and rows
--   that full deliveries bring again every night stand once.
-- mean_days: Mean days: age of the newest data loaded (delivery_timeliness), report to recording
--   (recording_timeliness), delivery to night (late_rows); else null.
-- best_rank: Best rank that the intervals allow: one more than the forces whose interval lies wholly
--   on the better side. Null where direction is neither.
-- worst_rank: Worst rank that they allow: all forces less those whose interval lies wholly on the
--   worse side.
-- ranked: Forces with a rate for this measure and night.
-- newest_night: Latest night of the 28 days that has something to count.
-- newest_rate: Rate of that night alone.
-- earlier_rate: Rate of the other nights of the 28 days; for what is held, as it stood at the first
--   of them. Null where there is none.
-- change: newest_rate less earlier_rate.
-- change_low: Lower end of its 95% interval (Newcombe, Statistics in Medicine 17, 1998, method 10).
-- change_high: Upper end.
-- trend: better, worse, up or down (where direction is neither); not distinguishable (the interval
--   of the change holds nought); null where there is no earlier night.
WITH settings AS (
    SELECT max(night) AS last_night, 35 AS shown, 28 AS span, 1.959963984540054 AS z
    FROM governance.night
), measures (measure, direction, unit, is_held) AS (
    VALUES ('completeness', 'higher', 'cells', true),
           ('validity', 'higher', 'checks', false),
           ('delivery_timeliness', 'higher', 'nights', false),
           ('recording_timeliness', 'higher', 'crimes', false),
           ('late_rows', 'lower', 'rows', false),
           ('quarantine', 'lower', 'rows', false),
           ('duplicates', 'lower', 'records', true),
           ('linkage', 'neither', 'records', true),
           ('geocoding', 'higher', 'rows', true)
), nights AS (
    SELECT night FROM governance.night, settings WHERE night > last_night - shown - span
), batches AS (
    SELECT batch.* FROM quality.batch JOIN nights USING (night)
), nobodys AS (
    -- Records of a delivery of several forces that name none: accounted for with the first of them.
    SELECT batch_id, table_name, count(DISTINCT (source_file, source_row)) AS nobodys
    FROM quality.quarantine WHERE rule = 'force_unknown' GROUP BY batch_id, table_name
), received AS (
    SELECT batches.force, night, kind, received - coalesce(nobodys, 0) AS received,
           quarantined - coalesce(nobodys, 0) AS quarantined, night - delivery_date AS days_late
    FROM quality.reconciliation
    JOIN batches USING (batch_id, night)
    LEFT JOIN nobodys USING (batch_id, table_name)
), looked_at AS (
    -- Only rules that the last night had: then nights are compared by the same rules.
    SELECT batches.force, night, kind, batch_id, result.table_name, checked, failed
    FROM quality.check_result AS result
    JOIN batches USING (batch_id)
    JOIN quality.rule AS rule
      ON rule.table_name = result.table_name AND rule.rule = result.rule
     AND rule.column_name IS NOT DISTINCT FROM result.column_name
    WHERE rule.expectation IS NOT NULL AND action <> 'not_run'
), newest_loaded AS (
    SELECT status.force, nights.night, expected_every_days, max(delivery_date) AS newest_date
    FROM quality.force_status AS status
    JOIN quality.batch ON batch.force = status.force AND batch.status = 'loaded'
    JOIN nights ON nights.night >= batch.night
    WHERE expected_every_days > 0
    GROUP BY status.force, nights.night, expected_every_days
), counted AS (
    -- once: rows that came only this night; again: rows of full deliveries, which come every night.
    SELECT force, night, measure, numerator, denominator, sample AS once, 0 AS again, hours
    FROM quality.force_night
    UNION ALL
    SELECT force, night, 'validity', sum(checked - failed), sum(checked),
           sum(row_count) FILTER (kind <> 'full'), sum(row_count) FILTER (kind = 'full'), NULL
    FROM (SELECT force, night, kind, batch_id, table_name, sum(checked) AS checked,
                 sum(failed) AS failed, max(checked) AS row_count
          FROM looked_at GROUP BY ALL)
    GROUP BY force, night
    UNION ALL
    SELECT force, night, 'delivery_timeliness', CAST(night - newest_date < expected_every_days AS BIGINT),
           1, 1, 0, 24 * (night - newest_date)
    FROM newest_loaded
    UNION ALL
    SELECT force, night, 'late_rows', coalesce(sum(received) FILTER (days_late > 0), 0),
           sum(received), sum(received) FILTER (kind <> 'full'),
           sum(received) FILTER (kind = 'full'), sum(24 * received * days_late)
    FROM received GROUP BY force, night
    UNION ALL
    SELECT force, night, 'quarantine', sum(quarantined), sum(received),
           sum(received) FILTER (kind <> 'full'), sum(received) FILTER (kind = 'full'), NULL
    FROM received GROUP BY force, night
), spanned AS (
    SELECT nights.night, force, measure, direction, unit, is_held, counted.night AS counted_night,
           numerator, denominator, coalesce(once, 0) AS once, coalesce(again, 0) AS again, hours,
           max(counted.night) OVER own AS newest_night, min(counted.night) OVER own AS first_night
    FROM nights
    CROSS JOIN settings
    JOIN counted
      ON counted.night BETWEEN nights.night - (span - 1) AND nights.night AND denominator > 0
    JOIN measures USING (measure)
    WHERE nights.night > last_night - shown
    WINDOW own AS (PARTITION BY nights.night, force, measure)
), parted AS (
    -- Each row of the span counts in one part or two: the level, and the newest or the earlier.
    SELECT night, force, measure, direction, unit, newest_night, part, numerator, denominator, once,
           again, hours
    FROM spanned
    CROSS JOIN (VALUES ('level'), ('newest'), ('earlier')) AS parts (part)
    WHERE (NOT is_held OR newest_night = night)
      AND CASE part
          WHEN 'level' THEN NOT is_held OR counted_night = newest_night
          WHEN 'newest' THEN counted_night = newest_night
          ELSE counted_night < newest_night AND (NOT is_held OR counted_night = first_night) END
), summed AS (
    SELECT night, force, measure, direction, unit, newest_night, part,
           CAST(sum(numerator) AS BIGINT) AS numerator,
           CAST(sum(denominator) AS BIGINT) AS denominator,
           CAST(sum(once) + max(again) AS BIGINT) AS sample,
           sum(numerator) / sum(denominator) AS rate,
           sum(hours) / 24 / sum(denominator) AS mean_days
    FROM parted GROUP BY ALL
), bounded AS (
    SELECT summed.*, rate + z * z / (2 * sample) AS middle, 1 + z * z / sample AS scale,
           z * sqrt(rate * (1 - rate) / sample + pow(z / (2 * sample), 2)) AS reach
    FROM summed CROSS JOIN settings
), judged AS (
    SELECT bounded.*, greatest(0, round((middle - reach) / scale, 9)) AS low,
           least(1, round((middle + reach) / scale, 9)) AS high
    FROM bounded
), ranks AS (
    SELECT own.night, own.force, own.measure, count(*) AS ranked,
           1 + count(*) FILTER (CASE own.direction WHEN 'higher' THEN other.low > own.high
                                                   ELSE other.high < own.low END) AS best_rank,
           count(*) - count(*) FILTER (CASE own.direction WHEN 'higher' THEN other.high < own.low
                                                          ELSE other.low > own.high END)
               AS worst_rank
    FROM judged AS own JOIN judged AS other USING (night, measure, part)
    WHERE part = 'level'
    GROUP BY own.night, own.force, own.measure
), changed AS (
    SELECT newest.night, newest.force, newest.measure, newest.rate AS newest_rate,
           earlier.rate AS earlier_rate, newest.rate - earlier.rate AS change,
           round(newest.rate - earlier.rate - sqrt(pow(newest.rate - newest.low, 2)
                                                   + pow(earlier.high - earlier.rate, 2)), 9)
               AS change_low,
           round(newest.rate - earlier.rate + sqrt(pow(newest.high - newest.rate, 2)
                                                   + pow(earlier.rate - earlier.low, 2)), 9)
               AS change_high
    FROM judged AS newest
    LEFT JOIN judged AS earlier
      ON earlier.night = newest.night AND earlier.force = newest.force
     AND earlier.measure = newest.measure AND earlier.part = 'earlier'
    WHERE newest.part = 'newest'
)
SELECT night, force, measure, direction, unit, numerator, denominator, round(rate, 9) AS rate,
       low AS rate_low, high AS rate_high, sample, round(mean_days, 6) AS mean_days,
       CASE WHEN direction <> 'neither' THEN best_rank END AS best_rank,
       CASE WHEN direction <> 'neither' THEN worst_rank END AS worst_rank,
       ranked, newest_night, round(newest_rate, 9) AS newest_rate,
       round(earlier_rate, 9) AS earlier_rate, round(change, 9) AS change, change_low, change_high,
       CASE WHEN change IS NULL THEN NULL
            WHEN change_low <= 0 AND change_high >= 0 THEN 'not distinguishable'
            WHEN direction = 'neither' THEN CASE WHEN change > 0 THEN 'up' ELSE 'down' END
            WHEN (change > 0) = (direction = 'higher') THEN 'better'
            ELSE 'worse' END AS trend
FROM judged
JOIN ranks USING (night, force, measure)
JOIN changed USING (night, force, measure)
WHERE part = 'level'
ORDER BY night, measure, force
