"""The waiting room: who comes to the counter next, when more come than can be served.

Only under a rush. As long as everybody finds a place in the seats' lane, nobody meets it and nothing is asked of it.
When somebody finds none, a queue opens for the batch; it closes by itself when nobody stands in it any more. Ten
minutes before a registration opens its queue opens too, for those who come early.

A `QueueTicket` is a person's place in the queue of a batch: one per person, signed, carried by the person (a cookie; in
the API the field `ticket` and the header `Pintar-Ticket`). Whoever comes before the opening is drawn a place by the
seed whose hash was published before (`rules.commitment`, `rules.drawn`); whoever comes later gets the instant of their
arrival. So a place is never a row that could be lost: the ticket tells it.

`rules.Queue` is the state machine of one queue; `store` keeps queues in this process, `shared` in Redis or Valkey.
`room` looks at the batches once a second, so that `door`, the WSGI door before sessions and accounts, need not ask the
database for whoever waits. The room only decides who comes to the counter; who gets a seat is decided there, by
`actions.take_seat`.
"""
