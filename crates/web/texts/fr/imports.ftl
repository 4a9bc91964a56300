fault-at-file = { $file }
fault-at-line = { $file }, ligne { $line }
fault-at-record = { $file }, ligne { $line } (n° { $record })
fault-row = { $place } : { $what }
fault-row-rest = { $place } : { $what }. La suite du fichier n’a pas été lue.

fault-read-unknown-encoding = le fichier se dit écrit en « { $name } », un codage inconnu
fault-read-false-encoding = le fichier se dit écrit en « { $name } », mais ne l’est pas
fault-read-wrong-byte = l’octet { $byte } du fichier n’est pas du { $encoding }
fault-read-long-piece = un seul morceau du fichier dépasse { $most }
fault-read-failed = { $trouble ->
    [missing] le fichier n’est plus là
    [forbidden] le serveur n’a pas le droit de lire ce fichier
    [folder] c’est un dossier, et non un fichier
    [disk-full] il n’y a plus de place sur le disque du serveur
    [cut-off] le fichier s’arrête trop tôt : il a été coupé
   *[other] la lecture a échoué
}
fault-read-system = la lecture a échoué (erreur n° { $number } du système)
fault-read-own-entities = le fichier définit ses propres entités XML, qui sont refusées par prudence
fault-read-deep = plus de { $most } éléments sont emboîtés les uns dans les autres
fault-read-many-attributes = plus de { $most } attributs au même endroit
fault-read-many-children = un élément en contient plus de { $most } autres
fault-read-long-value = une valeur dépasse { $most }
fault-read-cut-off = le fichier s’arrête au milieu de <{ $element }> : il a été coupé
fault-read-cut-off-in-tag = le fichier s’arrête au milieu d’une balise : il a été coupé
fault-read-other-end = </{ $found }> se trouve là où il faudrait </{ $expected }>
fault-read-no-start = </{ $found }> ne ferme rien
fault-read-malformed = { $flaw ->
    [attribute] le XML est mal formé : un attribut ne s’écrit pas nom="valeur"
    [same-attribute] le XML est mal formé : un élément a deux fois le même attribut
    [open-quote] le XML est mal formé : le guillemet d’un attribut n’est pas refermé
    [reference] le XML est mal formé : après « & », le nom ou le point-virgule manque
    [instruction] le XML est mal formé : une instruction <?…?> est incomplète
    [doctype] le XML est mal formé : la déclaration <!DOCTYPE …> est incomplète
    [markup] le XML est mal formé : une balise commence par « <! » sans raison
   *[other] le XML est mal formé
}
fault-read-no-xml = il n’y a pas de XML dans ce fichier

fault-export-unknown-format = ce n’est ni un export d’EDT (XML), ni un export d’UDT (ZIP de fichiers UDCal_….xml), ni un calendrier (.ics)
fault-export-bad-archive = { $flaw ->
    [damaged] l’archive est abîmée ou incomplète : refaites-la, ou téléchargez-la à nouveau
    [locked] l’archive demande un mot de passe : refaites-la sans mot de passe
    [method] l’archive est comprimée d’une façon inconnue : refaites-la en ZIP ordinaire
   *[other] l’archive ne s’ouvre pas
}
fault-export-many-files = plus de { $most } fichiers
fault-export-large = plus de { $most }, une fois l’archive ouverte

fault-aaf-no-feed = aucun fichier de l’annuaire fédérateur (AAF) : leur nom se termine par _Eleve_0001.xml, par exemple
fault-aaf-delta = { $request } vient d’un export différentiel ; seuls les exports complets (addRequest) sont lus
fault-aaf-unknown-element = l’élément { $name } est inconnu ici
fault-aaf-wrong-root = le premier élément est { $name }, et non ficAlimMENESR
fault-aaf-no-root = il n’y a pas d’élément ficAlimMENESR dans ce fichier
fault-aaf-after-root = il reste quelque chose après la fin de ficAlimMENESR
fault-aaf-unknown-entity = l’entité &{ $name }; est inconnue
fault-aaf-bad-reference = &#{ $reference }; n’est pas un caractère permis en XML
fault-aaf-bad-character = une valeur contient le caractère { $character }, que le XML interdit
fault-aaf-long-record = la fiche dépasse { $most }
fault-aaf-nameless-attribute = un élément attr n’a pas de nom
fault-aaf-no-identifier = la fiche n’a pas d’identifiant
fault-aaf-long-identifier = l’identifiant dépasse { $most } caractères
fault-aaf-other-category = la fiche est de la catégorie « { $found } », mais le fichier est fait pour « { $expected } »
fault-aaf-missing = { $attribute } manque
fault-aaf-long-text = { $attribute } dépasse { $most } caractères
fault-aaf-bad-uai = { $attribute } n’est pas un code d’établissement (7 chiffres et une lettre)
fault-aaf-odd-value = une valeur de { $attribute } n’a pas de sens et a été laissée de côté

fault-table-empty = le fichier est vide
fault-table-many-columns = plus de { $most } colonnes
fault-table-bad-uai = « { $uai } » n’est pas le code (UAI) d’un établissement : 7 chiffres et une lettre
fault-table-no-names = aucune colonne ne s’appelle « Nom »
fault-table-of-whom = les titres des colonnes ne disent pas s’il s’agit d’élèves, de responsables ou de personnels : ajoutez une colonne « Profil »
fault-table-many-lines = plus de { $most } lignes
fault-table-no-line = la ligne ne se lit pas comme celle d’un tableau
fault-table-more-columns = la ligne a { $found } colonnes, mais il n’y a que { $known } titres
fault-table-long-field = la colonne { $column } dépasse { $most }
fault-table-long-name = la colonne { $column } dépasse { $most } caractères
fault-table-no-family-name = il n’y a pas de nom de famille
fault-table-line-break = la colonne { $column } contient un retour à la ligne : un guillemet est peut-être resté ouvert
fault-table-unknown-profile = le profil de la colonne { $column } est inconnu
fault-table-many-children = plus de { $most } enfants dans la colonne { $column }
fault-table-same-person = c’est la même personne qu’à la ligne { $line }, pour autant qu’on puisse en juger
fault-table-same-pupil = c’est le même élève qu’à la ligne { $line }, pour autant qu’on puisse en juger ; une colonne avec la date de naissance ou l’INE distingue les homonymes
fault-table-no-child = ce responsable n’a pas d’enfant dans le tableau
fault-table-which-class = professeur principal avec plusieurs classes : écrivez le nom de la classe au lieu de « oui »
fault-table-unused-column = la colonne « { $name } » ne sert pas
fault-table-odd-birth-date = la date de naissance (colonne { $column }) n’a pas de sens et a été laissée de côté
fault-table-odd-mail = l’adresse électronique (colonne { $column }) n’a pas de sens et a été laissée de côté

fault-timetable-more-faults = { $count ->
    [one] une autre remarque n’est pas affichée
   *[other] { $count } autres remarques ne sont pas affichées
}
fault-timetable-many-lessons = plus de { $most } cours : celui-ci est laissé de côté
fault-timetable-many-hours = plus de { $most } séances : la suite est laissée de côté
fault-timetable-many-members = plus de { $most } places d’élèves dans des groupes : celle-ci est laissée de côté
fault-timetable-ends-before-it-begins = la fin vient avant le début

fault-edt-encrypted = l’export est chiffré pour un autre logiciel : exportez-le en clair
fault-edt-bad-first-day = DatePremierJourSemaine1 n’est pas une date
fault-edt-no-first-day = le premier jour de l’année manque (AnneeScolaire avec DatePremierJourSemaine1)
fault-edt-bad-place = une Place n’a pas de numéro ou pas d’heure
fault-edt-no-number = { $attribute } n’est pas un nombre
fault-edt-bad-day = Jour vaut { $day }, alors qu’il va de 1 à 7
fault-edt-no-place = la place { $place } manque dans GrilleHoraire
fault-edt-ends-after-midnight = la fin vient après minuit

fault-udt-bad-name = le nom du fichier ne dit pas une semaine de 1 à 53
fault-udt-bad-card = une fiche n’a pas de jour ou pas de demi-séquence
fault-udt-bad-slot = une demi_seq n’a pas de jour, pas de numéro ou pas d’heures
fault-udt-bad-closure = une fermeture n’a pas de premier ou pas de dernier jour
fault-udt-no-year = ni UDCal_24 ni UDCal_00 ne dit quand l’année commence et finit
fault-udt-no-card = une ligfiche nomme une fiche qui n’existe pas
fault-udt-no-slot = la demi_seq de cette fiche n’existe pas
fault-udt-no-pupil = un ele_gpe nomme un eleve qui n’existe pas

fault-calendar-long = le calendrier dépasse { $most }
fault-calendar-no-calendar = il n’y a pas de BEGIN:VCALENDAR dans ce fichier
fault-calendar-cut-off = le fichier s’arrête au milieu d’un événement : il a été coupé
fault-calendar-long-line = la ligne dépasse { $most }
fault-calendar-not-utf8 = la ligne n’est pas écrite en UTF-8
fault-calendar-no-name = la ligne n’a pas de nom suivi d’une valeur
fault-calendar-no-start = l’événement n’a pas de début (DTSTART)
fault-calendar-no-end = l’événement n’a ni fin (DTEND) ni durée (DURATION)
fault-calendar-bad-time = { $property } n’est pas une date avec heure (RFC 5545)
fault-calendar-beyond-calendars = { $property } sort de tous les calendriers
fault-calendar-bad-duration = DURATION n’est pas une durée
fault-calendar-unknown-zone = le fuseau horaire « { $zone } » (TZID) est inconnu et le fichier n’en donne pas les règles : l’heure serait incertaine
fault-calendar-whole-day = un événement d’une journée entière n’est pas un cours
fault-calendar-other-day = un événement qui finit un autre jour n’est pas un cours
fault-calendar-bad-rule = { $part ->
    [RRULE] la règle de répétition (RRULE) ne peut pas être suivie
   *[other] la règle de répétition (RRULE) ne peut pas être suivie : { $part } y manque ou n’y a pas de sens
}

fault-apply-same-key = { $kind ->
    [school] un établissement plus haut a le même identifiant
    [subject] une matière plus haut a le même identifiant
    [programme] une formation plus haut a le même identifiant
    [pupil] un élève plus haut a le même identifiant
    [relative] un responsable plus haut a le même identifiant
   *[staff] un personnel plus haut a le même identifiant
}
fault-apply-taken = { $what ->
    [login] un identifiant de connexion vient d’être pris par quelqu’un d’autre : recommencez l’import
    [school-code] ce code (UAI) est déjà celui d’un autre établissement
    [group] une classe ou un groupe de ce nom existe déjà
   *[other] quelque chose qui doit être unique existe déjà
}
fault-apply-over-limit = { $what ->
    [people] l’établissement a { $found } personnes dans cet import, pour { $most } au plus
    [groups] l’établissement a { $found } classes et groupes dans cet import, pour { $most } au plus
    [namesakes] { $found } personnes portent déjà le même nom, pour { $most } au plus
   *[other] une limite est dépassée : { $found } pour { $most } au plus
}
fault-apply-past-year = { $count ->
    [one] une classe ou un groupe de cet import est encore celui de l’année passée
   *[other] { $count } classes et groupes de cet import sont encore ceux de l’année passée
} : archivez d’abord l’année passée (page « Changement d’année » de l’établissement), puis importez de nouveau
fault-apply-failed = l’enregistrement de l’établissement a échoué ; le journal du serveur dit pourquoi

import-dry-run = essai à blanc
import-read = Lus
import-thing-programme = Formations
import-missing-line = { $place } : { $from } → { $to }
import-left-alone = { $file } : n’est pas un fichier de l’AAF, laissé de côté
import-progress-read = { $count } fiches lues
import-progress-schools = établissement { $done } sur { $all }
import-refused-line = refusé : { $row }
timetable-import-unknown-group = inconnu ici : classe ou groupe { $name }
timetable-import-unknown-pupil = inconnu ici, ou homonymes : élève { $name }
timetable-import-unknown-teacher = inconnu ici, ou homonymes : enseignant { $name }
