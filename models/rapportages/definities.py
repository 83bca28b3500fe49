"""What each figure means, in one sentence (spec rule 7): on screen, in downloads, explained."""

DEFINITIES = {
    "Besteed": (
        "De som van alle lasten van het jaar. Een last zonder bedrag telt als € 0,00 en staat apart"
        " vermeld; een negatief bedrag is een correctie."
    ),
    "Besteedbaar": "De som van de baten van de projecten in dit kalenderjaar.",
    "Nog te besteden": (
        "Besteedbaar min besteed. Is er meer besteed dan beschikbaar, dan staat dat erbij."
    ),
    "Lasten zonder bedrag": "Lasten waarbij nog geen bedrag is ingevuld; ze tellen als € 0,00.",
    "Aantal activiteiten": (
        "De som van ‘Aantal activiteiten’ van alle activiteiten in de lijst; leeg telt als één. Een"
        " activiteit in de lijst kan dus voor meer tellen. Ze heeft één CMK-doel."
    ),
    "Uren": (
        "Aantal activiteiten maal de duur, of de duur zelf waar die als totaal is ingevuld; over"
        " alle activiteiten opgeteld."
    ),
    "Deelnames": (
        "De som van ‘aantal leerkrachten’ over alle scholen bij alle activiteiten. Een leerkracht"
        " die vaker meedoet, telt vaker."
    ),
    "Bereikte scholen": (
        "Unieke actieve vestigingen in het werkgebied, in de sector van het project, met minstens"
        " één activiteit. Een school telt één keer, ook bij meer activiteiten, projecten of"
        " contractpartijen."
    ),
    "Scholen in de regio": (
        "Actieve vestigingen in de gemeenten van het werkgebied, in de sector van het project."
    ),
    "Nog niet bereikte scholen": "Scholen in de regio die nog bij geen activiteit staan.",
    "Bereikte scholen buiten de regio": (
        "Scholen met minstens één activiteit die niet in de regio liggen, niet (meer) actief zijn"
        " of bij een andere sector horen. Ze tellen niet mee bij de bereikte scholen."
    ),
    "Begroot": "De som van de begrotingsposten van de projecten in dit kalenderjaar.",
}
GESLOTEN = (
    "De cijfers van een gesloten verantwoording zijn die van het moment van sluiten, met de namen"
    " van toen."
)
WERKWIJZE = (
    "De gekozen werkwijze bepaalt hoe een rapportage eruitziet: lasten, unieke scholen en uren zijn"
    " bij elke werkwijze gelijk, het aantal activiteiten en deelnames kan verschillen."
)
