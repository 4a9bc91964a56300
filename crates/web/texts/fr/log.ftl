# Cahier de textes, progressions, charge de travail.

nav-log = Cahier
log-title = Cahier de textes
log-of = Cahier de textes : { $name }
log-write = Remplir le cahier de textes
log-fill = Remplir
log-prepare = Préparer
log-open = Voir la séance
log-show = Afficher
log-earlier = Plus ancien
log-later = Plus récent
log-other-days = Autres jours
log-all-subjects = Toutes les matières
log-nothing = Rien n’est écrit pour ces jours.
log-cut = Les { $count } séances les plus récentes sont affichées.
log-cut-days = Choisissez moins de jours pour voir les autres.
lead-cut = Les { $count } premières lignes de chaque liste sont affichées.
log-missing-more = Et { $count } de plus.
log-ways-help = Rien de coché : rien n’est à rendre. Sinon, jusqu’à la fin du jour ; échéance, barème et élèves se règlent sur la page du travail.
log-visa-remark = Remarque aux enseignants
log-visa-remark-read = Remarque avec le visa :
log-archive-files = Fichiers joints :
log-archive-zip = Fichiers joints (ZIP)
told-log-visa = { $how_many ->
    [one] Une de vos séances a reçu le visa : { $remark }
   *[other] { $count } de vos séances ont reçu le visa : { $remark }
}
log-due = pour { $day }
log-about-minutes = environ { $minutes } min
log-test = Contrôle
log-signed = visé
log-draft = brouillon
log-draft-help = La classe ne le lit pas encore.
log-additions = { $count ->
    [one] { $count } ajout
   *[other] { $count } ajouts
}
log-by = { $author }, { $when }
log-signed-by = Visa : { $author }, { $when }
log-bare = Il n’y a pas de cahier de textes à lire ici pour l’instant.
log-children = Cahier de textes de vos enfants
log-lead = Cahiers de textes de l’établissement
log-readings = Lectures ouvertes
log-readings-mine = Cahiers de textes ouverts à votre lecture
log-reading-until = jusqu’au { $day } inclus

log-missing = { $count ->
    [0] Cahier à jour
    [one] { $count } séance à remplir
   *[other] { $count } séances à remplir
}
log-missing-none = Toutes les séances des quatre dernières semaines sont remplies.
log-coming = Séances à venir
log-lately = Dernières séances remplies
log-classes = Vos classes
log-archives = Archives

log-body = Ce qui a été fait
log-body-help = Une ligne vide sépare les paragraphes ; une ligne qui commence par un tiret devient une liste ; une adresse qui commence par https:// devient un lien.
log-work = Travail à faire
log-work-given = Déjà donné à cette séance :
log-for = À faire pour
log-for-next = le prochain cours ({ $day })
log-for-day = une autre date
log-no-next = Aucun prochain cours de cette matière n’est prévu : choisissez une date.
log-minutes = Durée en minutes
log-is-test = C’est un contrôle
log-note = Note personnelle
log-note-help = Personne d’autre ne la lit.
log-publish = Publier
log-keep-draft = Garder en brouillon
log-withdraw = Retirer à la classe
log-before = Séances précédentes
log-planned = Travail prévu : { $title }
log-restored = Votre texte non enregistré a été retrouvé.
log-restored-drop = L’abandonner

log-changed = Un autre texte a été enregistré entre-temps
log-changed-by = Voici le texte de { $author }, enregistré { $when }. Le vôtre est dans le formulaire : rien n’est perdu.
log-changed-do = Reprenez ce qu’il faut de l’un dans l’autre, puis enregistrez. Le texte remplacé reste dans les versions précédentes.
log-keep-mine = Enregistrer mon texte
log-added-before = Ce formulaire a déjà servi pour un autre ajout, qui est enregistré. Celui-ci ne l’est pas : envoyez de nouveau pour l’ajouter aussi.
log-work-set-before = Ce formulaire a déjà donné le travail « { $title } », tel qu’il était. Rien de ce que vous venez de saisir n’est enregistré : enregistrez de nouveau pour donner ce travail en plus, ou effacez-le d’ici.
log-closed = Cette séance ne peut plus être modifiée : elle est visée ou d’une année passée. Votre texte est conservé ci-dessous.
log-not-signed = Cette séance n’est pas visée : modifiez-la directement.
log-add = Ajouter sous cette séance
log-add-help = Le texte visé ne change plus. Un ajout porte votre nom et la date.
log-addition = Ajout
log-additions-max = { $most } ajouts au plus sous une séance.
log-files = Fichiers
log-files-add = Joindre des fichiers
log-files-send = Joindre
log-file-remove = Retirer
log-copy = Copier dans une autre classe
log-copy-to = Séance
log-copy-button = Copier en brouillon
log-revisions = Versions précédentes
log-fault-empty = Écrivez ce qui a été fait, ou donnez un travail.
log-fault-work = Donnez un titre au travail.
log-fault-minutes = Un nombre de minutes de 1 à { $most }.
log-fault-no-next = Aucun prochain cours n’est prévu : choisissez une date.

log-visa = Viser
log-visa-help = Le visa signe toutes les séances publiées de cette période. Leur texte ne change plus ensuite ; seuls des ajouts datés restent possibles. Une séance modifiée depuis l’affichage de cette page n’est pas visée.
log-visa-all = Viser tout l’établissement pour cette période
log-visa-count = { $count ->
    [one] Viser { $count } séance
   *[other] Viser { $count } séances
}
log-archives-help = Une page par classe et par année, avec son empreinte. Les enseignants téléchargent celles où figurent leurs cours.
log-year = Année scolaire
log-archive-make = Archiver
log-archive-line = { $count ->
    [one] { $count } séance, archivée { $when }
   *[other] { $count } séances, archivées { $when }
}
log-archive-year = Année scolaire { $year }
log-archive-entries = { $count ->
    [one] { $count } séance
   *[other] { $count } séances
}

lead-all = tout l’établissement
lead-from = Du
lead-to = au
lead-classes = Par classe
lead-teachers = Par enseignant
lead-class = Classe
lead-teacher = Enseignant
lead-held = Cours
lead-missing = À remplir
lead-unsigned = À viser
lead-held-count = { $count } cours
lead-missing-count = { $count ->
    [one] { $count } à remplir
   *[other] { $count } à remplir
}
lead-complete = complet
lead-unsigned-count = { $count ->
    [one] { $count } à viser
   *[other] { $count } à viser
}
lead-all-signed = tout est visé
lead-none = Aucun cours sur cette période.

readings-new = Ouvrir à la lecture
readings-open = Ouvrir
readings-help = Un inspecteur invité dans l’établissement lit les séances publiées d’un enseignant ou d’une matière, jusqu’à la date choisie. Il ne voit ni les brouillons, ni les notes personnelles, ni les élèves.
readings-reader = Identifiant de la personne
readings-reader-help = Elle a un compte d’invité dans l’établissement, ou y travaille.
readings-nobody = Personne d’invité ou du personnel n’a cet identifiant ici.
readings-all-teachers = Tous les enseignants
readings-until = Jusqu’au
readings-end = Fermer
readings-over = fermée
readings-none = Aucune lecture n’a été ouverte.

load-title = Charge de travail
load-of = Charge de travail : { $name }
load-help = Tout le travail donné à ces élèves, toutes matières et tous groupes réunis. Un travail sans durée compte pour 20 minutes. Une journée est pleine à partir de 60 minutes ou d’un contrôle, trop lourde à partir de 120 minutes ou de deux contrôles.
load-day = Jour
load-work = Travail
load-minutes = { $minutes } min
load-pieces = { $count ->
    [one] { $count } travail
   *[other] { $count } travaux
}
load-tests = { $count ->
    [one] { $count } contrôle
   *[other] { $count } contrôles
}
load-weight = Charge
load-line = { $subject } : { $title }
load-free = libre
load-fair = légère
load-full = pleine
load-heavy = trop lourde

plan-title = Progressions
plan-help = Une progression est une suite de séances préparées. Vous l’appliquez à une classe en une fois : ses prochains cours reçoivent des brouillons. Elle resservira l’an prochain.
plan-none = Vous n’avez pas encore de progression.
plan-new = Nouvelle progression
plan-name = Nom
plan-from = Point de départ
plan-from-nothing = Une progression vide
plan-from-class = Le cahier de textes de { $name } de cette année
plan-make = Créer
plan-steps = { $count ->
    [0] aucune séance
    [one] { $count } séance
   *[other] { $count } séances
}
plan-the-steps = Séances préparées
plan-no-step = Aucune séance préparée.
plan-step = Séance préparée
plan-step-add = Ajouter une séance
plan-step-title = Titre de la séance
plan-body = Contenu de la séance
plan-work = Travail à donner
plan-step-remove = Retirer
plan-up = Monter
plan-down = Descendre
plan-apply = Appliquer à une classe
plan-apply-help = Les séances que la classe n’a pas encore eues deviennent les brouillons de ses prochains cours de cette matière où rien n’est écrit.
plan-apply-button = Appliquer
plan-where = Où en est la classe
plan-more = Renommer, copier ou supprimer
plan-copy = Copier pour une autre année
plan-copy-of = { $title } (copie)
plan-remove = Supprimer
plan-changed = Un autre texte a été enregistré entre-temps : « { $text } ». Le vôtre est dans le formulaire ; en l’enregistrant, vous le remplacez.
plan-fault-title = Un nom de { $most } caractères au plus.
plan-fault-many = { $most } progressions au plus : supprimez-en une.
plan-fault-minutes = Un nombre de minutes.

kept-title = Rien n’est perdu
kept-signed-out = Votre session a pris fin avant l’enregistrement. Ce que vous avez saisi est sur cette page.
kept-sign-in = Se connecter dans un nouvel onglet
kept-then = Une fois connecté, revenez sur cette page et envoyez de nouveau.
kept-send = Envoyer de nouveau
kept-signed-in = Vous êtes de nouveau connecté. Ce que vous avez saisi n’est pas encore enregistré.
kept-text = Votre texte
kept-again = { $who ->
    [tu] Ce que tu as écrit est sur cette page. Garde-la ouverte, et envoie-la de nouveau dans un moment.
   *[vous] Ce que vous avez écrit est sur cette page. Gardez-la ouverte, et envoyez-la de nouveau dans un moment.
}
kept-files = Les fichiers, eux, sont à choisir de nouveau.

notice-log-draft = Le brouillon est enregistré. La classe ne le lit pas.
notice-log-published = La séance est publiée.
notice-log-published-work = La séance est publiée et le travail est donné.
notice-log-added = L’ajout est enregistré.
notice-log-files = Les fichiers sont joints.
notice-log-files-not = Des fichiers n’ont pas été joints : trop lourds, trop nombreux, ou l’envoi a été coupé.
notice-log-file-removed = Le fichier est retiré.
notice-log-copied = La séance est copiée en brouillon : relisez-la, puis publiez-la.
notice-log-not-copied = Rien n’a été copié : ce cours a déjà son texte.
notice-log-signed = Les séances sont visées.
notice-log-none-signed = Il n’y avait rien à viser.
notice-log-archived = L’archive est à jour.
notice-log-opened = La lecture est ouverte.
notice-log-ended = La lecture est fermée.
notice-plan-made = La progression est créée.
notice-plan-copied = La progression est copiée.
notice-plan-removed = La progression est supprimée. Les séances déjà écrites restent.
notice-plan-step = La séance est ajoutée.
notice-plan-step-removed = La séance est retirée.
notice-plan-full = La progression est pleine.
notice-plan-applied = Les prochains cours de la classe ont leurs brouillons.
notice-plan-not-applied = Aucun cours à venir sans texte, ou plus de séance à donner : rien n’a changé.
