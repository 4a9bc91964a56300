# Work to be done, handing in, files.

file-too-large = “{ $name }” is too large: nothing of it is kept.
file-too-many = Too many files at once: { $most } at most. The others are kept.
file-disk-full = The server has no room left: the file is not kept. Tell your school.
file-cut-off = The connection broke off, or the form has more than { $mega } MB: choose again what is missing.
file-to-save = to be saved
size-bytes = { $count } bytes
size-kilo = { $count } kB
size-mega = { $whole }.{ $tenth } MB

work-change = Change the work
work-of = Work: { $name }
work-of-child = What { $name } has handed in
work-done = Done
work-attach = Attach files
work-attach-help = At most 64 MB at once.
work-more = Handing in, marks, chosen pupils
work-ways = To be handed in
work-ways-help = Nothing ticked: the work is only to be done.
work-way-paper = on paper
work-way-text = text online
work-way-files = files
work-way-photos = photographs of pages
work-way-audio = sound recording
work-time = Time of day
work-time-help = Without a time, until the end of the day.
work-late = After the deadline
work-late-accepted = taken, marked as late
work-late-closed = nothing is taken any more
work-mark-max = Marked out of
work-mark-max-help = For example 20. Leave it empty for no mark.
work-skills = Skills
work-skills-help = One a line, twelve at most.
work-skills-are = Skills:
work-visible = Seen from
work-visible-help = Leave it empty for at once.
work-pupils = For some pupils only
work-pupils-help = Nobody ticked: for the whole class.
fault-work-pupils = Not all of these pupils are in the chosen class.
fault-mark-max = A number, at most 1000.
fault-skills = At most twelve skills, of 80 characters each.
fault-mark = A mark is a number from 0 to { $most }.
fault-extension = It takes a day, not before the one for which it is due. Nothing is saved.
work-set-before = This form has set the work below. What you have typed now is not stored: send again to set a second piece of work (choose its files again), or change this one.
work-set-conflict = This work was changed meanwhile, in another tab. This is what is stored; what you wrote is below: save again to keep that instead.
notice-homework-handed-in = Pupils have begun to hand this in: it cannot be taken back any more.
told-homework-set = New work to do: { $title }
told-work-returned = { $who ->
    [tu] Your work is corrected: { $title }
   *[vous] Work corrected: { $title }
}
told-work-returned-child = The work of { $pupil } is corrected: { $title }
mail-work-returned = Work corrected: { $title }
mail-work-foot =
    { $link }

    This message comes from { $school }. You can choose not to get such messages any more, on the page “Notices”.

work-handed-in-by = To be handed in:
work-deadline = Until: { $when }.
work-deadline-closed = Nothing is taken after that.
work-extended = More time, until: { $when }
work-state = State
work-state-todo = to do
work-state-done = done
work-state-started = begun
work-handed-count = { $handed } of { $all } handed in
work-state-handed-in = handed in
work-state-late = handed in late
work-state-missing = not handed in
work-state-returned = corrected
work-who = Who has handed in
work-when = Handed in
work-mark = Mark
work-archive = Download all (ZIP)
work-correction = Correction
work-correction-conflict = This correction was changed meanwhile. This is what is stored; what you wrote is below: save again to keep that instead.
work-comment = Comment
work-mark-on = Mark out of { $most }
work-level-none = Not assessed
work-level-1 = not yet mastered
work-level-2 = partly mastered
work-level-3 = mastered
work-level-4 = very well mastered
work-returned-files = Files with the correction
work-return-files = Attach files to the correction
work-return = Give the correction back
work-keep = Keep for later
work-take-back = Take the correction back
work-extension = Give this pupil more time
work-extension-end = No more time after all
work-nothing-yet = Nothing has been handed in yet.
work-earlier = Handed in before
work-pupils-nav = Pupils
notice-work-returned = The correction is given back: the pupil and the relatives see it.

work-hand-in = Hand in
work-hand-in-again = Hand in a new version
work-hand-in-button = Hand in
work-draft-button = Keep as a draft
work-handed-in = What you have handed in
work-receipt-of = Handed in: { $when }
work-text = Your text
work-files = Files
work-add-files = Add files
work-add-photos = Photograph pages
work-add-audio = Add a recording
work-record = Record my voice
work-files-help = At most 100 MB a file. Without script, at most 64 MB at once.
work-draft-saved = Draft saved: { $when }
work-conflict = The draft was changed meanwhile, in another tab or on another device. This is what is stored; your text is below: save again to keep that instead.
work-not-online = This work is not handed in online.
work-is-returned = This work is corrected: it is not handed in any more.
work-is-closed = The deadline has passed: this work is not taken any more. Your draft is kept. Ask your teacher.
work-nothing-to-hand-in = There is nothing to hand in yet: write a text or add a file.
work-too-often = This work was handed in { $most } times already.
work-too-much = Too many files: { $most } at most, and { $mega } MB together. Remove some, then try again.
notice-draft-saved = The draft is kept. It is not handed in yet.
receipt-title = Receipt
receipt-kept = Your work has arrived. It is kept.
receipt-who = Handed in by
receipt-when = On
receipt-hash = SHA-256
receipt-subject = Handed in: { $title }
receipt-mail = “{ $title }” has arrived: { $when }.
receipt-files = { $count ->
    [0] No file.
    [one] One file.
   *[other] { $count } files.
}

work-js-saving = Saving…
work-js-saved = Draft saved.
work-js-kept-here = No network: the draft is kept on this device and will be sent later.
work-js-restored = The text kept on this device is back.
work-js-restore = A later text is kept on this device. Take it back?
work-js-sending = Sending…
work-js-waiting = Waiting for the network…
work-js-failed = It could not be sent.
work-js-too-large = This file has more than 100 MB.
work-js-full = The server has no room left. Tell your school.
work-js-turn = Turn
work-js-up = Up
work-js-down = Down
work-js-remove = Remove
work-js-record = Record my voice
work-js-stop = Stop recording
work-js-no-microphone = The microphone cannot be used.
work-js-conflict = The draft was changed elsewhere: load the page again to see both texts.
work-js-signed-out = You have been signed out. Your text is kept on this device: sign in again in another tab.
work-js-handing-in = Handing in…
