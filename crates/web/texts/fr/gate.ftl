# La console de l’entrée, et ce que l’allègement change dans les pages.

gate-title = L’entrée, en direct
gate-intro = Qui est dedans, qui attend, ce qui se passe et pourquoi. Chaque réglage agit tout de suite et se défait de même.
gate-off = L’entrée n’est pas active sur ce serveur : les pages sont servies directement.
gate-as-of = Relevé de { $time }
gate-refresh = Actualiser
nav-gate = Entrée

gate-verdict-calm = Tout est calme.
gate-verdict-expected = L’affluence est celle que l’emploi du temps annonçait.
gate-verdict-unexpected = Beaucoup de monde arrive sans que l’emploi du temps l’annonce.
gate-verdict-slow = Le service est lent par lui-même : ni la foule ni une attaque ne l’expliquent.
gate-verdict-attack = Attaque en cours : { $attack }.
gate-verdict-attacks = Plusieurs attaques en cours : { $attacks }.
gate-since = depuis { $time }
gate-grounds = Ce qui le montre

gate-attack-connections = vagues de connexions
gate-attack-handshakes = vagues de négociations TLS
gate-attack-slow = connexions muettes ou trop lentes
gate-attack-http = vagues de requêtes
gate-attack-cache = requêtes toujours nouvelles, pour contourner les caches
gate-attack-http2 = abus du protocole HTTP/2
gate-attack-large = requêtes démesurées
gate-attack-smuggling = requêtes ambiguës, pour tromper un serveur
gate-attack-passwords = essais de mots de passe en masse
gate-attack-tickets = tickets d’attente pris en masse
gate-attack-forged = laissez-passer contrefaits
gate-attack-shared = laissez-passer utilisé depuis trop de réseaux

gate-ground-usual = d’ordinaire { $usual }
gate-fact-arrivals = Nouvelles personnes par minute
gate-fact-known-networks = Part venue de réseaux déjà connus
gate-fact-pages-alone = Pages demandées sans leurs fichiers
gate-fact-requests = Requêtes par seconde
gate-fact-busiest = Requêtes par seconde du réseau le plus actif
gate-fact-turned-away = Refus par seconde
gate-fact-connections = Connexions par seconde, { $ended }
gate-fact-new-queries = Requêtes aux paramètres jamais vus
gate-fact-wrong-passwords = Mots de passe faux par minute
gate-fact-logins = Identifiants essayés par minute
gate-fact-forged = Laissez-passer contrefaits par minute
gate-fact-shared = Réseaux d’un même laissez-passer en une heure
gate-fact-tickets = Tickets jamais représentés
gate-fact-latency = Temps de réponse
gate-fact-errors = Réponses en erreur
gate-fact-signature = Requêtes arrêtées par signature, par seconde

gate-sign-connection-refused = refusées
gate-sign-handshake-failed = à la négociation inachevée
gate-sign-handshake-only = sans requête après la négociation
gate-sign-silent = muettes
gate-sign-slow-header = à l’en-tête trop lent
gate-sign-slow-body = à l’envoi trop lent
gate-sign-slow-read = qui ne lisent pas la réponse
gate-sign-bad-request = incompréhensibles
gate-sign-smuggling = ambiguës
gate-sign-header-too-large = à l’en-tête démesuré
gate-sign-body-too-large = à l’envoi démesuré
gate-sign-http2-abuse = abusant d’HTTP/2
gate-sign-wrong-password = au mot de passe faux

gate-level = Niveau
gate-level-full = 0 · tout est servi
gate-level-light = 1 · affichage allégé
gate-level-plain = 2 · sans images
gate-level-essential = 3 · l’essentiel
gate-level-read-only = 4 · lecture seule
gate-level-waiting = 5 · les nouveaux venus attendent
gate-by-hand = tenu à la main
gate-cause-calm = mesures normales
gate-cause-queue = des requêtes attendent leur tour
gate-cause-latency = réponses plus lentes que possible
gate-cause-errors = réponses en erreur
gate-cause-machine = machine chargée
gate-cause-hand = réglage à la main

gate-inside = Dans les lieux
gate-inside-lesson = dont en cours ou presque
gate-waiting = Attendent
gate-known-waiting = dont connus
gate-entered = Entrés depuis le démarrage
gate-rate = Entrées par minute
gate-at-work = Requêtes en cours
gate-of-limit = sur { $limit } possibles
gate-held = retenues un instant
gate-latency = Temps de réponse
gate-latency-floor = au mieux { $floor }

gate-curve-title = Arrivées : annoncées et constatées
gate-curve-none = Pas encore assez de minutes pour tracer une courbe.
gate-curve-expected = annoncées par l’emploi du temps
gate-curve-arrived = constatées
gate-curve-entered = entrées
gate-curve-say = De { $from } à { $to } : au plus { $most } personnes par minute.

gate-lanes = Files, dernière minute
gate-lane = File
gate-lane-lesson = Connus, cours imminent
gate-lane-known = Connus
gate-lane-entered = Entrés par la salle d’attente
gate-lane-returning = Avec ticket d’attente
gate-lane-newcomer = Nouveaux venus
gate-outcome-admitted = admis
gate-outcome-held = retenus
gate-outcome-waits = en attente
gate-outcome-away = refusés

gate-reason-not-yet-open = l’ouverture est plus tard
gate-reason-closed = les portes sont fermées
gate-reason-crowd = affluence
gate-reason-full = le nombre fixé est atteint
gate-reason-slow = le service est lent
gate-reason-attack = une attaque est contenue

gate-signatures = Signatures en vigueur
gate-signatures-none = Aucune.
gate-signature-hits = requêtes arrêtées
gate-signature-baseline = part des requêtes admises qu’elle toucherait
gate-signature-expires = expire à { $time }
gate-signature-pinned = gardée
gate-pin = Garder
gate-drop = Abandonner

gate-networks = Réseaux les plus refusés, dernière minute
gate-network = Réseau
gate-network-requests = requêtes/s
gate-network-away = refus/s
gate-network-passes = laissez-passer distincts
gate-block = Bloquer une heure
gate-blocked = Réseaux bloqués
gate-unblock = Débloquer

gate-switches = Réglages
gate-auto = automatique
gate-set = Appliquer
gate-set-level = Niveau de service
gate-set-doors = Portes
gate-doors-open = ouvertes
gate-doors-closed = fermées
gate-doors-at = ouvrent à
gate-set-doors-time = Heure d’ouverture
gate-doors-help = Les personnes connues entrent à toute heure. Avant l’ouverture, les autres prennent un ticket ; l’ordre est tiré au sort.
gate-set-inside = Personnes à la fois, au plus
gate-set-newcomers = Nouveaux venus par minute, au plus
gate-set-concurrency = Requêtes en cours, au plus
gate-set-empty = Vide : l’entrée décide d’après ce que le service supporte.
gate-set-note = Mot pour la page d’attente
gate-set-priority = Passent en premier
gate-standing-teacher = enseignants
gate-standing-pupil = élèves
gate-standing-staff = personnels
gate-standing-relative = parents
notice-gate-set = Réglage appliqué.
gate-fault-number = Un nombre entier, ou rien.
gate-fault-time = Une heure à venir, comme 8:00.
gate-fault-refused = Réglage refusé : { $why }
act-gate-set = Entrée réglée

level-light = Affichage allégé : beaucoup de monde en ce moment. Les cours passent en premier.
level-read-only = Lecture seule pour l’instant : entrer en cours et rendre un travail restent possibles, le reste attendra quelques minutes.
error-shed-title = Pas tout de suite
error-shed-what = Beaucoup de monde arrive : les cours passent en premier, et cette page attend. Rien n’a été enregistré.
error-shed-do = Revenez en arrière : ce que vous avez écrit y est encore. Réessayez dans une minute.
lesson-waiting-at-gate = { $count ->
    [one] Un élève de ce cours attend à l’entrée
   *[other] { $count } élèves de ce cours attendent à l’entrée
}
