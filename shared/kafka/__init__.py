"""The door to Kafka: the only package that imports aiokafka.

Four small clients with the settings that keep the promises: `Asker` (what is there?), `Producer`, `Reader` (of
partitions it is told) and `Member` (of a group that divides partitions). Each raises `Unavailable` for whatever goes
wrong between here and the broker, and is then thrown away and opened anew from the addresses in the settings: the
library's own recovery knows only addresses it has met, and some of its faults last until the object is gone. Every
`close` ends within its time, broker or no broker; the library's version is pinned because that needs its private parts.
"""
