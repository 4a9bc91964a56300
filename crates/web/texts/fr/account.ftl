# Connexion, compte, mot de passe, appareils, première mise en route.

sign-in-button = Se connecter
