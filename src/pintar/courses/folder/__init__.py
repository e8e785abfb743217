"""A training's folder: from the disk to a document that can be published, with every mistake on the way.

`disk` reads files without trust, `outline` reads course.yaml, `lessons` the texts, `recordings` and `captions` what is
heard and seen, and `document` puts it all together. docs/authors.md describes the format.
"""
