//! Accept loop, TLS, ACME, trusted proxies, connection guards.
