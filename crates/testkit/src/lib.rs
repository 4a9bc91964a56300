//! A running Préau for tests and the actors who use it.
