"""Who is in which condition, as a user holds it."""

from typing import Any, TypeVar

from jogeon.events import Condition, Member
from jogeon.wire.values import composed

T = TypeVar("T")


class ByCondition(dict[Condition | str, dict[str, T]]):
    """What is known of the stocks in each condition, by its name; a Condition finds the same entry."""

    def __missing__(self, key: Condition | str) -> dict[str, T]:
        """Find a Condition by its name, and a name that macOS decomposed."""
        name = self._name(key)
        if name == key:
            raise KeyError(key)
        return self[name]

    def __contains__(self, key: object) -> bool:
        """Tell whether a name is there, or the name of a Condition."""
        return super().__contains__(key) or super().__contains__(self._name(key))

    @staticmethod
    def _name(key: object) -> Any:
        name = key.name if isinstance(key, Condition) else key
        return composed(name) if isinstance(name, str) else name

    def get(self, key: Condition | str, default: Any = None) -> Any:
        """Return the entry of a condition, by its name or as a Condition, else a default."""
        try:
            return self[key]
        except KeyError:
            return default


class Members(ByCondition[Member]):
    """Who is in which condition."""
