"""Doors: a room is entered only by its doors; a test may also borrow another room's test builders."""

from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    type_name = "doors"
    rooms = fields.ListField(subfield=fields.StringField())
    doors = fields.SetField(subfield=fields.StringField())

    def check(self, graph, verbose):
        home = {m: room for room in self.rooms for m in {room} | graph.find_descendants(room)}

        def part(module: str) -> str:
            return module.removeprefix(home.get(module, "")).strip(".").split(".")[0]

        def borrowed(importer: str, module: str) -> bool:
            return part(importer) == "tests" and module == f"{home[module]}.tests.builders"

        broken = sorted(
            (importer, module)
            for module, room in home.items()
            for importer in graph.find_modules_that_directly_import(module)
            if home.get(importer, room) != room and part(module) not in self.doors and not borrowed(importer, module)
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check):
        for importer, module in check.metadata["broken"]:
            output.print_error(f"{importer} -> {module} is not a door")
