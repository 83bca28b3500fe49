"""The counts behind reports as they are kept, and as plain SQL counts them of the rows."""

#: verantwoording, kind, key, and the three counts.
KEPT = """
    SELECT verantwoording_id, soort, sleutel, CAST(sum(aantal) AS bigint),
        CAST(sum(som) AS bigint), CAST(sum(som_2) AS bigint)
    FROM stand GROUP BY verantwoording_id, soort, sleutel
    HAVING sum(aantal) <> 0 OR sum(som) <> 0 OR sum(som_2) <> 0"""
COUNTED = """
    SELECT verantwoording_id, 'doel', doel_id, count(*),
        CAST(sum(coalesce(aantal_activiteiten, 1)) AS bigint),
        CAST(sum(duur * CASE WHEN duur_eenheid = 'totaal' THEN 1
            ELSE coalesce(aantal_activiteiten, 1) END) AS bigint)
    FROM activiteit GROUP BY 1, 3
    UNION ALL
    SELECT a.verantwoording_id, 'kwartaal', CASE substr(CAST(l.betaald_op AS varchar), 6, 2)
            WHEN '01' THEN 1 WHEN '02' THEN 1 WHEN '03' THEN 1
            WHEN '04' THEN 2 WHEN '05' THEN 2 WHEN '06' THEN 2
            WHEN '07' THEN 3 WHEN '08' THEN 3 WHEN '09' THEN 3
            WHEN '10' THEN 4 WHEN '11' THEN 4 WHEN '12' THEN 4 ELSE 0 END,
        count(*), CAST(coalesce(sum(l.bedrag), 0) AS bigint), count(*) - count(l.bedrag)
    FROM last l JOIN activiteit a ON a.id = l.activiteit_id GROUP BY 1, 3
    UNION ALL
    SELECT a.verantwoording_id, 'school', s.school_id, count(*),
        coalesce(sum(s.aantal_leerkrachten), 0), 0
    FROM activiteit_school s JOIN activiteit a ON a.id = s.activiteit_id GROUP BY 1, 3"""
