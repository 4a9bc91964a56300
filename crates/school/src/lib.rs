//! People, groups, timetable, lessons, and who may do what. Pure.
