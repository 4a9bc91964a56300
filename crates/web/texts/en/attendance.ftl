# Rolls, absences, pupils who were not reached, children on site, notices, mails.

nav-attendance = Absences
half-morning = morning
half-afternoon = afternoon
half-whole-day = { $day }, all day
half-span = { $from } – { $to }

status-present = Present
status-distant = At a distance
status-late = Late
status-late-by = { $minutes } min late
status-left-early = Left early
status-left-early-by = Left { $minutes } min early
status-absent = Absent
status-no-connection = Could not connect

outcome-attended = Attended
outcome-unjustified = No reason
outcome-pending = Reason to be looked at
outcome-justified = With a reason
outcome-no-connection = Could not connect

reason-health = Health
reason-family = Family
reason-transport = Transport
reason-appointment = Appointment
reason-no-connection = Could not connect
reason-religion = Religious holiday
reason-school = On behalf of the school
reason-other = Another reason
excuse-declared = to be looked at
excuse-accepted = accepted
excuse-refused = refused

roll-title = Roll call
roll-proposed = All pupils are proposed as present, but for absences that were announced. Correct it, then confirm.
roll-proposed-live = Proposed from who came into the class and who left. Correct it, then confirm.
roll-proposed-both = Pupils on site are proposed as present; for the others the proposal follows who joined and left the class. Correct it, then confirm.
roll-in-room = expected on site
roll-at-distance = expected at a distance
roll-confirmed = Roll confirmed by { $name }, { $when }.
roll-confirm = Confirm the roll
roll-change = Save corrections
roll-more = Something else, minutes
roll-minutes = Minutes
roll-came = came in at { $time }
roll-went = left at { $time }
roll-tried = tried to come in, in vain
roll-said-away = absence announced
roll-said-no-connection = the family reports a problem with the connection
roll-overtaken = This roll was changed meanwhile, in another tab or by somebody else.
roll-overtaken-do = Nothing was overwritten. Your choices are below; where they differ, you see what is kept. Check, then save.
roll-other = Kept: { $status }
roll-done = done
roll-to-do = to do
roll-call = Call the roll
notice-roll-confirmed = The roll is kept.

board-title = Absences of the day
board-day = Day
board-show = Show
board-before = Day before
board-after = Day after
board-absent = Absent
board-no-connection = Could not connect
board-late = Late
board-left-early = Left early
board-nobody = Nobody.
board-no-reason = no known reason
board-to-decide = Reasons to look at
board-forgotten = { $count ->
    [one] One roll is missing
   *[other] { $count } rolls are missing
}
export-title = Export
export-from = From
export-to = to
export-button = Download (CSV)
export-help = A file for spreadsheets, of one month at most.
csv-day = Day
csv-half = Half-day
csv-time = Time
csv-subject = Lesson
csv-class = Class
csv-family = Family name
csv-given = Given name
csv-status = Attendance
csv-minutes = Minutes
csv-excuse = Reason

attendance-title = Attendance
attendance-own = My absences
attendance-of = Absences of { $name }
attendance-rolls = Rolls of today
attendance-nothing = Nothing to do here today.
attendance-year = Since the start of the year
attendance-year-help = In half-days: a half-day counts when at least half of its lessons were missed. Not having been able to connect never counts as an absence without a reason.
attendance-lates = Late
attendance-missed = Half-days missed
attendance-none-missed = No half-day was missed.
attendance-late = Late, or left early
attendance-said = Reasons given
attendance-alarming = Four half-days or more without a reason this month: the school must get in touch with the family and inform the education authority.
attendance-settings = Attendance settings
settings-afternoon = Start of the afternoon
settings-afternoon-help = A lesson that starts before it counts as morning.
settings-reminder = Reminder of a forgotten roll, in minutes after the start of the lesson
settings-places = Places for children on site (0: not set)
settings-mails = Tell families by mail of an absence without a known reason
fault-number = A whole number, within the limits.

absence-declare = Report an absence
absence-new = Absence of { $name }
absence-intro = In advance or afterwards, also when the connection did not work. School life looks at the reason.
absence-send = Send
absence-school = School
absence-first = First day
absence-first-half = From
absence-last = Last day
absence-last-half = Until (included)
absence-reason = Reason
absence-detail = Details
absence-detail-help = Read by school life and the head only. No need for a diagnosis.
absence-explain = Give a reason
absence-accept = Accept
absence-refuse = Refuse
absence-said-by = { $name }, { $when }
fault-absence-span = The end must follow the start, and the absence be near: four months back, six ahead, four months long at most.
notice-absence-declared = The absence is reported.
notice-absence-decided = The decision is kept, and the person is told.

not-reached-title = Pupils not reached
not-reached-intro = Pupils who had lessons and whom nobody has seen, in class or at a distance, and pupils who tried to connect in vain.
not-reached-days = Since
not-reached-since = { $count ->
    [one] today
   *[other] for { $count } days
}
not-reached-class = Class
not-reached-all = All classes
not-reached-count = Pupils
not-reached-never-count = Never seen
not-reached-tried-count = Tried in vain
not-reached-followed-count = Followed up since
not-reached-followed = { $count ->
    [0] Nothing has been tried yet.
    [one] One pupil has been followed up since.
   *[other] { $count } pupils have been followed up since.
}
not-reached-below-intro = By school, in numbers. “Followed up”: pupils for whom the school has noted an attempt since.
not-reached-attempts = What was tried
not-reached-no-attempt = Nothing has been noted since.
not-reached-none = All pupils were seen.
not-reached-no-class = Without a class
not-reached-never = never seen in a lesson
not-reached-last = seen in a lesson: { $day }
not-reached-signed-in = signed in: { $day }
not-reached-not-signed-in = never signed in
not-reached-tries = { $count ->
    [one] one failed try
   *[other] { $count } failed tries
}
follow-up-title = Follow-up
follow-up-do = Note a follow-up
follow-up-new = What was tried
follow-up-means = Means
follow-up-result = Result
follow-up-note = Note
follow-up-relatives = Family
follow-up-log = Tried so far
follow-up-none = Nothing yet.
means-phone = Phone
means-mail = Mail
means-letter = Letter
means-visit = Visit
means-material = Material lent
reached-back = reached, will be back
reached-answered = answered
reached-no-answer = no answer
reached-wrong-number = wrong address or number
reached-under-way = under way
notice-follow-up-kept = The follow-up is kept.

on-site-title = Children on site
on-site-intro = Register of the children of priority workers who are received at school.
on-site-places = { $count } of { $places } places
on-site-count = { $count ->
    [0] no child
    [one] one child
   *[other] { $count } children
}
on-site-nobody = No child in the register of this day.
on-site-by = Written by { $name }, { $when }
on-site-add = Add a child
on-site-note = Note
on-site-receive = Add
on-site-out = Take out
on-site-full = All places are taken; a child can still be added.
notice-on-site-received = The child is in the register.
notice-on-site-out = The child is out of the register.

notices-title = Notices
notices-none = Nothing new for you.
notices-all = All notices
notices-read = Read
notices-read-all = Mark all as read
notices-open = Open
told-something = Something new
told-roll-missing = The roll is missing: { $subject }, { $groups }, { $starts_at }.
told-absence-morning = { $pupil } was noted absent { $on_day }, in the morning, without a known reason.
told-absence-afternoon = { $pupil } was noted absent { $on_day }, in the afternoon, without a known reason.
told-absence-accepted = The reason for { $pupil }’s absence ({ $on_day }) is accepted.
told-absence-refused = The reason for { $pupil }’s absence ({ $on_day }) is not accepted.

mails-title = Mails
mails-intro = What you also get by mail.
mail-kind-absence = Absences without a known reason
mail-kind-lesson = Changes of lessons
mail-kind-work = Work set and handed in
mail-kind-receipt = Receipts
mail-absence-subject = Absence of { $pupil }
mail-absence-text =
    Hello,

    { $pupil } was noted absent by { $school } ({ $day }, { $half }), and we do not know why.

    If a connection did not work, or to give a reason:
    { $link }

    If this is a mistake, tell school life: they will correct the roll.
mail-absence-sign-in = sign in, then open “Absences”.

mail-list-title = Mails and jobs
mail-list-intro = What waits, was sent or was given up. Addresses and texts are not shown.
mail-list-demo = Demonstration: nothing leaves this machine. This is what would have been sent.
mail-list-waiting = { $count ->
    [0] No mail is waiting.
    [one] One mail is waiting.
   *[other] { $count } mails are waiting.
}
mail-list-latest = Latest mails
mail-list-none = No mail.
mail-waiting = waiting
mail-sent = sent
mail-would-be-sent = would be sent
mail-given-up = given up
mail-tries = { $count } tries
mail-read = Read
mail-list-failures = Mails that did not go
mail-list-failures-help = Each is tried { $count } times in two days, then given up. A refused address is corrected on the person’s page.
mail-retry = Try again
mail-retry-all = Try all that were given up again
mail-again-at = next try: { $when }
act-mail-retry = mail tried again
notice-mails-again = The mails wait to be sent again.
mail-failure-address = not an address
mail-failure-too-long = text too long
mail-failure-full = too many mails waiting
mail-failure-refused = refused by the mail server
mail-failure-not-now = not taken for now
mail-failure-timeout = the mail server does not answer in time
mail-failure-tls = no encrypted connection
mail-failure-no-smtp = what answers is no mail server
mail-failure-client = the exchange broke off
mail-failure-connection = the mail server cannot be reached
mail-failure-closed = sending was stopped
mail-failure-no-server = no mail server is configured
mail-failure-unanswered = taken several times, and nobody knows whether it went
job-list = Background jobs
job-none = No job has had anything to do yet.
job-name = Job
job-done = Done
roll-no-school = There is no school on this day. Nobody asks for this roll, and it counts for no half-day: call it if you want to keep who was there.
roll-closed-late = The closure of this day was entered after this lesson had begun. If it took place, confirm the roll: it will count. If not, nobody asks for it.
roll-if-wanted = if you like
