# Travail à faire, remise des copies, fichiers.

file-too-large = « { $name } » est trop gros : rien n’en est gardé.
file-too-many = Trop de fichiers à la fois : { $most } au plus. Les autres sont gardés.
file-disk-full = Le serveur n’a plus de place : le fichier n’est pas gardé. { $who ->
    [tu] Préviens l’établissement.
   *[vous] Prévenez l’établissement.
}
file-cut-off = L’envoi a été coupé, ou il dépasse { $mega } Mo : ce qui manque est à choisir de nouveau.
file-to-save = à enregistrer
size-bytes = { $count } octets
size-kilo = { $count } ko
size-mega = { $whole },{ $tenth } Mo

work-change = Modifier le travail
work-of = Travail : { $name }
work-of-child = Ce que { $name } a rendu
work-done = Fait
work-attach = Joindre des fichiers
work-attach-help = 64 Mo au plus en une fois.
work-more = Remise, note, élèves choisis
work-ways = À rendre
work-ways-help = Rien de coché : le travail est seulement à faire.
work-way-paper = sur papier
work-way-text = texte en ligne
work-way-files = fichiers
work-way-photos = photos des pages
work-way-audio = enregistrement sonore
work-time = Heure limite
work-time-help = Sans heure, jusqu’à la fin du jour.
work-late = Après l’heure limite
work-late-accepted = accepté, marqué en retard
work-late-closed = plus rien n’est accepté
work-mark-max = Noté sur
work-mark-max-help = Par exemple 20. Laissez vide pour ne pas noter.
work-skills = Compétences
work-skills-help = Une par ligne, douze au plus.
work-skills-are = Compétences :
work-visible = Visible à partir du
work-visible-help = Laissez vide pour tout de suite.
work-pupils = Pour quelques élèves seulement
work-pupils-help = Personne de coché : pour toute la classe.
fault-work-pupils = Ces élèves ne sont pas tous de la classe choisie.
fault-mark-max = Un nombre, au plus 1000.
fault-skills = Douze compétences au plus, de 80 caractères chacune.
fault-mark = La note est un nombre entre 0 et { $most }.
fault-extension = Il faut un jour, au plus tôt celui de la remise. Rien n’est enregistré.
work-set-before = Ce formulaire a déjà donné le travail ci-dessous. Ce que vous venez de saisir n’est pas enregistré : envoyez de nouveau pour donner un second travail (les fichiers sont à choisir de nouveau), ou modifiez celui-ci.
work-set-conflict = Ce travail a été modifié entre-temps, dans un autre onglet. Voici ce qui est enregistré ; ci-dessous, ce que vous avez écrit : enregistrez de nouveau pour le garder à la place.
notice-homework-handed-in = Des élèves ont déjà commencé à rendre ce travail : il ne se retire plus.
told-homework-set = { $who ->
    [tu] Nouveau travail à faire : { $title }
   *[vous] Nouveau travail à faire : { $title }
}
told-work-returned = { $who ->
    [tu] Ton travail est corrigé : { $title }
   *[vous] Travail corrigé : { $title }
}
told-work-returned-child = Le travail de { $pupil } est corrigé : { $title }
mail-work-returned = Travail corrigé : { $title }
mail-work-foot =
    { $link }

    Ce message vient de { $school }. { $who ->
        [tu] Tu peux choisir de ne plus recevoir ces messages, à la page « Avis ».
       *[vous] Vous pouvez choisir de ne plus recevoir ces messages, à la page « Avis ».
    }

work-handed-in-by = À rendre :
work-deadline = Jusqu’à : { $when }.
work-deadline-closed = Rien n’est accepté ensuite.
work-extended = Délai jusqu’à : { $when }
work-state = État
work-state-todo = à faire
work-state-done = fait
work-state-started = commencé
work-handed-count = { $handed ->
    [0] aucun rendu sur { $all }
    [1] 1 rendu sur { $all }
   *[other] { $handed } rendus sur { $all }
}
work-state-handed-in = rendu
work-state-late = rendu en retard
work-state-missing = pas rendu
work-state-returned = corrigé
work-who = Qui a rendu
work-when = Rendu
work-mark = Note
work-archive = Tout télécharger (ZIP)
work-correction = Correction
work-correction-conflict = Cette correction a été modifiée entre-temps. Voici ce qui est enregistré ; ci-dessous, ce que vous avez écrit : enregistrez de nouveau pour le garder à la place.
work-comment = Commentaire
work-mark-on = Note sur { $most }
work-level-none = Non évalué
work-level-1 = maîtrise insuffisante
work-level-2 = maîtrise fragile
work-level-3 = maîtrise satisfaisante
work-level-4 = très bonne maîtrise
work-returned-files = Fichiers joints à la correction
work-return-files = Joindre des fichiers à la correction
work-return = Rendre la correction à l’élève
work-keep = Garder pour plus tard
work-take-back = Reprendre la correction
work-extension = Donner un délai à cet élève
work-extension-end = Retirer le délai
work-nothing-yet = Rien n’est rendu pour le moment.
work-earlier = Remises d’avant
work-pupils-nav = Élèves
notice-work-returned = La correction est rendue : l’élève et ses responsables la voient.

work-hand-in = Rendre le travail
work-hand-in-again = Rendre une nouvelle version
work-hand-in-button = Rendre
work-draft-button = Garder le brouillon
work-handed-in = { $who ->
    [tu] Ce que tu as rendu
   *[vous] Ce que vous avez rendu
}
work-receipt-of = Rendu : { $when }
work-text = { $who ->
    [tu] Ton texte
   *[vous] Votre texte
}
work-files = Fichiers
work-add-files = Ajouter des fichiers
work-add-photos = Photographier des pages
work-add-audio = Ajouter un enregistrement
work-record = Enregistrer ma voix
work-files-help = 100 Mo au plus pour un fichier. Sans script, 64 Mo au plus en une fois.
work-draft-saved = Brouillon enregistré : { $when }
work-conflict = Le brouillon a été modifié entre-temps, dans un autre onglet ou sur un autre appareil. Voici ce qui est enregistré ; ton texte est ci-dessous : enregistre de nouveau pour le garder à la place.
work-not-online = Ce travail ne se rend pas en ligne.
work-is-returned = Ce travail est corrigé : il ne se rend plus.
work-is-closed = L’heure limite est passée : ce travail ne se rend plus. { $who ->
    [tu] Ton brouillon est gardé. Vois avec ton professeur.
   *[vous] Le brouillon est gardé.
}
work-nothing-to-hand-in = Il n’y a encore rien à rendre : écris un texte ou ajoute un fichier.
work-too-often = Ce travail a déjà été rendu { $most } fois.
work-too-much = Trop de fichiers : { $most } au plus, et { $mega } Mo en tout. Retire-en, puis réessaie.
notice-draft-saved = Le brouillon est gardé. Il n’est pas encore rendu.
receipt-title = Accusé de réception
receipt-kept = { $who ->
    [tu] Ton travail est bien arrivé. Il est gardé.
   *[vous] Le travail est bien arrivé. Il est gardé.
}
receipt-who = Rendu par
receipt-when = Le
receipt-hash = Empreinte SHA-256
receipt-subject = Travail rendu : { $title }
receipt-mail = « { $title } » est bien arrivé : { $when }.
receipt-files = { $count ->
    [0] Sans fichier.
    [one] Un fichier.
   *[other] { $count } fichiers.
}

work-js-saving = Enregistrement…
work-js-saved = Brouillon enregistré.
work-js-kept-here = Pas de réseau : le brouillon est gardé sur cet appareil et partira plus tard.
work-js-restored = Le texte gardé sur cet appareil est remis.
work-js-restore = Un texte plus récent est gardé sur cet appareil. Le remettre ?
work-js-sending = Envoi…
work-js-waiting = En attente du réseau…
work-js-failed = L’envoi a échoué.
work-js-too-large = Ce fichier dépasse 100 Mo.
work-js-full = Le serveur n’a plus de place. Préviens l’établissement.
work-js-turn = Tourner
work-js-up = Monter
work-js-down = Descendre
work-js-remove = Retirer
work-js-record = Enregistrer ma voix
work-js-stop = Arrêter l’enregistrement
work-js-no-microphone = Le micro n’est pas accessible.
work-js-conflict = Le brouillon a été modifié ailleurs : recharge la page pour voir les deux textes.
work-js-signed-out = Ta connexion a pris fin. Ton texte est gardé sur cet appareil : connecte-toi de nouveau dans un autre onglet.
work-js-handing-in = Remise en cours…
