# Groupes, questions, notes, minuteur, fin du cours.

class-group-number = Groupe %number%
class-groups-count = Combien de groupes
class-groups-deal = Répartir au hasard
class-groups-choose = Les élèves choisissent
class-groups-hand = Répartir à la main
class-groups-minutes = Durée
class-groups-no-end = sans limite
class-groups-open = Ouvrir les groupes
class-groups-close = Fermer les groupes
class-groups-tell = Dire à tous les groupes
class-groups-none-teacher = Chaque groupe se parle et se voit à part, avec son propre tableau. Vous les visitez et les rappelez quand vous voulez.
class-groups-none = Pas de groupes pour le moment.
class-groups-left = encore %time%
class-groups-without = Sans groupe
class-groups-empty = Personne.
class-groups-move = Groupe de %name%
class-groups-name = Nom du groupe %number%
class-groups-calls-tag = appelle
class-groups-mine = { $who ->
    [tu] le tien
   *[vous] le vôtre
}
class-groups-visit = Rendre visite
class-groups-back = Revenir à la classe
class-groups-join = Rejoindre
class-groups-in = { $who ->
    [tu] Tu es dans : %name%.
   *[vous] Vous êtes dans : %name%.
}
class-groups-returned = { $who ->
    [tu] Tu es de retour dans la classe entière.
   *[vous] Vous êtes de retour dans la classe entière.
}
class-groups-help = Appeler le professeur
class-groups-helped = Le professeur est appelé
class-groups-call = %name% appelle.
class-groups-word = %name%, à tous les groupes : %body%
class-poll-lead = Une question part d’un clic ; les réponses arrivent aussitôt.
class-poll-quick = Questions rapides
class-poll-yes-no = Oui / Non
class-poll-true-false = Vrai / Faux
class-poll-own = Écrire une question
class-poll-question = Question
class-poll-options = Réponses possibles
class-poll-option = Réponse %number%
class-poll-more = Ajouter une réponse
class-poll-many = plusieurs réponses possibles
class-poll-anonymous = réponses anonymes
class-poll-ask = Poser la question
class-poll-too-few = Il faut au moins deux réponses possibles.
class-poll-twice = Deux réponses sont pareilles.
class-poll-none = Pas de question pour le moment.
class-poll-untitled = Question rapide : %options%
class-poll-open = en cours
class-poll-closed = close
class-poll-not-shown = Le professeur n’a pas montré les résultats.
class-poll-close = Clore
class-poll-show = Montrer à la classe
class-poll-drop = Supprimer
class-poll-who = Qui a répondu quoi
class-poll-vote = %name% : %chose%
class-poll-voted = { $who ->
    [tu] Réponse enregistrée. Tu peux encore la changer.
   *[vous] Réponse enregistrée. Vous pouvez encore la changer.
}
class-poll-choose = { $who ->
    [tu] Choisis une réponse.
   *[vous] Choisissez une réponse.
}
class-poll-choose-many = { $who ->
    [tu] Choisis une ou plusieurs réponses.
   *[vous] Choisissez une ou plusieurs réponses.
}
class-poll-count = %voted% réponses sur %of%
class-poll-told = Question : %question%
class-poll-told-results = Résultats de « %question% » : %counts%
class-notes-field = Notes de la classe
class-notes-locked = Le professeur écrit ces notes. Elles se mettent à jour toutes seules.
class-notes-kept = Tout est enregistré.
class-notes-sending = Enregistrement…
class-notes-offline = Connexion perdue : ce qui est écrit partira au retour.
class-notes-too-long = Les notes sont pleines.
class-notes-told = %name% écrit dans les notes.
class-timer = Minuteur
class-timer-minutes = Durée
class-timer-label = Pour quoi (facultatif)
class-timer-start = Démarrer
class-timer-stop = Arrêter
class-timer-over = c’est l’heure
class-timer-told = Minuteur %label% : %time%.
class-timer-over-told = %label% : c’est l’heure.
class-pick = Tirage au sort
class-pick-lead = Chaque élève présent passe une fois avant que quelqu’un passe deux fois.
class-picked = Le sort a désigné %name%.
class-picked-you = { $who ->
    [tu] Le sort t’a désigné : à toi !
   *[vous] Le sort vous a désigné : à vous !
}
class-ending = Fin du cours
class-ending-at = Le cours finit à %time%.
class-ending-past = Le cours devait finir à %time%. La classe reste ouverte encore un peu.
class-ending-told = Le cours finit maintenant à %time%.
class-ending-left-one = Le cours finit dans %count% minute.
class-ending-left-other = Le cours finit dans %count% minutes.
class-ending-over = L’heure du cours est passée.
class-prolong = + { $minutes } min
