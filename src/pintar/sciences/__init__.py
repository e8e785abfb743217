"""The workshop of pure sciences: values in, values out.

Nothing below this package knows Django, files, sockets, clocks or chance: a result depends on the arguments
alone, and where a choice has to look random it is derived from a seed that the caller passes in. The rooms
store what the sciences return.

`items` holds the one value that several sciences speak of, an item as its author wrote it, so that `scoring`
and `formats` need not know each other.
"""
