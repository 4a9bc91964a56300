# Lesson log, progressions, load of work.

nav-log = Log
log-title = Lesson log
log-of = Lesson log: { $name }
log-write = Write the lesson log
log-fill = Write
log-prepare = Prepare
log-open = See the lesson
log-show = Show
log-earlier = Earlier
log-later = Later
log-other-days = Other days
log-all-subjects = All subjects
log-nothing = Nothing is written for these days.
log-cut = The { $count } latest lessons are shown.
log-cut-days = Choose fewer days to see the others.
lead-cut = The first { $count } rows of each list are shown.
log-missing-more = And { $count } more.
log-ways-help = Nothing checked: nothing is handed in. Otherwise, until the end of the day; deadline, marks and pupils are set on the page of the work.
log-visa-remark = Remark to the teachers
log-visa-remark-read = Remark with the visa:
log-archive-files = Attached files:
log-archive-zip = Attached files (ZIP)
told-log-visa = { $how_many ->
    [one] One of your entries got the visa: { $remark }
   *[other] { $count } of your entries got the visa: { $remark }
}
log-due = for { $day }
log-about-minutes = about { $minutes } min
log-test = Test
log-signed = signed
log-draft = draft
log-draft-help = The class does not read it yet.
log-additions = { $count ->
    [one] { $count } addition
   *[other] { $count } additions
}
log-by = { $author }, { $when }
log-signed-by = Signed by { $author }, { $when }
log-bare = There is no lesson log to read here yet.
log-children = Your children’s lesson log
log-lead = Lesson logs of the school
log-readings = Opened for reading
log-readings-mine = Lesson logs opened for you to read
log-reading-until = until { $day }, included

log-missing = { $count ->
    [0] Nothing is missing
    [one] { $count } lesson to write
   *[other] { $count } lessons to write
}
log-missing-none = All lessons of the last four weeks are written.
log-coming = Coming lessons
log-lately = Written lately
log-classes = Your classes
log-archives = Archives

log-body = What was done
log-body-help = An empty line parts paragraphs; a line that begins with a hyphen becomes a list; an address that begins with https:// becomes a link.
log-work = Homework
log-work-given = Already set in this lesson:
log-for = Due
log-for-next = for the next lesson ({ $day })
log-for-day = on another day
log-no-next = No next lesson of this subject is planned: choose a day.
log-minutes = Length in minutes
log-is-test = It is a test
log-note = Private note
log-note-help = Nobody else reads it.
log-publish = Publish
log-keep-draft = Keep as a draft
log-withdraw = Take back from the class
log-before = Lessons before
log-planned = Planned homework: { $title }
log-restored = Your text that was not saved has been found again.
log-restored-drop = Drop it

log-changed = Another text has been saved in the meantime
log-changed-by = Here is the text of { $author }, saved { $when }. Yours is in the form: nothing is lost.
log-changed-do = Take what you need from one into the other, then save. The text that is replaced stays among the earlier versions.
log-keep-mine = Save my text
log-added-before = This form was used for another addition, which is stored. This one is not: send again to add it as well.
log-work-set-before = This form has set the work “{ $title }” as it was then. Nothing of what you have typed now is stored: save again to set this work as well, or take it out here.
log-closed = This lesson can no longer be changed: it is signed, or of a past year. Your text is kept below.
log-not-signed = This lesson is not signed: change it directly.
log-add = Add below this lesson
log-add-help = The signed text does not change any more. An addition bears your name and the date.
log-addition = Addition
log-additions-max = At most { $most } additions to one lesson.
log-files = Files
log-files-add = Attach files
log-files-send = Attach
log-file-remove = Remove
log-copy = Copy to another class
log-copy-to = Lesson
log-copy-button = Copy as a draft
log-revisions = Earlier versions
log-fault-empty = Write what was done, or set homework.
log-fault-work = Give the homework a title.
log-fault-minutes = A number of minutes from 1 to { $most }.
log-fault-no-next = No next lesson is planned: choose a day.

log-visa = Sign
log-visa-help = Signing covers all published lessons of these days. Their text does not change afterwards; only dated additions are possible. A lesson that was changed since this page was shown is not signed.
log-visa-all = Sign the whole school for these days
log-visa-count = { $count ->
    [one] Sign { $count } lesson
   *[other] Sign { $count } lessons
}
log-archives-help = One page a class and year, with its hash. Teachers fetch those that have their lessons.
log-year = School year
log-archive-make = Archive
log-archive-line = { $count ->
    [one] { $count } lesson, archived { $when }
   *[other] { $count } lessons, archived { $when }
}
log-archive-year = School year { $year }
log-archive-entries = { $count ->
    [one] { $count } lesson
   *[other] { $count } lessons
}

lead-all = the whole school
lead-from = From
lead-to = to
lead-classes = By class
lead-teachers = By teacher
lead-class = Class
lead-teacher = Teacher
lead-held = Lessons
lead-missing = To write
lead-unsigned = To sign
lead-held-count = { $count ->
    [one] { $count } lesson
   *[other] { $count } lessons
}
lead-missing-count = { $count } to write
lead-complete = complete
lead-unsigned-count = { $count } to sign
lead-all-signed = all signed
lead-none = No lesson in these days.

readings-new = Open for reading
readings-open = Open
readings-help = An inspector invited to the school reads the published lessons of a teacher or of a subject, until the chosen day. They see no drafts, no private notes and no pupils.
readings-reader = Login of the person
readings-reader-help = They have a guest’s account in the school, or work there.
readings-nobody = No guest and nobody of the staff has this login here.
readings-all-teachers = All teachers
readings-until = Until
readings-end = Close
readings-over = closed
readings-none = Nothing has been opened for reading.

load-title = Load of work
load-of = Load of work: { $name }
load-help = All homework of these pupils, in all subjects and groups. Homework without a length counts as 20 minutes. A day is full from 60 minutes or one test on, too heavy from 120 minutes or two tests on.
load-day = Day
load-work = Work
load-minutes = { $minutes } min
load-pieces = { $count ->
    [one] { $count } piece
   *[other] { $count } pieces
}
load-tests = { $count ->
    [one] { $count } test
   *[other] { $count } tests
}
load-weight = Load
load-line = { $subject }: { $title }
load-free = free
load-fair = light
load-full = full
load-heavy = too heavy

plan-title = Progressions
plan-help = A progression is a sequence of planned lessons. Apply it to a class in one act: its next lessons get drafts. It serves again next year.
plan-none = You have no progression yet.
plan-new = New progression
plan-name = Name
plan-from = Start from
plan-from-nothing = An empty progression
plan-from-class = This year’s lesson log of { $name }
plan-make = Make it
plan-steps = { $count ->
    [0] no lesson
    [one] { $count } lesson
   *[other] { $count } lessons
}
plan-the-steps = Planned lessons
plan-no-step = No planned lesson.
plan-step = Planned lesson
plan-step-add = Add a lesson
plan-step-title = Title of the lesson
plan-body = What is to be done
plan-work = Homework to set
plan-step-remove = Take out
plan-up = Move up
plan-down = Move down
plan-apply = Apply to a class
plan-apply-help = The lessons that the class has not had yet become drafts of its next lessons of this subject that nothing is written about.
plan-apply-button = Apply
plan-where = Where the class is
plan-more = Rename, copy or remove
plan-copy = Copy for another year
plan-copy-of = { $title } (copy)
plan-remove = Remove
plan-changed = Another text has been saved in the meantime: “{ $text }”. Yours is in the form; saving it replaces the other.
plan-fault-title = A name of at most { $most } characters.
plan-fault-many = At most { $most } progressions: remove one.
plan-fault-minutes = A number of minutes.

kept-title = Nothing is lost
kept-signed-out = Your session ended before this was saved. What you have entered is on this page.
kept-sign-in = Sign in in a new tab
kept-then = Once signed in, come back to this page and send it again.
kept-send = Send again
kept-signed-in = You are signed in again. What you have entered is not saved yet.
kept-text = Your text
kept-again = What you have written is on this page. Keep it open, and send it again in a moment.
kept-files = The files are to be chosen again.

notice-log-draft = The draft is saved. The class does not read it.
notice-log-published = The lesson is published.
notice-log-published-work = The lesson is published and the homework is set.
notice-log-added = The addition is saved.
notice-log-files = The files are attached.
notice-log-files-not = Some files were not attached: too large, too many, or the sending broke off.
notice-log-file-removed = The file is removed.
notice-log-copied = The lesson is copied as a draft: read it again, then publish it.
notice-log-not-copied = Nothing was copied: that lesson has its text already.
notice-log-signed = The lessons are signed.
notice-log-none-signed = There was nothing to sign.
notice-log-archived = The archive is up to date.
notice-log-opened = It is open for reading.
notice-log-ended = It is closed.
notice-plan-made = The progression is made.
notice-plan-copied = The progression is copied.
notice-plan-removed = The progression is removed. Lessons that are written stay.
notice-plan-step = The lesson is added.
notice-plan-step-removed = The lesson is taken out.
notice-plan-full = The progression is full.
notice-plan-applied = The next lessons of the class have their drafts.
notice-plan-not-applied = No coming lesson without a text, or no lesson left to give: nothing has changed.
