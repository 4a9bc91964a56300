# Signalements à la vie scolaire, discussion conservée, test du matériel et de la connexion.

report-title = Signaler à la vie scolaire
report-intro = { $who ->
    [tu] Ton signalement est lu par la vie scolaire et la direction, par personne d’autre. La personne concernée ne saura pas qu’il vient de toi.
   *[vous] Votre signalement est lu par la vie scolaire et la direction, par personne d’autre. La personne concernée ne saura pas qu’il vient de vous.
}
report-intro-message = { $who ->
    [tu] Tu signales un message de { $name }. La vie scolaire le lira avec les deux messages d’avant et les deux d’après. { $name } ne saura pas que le signalement vient de toi.
   *[vous] Vous signalez un message de { $name }. La vie scolaire le lira avec les deux messages d’avant et les deux d’après. { $name } ne saura pas que le signalement vient de vous.
}
report-intro-person = { $who ->
    [tu] Tu signales { $name }. La vie scolaire et la direction te liront, personne d’autre. { $name } ne saura pas que le signalement vient de toi.
   *[vous] Vous signalez { $name }. La vie scolaire et la direction vous liront, personne d’autre. { $name } ne saura pas que le signalement vient de vous.
}
report-person = Qui ?
report-concern = Pourquoi ?
report-body = Ce qui s’est passé
report-body-help = { $who ->
    [tu] Avec tes mots. Facultatif pour un message ou une image.
   *[vous] Avec vos mots. Facultatif pour un message ou une image.
}
report-send = Envoyer à la vie scolaire
report-do = Signaler
concern-insult = Insulte ou moquerie
concern-harassment = Harcèlement
concern-threat = Menace
concern-shocking = Image ou propos choquants
concern-intruder = Intrus, ou faux nom
concern-other = Autre chose
report-kind-message = Un message
report-kind-picture = Une image
report-kind-person = Une personne
notice-report-kept = { $who ->
    [tu] Merci. La vie scolaire a reçu ton signalement.
   *[vous] Merci. La vie scolaire a reçu votre signalement.
}
notice-report-handled = Le signalement est marqué comme traité.

reports-title = Signalements
reports-intro = Ce que des élèves et des professeurs ont signalé pendant un cours. Chaque ouverture est inscrite au journal.
reports-none = Aucun signalement.
report-waits = à traiter
report-handled = traité
report-one-title = Un signalement
report-about = Personne signalée
report-what = Ce qui est signalé
report-lesson = Cours
report-made = Signalé
report-by = Signalé par
report-by-help = Ce nom n’est connu que de la vie scolaire et de la direction.
report-words = Ce qui est dit
report-lines = Le message dans la discussion
report-lines-help = Avec deux messages avant et deux après, adressés aux mêmes personnes ; rien d’autre.
report-it = signalé
report-show-picture = Montrer l’image
report-picture-alt = Image jointe au signalement
report-handle = Suite donnée
report-handled-by = Traité { $when } par { $by }.
report-note = Note
report-mark = Marquer comme traité
told-report = Un signalement a été fait pendant un cours ({ $subject }). Il attend votre lecture.
mail-report-subject = Un signalement attend votre lecture
mail-report-text =
    Bonjour,

    Un signalement a été fait pendant un cours. Il ne peut être lu que dans Préau :

    { $link }
act-report-open = Signalement ouvert
act-report-handle = Signalement traité
act-keeping-chat = Conservation de la discussion

kept-chat-title = Discussion du cours
kept-chat-none = Il n’y a rien à relire ici.
kept-chat-to-leaders = au professeur
kept-chat-private = message privé
kept-chat-to-group = groupe { $number }
kept-chat-later = La suite
kept-chat-year = Cette discussion est conservée jusqu’à la fin de l’année scolaire.
kept-chat-days = { $days ->
    [one] Cette discussion est conservée un jour.
   *[other] Cette discussion est conservée { $days } jours.
}
keeping-title = Conservation des discussions
keeping-intro = La discussion d’un cours peut être relue par ses professeurs et par les élèves qui y étaient, chacun ce qu’il pouvait lire alors. Passé ce délai, elle est effacée.
keeping-chat = Conserver la discussion
keeping-chat-help = Les messages joints à un signalement restent avec lui.
keeping-year = jusqu’à la fin de l’année scolaire
keeping-days = { $days ->
    [one] un jour
   *[other] { $days } jours
}

self-test-title = Tester mon matériel
self-test-intro = { $who ->
    [tu] En une minute : ce qui marche sur cet appareil et avec cette connexion, ce qui ne marche pas, et quoi faire.
   *[vous] En une minute : ce qui marche sur cet appareil et avec cette connexion, ce qui ne marche pas, et quoi faire.
}
self-test-scriptless = { $who ->
    [tu] Ce test a besoin de JavaScript, comme les cours en direct. Active-le dans ce navigateur, ou prends un autre navigateur.
   *[vous] Ce test a besoin de JavaScript, comme les cours en direct. Activez-le dans ce navigateur, ou prenez un autre navigateur.
}
self-test-run = Commencer le test
self-test-devices = Essayer aussi la caméra et le micro (le navigateur demandera la permission)
self-test-results = Résultat
self-test-waiting = pas encore essayé
self-test-running = essai en cours…
self-test-browser = Navigateur
self-test-browser-good = Ce navigateur sait faire tout ce qu’il faut pour un cours.
self-test-browser-bad = { $who ->
    [tu] Ce navigateur est trop ancien pour le son et l’image. Mets-le à jour, ou prends Firefox, Chrome, Edge ou Safari récents. La discussion et les documents marchent quand même.
   *[vous] Ce navigateur est trop ancien pour le son et l’image. Mettez-le à jour, ou prenez Firefox, Chrome, Edge ou Safari récents. La discussion et les documents marchent quand même.
}
self-test-camera = Caméra
self-test-camera-good = La caméra marche : voici son image.
self-test-camera-denied = { $who ->
    [tu] Le navigateur n’a pas la permission. Clique sur l’icône à gauche de l’adresse, autorise la caméra, puis recommence. On peut aussi suivre sans caméra.
   *[vous] Le navigateur n’a pas la permission. Cliquez sur l’icône à gauche de l’adresse, autorisez la caméra, puis recommencez. On peut aussi suivre sans caméra.
}
self-test-camera-missing = Pas de caméra sur cet appareil. On peut suivre le cours sans.
self-test-camera-bad = { $who ->
    [tu] La caméra ne répond pas. Ferme les autres programmes qui l’utilisent, débranche-la et rebranche-la, puis recommence.
   *[vous] La caméra ne répond pas. Fermez les autres programmes qui l’utilisent, débranchez-la et rebranchez-la, puis recommencez.
}
self-test-camera-off = Pas essayée.
self-test-mic = Micro
self-test-mic-good = { $who ->
    [tu] Le micro marche : on t’entend.
   *[vous] Le micro marche : on vous entend.
}
self-test-mic-weak = { $who ->
    [tu] Le micro est là, mais il n’entend rien. Parle pendant le test, vérifie qu’il n’est pas coupé, ou choisis un autre micro.
   *[vous] Le micro est là, mais il n’entend rien. Parlez pendant le test, vérifiez qu’il n’est pas coupé, ou choisissez un autre micro.
}
self-test-mic-denied = { $who ->
    [tu] Le navigateur n’a pas la permission. Clique sur l’icône à gauche de l’adresse, autorise le micro, puis recommence. On peut aussi écouter sans micro.
   *[vous] Le navigateur n’a pas la permission. Cliquez sur l’icône à gauche de l’adresse, autorisez le micro, puis recommencez. On peut aussi écouter sans micro.
}
self-test-mic-missing = Pas de micro sur cet appareil. On peut écouter, lever la main et écrire.
self-test-mic-bad = { $who ->
    [tu] Le micro ne répond pas. Ferme les autres programmes qui l’utilisent, puis recommence.
   *[vous] Le micro ne répond pas. Fermez les autres programmes qui l’utilisent, puis recommencez.
}
self-test-mic-off = Pas essayé.
self-test-play = { $who ->
    [tu] Réécouter ma voix
   *[vous] Réécouter ma voix
}
self-test-playing = lecture…
self-test-websocket = Discussion et commandes
self-test-websocket-good = La discussion, les mains levées et les documents passent.
self-test-websocket-bad = { $who ->
    [tu] Le réseau bloque la connexion du cours (WebSocket). Essaie un autre réseau, par exemple le partage de connexion d’un téléphone, ou demande à qui gère ce réseau.
   *[vous] Le réseau bloque la connexion du cours (WebSocket). Essayez un autre réseau, par exemple le partage de connexion d’un téléphone, ou demandez à qui gère ce réseau.
}
self-test-udp = Son et image, voie rapide (UDP)
self-test-udp-good = La voie rapide est ouverte.
self-test-udp-bad = { $who ->
    [tu] Le réseau bloque la voie rapide. Si la voie de secours est ouverte, le cours passe quand même, un peu moins bien. Sinon, essaie un autre réseau.
   *[vous] Le réseau bloque la voie rapide. Si la voie de secours est ouverte, le cours passe quand même, un peu moins bien. Sinon, essayez un autre réseau.
}
self-test-udp-off = Ce serveur ne propose ni son ni image.
self-test-voice = Voix jusqu’au serveur et retour
self-test-voice-good = Le son fait l’aller et retour sans perte.
self-test-voice-weak = { $who ->
    [tu] Le son passe, mais il en manque. Rapproche-toi du Wi-Fi, branche un câble, ou choisis « Connexion faible » pendant le cours.
   *[vous] Le son passe, mais il en manque. Rapprochez-vous du Wi-Fi, branchez un câble, ou choisissez « Connexion faible » pendant le cours.
}
self-test-voice-bad = Le son n’arrive pas jusqu’ici. Pendant le cours, la discussion et les documents restent possibles.
self-test-voice-off = Pas essayé : aucune voie n’est ouverte pour le son.
self-test-tcp = Son et image, voie de secours (TCP)
self-test-tcp-good = La voie de secours est ouverte.
self-test-tcp-bad = Le réseau bloque la voie de secours. Elle ne sert que si la voie rapide est fermée.
self-test-tcp-off = Ce serveur ne la propose pas.
self-test-turn = Relais (TURN)
self-test-turn-good = Le relais est ouvert : le cours passe même là où tout est bloqué sauf les pages.
self-test-turn-bad = Le réseau bloque aussi le relais. Il ne sert que si les deux autres voies sont fermées.
self-test-turn-off = Ce serveur ne propose pas de relais.
self-test-trip = Temps de réponse
self-test-trip-good = Le serveur répond vite.
self-test-trip-weak = La réponse est un peu lente : il y aura un léger retard.
self-test-trip-bad = { $who ->
    [tu] La réponse est lente. Ferme les téléchargements, ou rapproche-toi du Wi-Fi.
   *[vous] La réponse est lente. Fermez les téléchargements, ou rapprochez-vous du Wi-Fi.
}
self-test-down = Débit descendant
self-test-down-good = Assez pour le son, l’image et l’écran du professeur.
self-test-down-weak = Assez pour le son et une image réduite.
self-test-down-bad = { $who ->
    [tu] Juste assez pour la voix. Choisis « Connexion faible » pendant le cours.
   *[vous] Juste assez pour la voix. Choisissez « Connexion faible » pendant le cours.
}
self-test-up = Débit montant
self-test-up-good = Assez pour montrer sa caméra.
self-test-up-weak = Assez pour parler, et pour une petite image.
self-test-up-bad = Juste assez pour parler. Mieux vaut laisser la caméra coupée.
self-test-state-good = bon
self-test-state-weak = faible
self-test-state-bad = ne marche pas
self-test-state-off = non proposé
self-test-state-denied = refusé
self-test-state-missing = absent
self-test-state-busy = à refaire
self-test-busy = { $who ->
    [tu] Trop de tests en même temps : recommence dans une minute.
   *[vous] Trop de tests en même temps : recommencez dans une minute.
}
self-test-all-good = Tout est prêt pour suivre un cours.
self-test-some-weak = { $who ->
    [tu] Tu peux suivre un cours, mais il manque quelque chose : lis ci-dessous ce que tu peux faire.
   *[vous] Vous pouvez suivre un cours, mais il manque quelque chose : lisez ci-dessous ce que vous pouvez faire.
}
self-test-some-bad = { $who ->
    [tu] Tout ne marche pas : lis ci-dessous ce qu’il faut faire.
   *[vous] Tout ne marche pas : lisez ci-dessous ce qu’il faut faire.
}
self-test-send-help = La vie scolaire peut aider : elle recevra ce résultat et le nom du navigateur, rien d’autre. Il est effacé au bout de 30 jours.
self-test-send = Envoyer à la vie scolaire
self-test-sent = Envoyé à la vie scolaire.
self-test-not-sent = Pas envoyé pour l’instant. Réessayez dans un moment.
notice-self-test-sent = Le résultat est envoyé à la vie scolaire.
self-test-kbps = { $value } kbit/s
self-test-ms = { $value } ms
self-tests-title = Tests du matériel
self-tests-intro = Ce que des personnes ont envoyé pour être aidées. Effacé au bout de 30 jours.
self-tests-none = Personne n’a envoyé de test.
