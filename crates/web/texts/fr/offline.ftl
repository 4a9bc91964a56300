# Sans connexion : la page que garde le navigateur, les envois en attente.

offline-title = Sans connexion
offline-link = Sans connexion
offline-no-script = Cette page a besoin de JavaScript : c’est lui qui lit ce qui est gardé sur l’appareil.

offline-js-banner-off = Hors connexion — version de %when%
offline-js-banner-slow = Le site ne répond pas — version de %when%
offline-js-banner-kept = Gardé sur cet appareil — version de %when%
offline-js-back = Le réseau est revenu.
offline-js-retry = Réessayer
offline-js-patient = Attendre la page
offline-js-elsewhere = { $who ->
    [tu] La page que tu voulais n’est pas gardée sur cet appareil. Voici ce qui l’est.
   *[vous] La page demandée n’est pas gardée sur cet appareil. Voici ce qui l’est.
}
offline-js-nothing = { $who ->
    [tu] Rien n’est gardé sur cet appareil pour le moment. Quand le réseau est là, connecte-toi : la journée se garde toute seule.
   *[vous] Rien n’est gardé sur cet appareil pour le moment. Quand le réseau est là, connectez-vous : la journée se garde toute seule.
}
offline-js-day = Emploi du temps
offline-js-back-to-day = Toute la journée
offline-js-no-lesson = Pas de cours.
offline-js-works = Travail à faire
offline-js-no-work = Rien à faire pour ces jours-là.
offline-js-due = Pour %day%
offline-js-author = Donné par %name%
offline-js-deadline = Jusqu’à : %when%
offline-js-absent = pas gardé ici, il faut le réseau
offline-js-help = { $who ->
    [tu] Ce que tu rends est enregistré sur cet appareil et part dès le retour du réseau.
   *[vous] Ce qui est rendu est enregistré sur cet appareil et part dès le retour du réseau.
}
offline-js-chosen = Fichiers choisis
offline-js-full = Il n’y a plus de place sur cet appareil : rien n’est enregistré. { $who ->
    [tu] Retire des fichiers, ou attends le retour du réseau.
   *[vous] Retirez des fichiers, ou attendez le retour du réseau.
}
offline-js-queued = Enregistré sur cet appareil, sera envoyé dès le retour du réseau.
offline-js-queue = Envois en attente
offline-js-queue-none = Rien n’attend d’être envoyé.
offline-js-queue-full = Trop d’envois attendent déjà sur cet appareil : celui-ci n’est pas enregistré.
offline-js-state-waiting = en attente du réseau
offline-js-state-sending = envoi en cours…
offline-js-state-sign-in = { $who ->
    [tu] connecte-toi pour envoyer
   *[vous] connectez-vous pour envoyer
}
offline-js-state-refused = pas accepté
offline-js-state-sent = rendu : %when%
offline-js-refused = Cet envoi n’a pas été accepté. Il reste sur cet appareil.
offline-js-refused-gone = Ce travail n’est plus à rendre : il a été retiré, ou il n’est plus pour ta classe.
offline-js-sign-in = Se connecter
offline-js-send = Envoyer maintenant
offline-js-delete = Supprimer
offline-js-delete-sure = Supprimer pour de bon
offline-js-receipt = Accusé de réception
offline-js-sent = « %title% » est rendu : %when%.
offline-js-waits-one = Un envoi n’est pas encore parti.
offline-js-waits-other = %count% envois ne sont pas encore partis.
offline-js-see = Voir
offline-js-erase = Effacer de cet appareil
offline-js-erase-help = { $who ->
    [tu] Ta journée s’efface tout de suite, et ta connexion se termine au retour du réseau. Ce qui n’est pas encore parti reste à toi : personne d’autre ne le voit.
   *[vous] Tout s’efface tout de suite, et la connexion se termine au retour du réseau. Ce qui n’est pas encore parti reste à vous : personne d’autre ne le voit.
}
offline-js-erased = C’est effacé de cet appareil.
offline-js-leave-title = Tout n’est pas parti
offline-js-leave-queue-one = { $who ->
    [tu] Un envoi attend encore sur cet appareil. Si tu te déconnectes, il y reste sans que personne le voie, et part quand tu te connectes de nouveau ici.
   *[vous] Un envoi attend encore sur cet appareil. Si vous vous déconnectez, il y reste sans que personne le voie, et part quand vous vous connectez de nouveau ici.
}
offline-js-leave-queue-other = { $who ->
    [tu] %count% envois attendent encore sur cet appareil. Si tu te déconnectes, ils y restent sans que personne les voie, et partent quand tu te connectes de nouveau ici.
   *[vous] %count% envois attendent encore sur cet appareil. Si vous vous déconnectez, ils y restent sans que personne les voie, et partent quand vous vous connectez de nouveau ici.
}
offline-js-leave-draft = { $who ->
    [tu] Un brouillon n’est gardé que sur cet appareil : il s’efface si tu te déconnectes.
   *[vous] Un brouillon n’est gardé que sur cet appareil : il s’efface si vous vous déconnectez.
}
offline-js-leave-stay = Rester
offline-js-leave-go = Se déconnecter quand même
