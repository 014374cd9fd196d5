"""A contract for import-linter: some modules may import the standard library and the own package, nothing else."""

from __future__ import annotations

import sys
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class StandardLibraryOnly(Contract):
    """Broken by every direct import of a third-party package in one of ``modules`` or below them.

    The names are given without the root package. A module that does not exist is an error of the configuration.
    """

    type_name = "standard_library_only"

    modules = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Every import that leaves Python and the own package, listed."""
        root = self.session_options["root_packages"][0]
        allowed = {*sys.stdlib_module_names, root}
        found: list[tuple[str, str]] = []
        # The field is a descriptor: on an instance it is the list of the configuration.
        for name in cast("list[str]", self.modules):
            top = f"{root}.{name}"
            if top not in graph.modules:
                continue
            for module in sorted({top} | graph.find_descendants(top)):
                imported = graph.find_modules_directly_imported_by(module)
                found += [
                    (module, other) for other in sorted(imported) if other.partition(".")[0] not in allowed
                ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each import that should not be."""
        for module, other in check.metadata["found"]:
            output.print_error(f"{module} is not allowed to import {other}")
        output.new_line()
