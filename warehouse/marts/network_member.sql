-- grain: one row a person who is in a network
-- owner: lead analyst, organised crime
-- about: Who is in which network, and where each stands in it. Being in one is a lead, not a fact about
--   the person.
-- network_id: Network: mart.network.
-- person_id [personal]: Person: core.person.
-- strength: Sum of the strengths of the person's associations with others of the network.
-- betweenness: Share of the shortest ways between two others of the network that lead through the
--   person, 0 to 1.
-- is_central: One of the network's central people: the highest tenth by betweenness, then strength.
-- since: Night from which the person has been in the network under this id.
SELECT network_id, person_id, strength, betweenness, is_central, valid_from AS since
FROM link.network_standing
JOIN (FROM link.network_membership WHERE valid_to IS NULL) USING (network_id, person_id)
ORDER BY network_id, person_id
