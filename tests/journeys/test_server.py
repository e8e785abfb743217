"""The journeys' own ground: a server that can be killed and comes back with what it had."""

from playwright.sync_api import Page
from server import Server


def test_a_killed_server_is_gone_at_once_and_comes_back(server: Server, phone: Page):
    phone.goto("/bantuan/")
    leader = server.process.pid
    server.kill()
    assert not server.answers()
    assert server.processes(leader) == []
    server.start()
    phone.reload()
    assert phone.locator("h1").count() == 1
