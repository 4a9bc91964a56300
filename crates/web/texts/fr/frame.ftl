# Ce que toutes les pages disent. $who : tu pour les élèves, vous pour les adultes et les inconnus.

skip-to-content = Aller au contenu
demo-banner = Démonstration : les personnes et les cours sont inventés.
nav-main = Navigation principale
nav-today = Aujourd’hui
nav-account = { $who ->
    [tu] Mon compte
   *[vous] Mon compte
}
sign-out = Se déconnecter
accessibility-link = Accessibilité : non conforme
back = Retour
cancel = Annuler
save = Enregistrer

weekday-1 = lundi
weekday-2 = mardi
weekday-3 = mercredi
weekday-4 = jeudi
weekday-5 = vendredi
weekday-6 = samedi
weekday-7 = dimanche
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
day-today = aujourd’hui
day-tomorrow = demain
day-yesterday = hier
moment = { $day } à { $time }

error-home = Aller à l’accueil
error-kept = Lire ce qui est gardé sur cet appareil
error-number = Erreur { $number }
error-reference = référence { $reference }
wait-seconds = { $count ->
    [one] une seconde
   *[other] { $count } secondes
}
wait-minutes = { $count ->
    [one] une minute
   *[other] { $count } minutes
}
error-retry = Nouvel essai possible dans { $wait }.
error-not-found-title = Page introuvable
error-not-found-what = Cette page n’existe pas, ou plus.
error-not-found-do = { $who ->
    [tu] Vérifie l’adresse, ou repars de l’accueil.
   *[vous] Vérifiez l’adresse, ou repartez de l’accueil.
}
error-role-title = Accès réservé
error-role-what = { $who ->
    [tu] Cette page est réservée à d’autres personnes de l’établissement.
   *[vous] Cette page demande un autre rôle dans l’établissement que le vôtre.
}
error-role-do = { $who ->
    [tu] Si tu penses que c’est une erreur, parles-en à un professeur ou à la vie scolaire.
   *[vous] Si vous en avez besoin, adressez-vous à l’administrateur de l’établissement.
}
error-not-on-roster-title = { $who ->
    [tu] Ce cours n’est pas le tien
   *[vous] Ce cours n’est pas le vôtre
}
error-not-on-roster-what = { $who ->
    [tu] Ce cours est celui d’une autre classe : seuls ses élèves et ses professeurs y entrent.
   *[vous] Seuls les élèves et les professeurs de ce cours y entrent.
}
error-not-on-roster-do = { $who ->
    [tu] Ton cours du moment est sur la page d’accueil. S’il n’y est pas, préviens la vie scolaire.
   *[vous] Vos cours sont sur la page d’accueil. S’il en manque un, prévenez l’administrateur de l’établissement.
}
error-too-early-title = Le cours n’a pas commencé
error-too-early-what = On peut entrer un quart d’heure avant le début.
error-too-early-do = { $who ->
    [tu] Reviens un peu avant l’heure : le bouton sera sur la page d’accueil.
   *[vous] Revenez un peu avant l’heure : le bouton sera sur la page d’accueil.
}
error-over-title = Le cours est terminé
error-over-what = La classe est fermée, personne n’y entre plus.
error-over-do = { $who ->
    [tu] La suite de ta journée est sur la page d’accueil.
   *[vous] La suite de votre journée est sur la page d’accueil.
}
error-cancelled-title = Le cours est annulé
error-cancelled-what = L’établissement a annulé ce cours.
error-cancelled-do = { $who ->
    [tu] La suite de ta journée est sur la page d’accueil.
   *[vous] La suite de votre journée est sur la page d’accueil.
}
error-removed-title = { $who ->
    [tu] Le professeur t’a fait sortir de la classe
   *[vous] Un professeur vous a fait sortir de la classe
}
error-removed-what = { $who ->
    [tu] Tu ne peux pas y revenir pendant ce cours.
   *[vous] Vous ne pouvez pas y revenir pendant ce cours.
}
error-removed-do = { $who ->
    [tu] Si tu ne comprends pas pourquoi, parles-en à ton professeur ou à la vie scolaire.
   *[vous] Si vous ne comprenez pas pourquoi, parlez-en au professeur de ce cours.
}
error-relative-title = Ce cours est réservé à la classe
error-relative-what = Seuls les élèves et les professeurs d’un cours y entrent : votre enfant y va avec son propre compte.
error-relative-do = Les cours et le travail de votre enfant sont sur la page d’accueil. S’il en manque, adressez-vous à l’établissement.
error-sign-in-title = Connexion nécessaire
error-sign-in-what = Personne n’est connecté sur cet appareil, ou la connexion a pris fin. Rien n’a été enregistré.
error-sign-in-do = { $who ->
    [tu] Connecte-toi, puis recommence.
   *[vous] Connectez-vous, puis recommencez.
}
error-method-title = Demande impossible
error-method-what = Cette adresse ne se demande pas de cette façon.
error-method-do = { $who ->
    [tu] Repars de l’accueil.
   *[vous] Repartez de l’accueil.
}
error-foreign-title = Formulaire périmé
error-foreign-what = Ce formulaire a été ouvert avant une connexion ou une déconnexion, ou ne vient pas de nos pages. Rien n’a été enregistré.
error-foreign-do = { $who ->
    [tu] Reviens à la page précédente, recharge-la, puis recommence.
   *[vous] Revenez à la page précédente, rechargez-la, puis recommencez.
}
error-too-large-title = Envoi trop lourd
error-too-large-what = Ce qui a été envoyé dépasse la taille permise. Rien n’a été enregistré.
error-too-large-do = { $who ->
    [tu] Reviens à la page précédente et envoie moins à la fois.
   *[vous] Revenez à la page précédente et envoyez moins à la fois.
}
error-malformed-title = Demande illisible
error-malformed-what = Le serveur n’a pas compris ce qui a été envoyé. Rien n’a été enregistré.
error-malformed-do = { $who ->
    [tu] Reviens à la page précédente, puis recommence.
   *[vous] Revenez à la page précédente, puis recommencez.
}
error-too-many-title = Trop d’essais
error-too-many-what = Il y a eu trop d’essais à la suite. Le compte n’est pas bloqué, il faut seulement attendre un peu.
error-too-many-do = { $who ->
    [tu] Attends, puis recommence. Un appareil sur lequel tu t’es déjà connecté attend moins.
   *[vous] Attendez, puis recommencez. Un appareil sur lequel vous vous êtes déjà connecté attend moins.
}
error-busy-title = Beaucoup de monde en même temps
error-busy-what = Tout le monde se connecte au même moment. Le mot de passe n’a pas encore été vérifié, et rien n’est perdu.
error-busy-do = { $who ->
    [tu] Reviens à la page précédente dans un instant, et recommence une fois.
   *[vous] Revenez à la page précédente dans un instant, et recommencez une fois.
}
error-unavailable-title = Le service reprend son souffle
error-unavailable-what = Les données ne répondent pas pour le moment. Ce qui avait été confirmé est gardé ; ce qui vient d’être envoyé ne l’est peut-être pas.
error-unavailable-do = { $who ->
    [tu] Inutile de recharger sans arrêt : attends un peu, puis vérifie.
   *[vous] Inutile de recharger sans arrêt : attendez un peu, puis vérifiez.
}
error-disk-full-title = Le serveur n’a plus de place
error-disk-full-what = Le serveur n’a plus de place : rien de ce qui vient d’être envoyé n’est enregistré. Tout ce qui avait été confirmé est gardé.
error-disk-full-do = { $who ->
    [tu] Préviens l’établissement, et recommence un peu plus tard.
   *[vous] Prévenez l’établissement, et recommencez un peu plus tard.
}
error-internal-title = Une erreur de notre part
error-internal-what = La page n’a pas pu être faite. Ce qui avait été confirmé est gardé.
error-internal-do = { $who ->
    [tu] Recommence dans un moment. Si cela continue, donne la référence ci-dessous à ton établissement.
   *[vous] Recommencez dans un moment. Si cela continue, donnez la référence ci-dessous à votre établissement.
}
