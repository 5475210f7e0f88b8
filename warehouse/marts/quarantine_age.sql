-- grain: one row a force, table and rule for which a record was ever kept out
-- owner: data-quality leads of the forces
-- about: How long records have waited in quarantine to be mended. A record that is delivered again
--   and again, still broken, counts once, from the night that first kept it out.
-- force: Force.
-- table_name: Table of the contract.
-- rule: Rule that the records broke.
-- open_records: Records that are kept out now.
-- oldest_night: Night that first kept out the one that has waited longest; null where none is open.
-- oldest_days: Days from then to the night of the store; null where none is open.
-- median_days: Median of the same over the open records; null where none is open.
-- mended_records: Records that came back mended, over all nights.
-- withdrawn_records: Records that the source deleted or no longer brings, over all nights.
WITH record AS (
    SELECT DISTINCT force, table_name, rule, state, first_night, batch_id, source_file, source_row,
           record_key
    FROM quality.quarantine
    WHERE state <> 'superseded'
), aged AS (
    SELECT *, (SELECT max(night) FROM governance.night) - first_night AS days FROM record
)
SELECT force, table_name, rule,
       count(*) FILTER (state = 'open') AS open_records,
       min(first_night) FILTER (state = 'open') AS oldest_night,
       max(days) FILTER (state = 'open') AS oldest_days,
       median(days) FILTER (state = 'open') AS median_days,
       count(*) FILTER (state = 'mended') AS mended_records,
       count(*) FILTER (state = 'withdrawn') AS withdrawn_records
FROM aged
GROUP BY force, table_name, rule
ORDER BY force, table_name, rule
