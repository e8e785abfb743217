"""Study: what a person has read, heard and seen, what that opens next, and what they thought of it.

Words: a *study* is all progress in one seat, one row; *ranges* are the parts of a form that were played or read;
*furthest* is the point up to which a recording was heard without a gap, beyond which nothing can be skipped the first
time; a lesson is *finished* when any one of its forms is; it is *mastered* when its quiz, if it has one, reached the
mark; the *gate* says of each line of the contents whether it is done, current, open or locked, and why.

Owns: studies, operations of progress, notes, answers to the survey. Pages: `/beranda/`, `/belajar/…`.

Asks below: `enrolment` (the seat and its batch's window), `courses` (the edition), `assessment` (sittings, which it
opens after asking the gate). It tells those above what was finished (`LessonCompleted`, `SurveyHandedIn`) and answers
`study_facts`. Places for panels: "beranda" (subject None), "materi" (subject: the lesson's page object).
"""
