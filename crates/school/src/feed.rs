//! Records that every directory feed yields, whatever its format.
