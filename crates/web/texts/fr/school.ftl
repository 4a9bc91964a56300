# Accueil, emploi du temps, travail, personnes, classes, administration.

nav-week = Semaine
nav-homework = Travail
nav-school = Établissement
change = Modifier
add = Ajouter
paging = Pages de la liste
paging-before = Page précédente
paging-after = Page suivante
paging-page = page { $page }

lesson-now = maintenant
lesson-cancelled = annulé
lesson-closed = terminé
lesson-unnamed = Cours
in-minutes = dans { $minutes } min
in-hours = dans { $hours } h { $minutes }
minutes = { $minutes } minutes

home-now = Maintenant
home-join = Rejoindre la classe
home-since = Le cours a commencé il y a { $minutes } min
home-day = { $who ->
    [tu] Ma journée
   *[vous] Votre journée
}
home-week = Toute la semaine
home-no-lesson = Aucun cours aujourd’hui.
home-past = Cours passés
home-next = Prochain cours : { $subject }, { $when }.
home-todo = À faire
home-all-work = Tout voir
home-nothing = { $who ->
    [tu] Rien à faire pour les jours qui viennent. Profites-en !
   *[vous] Rien à faire pour les jours qui viennent.
}
home-child-nothing = Rien à faire pour les jours qui viennent.
home-child-day = Aujourd’hui
home-set = Travail donné
home-nothing-set = Aucun travail donné pour les jours qui viennent.
home-taught = Vos classes et groupes
home-on-now = Cours en ce moment
home-nothing-on = Aucun cours en ce moment.
home-more-on = { $count ->
    [one] Voir un autre cours
   *[other] Voir les { $count } autres cours
}
home-on-count = { $count ->
    [one] Un cours en direct
   *[other] { $count } cours en direct
}, { $led ->
    [0] aucun professeur n’est encore là
    [one] un professeur est là
   *[other] { $led } professeurs sont là
}
home-platform = Plateforme
home-bare = { $who ->
    [tu] Ton compte est prêt, mais tu n’es encore dans aucune classe. Préviens ton établissement.
   *[vous] Votre compte est prêt, mais il n’est encore rattaché à aucun enfant ni à aucun établissement. Adressez-vous à l’établissement.
}
present-classmates = { $count ->
    [one] Un camarade est là
   *[other] { $count } camarades sont là
}
present-pupils = { $count ->
    [0] Aucun élève
    [one] Un élève est là
   *[other] { $count } élèves sont là
}
present-teacher = Le professeur est là
present-no-teacher = Le professeur n’est pas là
present-nobody = personne n’est là

missing-title = Ce qu’il reste à préparer
missing-pupils = Ajouter les élèves
missing-teachers = Ajouter les enseignants
missing-groups = Créer les classes
missing-teaching = Affecter des enseignants aux classes
missing-codes = Imprimer les codes d’activation : personne ne peut encore se connecter
missing-lessons = Saisir l’emploi du temps, ou laisser les enseignants ouvrir leurs cours

week-own = { $who ->
    [tu] Ma semaine
   *[vous] Votre semaine
}
week-of = Semaine : { $name }
week-span = du { $from } au { $to }
week-other = Autres semaines
week-today = Aller à aujourd’hui
week-free = Pas de cours.

form-optional = (facultatif)
form-sent-before = Ce formulaire a déjà été envoyé, avec autre chose, et c’est enregistré. Ce que vous venez de saisir ne l’est pas : envoyez de nouveau pour l’enregistrer en plus.
form-faulty = Quelque chose est à corriger ci-dessous. Rien n’est perdu, rien n’est encore enregistré.
form-choose = Choisir…
form-overtaken = Une modification a été enregistrée entre-temps, dans un autre onglet ou par une autre personne. Rien n’a été écrasé : votre saisie est ci-dessous ; là où elle diffère, ce qui est enregistré est indiqué. Vérifiez, puis enregistrez.
form-stored = Enregistré entre-temps : { $value }
form-stored-nothing = (vide)
form-stored-yes = oui
form-stored-no = non
form-nothing-to-choose = Rien à choisir pour le moment.
fault-empty = À remplir.
fault-long = Trop long : { $most } caractères au plus.
fault-email = Cette adresse n’a pas la forme nom@domaine.
fault-day = Un jour, par exemple 24/11/2026.
fault-day-range = Ce jour est trop loin, ou déjà passé.
fault-time = Une heure, par exemple 9:05.
fault-end = La fin doit venir après le début, au plus douze heures plus tard.
fault-choose = Un choix de la liste est nécessaire.
fault-groups = Il faut au moins une classe ou un groupe, et vingt au plus.
fault-teachers = Dix enseignants au plus.
fault-uai = Un code UAI a sept chiffres et une lettre.
fault-uai-taken = Un établissement a déjà ce code.
fault-group-taken = Une classe ou un groupe porte déjà ce nom.
fault-child = Aucun élève de l’établissement n’a cet identifiant.

open-title = Ouvrir une classe
open-intro = Le cours commence tout de suite. Les élèves de la classe le voient aussitôt sur leur page d’accueil.
open-none = Vous n’enseignez encore dans aucune classe : l’administrateur de l’établissement vous y affecte.
open-group = Classe ou groupe
open-subject-help = Laissez vide pour la matière que vous enseignez à cette classe.
open-minutes = Durée
open-button = Ouvrir maintenant

homework-none-then = Aucun travail pour ces jours-là.
homework-other-days = Autres jours
homework-earlier = Travaux plus anciens
homework-later = Travaux plus récents
homework-list = Travail à faire
homework-new = Donner du travail
homework-set = Donner ce travail
homework-title = Intitulé
homework-body = Consigne
homework-day = Pour le
homework-for = pour { $day }
homework-remove = Retirer ce travail
notice-homework-set = Le travail est donné : les élèves le voient.
notice-homework-removed = Le travail est retiré.

schools-title = Établissements
schools-none = Aucun établissement pour le moment.
school-new = Ajouter un établissement
school-name = Nom de l’établissement
school-uai = Code UAI
school-uai-help = Sept chiffres et une lettre. Il sert à retrouver l’établissement dans les annuaires importés.
school-kind = Type
school-kind-ecole = École
school-kind-college = Collège
school-kind-lycee = Lycée
school-city = Commune
school-code = UAI { $uai }
school-people = Personnes
school-groups = Classes et groupes
school-lessons = Cours du jour
school-do = Organisation
school-active = { $count ->
    [0] aucun compte activé
    [one] un compte activé
   *[other] { $count } comptes activés
}
school-today = { $count ->
    [0] aucun cours aujourd’hui
    [one] un cours aujourd’hui
   *[other] { $count } cours aujourd’hui
}

profile-pupil = élève
profile-relative = responsable
profile-teacher = enseignant
profile-school_life = vie scolaire
profile-head = direction
profile-staff = personnel
profile-administrator = administrateur
profiles-pupil = Élèves
profiles-relative = Responsables
profiles-teacher = Enseignants
profiles-school_life = Vie scolaire
profiles-head = Direction
profiles-staff = Autres personnels
profiles-administrator = Administrateurs

people-search = Nom ou identifiant
people-search-button = Chercher
people-all = Tout le monde
people-none = Personne pour le moment.
people-nobody = Personne ne correspond.
people-name = Nom
people-groups = Classes et groupes
people-state = Compte
state-active = actif
state-none = pas activé
state-suspended = suspendu
state-code = code jusqu’au { $day }

person-new = Ajouter une personne
person-new-intro = L’identifiant et le code d’activation sont faits tout de suite, et montrés une seule fois.
person-create = Ajouter et montrer le code
person-profile = Rôle
person-given = Prénom
person-family = Nom
person-title = Civilité
person-no-title = Sans
person-email = Adresse électronique
person-email-help = Pour choisir un nouveau mot de passe sans passer par l’établissement.
person-class = Classe
person-no-class = Aucune
person-class-help = Pour un élève.
person-child = Identifiant de l’enfant
person-child-help = Pour un responsable : l’identifiant de l’élève, comme max.leroy.
person-teaches = Enseigne à
person-week = Voir la semaine
person-code = Nouveau code
person-code-help = Mot de passe oublié ou compte à activer : un nouveau code est montré une seule fois. L’ancien mot de passe cesse aussitôt de servir.
person-change = Modifier
person-suspend = Suspendre le compte
person-restore = Rétablir le compte
person-left = Cette personne a quitté l’établissement : { $day }. Ce qui est personnel sera effacé le { $until } au plus tard.
person-forgotten = Cette personne est partie, et ce qui était personnel a été effacé : { $day }.
person-roles = Rôles
person-no-role = Aucun rôle pour le moment.
person-add-role = Ajouter un rôle
person-end = Retirer
person-school = Établissement
person-relatives = Responsables
person-children = Enfants
person-no-child = Aucun enfant pour le moment.
notice-saved = C’est enregistré.
notice-suspended = Le compte est suspendu : ses connexions prennent fin dans les cinq secondes.
notice-restored = Le compte est rétabli.
notice-not-yourself = Cela ne se fait pas sur son propre compte.
notice-no-such-pupil = Aucun élève de l’établissement n’a cet identifiant.

group-new = Ajouter une classe ou un groupe
group-kind = Sorte
group-kind-class = Classe
group-kind-group = Groupe
group-name = Nom, comme 6e B
group-rename = Renommer
group-forgotten = Mot de passe oublié
group-archive-help = La classe quitte les listes. Ses cours et son travail sont gardés, ses élèves et ses enseignants gardent leur compte.
group-archive = Archiver
group-week = Emploi du temps
group-no-pupil = Aucun élève pour le moment.
group-find-pupil = Ajouter un élève : nom ou identifiant
group-take-out = Retirer
group-teachers = Enseignants
group-no-teacher = Personne n’enseigne encore ici : sans enseignant, aucun cours ne s’ouvre.
group-no-teacher-yet = L’établissement n’a encore aucun enseignant.
group-leads = professeur principal
group-leads-box = Professeur principal de la classe
group-teacher = Enseignant
group-assign = Affecter un enseignant
group-assign-button = Affecter
groups-none = Aucune classe pour le moment.
groups-classes = Classes
groups-groups = Groupes
groups-no-teacher = aucun enseignant
notice-group-archived = La classe est archivée ; ses cours et son travail sont gardés.
count-pupils = { $count ->
    [0] aucun élève
    [one] un élève
   *[other] { $count } élèves
}
count-teachers = { $count ->
    [0] aucun enseignant
    [one] un enseignant
   *[other] { $count } enseignants
}

lesson-new = Ajouter un cours
lesson-change = Modifier le cours
lesson-subject = Matière
lesson-day = Jour
lesson-start = Début
lesson-end = Fin
lesson-groups = Classes et groupes
lesson-teachers = Enseignants
lesson-room = Salle
lesson-cancel = Annuler
lesson-restore = Rétablir
lessons-before = Jour précédent
lessons-after = Jour suivant
lessons-go = Voir ce jour
lessons-none = Aucun cours ce jour-là.
notice-lesson-cancelled = Le cours est annulé : élèves et enseignants le voient.
notice-lesson-restored = Le cours est rétabli.

codes-title = Codes d’activation
codes-intro = Une fiche par personne, à imprimer et à distribuer. Un code sert une fois, pendant quatorze jours ; une nouvelle impression remplace les codes d’avant.
codes-button = Faire les fiches
codes-whose = Pour qui
codes-group = Classe ou groupe
codes-group-help = Pour les responsables : ceux des élèves de cette classe.
codes-everybody = Tout l’établissement
codes-renew = Aussi pour ceux qui ont déjà un mot de passe
codes-renew-help = Leur mot de passe cesse de servir : à n’utiliser que si tous l’ont perdu.
codes-nobody = Personne ici n’attend de code.
codes-too-many = Plus de { $most } personnes : choisissez une classe.
codes-of = Code pour { $name }
codes-once = { $count ->
    [one] Ce code n’est montré que cette fois : imprimez la page ou recopiez-le avant de la quitter.
   *[other] Ces { $count } codes ne sont montrés que cette fois : imprimez la page avant de la quitter.
}
codes-skipped = Pas de code pour ces personnes, dont le compte demande plus de droits que les vôtres :
card-login = Identifiant
card-code = Code
card-where = Adresse : { $address }
card-until = Bon jusqu’au { $day } inclus, une seule fois.
card-secret = Ce code est personnel : il ne se donne à personne.
card-qr = Code à scanner pour activer le compte

audit-title = Journal des actes
audit-intro = Qui a fait quoi sur les comptes, les classes et les cours. Rien ne s’y efface.
audit-none = Rien pour le moment.
audit-when = Quand
audit-who = Par qui
audit-what = Acte
audit-on = Sur
audit-detail = Détail
audit-older = Plus ancien
audit-command-line = ligne de commande
act-media-headers = connexion d’une classe examinée (en-têtes)
act-school-create = établissement ajouté
act-person-create = personne ajoutée
act-person-change = nom ou adresse modifiés
act-person-suspend = compte suspendu
act-person-restore = compte rétabli
act-profile-add = rôle ajouté
act-profile-end = rôle retiré
act-relation-add = responsable rattaché
act-relation-end = responsable détaché
act-code-renew = nouveau code
act-codes-print = codes imprimés
act-group-create = classe ou groupe ajouté
act-group-rename = classe ou groupe renommé
act-group-archive = classe ou groupe archivé
act-group-pupil-add = élève ajouté
act-group-pupil-end = élève retiré
act-teaching-assign = enseignant affecté
act-teaching-end = enseignant retiré
act-lesson-create = cours ajouté
act-lesson-change = cours modifié
act-lesson-cancel = cours annulé
act-lesson-restore = cours rétabli
