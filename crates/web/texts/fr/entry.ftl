# L’entrée en classe : frapper à la porte, invités, préparation.

door-knocks = { $who ->
    [tu] Ce cours n’est pas dans ton emploi du temps. Si tu entres, tu frappes à la porte : un professeur voit ton nom et ta classe, et décide.
   *[vous] Ce cours n’est pas le vôtre. Si vous entrez, vous frappez à la porte : un professeur voit votre nom, et décide.
}
door-guest = Vous êtes invité. Un professeur vous fera entrer ; tout le monde verra que vous êtes un invité.

error-not-invited-title = Cette page demande une invitation
error-not-invited-what = Aucune invitation valable n’est connue de ce navigateur : elle a pu être annulée, ou ouverte sur un autre appareil.
error-not-invited-do = Ouvrez le lien de votre invitation sur l’appareil avec lequel vous êtes entré, ou demandez un nouveau lien à la personne qui vous a invité.

guest-name = { $name } (invité)
guest-title = Invitation en classe
guest-who = { $guest }, vous êtes invité par { $inviter }.
guest-open = Ce lien est personnel. Il sert une seule fois, sur l’appareil avec lequel vous entrez.
guest-enter = Entrer
guest-cookie = Un témoin de connexion garde votre place jusqu’à la fermeture du navigateur ; il n’ouvre rien d’autre que ce cours.
guest-mine = Vous avez déjà utilisé ce lien sur cet appareil.
guest-back = Revenir en classe
guest-revoked = Cette invitation a été annulée.
guest-used = Ce lien a déjà servi, sur un autre appareil. Reprenez cet appareil, ou demandez un nouveau lien à la personne qui vous a invité.
guest-expired = Ce lien n’est plus valable. Demandez-en un nouveau à la personne qui vous a invité.
guest-too-early = La classe n’est pas encore ouverte. Revenez avec ce lien un quart d’heure avant le début.
guest-cancelled = Ce cours est annulé.
guest-over = Ce cours est terminé. Merci de votre visite !

guests-link-to = Inviter quelqu’un
guests-title = Invités
guests-what = Une invitation est personnelle : un nom, ce cours, un seul appareil. À la porte, c’est vous qui faites entrer.
guests-list = Personnes invitées
guests-state-open = lien pas encore utilisé, valable jusqu’à : { $moment }
guests-state-entered = lien utilisé : { $moment }
guests-state-expired = lien périmé
guests-state-revoked = invitation annulée
guests-revoke = Annuler
guests-new = Inviter une personne
guests-name = Prénom et nom
guests-name-help = C’est le nom que la classe verra, suivi de « Invité ».
guests-email = Adresse électronique
guests-email-help = Le lien y est envoyé. Sans adresse, vous le transmettez vous-même.
guests-email-none = Ce serveur n’envoie pas de courriel : transmettez le lien vous-même.
guests-until = Lien valable
guests-until-lesson = Jusqu’à la fin du cours
guests-until-day = 24 heures
guests-invite = Inviter
guests-make = Faire le lien
guests-over = Ce cours est terminé ou annulé : plus personne ne peut y être invité.
guests-made = L’invitation de { $name } est prête
guests-link = Lien personnel
guests-link-help = Il n’est montré que cette fois. Qui l’ouvre le premier est l’invité : ne le transmettez qu’à cette personne.
guests-copy = Copier le lien
guests-copied = Copié.
guests-mailed = Il a été envoyé à { $address }.
notice-guests-full = Ce cours a déjà autant d’invitations que possible.
notice-guest-revoked = L’invitation est annulée.

streams-link-to = Diffuser depuis OBS
streams-title = Diffuser depuis un logiciel
streams-what = OBS ou ffmpeg diffuse dans la classe ce que vous lui faites montrer, comme un partage d’écran avec le son ; un lecteur restitue ailleurs l’image principale et les voix, sur un vidéoprojecteur par exemple. Il lui faut une clé, et il faut que vous soyez vous-même en classe : quand vous en sortez, il s’arrête. Toute la classe voit qu’il est branché.
streams-list = Vos clés pour ce cours
streams-direction = La clé sert à
streams-direction-publish = diffuser dans la classe
streams-direction-play = recevoir la classe (lecteur)
streams-name = Nom
streams-name-help = Pour la reconnaître dans la liste : « OBS du bureau », « Vidéoprojecteur ».
streams-new = Nouvelle clé
streams-make = Créer la clé
streams-until = valable jusqu’à : { $moment }
streams-used = dernière connexion : { $moment }
streams-revoke = Retirer
streams-made = La clé « { $name } » est prête
streams-address = Adresse du serveur
streams-key = Clé (jeton « Bearer »)
streams-key-help = Elle n’est montrée que cette fois. Quiconque la détient agit en votre nom dans ce cours : ne la donnez à personne, et retirez-la si elle s’est perdue. Si le cours change d’heure, créez-en une autre.
streams-copy = Copier la clé
streams-obs-service = Dans OBS 30 ou plus récent : Paramètres, Stream (flux), service « WHIP » ; collez-y l’adresse, puis la clé comme « Bearer Token ».
streams-obs-encoder = Sortie : encodeur x264 ou matériel H.264, débit de 1 500 kbit/s au plus, une image-clé toutes les 2 secondes, aucune image B.
streams-obs-start = Entrez en classe, coupez le micro de la page si OBS prend déjà votre voix, puis commencez la diffusion.
streams-play-how = Donnez l’adresse et la clé à un lecteur qui parle WHEP. Votre propre voix n’en sort pas : vous ne vous entendrez pas en écho.
notice-streams-full = Vous avez déjà autant de clés que possible pour ce cours : retirez-en une.
notice-stream-revoked = La clé est retirée, et ce qui passait par elle est coupé.

mail-guest-subject = Invitation en classe : { $lesson }
mail-guest-text = Bonjour { $name },

    { $inviter } vous invite en classe à distance : { $lesson }, { $moment } ({ $school }).

    Votre lien personnel :
    { $link }

    Il sert une seule fois, sur l’appareil avec lequel vous entrez. Ne le transmettez à personne.

setup-link = Préparer la classe
prepare-title = Préparer la classe
setup-begun = Quelqu’un est déjà venu en classe. Les règles et les groupes se changent maintenant dans la classe ; ce qui est enregistré ici vaut pour les prochains cours. Les personnes qui aident sont prises en compte tout de suite.
setup-rules = Règles
setup-may = Les élèves et les invités peuvent
setup-may-mic = parler
setup-may-camera = montrer leur caméra
setup-may-screen = montrer leur écran
setup-may-chat = écrire à la classe
setup-may-private = s’écrire entre eux
setup-may-hand = lever la main
setup-may-react = réagir
setup-may-board = dessiner au tableau
setup-may-notes = écrire dans les notes communes
setup-may-leaf = feuilleter les documents
setup-entry = À l’entrée
setup-entry-muted-at-entry = les micros sont coupés
setup-entry-locked = la classe est verrouillée : les retardataires frappent à la porte
setup-cameras-seen = Qui voit les caméras des élèves
setup-seen-all = Toute la classe
setup-seen-leaders = Les professeurs seulement
setup-cameras-max = Caméras d’élèves à la fois
setup-slow-s = Entre deux messages d’une personne
setup-slow = { $seconds ->
    [0] Pas d’attente
   *[other] { $seconds } secondes
}
setup-alone = Minutes sans professeur
setup-alone-help = Au bout de ce temps sans aucun professeur, tout le monde attend de nouveau.
setup-number-fault = Un nombre de { $least } à { $most }.
setup-groups = Groupes de travail
setup-group-names = Noms des groupes
setup-group-names-help = Un par ligne, 12 au plus. Les groupes ne s’ouvrent pas d’eux-mêmes.
setup-groups-fault = 12 groupes au plus, et des noms de 100 caractères au plus.
setup-pupils = Répartir les élèves
setup-no-group = aucun groupe
setup-group = Groupe { $number }
setup-helpers = Personnes qui aident
setup-helpers-what = Un collègue, un assistant, quelqu’un qui observe, sous-titre ou interprète. Ces personnes entrent sans frapper.
setup-helper = Nom de la personne { $number }
setup-help = Rôle de la personne { $number }
setup-help-co-teacher = enseigne avec moi
setup-help-assistant = assiste
setup-help-observer = observe
setup-help-captioner = sous-titre
setup-help-interpreter = interprète en langue des signes
setup-helper-unknown = Personne de ce nom dans l’établissement, ou plusieurs : choisissez dans la liste.
setup-keep = Enregistrer
setup-scope = Ceci vaut
setup-scope-lesson = pour ce cours seulement
setup-scope-class = pour cette classe et cette matière, à partir de maintenant
notice-setup-saved = C’est enregistré.

class-at-door-title = { $who ->
    [tu] Tu es à la porte
   *[vous] Vous êtes à la porte
}
class-at-door-body = { $who ->
    [tu] Un professeur doit te faire entrer. Il voit que tu attends ; reste sur cette page.
   *[vous] Un professeur doit vous faire entrer. Il voit que vous attendez ; restez sur cette page.
}
class-at-door-knocks = { $who ->
    [tu] Ce cours n’est pas dans ton emploi du temps : un professeur décide si tu entres. Il voit ton nom et ta classe ; reste sur cette page.
   *[vous] Ce cours n’est pas le vôtre : un professeur décide si vous entrez. Il voit votre nom ; restez sur cette page.
}
class-at-door-guest = Un professeur va vous faire entrer. Il voit votre nom et que vous êtes invité ; restez sur cette page.
class-guest = Invité
class-knocks = %name% (%origin%) est à la porte.
class-lobby-admit = Faire entrer
class-lobby-admit-listed = Faire entrer tous ceux de la classe
class-lobby-count-one = Une personne est à la porte.
class-lobby-count-other = %count% personnes sont à la porte.
class-lobby-empty = Personne n’est à la porte.
class-lobby-listed = de cette classe
class-lobby-lock = Verrouiller
class-lobby-lock-title = Verrou
class-lobby-locked = La classe est verrouillée : qui n’est pas encore venu reste à la porte.
class-lobby-open = Voir
class-lobby-refuse = Refuser
class-lobby-school = de l’établissement
class-lobby-since = à la porte depuis %time%
class-lobby-staff = personnel
class-lobby-unlock = Déverrouiller
class-lobby-unlocked = La classe est ouverte : ses élèves entrent d’eux-mêmes, les autres frappent.
class-confirm-refuse-title = Refuser %name% ?
class-confirm-refuse-body = Cette personne n’entrera pas dans ce cours, et ne pourra plus frapper à la porte.
class-confirm-refuse-yes = Refuser
class-guest-name = %name% (invité)
home-helped = Cours où vous aidez
told-helps = { $teacher } compte sur votre aide : { $subject }, { $groups }, { $starts_at }.
