//! Passwords, activation codes and the hashing pool.
