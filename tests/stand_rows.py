"""The counts behind reports and lists: as they are kept, and as plain SQL counts the rows."""

#: verantwoording, kind, key, and the five counts.
KEPT = """
    SELECT verantwoording_id, soort, sleutel, CAST(sum(aantal) AS bigint),
        CAST(sum(som) AS bigint), CAST(sum(som_2) AS bigint),
        CAST(sum(som_3) AS bigint), CAST(sum(som_4) AS bigint)
    FROM stand GROUP BY verantwoording_id, soort, sleutel
    HAVING sum(aantal) <> 0 OR sum(som) <> 0 OR sum(som_2) <> 0 OR sum(som_3) <> 0
        OR sum(som_4) <> 0"""
COUNTED = """
    SELECT verantwoording_id, 'doel', doel_id, count(*),
        CAST(sum(coalesce(aantal_activiteiten, 1)) AS bigint),
        CAST(sum(duur * CASE WHEN duur_eenheid = 'totaal' THEN 1
            ELSE coalesce(aantal_activiteiten, 1) END) AS bigint), 0, 0
    FROM activiteit GROUP BY 1, 3
    UNION ALL
    SELECT a.verantwoording_id, 'kwartaal', CASE substr(CAST(l.betaald_op AS varchar), 6, 2)
            WHEN '01' THEN 1 WHEN '02' THEN 1 WHEN '03' THEN 1
            WHEN '04' THEN 2 WHEN '05' THEN 2 WHEN '06' THEN 2
            WHEN '07' THEN 3 WHEN '08' THEN 3 WHEN '09' THEN 3
            WHEN '10' THEN 4 WHEN '11' THEN 4 WHEN '12' THEN 4 ELSE 0 END,
        count(*), CAST(coalesce(sum(l.bedrag), 0) AS bigint), count(*) - count(l.bedrag), 0, 0
    FROM last l JOIN activiteit a ON a.id = l.activiteit_id GROUP BY 1, 3
    UNION ALL
    SELECT a.verantwoording_id, 'school', s.school_id, count(*),
        coalesce(sum(s.aantal_leerkrachten), 0), 0, 0, 0
    FROM activiteit_school s JOIN activiteit a ON a.id = s.activiteit_id GROUP BY 1, 3
    UNION ALL
    SELECT a.verantwoording_id, 'scholen', a.id, count(*),
        coalesce(sum(s.aantal_leerkrachten), 0), count(*) - count(s.aantal_leerkrachten),
        count(nullif(s.aantal_leerkrachten = 0, false)), 0
    FROM activiteit_school s JOIN activiteit a ON a.id = s.activiteit_id GROUP BY 1, 3
    UNION ALL
    SELECT a.verantwoording_id, 'lasten', a.id, count(*),
        CAST(coalesce(sum(l.bedrag), 0) AS bigint),
        count(nullif(l.bedrag IS NULL OR trim(l.toelichting) = '', false)),
        count(nullif(l.bedrag = 0, false)), count(*) - count(l.betaald_op)
    FROM last l JOIN activiteit a ON a.id = l.activiteit_id GROUP BY 1, 3"""
