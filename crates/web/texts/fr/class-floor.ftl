# Règles, parole, mains, réactions.

class-react = Réagir
class-react-yes = oui
class-react-no = non
class-react-applause = bravo
class-react-heart = j’aime
class-react-laugh = drôle
class-react-surprise = surprise
class-react-thinking = je réfléchis
class-react-thanks = merci
class-reacted = %name% : %what%.
class-why-react = Les réactions sont fermées pour le moment.
class-pace-title = Comment la classe suit
class-pace-follow = ça va
class-pace-slower = plus lentement
class-pace-lost = ne suit plus
class-pace-say-follow = Ça va
class-pace-say-slower = Plus lentement
class-pace-say-lost = Je ne suis plus
class-pace-reset = Remettre à zéro
class-pace-told-one = %count% élève ne suit plus.
class-pace-told-other = %count% élèves ne suivent plus.
class-rules-lead = Chaque réglage vaut tout de suite, pour tous les élèves. Vous pouvez faire une exception pour chacun dans « Participants ».
class-rules-may = Les élèves peuvent
class-rule-mic = parler
class-rule-camera = montrer leur caméra
class-rule-screen = partager leur écran
class-rule-chat = écrire à la classe
class-rule-hand = lever la main
class-rule-react = réagir
class-rule-board = écrire au tableau
class-rule-notes = écrire dans les notes
class-rule-leaf = feuilleter les documents
class-rule-private = s’écrire entre eux
class-rules-entry = Entrée et fin
class-rule-muted = micro coupé en entrant
class-rule-locked = porte fermée : les retardataires attendent
class-rule-alone = Sans professeur, la classe s’arrête au bout de
class-rules-cameras = Caméras des élèves
class-rule-seen = Qui les voit
class-rule-seen-all = toute la classe
class-rule-seen-leaders = les professeurs
class-rule-cameras = Allumées en même temps, au plus
class-rule-slow = Entre deux messages d’un élève
class-rule-slow-none = pas d’attente
class-rules-changed = { $who ->
    [tu] Le professeur a changé les règles de la classe.
   *[vous] Les règles de la classe ont changé.
}
class-role-assistant = assistant
class-role-observer = observateur
class-role-guest = invité
class-hand-since = n° %number%, à %time%
class-has-floor = a la parole
class-floor-yours = { $who ->
    [tu] Tu as la parole.
   *[vous] Vous avez la parole.
}
class-floor-mic = Activer mon micro
class-floor-of = %name% a la parole.
class-floor-back = { $who ->
    [tu] Tu n’as plus la parole.
   *[vous] Vous n’avez plus la parole.
}
class-act-give-floor = Donner la parole
class-act-take-floor = Reprendre la parole
class-act-person = Autres…
class-act-send-back = Renvoyer à la porte
class-act-assistant-on = Nommer assistant
class-act-assistant-off = N’est plus assistant
class-act-pick = Tirer au sort
class-own-title = Par exception
class-own-mic = Parler
class-own-camera = Montrer sa caméra
class-own-screen = Partager son écran
class-own-chat = Écrire à la classe
class-own-board = Écrire au tableau
class-own-notes = Écrire dans les notes
class-own-as-class = comme la classe
class-own-yes = toujours
class-own-no = jamais
class-own-silent = micro bloqué
class-own-some = exception
class-duty = Tâche
class-duty-none = aucune
class-duty-captioner = sous-titrage
class-duty-interpreter = interprète
class-confirm-send-back-title = Renvoyer %name% à la porte ?
class-confirm-send-back-body = %name% sort de la classe et attend que vous l’y laissiez entrer à nouveau.
class-confirm-send-back-yes = Renvoyer à la porte
class-missing-one = %count% élève manque
class-missing-other = %count% élèves manquent
class-muted-at-entry = { $who ->
    [tu] Ton micro est coupé à l’entrée. Active-le quand tu veux parler.
   *[vous] Votre micro est coupé à l’entrée. Activez-le quand vous voulez parler.
}
