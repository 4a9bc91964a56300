profile-guest = guest
profiles-guest = Guests

sign-in-card = I have a card with pictures
card-sign-in-title = My card
card-sign-in-what = Scan your card with the camera, or copy the letters on it here.
card-sign-in-code = The letters on my card
card-sign-in-help = Nine letters and digits, such as K7P-MA4-X9W. A grown-up may help you.
card-sign-in-password = I have a login and a password
card-sign-in-mistyped = There is a mistake in these letters. Look at your card and try again.
card-sign-in-unknown = This card does not work, or no longer does. Ask your teacher for another one.
card-sign-in-dead = There were too many tries: this card no longer works. Ask your teacher for another one.
card-sign-in-wrong = These are not the right pictures. Try again, in order; your teacher can remind you of them.
card-sign-in-wait = Too many tries: wait { $wait } and try again.
card-sign-in-pictures = { $count ->
    [one] Tap your last picture
   *[other] Tap your { $count } pictures, in order
}
card-sign-in-tapped = Pictures tapped so far
card-sign-in-again = Start again
card-sign-in-own = This device is mine
picture-sun = sun
picture-moon = moon
picture-star = star
picture-flower = flower
picture-tree = tree
picture-house = house
picture-fish = fish
picture-cat = cat
picture-balloon = balloon
picture-boat = boat
picture-car = car
picture-apple = apple

cards-title = Sign-in cards
cards-intro = For the youngest: a code to scan and three pictures to remember, no password. A card that is printed again replaces the one before, and closes what it had opened.
cards-choose = Check the pupils for whom you want to print a new card.
cards-not-here = Cards are for pupils of nursery and primary school: there are none in this group. Whoever administers the school may open them to all its pupils.
cards-beyond = Cards for all pupils of the school
cards-beyond-help = Otherwise cards are good for pupils of nursery and primary school alone. A card protects less than a password.
cards-made = Card
cards-used = Last sign-in
cards-end = End
cards-none = no card
cards-made-on = made on { $day }
cards-used-on = used on { $day }
cards-revoke = Revoke the card
cards-print = Make the cards
cards-of = Card of { $name }
cards-once = { $count ->
    [one] This card is shown this once: print the page before you leave it.
   *[other] These { $count } cards are shown this once: print the page before you leave it.
}
cards-skipped = No card for these people, who are not only pupils, or not yours:
cards-pictures = Secret pictures, in order
cards-pictures-what = For you: keep this page. Each pupil learns the three pictures by heart; they are not on the card.
cards-qr = Code to scan for signing in
cards-where = Scan the code, or go to { $address } and type the letters.
cards-how = Then tap your three secret pictures, in order. This card is yours: do not lend it.
notice-no-card = No card was made: check at least one of your pupils.
notice-card-revoked = The card is no longer good; what it had opened ends within five seconds.
person-card-has = This pupil has a sign-in card. A new one replaces it.
person-card-none = Sign-in card with a code to scan and three pictures, for the youngest.
person-card-ends = This pupil is no longer one of those who sign in with a card: theirs opens nothing any more.
person-card-give = Make a card

relations-title = Rights of relatives
relations-intro = What each relative sees and may do for this pupil. What you set here wins over imports.
relations-changed = { $name }: these rights were changed meanwhile, in another tab or by somebody else. Nothing was overwritten: this is what holds now. Check it, and set it again if need be.
relations-none = No relative so far.
relation-day = Sees timetable, lesson log and work
relation-attendance = Sees absences and is told of them
relation-declare = May declare an absence
relation-sign = May sign, and ask for the pupil’s data
relation-kind-legal = legal representative
relation-kind-in_charge = person in charge
relation-kind-contact = contact
relation-barred = barred
relation-bar = Bar this relative
relation-bar-help = Sees nothing of this pupil any more and is told of nothing, even if an import links them again.
relation-allow = No longer bar
relation-barred-help = Sees nothing of this pupil and is told of nothing, whatever imports say.

merge-title = Merge with another account
merge-intro = When one person has two accounts: everything of the other account goes to this one, and the other is no longer good.
merge-with = Login of the other account
merge-look = Compare
merge-unknown = No other account that you manage has this login.
merge-namesakes = Of the same name in the school:
merge-stays = Account that stays
merge-goes = Account that goes
merge-family = Family
merge-keep = What is kept
merge-login = Login and password
merge-identity = Birth date and INE
merge-identity-own = those of the account that stays
merge-identity-other = those of the account that goes
merge-warning = A merge is not undone. The sign-ins of the account that goes end.
merge-button = Merge the two accounts
notice-merged = The two accounts are one.
notice-no-merge = These two accounts cannot be merged.

identity-title = INE and birth date
identity-birth = Birth
identity-ine = INE
identity-noted = This reading is written into the audit log.

year-title = Change of year
year-now = School year { $year }
year-nothing = All classes are of this year: there is nothing to archive.
year-what = { $count ->
    [one] One class or group will be archived, with its lessons and work.
   *[other] { $count } classes and groups will be archived, with their lessons and work.
}
year-before-import = Do this after the last lesson and before the first import of the new year, which makes the new classes: until then an import that names one of these classes is refused and changes nothing in the school. A class that goes on can be brought back afterwards. Accounts stay.
year-button = Archive these classes
year-archive = Archive
year-archive-empty = Nothing in the archive.
year-restore = Bring back
notice-year-rolled = The classes of the past year are archived.
group-merge-link = Merge with another group
group-merge-title = Merge with { $name }
group-merge-intro = Pupils, teachers, lessons and work of the other come here, and the other is archived.
group-merge-other = Class or group that goes
group-merge-button = Merge
fault-group-merge = Choose another class, or another group of the same kind.
notice-group-merged = The two are one.

territories-title = Territories
territories-none = No territory so far: they are made when a school has a code (UAI).
territories-unplaced = { $count ->
    [one] One school lies in no territory.
   *[other] { $count } schools lie in no territory.
}
territory-new = Add a territory
territory-new-intro = Régions, académies and départements come by themselves with the schools’ codes; this is for others.
territory-kind = Kind
territory-kind-region = région
territory-kind-academy = académie
territory-kind-department = département
territory-kind-commune = commune
territory-name = Name
territory-code = Code
territory-code-help = INSEE’s code of a région or département.
territory-parent = Lies in
fault-territory-parent = An académie lies in a région, a département in an académie, a commune in a département.
fault-territory-taken = This territory is there already.
territory-path = Path
territory-people = People
territory-administrators = Administrators of the territory
territory-no-administrator = Nobody so far.
territory-administrator-help = Somebody with a territory administers all its schools. They must have an account already.
territory-below = In this territory
territory-active = Active accounts
territory-active-count = { $count ->
    [0] none active
    [one] one active
   *[other] { $count } active
}
territory-place = Territory of the school
territory-place-intro = Usually the school’s code and commune tell. What you choose here wins; nothing chosen goes back to the code.
territory-of-school = Territory
count-schools = { $count ->
    [0] no school
    [one] one school
   *[other] { $count } schools
}
notice-no-such-login = Nobody has this login.

import-title = Import people
import-aaf-what = The ministry’s directory (AAF), complete: the XML files, or a ZIP archive. First a dry run: nothing is changed.
import-csv-what = A table (CSV) of the school’s pupils, relatives or staff. First a dry run: nothing is changed.
import-academy = Name of the feed
import-academy-help = To be filled in where there are several, such as “creteil”: each adds and takes away its own people only.
import-files = Files
import-try = Dry run
import-apply = Apply
import-apply-what = If this report suits you, apply it: the same files are used.
import-no-file = Choose at least one file.
import-no-code = This school has no code (UAI): give it one first.
import-unreadable = This file cannot be read: { $reason }. Nothing was changed.
import-would = What the import would do
import-did = What the import did
import-unchanged = Nothing is different from what is there.
import-thing = What
import-created = New
import-changed = Changed
import-left = Left
import-same = Unchanged
import-n-created = { $count } new
import-n-changed = { $count } changed
import-n-left = { $count } left
import-n-same = { $count } unchanged
import-thing-school = Schools
import-thing-subject = Subjects
import-thing-class = Classes
import-thing-group = Groups
import-thing-pupil = Pupils
import-thing-relative = Relatives
import-thing-staff = Staff
import-thing-membership = Places in classes or groups
import-thing-relation = Links of pupil and relative
import-refused = Refused
import-doubts = Values left out
import-failed = Schools not applied
import-link-pupil-school = Pupils without a known school (no account)
import-link-staff-school = Staff without a known school (no account)
import-link-other-school = Links to other schools
import-link-group = Classes or groups not found
import-link-subject = Subjects not found
import-link-relative = Relatives not found
import-link-child = Children not found
import-not-left = The feed is incomplete: nobody is taken to have left.
import-unnamed = { $count ->
    [one] One relative whom no pupil names gets no account.
   *[other] { $count } relatives whom no pupil names get no account.
}
import-runs = Imports of before
import-no-runs = None so far.

act-cards-print = cards printed
act-cards-set = use of cards set
act-card-give = card made
act-card-revoke = card revoked
act-relation-rights = rights of a relative changed
act-relation-bar = relative barred
act-relation-allow = relative allowed again
act-person-merge = accounts merged
act-person-identity = INE and birth date read
act-person-forget = personal data erased
act-data-export = data copied
act-year-roll = year archived
act-group-restore = class or group brought back
act-group-merge = classes or groups merged
act-territory-create = territory added
act-territory-give = territory given
act-territory-end = territory taken back
act-school-place = school placed
act-directory-import = people imported

lists-title = Lists of départements
lists-what = The official rules of the calendar name lists of départements. What is decided here is for the départements of { $territory }. The nearest decides: the département before the académie, the académie before the région, and a school may still change it for itself.
lists-departements = On the list are
lists-own = Decided here.
lists-above = Decided for { $territory }.
lists-ready = As in the calendar that comes with the program.
lists-below = { $count ->
    [one] One territory within decides for itself.
   *[other] { $count } territories within decide for themselves.
}
lists-decide = Decide so
lists-follow = Decide no longer here
lists-none = No rule of the calendar names a list.
notice-lists-saved = Saved. The lessons to come of the schools follow within minutes.
notice-lists-changed = Somebody else has decided meanwhile. Nothing was changed: this is what holds now.
act-calendar-lists = lists of départements decided
