//! Health, readiness and metrics on the admin listener.
