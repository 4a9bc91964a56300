//! Logins from names.
