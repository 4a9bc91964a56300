fault-at-file = { $file }
fault-at-line = { $file }, line { $line }
fault-at-record = { $file }, line { $line } (no. { $record })
fault-row = { $place }: { $what }
fault-row-rest = { $place }: { $what }. The rest of the file was not read.

fault-read-unknown-encoding = the file says that it is written in “{ $name }”, an encoding that is not known
fault-read-false-encoding = the file says that it is written in “{ $name }”, but it is not
fault-read-wrong-byte = byte { $byte } of the file cannot be { $encoding }
fault-read-long-piece = a single piece of the file is longer than { $most }
fault-read-failed = { $trouble ->
    [missing] the file is gone
    [forbidden] the server may not read this file
    [folder] this is a folder, not a file
    [disk-full] the server’s disk is full
    [cut-off] the file ends too early: it was cut off
   *[other] reading failed
}
fault-read-system = reading failed (system error no. { $number })
fault-read-own-entities = the file declares XML entities of its own, which are refused for safety
fault-read-deep = more than { $most } elements stand in each other
fault-read-many-attributes = more than { $most } attributes in one place
fault-read-many-children = an element holds more than { $most } others
fault-read-long-value = a value is longer than { $most }
fault-read-cut-off = the file ends in the middle of <{ $element }>: it was cut off
fault-read-cut-off-in-tag = the file ends in the middle of a tag: it was cut off
fault-read-other-end = </{ $found }> stands where </{ $expected }> should
fault-read-no-start = </{ $found }> closes nothing
fault-read-malformed = { $flaw ->
    [attribute] the XML is not well-formed: an attribute is not written name="value"
    [same-attribute] the XML is not well-formed: an element has the same attribute twice
    [open-quote] the XML is not well-formed: the quote of an attribute is left open
    [reference] the XML is not well-formed: after “&” the name or the semicolon is missing
    [instruction] the XML is not well-formed: an instruction <?…?> is incomplete
    [doctype] the XML is not well-formed: the declaration <!DOCTYPE …> is incomplete
    [markup] the XML is not well-formed: a tag begins with “<!” for no reason
   *[other] the XML is not well-formed
}
fault-read-no-xml = there is no XML in the file

fault-export-unknown-format = it is neither an EDT export (XML), nor a UDT export (ZIP of UDCal_….xml files), nor a calendar (.ics)
fault-export-bad-archive = { $flaw ->
    [damaged] the archive is damaged or incomplete: make or download it again
    [locked] the archive asks for a password: make it without one
    [method] the archive is packed in an unknown way: make an ordinary ZIP
   *[other] the archive cannot be opened
}
fault-export-many-files = more than { $most } files
fault-export-large = more than { $most }, once the archive is open

fault-aaf-no-feed = no file of an AAF feed (their names end in _Eleve_0001.xml and the like)
fault-aaf-delta = { $request } belongs to a delta; only full feeds (addRequest) can be read
fault-aaf-unknown-element = the element { $name } is not known here
fault-aaf-wrong-root = the root element is { $name }, not ficAlimMENESR
fault-aaf-no-root = there is no ficAlimMENESR element in the file
fault-aaf-after-root = there is something behind the end of ficAlimMENESR
fault-aaf-unknown-entity = the entity &{ $name }; is not known
fault-aaf-bad-reference = &#{ $reference }; is no character that XML allows
fault-aaf-bad-character = a value holds the character { $character }, which XML does not allow
fault-aaf-long-record = the record is longer than { $most }
fault-aaf-nameless-attribute = an attr element has no name
fault-aaf-no-identifier = the record has no identifier
fault-aaf-long-identifier = the identifier is longer than { $most } characters
fault-aaf-other-category = the record names the category “{ $found }”, but its file is for “{ $expected }”
fault-aaf-missing = { $attribute } is missing
fault-aaf-long-text = { $attribute } is longer than { $most } characters
fault-aaf-bad-uai = { $attribute } is not the code of a school (7 digits and a letter)
fault-aaf-odd-value = a value of { $attribute } makes no sense and was left out

fault-table-empty = the file is empty
fault-table-many-columns = more than { $most } columns
fault-table-bad-uai = “{ $uai }” is not the code (UAI) of a school: 7 digits and a letter
fault-table-no-names = no column for the name (“Last name”, “Nom”) among the headers
fault-table-of-whom = the headers don’t tell whether these are pupils, relatives or staff: add a column “Profile”
fault-table-many-lines = more than { $most } lines
fault-table-no-line = the line cannot be read as a table’s
fault-table-more-columns = the line has { $found } columns, but the headers name { $known }
fault-table-long-field = column { $column } is longer than { $most }
fault-table-long-name = column { $column } is longer than { $most } characters
fault-table-no-family-name = there is no family name
fault-table-line-break = there is a line break in column { $column }: perhaps a quote was left open
fault-table-unknown-profile = the profile in column { $column } is not known
fault-table-many-children = more than { $most } children in column { $column }
fault-table-same-person = this is the same person as on line { $line }, as far as can be told
fault-table-same-pupil = this is the same pupil as on line { $line }, as far as can be told; a column with the birth date or the INE tells namesakes apart
fault-table-no-child = this relative has no child in the table
fault-table-which-class = head teacher of several classes: write the name of the class instead of “yes”
fault-table-unused-column = the column “{ $name }” is not used
fault-table-odd-birth-date = the birth date (column { $column }) makes no sense and was left out
fault-table-odd-mail = the mail address (column { $column }) makes no sense and was left out

fault-timetable-more-faults = { $count ->
    [one] one more remark is not listed
   *[other] { $count } more remarks are not listed
}
fault-timetable-many-lessons = more than { $most } lessons: this one is left out
fault-timetable-many-hours = more than { $most } hours: the rest is left out
fault-timetable-many-members = more than { $most } places of pupils in groups: this one is left out
fault-timetable-ends-before-it-begins = it ends before it begins

fault-edt-encrypted = the export is encrypted for another program: export it in clear
fault-edt-bad-first-day = DatePremierJourSemaine1 is no date
fault-edt-no-first-day = the first day of the year is missing (AnneeScolaire with DatePremierJourSemaine1)
fault-edt-bad-place = a Place has no number or no time
fault-edt-no-number = { $attribute } is no number
fault-edt-bad-day = Jour is { $day }, not 1 to 7
fault-edt-no-place = there is no Place { $place } in GrilleHoraire
fault-edt-ends-after-midnight = it ends after midnight

fault-udt-bad-name = the file’s name says no week from 1 to 53
fault-udt-bad-card = a fiche has no day or no half slot
fault-udt-bad-slot = a demi_seq has no day, no number or no times
fault-udt-bad-closure = a fermeture has no first or no last day
fault-udt-no-year = neither UDCal_24 nor UDCal_00 says when the year begins and ends
fault-udt-no-card = a ligfiche names a fiche that is not there
fault-udt-no-slot = there is no demi_seq for this fiche
fault-udt-no-pupil = an ele_gpe names an eleve that is not there

fault-calendar-long = the calendar is longer than { $most }
fault-calendar-no-calendar = there is no BEGIN:VCALENDAR in the file
fault-calendar-cut-off = the file ends in the middle of an event: it was cut off
fault-calendar-long-line = the line is longer than { $most }
fault-calendar-not-utf8 = the line is not UTF-8
fault-calendar-no-name = the line has no name with a value
fault-calendar-no-start = the event has no DTSTART
fault-calendar-no-end = the event has neither DTEND nor DURATION
fault-calendar-bad-time = { $property } is no date and time of RFC 5545
fault-calendar-beyond-calendars = { $property } is beyond all calendars
fault-calendar-bad-duration = DURATION is no length of time
fault-calendar-unknown-zone = the time zone “{ $zone }” (TZID) is not known and the file does not give its rules: the hour would be a guess
fault-calendar-whole-day = an event of a whole day is no lesson
fault-calendar-other-day = an event that ends on another day is no lesson
fault-calendar-bad-rule = { $part ->
    [RRULE] the rule of repetition (RRULE) cannot be followed
   *[other] the rule of repetition (RRULE) cannot be followed: { $part } is missing from it or makes no sense in it
}

fault-apply-same-key = { $kind ->
    [school] an earlier school has the same key
    [subject] an earlier subject has the same key
    [programme] an earlier course of study has the same key
    [pupil] an earlier pupil has the same key
    [relative] an earlier relative has the same key
   *[staff] an earlier member of staff has the same key
}
fault-apply-taken = { $what ->
    [login] somebody else has just taken a login: import again
    [school-code] another school has this code (UAI) already
    [group] there is a class or group of this name already
   *[other] something that must be unique is there already
}
fault-apply-over-limit = { $what ->
    [people] the school has { $found } people in this import, at most { $most }
    [groups] the school has { $found } classes and groups in this import, at most { $most }
    [namesakes] { $found } people bear the same name already, at most { $most }
   *[other] over a limit: { $found }, at most { $most }
}
fault-apply-past-year = { $count ->
    [one] one class or group of this import is still that of the past year
   *[other] { $count } classes and groups of this import are still those of the past year
}: archive the past year first (page “Change of year” of the school), then import again
fault-apply-failed = the school could not be stored; the server’s log says why

import-dry-run = dry run
import-read = Read
import-thing-programme = Courses of study
import-missing-line = { $place }: { $from } → { $to }
import-left-alone = { $file }: not a file of an AAF feed, left alone
import-progress-read = { $count } records read
import-progress-schools = school { $done } of { $all }
import-refused-line = refused: { $row }
timetable-import-unknown-group = not known here: class or group { $name }
timetable-import-unknown-pupil = unknown here, or namesakes: pupil { $name }
timetable-import-unknown-teacher = not known here, or several have the name: teacher { $name }
