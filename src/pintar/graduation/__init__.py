"""Graduation: who passed a training, and why, or what is still missing.

One pure rule (`rules.decide`) looks at the lessons mastered, the post-test, the tasks and the survey of a seat. A
handler tries it after everything that could settle it; a sweep after the window's end. `belum` and `remedial` may
change, `lulus` and `gugur` are decided once (a conditional update), recorded, and told down to enrolment for
prerequisites. Who used up every sitting stays `belum` until the window ends, for an organiser may still help.

Owns: one `Graduation` a seat.
Asks of others: courses (what an edition asks for), enrolment (seats and their windows), assessment (sittings), learning
(lessons finished, survey handed in).
"""
