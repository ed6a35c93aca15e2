"""Whose symbols a crash sees: those of the scope that the deployment gives its product.

What a crash says of its product is anybody's word. It only ever chooses among the names that the
deployment lists, and is `default` otherwise: no name of a crash becomes a scope.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moonwalk.domain.symbols import DEFAULT_SCOPE

PRODUCT_ANNOTATIONS = ("ProductName", "_productName", "prod")
"""The first of these that a crash has names its product."""


@dataclass(frozen=True, slots=True)
class SymbolScopes:
    """Which products have symbols of their own; all others have those of `default`.

    Attributes:
        products: each scope once, with its products; no product is in two.
    """

    products: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Give every scope that a crash may be of, `default` first."""
        return tuple(dict.fromkeys((DEFAULT_SCOPE, *(scope for scope, _ in self.products))))

    def of(self, raw_crash: Mapping[str, Any]) -> str:
        """Give the scope of a crash."""
        there = (raw_crash[name] for name in PRODUCT_ANNOTATIONS if name in raw_crash)
        product = next(there, None)
        # Compared, not looked up: an annotation may be a list, which has no hash.
        listed = (scope for scope, products in self.products if product in products)
        return next(listed, DEFAULT_SCOPE)
