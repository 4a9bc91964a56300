# Connexion, compte, mot de passe, appareils, première mise en route.

continue = Continuer
field-missing = À remplir.
given-name-label = Prénom
family-name-label = Nom
login-label = Identifiant
password-label = Mot de passe
new-password-label = Nouveau mot de passe
current-password-label = Mot de passe actuel
to-sign-in = Aller à la connexion

sign-in-title = Se connecter
sign-in-hello = Bonjour
sign-in-button = Se connecter
sign-in-activation = J’ai un code d’activation
sign-in-forgotten = Mot de passe oublié
shared-device-label = Appareil partagé
shared-device-help = La connexion prend fin avec le navigateur.
sign-in-wrong = Identifiant ou mot de passe incorrect. Première connexion ? Il faut d’abord le code d’activation.
sign-in-suspended = Ce compte est suspendu. Adressez-vous à l’établissement.
sign-in-too-many = Trop d’essais à la suite. Le compte n’est pas bloqué : recommencez dans { $wait }.
sign-in-busy = Beaucoup de monde se connecte en même temps. Le mot de passe n’a pas été vérifié : recommencez dans { $wait }.

activation-title = Activer le compte
activation-what = Le code est sur la feuille remise par l’établissement. Il ne sert qu’une fois.
activation-label = Code d’activation
activation-help = Quinze lettres et chiffres, comme K7PMA-R4X9Q-WTEHD. Les tirets et les majuscules ne comptent pas.
activation-length = Un code a quinze lettres et chiffres : il en manque, ou il y en a trop.
activation-character = Aucun code ne contient « { $letter } ». Vérifiez ce caractère.
activation-mistyped = Un caractère est faux, ou deux sont inversés. Vérifiez le code.
activation-unknown = Ce code ne sert plus : il a déjà été utilisé, remplacé, ou il date de plus de quatorze jours. Demandez-en un autre à l’établissement.
choose-password-title = Bonjour { $name }
choose-password-what = Choisissez le mot de passe du compte. La connexion suit aussitôt.
login-yours-label = Votre identifiant
login-yours-help = À retenir : il est demandé à chaque connexion.
choose-password-button = Enregistrer et entrer
password-help = Au moins { $chars } caractères. Trois mots qui ne vont pas ensemble sont faciles à retenir et difficiles à deviner.
password-too-short = Trop court : il faut au moins { $chars } caractères.
password-too-long = Trop long : { $chars } caractères au plus.
password-like-login = Ce mot de passe ressemble à l’identifiant. Choisissez autre chose.
password-common = Ce mot de passe est parmi les premiers que l’on essaie. Choisissez autre chose.
password-simple = Une suite, une répétition ou une date se devine. Choisissez autre chose.
notice-password-chosen = Le mot de passe est enregistré.

reset-title = Nouveau mot de passe
reset-what = Le lien du message a rempli ce champ. Il sert une fois, pendant une heure.
reset-label = Code du lien
reset-help = C’est la partie du lien après le signe #.
reset-unknown = Ce lien ne sert plus : il a déjà été utilisé, remplacé, ou il date de plus d’une heure. Demandez-en un autre.

forgotten-title = Mot de passe oublié
forgotten-what = Un lien pour en choisir un autre part à l’adresse que l’établissement connaît.
forgotten-label = Identifiant ou adresse e-mail
forgotten-button = Recevoir un lien
forgotten-sent = Si un compte correspond et que l’établissement connaît son adresse, un message vient de partir. Le lien sert une fois, pendant une heure. Regardez aussi dans les indésirables.
forgotten-people = Élèves et parents : un professeur ou la vie scolaire peut donner un nouveau code d’activation. Personnel : l’administrateur de l’établissement.
mail-reset-subject = Choisir un nouveau mot de passe
mail-reset-text = Bonjour { $name },

    { $who ->
        [tu] Quelqu’un, sans doute toi, a demandé un nouveau mot de passe pour le compte { $login }. Ouvre ce lien pour le choisir. Il sert une fois, pendant { $minutes } minutes :
       *[vous] Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour le compte { $login }. Ouvrez ce lien pour le choisir. Il sert une fois, pendant { $minutes } minutes :
    }

    { $link }

    { $who ->
        [tu] Si ce n’est pas toi, ne fais rien : ton mot de passe ne change pas.
       *[vous] Si ce n’est pas vous, ne faites rien : votre mot de passe ne change pas.
    }

account-name = Nom
account-school = Établissement
account-email = Adresse e-mail
account-no-email = L’établissement n’en connaît pas.

password-title = Changer de mot de passe
password-what = { $who ->
    [tu] Tes autres appareils seront déconnectés.
   *[vous] Vos autres appareils seront déconnectés.
}
password-button = Changer le mot de passe
current-password-wrong = { $who ->
    [tu] Ce n’est pas ton mot de passe actuel.
   *[vous] Ce n’est pas votre mot de passe actuel.
}
notice-password-changed = Le mot de passe est changé, les autres appareils sont déconnectés.

devices-title = { $who ->
    [tu] Mes appareils
   *[vous] Mes appareils
}
devices-what = { $who ->
    [tu] Les navigateurs où tu es connecté. Si l’un d’eux n’est pas à toi, déconnecte-le et change de mot de passe.
   *[vous] Les navigateurs où vous êtes connecté. Si l’un d’eux n’est pas à vous, déconnectez-le et changez de mot de passe.
}
devices-this = cet appareil
devices-shared = appareil partagé
devices-since = connecté { $moment }
devices-unknown-browser = Navigateur inconnu
devices-end = Déconnecter
devices-end-others = Déconnecter tous les autres
notice-device-ended = L’appareil est déconnecté.
notice-devices-ended = Les autres appareils sont déconnectés.
notice-signed-out = La déconnexion est faite.

setup-title = Première mise en route
setup-what = Cette page crée l’établissement et son premier administrateur. Le lien sert une fois, pendant trente minutes ; l’envoi du formulaire l’épuise, pas l’ouverture de la page.
setup-school = L’établissement
setup-school-label = Nom de l’établissement
setup-city-label = Ville (facultatif)
setup-uai-label = Code UAI (facultatif)
setup-uai-help = Sept chiffres et une lettre, comme 0040001A. Il permet de reconnaître l’établissement dans les annuaires.
setup-uai-wrong = Un code UAI a sept chiffres et une lettre.
setup-person = Le premier administrateur
setup-login-help = Laissé vide : prenom.nom.
setup-login-wrong = Un identifiant n’a que des lettres sans accent, des chiffres, des points et des tirets.
setup-taken = Cet identifiant, ou ce code UAI, est déjà pris.
setup-secret-label = Code du lien
setup-secret-help = Rempli par le lien affiché au démarrage ; sinon, c’est la partie après le signe #.
setup-secret-unknown = Ce lien ne sert plus : il a été utilisé ou date de plus de trente minutes. Redémarrez le programme pour en obtenir un autre.
setup-button = Créer l’établissement
notice-setup-done = L’établissement est prêt.

accessibility-title = Déclaration d’accessibilité
accessibility-state-title = État de conformité
accessibility-state = Aucun audit de conformité au RGAA 4.1 n’a encore eu lieu : le service se déclare donc non conforme, quoi que montrent les essais ci-dessous.
accessibility-done-title = Ce qui est fait
accessibility-done = Toutes les pages fonctionnent au clavier et sans JavaScript, sauf la classe en direct ; elles s’adaptent à un écran de 320 pixels, à un agrandissement de 200 %, au mode sombre et aux mouvements réduits. Les formulaires nomment leurs champs et leurs erreurs.
accessibility-known-title = Ce qui manque
accessibility-known = La classe en direct n’a ni sous-titres ni interprétation ; elle se suit aussi par l’écrit, dans la discussion.
accessibility-contact-title = Signaler un défaut
accessibility-contact = Adressez-vous à l’établissement, qui doit répondre et proposer le contenu sous une autre forme.
accessibility-appeal = Sans réponse, il est possible de saisir le Défenseur des droits : formulaire.defenseurdesdroits.fr, ou par téléphone au 09 69 39 00 00.
