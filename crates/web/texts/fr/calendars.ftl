# L’emploi du temps dans un agenda, et les emplois du temps importés.

calendars-title = { $who ->
    [tu] L’emploi du temps dans ton agenda
   *[vous] L’emploi du temps dans votre agenda
}
calendars-link = { $who ->
    [tu] L’emploi du temps dans ton agenda
   *[vous] L’emploi du temps dans votre agenda
}
calendars-what = { $who ->
    [tu] Une adresse secrète que l’agenda de ton téléphone ou de ton ordinateur relit tout seul : les changements y arrivent d’eux-mêmes. Ne la donne à personne : qui l’a lit ton emploi du temps.
   *[vous] Une adresse secrète que l’agenda de votre téléphone ou de votre ordinateur relit tout seul : les changements y arrivent d’eux-mêmes. Ne la donnez à personne : qui l’a lit l’emploi du temps.
}
calendars-made = L’adresse est prête
calendars-address = Adresse à copier dans l’agenda
calendars-once = { $who ->
    [tu] Copie-la maintenant : elle ne sera plus affichée. Dans l’agenda, choisis « S’abonner à un calendrier » ou « À partir de l’URL ».
   *[vous] Copiez-la maintenant : elle ne sera plus affichée. Dans l’agenda, choisissez « S’abonner à un calendrier » ou « À partir de l’URL ».
}
calendars-list = Adresses en service
calendars-unnamed = Agenda
calendars-since = Créée { $moment }
calendars-used = lue { $moment }
calendars-unused = pas encore lue
calendars-revoke = Révoquer
calendars-new = Nouvelle adresse
calendars-of = Emploi du temps de
calendars-label = Pour quel appareil (facultatif)
calendars-label-help = Par exemple « téléphone » : utile pour savoir laquelle révoquer.
calendars-make = Créer l’adresse
calendars-name = Emploi du temps de { $name }
calendars-live = Cours à distance
calendars-cancelled = Annulé : { $subject }
notice-calendar-revoked = L’adresse ne fonctionne plus.
notice-calendars-full = { $who ->
    [tu] Tu as déjà beaucoup d’adresses : révoque d’abord celles qui ne servent plus.
   *[vous] Vous avez déjà beaucoup d’adresses : révoquez d’abord celles qui ne servent plus.
}

timetable-import = Importer un emploi du temps
timetable-import-what = Export en clair d’EDT (fichier XML), export d’UDT (archive ZIP des fichiers UDCal) ou calendrier (fichier .ics). Un nouvel import du même logiciel remplace le précédent ; ce qui a été changé à la main reste.
timetable-import-file = Fichier
timetable-import-group = Classe ou groupe, si le fichier n’en nomme pas
timetable-import-group-help = Un calendrier .ics ne dit pas à quelle classe il est destiné.
timetable-import-none = Aucun
timetable-import-try = Vérifier sans rien changer
timetable-import-apply = Importer
timetable-import-missing = Choisissez un fichier.
timetable-import-report = Import de l’emploi du temps
timetable-import-dry = Rien n’a été changé : voici ce que l’import ferait.
timetable-import-done = L’emploi du temps est importé.
timetable-import-read = { $lessons } cours lus, { $hours } heures dans l’année
timetable-import-series = Cours ajoutés : { $added } ; modifiés : { $changed } ; inchangés : { $same } ; retirés : { $removed }
timetable-import-lessons = Séances ajoutées : { $added } ; modifiées : { $changed } ; retirées : { $withdrawn } ; annulées : { $cancelled }
timetable-import-kept = Séances laissées telles quelles, parce que changées à la main ou déjà utilisées : { $count }
timetable-import-without = Cours laissés de côté, faute de classe ou de groupe connu : { $count }
timetable-import-groups = Classes et groupes inconnus ici
timetable-import-teachers = Enseignants inconnus ici, ou homonymes
timetable-import-pupils = Élèves inconnus ici, ou homonymes
timetable-import-members = Places d’élèves dans les groupes : ajoutées : { $added } ; inchangées : { $same } ; retirées : { $removed }
timetable-import-members-without = Places laissées de côté, faute de groupe connu : { $count }
timetable-import-members-unknown = Élèves de l’export inconnus ici, ou homonymes : { $count }
timetable-import-refused = Ce qui n’a pas pu être lu
timetable-import-more = Et { $count } autres.
