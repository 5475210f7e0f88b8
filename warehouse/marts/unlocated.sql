-- grain: one row a force, offence group and month that has an offence
-- owner: lead analyst, place-based crime
-- about: What no map shows: offences without a place, or with one that is only a postcode's centre or
--   a public map point. Read it beside any map, so that none lies by leaving out.
-- force: Force that recorded the offences.
-- offence_group: Group: reference.offence_group.
-- month: First day of the month in which the offences occurred, local date; null where no date is
--   known.
-- offences: Offence records.
-- without_place: Of these, without coordinates: in no cell, and on no map.
-- at_postcode: Of these, at the centre of their postcode.
-- snapped: Of these, moved to a public map point.
-- without_place_share: Share of the offences without coordinates, 0 to 1.
SELECT force, offence_group, CAST(date_trunc('month', occurred_on) AS DATE) AS month,
       count(*) AS offences,
       count(*) FILTER (longitude IS NULL) AS without_place,
       count(*) FILTER (location_precision = 'postcode') AS at_postcode,
       count(*) FILTER (location_precision = 'snapped') AS snapped,
       count(*) FILTER (longitude IS NULL) / count(*) AS without_place_share
FROM core.offence_record
GROUP BY ALL
ORDER BY force, offence_group, month
