use super::{Bytes, Shown, faults};

faults! {
    /// What is wrong with a timetable, whatever its format.
    TimetableFault {
        /// So many more are not listed.
        MoreFaults { count: u64 } = "more-faults",
        /// This one is left out.
        ManyLessons { most: u64 } = "many-lessons",
        /// From here on hours are left out.
        ManyHours { most: u64 } = "many-hours",
        EndsBeforeItBegins = "ends-before-it-begins",
        /// This place of a pupil in a group is left out.
        ManyMembers { most: u64 } = "many-members",
    }
}

faults! {
    /// What is wrong with an export of EDT.
    EdtFault {
        /// For another program.
        Encrypted = "encrypted",
        /// `DatePremierJourSemaine1` is no date.
        BadFirstDay = "bad-first-day",
        /// There is no `AnneeScolaire` with it.
        NoFirstDay = "no-first-day",
        /// A `Place` has no number or no time.
        BadPlace = "bad-place",
        /// The attribute of a `Cours` is no number.
        NoNumber { attribute: Shown } = "no-number",
        /// Not 1 to 7.
        BadDay { day: u64 } = "bad-day",
        /// The `GrilleHoraire` has no such place.
        NoPlace { place: u64 } = "no-place",
        EndsAfterMidnight = "ends-after-midnight",
    }
}

faults! {
    /// What is wrong with an export of UDT.
    UdtFault {
        /// The file's name says no week from 1 to 53.
        BadName = "bad-name",
        /// A `fiche` has no day or no half slot.
        BadCard = "bad-card",
        /// A `demi_seq` has no day, no number or no times.
        BadSlot = "bad-slot",
        /// A `fermeture` has no first or no last day.
        BadClosure = "bad-closure",
        /// Nothing says when the year begins and ends.
        NoYear = "no-year",
        /// A `ligfiche` names a `fiche` that is not there.
        NoCard = "no-card",
        /// A `fiche` names a `demi_seq` that is not there.
        NoSlot = "no-slot",
        /// An `ele_gpe` names an `eleve` that is not there.
        NoPupil = "no-pupil",
    }
}

faults! {
    /// What is wrong with a calendar (RFC 5545).
    CalendarFault {
        Long { most: Bytes } = "long",
        NoCalendar = "no-calendar",
        CutOff = "cut-off",
        LongLine { most: Bytes } = "long-line",
        NotUtf8 = "not-utf8",
        NoName = "no-name",
        NoStart = "no-start",
        NoEnd = "no-end",
        /// The property is no date and time.
        BadTime { property: Shown } = "bad-time",
        /// The property lies beyond all calendars.
        BeyondCalendars { property: Shown } = "beyond-calendars",
        BadDuration = "bad-duration",
        /// The TZID is no IANA name, none that Windows uses around here and none whose rules the file gives: at what hour it is
        /// would be a guess.
        UnknownZone { zone: Shown } = "unknown-zone",
        /// An event of a whole day is no lesson.
        WholeDay = "whole-day",
        /// Nor is one that ends on another day.
        OtherDay = "other-day",
        /// The rule cannot be followed, for this of its parts (RFC 5545 §3.3.10) or for all of it.
        BadRule { part: Shown } = "bad-rule",
    }
}
