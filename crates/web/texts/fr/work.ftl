# Travail à faire, remise des copies, fichiers.

file-too-large = « { $name } » est trop gros : rien n’en est gardé. Sans script, un envoi fait 8 Mo au plus.
file-too-many = Trop de fichiers à la fois : { $most } au plus. Les autres sont gardés.
file-disk-full = Le serveur n’a plus de place : le fichier n’est pas gardé. Prévenez l’établissement, puis réessayez.
file-cut-off = L’envoi a été coupé, ou il dépasse 8 Mo : ce qui manque est à choisir de nouveau.
size-bytes = { $count } octets
size-kilo = { $count } ko
size-mega = { $whole },{ $tenth } Mo
