//! Passes, join tokens and budgets. Pure.
