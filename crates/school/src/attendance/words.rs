words! {
    /// What a roll says of one pupil.
    Status ("attendance status") {
        /// In the room.
        Present = "present",
        /// In the live class.
        Distant = "distant",
        Late = "late",
        LeftEarly = "left_early",
        Absent = "absent",
        /// Tried and could not: never counted as an absence without a reason.
        NoConnection = "no_connection",
    }

    /// Why a pupil is not there.
    Reason ("reason") {
        Health = "health",
        Family = "family",
        Transport = "transport",
        Appointment = "appointment",
        /// No device, no line, or the service was not to be reached.
        NoConnection = "no_connection",
        /// A rite or a holy day.
        Religion = "religion",
        /// Of the school itself: an outing, an exam, a sanction.
        School = "school",
        Other = "other",
    }

    /// Where a reason stands.
    ExcuseState ("state of a reason") {
        /// Said by the family, not looked at yet.
        Declared = "declared",
        Accepted = "accepted",
        Refused = "refused",
    }

    /// What was tried to reach a pupil.
    Means ("means") {
        Phone = "phone",
        Mail = "mail",
        Letter = "letter",
        Visit = "visit",
        /// A tablet, a key for the mobile network, printed sheets.
        Material = "material",
    }

    /// What came of it.
    Reached ("result") {
        /// Pupil or family answered, and will be back.
        Back = "back",
        Answered = "answered",
        NoAnswer = "no_answer",
        WrongNumber = "wrong_number",
        /// Something is under way: material ordered, a meeting set.
        UnderWay = "under_way",
    }
}

impl Status {
    /// Was there, if only for a part of it.
    pub const fn attended(self) -> bool {
        matches!(self, Self::Present | Self::Distant | Self::Late | Self::LeftEarly)
    }

    /// Goes with a number of minutes.
    pub const fn has_minutes(self) -> bool {
        matches!(self, Self::Late | Self::LeftEarly)
    }
}
