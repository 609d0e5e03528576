"""The words the services say to each other and to viewers. Pure: no I/O, no clock, no randomness."""
