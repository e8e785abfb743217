"""YAML as nodes that know their line, read without trust.

Nothing is constructed: a scalar is the text that stands in the file, so `12`, `no` and `2024-01-01` are words
like others. Refused as a whole: anchors and aliases (a few lines of which can stand for gigabytes), files
over the limit, and nesting deeper than any format here needs.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from pintar.sciences.formats.reading import LONGEST_TEXT, Mistake, has_bad_character, is_too_large

DEEPEST = 12

_CORE = "tag:yaml.org,2002:"
_SCALARS = {_CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge")}
_DECIMAL = re.compile(r"[-+]?(\d{1,20}(\.\d{1,20})?|\.\d{1,20})", re.ASCII)
_TRUE = ("true", "yes", "on")


class _Refused(Exception):
    def __init__(self, code: str, mark: yaml.Mark) -> None:
        super().__init__(code)
        self.code, self.mark = code, mark


class _Composer(yaml.SafeLoader):
    """Composes nodes and stops at the first anchor, alias or level too deep."""

    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Refused("alias", event.start_mark)
        if self.depth >= DEEPEST:
            raise _Refused("too_deep", event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one mapping: `at` is the mapping itself, `names` its key nodes."""

    at: Node
    values: Mapping[str, Node]
    names: Mapping[str, Node]


class Source:
    """One file while it is read: its root node, if it has one, and the mistakes found so far."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.mistakes: list[Mistake] = []
        # A byte-order mark is no part of the text.
        self._text = text.removeprefix("\ufeff")
        self._breaks = [found.start() for found in re.finditer("\n", self._text)]
        self.root = self._composed()

    def say(self, at: Node | int, code: str, **detail: str | int) -> None:
        """Note a mistake at a node or line."""
        line = at if isinstance(at, int) else self.line(at)
        self.mistakes.append(Mistake(self.name, line, code, detail))

    def line(self, node: Node) -> int:
        """The line in which the node begins, from 1."""
        # YAML counts U+2028 and the like as ends of lines, editors do not; so the position is counted anew.
        return self._line_at(node.start_mark.index)

    def fields(self, node: Node | None, allowed: tuple[str, ...], required: tuple[str, ...] = ()) -> Fields | None:
        """The fields of a mapping; any are allowed where `allowed` is empty.

        Mistakes: wrong_shape, unknown_field, duplicate_field, missing_field.
        """
        if node is None:
            return None
        if not isinstance(node, MappingNode) or node.tag != _CORE + "map":
            self.say(node, "wrong_shape", wanted="mapping")
            return None
        values: dict[str, Node] = {}
        names: dict[str, Node] = {}
        for name_node, value in node.value:
            name = name_node.value if isinstance(name_node, ScalarNode) else ""
            if name in names:
                self.say(name_node, "duplicate_field", field=name[:80])
                continue
            names[name] = name_node
            if allowed and name not in allowed:
                self.say(name_node, "unknown_field", field=name[:80])
            else:
                values[name] = value
        for name in required:
            if name not in values:
                self.say(node, "missing_field", field=name)
        return Fields(node, values, names)

    def entries(self, fields: Fields, name: str) -> list[Node] | None:
        """The entries of a list. Mistake: wrong_shape. None where there is no list."""
        node = fields.values.get(name)
        if node is None:
            return None
        if not isinstance(node, SequenceNode) or node.tag != _CORE + "seq":
            self.say(node, "wrong_shape", wanted="list", field=name)
            return None
        return list(node.value)

    def text(self, fields: Fields, name: str, longest: int = LONGEST_TEXT) -> str | None:
        """A text, trimmed; None where the field is missing. Mistakes as in `text_of`."""
        node = fields.values.get(name)
        return None if node is None else self.text_of(node, name, longest)

    def text_of(self, node: Node, name: str, longest: int = LONGEST_TEXT) -> str | None:
        """The text of a scalar. Mistakes: wrong_shape, empty_text, too_long, bad_character."""
        if not isinstance(node, ScalarNode) or node.tag not in _SCALARS:
            self.say(node, "wrong_shape", wanted="text", field=name)
            return None
        text: str = "" if node.tag == _CORE + "null" else node.value.strip()
        if not text:
            self.say(node, "empty_text", field=name)
        elif len(text) > longest:
            self.say(node, "too_long", field=name, most=longest)
        elif has_bad_character(text):
            self.say(node, "bad_character", field=name)
        else:
            return text
        return None

    def truth(self, fields: Fields, name: str) -> bool | None:
        """`true` or `false`, unquoted; None where the field is missing. Mistake: bad_boolean."""
        node = fields.values.get(name)
        if node is None:
            return None
        if not isinstance(node, ScalarNode) or node.tag != _CORE + "bool":
            self.say(node, "bad_boolean", field=name)
            return None
        return node.value.lower() in _TRUE

    def number(self, fields: Fields, name: str) -> Decimal | None:
        """A number with a decimal point, exactly as written; None where missing. Mistake: bad_number."""
        node = fields.values.get(name)
        if node is None:
            return None
        if not isinstance(node, ScalarNode) or not _DECIMAL.fullmatch(node.value.strip()):
            self.say(node, "bad_number", field=name)
            return None
        return Decimal(node.value.strip())

    def peek(self, node: Node, name: str) -> str | None:
        """The text of one field of a mapping, if there is one, without a word about what is wrong."""
        entries = node.value if isinstance(node, MappingNode) else []
        found = [value for field, value in entries if isinstance(field, ScalarNode) and field.value == name]
        return found[0].value.strip() if found and isinstance(found[0], ScalarNode) else None

    def _composed(self) -> Node | None:
        if is_too_large(self._text):
            self.say(1, "too_large")
            return None
        try:
            loader = _Composer(self._text)
            return loader.get_single_node()
        except _Refused as refused:
            self.say(self._line_at(refused.mark.index), refused.code)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = self._line_at(mark.index) if mark else 1
            self.say(line, "not_yaml", problem=str(error.problem or "")[:200])
        except yaml.reader.ReaderError as error:
            self.say(self._line_at(error.position), "bad_character")
        except (ValueError, OverflowError, yaml.YAMLError):
            # PyYAML's scanner passes an escape beyond Unicode ("\UFFFFFFFF") straight to chr().
            self.say(1, "not_yaml", problem="")
        return None

    def _line_at(self, index: int) -> int:
        # A mark at the very end lies behind the last line break; name the last line that holds something.
        last = max(0, len(self._text.rstrip()) - 1)
        return bisect_left(self._breaks, min(index, last)) + 1
