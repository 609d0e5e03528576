"""The three services of Showcase, their command line and the robots that rehearse an event."""
