import os

from django.core.wsgi import get_wsgi_application

from pintar.foundation.lanes import Lane
from pintar.foundation.way_in import WayIn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.plain.settings")
everything = Lane("everything", at_once=4, waiting=None)
house = get_wsgi_application()


async def front(environ, start_response):
    return await everything.run(house, environ, start_response)


application = WayIn(front, everything)
