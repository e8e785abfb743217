"""Courses: trainings as their authors wrote them, and the editions that people study.

A training is a folder (docs/authors.md). Publishing turns it into an *edition*: one immutable document with its groups,
entries, lessons and forms, numbered within its course, with its media stored by content hash. An unchanged folder is
the same edition. A batch is pinned to one edition, so a newer one never touches what is running.

Words: course, edition, group, entry (what stands in the contents: lesson, quiz, test, survey, task), lesson, form
(video, audio, slides, reading), indicator. Owns courses and editions. Asks of rooms above, through
`ports.EditionPart`: what else a folder carries (banks, test forms, survey) is checked and published by the room that
knows it.
"""
