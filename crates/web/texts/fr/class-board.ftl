# Le tableau et les documents de la classe. %name%, %number% et %count% sont remplacés par la page elle-même.

class-board-pages = Pages
class-board-previous = Page précédente
class-board-next = Page suivante
class-board-number = %number% / %count%
class-board-add-page = Ajouter une page
class-board-follow = { $who ->
    [tu] Revenir à la page du professeur
   *[vous] Revenir à la page montrée
}
class-board-zoom = Agrandir
class-board-zoom-in = Agrandir
class-board-zoom-out = Réduire
class-board-fit = Toute la page
class-board-hide = { $who ->
    [tu] Masquer le tableau pour toi seul
   *[vous] Masquer le tableau pour vous seul
}
class-board-unhide = Revoir le tableau
class-board-tools = Outils du tableau
class-tool-select = Choisir et déplacer
class-tool-pen = Stylo
class-tool-marker = Surligneur
class-tool-line = Trait droit
class-tool-arrow = Flèche
class-tool-rectangle = Rectangle
class-tool-ellipse = Ellipse
class-tool-text = Texte
class-tool-eraser = Gomme
class-tool-pointer = Pointeur
class-board-look = Couleur et épaisseur
class-board-colours = Couleurs
class-colour-black = Noir
class-colour-blue = Bleu
class-colour-red = Rouge
class-colour-green = Vert
class-colour-orange = Orange
class-colour-violet = Violet
class-colour-brown = Brun
class-colour-grey = Gris
class-colour-sky = Bleu ciel
class-colour-pink = Rose
class-colour-yellow = Jaune
class-colour-white = Blanc
class-board-widths = Épaisseur
class-width-thin = Fin
class-width-middle = Moyen
class-width-thick = Épais
class-board-fill = Remplir les formes
class-board-undo = Annuler
class-board-redo = Rétablir
class-board-no-undo = Rien à annuler.
class-board-no-redo = Rien à rétablir.
class-board-picture = Poser une image sur la page
class-board-write = Texte sur le tableau
class-board-help = Au clavier : Page suivante et Page précédente pour feuilleter, plus, moins et étoile pour la taille. Si le tableau est ouvert à l’écriture : les chiffres prennent les outils, les flèches déplacent la croix, Espace commence et finit un tracé, la lettre O choisit l’objet suivant, que les flèches déplacent et que Suppr efface, Ctrl Z annule.
class-board-alt = Contenu du tableau
class-board-drawn-one = 1 tracé sur la page.
class-board-drawn-other = %count% tracés sur la page.
class-board-coming = La page arrive…
class-board-failed = La page n’arrive pas. Nouvel essai dans un instant.
class-object-pen = Tracé
class-object-line = Trait droit
class-object-arrow = Flèche
class-object-rectangle = Rectangle
class-object-ellipse = Ellipse
class-object-text = Texte
class-object-picture = Image
class-board-new = Nouveau tableau blanc
class-board-named = Tableau %number%
class-board-save = { $who ->
    [tu] Garder pour toi
   *[vous] Garder pour vous
}
class-board-save-pdf = Tout en PDF
class-board-save-png = Cette page en image
class-board-saving = Page %number% sur %count%…
class-board-saved = C’est enregistré dans les téléchargements.
class-board-not-saved = L’enregistrement n’a pas marché. { $who ->
    [tu] Réessaie dans un instant.
   *[vous] Réessayez dans un instant.
}

class-documents-add = Montrer un document
class-documents-file = PDF ou image
class-documents-hint = 64 Mo et 300 pages au plus. Le document n’est montré que lorsque vous le choisissez.
class-documents-log = Dans le cahier de textes de cette séance
class-documents-add-one = Ajouter
class-documents-log-add = Ajouter { $name } au tableau
class-documents-leaf = Pages
class-documents-page = Page %number%
class-documents-empty = Il n’y a encore ni document ni tableau.
class-documents-show = Montrer
class-documents-open = Ouvrir
class-documents-drop = Retirer
class-documents-shown = montré maintenant
class-documents-pages-one = 1 page
class-documents-pages-other = %count% pages
class-documents-sending = Envoi en cours…
class-documents-waiting = La connexion est coupée. L’envoi reprendra tout seul.
class-documents-opening = Ouverture du document…
class-documents-making = Page %number% sur %count%…
class-documents-there = « %name% » est prêt.
class-documents-cancel = Arrêter
class-documents-too-large = « %name% » dépasse 64 Mo. Un document plus court, ou dont les images sont plus petites, passera.
class-documents-not-on-board = Le document est prêt, mais n’a pas pu être posé : il y a déjà 24 documents, ou { $who ->
    [tu] tu n’étais plus dans la classe. Envoie-le de nouveau.
   *[vous] vous n’étiez plus dans la classe. Retirez-en un, ou envoyez-le de nouveau.
}
class-documents-disk-full = Le serveur n’a plus de place pour « %name% ». { $who ->
    [tu] Préviens ton professeur.
   *[vous] Prévenez l’administrateur.
}
class-documents-refused = « %name% » n’a pas été accepté : les règles de la classe ont changé, ou { $who ->
    [tu] ta session est terminée.
   *[vous] votre session est terminée.
}
class-confirm-deck-title = Retirer « %name% » ?
class-confirm-deck-body = Ses pages et tout ce qui y est dessiné disparaissent du cours, pour tout le monde. On ne peut pas revenir en arrière.
class-confirm-deck-yes = Retirer

# Pourquoi un fichier n’est pas devenu un document.

document-fault-empty = Ce fichier est vide.
document-fault-too-large = Ce fichier dépasse 64 Mo. Un document plus court, ou dont les images sont plus petites, passera.
document-fault-unknown = Ce fichier n’est ni un PDF ni une image PNG, JPEG, WebP ou GIF, quel que soit son nom. Enregistrez-le en PDF, puis envoyez-le de nouveau.
document-fault-encrypted = Ce PDF est protégé par un mot de passe. Enregistrez-en une copie sans mot de passe, puis envoyez-la.
document-fault-damaged = Ce fichier est abîmé : rien ne peut en être lu. Ouvrez-le, enregistrez-le de nouveau, puis renvoyez-le.
document-fault-no-pages = Ce PDF n’a aucune page.
document-fault-too-many-pages = Ce PDF a { $number } pages, et 300 au plus peuvent être montrées. Envoyez-le en plusieurs parties.
document-fault-too-many-pixels = Cette image est trop grande : au plus 64 millions de points, et 16 000 de côté.
document-fault-page = La page { $number } de ce document ne peut pas être dessinée. Enregistrez-le de nouveau en PDF, ou sans cette page.
document-fault-slow = La page { $number } de ce document est trop longue à dessiner. Enregistrez-le de nouveau en PDF, ou sans cette page.
document-fault-heavy = La page { $number } de ce document demande trop de mémoire. Enregistrez-le avec des images plus petites, ou sans cette page.
document-fault-bulky = Les pages de ce document sont trop lourdes ensemble. Envoyez-le en plusieurs parties.
document-fault-untried = Le serveur n’a pas pu ouvrir ce fichier. Ce n’est pas la faute du fichier : réessayez dans un instant.
document-fault-no-room = Il n’y a plus de place pour les documents de ce cours.
