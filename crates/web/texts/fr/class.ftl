# La page de la classe en direct. %name%, %number%, %count%, %body% et %act% sont remplacés par la page elle-même.

class-fact-time = Horaire
class-fact-teacher = Professeur
class-fact-groups = Classe
class-fact-room = Salle
class-on-now = Maintenant
class-as-teacher = Vous faites cours
class-teacher-in = Le professeur est là
class-teacher-not-in = Le professeur n’est pas encore là
class-pupils-in = { $count ->
    [one] 1 élève présent
   *[other] { $count } élèves présents
}
class-scriptless = Le direct a besoin de JavaScript.
class-scriptless-do = { $who ->
    [tu] Ce navigateur l’a désactivé, ou il est trop ancien : le son et l’image ne peuvent pas passer. Active JavaScript puis recharge la page, ou prends un autre navigateur. L’horaire, le travail à faire et tout le reste marchent sans.
   *[vous] Ce navigateur l’a désactivé, ou il est trop ancien : le son et l’image ne peuvent pas passer. Activez JavaScript puis rechargez la page, ou prenez un autre navigateur. L’horaire, le travail à faire et tout le reste marchent sans.
}
class-door-choose = Micro et caméra avant d’entrer
class-door-level = Niveau du micro
class-door-asking = { $who ->
    [tu] Le navigateur demande s’il peut utiliser le micro et la caméra. Choisis « Autoriser », ou entre sans.
   *[vous] Le navigateur demande s’il peut utiliser le micro et la caméra. Choisissez « Autoriser », ou entrez sans.
}
class-door-no-picture = { $who ->
    [tu] Caméra coupée. Les autres verront ton nom.
   *[vous] Caméra coupée. Les autres verront votre nom.
}
class-door-speak = { $who ->
    [tu] Dis quelques mots pour essayer le micro.
   *[vous] Dites quelques mots pour essayer le micro.
}
class-door-heard = { $who ->
    [tu] On t’entend.
   *[vous] On vous entend.
}
class-door-later = { $who ->
    [tu] Tu pourras changer d’avis à tout moment pendant le cours.
   *[vous] Vous pourrez changer d’avis à tout moment pendant le cours.
}
class-pick-mic = Micro
class-pick-camera = Caméra
class-enter = Rejoindre la classe
class-listen = Écouter seulement

class-stage = Images de la classe
class-strip = Participants à l’image
class-panel = Discussion et participants
class-panel-close = Fermer
class-tools = Commandes
class-mic = Micro
class-camera = Caméra
class-share = Partager l’écran
class-hand = Lever la main
class-chat = Discussion
class-people = Participants
class-settings = Réglages
class-leave = Quitter
class-state-busy = un instant…
class-state-mic-on = activé
class-state-mic-off = coupé
class-state-camera-on = activée
class-state-camera-off = coupée
class-state-screen-on = partagé
class-state-screen-off = non partagé
class-state-hand-up = levée, n° %number%
class-state-hand-down = baissée

class-connecting = Connexion à la classe…
class-connecting-body = Encore un instant.
class-waiting-title = En attente du professeur
class-waiting-body = { $who ->
    [tu] Le cours commencera dès que ton professeur sera là. Reste sur cette page : tu entreras sans rien faire.
   *[vous] Le cours commencera dès que le professeur sera là. Restez sur cette page : vous entrerez sans rien faire.
}
class-entered = { $who ->
    [tu] Tu es dans la classe.
   *[vous] Vous êtes dans la classe.
}
class-reconnecting = { $who ->
    [tu] Connexion perdue. Nouvel essai en cours : ta place est gardée, tes messages partiront au retour.
   *[vous] Connexion perdue. Nouvel essai en cours : votre place est gardée, vos messages partiront au retour.
}
class-back-online = Connexion rétablie.
class-sound-blocked = Le navigateur retient le son.
class-sound-play = Activer le son
class-sharing = { $who ->
    [tu] Tu partages ton écran avec la classe.
   *[vous] Vous partagez votre écran avec la classe.
}
class-sharing-stop = Arrêter le partage
class-no-media = Ce navigateur ne sait pas recevoir le son et l’image. La discussion et les mains levées marchent.
class-low-off = Revoir les images
class-shortcuts-choice = Raccourcis du clavier
class-dismiss = D’accord
class-was-muted = { $who ->
    [tu] Le professeur a coupé ton micro. Tu peux le remettre pour parler.
   *[vous] Un professeur a coupé votre micro. Vous pouvez le remettre pour parler.
}
class-camera-stopped = { $who ->
    [tu] Ta caméra est éteinte : le professeur ne la permet pas en ce moment.
   *[vous] Votre caméra est éteinte : les règles de la classe ne la permettent pas en ce moment.
}
class-screen-stopped = { $who ->
    [tu] Ton partage d’écran est terminé : le professeur partage le sien.
   *[vous] Votre partage d’écran est terminé : quelqu’un d’autre partage le sien.
}
class-line-good = connexion bonne
class-line-fair = connexion moyenne
class-line-weak = connexion faible
class-line-lost = son et image en attente
class-line-online = connecté
class-line-offline = connexion perdue
class-present-one = %count% présent
class-present-other = %count% présents

class-you = { $who ->
    [tu] Toi
   *[vous] Vous
}
class-name-you = { $who ->
    [tu] %name% (toi)
   *[vous] %name% (vous)
}
class-teacher = professeur
class-mic-on = micro activé
class-mic-off = micro coupé
class-camera-on = caméra
class-screen-on = écran partagé
class-program-publisher = diffuse depuis un logiciel
class-program-player = un lecteur écoute la classe
class-screen-of = Écran partagé par %name%
class-person-away = connexion perdue
class-picture-paused = image en pause
class-hand-number = main levée, n° %number%
class-hand-raised = %name% lève la main.
class-hand-lowered = { $who ->
    [tu] Ta main est baissée.
   *[vous] Votre main est baissée.
}
class-came = %name% est là.
class-came-count-one = %count% personne est entrée.
class-came-count-other = %count% personnes sont entrées.
class-went = %name% a quitté la classe.
class-went-count-one = %count% personne est sortie.
class-went-count-other = %count% personnes sont sorties.

class-chat-empty = Personne n’a encore écrit.
class-chat-write = Écrire à la classe
class-chat-send = Envoyer
class-chat-said = %name% écrit : %body%
class-chat-sending = Envoi en cours…
class-chat-again = Envoyer à nouveau
class-unread-one = %count% message non lu
class-unread-other = %count% messages non lus

class-people-acts = Toute la classe
class-act-mute = Couper le micro
class-act-lower-hand = Baisser la main
class-act-remove = Exclure
class-act-of = %act% : %name%
class-act-mute-all = Couper tous les micros
class-act-lower-hands = Baisser toutes les mains
class-act-close = Fermer la classe pour tous
class-act-close-short = Fermer la classe
class-confirm-remove-title = Exclure %name% ?
class-confirm-remove-body = %name% sortira de la classe et ne pourra plus y revenir pendant ce cours.
class-confirm-remove-yes = Exclure
class-confirm-close-title = Fermer la classe pour tous ?
class-confirm-close-body = Tout le monde sortira, et personne ne pourra plus entrer dans ce cours.
class-confirm-close-yes = Fermer la classe

class-device-both-denied = { $who ->
    [tu] Le micro et la caméra ne sont pas autorisés. Ouvre le cadenas près de l’adresse de la page pour les autoriser. Ou entre sans : tu entendras, tu pourras écrire et lever la main.
   *[vous] Le micro et la caméra ne sont pas autorisés. Ouvrez le cadenas près de l’adresse de la page pour les autoriser. Ou entrez sans : vous entendrez, vous pourrez écrire et lever la main.
}
class-device-both-absent = { $who ->
    [tu] Ni micro ni caméra sur cet appareil. Entre sans : tu entendras, tu pourras écrire et lever la main.
   *[vous] Ni micro ni caméra sur cet appareil. Entrez sans : vous entendrez, vous pourrez écrire et lever la main.
}
class-device-both-insecure = { $who ->
    [tu] Le navigateur ne donne micro et caméra qu’aux pages sécurisées (https). Entre sans : tu entendras, tu pourras écrire et lever la main.
   *[vous] Le navigateur ne donne micro et caméra qu’aux pages sécurisées (https). Entrez sans : vous entendrez, vous pourrez écrire et lever la main.
}
class-remove-not-stored = L’élève est sorti, mais le serveur n’a pas pu l’enregistrer : après une panne, il faudrait recommencer.
class-device-mic-number = Micro %number%
class-device-mic-denied = { $who ->
    [tu] Le micro n’est pas autorisé. Pour parler, ouvre le cadenas près de l’adresse de la page, autorise le micro, puis appuie à nouveau sur « Micro ». Tu peux aussi entrer sans : écrire et lever la main marchent.
   *[vous] Le micro n’est pas autorisé. Pour parler, ouvrez le cadenas près de l’adresse de la page, autorisez le micro, puis appuyez à nouveau sur « Micro ». Vous pouvez aussi entrer sans : écrire et lever la main marchent.
}
class-device-mic-absent = { $who ->
    [tu] Aucun micro trouvé. Branches-en un si tu en as, ou entre sans : tu entendras, et tu pourras écrire.
   *[vous] Aucun micro trouvé. Branchez-en un si vous en avez, ou entrez sans : vous entendrez, et vous pourrez écrire.
}
class-device-mic-busy = { $who ->
    [tu] Le micro ne répond pas : un autre programme s’en sert peut-être. Ferme-le, puis appuie à nouveau sur « Micro ».
   *[vous] Le micro ne répond pas : un autre programme s’en sert peut-être. Fermez-le, puis appuyez à nouveau sur « Micro ».
}
class-device-mic-insecure = { $who ->
    [tu] Le navigateur ne donne le micro qu’aux pages sécurisées (https). Tu peux entrer sans.
   *[vous] Le navigateur ne donne le micro qu’aux pages sécurisées (https). Vous pouvez entrer sans.
}
class-device-mic-failed = { $who ->
    [tu] Le micro n’a pas pu démarrer. Essaie à nouveau, ou entre sans.
   *[vous] Le micro n’a pas pu démarrer. Essayez à nouveau, ou entrez sans.
}
class-device-mic-gone = { $who ->
    [tu] Le micro s’est arrêté. Vérifie qu’il est branché, puis appuie à nouveau sur « Micro ».
   *[vous] Le micro s’est arrêté. Vérifiez qu’il est branché, puis appuyez à nouveau sur « Micro ».
}
class-device-camera-number = Caméra %number%
class-device-camera-denied = { $who ->
    [tu] La caméra n’est pas autorisée. Pour qu’on te voie, ouvre le cadenas près de l’adresse de la page, autorise la caméra, puis appuie à nouveau sur « Caméra ». Tu peux aussi entrer sans.
   *[vous] La caméra n’est pas autorisée. Pour qu’on vous voie, ouvrez le cadenas près de l’adresse de la page, autorisez la caméra, puis appuyez à nouveau sur « Caméra ». Vous pouvez aussi entrer sans.
}
class-device-camera-absent = { $who ->
    [tu] Aucune caméra trouvée. Branches-en une si tu en as, ou entre sans : les autres verront ton nom.
   *[vous] Aucune caméra trouvée. Branchez-en une si vous en avez, ou entrez sans : les autres verront votre nom.
}
class-device-camera-busy = { $who ->
    [tu] La caméra ne répond pas : un autre programme s’en sert peut-être. Ferme-le, puis appuie à nouveau sur « Caméra ».
   *[vous] La caméra ne répond pas : un autre programme s’en sert peut-être. Fermez-le, puis appuyez à nouveau sur « Caméra ».
}
class-device-camera-insecure = { $who ->
    [tu] Le navigateur ne donne la caméra qu’aux pages sécurisées (https). Tu peux entrer sans.
   *[vous] Le navigateur ne donne la caméra qu’aux pages sécurisées (https). Vous pouvez entrer sans.
}
class-device-camera-failed = { $who ->
    [tu] La caméra n’a pas pu démarrer. Essaie à nouveau, ou entre sans.
   *[vous] La caméra n’a pas pu démarrer. Essayez à nouveau, ou entrez sans.
}
class-device-camera-gone = { $who ->
    [tu] La caméra s’est arrêtée. Vérifie qu’elle est branchée, puis appuie à nouveau sur « Caméra ».
   *[vous] La caméra s’est arrêtée. Vérifiez qu’elle est branchée, puis appuyez à nouveau sur « Caméra ».
}
class-device-screen-denied = L’écran n’est pas partagé : le navigateur n’en a pas reçu l’autorisation.
class-device-screen-absent = L’écran n’est pas partagé : le navigateur n’en a pas trouvé.
class-device-screen-busy = L’écran n’est pas partagé : l’ordinateur ne l’a pas permis.
class-device-screen-insecure = Le navigateur ne partage l’écran que depuis une page sécurisée (https).
class-device-screen-failed = Le partage d’écran n’a pas pu démarrer.

live-error-bad-message = Le serveur n’a pas compris la demande. Rien n’a été fait.
live-error-unknown-type = Le serveur ne connaît pas cette commande. Rien n’a été fait.
live-error-too-fast = { $who ->
    [tu] Trop vite : attends une seconde, puis recommence.
   *[vous] Trop vite : attendez une seconde, puis recommencez.
}
live-error-not-in = { $who ->
    [tu] Il faut d’abord que tu sois dans la classe.
   *[vous] Il faut d’abord que vous soyez dans la classe.
}
live-error-not-allowed = Seul le professeur peut faire cela.
live-error-locked = Le professeur a bloqué cette commande.
live-error-unknown-person = Cette personne n’est plus dans la classe.
live-error-unknown-thing = Cela n’existe plus dans la classe.
live-error-full = La limite de la classe est atteinte : rien n’a été ajouté.
live-error-stale = Quelqu’un a écrit au même moment. La page a été remise à jour : réessayer suffit.
live-error-cameras-full = Il y a déjà autant de caméras allumées que le professeur le permet.
live-error-screen-taken = Quelqu’un partage déjà son écran.
live-error-muted = { $who ->
    [tu] Le professeur vient de couper ton micro.
   *[vous] Un professeur vient de couper votre micro.
}
live-error-empty = Le message est vide.
live-error-too-long = { $who ->
    [tu] Le message dépasse 2 000 caractères. Raccourcis-le, ou envoie-le en deux fois.
   *[vous] Le message dépasse 2 000 caractères. Raccourcissez-le, ou envoyez-le en deux fois.
}
live-error-bad-text = { $who ->
    [tu] Le message contient des signes illisibles. Écris-le à nouveau.
   *[vous] Le message contient des signes illisibles. Écrivez-le à nouveau.
}
live-error-not-stored = { $who ->
    [tu] Le serveur n’a pas pu l’enregistrer. Rien n’a été fait, recommence dans un instant.
   *[vous] Le serveur n’a pas pu l’enregistrer. Rien n’a été fait, recommencez dans un instant.
}
live-error-bad-sdp = Ce navigateur et le serveur ne s’entendent pas sur le son et l’image.
live-error-media-unavailable = Le son et l’image ne sont pas disponibles pour le moment.
live-error-joins-full = Trop de monde attend déjà le son et l’image.
live-error-offline = { $who ->
    [tu] Pas de connexion : rien n’a été fait. Recommence au retour de la connexion.
   *[vous] Pas de connexion : rien n’a été fait. Recommencez au retour de la connexion.
}

live-bye-left = { $who ->
    [tu] Tu as quitté la classe
   *[vous] Vous avez quitté la classe
}
live-bye-hello-late = La connexion a pris trop de temps
live-bye-bad-frames = La connexion s’est interrompue
live-bye-bad-token = L’entrée n’a pas été acceptée
live-bye-not-on-roster = { $who ->
    [tu] Ce cours n’est pas le tien
   *[vous] Ce cours n’est pas le vôtre
}
live-bye-removed = { $who ->
    [tu] Le professeur t’a fait sortir de la classe
   *[vous] Un professeur vous a fait sortir de la classe
}
live-bye-closed = La classe est fermée
live-bye-replaced = La classe est ouverte ailleurs
live-bye-reload = Cette page a changé
live-bye-slow = La connexion est trop lente
live-bye-flood = Trop de demandes à la fois
live-bye-full = La classe est pleine
live-bye-restart = Le serveur redémarre
live-bye-no-lesson = Ce cours est terminé
live-bye-busy = Le serveur est très occupé
live-bye-signed-out = { $who ->
    [tu] Ta session est terminée
   *[vous] Votre session est terminée
}
live-bye-turned-away = { $who ->
    [tu] Le professeur ne t’a pas fait entrer
   *[vous] Un professeur ne vous a pas fait entrer
}
live-bye-over = Le cours est terminé
live-bye-refused = L’entrée n’est plus possible
live-bye-lost = La connexion est perdue
class-end-left = { $who ->
    [tu] Si le cours n’est pas fini, tu peux y revenir.
   *[vous] Si le cours n’est pas fini, vous pouvez y revenir.
}
class-end-removed = { $who ->
    [tu] Tu ne peux pas y revenir pendant ce cours. Si tu ne comprends pas pourquoi, parles-en à ton professeur.
   *[vous] Vous ne pouvez pas y revenir pendant ce cours.
}
class-end-closed = Le professeur a terminé le cours pour tout le monde. La discussion a été gardée.
class-end-replaced = { $who ->
    [tu] Tu l’as ouverte dans un autre onglet ou sur un autre appareil : c’est là que le cours continue.
   *[vous] Vous l’avez ouverte dans un autre onglet ou sur un autre appareil : c’est là que le cours continue.
}
class-end-bad-frames = { $who ->
    [tu] Ce que la page a envoyé n’était pas lisible. Recharge-la pour revenir.
   *[vous] Ce que la page a envoyé n’était pas lisible. Rechargez-la pour revenir.
}
class-end-bad-token = { $who ->
    [tu] Vérifie l’heure de ton appareil, puis essaie à nouveau.
   *[vous] Vérifiez l’heure de votre appareil, puis essayez à nouveau.
}
class-end-reload = { $who ->
    [tu] Recharge-la pour revenir dans la classe.
   *[vous] Rechargez-la pour revenir dans la classe.
}
class-end-not-on-roster = { $who ->
    [tu] Ton cours du moment est sur la page d’accueil.
   *[vous] Vos cours sont sur la page d’accueil.
}
class-end-no-lesson = { $who ->
    [tu] La suite de ta journée est sur la page d’accueil.
   *[vous] La suite de votre journée est sur la page d’accueil.
}
class-end-signed-out = { $who ->
    [tu] Connecte-toi à nouveau pour revenir dans la classe.
   *[vous] Connectez-vous à nouveau pour revenir dans la classe.
}
class-end-refused = La page va dire pourquoi.
class-back = Revenir dans la classe

# Connexion faible.
class-silent = { $who ->
    [tu] Le son et l’image n’arrivent pas : ton réseau les bloque peut-être. Le cours continue par la discussion, les documents et le tableau ; la page réessaie toute seule.
   *[vous] Le son et l’image n’arrivent pas : votre réseau les bloque peut-être. Le cours continue par la discussion, les documents et le tableau ; la page réessaie toute seule.
}
class-queue = { $who ->
    [tu] Beaucoup de monde arrive en même temps : tu es à la place %place% de la file. Le son et l’image viennent dans %seconds% s environ ; la discussion, les documents et le tableau marchent déjà.
   *[vous] Beaucoup de monde arrive en même temps : vous êtes à la place %place% de la file. Le son et l’image viennent dans %seconds% s environ ; la discussion, les documents et le tableau marchent déjà.
}
class-examined = { $who ->
    [tu] Un administrateur examine ta connexion : les en-têtes des paquets seulement, ni ta voix ni ton image.
   *[vous] Un administrateur examine votre connexion : les en-têtes des paquets seulement, ni votre voix ni votre image.
}
class-queue-full = Trop de monde attend déjà le son et l’image : la page réessaie toute seule dans %seconds% s environ. La discussion, les documents et le tableau marchent déjà.
class-queue-over = Le son et l’image arrivent
class-low-button = Connexion faible
class-low-pressed = voix et documents
class-low-released = tout est reçu
class-low-on = { $who ->
    [tu] Connexion faible : tu reçois les voix et les documents, pas les images. Tu peux parler.
   *[vous] Connexion faible : vous recevez les voix et les documents, pas les images. Vous pouvez parler.
}
class-low-on-camera = { $who ->
    [tu] Connexion faible : tu reçois les voix et les documents, pas les images, et ta caméra est coupée. Tu peux parler.
   *[vous] Connexion faible : vous recevez les voix et les documents, pas les images, et votre caméra est coupée. Vous pouvez parler.
}
class-low-by-itself = { $who ->
    [tu] Ta connexion est faible : les images sont coupées pour que le son passe. Elles reviendront quand elle sera meilleure.
   *[vous] Votre connexion est faible : les images sont coupées pour que le son passe. Elles reviendront quand elle sera meilleure.
}
class-low-by-itself-camera = { $who ->
    [tu] Ta connexion est faible : les images et ta caméra sont coupées pour que le son passe. Elles reviendront quand elle sera meilleure.
   *[vous] Votre connexion est faible : les images et votre caméra sont coupées pour que le son passe. Elles reviendront quand elle sera meilleure.
}
class-low-said = Connexion faible : voix et documents seulement
class-low-over = Les images sont de retour
class-low-choice = Connexion faible : voix et documents seulement
class-lean = Mode sobre : chacun ne reçoit qu’une image à la fois, l’écran partagé, sinon l’enseignant ou l’enseignante, sinon la personne qui parle. Les voix et les documents arrivent à tous.
class-picture-cut = image coupée : connexion faible

# Signalements.
class-report = Signaler à la vie scolaire
class-report-of = Signaler ce message de %name%
class-report-picture-of = Signaler l’image de %name%
class-report-person-of = Signaler %name% à la vie scolaire
class-report-intro = { $who ->
    [tu] Lu par la vie scolaire et la direction, par personne d’autre. La personne ne saura pas que cela vient de toi.
   *[vous] Lu par la vie scolaire et la direction, par personne d’autre. La personne ne saura pas que cela vient de vous.
}
class-report-still = Joindre l’image affichée en ce moment
class-report-still-alt = Image qui sera jointe
class-report-incomplete = { $who ->
    [tu] Choisis qui et pourquoi, et dis en quelques mots ce qui s’est passé.
   *[vous] Choisissez qui et pourquoi, et dites en quelques mots ce qui s’est passé.
}
class-report-sent = C’est envoyé à la vie scolaire. Merci.
class-report-too-many = { $who ->
    [tu] Tu as déjà fait beaucoup de signalements aujourd’hui. Parle à un adulte, il t’aidera.
   *[vous] Vous avez déjà fait beaucoup de signalements aujourd’hui. Appelez la vie scolaire.
}
class-report-not-sent = Ce n’est pas parti. Le texte est gardé : réessayez dans un moment.
