# Home, timetable, homework, people, classes, administration.

nav-week = Week
nav-homework = Homework
nav-school = School
change = Change
add = Add
paging = Pages of the list
paging-before = Previous page
paging-after = Next page
paging-page = page { $page }

lesson-now = now
lesson-cancelled = cancelled
lesson-closed = over
lesson-unnamed = Lesson
in-minutes = in { $minutes } min
in-hours = in { $hours } h { $minutes }
minutes = { $minutes } minutes

home-now = Now
home-join = Join the class
home-since = The lesson started { $minutes } min ago
home-day = { $who ->
    [tu] My day
   *[vous] Your day
}
home-week = The whole week
home-no-lesson = No lessons today.
home-past = Earlier lessons
home-next = Next lesson: { $subject }, { $when }.
home-todo = To do
home-all-work = See all
home-nothing = { $who ->
    [tu] Nothing to do for the coming days. Enjoy!
   *[vous] Nothing to do for the coming days.
}
home-child-nothing = Nothing to do for the coming days.
home-child-day = Today
home-set = Homework you set
home-nothing-set = No homework set for the coming days.
home-taught = Your classes and groups
home-on-now = Lessons on now
home-nothing-on = No lesson is on now.
home-more-on = { $count ->
    [one] Show one more lesson
   *[other] Show { $count } more lessons
}
home-on-count = { $count ->
    [one] One live class
   *[other] { $count } live classes
}, { $led ->
    [0] no teacher is in yet
    [one] one teacher is in
   *[other] { $led } teachers are in
}
home-platform = Platform
home-bare = { $who ->
    [tu] Your account is ready, but you are not in a class yet. Tell your school.
   *[vous] Your account is ready, but it is not linked to a child or a school yet. Please ask the school.
}
present-classmates = { $count ->
    [one] One classmate is there
   *[other] { $count } classmates are there
}
present-pupils = { $count ->
    [0] No pupils
    [one] One pupil is there
   *[other] { $count } pupils are there
}
present-teacher = The teacher is there
present-no-teacher = The teacher is not there
present-nobody = nobody is there

missing-title = Still to prepare
missing-pupils = Add the pupils
missing-teachers = Add the teachers
missing-groups = Create the classes
missing-teaching = Assign teachers to classes
missing-codes = Print activation codes: nobody can sign in yet
missing-lessons = Enter the timetable, or let teachers open their lessons

week-own = { $who ->
    [tu] My week
   *[vous] Your week
}
week-of = Week of { $name }
week-span = { $from } to { $to }
week-other = Other weeks
week-today = Go to today
week-free = No lessons.

form-optional = (optional)
form-sent-before = This form was sent before with something else in it, which is stored. What you have typed now is not: send again to store it as well.
form-faulty = Something below needs correcting. Nothing is lost, and nothing has been saved yet.
form-choose = Choose…
form-overtaken = A change was saved meanwhile, in another tab or by somebody else. Nothing was overwritten: what you typed is below; where it differs, you see what is stored. Check, then save.
form-stored = Saved meanwhile: { $value }
form-stored-nothing = (empty)
form-stored-yes = yes
form-stored-no = no
form-nothing-to-choose = Nothing to choose from yet.
fault-empty = Please fill this in.
fault-long = Too long: { $most } characters at most.
fault-email = This address does not look like name@domain.
fault-day = A day, such as 24/11/2026.
fault-day-range = This day is too far away, or already past.
fault-time = A time, such as 9:05.
fault-end = The end must come after the start, at most twelve hours later.
fault-choose = Please choose from the list.
fault-groups = At least one class or group is needed, twenty at most.
fault-teachers = Ten teachers at most.
fault-uai = A UAI code has seven digits and a letter.
fault-uai-taken = A school has this code already.
fault-group-taken = A class or group has this name already.
fault-child = No pupil of the school has this login.

open-title = Open a class
open-intro = The lesson starts at once. The pupils of the class see it on their home page straight away.
open-none = You do not teach any class yet: the school’s administrator assigns you to one.
open-group = Class or group
open-subject-help = Leave empty for the subject that you teach this class.
open-minutes = Length
open-button = Open now

homework-none-then = No homework for those days.
homework-other-days = Other days
homework-earlier = Earlier work
homework-later = Later work
homework-list = Homework
homework-new = Set homework
homework-set = Set this homework
homework-title = Title
homework-body = What to do
homework-day = Due on
homework-for = for { $day }
homework-remove = Take this homework back
notice-homework-set = The homework is set: pupils see it.
notice-homework-removed = The homework is taken back.

schools-title = Schools
schools-none = No schools yet.
school-new = Add a school
school-name = Name of the school
school-uai = UAI code
school-uai-help = Seven digits and a letter. It tells which school a directory feed is about.
school-kind = Kind
school-kind-ecole = Primary school
school-kind-college = Collège
school-kind-lycee = Lycée
school-city = Town
school-code = UAI { $uai }
school-people = People
school-groups = Classes and groups
school-lessons = Lessons of the day
school-do = Organisation
school-active = { $count ->
    [0] no account activated
    [one] one account activated
   *[other] { $count } accounts activated
}
school-today = { $count ->
    [0] no lessons today
    [one] one lesson today
   *[other] { $count } lessons today
}

profile-pupil = pupil
profile-relative = relative
profile-teacher = teacher
profile-school_life = school life
profile-head = head
profile-staff = staff
profile-administrator = administrator
profiles-pupil = Pupils
profiles-relative = Relatives
profiles-teacher = Teachers
profiles-school_life = School life
profiles-head = Heads
profiles-staff = Other staff
profiles-administrator = Administrators

people-search = Name or login
people-search-button = Search
people-all = Everybody
people-none = Nobody yet.
people-nobody = Nobody matches.
people-name = Name
people-groups = Classes and groups
people-state = Account
state-active = active
state-none = not activated
state-suspended = suspended
state-code = code until { $day }

person-new = Add a person
person-new-intro = The login and the activation code are made at once, and shown only once.
person-create = Add and show the code
person-profile = Role
person-given = Given name
person-family = Family name
person-title = Title
person-no-title = None
person-email = E-mail address
person-email-help = For choosing a new password without asking the school.
person-class = Class
person-no-class = None
person-class-help = For a pupil.
person-child = Login of the child
person-child-help = For a relative: the pupil’s login, such as max.leroy.
person-teaches = Teaches
person-week = See the week
person-code = New code
person-code-help = Forgotten password, or an account to activate: a new code is shown only once. The old password stops working at once.
person-change = Change
person-suspend = Suspend the account
person-restore = Restore the account
person-left = This person has left: { $day }. What is personal will be deleted by { $until } at the latest.
person-forgotten = This person has left, and what was personal was deleted: { $day }.
person-roles = Roles
person-no-role = No role yet.
person-add-role = Add a role
person-end = Remove
person-school = School
person-relatives = Relatives
person-children = Children
person-no-child = No child yet.
notice-saved = Saved.
notice-suspended = The account is suspended: whoever is signed in with it is out within five seconds.
notice-restored = The account is restored.
notice-not-yourself = This cannot be done to your own account.
notice-no-such-pupil = No pupil of the school has this login.

group-new = Add a class or group
group-kind = Kind
group-kind-class = Class
group-kind-group = Group
group-name = Name, such as 6e B
group-rename = Rename
group-forgotten = Forgotten password
group-archive-help = The class leaves the lists. Its lessons and homework are kept; its pupils and teachers keep their accounts.
group-archive = Archive
group-week = Timetable
group-no-pupil = No pupils yet.
group-find-pupil = Add a pupil: name or login
group-take-out = Remove
group-teachers = Teachers
group-no-teacher = Nobody teaches here yet: without a teacher no lesson opens.
group-no-teacher-yet = The school has no teacher yet.
group-leads = head teacher
group-leads-box = Head teacher of the class
group-teacher = Teacher
group-assign = Assign a teacher
group-assign-button = Assign
groups-none = No classes yet.
groups-classes = Classes
groups-groups = Groups
groups-no-teacher = no teacher
notice-group-archived = The class is archived; its lessons and homework are kept.
count-pupils = { $count ->
    [0] no pupils
    [one] one pupil
   *[other] { $count } pupils
}
count-teachers = { $count ->
    [0] no teachers
    [one] one teacher
   *[other] { $count } teachers
}

lesson-new = Add a lesson
lesson-change = Change the lesson
lesson-subject = Subject
lesson-day = Day
lesson-start = Start
lesson-end = End
lesson-groups = Classes and groups
lesson-teachers = Teachers
lesson-room = Room
lesson-cancel = Cancel
lesson-restore = Restore
lessons-before = Previous day
lessons-after = Next day
lessons-go = See this day
lessons-none = No lessons on this day.
notice-lesson-cancelled = The lesson is cancelled: pupils and teachers see it.
notice-lesson-restored = The lesson is restored.

codes-title = Activation codes
codes-intro = One card a person, to print and hand out. A code works once, for fourteen days; printing again replaces the codes before.
codes-button = Make the cards
codes-whose = For whom
codes-group = Class or group
codes-group-help = For relatives: those of the pupils of this class.
codes-everybody = The whole school
codes-renew = Also for those who have a password already
codes-renew-help = Their password stops working: only for when all have lost it.
codes-nobody = Nobody here is waiting for a code.
codes-too-many = More than { $most } people: choose a class.
codes-of = Code of { $name }
codes-once = { $count ->
    [one] This code is shown only this time: print the page or copy it before leaving.
   *[other] These { $count } codes are shown only this time: print the page before leaving.
}
codes-skipped = No code for these people, whose account takes more rights than yours:
card-login = Login
card-code = Code
card-where = Address: { $address }
card-until = Good until { $day } included, once.
card-secret = This code is personal: give it to nobody.
card-qr = Code to scan for activating the account

audit-title = Log of acts
audit-intro = Who did what to accounts, classes and lessons. Nothing here is ever deleted.
audit-none = Nothing yet.
audit-when = When
audit-who = By whom
audit-what = Act
audit-on = On
audit-detail = Detail
audit-older = Older
audit-command-line = command line
act-media-headers = connection of a class examined (headers)
act-school-create = school added
act-person-create = person added
act-person-change = name or address changed
act-person-suspend = account suspended
act-person-restore = account restored
act-profile-add = role added
act-profile-end = role removed
act-relation-add = relative linked
act-relation-end = relative unlinked
act-code-renew = new code
act-codes-print = codes printed
act-group-create = class or group added
act-group-rename = class or group renamed
act-group-archive = class or group archived
act-group-pupil-add = pupil added
act-group-pupil-end = pupil removed
act-teaching-assign = teacher assigned
act-teaching-end = teacher removed
act-lesson-create = lesson added
act-lesson-change = lesson changed
act-lesson-cancel = lesson cancelled
act-lesson-restore = lesson restored
