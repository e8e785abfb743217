"""`{% keep name=value … %}…{% endkeep %}`: a piece of a page that many readers share, made once.

What stands inside sees the names given and nothing else (no person, no token, no request), so it cannot depend on
anything that does not belong to its key: the values given, the language, the zone. Values must be hashable.
"""

from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.utils import timezone
from django.utils.translation import get_language

MOST = 512
"""Pieces of one place in a template; then it begins anew."""


class KeepNode(Node):
    def __init__(self, given: dict[str, FilterExpression], nodelist: NodeList):
        self.given, self.nodelist = given, nodelist
        self.kept: dict[Any, str] = {}

    def render(self, context: template.Context) -> str:
        values = {name: expression.resolve(context) for name, expression in self.given.items()}
        key = (get_language(), timezone.get_current_timezone_name(), *values.values())
        made = self.kept.get(key)
        if made is None:
            made = self.nodelist.render(context.new(values))
            if len(self.kept) >= MOST:
                self.kept.clear()
            self.kept[key] = made
        return made


def keep(parser: Parser, token: Token) -> KeepNode:
    _, *bits = token.split_contents()
    given = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError("keep takes name=value and nothing else")
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(given, nodelist)
