"""Making what an author does not write: slides from the text, a synthetic voice, a video from a deck.

Runs by hand (`pintar course build`), never when the server starts. What is made lies beside the lesson and is kept
with it. `narration` says what is read out, `voice` reads it, `slides` and `film` show it.
"""
