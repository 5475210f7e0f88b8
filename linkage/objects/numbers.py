"""Serial numbers and IMEIs one character apart: pairs that may be one item or one handset.

One character apart is: one changed, left out or put in, or two neighbours swapped. Serial numbers
are compared among items of one kind and one value, IMEIs among telephones of one number. An IMEI's
check digit finds every single wrong digit, so a mistyped one is mostly no key: its record is the
second side of the pair then.
"""

from linkage.objects.sides import FIRST_RECORD, PAIR_OF_RECORDS, near_sql

_ITEM = "left(key, length(key) - length(value))"
_NEAR_SERIALS = f"""
    CREATE OR REPLACE TABLE serial AS
    SELECT DISTINCT keyed.object_id, {_ITEM} AS item, keyed.value, record.value_gbp,
           concat_ws('|', item, value_gbp) AS within
    FROM keyed JOIN core.property_record AS record USING (force, source_system, source_record_id)
    WHERE keyed.object_type = 'property' AND keyed.object_id IS NOT NULL
      AND record.valid_to IS NULL AND record.value_gbp > 0;
    CREATE OR REPLACE TABLE near AS
    SELECT l.object_id AS object_id_l, r.object_id AS object_id_r, l.item, l.value AS value_l,
           r.value AS value_r, list_sort(list(DISTINCT l.value_gbp)) AS values_gbp
    FROM ({near_sql("serial")}) AS near
    JOIN serial AS l ON l.within = near.within AND l.value = one
    JOIN serial AS r ON r.within = near.within AND r.value = other
    GROUP BY ALL
"""

# Two items that one event lists side by side are two items.
_SERIALS = f"""
    INSERT INTO found_candidate BY NAME
    WITH alike AS (SELECT object_id_l AS object_id FROM near UNION SELECT object_id_r FROM near),
    member AS (FROM keyed WHERE object_type = 'property' AND object_id IN (FROM alike)),
    side AS (SELECT object_id, {FIRST_RECORD} FROM member GROUP BY object_id),
    listed AS (
        SELECT DISTINCT object_id, part.event_type, part.force, part.source_system,
               part.source_record_id
        FROM member JOIN core.event_object AS part
          ON part.force = member.force AND part.source_system = member.source_system
         AND part.object_source_record_id = member.source_record_id
         AND part.object_type = member.record_type
        WHERE part.valid_to IS NULL
    ),
    together AS (
        SELECT DISTINCT l.object_id AS object_id_l, r.object_id AS object_id_r
        FROM listed AS l JOIN listed AS r
        USING (event_type, force, source_system, source_record_id)
        WHERE l.object_id <> r.object_id
    )
    SELECT 'property' AS object_type, 'one character apart' AS rule, near.object_id_l,
           near.object_id_r, {PAIR_OF_RECORDS},
           'the serial numbers are one character apart; the same kind of item and value' AS says,
           json_object('value_l', value_l, 'value_r', value_r,
                       'property_type', left(item, length(item) - 1),
                       'value_gbp', values_gbp)::VARCHAR AS evidence
    FROM near ANTI JOIN together USING (object_id_l, object_id_r)
    JOIN side AS l ON l.object_id = near.object_id_l
    JOIN side AS r ON r.object_id = near.object_id_r
"""

_IMEIS = f"""
    CREATE OR REPLACE TABLE phone AS
    SELECT force, source_system, source_record_id, handset.value, handset.object_id,
           number.value AS within
    FROM (FROM keyed WHERE object_type = 'handset' AND value IS NOT NULL
          AND refused IS DISTINCT FROM 'placeholder'
          AND refused IS DISTINCT FROM 'one character repeated') AS handset
    JOIN (FROM keyed WHERE object_type = 'phone_number' AND object_id IS NOT NULL) AS number
      USING (force, source_system, source_record_id);
    CREATE OR REPLACE TABLE imei AS SELECT DISTINCT within, value FROM phone;
    INSERT INTO found_candidate BY NAME
    WITH near AS ({near_sql("imei")}),
    both_ways AS (
        SELECT within, one, other FROM near UNION ALL SELECT within, other, one FROM near
    ),
    -- One row a handset; one a record without.
    side AS (
        SELECT object_id, value, {FIRST_RECORD} FROM phone WHERE object_id IS NOT NULL
        AND value IN (SELECT one FROM both_ways) GROUP BY object_id, value
        UNION ALL
        SELECT DISTINCT NULL, value, force, source_system, source_record_id FROM phone
        WHERE object_id IS NULL AND value IN (SELECT one FROM both_ways)
    ),
    numbered AS (
        SELECT one, other, list_sort(list(within)) AS numbers FROM both_ways GROUP BY one, other
    )
    SELECT 'handset' AS object_type,
           CASE WHEN r.object_id IS NULL THEN 'mistyped IMEI' ELSE 'one character apart' END
               AS rule,
           l.object_id AS object_id_l, r.object_id AS object_id_r, {PAIR_OF_RECORDS},
           'the IMEIs are one character apart; the same number'
           || CASE WHEN r.object_id IS NULL THEN '; the second is no valid IMEI' ELSE '' END
               AS says,
           json_object('value_l', l.value, 'value_r', r.value, 'numbers', numbers)::VARCHAR
               AS evidence
    FROM numbered JOIN side AS l ON l.value = one AND l.object_id IS NOT NULL
    JOIN side AS r ON r.value = other AND (r.object_id IS NULL OR one < other)
    -- A record without a handset is near the handset of its own number, not of another's.
    WHERE r.object_id IS NOT NULL OR EXISTS (
        FROM phone WHERE phone.force = r.force AND phone.source_system = r.source_system
        AND phone.source_record_id = r.source_record_id AND list_contains(numbers, phone.within))
"""


STATEMENTS = (_NEAR_SERIALS, _SERIALS, _IMEIS)
