//! Applies a directory feed, one transaction a school.
