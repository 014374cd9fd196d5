"""A made-up office to learn and to test with: obvious companies, applications of every kind of finding, all from a fixed seed."""
