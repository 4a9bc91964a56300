# Enregistrement du cours, sous-titres, interprète.

class-recorded = Cours enregistré
door-recorded = { $who ->
    [tu] Ce cours est enregistré : ta voix le sera si tu parles, jamais ton image. Tu peux rester micro coupé et écrire.
   *[vous] Ce cours est enregistré : votre voix le sera si vous parlez. Vous pouvez rester micro coupé et écrire.
}
class-record-title = Enregistrer le cours
class-record-what = { $who ->
    [tu] Sont enregistrés : l’image et la voix du professeur, l’écran partagé, le tableau et ta voix quand ton micro est ouvert. Jamais ton image. Micro coupé, rien de toi n’est enregistré ; tu peux écrire. La classe et ses professeurs pourront revoir le cours pendant { $days } jours.
   *[vous] Sont enregistrés : l’image des professeurs, l’écran partagé, le tableau et les voix. Jamais l’image des élèves. La classe et ses professeurs pourront revoir le cours pendant { $days } jours.
}
class-record-start = Commencer l’enregistrement
class-record-stop = Arrêter l’enregistrement
class-record-on = Le cours est enregistré en ce moment.
class-record-off = Le cours n’est pas enregistré.
class-record-never = Votre établissement n’autorise pas l’enregistrement des cours.
class-record-told-on = { $who ->
    [tu] Ce cours est enregistré. Ta voix le sera si tu parles ; tu peux rester micro coupé.
   *[vous] Ce cours est enregistré.
}
class-record-told-off = L’enregistrement est arrêté.
class-confirm-record-title = Enregistrer ce cours ?
class-confirm-record-body = Votre image, l’écran partagé, le tableau, la discussion de la classe et toutes les voix. Les élèves et les professeurs de ce cours pourront le revoir pendant %days% jours. Toute la classe en est avertie tout de suite.
class-confirm-record-yes = Enregistrer
class-captions = Sous-titres
class-captions-on = Afficher les sous-titres
class-captions-size = Taille
class-captions-size-1 = normale
class-captions-size-2 = grande
class-captions-size-3 = très grande
class-captions-write = Ce qui est dit
class-captions-help = { $who ->
    [tu] Entrée envoie la ligne. Elle est lue par ceux qui ont affiché les sous-titres.
   *[vous] Entrée envoie la ligne. Elle est lue par ceux qui ont affiché les sous-titres.
}
class-caption-auto = auto
class-caption-by = %name% :{" "}
class-auto = Sous-titres automatiques
class-auto-what = { $who ->
    [tu] Seules les voix sont envoyées, et seulement quand quelqu’un parle. Micro coupé, rien de toi ne part ; tu peux écrire. Ces sous-titres se trompent parfois.
   *[vous] Seules les voix sont envoyées, et seulement quand quelqu’un parle. Ces sous-titres se trompent parfois.
}
class-auto-on = Les voix de ceux qui parlent sont envoyées à %host%, qui les transcrit.
class-auto-off = Personne n’écrit automatiquement ce qui est dit.
class-auto-never = Votre établissement ne propose pas les sous-titres automatiques.
class-auto-start = Commencer les sous-titres automatiques
class-auto-stop = Arrêter les sous-titres automatiques
class-auto-told-on = { $who ->
    [tu] Sous-titres automatiques : quand tu parles, ta voix est envoyée à %host%. Tu peux rester micro coupé.
   *[vous] Sous-titres automatiques : les voix de ceux qui parlent sont envoyées à %host%.
}
class-auto-told-off = Les sous-titres automatiques sont arrêtés.
class-auto-failed = Les sous-titres automatiques se sont arrêtés : le service ne répond pas.
class-confirm-auto-title = Commencer les sous-titres automatiques ?
class-confirm-auto-body = Les voix de ceux qui parlent, la vôtre et celles des élèves, sont envoyées à %host%, qui les transcrit. Toute la classe en est avertie tout de suite.
class-confirm-auto-yes = Commencer
door-captioned = { $who ->
    [tu] Sous-titres automatiques : quand tu parles, ta voix est envoyée à { $host }, qui la transcrit. Tu peux rester micro coupé et écrire.
   *[vous] Sous-titres automatiques : quand vous parlez, votre voix est envoyée à { $host }, qui la transcrit. Vous pouvez rester micro coupé et écrire.
}
class-interpreter = Interprète LSF
class-interpreter-on = Toujours montrer l’interprète
class-interpreter-is = %name% interprète ce cours.
class-interpreter-none = Il n’y a pas d’interprète dans ce cours.
