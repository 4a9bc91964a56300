# Timetable, school calendar, changes of lessons.
place-on-site = On site
place-distance = at a distance
place-both = on site and at a distance
place-half = group { $half } on site, the other at a distance
place-half-here = { $who ->
    [tu] your group is on site
   *[vous] on site for this group
 }
place-half-away = { $who ->
    [tu] your group is at a distance
   *[vous] at a distance for this group
 }
mark-moved = moved
mark-replaced = replacement
mark-room = other room
mark-was = before:
open-at-distance = Open at a distance too
notice-at-distance = The lesson can be followed at a distance too.
view-day = Day
view-week = Week
view-list = List
view-day-before = Previous day
view-day-this = Today
view-day-after = Next day
view-day-empty = No lesson on this day.
view-week-before = Previous week
view-week-this = This week
view-week-after = Next week
view-week-empty = No lesson this week.
view-list-before = Two weeks earlier
view-list-this = From today
view-list-after = Two weeks later
view-list-empty = No lesson in these two weeks.
week-letter = week { $letter }
school-timetable = Timetables
timetable-class = Class or group
timetable-teacher = Teacher
timetable-any-class = All classes
timetable-any-teacher = All teachers
timetable-any-room = All rooms
timetable-show = Show
mode-on_site = on site
mode-distance = at a distance
mode-half_groups = in half groups
mode-no_school = no school
mode-half-number = half groups: group { $half } on site
mode-summer = Summer holidays
holiday-new-year = New Year’s Day
holiday-good-friday = Good Friday
holiday-easter-monday = Easter Monday
holiday-labour = Labour Day
holiday-victory = Victory Day
holiday-ascension = Ascension Day
holiday-whit-monday = Whit Monday
holiday-national = Bastille Day
holiday-assumption = Assumption
holiday-all-saints = All Saints’ Day
holiday-armistice = Armistice Day
holiday-christmas = Christmas Day
holiday-saint-stephen = Saint Stephen’s Day
holiday-abolition = Abolition of slavery
series-title = Lessons of the year
series-new = Add a weekly lesson
series-change = Change a weekly lesson
series-intro = A lesson that comes back every week, or every second week. Days without school are left out.
series-weekday = Day of the week
series-weeks = Weeks
series-every-week = Every week
series-from = From
series-to = To
series-none = No weekly lesson. Add one, or import the timetable.
series-choose = Choose a class to see its lessons; without a choice only those that need your attention are shown.
series-count = { $count ->
    [0] No weekly lesson
    [one] 1 weekly lesson
   *[other] { $count } weekly lessons
 }
series-unpublished = { $count ->
    [one] 1 change is not published yet: pupils and teachers do not see it.
   *[other] { $count } changes are not published yet: pupils and teachers do not see them.
 }
series-publish = Publish the timetable
series-publish-again = Publish again
series-removed = goes with the next publication
series-waiting = to be published
series-remove = Remove
series-conflicts = { $count ->
    [one] 1 conflict: the same teacher, group or room at the same time.
   *[other] { $count } conflicts: the same teacher, group or room at the same time.
 }
series-conflict-tag = conflict
series-conflict = { $what } as { $with }
conflict-teacher = same teacher
conflict-group = same group
conflict-pupils = same pupils
conflict-room = same room
notice-series-saved = Saved. Publish the timetable so that everybody sees it.
notice-series-removed = Removed. Publish the timetable so that its lessons to come go.
notice-published = The timetable is published.
publish-nothing = Nothing has changed: everything was up to date.
publish-added = { $count ->
    [one] 1 lesson added.
   *[other] { $count } lessons added.
 }
publish-changed = { $count ->
    [one] 1 lesson brought up to date.
   *[other] { $count } lessons brought up to date.
 }
publish-withdrawn = { $count ->
    [one] 1 lesson withdrawn.
   *[other] { $count } lessons withdrawn.
 }
publish-by-hand = { $count ->
    [one] 1 lesson changed by hand stayed as it was.
   *[other] { $count } lessons changed by hand stayed as they were.
 }
publish-used = { $count ->
    [one] 1 lesson that was used already (lesson log, roll call, class) stayed as it was.
   *[other] { $count } lessons that were used already (lesson log, roll call, class) stayed as they were.
 }
publish-stranded = { $count ->
    [one] 1 lesson falls on a day without school: please check.
   *[other] { $count } lessons fall on days without school: please check.
 }
fault-series-days = The end must come after the start, in the same school year.
fault-two-years = These days are not of the same school year.
fault-changed-meanwhile = Somebody else has changed this lesson meanwhile. It is now: { $now }. What you typed has stayed; save again to keep it.
fault-conflict = At the same time, with the same teacher, pupils or room: { $others }.
lesson-anyway = Save all the same
lesson-note = Message to those concerned
lesson-note-help = Shown with the lesson, and sent with the news of the change.
fault-lesson-on = This lesson has begun: it cannot be moved any more.
fault-lesson-over = This lesson is over: it cannot be moved any more.
fault-lesson-cancelled = This lesson is cancelled: restore it first.
fault-lesson-past = This time has gone by.
replacements-title = Absence of a teacher
replacements-intro = Their lessons are cancelled, or given to somebody else. Pupils, families and teachers are told.
replacements-away = Absent teacher
replacements-by = Replaced by
replacements-nobody = Nobody: cancel the lessons
replacements-do = Record the absence
notice-replaced = The lessons are given to the replacing teacher, and everybody is told.
notice-all-cancelled = The lessons are cancelled, and everybody is told.
fault-no-lesson = This teacher has no lesson to come on these days.
fault-many-lessons = Too many lessons at once: choose fewer days.
calendar-title = Calendar
calendar-new = Add a rule
calendar-settings = Settings
calendar-new-intro = A rule says how there is school for some days. The last rule wins. Lessons to come follow at once.
calendar-label = Name of the rule
calendar-mode = Mode
calendar-from = From
calendar-evening = Only after the lessons of that day (in the evening)
calendar-to = To (included)
calendar-grades-of = Grades
calendar-grades-help = No grade checked: the whole school.
calendar-turns = Turns of half groups
calendar-turns-help = Counts for half groups only.
turns-week = Every second week
turns-day = Every second day
calendar-zone = Zone { $zone }
calendar-departement = Département { $code }
calendar-no-place = Zone unknown: choose it in the settings.
calendar-months = Other months
calendar-before = Previous month
calendar-after = Next month
calendar-caption = How there is school, day by day
calendar-year = Year { $year }
calendar-no-run = No calendar is known for this year.
calendar-own = Rules of the school
calendar-own-none = None: the official calendar applies.
calendar-order = The last one wins over those before it.
calendar-remove = Remove
calendar-grades = { $grades }: { $mode }
calendar-saved-pending = The mode of the lessons to come is up to date. Changes of the timetable wait for publication; lessons that the calendar adds or withdraws will come with them.
calendar-saved-too-large = The mode of the lessons to come is up to date. The timetable has too many lessons to be published again: the calendar has added and withdrawn none. Remove some weekly lessons, then publish it.
notice-calendar-changed = The calendar has changed meanwhile: nothing was removed. Please look again.
calendar-by-code = As its département has it
calendar-zone-of = Holiday zone
calendar-first = First day of school
calendar-last = Last day of school
calendar-weekdays = School days
calendar-weeks = Weeks A and B
weeks-school = Alternate from one week of school to the next
weeks-iso = Follow the number of the week
calendar-letter = The first week (or odd weeks)
calendar-place-known = This school lies in the département { $name } ({ $code }), by its territory or its code.
calendar-place-unknown = The département of this school is not known: its territory is chosen on its page.
calendar-list-half-groups = Half groups in 4e and 3e (May 2021)
told-calendar-on-site = Lessons on site{ $why }, { $days ->
    [one] { $first_day }.
   *[other] { $first_day } – { $last_day }.
}
told-calendar-distance = Lessons at a distance{ $why }, { $days ->
    [one] { $first_day }.
   *[other] { $first_day } – { $last_day }.
}
told-calendar-half-groups = Lessons in half groups{ $why }, { $days ->
    [one] { $first_day }.
   *[other] { $first_day } – { $last_day }.
}
told-calendar-no-school = No lessons{ $why }, { $days ->
    [one] { $first_day }.
   *[other] { $first_day } – { $last_day }.
}
told-calendar-changed = The school’s calendar changes{ $why }, { $days ->
    [one] { $first_day }.
   *[other] { $first_day } – { $last_day }.
}
calendar-lists = My département is in the list
calendar-lists-help = The official rules name these lists of départements. A checked box puts the département { $code } into it, for this school only.
fault-calendar-meanwhile = Somebody else has changed the calendar meanwhile. What you typed has stayed; save again to keep it.
fault-rules = No more than { $most } rules.
halves-title = Grade and half groups: { $group }
halves-list = Half groups
halves-alphabet = By alphabet
halves-help = Unless you choose, the first half of the alphabet is group 1.
half-name = Group { $half }
half-move = Put into group { $half }
grade-label = Grade
grade-by-name = As the name of the class tells
grade-told = Grade taken: { $grade }.
grade-none = The name does not tell the grade: choose it, so that rules by grade apply.
group-halves = Grade and half groups
told-lesson-moved = Lesson moved: { $subject } ({ $groups }), { $start_at } instead of { $was_at }. { $note }
told-lesson-changed = Lesson changed: { $subject } ({ $groups }), { $start_at }, { $room }. { $note }
told-lesson-replaced = Change of teacher: { $subject } ({ $groups }), { $start_at }: { $teachers }. { $note }
told-lesson-cancelled = Lesson cancelled: { $subject } ({ $groups }), { $start_at }. { $note }
told-lesson-restored = Lesson restored: { $subject } ({ $groups }), { $start_at }. { $note }
told-lesson-at-distance = This lesson can be followed at a distance too: { $subject } ({ $groups }), { $start_at }.
mail-lesson-subject = Change of lesson: { $subject } ({ $groups })
mail-lesson-foot =
    This message comes from { $school }. On the page of your notices you may choose not to get such messages any more.
act-lesson-at-distance = lesson opened at a distance
act-lesson-replace = absence of a teacher
act-series-create = weekly lesson added
act-series-change = weekly lesson changed
act-series-remove = weekly lesson removed
act-series-publish = timetable published
act-calendar-add = calendar rule added
act-calendar-remove = calendar rule removed
act-calendar-settings = calendar settings
act-group-grade = grade of a class
act-group-halves = half groups
