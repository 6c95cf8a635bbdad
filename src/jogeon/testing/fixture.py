"""The broker as a pytest fixture; it needs no plugin, in plain tests and in async ones."""

from collections.abc import Iterator

import pytest

from jogeon.testing.serving import Broker


@pytest.fixture
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """Run a scripted broker without conditions: `add` some, or parametrize it indirectly with {name: [code, …]}."""
    with Broker(getattr(request, "param", None)) as running:
        yield running
