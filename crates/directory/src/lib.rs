//! Directory feeds: AAF and CSV.
