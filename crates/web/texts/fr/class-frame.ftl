# Le cadre de la page de la classe : boutons, et pourquoi l’un d’eux ne sert pas.

class-more = Plus
class-more-label = Autres commandes
class-more-news = du nouveau
class-rules = Règles
class-breakouts = Groupes
class-polls = Questions
class-notes = Notes
class-toolbox = Outils
class-board = Tableau
class-lobby = Porte
class-recording = Enregistrement
class-reports = Signaler
class-state-locked = réservé
class-why-mic = { $who ->
    [tu] Le professeur a réservé la parole. Lève la main pour la demander.
   *[vous] La parole est réservée. Levez la main pour la demander.
}
class-why-camera = { $who ->
    [tu] Le professeur n’autorise pas ta caméra en ce moment.
   *[vous] Les règles de la classe n’autorisent pas votre caméra en ce moment.
}
class-why-screen = { $who ->
    [tu] Seul le professeur partage l’écran. Demande-lui si tu veux montrer quelque chose.
   *[vous] Seul le professeur partage l’écran. Demandez-lui si vous voulez montrer quelque chose.
}
class-why-hand = Les mains levées sont fermées pour le moment.
class-why-observer = Vous assistez au cours : vous voyez et entendez, et vous pouvez écrire aux professeurs.
