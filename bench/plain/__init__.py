"""The bare page: what any Django project pays for a page.

A session, the user, two queries, a template of about 9 KB, and the middlewares that `startproject` writes. It belongs
to the bench, not to the product, and is made with no more and no less care than a good project takes: the template
extends a base, the sessions lie in the database, the connection stays open.
"""
