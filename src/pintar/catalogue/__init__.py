"""The catalogue: the shop window, the list of trainings with its search and filters, a training's page.

It owns no table. It reads editions from courses and batches from enrolment, and keeps in each process an index of the
editions' words, which never change; its pages look the same to everybody.
"""
