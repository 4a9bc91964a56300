//! A live lesson as a state machine: commands in, events out. Pure.
