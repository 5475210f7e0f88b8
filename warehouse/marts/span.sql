-- grain: one row: the days from which the marts of persons count
-- owner: lead analyst
-- about: A span ends with the latest offence in the store that is not dated after its night, and holds
--   the days after the one named here. Every day is null where the store has no such offence.
-- latest: Date of that offence, with which every span ends.
-- after_1m: The last month is after this day.
-- after_2m: The last two months are after this day.
-- after_6m: The last 6 months are after this day.
-- after_12m: The last 12 months are after this day.
-- after_365d: The last 365 days are after this day.
WITH ending AS (
    SELECT max(occurred_on) AS latest
    FROM core.offence_record
    WHERE occurred_on <= (SELECT max(night) FROM governance.night)
)
SELECT latest,
       CAST(latest - INTERVAL 1 MONTH AS DATE) AS after_1m,
       CAST(latest - INTERVAL 2 MONTH AS DATE) AS after_2m,
       CAST(latest - INTERVAL 6 MONTH AS DATE) AS after_6m,
       CAST(latest - INTERVAL 12 MONTH AS DATE) AS after_12m,
       latest - 365 AS after_365d
FROM ending
