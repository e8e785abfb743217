"""Templates, parsed once a language, with whatever no page can change worked out then.

A page of ours is mostly words, drawings and addresses that are the same for everyone who reads its language. Parsing
them into one piece of text leaves a renderer only what differs: two thirds of a page's nodes are gone.
"""

from collections.abc import Iterable
from typing import Any

from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, TextNode, Variable
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders.cached import Loader as CachedLoader
from django.templatetags.i18n import LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.utils.translation import get_language

# Tags of ours whose result depends on their arguments alone.
SAME_FOR_EVERYONE: set[Any] = set()

LOADERS = [
    (
        "pintar.foundation.ui.folding.Loader",
        ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
    )
]


class Loader(CachedLoader):
    """Keeps each template once a language, folded."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"

    def get_template(self, template_name: str, skip: Any = None) -> Any:
        template = super().get_template(template_name, skip)
        if not getattr(template, "is_folded", False):
            # New lists take the place of the old in one assignment each, so another thread may be rendering them.
            template.nodelist = fold(template.nodelist)
            for partial in template.extra_data.get("partials", {}).values():
                partial.nodelist = fold(partial.nodelist)
            template.is_folded = True
        return template


def same_for_everyone[F](tag: F) -> F:
    """Mark a simple tag whose result depends on nothing but its arguments, so that it may be folded."""
    SAME_FOR_EVERYONE.add(tag)
    return tag


def fold(nodes: Iterable[Node]) -> NodeList:
    """The same template with constants worked out in the current language, and neighbouring text in one piece."""
    folded = NodeList()
    for node in nodes:
        text = _constant(node)
        if text is None:
            _fold_inside(node)
            folded.append(node)
        elif folded and isinstance(folded[-1], TextNode):
            folded[-1] = TextNode(folded[-1].s + text)
        elif text:
            folded.append(TextNode(text))
    folded.contains_nontext = any(not isinstance(node, TextNode) for node in folded)
    return folded


def _fold_inside(node: Node) -> None:
    if isinstance(node, LanguageNode):
        return  # it speaks another language than the one that is folded in
    if isinstance(node, IfNode):
        node.conditions_nodelists = [(condition, fold(inner)) for condition, inner in node.conditions_nodelists]
        return
    for name in getattr(node, "child_nodelists", ()):
        inner = getattr(node, name, None)
        if isinstance(inner, NodeList):
            setattr(node, name, fold(inner))


def _constant(node: Node) -> str | None:
    """The text of a node that is the same on every page; None for one that is not."""
    match node:
        case TextNode():
            return node.s
        case CommentNode() | LoadNode():
            return ""
        case TranslateNode(asvar=None, message_context=None) if _is_literal(node.filter_expression):
            return _rendered(node)
        case StaticNode(varname=None) if _is_literal(node.path):
            return _rendered(node)
        case URLNode(asvar=None, args=[], kwargs={}) if not node.kwargs and _is_literal(node.view_name):
            return _rendered(node)
        case SimpleNode(target_var=None) if node.func in SAME_FOR_EVERYONE:
            given = [*node.args, *node.kwargs.values()]
            return _rendered(node) if all(_is_literal(each) for each in given) else None
    return None


def _is_literal(expression: FilterExpression) -> bool:
    var = expression.var
    return not expression.filters and (not isinstance(var, Variable) or var.lookups is None)


def _rendered(node: Node) -> str | None:
    try:
        return node.render(Context())
    except Exception:  # noqa: BLE001  it may stand in a branch that no page takes; there it fails, or does not
        return None
