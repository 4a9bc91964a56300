profile-guest = invité
profiles-guest = Invités

sign-in-card = J’ai une carte avec des images
card-sign-in-title = Ma carte
card-sign-in-what = Scanne ta carte avec l’appareil photo, ou recopie ici les lettres écrites dessus.
card-sign-in-code = Les lettres de ma carte
card-sign-in-help = Neuf lettres et chiffres, comme K7P-MA4-X9W. Un adulte peut t’aider.
card-sign-in-password = J’ai un identifiant et un mot de passe
card-sign-in-mistyped = Il y a une erreur dans ces lettres. Regarde bien ta carte et recommence.
card-sign-in-unknown = Cette carte ne marche pas, ou ne marche plus. Demandes-en une autre à ton enseignant.
card-sign-in-dead = Il y a eu trop d’essais : cette carte ne marche plus. Demandes-en une autre à ton enseignant.
card-sign-in-wrong = Ce ne sont pas les bonnes images. Recommence, dans l’ordre ; ton enseignant peut te les rappeler.
card-sign-in-wait = Trop d’essais : attends { $wait } et recommence.
card-sign-in-pictures = { $count ->
    [one] Touche ta dernière image
   *[other] Touche tes { $count } images, dans l’ordre
}
card-sign-in-tapped = Images déjà touchées
card-sign-in-again = Recommencer
card-sign-in-own = Cet appareil est à moi
picture-sun = soleil
picture-moon = lune
picture-star = étoile
picture-flower = fleur
picture-tree = arbre
picture-house = maison
picture-fish = poisson
picture-cat = chat
picture-balloon = ballon
picture-boat = bateau
picture-car = voiture
picture-apple = pomme

cards-title = Cartes de connexion
cards-intro = Pour les plus jeunes : un code à scanner et trois images à retenir, sans mot de passe. Une carte imprimée de nouveau remplace la précédente, et ferme ce qu’elle avait ouvert.
cards-choose = Cochez les élèves dont vous voulez imprimer une nouvelle carte.
cards-not-here = Les cartes sont pour les élèves d’école maternelle et élémentaire : il n’y en a pas dans ce groupe. Une personne qui administre l’établissement peut en ouvrir l’usage à tous ses élèves.
cards-beyond = Des cartes pour tous les élèves de l’établissement
cards-beyond-help = Sans cela, les cartes ne servent qu’aux élèves d’école maternelle et élémentaire. Une carte protège moins qu’un mot de passe.
cards-made = Carte
cards-used = Dernière connexion
cards-end = Fin
cards-none = pas de carte
cards-made-on = faite le { $day }
cards-used-on = utilisée le { $day }
cards-revoke = Révoquer la carte
cards-print = Faire les cartes
cards-of = Carte de { $name }
cards-once = { $count ->
    [one] Cette carte n’est montrée que cette fois : imprimez la page avant de la quitter.
   *[other] Ces { $count } cartes ne sont montrées que cette fois : imprimez la page avant de la quitter.
}
cards-skipped = Pas de carte pour ces personnes, qui ne sont pas seulement élèves, ou pas de vos élèves :
cards-pictures = Images secrètes, dans l’ordre
cards-pictures-what = Pour vous : gardez cette page. Chaque élève apprend ses trois images par cœur ; elles ne sont pas sur sa carte.
cards-qr = Code à scanner pour se connecter
cards-where = Scanne le code, ou va à { $address } et tape les lettres.
cards-how = Puis touche tes trois images secrètes, dans l’ordre. Cette carte est à toi : ne la prête pas.
notice-no-card = Aucune carte n’a été faite : cochez au moins un de vos élèves.
notice-card-revoked = La carte ne sert plus ; ce qu’elle avait ouvert prend fin dans les cinq secondes.
person-card-has = Cet élève a une carte de connexion. Une nouvelle carte remplace la précédente.
person-card-none = Carte de connexion avec un code à scanner et trois images, pour les plus jeunes.
person-card-ends = Cet élève n’est plus de ceux qui se connectent avec une carte : la sienne n’ouvre plus rien.
person-card-give = Faire une carte

relations-title = Droits des responsables
relations-intro = Ce que chaque responsable voit et peut faire pour cet élève. Ce que vous réglez ici l’emporte sur les imports.
relations-changed = { $name } : ces droits ont été modifiés entre-temps, dans un autre onglet ou par une autre personne. Rien n’a été écrasé : voici ce qui vaut maintenant. Vérifiez, puis réglez de nouveau si nécessaire.
relations-none = Aucun responsable pour le moment.
relation-day = Voit l’emploi du temps, le cahier de textes et le travail
relation-attendance = Voit les absences et en est prévenu
relation-declare = Peut déclarer une absence
relation-sign = Peut signer, et demander les données de l’élève
relation-kind-legal = représentant légal
relation-kind-in_charge = personne en charge
relation-kind-contact = personne à contacter
relation-barred = écarté
relation-bar = Écarter ce responsable
relation-bar-help = Ne verra plus rien de cet élève et ne sera plus prévenu, même si un import le rattache de nouveau.
relation-allow = Ne plus écarter
relation-barred-help = Ne voit rien de cet élève et n’est prévenu de rien, quoi que disent les imports.

merge-title = Fusionner avec un autre compte
merge-intro = Quand une même personne a deux comptes : tout ce qui est à l’autre compte passe à celui-ci, et l’autre ne sert plus.
merge-with = Identifiant de l’autre compte
merge-look = Comparer
merge-unknown = Aucun autre compte que vous gérez n’a cet identifiant.
merge-namesakes = Du même nom dans l’établissement :
merge-stays = Compte gardé
merge-goes = Compte fusionné
merge-family = Famille
merge-keep = Ce qui est gardé
merge-login = Identifiant et mot de passe
merge-identity = Date de naissance et INE
merge-identity-own = ceux du compte gardé
merge-identity-other = ceux du compte fusionné
merge-warning = Une fusion ne se défait pas. Les connexions du compte fusionné prennent fin.
merge-button = Fusionner les deux comptes
notice-merged = Les deux comptes n’en font plus qu’un.
notice-no-merge = Ces deux comptes ne peuvent pas être fusionnés.

identity-title = INE et date de naissance
identity-birth = Naissance
identity-ine = INE
identity-noted = Cette consultation est notée dans le journal des actes.

year-title = Changement d’année
year-now = Année scolaire { $year }
year-nothing = Toutes les classes sont de cette année : il n’y a rien à archiver.
year-what = { $count ->
    [one] Une classe ou un groupe sera archivé, avec ses cours et son travail.
   *[other] { $count } classes et groupes seront archivés, avec leurs cours et leur travail.
}
year-before-import = À faire après le dernier cours et avant le premier import de la nouvelle année, qui fera les nouvelles classes : tant que ce n’est pas fait, un import qui nomme une de ces classes est refusé et ne change rien dans l’établissement. Une classe qui continue se remet dans les listes après coup. Les comptes restent.
year-button = Archiver ces classes
year-archive = Archives
year-archive-empty = Rien dans les archives.
year-restore = Remettre dans les listes
notice-year-rolled = Les classes de l’année passée sont archivées.
group-merge-link = Fusionner avec un autre groupe
group-merge-title = Fusionner avec { $name }
group-merge-intro = Les élèves, les enseignants, les cours et le travail de l’autre passent ici, et l’autre est archivé.
group-merge-other = Classe ou groupe qui disparaît
group-merge-button = Fusionner
fault-group-merge = Choisissez une autre classe, ou un autre groupe de même sorte.
notice-group-merged = Les deux n’en font plus qu’un.

territories-title = Territoires
territories-none = Aucun territoire pour le moment : ils sont créés quand un établissement a un code (UAI).
territories-unplaced = { $count ->
    [one] Un établissement n’est dans aucun territoire.
   *[other] { $count } établissements ne sont dans aucun territoire.
}
territory-new = Ajouter un territoire
territory-new-intro = Régions, académies et départements viennent d’eux-mêmes avec les codes des établissements ; ceci est pour les autres.
territory-kind = Sorte
territory-kind-region = région
territory-kind-academy = académie
territory-kind-department = département
territory-kind-commune = commune
territory-name = Nom
territory-code = Code
territory-code-help = Code INSEE d’une région ou d’un département.
territory-parent = Fait partie de
fault-territory-parent = Une académie est dans une région, un département dans une académie, une commune dans un département.
fault-territory-taken = Ce territoire existe déjà.
territory-path = Chemin
territory-people = Personnes
territory-administrators = Administrateurs du territoire
territory-no-administrator = Personne pour le moment.
territory-administrator-help = Une personne qui a un territoire administre tous ses établissements. Elle doit avoir déjà un compte.
territory-below = Dans ce territoire
territory-active = Comptes actifs
territory-active-count = { $count ->
    [0] aucun actif
    [one] un actif
   *[other] { $count } actifs
}
territory-place = Territoire de l’établissement
territory-place-intro = D’habitude, le code de l’établissement et sa commune le disent. Ce que vous choisissez ici l’emporte ; rien de choisi revient au code.
territory-of-school = Territoire
count-schools = { $count ->
    [0] aucun établissement
    [one] un établissement
   *[other] { $count } établissements
}
notice-no-such-login = Personne n’a cet identifiant.

import-title = Importer des personnes
import-aaf-what = L’annuaire fédérateur (AAF), complet : les fichiers XML, ou une archive ZIP. D’abord un essai à blanc : rien n’est changé.
import-csv-what = Un tableau (CSV) des élèves, des responsables ou des personnels de l’établissement. D’abord un essai à blanc : rien n’est changé.
import-academy = Nom de l’alimentation
import-academy-help = À remplir s’il y en a plusieurs, par exemple « creteil » : chacune n’ajoute et ne retire que ses propres personnes.
import-files = Fichiers
import-try = Essayer à blanc
import-apply = Appliquer
import-apply-what = Si ce rapport vous convient, appliquez-le : les mêmes fichiers sont utilisés.
import-no-file = Choisissez au moins un fichier.
import-no-code = Cet établissement n’a pas de code (UAI) : donnez-lui-en un d’abord.
import-unreadable = Ce fichier ne se lit pas : { $reason }. Rien n’a été changé.
import-would = Ce que l’import ferait
import-did = Ce que l’import a fait
import-unchanged = Rien n’est différent de ce qui est déjà là.
import-thing = Quoi
import-created = Nouveaux
import-changed = Modifiés
import-left = Partis
import-same = Inchangés
import-n-created = { $count ->
    [one] un nouveau
   *[other] { $count } nouveaux
}
import-n-changed = { $count ->
    [one] un modifié
   *[other] { $count } modifiés
}
import-n-left = { $count ->
    [one] un parti
   *[other] { $count } partis
}
import-n-same = { $count ->
    [one] un inchangé
   *[other] { $count } inchangés
}
import-thing-school = Établissements
import-thing-subject = Matières
import-thing-class = Classes
import-thing-group = Groupes
import-thing-pupil = Élèves
import-thing-relative = Responsables
import-thing-staff = Personnels
import-thing-membership = Places en classe ou en groupe
import-thing-relation = Liens entre élève et responsable
import-refused = Refusés
import-doubts = Valeurs laissées de côté
import-failed = Établissements non appliqués
import-link-pupil-school = Élèves sans établissement connu (pas de compte)
import-link-staff-school = Personnels sans établissement connu (pas de compte)
import-link-other-school = Liens vers d’autres établissements
import-link-group = Classes ou groupes introuvables
import-link-subject = Matières introuvables
import-link-relative = Responsables introuvables
import-link-child = Enfants introuvables
import-not-left = Le fichier est incomplet : personne n’est considéré comme parti.
import-unnamed = { $count ->
    [one] Un responsable que nul élève ne nomme n’a pas de compte.
   *[other] { $count } responsables que nul élève ne nomme n’ont pas de compte.
}
import-runs = Imports précédents
import-no-runs = Aucun pour le moment.

act-cards-print = cartes imprimées
act-cards-set = usage des cartes réglé
act-card-give = carte faite
act-card-revoke = carte révoquée
act-relation-rights = droits d’un responsable changés
act-relation-bar = responsable écarté
act-relation-allow = responsable de nouveau admis
act-person-merge = comptes fusionnés
act-person-identity = INE et naissance consultés
act-person-forget = données personnelles effacées
act-data-export = données copiées
act-year-roll = année archivée
act-group-restore = classe ou groupe remis
act-group-merge = classes ou groupes fusionnés
act-territory-create = territoire ajouté
act-territory-give = territoire donné
act-territory-end = territoire repris
act-school-place = établissement placé
act-directory-import = import de personnes

lists-title = Listes de départements
lists-what = Les règles officielles du calendrier citent des listes de départements. Ce qui est décidé ici vaut pour les départements de { $territory }. Le plus proche décide : le département passe avant l’académie, l’académie avant la région, et l’établissement peut encore changer pour lui-même.
lists-departements = Sont dans la liste
lists-own = Décidé ici.
lists-above = Décidé pour { $territory }.
lists-ready = Comme dans le calendrier fourni.
lists-below = { $count ->
    [one] Un territoire à l’intérieur décide pour lui-même.
   *[other] { $count } territoires à l’intérieur décident pour eux-mêmes.
}
lists-decide = Décider ainsi
lists-follow = Ne plus décider ici
lists-none = Aucune règle du calendrier ne cite de liste.
notice-lists-saved = C’est enregistré. Les cours à venir des établissements suivent dans les minutes qui viennent.
notice-lists-changed = Quelqu’un d’autre a décidé entre-temps. Rien n’a été changé : voici ce qui vaut maintenant.
act-calendar-lists = listes de départements décidées
