-- grain: one row a cell of either unit, force, offence group and month that has an offence
-- owner: lead analyst, place-based crime
-- about: Where offences are, month by month. Offences without coordinates or date are not here;
--   mart.table_quality counts those without coordinates. Anti-social behaviour is a group of its
--   own. Each offence stands once under each unit: choose one unit before summing.
-- unit: h3_r8 (H3 at resolution 8, about 0.7 square km) or bng_250m (British National Grid, 250 m).
-- cell: Identifier of the cell within its unit.
-- force: Force that recorded the offences.
-- offence_group: Group: reference.offence_group.
-- month: First day of the month in which the offences occurred, local date.
-- offences: Offence records.
-- harm_days: Cambridge Crime Harm Index, days: by offence code where it is known, else by group;
--   null where the index gives none, and of groups that police find rather than are told of
--   (reference.offence_group.is_proactive).
-- longitude: Mean longitude of the offences' points, degrees east (EPSG:4326): for placing a mark.
-- latitude: Mean latitude of the offences' points, degrees north (EPSG:4326).
-- snapped_share: Share of the offences whose point was moved to a public map point, 0 to 1: such
--   points pile up on few places, so never test them for closeness.
WITH placed AS (
    SELECT force, offence_group, offence_code, h3_r8, bng_250m, location_precision,
           CAST(date_trunc('month', occurred_on) AS DATE) AS month,
           -- Decimals add up to the same sum in every order; doubles do not.
           CAST(longitude AS DECIMAL(18, 9)) AS longitude,
           CAST(latitude AS DECIMAL(18, 9)) AS latitude
    FROM core.offence_record
    WHERE occurred_on IS NOT NULL
), weighed AS (
    SELECT placed.*,
           CASE WHEN is_proactive THEN NULL
                ELSE CAST(coalesce(offence_code.harm_days, offence_group.harm_days)
                          AS DECIMAL(18, 6)) END AS harm
    FROM placed
    LEFT JOIN reference.offence_code USING (offence_code)
    LEFT JOIN reference.offence_group ON offence_group.offence_group = placed.offence_group
), celled AS (
    SELECT 'h3_r8' AS unit, h3_r8 AS cell, * FROM weighed WHERE h3_r8 IS NOT NULL
    UNION ALL
    SELECT 'bng_250m', bng_250m, * FROM weighed WHERE bng_250m IS NOT NULL
)
SELECT unit, cell, force, offence_group, month,
       count(*) AS offences,
       CAST(sum(harm) AS DOUBLE) AS harm_days,
       CAST(sum(longitude) AS DOUBLE) / count(longitude) AS longitude,
       CAST(sum(latitude) AS DOUBLE) / count(latitude) AS latitude,
       count(*) FILTER (location_precision = 'snapped') / count(*) AS snapped_share
FROM celled
GROUP BY unit, cell, force, offence_group, month
ORDER BY unit, cell, force, offence_group, month
