"""Tests: what a person is asked, what they answered, what it was worth; and the banks that the questions come from.

Words: a training's *bank* holds its *items* through all their *versions*, each item in a *state*; an edition shows some
versions for ever (docs/decisions/0011); a *blueprint* says what a form holds, and a *form* is a set of items put
together beforehand; a *sitting* is one person's attempt at a test; an *operation* is one answer on its way, and the
receipt that was given for it; *grace* is the time after the deadline in which answers given before it may still arrive.

Owns: banks with drafts, imports and blueprints; keys, sittings, operations, answers that came too late, extra time.
Pages: `/tes/…`, `/bank/…`, the service worker.

Asks below: `courses` (the edition and its rules of a test), `people` (whose sitting it is). It knows no seat: whoever
opens a sitting says in a `Context` what it belongs to, where to go back to, and when it must end at the latest.

Keys lie in a table of their own, which only the closing of a sitting reads. The pages and calls that deliver questions
never touch it.
"""
