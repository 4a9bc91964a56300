# Signing in, account, password, devices, first start.

sign-in-button = Sign in
