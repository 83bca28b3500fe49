"""Every kind of page there is, and how to get it on screen."""

from tests.e2e.scherm import Scherm, gekozen
from tests.e2e.schermen_doen import (
    activeren,
    app_koppelen,
    bevestig_adres,
    bewaar,
    bewerking,
    bulk,
    bulk_leeg,
    cel,
    code,
    conflict,
    dupliceer,
    eerste_code,
    filters,
    getekend,
    gevraagd,
    herstelcode,
    klaarzetten,
    klaarzetten_leeg,
    kolommen,
    meerkeuze,
    nieuw_wachtwoord,
    nieuwe_app,
    nieuwe_codes,
    partijen,
    rijmenu,
    stel_vraag,
    verder,
    verder_formulier,
    verkeerde_code,
    verwijder,
    voorbeeld,
    vraag_leeg,
    wachtwoord,
    zoeklijst,
    zwak_wachtwoord,
)
from tests.e2e.schermen_groot import GROOT
from tests.e2e.schermen_kwaliteit import KWALITEIT, SAMENVOEGEN

LIST = "admin/model/list.html"
FORM = "admin/model/form.html"
DELETE = "admin/model/delete.html"
ACTION = "admin/model/action.html"
FAULT = "fouten/fout.html"
ACTIVITY_FORM = "activiteiten/formulier.html"
ACTIVITY_TAB = "activiteiten/tab.html"
PROJECT_TAB = "projecten/tab.html"
YEAR_TAB = "verantwoordingen/tab.html"
QUESTIONS = "verantwoordingen/vragen.html"
ASK = "/verantwoordingen/{jaar}/vragen/nieuw?activiteit={act}"
STEP = "verantwoordingen/stap.html"
FRAME, FRAME_OF = "verantwoordingen/kader.html", "/verantwoordingen/{per_school}/kader"
REPORT = "rapportages/index.html"
EXPLAINED = "rapportages/verklaar.html"

EIGEN = "/mijn-gegevens/"
TWEESTAPS = f"{EIGEN}tweestapsauthenticatie"
BULK = "bulk/kiezen.html"
ACTIVITIES = "/beheer/activiteiten/?columns=doelgroepen&columns=omschrijving"
YEAR = "/verantwoordingen/{jaar}/activiteiten"


SCHERMEN = (
    Scherm("inloggen", "", "/inloggen", "auth/login.html"),
    Scherm("inloggen fout", "", "/inloggen", "auth/login.html", 422, wachtwoord),
    Scherm("code", "", "/inloggen", "auth/code.html", 200, code),
    Scherm("code fout", "", "/inloggen", "auth/code.html", 422, verkeerde_code),
    Scherm("dashboard", "projectleider", "/", "dashboard/index.html"),
    Scherm("dashboard cultuur oost", "adviseur", "/", "dashboard/index.html"),
    Scherm("projecten", "projectleider", "/projecten", "projecten/index.html"),
    Scherm("projecten niets", "projectleider", "/projecten?search=zzz", "projecten/index.html"),
    *(
        Scherm(f"project {deel}", "projectleider", f"/projecten/{{project}}/{deel}", PROJECT_TAB)
        for deel in (
            "verantwoordingen",
            "financieel-overzicht",
            "documenten",
            "details",
            "geschiedenis",
        )
    ),
    *(
        Scherm(f"jaar {deel}", "projectleider", f"/verantwoordingen/{{jaar}}/{deel}", YEAR_TAB)
        for deel in ("financieel-overzicht", "details", "geschiedenis")
    ),
    Scherm(
        "jaar per school",
        "projectleider",
        "/verantwoordingen/{jaar}/per-school",
        "verantwoordingen/per_school.html",
    ),
    Scherm(
        "jaar per kwartaal",
        "projectleider",
        "/verantwoordingen/{jaar}/per-kwartaal",
        "verantwoordingen/per_kwartaal.html",
    ),
    Scherm(
        "jaar per begrotingspost",
        "projectleider",
        "/verantwoordingen/{jaar}/per-begrotingspost",
        "verantwoordingen/per_kwartaal.html",
    ),
    Scherm(
        "jaar vragen", "projectleider", "/verantwoordingen/{jaar}/vragen", QUESTIONS, 200, gevraagd
    ),
    Scherm("jaar vragen geen", "adviseur", "/verantwoordingen/{jaar}/vragen", QUESTIONS),
    Scherm("vraag stellen", "adviseur", ASK, "verantwoordingen/vraag_stellen.html"),
    Scherm(
        "vraag stellen fout",
        "adviseur",
        ASK,
        "verantwoordingen/vraag_stellen.html",
        422,
        vraag_leeg,
    ),
    Scherm("vraag", "projectleider", ASK, "verantwoordingen/vraag.html", 200, stel_vraag),
    Scherm("dossier", "projectleider", "/dossiers/{dossier}", "verantwoordingen/dossier.html"),
    Scherm(
        "jaar activiteiten",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten",
        "verantwoordingen/activiteiten.html",
    ),
    Scherm(
        "jaar activiteiten gekozen",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten",
        "verantwoordingen/activiteiten.html",
        200,
        gekozen,
    ),
    Scherm(
        "jaar activiteiten niets",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten?search=zzz",
        "verantwoordingen/activiteiten.html",
    ),
    Scherm(
        "jaar gesloten",
        "projectleider",
        "/verantwoordingen/{dicht}/activiteiten",
        "verantwoordingen/activiteiten.html",
    ),
    Scherm("jaar gesloten details", "projectleider", "/verantwoordingen/{dicht}/details", YEAR_TAB),
    Scherm(
        "jaar wijzigen",
        "beheerder",
        "/verantwoordingen/{jaar}/wijzigen",
        "verantwoordingen/wijzigen.html",
    ),
    Scherm("klaarzetten", "beheerder", FRAME_OF, FRAME, 200, klaarzetten),
    Scherm("klaarzetten fouten", "beheerder", FRAME_OF, FRAME, 422, klaarzetten_leeg),
    Scherm("klaarzetten niets", "projectleider", "/verantwoordingen/{jaar}/kader", FRAME),
    Scherm("jaar sluiten", "projectleider", "/verantwoordingen/{jaar}/sluiten", STEP),
    Scherm("jaar heropenen", "projectleider", "/verantwoordingen/{dicht}/heropenen", STEP),
    Scherm(
        "nieuwe activiteit",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten/nieuw",
        ACTIVITY_FORM,
    ),
    Scherm(
        "nieuwe activiteit fouten",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten/nieuw",
        ACTIVITY_FORM,
        422,
        bewaar,
    ),
    Scherm(
        "nieuwe activiteit meerkeuze",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten/nieuw",
        ACTIVITY_FORM,
        200,
        meerkeuze,
    ),
    Scherm(
        "nieuwe activiteit scholen zoeken",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten/nieuw",
        ACTIVITY_FORM,
        200,
        zoeklijst,
    ),
    *(
        Scherm(f"activiteit {deel}", "projectleider", f"/activiteiten/{{act}}/{deel}", ACTIVITY_TAB)
        for deel in (
            "details",
            "scholen",
            "financieel-overzicht",
            "samenwerkingspartners",
            "geschiedenis",
        )
    ),
    *(
        Scherm(
            f"activiteit {deel} wijzigen",
            "projectleider",
            f"/activiteiten/{{act}}/{deel}/bewerken",
            ACTIVITY_FORM,
        )
        for deel in ("details", "scholen", "financieel-overzicht", "samenwerkingspartners")
    ),
    Scherm(
        "activiteit zonder lasten",
        "projectleider",
        "/activiteiten/{act_leeg}/financieel-overzicht",
        ACTIVITY_TAB,
    ),
    Scherm(
        "activiteit gesloten", "projectleider", "/activiteiten/{act_dicht}/details", ACTIVITY_TAB
    ),
    Scherm("lijst", "beheerder", "/stamdata/scholen/", LIST),
    Scherm("lijst leeg", "beheerder", "/beheer/taken/", LIST),
    Scherm("lijst niets gevonden", "beheerder", "/stamdata/scholen/?search=zzzz", LIST),
    Scherm("lijst filters open", "beheerder", "/stamdata/scholen/", LIST, 200, filters),
    Scherm("lijst gefilterd", "beheerder", "/stamdata/scholen/?soort=bo&sort=-naam", LIST),
    Scherm(
        "lijst rijmenu", "projectleider", "/stamdata/samenwerkingspartners/", LIST, 200, rijmenu
    ),
    Scherm("lijst gekozen", "beheerder", "/beheer/activiteiten/", LIST, 200, gekozen),
    Scherm("lijst cel", "projectleider", "/stamdata/samenwerkingspartners/", LIST, 200, cel),
    Scherm("formulier", "projectleider", "/stamdata/samenwerkingspartners/new/", FORM),
    Scherm(
        "formulier fouten",
        "projectleider",
        "/stamdata/samenwerkingspartners/new/",
        FORM,
        422,
        bewaar,
    ),
    Scherm(
        "formulier conflict",
        "projectleider",
        "/stamdata/samenwerkingspartners/edit/?id={partner}",
        FORM,
        409,
        conflict,
    ),
    Scherm("formulier school", "beheerder", "/stamdata/scholen/edit/?id={school}", FORM),
    Scherm("formulier bestand", "beheerder", "/beheer/documenten/new/", FORM),
    Scherm("jaar openen", "beheerder", "/beheer/jaar-openen", FORM),
    Scherm(
        "details",
        "projectleider",
        "/stamdata/samenwerkingspartners/details/?id={partner}",
        "admin/model/details.html",
    ),
    Scherm("verwijderen", "projectleider", "/beheer/activiteiten/delete/?id={act}", DELETE),
    Scherm("verwijderen kan niet", "beheerder", "/stamdata/scholen/delete/?id={school}", DELETE),
    Scherm(
        "verwijderen lijst",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten",
        DELETE,
        200,
        verwijder,
    ),
    Scherm(
        "dupliceren",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten",
        ACTION,
        200,
        dupliceer,
    ),
    Scherm("rapportages", "projectleider", "/rapportages", REPORT, 200, getekend),
    Scherm(
        "rapportages gesloten", "projectleider", "/rapportages?jaar=2025", REPORT, 200, getekend
    ),
    Scherm("rapportages cultuur oost", "adviseur", "/rapportages", REPORT, 200, getekend),
    Scherm(
        "verklaar lasten", "projectleider", "/rapportages/verklaar/besteed?jaar=2026", EXPLAINED
    ),
    Scherm(
        "verklaar scholen",
        "adviseur",
        "/rapportages/verklaar/niet-bereikt?jaar=2026&sort=gemeente",
        EXPLAINED,
    ),
    Scherm(
        "verklaar niets", "adviseur", "/rapportages/verklaar/buiten?jaar=2026&search=zz", EXPLAINED
    ),
    Scherm("rapportages kiezen", "adviseur", "/rapportages", REPORT, 200, partijen),
    Scherm("activeren", "", "/inloggen", "auth/activate_account.html", 200, activeren),
    Scherm("zwak wachtwoord", "", "/inloggen", "auth/activate_account.html", 422, zwak_wachtwoord),
    Scherm("app koppelen", "", "/inloggen", "auth/activate_app.html", 200, app_koppelen),
    Scherm("eerste code", "", "/inloggen", "auth/activate_code.html", 422, eerste_code),
    Scherm("link werkt niet", "", "/activeren/oud", "auth/link_gone.html", 410),
    Scherm("herstelcode", "", "/inloggen", "auth/recovery.html", 200, herstelcode),
    Scherm("wachtwoord vergeten", "", "/wachtwoord-vergeten", "auth/forgotten.html"),
    Scherm("nieuw wachtwoord", "", "/inloggen", "auth/new_password.html", 200, nieuw_wachtwoord),
    Scherm("adres bevestigen", "", "/inloggen", "auth/confirm_email.html", 200, bevestig_adres),
    Scherm("bevestigen", "projectleider", "/bevestigen", "auth/confirm.html"),
    Scherm("bevestigen anders", "projectleider", "/bevestigen/herstelcode", "auth/recovery.html"),
    Scherm("bulk kiezen", "projectleider", YEAR, BULK, 200, bulk),
    Scherm("bulk niets", "projectleider", YEAR, BULK, 422, bulk_leeg),
    Scherm("bulk voorbeeld", "projectleider", YEAR, "bulk/voorbeeld.html", 200, voorbeeld),
    Scherm("bewerking", "projectleider", YEAR, "bewerkingen/details.html", 200, bewerking),
    Scherm("lijst kolommen", "datamanager", ACTIVITIES, LIST, 200, kolommen),
    Scherm("mijn gegevens", "projectleider", "/mijn-gegevens", "mijn_gegevens/index.html"),
    Scherm("eigen wijzigen", "projectleider", "/mijn-gegevens/wijzigen", FORM),
    Scherm("e-mailadres", "projectleider", f"{EIGEN}e-mailadres", "mijn_gegevens/email.html"),
    Scherm("wachtwoord", "projectleider", f"{EIGEN}wachtwoord", "mijn_gegevens/wachtwoord.html"),
    Scherm("tweestaps", "projectleider", TWEESTAPS, "mijn_gegevens/tweestaps.html"),
    Scherm(
        "herstelcodes",
        "projectleider",
        TWEESTAPS,
        "mijn_gegevens/tweestaps.html",
        200,
        nieuwe_codes,
    ),
    Scherm(
        "nieuwe app", "projectleider", TWEESTAPS, "mijn_gegevens/nieuwe_app.html", 200, nieuwe_app
    ),
    Scherm(
        "persoonlijke data",
        "projectleider",
        f"{EIGEN}persoonlijke-data",
        "mijn_gegevens/persoonlijke_data.html",
    ),
    Scherm("mensen", "beheerder", "/beheer/mensen/", "beheer/mensen.html"),
    Scherm("mensen uitnodigen", "beheerder", "/beheer/mensen/uitnodigen", FORM),
    Scherm("gegevens wissen", "beheerder", "/beheer/mensen/1/wissen", ACTION),
    Scherm("opruimen", "beheerder", "/beheer/opruimen", "beheer/opruimen.html"),
    Scherm("bewaartermijnen", "beheerder", "/beheer/bewaartermijnen/", LIST),
    Scherm("verder", "projectleider", "/", "auth/resume.html", 200, verder),
    Scherm("verder formulier", "projectleider", "/", FORM, 422, verder_formulier),
    Scherm("beheer", "beheerder", "/beheer/", "beheer/index.html"),
    Scherm("rechten", "beheerder", "/beheer/rechten", "beheer/rechten.html"),
    Scherm("fout 403", "routebegeleider", "/verantwoordingen/{jaar}/sluiten", FAULT, 403),
    Scherm("fout 404", "projectleider", "/bestaat/niet", FAULT, 404),
    Scherm("fout 404 anoniem", "", "/static/bestaat-niet.css", FAULT, 404),
    Scherm("fout 409", "projectleider", "/verantwoordingen/{dicht}/activiteiten/nieuw", FAULT, 409),
    *GROOT,
    *KWALITEIT,
    *SAMENVOEGEN,
)
