# À qui l’on écrit, et comment un message disparaît.

class-chat-to = À
class-to-class = toute la classe
class-to-leaders = aux professeurs seulement
class-to-colleagues = aux autres professeurs
class-to-group = %name%
class-to-person = %name%, en privé
class-for-leaders = aux professeurs
class-for-group = %name%
class-for-person = en privé à %name%
class-for-you = en privé
class-chat-write-to = Écrire : %to%
class-chat-message = { $who ->
    [tu] Ton message
   *[vous] Votre message
}
class-chat-moved = { $who ->
    [tu] Attention : ce que tu écris ira maintenant à : %to%.
   *[vous] Attention : ce que vous écrivez ira maintenant à : %to%.
}
class-chat-delete = Supprimer
class-chat-delete-of = Supprimer le message de %name%, %time%
class-confirm-delete-title = Supprimer ce message ?
class-confirm-delete-body = « %body% » ne sera plus visible pour personne. La vie scolaire peut encore le lire si quelqu’un le signale.
class-confirm-delete-yes = Supprimer
class-chat-slow = Mode lent : un message toutes les %seconds% s.
class-chat-wait = { $who ->
    [tu] Mode lent : tu pourras écrire dans %seconds% s.
   *[vous] Mode lent : vous pourrez écrire dans %seconds% s.
}
class-why-chat = { $who ->
    [tu] Le professeur a fermé la discussion. Tu peux toujours lui écrire à lui seul.
   *[vous] La discussion est fermée. Vous pouvez toujours écrire aux professeurs.
}
