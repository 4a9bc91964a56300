# Emploi du temps, calendrier de l’établissement, changements de cours.
place-on-site = Sur place
place-distance = à distance
place-both = sur place et à distance
place-half = groupe { $half } sur place, l’autre à distance
place-half-here = { $who ->
    [tu] ton groupe est sur place
   *[vous] sur place pour ce groupe
 }
place-half-away = { $who ->
    [tu] ton groupe est à distance
   *[vous] à distance pour ce groupe
 }
mark-moved = déplacé
mark-replaced = remplacement
mark-room = salle changée
mark-was = avant :
open-at-distance = Ouvrir aussi à distance
notice-at-distance = Le cours peut aussi être suivi à distance.
view-day = Jour
view-week = Semaine
view-list = Liste
view-day-before = Jour précédent
view-day-this = Aujourd’hui
view-day-after = Jour suivant
view-day-empty = Aucun cours ce jour-là.
view-week-before = Semaine précédente
view-week-this = Cette semaine
view-week-after = Semaine suivante
view-week-empty = Aucun cours cette semaine.
view-list-before = Deux semaines plus tôt
view-list-this = À partir d’aujourd’hui
view-list-after = Deux semaines plus tard
view-list-empty = Aucun cours pendant ces deux semaines.
week-letter = semaine { $letter }
school-timetable = Emplois du temps
timetable-class = Classe ou groupe
timetable-teacher = Enseignant
timetable-any-class = Toutes les classes
timetable-any-teacher = Tous les enseignants
timetable-any-room = Toutes les salles
timetable-show = Afficher
mode-on_site = sur place
mode-distance = à distance
mode-half_groups = en demi-groupes
mode-no_school = pas de cours
mode-half-number = demi-groupes : groupe { $half } sur place
mode-summer = Vacances d’été
holiday-new-year = Jour de l’an
holiday-good-friday = Vendredi saint
holiday-easter-monday = Lundi de Pâques
holiday-labour = Fête du travail
holiday-victory = Victoire de 1945
holiday-ascension = Ascension
holiday-whit-monday = Lundi de Pentecôte
holiday-national = Fête nationale
holiday-assumption = Assomption
holiday-all-saints = Toussaint
holiday-armistice = Armistice de 1918
holiday-christmas = Noël
holiday-saint-stephen = Saint-Étienne
holiday-abolition = Abolition de l’esclavage
series-title = Cours de l’année
series-new = Ajouter un cours régulier
series-change = Modifier un cours régulier
series-intro = Un cours qui revient chaque semaine, ou une semaine sur deux. Les jours sans école sont sautés.
series-weekday = Jour de la semaine
series-weeks = Semaines
series-every-week = Toutes les semaines
series-from = Du
series-to = Au
series-none = Aucun cours régulier. Ajoutez-en un, ou importez l’emploi du temps.
series-choose = Choisissez une classe pour voir ses cours ; sans choix, seuls ceux qui demandent votre attention sont affichés.
series-count = { $count ->
    [0] Aucun cours régulier
    [one] 1 cours régulier
   *[other] { $count } cours réguliers
 }
series-unpublished = { $count ->
    [one] 1 changement n’est pas encore publié : élèves et enseignants ne le voient pas.
   *[other] { $count } changements ne sont pas encore publiés : élèves et enseignants ne les voient pas.
 }
series-publish = Publier l’emploi du temps
series-publish-again = Publier à nouveau
series-removed = supprimé à la prochaine publication
series-waiting = à publier
series-remove = Supprimer
series-conflicts = { $count ->
    [one] 1 conflit : le même enseignant, groupe ou la même salle au même moment.
   *[other] { $count } conflits : le même enseignant, groupe ou la même salle au même moment.
 }
series-conflict-tag = conflit
series-conflict = { $what } avec { $with }
conflict-teacher = même enseignant
conflict-group = même groupe
conflict-pupils = mêmes élèves
conflict-room = même salle
notice-series-saved = C’est enregistré. Publiez l’emploi du temps pour que tous le voient.
notice-series-removed = C’est supprimé. Publiez l’emploi du temps pour que les cours à venir disparaissent.
notice-published = L’emploi du temps est publié.
publish-nothing = Rien n’a changé : tout était à jour.
publish-added = { $count ->
    [one] 1 cours ajouté.
   *[other] { $count } cours ajoutés.
 }
publish-changed = { $count ->
    [one] 1 cours mis à jour.
   *[other] { $count } cours mis à jour.
 }
publish-withdrawn = { $count ->
    [one] 1 cours retiré.
   *[other] { $count } cours retirés.
 }
publish-by-hand = { $count ->
    [one] 1 cours modifié à la main est resté tel quel.
   *[other] { $count } cours modifiés à la main sont restés tels quels.
 }
publish-used = { $count ->
    [one] 1 cours qui a déjà servi (cahier de textes, appel, classe) est resté tel quel.
   *[other] { $count } cours qui ont déjà servi (cahier de textes, appel, classe) sont restés tels quels.
 }
publish-stranded = { $count ->
    [one] 1 cours tombe un jour sans école : à vérifier.
   *[other] { $count } cours tombent un jour sans école : à vérifier.
 }
fault-series-days = La fin doit venir après le début, dans la même année scolaire.
fault-two-years = Ces jours ne sont pas de la même année scolaire.
fault-changed-meanwhile = Quelqu’un d’autre a changé ce cours entre-temps. Il est maintenant : { $now }. Ce que vous avez saisi est resté ; enregistrez à nouveau pour le garder.
fault-conflict = Au même moment, avec le même enseignant, les mêmes élèves ou la même salle : { $others }.
lesson-anyway = Enregistrer quand même
lesson-note = Message aux personnes concernées
lesson-note-help = Affiché avec le cours, et envoyé avec l’annonce du changement.
fault-lesson-on = Ce cours a commencé : il ne peut plus être déplacé.
fault-lesson-over = Ce cours est passé : il ne peut plus être déplacé.
fault-lesson-cancelled = Ce cours est annulé : rétablissez-le d’abord.
fault-lesson-past = Cet horaire est déjà passé.
replacements-title = Absence d’un enseignant
replacements-intro = Ses cours sont annulés, ou confiés à quelqu’un d’autre. Élèves, familles et enseignants sont prévenus.
replacements-away = Enseignant absent
replacements-by = Remplacé par
replacements-nobody = Personne : annuler les cours
replacements-do = Enregistrer l’absence
notice-replaced = Les cours sont confiés au remplaçant, et tous sont prévenus.
notice-all-cancelled = Les cours sont annulés, et tous sont prévenus.
fault-no-lesson = Cet enseignant n’a aucun cours à venir ces jours-là.
fault-many-lessons = Trop de cours d’un coup : choisissez une durée plus courte.
calendar-title = Calendrier
calendar-new = Ajouter une règle
calendar-settings = Réglages
calendar-new-intro = Une règle dit comment l’école a lieu pendant quelques jours. La dernière règle l’emporte. Les cours à venir suivent aussitôt.
calendar-label = Nom de la règle
calendar-mode = Mode
calendar-from = À partir du
calendar-evening = Seulement après les cours de ce jour (le soir)
calendar-to = Jusqu’au (inclus)
calendar-grades-of = Niveaux
calendar-grades-help = Aucun niveau coché : toute l’école.
calendar-turns = Alternance des demi-groupes
calendar-turns-help = Compte seulement pour les demi-groupes.
turns-week = Une semaine sur deux
turns-day = Un jour sur deux
calendar-zone = Zone { $zone }
calendar-departement = Département { $code }
calendar-no-place = Zone inconnue : choisissez-la dans les réglages.
calendar-months = Autres mois
calendar-before = Mois précédent
calendar-after = Mois suivant
calendar-caption = Comment l’école a lieu, jour par jour
calendar-year = Année { $year }
calendar-no-run = Aucun calendrier n’est connu pour cette année.
calendar-own = Règles de l’établissement
calendar-own-none = Aucune : le calendrier officiel s’applique.
calendar-order = La dernière l’emporte sur celles d’avant.
calendar-remove = Supprimer
calendar-grades = { $grades } : { $mode }
calendar-saved-pending = Le mode des cours à venir est à jour. Des changements de l’emploi du temps attendent d’être publiés ; les cours ajoutés ou retirés par le calendrier viendront avec eux.
calendar-saved-too-large = Le mode des cours à venir est à jour. L’emploi du temps a trop de cours pour être publié à nouveau : le calendrier n’en a ajouté ni retiré aucun. Supprimez des cours réguliers, puis publiez-le.
notice-calendar-changed = Le calendrier a changé entre-temps : rien n’a été supprimé. Regardez-le à nouveau.
calendar-by-code = D’après le département
calendar-zone-of = Zone de vacances
calendar-first = Premier jour de cours
calendar-last = Dernier jour de cours
calendar-weekdays = Jours d’école
calendar-weeks = Semaines A et B
weeks-school = Alternent d’une semaine de cours à l’autre
weeks-iso = Suivent le numéro de la semaine
calendar-letter = La première semaine (ou les semaines impaires)
calendar-place-known = Cet établissement se trouve dans le département { $name } ({ $code }), d’après son territoire ou son code.
calendar-place-unknown = Le département de cet établissement n’est pas connu : son territoire se choisit sur sa page.
calendar-list-half-groups = Demi-groupes en 4e et en 3e (mai 2021)
told-calendar-on-site = Cours sur place{ $why }, { $days ->
    [one] { $first_day }.
   *[other] { $first_day } – { $last_day }.
}
told-calendar-distance = Cours à distance{ $why }, { $days ->
    [one] { $first_day }.
   *[other] { $first_day } – { $last_day }.
}
told-calendar-half-groups = Cours en demi-groupes{ $why }, { $days ->
    [one] { $first_day }.
   *[other] { $first_day } – { $last_day }.
}
told-calendar-no-school = Pas de cours{ $why }, { $days ->
    [one] { $first_day }.
   *[other] { $first_day } – { $last_day }.
}
told-calendar-changed = Le calendrier de l’établissement change{ $why }, { $days ->
    [one] { $first_day }.
   *[other] { $first_day } – { $last_day }.
}
calendar-lists = Mon département est dans la liste
calendar-lists-help = Les règles officielles citent ces listes de départements. Une case cochée y met le département { $code }, pour cet établissement seulement.
fault-calendar-meanwhile = Quelqu’un d’autre a changé le calendrier entre-temps. Ce que vous avez saisi est resté ; enregistrez à nouveau pour le garder.
fault-rules = Pas plus de { $most } règles.
halves-title = Niveau et demi-groupes : { $group }
halves-list = Demi-groupes
halves-alphabet = Par ordre alphabétique
halves-help = Sans choix de votre part, la première moitié de l’alphabet forme le groupe 1.
half-name = Groupe { $half }
half-move = Mettre dans le groupe { $half }
grade-label = Niveau
grade-by-name = D’après le nom de la classe
grade-told = Niveau retenu : { $grade }.
grade-none = Le nom ne dit pas le niveau : choisissez-le, pour que les règles par niveau s’appliquent.
group-halves = Niveau et demi-groupes
told-lesson-moved = Cours déplacé : { $subject } ({ $groups }), { $start_at } au lieu de { $was_at }. { $note }
told-lesson-changed = Cours modifié : { $subject } ({ $groups }), { $start_at }, { $room }. { $note }
told-lesson-replaced = Changement d’enseignant : { $subject } ({ $groups }), { $start_at } : { $teachers }. { $note }
told-lesson-cancelled = Cours annulé : { $subject } ({ $groups }), { $start_at }. { $note }
told-lesson-restored = Cours rétabli : { $subject } ({ $groups }), { $start_at }. { $note }
told-lesson-at-distance = Ce cours peut aussi être suivi à distance : { $subject } ({ $groups }), { $start_at }.
mail-lesson-subject = Changement de cours : { $subject } ({ $groups })
mail-lesson-foot =
    Ce message vient de { $school }. Vous pouvez choisir de ne plus recevoir ces messages, à la page « Avis » de votre compte.
act-lesson-at-distance = cours ouvert à distance
act-lesson-replace = absence d’un enseignant
act-series-create = cours régulier ajouté
act-series-change = cours régulier modifié
act-series-remove = cours régulier supprimé
act-series-publish = emploi du temps publié
act-calendar-add = règle du calendrier ajoutée
act-calendar-remove = règle du calendrier supprimée
act-calendar-settings = réglages du calendrier
act-group-grade = niveau d’une classe
act-group-halves = demi-groupes
