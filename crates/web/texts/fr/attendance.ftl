# Appel, absences, élèves non joints, accueil sur place, avis, courriels.

nav-attendance = Absences
half-morning = matin
half-afternoon = après-midi
half-whole-day = { $day }, toute la journée
half-span = { $from } – { $to }

status-present = Présent
status-distant = À distance
status-late = En retard
status-late-by = En retard de { $minutes } min
status-left-early = Parti avant la fin
status-left-early-by = Parti { $minutes } min avant la fin
status-absent = Absent
status-no-connection = N’a pas pu se connecter

outcome-attended = Présence
outcome-unjustified = Sans motif
outcome-pending = Motif à examiner
outcome-justified = Avec motif
outcome-no-connection = N’a pas pu se connecter

reason-health = Santé
reason-family = Raison familiale
reason-transport = Transport
reason-appointment = Rendez-vous
reason-no-connection = N’a pas pu se connecter
reason-religion = Fête religieuse
reason-school = Motif de l’établissement
reason-other = Autre motif
excuse-declared = à examiner
excuse-accepted = accepté
excuse-refused = refusé

roll-title = Appel
roll-proposed = Tous les élèves sont proposés présents, sauf les absences annoncées. Corrigez, puis confirmez.
roll-proposed-live = Proposé d’après les entrées et les sorties de la classe. Corrigez, puis confirmez.
roll-proposed-both = Les élèves sur place sont proposés présents ; pour les autres, la proposition suit les entrées et les sorties de la classe. Corrigez, puis confirmez.
roll-in-room = attendu sur place
roll-at-distance = attendu à distance
roll-confirmed = Appel confirmé par { $name }, { $when }.
roll-confirm = Confirmer l’appel
roll-change = Enregistrer les corrections
roll-more = Autre cas, minutes
roll-minutes = Minutes
roll-came = entré à { $time }
roll-went = sorti à { $time }
roll-tried = a essayé d’entrer sans y parvenir
roll-said-away = absence annoncée
roll-said-no-connection = la famille signale un problème de connexion
roll-overtaken = Cet appel a été modifié entre-temps, dans un autre onglet ou par une autre personne.
roll-overtaken-do = Rien n’a été écrasé. Vos choix sont ci-dessous ; là où ils diffèrent, ce qui est enregistré est indiqué. Vérifiez, puis enregistrez.
roll-other = Enregistré : { $status }
roll-done = fait
roll-to-do = à faire
roll-call = Faire l’appel
notice-roll-confirmed = L’appel est enregistré.

board-title = Absences du jour
board-day = Jour
board-show = Afficher
board-before = Jour précédent
board-after = Jour suivant
board-absent = Absents
board-no-connection = N’ont pas pu se connecter
board-late = Retards
board-left-early = Départs avant la fin
board-nobody = Personne.
board-no-reason = sans motif connu
board-to-decide = Motifs à examiner
board-forgotten = { $count ->
    [one] Un appel n’est pas fait
   *[other] { $count } appels ne sont pas faits
}
export-title = Exporter
export-from = Du
export-to = au
export-button = Télécharger (CSV)
export-help = Un fichier pour tableur, d’un mois au plus.
csv-day = Jour
csv-half = Demi-journée
csv-time = Heure
csv-subject = Cours
csv-class = Classe
csv-family = Nom
csv-given = Prénom
csv-status = Présence
csv-minutes = Minutes
csv-excuse = Motif

attendance-title = Présences et absences
attendance-own = Mes absences
attendance-of = Absences de { $name }
attendance-rolls = Appels du jour
attendance-nothing = Rien à faire ici aujourd’hui.
attendance-year = Depuis la rentrée
attendance-year-help = En demi-journées : une demi-journée compte quand au moins la moitié de ses cours a été manquée. Ne pas avoir pu se connecter n’est jamais compté comme une absence sans motif.
attendance-lates = Retards
attendance-missed = Demi-journées manquées
attendance-none-missed = Aucune demi-journée manquée.
attendance-late = Retards et départs
attendance-said = Motifs donnés
attendance-alarming = Quatre demi-journées sans motif ou plus ce mois-ci : l’établissement doit prendre contact avec la famille et prévenir les services académiques.
attendance-settings = Réglages des absences
settings-afternoon = Début de l’après-midi
settings-afternoon-help = Un cours qui commence avant compte pour le matin.
settings-reminder = Rappel d’un appel oublié, en minutes après le début du cours
settings-places = Places pour l’accueil sur place (0 : non fixé)
settings-mails = Prévenir les familles par courriel d’une absence sans motif connu
fault-number = Un nombre entier, dans les limites.

absence-declare = Déclarer une absence
absence-new = Absence de { $name }
absence-intro = À l’avance ou après coup, aussi quand la connexion n’a pas marché. La vie scolaire examine le motif.
absence-send = Envoyer
absence-school = Établissement
absence-first = Premier jour
absence-first-half = À partir du
absence-last = Dernier jour
absence-last-half = Jusqu’à (inclus)
absence-reason = Motif
absence-detail = Précisions
absence-detail-help = Lues par la vie scolaire et la direction seulement. Inutile de donner un diagnostic.
absence-explain = Donner un motif
absence-accept = Accepter
absence-refuse = Refuser
absence-said-by = { $name }, { $when }
fault-absence-span = La fin doit suivre le début, et l’absence être proche d’aujourd’hui : quatre mois en arrière, six en avant, quatre mois de long au plus.
notice-absence-declared = L’absence est déclarée.
notice-absence-decided = La décision est enregistrée, la personne est prévenue.

not-reached-title = Élèves non joints
not-reached-intro = Élèves qui avaient cours et que personne n’a vus, en classe ou à distance, et élèves dont les essais de connexion ont échoué.
not-reached-days = Depuis
not-reached-since = { $count ->
    [one] aujourd’hui
   *[other] depuis { $count } jours
}
not-reached-class = Classe
not-reached-all = Toutes les classes
not-reached-count = Élèves
not-reached-never-count = Jamais vus
not-reached-tried-count = Essais échoués
not-reached-followed-count = Suivis depuis
not-reached-followed = { $count ->
    [0] Rien n’a encore été tenté.
    [one] Un élève a été suivi depuis.
   *[other] { $count } élèves ont été suivis depuis.
}
not-reached-below-intro = Par établissement, en nombres. « Suivis » : élèves pour lesquels l’établissement a noté une tentative depuis.
not-reached-attempts = Ce qui a été tenté
not-reached-no-attempt = Rien n’a été noté depuis.
not-reached-none = Tous les élèves ont été vus.
not-reached-no-class = Sans classe
not-reached-never = jamais vu en cours
not-reached-last = vu en cours : { $day }
not-reached-signed-in = connecté : { $day }
not-reached-not-signed-in = jamais connecté
not-reached-tries = { $count ->
    [one] un essai échoué
   *[other] { $count } essais échoués
}
follow-up-title = Suivi
follow-up-do = Noter un suivi
follow-up-new = Ce qui a été tenté
follow-up-means = Moyen
follow-up-result = Résultat
follow-up-note = Note
follow-up-relatives = Famille
follow-up-log = Déjà tenté
follow-up-none = Rien encore.
means-phone = Téléphone
means-mail = Courriel
means-letter = Courrier
means-visit = Visite
means-material = Matériel prêté
reached-back = joint, reprend les cours
reached-answered = a répondu
reached-no-answer = sans réponse
reached-wrong-number = coordonnées fausses
reached-under-way = en cours
notice-follow-up-kept = Le suivi est enregistré.

on-site-title = Accueil sur place
on-site-intro = Registre des enfants de personnels prioritaires accueillis dans l’établissement.
on-site-places = { $count } sur { $places } places
on-site-count = { $count ->
    [0] aucun enfant
    [one] un enfant
   *[other] { $count } enfants
}
on-site-nobody = Aucun enfant inscrit ce jour.
on-site-by = Inscrit par { $name }, { $when }
on-site-add = Inscrire un enfant
on-site-note = Note
on-site-receive = Inscrire
on-site-out = Retirer
on-site-full = Toutes les places sont prises ; une inscription reste possible.
notice-on-site-received = L’enfant est inscrit au registre.
notice-on-site-out = L’enfant est retiré du registre.

notices-title = Avis
notices-none = { $who ->
    [tu] Rien de nouveau pour toi.
   *[vous] Rien de nouveau pour vous.
}
notices-all = Tous les avis
notices-read = Lu
notices-read-all = Tout marquer comme lu
notices-open = Voir
told-something = Du nouveau
told-roll-missing = L’appel n’est pas fait : { $subject }, { $groups }, { $starts_at }.
told-absence-morning = { $pupil } a été noté absent { $on_day }, le matin, sans motif connu.
told-absence-afternoon = { $pupil } a été noté absent { $on_day }, l’après-midi, sans motif connu.
told-absence-accepted = Le motif d’absence de { $pupil } ({ $on_day }) est accepté.
told-absence-refused = Le motif d’absence de { $pupil } ({ $on_day }) n’est pas accepté.

mails-title = Courriels
mails-intro = { $who ->
    [tu] Ce que tu reçois aussi par courriel.
   *[vous] Ce que vous recevez aussi par courriel.
}
mail-kind-absence = Absences sans motif connu
mail-kind-lesson = Changements de cours
mail-kind-work = Travail donné et rendu
mail-kind-receipt = Accusés de réception
mail-absence-subject = Absence de { $pupil }
mail-absence-text =
    Bonjour,

    { $pupil } a été noté absent par { $school } ({ $day }, { $half }), et nous n’en connaissons pas la raison.

    Si une connexion n’a pas fonctionné, ou pour donner un motif :
    { $link }

    Si c’est une erreur, dites-le à la vie scolaire : elle corrigera l’appel.
mail-absence-sign-in = connectez-vous, puis ouvrez « Absences ».

mail-list-title = Courriels et tâches
mail-list-intro = Ce qui attend, est parti ou a été abandonné. Adresses et textes ne sont pas montrés.
mail-list-demo = Démonstration : rien ne quitte cette machine. Voici ce qui serait parti.
mail-list-waiting = { $count ->
    [0] Aucun courriel n’attend.
    [one] Un courriel attend.
   *[other] { $count } courriels attendent.
}
mail-list-latest = Derniers courriels
mail-list-none = Aucun courriel.
mail-waiting = en attente
mail-sent = parti
mail-would-be-sent = serait parti
mail-given-up = abandonné
mail-tries = { $count } essais
mail-read = Lire
mail-list-failures = Courriels qui ne sont pas partis
mail-list-failures-help = Chacun est essayé { $count } fois en deux jours, puis abandonné. Une adresse refusée se corrige sur la page de la personne.
mail-retry = Réessayer
mail-retry-all = Réessayer tous ceux qui sont abandonnés
mail-again-at = nouvel essai : { $when }
act-mail-retry = courriel remis en attente
notice-mails-again = Les courriels sont remis en attente.
mail-failure-address = adresse qui n’en est pas une
mail-failure-too-long = texte trop long
mail-failure-full = trop de courriels en attente
mail-failure-refused = refusé par le serveur de messagerie
mail-failure-not-now = pas pris pour l’instant
mail-failure-timeout = le serveur de messagerie ne répond pas à temps
mail-failure-tls = connexion chiffrée impossible
mail-failure-no-smtp = ce n’est pas un serveur de messagerie qui répond
mail-failure-client = échange interrompu
mail-failure-connection = serveur de messagerie injoignable
mail-failure-closed = envoi arrêté
mail-failure-no-server = aucun serveur de messagerie n’est configuré
mail-failure-unanswered = pris plusieurs fois sans que l’on sache s’il est parti
job-list = Tâches de fond
job-none = Aucune tâche n’a encore eu à faire.
job-name = Tâche
job-done = Fait
roll-no-school = Il n’y a pas classe ce jour-là. Personne ne demande cet appel, et il ne compte aucune demi-journée : faites-le si vous voulez garder la trace de qui était là.
roll-closed-late = La fermeture de ce jour a été saisie après le début de ce cours. S’il a eu lieu, confirmez l’appel : il comptera. Sinon, personne ne le demande.
roll-if-wanted = si vous voulez
